"""整批派案: several waiting referrals at once, to one case manager or spread evenly over several."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l

from models.referral import Referral
from models.scopes import received_referrals
from reports import bulk as ticked
from rules.permissions import Permission as P
from rules.referral_flow import State
from services import bulk
from views import trail
from views.access import actor, database, needs, now
from views.bulk import BulkScreen, ids, plan_of


class IntakeBulk(BulkScreen):
    route_base = "/intake/bulk"
    default_view = "ask"
    lists = {"": "Intake.index"}
    ground = trail.RECEIVED
    noun = "referral"
    acting = "take_in"
    title = _l("整批派案")

    @expose("/")
    @needs(P.REFERRAL_TAKE_IN)
    def ask(self) -> Any:
        """指派個管員."""
        wanted = ids("id")
        rows = self._waiting(wanted)
        return self.choose(rows, asked=len(wanted)) if rows else self.nothing_left(asked=len(wanted))

    @expose("/confirm")
    @needs(P.REFERRAL_TAKE_IN)
    def check(self) -> Any:
        wanted = ids("id")
        rows = self._waiting(wanted)
        return self.confirm(rows, asked=len(wanted)) if rows else self.nothing_left(asked=len(wanted))

    @expose("/", methods=["POST"])
    @needs(P.REFERRAL_TAKE_IN)
    def take_in(self) -> Any:
        """確定派案. Each referral is a transaction of its own."""
        plan = {row[0]: row[1] for row in plan_of("row", 2)}
        if not plan:
            return self.nothing_left(asked=0)
        base_url = current_app.config["PUBLIC_URL"]
        outcomes = bulk.take_in_all(database(), plan, by=actor(), at=now(), base_url=base_url)
        return self.result(
            outcomes, ticked.referrals(database(), list(plan), received_referrals(actor())), plan
        )

    def _waiting(self, wanted: list[int]) -> Any:
        here = received_referrals(actor()), Referral.state == State.SUBMITTED
        return ticked.referrals(database(), wanted, *here)
