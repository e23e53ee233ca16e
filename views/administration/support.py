"""客服提問: what users asked the support desk, and the answers that go to their mailboxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, current_app, flash, g, make_response, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response as WerkzeugResponse

from models.support import SupportQuestion
from reports import support as reports
from reports.columns import Column
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.support import TEXT_LIMIT
from services import support
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now
from views.administration.outbox import mail_chip
from views.lists import ListScreen
from views.support import state_chip
from views.texts import sentence, translator


class SupportDesk(ListScreen):
    route_base = "/support-desk"
    needed = P.SUPPORT_ANSWER
    title = _l("客服提問")
    empty_text = _l("沒有符合條件的提問。使用者由每一頁右下角的「線上客服」提問。")
    listing = reports.DESK
    link_column = "subject"
    criteria = (
        reports.STATE,
        reports.QUESTION_NUMBER,
        reports.ASKER,
        reports.SUBJECT_HOLDS,
        reports.ASKED_FROM,
        reports.ASKED_TO,
    )
    exportable = False
    exclude_route_methods = {"export"}

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return ()

    def row_url(self, row: Any) -> str:
        return url_for("SupportDesk.show", question_id=row.key)

    def context(self) -> Callable[[str], str]:
        return translator()

    def chip(self, column: Column, row: Any) -> str:
        return state_chip(column, row)

    @expose("/<int:question_id>")
    @needs(P.SUPPORT_ANSWER)
    def show(self, question_id: int) -> Response:
        return self._page(question_id)

    @expose("/<int:question_id>/answer", methods=["POST"])
    @needs(P.SUPPORT_ANSWER)
    def answer(self, question_id: int) -> WerkzeugResponse:
        typed = request.form.get("text", "")
        opened_version = request.form.get("version", 0, type=int)
        try:
            with transaction(database()):
                support.answer(
                    database(),
                    question_id,
                    typed,
                    opened_version=opened_version,
                    base_url=current_app.config["PUBLIC_URL"],
                    by=actor(),
                    at=now(),
                )
        except FieldFault as fault:
            return self._page(question_id, typed, version=opened_version, faults=[fault], status=422)
        except AlreadyDone as first:
            return self._page(question_id, typed, notice=first, status=409)
        flash(_("已回覆提問 %(number)s,回覆將寄到提問人員的電子信箱。", number=question_id), "success")
        return back_to("SupportDesk.show", question_id=question_id)

    def _page(
        self,
        question_id: int,
        typed: str = "",
        *,
        version: int | None = None,
        faults: Sequence[FieldFault] = (),
        notice: RuleBroken | None = None,
        status: int = 200,
    ) -> Response:
        """`version`: the one that the typed text was written over; after `notice` the one it is shown over now."""
        g.way_back = url_for("SupportDesk.index")
        question = database().get(SupportQuestion, question_id, populate_existing=True)
        if question is None:
            raise NotFound(support.NO_QUESTION)
        keys = {answer.id: support.answer_mail_key(answer.id) for answer in question.answers}
        mails = reports.mail_states(database(), list(keys.values())) if keys else {}
        page = self.render(
            "support/answer.html",
            question=question,
            state=reports.state_text(question),
            sequels=reports.sequels(database(), question_id),
            mails={answer_id: mails[key] for answer_id, key in keys.items() if key in mails},
            mail_chip=mail_chip,
            may_see_mail=actor().may(P.OUTBOX_READ),
            typed=typed,
            version=version or question.version,
            limit=TEXT_LIMIT,
            faults=faults,
            page_faults=len(faults),
            notice=sentence(notice) if notice else "",
        )
        return make_response(page, status)
