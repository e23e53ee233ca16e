"""What the forms of the reception send, as the services take it, and how a refused one comes back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from werkzeug.datastructures import MultiDict

from rules.desk import Disability, DisabilityEvidence
from rules.errors import Faults, FieldFault, RuleBroken
from services.reception import CheckIn
from views.steps import chosen_id
from views.texts import sentence

Word = TypeVar("Word", bound=StrEnum)


@dataclass
class Refused:
    """A form that came back: which one, what was typed, and what is wrong with it."""

    form: str = ""
    typed: MultiDict[str, str] = field(default_factory=MultiDict)
    faults: Sequence[RuleBroken] = ()

    @classmethod
    def of(cls, form: str, error: RuleBroken) -> Refused:
        faults = error.faults if isinstance(error, Faults) else [error]
        return cls(form, request.form, faults)

    def summary(self) -> list[tuple[str, str]]:
        """Each sentence with the id of its field; one that belongs to no field leads to the form."""
        return [
            (f"{self.form}-{fault.field}" if isinstance(fault, FieldFault) else self.form, sentence(fault))
            for fault in self.faults
        ]

    def at(self, form: str, name: str) -> str:
        """The sentence at a field."""
        mine = (fault for fault in self.faults if isinstance(fault, FieldFault) and fault.field == name)
        return next((sentence(fault) for fault in mine), "") if form == self.form else ""

    def value(self, form: str, name: str, default: object = "") -> Any:
        return self.typed.get(name, "") if form == self.form else default

    def values(self, form: str, name: str, default: Iterable[object] = ()) -> set[str]:
        return set(self.typed.getlist(name)) if form == self.form else {str(each) for each in default}

    def key(self, form: str) -> str:
        """What makes one check-in of a double click; a form that came back keeps its own."""
        return str(self.value(form, "submission_key")) or str(uuid.uuid4())


def typed_check_in() -> CheckIn:
    """A business type that was not chosen is 0, which the service refuses with its sentence."""
    form = request.form
    return CheckIn(
        business_type_id=chosen_id("business_type_id") or 0,
        submission_key=form.get("submission_key", "")[:36] or str(uuid.uuid4()),
        person_id=chosen_id("person_id"),
        visitor=form.get("visitor", ""),
        new_case={"new": True, "old": False}.get(form.get("new_case", "")),
        note=form.get("note", ""),
        asked_officer_id=chosen_id("asked_officer_id"),
        known={"yes": True, "no": False}.get(form.get("known", "")),
        identities=tuple(
            int(code) for code in form.getlist("identities") if code.isdigit() and len(code) < 6
        ),
        disability=_word(Disability, "disability") or Disability.NONE,
        disability_evidence=_word(DisabilityEvidence, "disability_evidence"),
        section=form.get("section", ""),
        volunteer=form.get("volunteer", ""),
    )


def _word(words: type[Word], name: str) -> Word | None:
    text = request.form.get(name, "")
    return words(text) if text in set(words) else None
