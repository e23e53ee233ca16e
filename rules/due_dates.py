"""When a case should be closed, when that may be put off, and how urgent it looks. Spec 1-referral §2."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from rules.calendar import add_months
from rules.errors import RuleBroken
from rules.texts import N_

TERM_MONTHS = 3
EXTENSION_WINDOW_DAYS = 10
SOON_DAYS = 10


class Urgency(StrEnum):
    """The red mark, and the word beside it: colour alone tells a colour-blind reader nothing."""

    NONE = "none"
    SOON = "soon"
    OVERDUE = "overdue"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {Urgency.NONE: "", Urgency.SOON: N_("即將到期"), Urgency.OVERDUE: N_("已逾期")}


def first_due(referral_date: date) -> date:
    """Counts from the referral, not from the intake: the person waits from that day on."""
    return add_months(referral_date, TERM_MONTHS)


def extended(due: date) -> date:
    """Counts from the date put off, not from today: asking early must not shorten the extension."""
    return add_months(due, TERM_MONTHS)


def may_extend(due: date, today: date) -> bool:
    return (due - today).days <= EXTENSION_WINDOW_DAYS


def check_extension(due: date, today: date) -> None:
    if not may_extend(due, today):
        raise RuleBroken("未達成延長日期條件")


def urgency(due: date, today: date) -> Urgency:
    """Of an open case; on the due date itself the case is not overdue yet."""
    days_left = (due - today).days
    if days_left < 0:
        return Urgency.OVERDUE
    return Urgency.SOON if days_left <= SOON_DAYS else Urgency.NONE
