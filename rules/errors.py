"""What a rule says when it refuses.

The text of a `RuleBroken` is the sentence the user reads, in Traditional Chinese; the views translate it. It is
written where the rule stands, so that there is one place to look for it. Developers' errors (a wrong argument, a
missing row that must exist) are ordinary Python exceptions with English texts.
"""

from __future__ import annotations

from collections.abc import Sequence


class RuleBroken(Exception):
    """A refusal. `template` is the sentence with `%(name)s` places, `values` fill them.

    Keeping both apart lets the views translate the template and log the refusal without the values, which may be
    personal data.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template, values)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template


class FieldFault(RuleBroken):
    """A refusal that belongs to one field of a form (its name in the database) or one cell of a workbook."""

    def __init__(self, field: str, template: str, **values: object) -> None:
        super().__init__(template, **values)
        self.field = field


class Faults(RuleBroken):
    """Several field faults at once: a form is checked whole, so that the user mends it in one go."""

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__("請修正標示的欄位。")
        self.faults = list(faults)


class AlreadyDone(RuleBroken):
    """The lost race: somebody was first. Names who, never overwrites."""


class StaleVersion(RuleBroken):
    """The row was saved by somebody else after this form was opened."""


class NotFound(RuleBroken):
    """There is no such thing, or not for this actor: both read the same."""


class TooMany(RuleBroken):
    """Asked too often in too short a time; the same request may succeed later."""
