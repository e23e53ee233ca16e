"""查詢 and 新增個案基本資料: whom the referral is about."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, jsonify, redirect, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from rules.errors import FieldFault, NotFound, RuleBroken, TooMany
from rules.gather import Gather
from rules.national_id import inspect
from rules.permissions import Permission as P
from rules.person import check_name
from rules.texts import N_
from services import drafts, people, referral_check
from services.drafts import Draft
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now, today
from views.fields import faults_of, show_faults
from views.referral.draft_steps import DraftSteps
from views.referral.form import PersonForm, ReferralForm, fill, key_of, typed
from views.referral.keeping import keep, wants_json
from views.referral.page import routed_unit
from views.texts import sentence
from views.trail import REFERRING, shown

NOT_FOUND = N_("查無個案資料 請新增個案基本資料!")


class PersonSteps(DraftSteps):
    @expose("/look-up", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def look_up(self) -> Any:
        """Keeps the form, then fills it with the person found. Answers a script in JSON, else with a page."""
        form = ReferralForm()
        draft, _files = keep(form)
        try:
            person = self._look_up(form)
        except RuleBroken as refused:
            return self._look_up_refused(form, draft, refused)
        if person is None:
            if wants_json():
                return jsonify(
                    {"found": False, "message": _(NOT_FOUND), "url": url_for("ReferralSubmit.person")}
                )
            flash(_(NOT_FOUND), "warning")
            return back_to("ReferralSubmit.person")
        if not wants_json():
            return back_to("ReferralSubmit.new", continued=1)
        unfinished = referral_check.unfinished_warning(database(), person.id)
        unit = routed_unit(person.postal_code)
        shown([person.id], ground=REFERRING)
        return jsonify(
            {
                "found": True,
                "message": _("已帶入個案基本資料。"),
                "fields": drafts.known_fields(person),
                "unit": unit.name if unit else "",
                "warning": sentence(unfinished) if unfinished else "",
            }
        )

    def _look_up(self, form: ReferralForm) -> Any:
        name, number = form.name.data or "", form.national_id.data or ""
        gather = Gather()
        with gather:
            check_name(name)
        with gather:
            inspect(number)
        gather.raise_any()
        key = key_of(form)
        with transaction(database()):
            found = people.look_up(database(), name=name, national_id=number, by=actor(), at=now())
            if found.person:
                drafts.choose_person(database(), key, found.person, by=actor(), at=now())
            else:
                drafts.forget_person(database(), key, by=actor(), at=now())
        if found.refusal:
            raise found.refusal
        return found.person

    def _look_up_refused(self, form: ReferralForm, draft: Draft, refused: RuleBroken) -> Any:
        faults = faults_of(refused, field="national_id")
        status = 429 if isinstance(refused, TooMany) else 422
        if wants_json():
            texts = {fault.field: sentence(fault) for fault in faults}
            return jsonify({"message": sentence(refused), "faults": texts}), status
        database().rollback()
        return self.form_page(form, draft, faults=faults), status

    @expose("/person", methods=["GET"])
    @needs(P.REFERRAL_SUBMIT)
    def person(self) -> Any:
        draft = drafts.load(database(), by=actor())
        if draft is None:
            return back_to("ReferralSubmit.new")
        form = PersonForm(formdata=None)
        fill(form, draft.typed)
        form.key.data = draft.key
        if draft.person_id:  # the draft was filled with what is known of him
            shown([draft.person_id], ground=REFERRING)
        return self._person_page(form)

    @expose("/person", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def register(self) -> Any:
        """建立基本資料."""
        form = PersonForm()
        key = key_of(form)
        try:
            fields = referral_check.check_person_form(database(), typed(form), today=today())
            with transaction(database()):
                drafts.claim(database(), key, by=actor(), at=now())
                found = people.register(database(), fields, by=actor(), at=now())
                if found.person:
                    drafts.choose_person(database(), key, found.person, by=actor(), at=now())
            if found.refusal:
                raise FieldFault("national_id", found.refusal.template)
        except NotFound:
            raise
        except RuleBroken as refused:
            database().rollback()
            faults = faults_of(refused, field="national_id")
            show_faults(form, faults)
            return self._person_page(form, [(fault.field, sentence(fault)) for fault in faults]), 422
        flash(_("個案基本資料已建立,並帶入轉介單。"), "success")
        return redirect(url_for("ReferralSubmit.new", continued=1))

    def _person_page(self, form: PersonForm, faults: list[tuple[str, str]] | None = None) -> str:
        form.key.data = form.key.data or str(uuid.uuid4())
        return self.render(
            "referral/person.html",
            screen=self,
            title=_("新增個案基本資料"),
            form=form,
            faults=faults or [],
            page_faults=len(faults or []),
            routed=routed_unit(form.postal_code.data or ""),
        )
