"""暫存, 取消, files and the postal code: what happens to the form before it is sent."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from rules.calendar import local_time_text
from rules.errors import FieldFault, RuleBroken
from rules.permissions import Permission as P
from rules.person import check_postal_code
from services import drafts, postal, routing
from services.transaction import AnySession, transaction
from views.access import Screen, actor, database, needs, now
from views.referral.form import ReferralForm, key_of
from views.referral.keeping import FIELDS, files_of_request, keep, uploaded, wants_json
from views.texts import sentence


class DraftSteps(Screen):
    """Of a new referral; or of the correction of one, whose number stands in the address then."""

    def url(self, step: str, **values: Any) -> str:
        """Of another step of the same form."""
        about = (request.view_args or {}).get("referral_id")
        return url_for(f"{self.endpoint}.{step}", **{"referral_id": about} if about else {}, **values)

    def form_page(self, form: ReferralForm, draft: drafts.Draft | None, **values: Any) -> str:
        raise NotImplementedError

    def form_url(self) -> str:
        """Of the form as it was left a moment ago."""
        raise NotImplementedError

    def discarded(self) -> Any:
        raise NotImplementedError

    @expose("/draft", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def save(self, referral_id: int | None = None) -> Any:
        """暫存, pressed or by itself."""
        draft, faults = keep(ReferralForm(), referral_id)
        said = _("已暫存 %(when)s", when=local_time_text(draft.saved_at))
        if wants_json():
            return jsonify({"message": said})
        flash(sentence(faults[0]) if faults else said, "danger" if faults else "success")
        return redirect(self.form_url())

    @expose("/draft/discard", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def discard(self, referral_id: int | None = None) -> Any:
        """取消, or 重新填寫 with `again`."""
        with files_of_request() as files, transaction(database()):
            drafts.discard(database(), files, by=actor(), referral_id=referral_id)
        return self.discarded()

    @expose("/postal-code", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def postal_code(self, referral_id: int | None = None) -> Any:
        """查詢郵遞區號. A script says in `asked` whether the address or the code was left."""
        if wants_json():
            if request.form.get("asked") == "code":
                return jsonify(_of_code(database(), request.form.get("postal_code", "")))
            return jsonify(_of_address(database(), request.form.get("address", "")))
        form = ReferralForm()
        draft, _files = keep(form, referral_id)
        found = _of_address(database(), form.address.data or "")
        if found["code"]:
            form.postal_code.data = found["code"]
            keep(form, referral_id)
            return redirect(self.form_url())
        faults = [FieldFault("address", found["reason"]), FieldFault("postal_code", found["message"])]
        return self.form_page(form, draft, faults=faults), 422

    @expose("/files/<string:kind>", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def upload(self, kind: str, referral_id: int | None = None) -> Any:
        """A file as soon as it is chosen; the form itself comes later."""
        form = ReferralForm()
        sent = uploaded(kind, form[FIELDS[kind]]) if kind in FIELDS else None
        if sent is None:
            return jsonify({"message": _("請選擇檔案。")}), 422
        with files_of_request() as files, transaction(database()):
            held = drafts.put_file(
                database(), files, key_of(form), sent, by=actor(), at=now(), referral_id=referral_id
            )
        return jsonify({"id": held.id, "name": held.name, "size": held.size})

    @expose("/files/<int:attachment_id>/remove", methods=["POST"])
    @needs(P.REFERRAL_SUBMIT)
    def remove_file(self, attachment_id: int, referral_id: int | None = None) -> Any:
        if not wants_json():
            keep(ReferralForm(), referral_id)
        with files_of_request() as files, transaction(database()):
            drafts.remove_file(database(), files, attachment_id, by=actor())
        return jsonify({}) if wants_json() else redirect(self.form_url())


def _of_address(session: AnySession, address: str) -> dict[str, Any]:
    found = postal.resolve(session, address)
    answer = _routed(session, found.code) if found.code else _nothing(_("無效的地址!!"))
    candidates = [{"code": code, "unit": _routed(session, code)["unit"]} for code in found.candidates]
    return {**answer, "reason": _(found.reason), "candidates": [] if found.code else candidates}


def _of_code(session: AnySession, typed: str) -> dict[str, Any]:
    try:
        code = check_postal_code(typed)
        postal.require_code(session, code)
    except RuleBroken as refused:
        return {**_nothing(sentence(refused)), "reason": "", "candidates": []}
    return {**_routed(session, code), "reason": "", "candidates": []}


def _routed(session: AnySession, code: str) -> dict[str, Any]:
    trial = routing.trial(session, code)
    unit = trial.unit
    return {
        "code": code,
        "message": "",
        "unit": unit.name if unit else _("尚無收案單位,送出後由系統管理者指定"),
        "unit_code": unit.code if unit else "",
        "basis": _(trial.routing.basis.text),
    }


def _nothing(message: str) -> dict[str, Any]:
    return {"code": None, "message": message, "unit": "", "unit_code": "", "basis": ""}
