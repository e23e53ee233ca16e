"""What lists of cases and of service records are searched by, beside the criteria on their referrals."""

from __future__ import annotations

from models.case import Case, ServiceRecord
from reports.criteria import Criterion, chosen, day, of_case, receiving_units, through, whole_number
from rules.texts import N_

OPEN_OR_CLOSED = {"open": N_("未結案"), "closed": N_("已結案")}
PROVIDED_OR_NOT = {"Y": N_("提供服務"), "N": N_("無法提供服務")}


def of_record(criterion: Criterion) -> Criterion:
    """A criterion on referrals for a list of service records."""
    return through(of_case(criterion), ServiceRecord.case_id, Case.id)


CASE_NUMBER = Criterion("number", N_("個案服務單號"), lambda text: Case.id == whole_number(text))
DUE_UNTIL = Criterion(
    "due_until", N_("預計應結案日期迄"), lambda text: Case.due_date <= day(text), kind="date"
)
CASE_CLOSED = Criterion(
    "closed",
    N_("狀態"),
    lambda text: (
        Case.closed_on.is_(None)
        if chosen(text, {"open": True, "closed": False})
        else Case.closed_on.is_not(None)
    ),
    kind="choice",
    choices=lambda _session: tuple(OPEN_OR_CLOSED.items()),
)
CASE_UNIT = Criterion(
    "unit",
    N_("收案單位"),
    lambda text: Case.unit_id == whole_number(text),
    kind="choice",
    choices=receiving_units,
)

CASE_OF_RECORD = Criterion(
    "case_number", N_("個案服務單號"), lambda text: ServiceRecord.case_id == whole_number(text)
)
SERVED_FROM = Criterion(
    "served_from", N_("服務日期起"), lambda text: ServiceRecord.served_on >= day(text), kind="date"
)
SERVED_TO = Criterion(
    "served_to", N_("服務日期迄"), lambda text: ServiceRecord.served_on <= day(text), kind="date"
)
PROVIDED = Criterion(
    "provided",
    N_("是否提供服務"),
    lambda text: ServiceRecord.provided.is_(chosen(text, {"Y": True, "N": False})),
    kind="choice",
    choices=lambda _session: tuple(PROVIDED_OR_NOT.items()),
)
RECORD_UNIT = Criterion(
    "unit",
    N_("收案單位"),
    lambda text: ServiceRecord.unit_id == whole_number(text),
    kind="choice",
    choices=receiving_units,
)
