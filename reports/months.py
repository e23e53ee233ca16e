"""Calendar months as a period to look back on, named by their ROC year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.calendar import add_months
from rules.roc_dates import FIRST_YEAR


@dataclass(frozen=True)
class Month:
    """`text` is `115/11`."""

    first: date

    @property
    def roc_year(self) -> int:
        return self.first.year - FIRST_YEAR + 1

    @property
    def text(self) -> str:
        return f"{self.roc_year}/{self.first.month}"

    @property
    def last(self) -> date:
        return add_months(self.first, 1) - timedelta(days=1)

    @property
    def key(self) -> str:
        """As the database groups dates by: `2026-11`."""
        return f"{self.first:%Y-%m}"


def months_until(today: date, number: int) -> Sequence[Month]:
    """The month of `today` and those before it, oldest first; `number` in all."""
    this = today.replace(day=1)
    return [Month(add_months(this, back)) for back in range(1 - number, 1)]
