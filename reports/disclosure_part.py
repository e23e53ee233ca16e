"""One section of 個人資料彙整."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Fact = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """Facts as label and text, then a table."""

    title: str
    facts: Sequence[Fact] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    note: str = ""
