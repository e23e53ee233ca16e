"""Checks a form whole: every fault is kept until the end, so that the user mends them in one go."""

from __future__ import annotations

from types import TracebackType

from rules.errors import Faults, FieldFault


class Gather:
    """`with gather: name = check_name(…)` for each field, then `gather.raise_any()`, then use the values."""

    def __init__(self) -> None:
        self.faults: list[FieldFault] = []

    def __enter__(self) -> Gather:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, FieldFault):
            self.faults.append(error)
            return True
        if isinstance(error, Faults):
            self.faults.extend(error.faults)
            return True
        return False

    def raise_any(self) -> None:
        """Raises `Faults` when a field was refused."""
        if self.faults:
            raise Faults(self.faults)
