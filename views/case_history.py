"""個案服務歷程: one case on one page, with what may be done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, abort, current_app, flash, jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from models.case import Case
from models.trail import Act
from reports.attachments import named_files
from reports.case_timeline import happenings
from reports.due_bar import due_bar
from rules.due_dates import EXTENSION_WINDOW_DAYS, extended, may_extend
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.roc_dates import show
from rules.texts import N_
from services import cases, outbox
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now, today
from views.case_pages import readable_case, serves, worked_case
from views.files import file_response, stored_content
from views.texts import sentence, translated
from views.trail import ground_of, revealed


class CaseHistory(Screen):
    route_base = "/cases"
    default_view = "show"
    class_permission_name = "Case"

    @expose("/<int:case_id>")
    @needs(P.CASE_WORK, P.CASE_TRANSFER, P.REFERRAL_FOLLOW)
    def show(self, case_id: int) -> str:
        """Whole for who serves the case; the referring unit sees its state, history and reply form."""
        case = readable_case(case_id)
        return self._page(case)

    def _page(self, case: Case, *, reason: str = "", fault: FieldFault | None = None) -> str:
        """`reason` and its `fault`: of a reopening that was refused."""
        return self.render(
            "case/show.html",
            case=case,
            serves=serves(case),
            may_reveal=actor().may(P.PERSON_REVEAL),
            may_reopen=actor().may(P.CASE_REOPEN),
            bar=due_bar(case, today()),
            may_extend=may_extend(case.due_date, today()),
            due_after=extended(case.due_date),
            window_days=EXTENSION_WINDOW_DAYS,
            files=named_files(case.referral),
            entries=happenings(database(), case.referral_id, translated),
            reason=reason,
            fault=fault,
            page_faults=int(fault is not None),
        )

    @expose("/<int:case_id>/reveal", methods=["POST"])
    @needs(P.PERSON_REVEAL)
    def reveal(self, case_id: int) -> Response:
        """The whole national ID, for the button 「顯示」; the trail says who saw it."""
        with transaction(database()):
            case = worked_case(case_id)
            number = revealed(case.referral.person, ground=ground_of(case))
        response = jsonify({"national_id": number})
        response.headers["Cache-Control"] = "no-store"
        return response

    @expose("/<int:case_id>/extend", methods=["POST"])
    @needs(P.CASE_WORK)
    def extend(self, case_id: int) -> Any:
        due_before = _posted_date("due_before")

        def act() -> str:
            with transaction(database()):
                done = cases.extend(database(), case_id, due_before=due_before, by=actor(), at=now())
            return _("已延期三個月,應結案日期為 %(due)s。", due=show(done.due_after))

        return _and_back(case_id, act)

    @expose("/<int:case_id>/close", methods=["POST"])
    @needs(P.CASE_WORK)
    def close(self, case_id: int) -> Any:
        def act() -> str:
            case = worked_case(case_id)
            if case.closed_on is None and not case.service_records and not request.form.get("unserved"):
                raise RuleBroken(N_("此個案尚無服務紀錄,仍要結案嗎?"))
            with transaction(database()):
                base_url = current_app.config["PUBLIC_URL"]
                mail = cases.close(database(), case_id, base_url=base_url, by=actor(), at=now())
            if mail is None:
                return _("成功結案!!轉介單位目前沒有可以收信的人員,未寄出郵件。")
            # Without a mail server nothing leaves, so there is nothing to wait for.
            if current_app.config["MAIL_SERVER"] and outbox.wait_until_sent(database(), mail.id):
                return _("成功結案!!郵件成功寄出!!")
            return _("成功結案!!郵件尚未寄出,系統將自動重送")

        return _and_back(case_id, act)

    @expose("/<int:case_id>/reopen", methods=["POST"])
    @needs(P.CASE_REOPEN)
    def reopen(self, case_id: int) -> Any:
        """Whose case manager has left is to be transferred at once: the way leads there."""
        reason, base_url = request.form.get("reason", ""), current_app.config["PUBLIC_URL"]
        try:
            with transaction(database()):
                case = cases.reopen(
                    database(), case_id, reason=reason, base_url=base_url, by=actor(), at=now()
                )
                served, who = cases.is_served(database(), case), case.case_manager.name
        except FieldFault as fault:
            return self._page(worked_case(case_id), reason=reason, fault=fault), 422
        except NotFound:
            raise
        except RuleBroken as refusal:
            flash(sentence(refusal), "warning")
            return back_to("CaseHistory.show", case_id=case_id)
        if served:
            flash(_("已重新開案,並已通知個管員與轉介單位。"), "success")
            return back_to("CaseHistory.show", case_id=case_id)
        flash(
            _("已重新開案。個管員 %(who)s 的帳號已停用或已調離本單位,請立即轉案給其他個管員。", who=who),
            "warning",
        )
        return back_to("Transfer.assign", case_id=case_id)

    @expose("/<int:case_id>/attachments/<int:attachment_id>")
    @needs(P.CASE_WORK, P.CASE_TRANSFER, P.REFERRAL_FOLLOW)
    def attachment(self, case_id: int, attachment_id: int) -> Response:
        files = named_files(readable_case(case_id, act=Act.DOWNLOAD).referral)
        wanted = next((file for file in files if file.attachment.id == attachment_id), None)
        if wanted is None:
            abort(404)
        return file_response(
            stored_content(wanted.attachment.storage_name, name=wanted.name),
            wanted.name,
            wanted.attachment.extension,
        )


def _and_back(case_id: int, act: Callable[[], str]) -> Any:
    """Do it and show the case again, with what came of it: who was too late sees there how things stand."""
    try:
        flash(act(), "success")
    except NotFound:
        raise
    except RuleBroken as refusal:
        flash(sentence(refusal), "warning")
    return back_to("CaseHistory.show", case_id=case_id)


def _posted_date(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        abort(400)
