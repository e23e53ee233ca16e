"""預約率 (資訊 rule 一): the month to date against the target, and the months before; marked when a target is missed."""

from __future__ import annotations

from flask_appbuilder import expose
from flask_babel import gettext as _

from reports.appointment_rate import month_to_date, rates
from reports.months import months_until
from rules.desk import KIND_TEXT
from rules.desk_days import REVIEW_DAYS
from rules.permissions import Permission as P
from views.access import Screen, database, needs, today
from views.desk.supervision import unit

MONTHS = 6


class AppointmentRate(Screen):
    route_base = "/desk/appointment-rate"
    default_view = "index"

    @expose("/")
    @needs(P.UNENDED_CHECK)
    def index(self) -> str:
        months = months_until(today(), MONTHS)
        return self.render(
            "desk/appointment_rate.html",
            title=_("預約率"),
            rates=month_to_date(database(), unit(), today()),
            months=[
                (month, rates(database(), unit(), month.first, min(month.last, today())))
                for month in reversed(months)
            ],
            kinds=KIND_TEXT,
            review_days=_("、").join(str(day) for day in REVIEW_DAYS),
        )
