"""The generated screens of the front desk's tables; what they show and take stands in `rules.desk_tables`."""

from __future__ import annotations

from rules import desk_tables as described
from views.desk.tables.base import DeskTableView


class CounterGroupView(DeskTableView):
    table = described.COUNTER_GROUP
    route_base = "/desk/tables/groups"
    order_by = ("position", "asc")


class CounterView(DeskTableView):
    table = described.COUNTER
    route_base = "/desk/tables/counters"
    order_by = ("number", "asc")


class PostView(DeskTableView):
    table = described.POST
    route_base = "/desk/tables/posts"
    order_by = ("starts_on", "desc")


class DeputyView(DeskTableView):
    table = described.DEPUTY
    route_base = "/desk/tables/deputies"


class BusinessTypeView(DeskTableView):
    table = described.BUSINESS_TYPES
    route_base = "/desk/tables/business-types"
    order_by = ("position", "asc")


class NewCaseRuleView(DeskTableView):
    table = described.NEW_CASE_RULE
    route_base = "/desk/tables/new-case-rules"
    order_by = ("effective_from", "desc")


class RatioShareView(DeskTableView):
    table = described.RATIO_SHARE
    route_base = "/desk/tables/ratio"
    order_by = ("effective_from", "desc")


class IdentityGroupView(DeskTableView):
    table = described.IDENTITY_GROUP
    route_base = "/desk/tables/identities"
    order_by = ("priority", "asc")


class TargetView(DeskTableView):
    table = described.TARGET
    route_base = "/desk/tables/targets"
    order_by = ("effective_from", "desc")


class WaitLimitView(DeskTableView):
    table = described.WAIT_LIMIT
    route_base = "/desk/tables/wait-limits"
    order_by = ("effective_from", "desc")


class MassLayoffOrderView(DeskTableView):
    table = described.MASS_LAYOFF
    route_base = "/desk/tables/mass-layoffs"
    order_by = ("starts_on", "desc")


class CentreHolidayView(DeskTableView):
    table = described.CENTRE_HOLIDAY
    route_base = "/desk/tables/holidays"
    order_by = ("day", "desc")


class ReceptionShiftView(DeskTableView):
    table = described.RECEPTION_SHIFT
    route_base = "/desk/tables/shifts"
    order_by = ("day", "desc")
