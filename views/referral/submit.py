"""轉介個案建立: open the form, send it, and see where it went. Spec 1-referral §4.1."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from models.referral import Referral
from models.scopes import sent_referrals
from rules.calendar import local_time_text
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken, StaleVersion
from rules.permissions import Permission as P
from rules.routing import Basis
from rules.texts import N_
from services import drafts, referral_check, referrals
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now, today
from views.fields import faults_of
from views.referral.form import ReferralForm, key_of, new_form, typed
from views.referral.keeping import files_of_request, keep
from views.referral.page import mark, page_values
from views.referral.person_steps import PersonSteps

UPLOADED = {drafts.CONSENT: N_("個資同意書上傳成功"), drafts.GUARDIAN: N_("監護人同意書上傳成功")}


class ReferralSubmit(PersonSteps):
    route_base = "/referrals/new"
    default_view = "new"
    class_permission_name = "Referral"

    @expose("/")
    @needs(P.REFERRAL_SUBMIT)
    def new(self) -> str:
        draft = drafts.load(database(), by=actor())
        restored = draft is not None and "continued" not in request.args
        saved_at = local_time_text(draft.saved_at) if draft else ""
        return self.form_page(new_form(draft), draft, restored=restored, saved_at=saved_at)

    @expose("/", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def send(self) -> Any:
        form = ReferralForm()
        key = key_of(form)
        if known := referrals.sent_with(database(), key, by=actor()):
            flash(_("這張表單先前已經送出,沒有重複建立。要再轉介一位,請按「再建立一筆轉介單」。"), "info")
            return self._sent(known)
        try:
            draft, file_faults = keep(form)
        except AlreadyDone:
            return self._sent_meanwhile(key)
        except StaleVersion as refused:
            return self._refused(form, None, [FieldFault("name", refused.template)])
        try:
            return self._check_and_send(form, draft, file_faults)
        except NotFound:
            raise
        except RuleBroken as refused:
            return self._refused(form, draft, [*file_faults, *faults_of(refused, field="name")])

    def _check_and_send(self, form: ReferralForm, draft: drafts.Draft, file_faults: list[FieldFault]) -> Any:
        raw = typed(form)
        person, fields = referral_check.check_form(database(), draft, raw, today=today())
        form.postal_code.data = person.postal_code
        if file_faults:
            return self._refused(form, draft, file_faults)
        chosen = referrals.chosen_person(database(), draft, person.national_id)
        warnings = referral_check.warnings(
            database(), chosen, birthday=person.birthday, identities=fields.identities, on=today()
        )
        if warnings and request.form.get("acknowledged") != mark(warnings):
            return self.form_page(form, draft, warnings=warnings)
        with files_of_request() as files, transaction(database()):
            submitted = referrals.submit(
                database(),
                files,
                key=draft.key,
                person=person,
                fields=fields,
                base_url=current_app.config["PUBLIC_URL"],
                by=actor(),
                at=now(),
            )
        return self._sent(submitted.referral)

    @expose("/sent/<int:referral_id>")
    @needs(P.REFERRAL_SUBMIT)
    def sent(self, referral_id: int) -> str:
        """「新增成功，分派如下」, for the unit that sent it."""
        found = select(Referral).where(Referral.id == referral_id, sent_referrals(actor()))
        referral = database().scalars(found).one_or_none() or abort(404)
        unit = referral.receiving_unit
        uploads = [_(UPLOADED[item.kind]) for item in referral.attachments]
        return self.render(
            "referral/sent.html",
            title=_("新增成功，分派如下"),
            referral=referral,
            rows=(
                (_("轉介編號"), referral.id),
                (_("收案單位代號"), unit.code if unit else ""),
                (_("機構單位"), unit.agency.name if unit else ""),
                (_("單位名稱"), unit.name if unit else ""),
                (_("分派方式"), _(Basis(referral.routing_basis).text)),
            ),
            uploads=",".join(uploads),
            done_url=url_for("ReferralStatus.index"),
        )

    def form_page(self, form: ReferralForm, draft: drafts.Draft | None, **values: Any) -> str:
        shown = {name: values.pop(name) for name in ("faults", "warnings") if name in values}
        return self.render(
            "referral/new.html",
            title=_("轉介個案建立"),
            screen=self,
            **page_values(form, draft, **shown),
            **values,
        )

    def form_url(self) -> str:
        return url_for("ReferralSubmit.new", continued=1)

    def discarded(self) -> Response:
        if request.args.get("again"):
            return back_to("ReferralSubmit.new")
        flash(_("已取消,沒有送出轉介單。"), "info")
        return back_to("Home.index")

    def _refused(self, form: ReferralForm, draft: drafts.Draft | None, faults: list[FieldFault]) -> Any:
        database().rollback()
        return self.form_page(form, draft, faults=faults), 422

    def _sent(self, referral: Referral) -> Response:
        return back_to("ReferralSubmit.sent", referral_id=referral.id)

    def _sent_meanwhile(self, key: str) -> Response:
        """The other one of two clicks was faster."""
        known = referrals.sent_with(database(), key, by=actor())
        return self._sent(known) if known else back_to("ReferralSubmit.new")
