"""轉介狀態查詢: what became of the referrals that the own unit sent, and each of them whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from models import scopes
from reports.case_timeline import happenings
from reports.referral_detail import referral_detail
from reports.referral_lists import STATUS_CRITERIA, STATUS_QUERY, Reader, status_sentence
from rules.permissions import Permission as P
from views import trail
from views.access import Screen, actor, database, needs, today
from views.lists import ListScreen
from views.texts import translated
from views.trail import ground_of_referral, shown


class ReferralStatus(ListScreen):
    route_base = "/referrals/status"
    listing = STATUS_QUERY
    criteria = STATUS_CRITERIA
    needed = P.REFERRAL_FOLLOW
    ground = trail.SENT
    title = _l("轉介狀態查詢")
    empty_text = _l("查無轉介單。可以放寬查詢條件,或由「轉介個案建立」送出新的轉介單。")
    link_column = "name"

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (scopes.sent_referrals(actor()),)

    def row_url(self, row: Any) -> str:
        return url_for("ReferralDetail.show", referral_id=row.key)

    def context(self) -> Reader:
        return Reader(today(), _)


class ReferralDetail(Screen):
    """One referral with its data, its timeline and, once there is one, the reply form."""

    route_base = "/referrals"
    default_view = "show"

    @expose("/<int:referral_id>")
    @needs(P.REFERRAL_FOLLOW, P.REFERRAL_TAKE_IN, P.CASE_WORK)
    def show(self, referral_id: int) -> str:
        found = referral_detail(database(), referral_id, actor())
        referral, case = found.referral, found.case
        due = case.due_date if case else None
        shown([referral.person_id], ground=ground_of_referral(referral, case))
        return self.render(
            "referral/detail.html",
            title=_("轉介單 %(number)s", number=referral_id),
            detail=found,
            referral=referral,
            person=referral.person,
            case=case,
            status=status_sentence(referral.state, due, Reader(today(), _)),
            entries=happenings(database(), referral_id, translated),
            may_follow=actor().may(P.REFERRAL_FOLLOW),
            may_send=actor().may(P.REFERRAL_SUBMIT) and referral.referring_unit_id == actor().unit_id,
        )
