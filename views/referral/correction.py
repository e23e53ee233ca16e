"""修正後重新送出: the form of a returned referral, filled as it was sent, with the reason of the return above it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from models.person import Person
from reports.referral_detail import ReferralDetail, referral_detail
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.person import PersonFields
from rules.referral_flow import Move, State
from rules.routing import Basis
from services import drafts, people, referral_check, resubmission
from services.resubmission import PersonChanged
from services.timeline import refusal
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now
from views.fields import faults_of
from views.referral.draft_steps import DraftSteps
from views.referral.form import ReferralForm, new_form, typed
from views.referral.keeping import files_of_request, keep
from views.referral.page import mark, page_values
from views.steps import not_found


class ReferralCorrection(DraftSteps):
    """Its steps are those of a new referral, at addresses below the referral's own."""

    route_base = "/referrals/<int:referral_id>/correction"
    default_view = "open"
    class_permission_name = "Referral"

    @expose("/begin", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def begin(self, referral_id: int) -> Any:
        self._show_way_back(referral_id)
        with files_of_request() as files, transaction(database()):
            resubmission.begin(database(), files, referral_id, by=actor(), at=now())
        return back_to("ReferralCorrection.open", referral_id=referral_id)

    @expose("/")
    @needs(P.REFERRAL_SUBMIT)
    def open(self, referral_id: int) -> Any:
        self._returned(referral_id)
        draft = drafts.load(database(), by=actor(), referral_id=referral_id)
        if draft is None:
            return back_to("ReferralDetail.show", referral_id=referral_id)
        return self.form_page(new_form(draft), draft)

    @expose("/", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def send(self, referral_id: int) -> Any:
        """重新送出."""
        form = ReferralForm()
        detail = self._returned(referral_id, sent_with=form.key.data or "")
        if detail.referral.state != State.RETURNED:
            return self._sent(referral_id)
        draft, file_faults = keep(form, referral_id)
        try:
            return self._check_and_send(form, draft, file_faults)
        except NotFound:
            raise
        except RuleBroken as refused:
            database().rollback()
            faults = [*file_faults, *faults_of(refused, field="name")]
            return self.form_page(form, draft, faults=faults), 422

    def _check_and_send(self, form: ReferralForm, draft: drafts.Draft, file_faults: list[FieldFault]) -> Any:
        about = database().get_one(Person, draft.person_id)
        raw = {**typed(form), "national_id": about.national_id}
        on = draft.referral_date or now().date()
        person, fields = referral_check.check_form(database(), draft, raw, today=on)
        form.postal_code.data = person.postal_code
        if file_faults:
            database().rollback()
            return self.form_page(form, draft, faults=file_faults), 422
        warnings = referral_check.warnings(
            database(), about, birthday=person.birthday, identities=fields.identities, on=on
        )
        if warnings and request.form.get("acknowledged") != mark(warnings):
            return self.form_page(form, draft, warnings=warnings)
        referral_id = draft.referral_id or 0
        try:
            with files_of_request() as files, transaction(database()):
                resubmission.resubmit(
                    database(),
                    files,
                    referral_id,
                    key=draft.key,
                    person=person,
                    fields=fields,
                    base_url=current_app.config["PUBLIC_URL"],
                    by=actor(),
                    at=now(),
                )
        except PersonChanged as refused:
            return self._compare(form, draft, person, refused), 409
        return self._sent(referral_id)

    def _compare(
        self, form: ReferralForm, draft: drafts.Draft, typed: PersonFields, refused: PersonChanged
    ) -> str:
        """What is stored now beside what was typed; the next 重新送出 is by who has seen it."""
        with transaction(database()):
            draft = drafts.renew_person(
                database(), draft.key, by=actor(), at=now(), referral_id=draft.referral_id
            )
        stored = database().get_one(Person, draft.person_id)
        texts = drafts.known_fields(stored)
        differing = [
            (_(label), texts[name], form[name].data)
            for name, label in people.LABELS.items()
            if getattr(stored, name) != getattr(typed, name)
        ]
        return self.form_page(form, draft, faults=faults_of(refused, field="name"), differing=differing)

    def _sent(self, referral_id: int) -> Any:
        referral = referral_detail(database(), referral_id, actor()).referral
        unit = referral.receiving_unit
        if unit:
            basis = _(Basis(referral.routing_basis).text)
            said = _(
                "轉介單 %(number)s 已重新送出,收案單位:%(unit)s(%(basis)s)。",
                number=referral_id,
                unit=unit.name,
                basis=basis,
            )
        else:
            said = _(
                "轉介單 %(number)s 已重新送出。目前的郵遞區號還沒有收案單位,系統管理者指定後會繼續處理。",
                number=referral_id,
            )
        flash(said, "success")
        return back_to("ReferralDetail.show", referral_id=referral_id)

    def form_page(self, form: ReferralForm, draft: drafts.Draft | None, **values: Any) -> str:
        assert draft is not None and draft.referral_id is not None
        shown = {name: values.pop(name) for name in ("faults", "warnings") if name in values}
        detail = referral_detail(database(), draft.referral_id, actor())
        return self.render(
            "referral/correction.html",
            title=_("補正轉介單 %(number)s", number=draft.referral_id),
            screen=self,
            detail=detail,
            cancel_url=url_for("ReferralDetail.show", referral_id=draft.referral_id),
            **page_values(form, draft, **shown),
            **values,
        )

    def form_url(self) -> str:
        return self.url("open")

    def discarded(self) -> Any:
        flash(_("已取消補正,轉介單仍為已退回。"), "info")
        return back_to("ReferralDetail.show", **(request.view_args or {}))

    def _returned(self, referral_id: int, *, sent_with: str = "") -> ReferralDetail:
        """A referral of the own unit that may be sent again; or has been, with just this form."""
        self._show_way_back(referral_id)
        detail = referral_detail(database(), referral_id, actor())
        if detail.referral.referring_unit_id != actor().unit_id:
            raise not_found()
        if detail.referral.state == State.RETURNED:
            return detail
        if sent_with and resubmission.was_sent_with(database(), referral_id, sent_with):
            return detail
        raise refusal(database(), referral_id, Move.RESUBMIT)

    def _show_way_back(self, referral_id: int) -> None:
        g.way_back = url_for("ReferralDetail.show", referral_id=referral_id)
