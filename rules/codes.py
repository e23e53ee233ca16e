"""One entry of a code list, and how typed codes are read.

The lists as delivered stand with the rule that uses them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from rules.errors import FieldFault


class Code(NamedTuple):
    """`code` is the number of the manual: on the form, in the Excel batch, in the database."""

    code: int
    label: str


def check_codes(typed: Iterable[object], *, field: str, known: Iterable[int]) -> tuple[int, ...]:
    """The codes ticked, in code order, each once. One that is not in `known` is refused at `field`."""
    offered = set(known)
    chosen = set()
    for item in typed:
        text = unicodedata.normalize("NFKC", str(item)).strip()
        if not (re.fullmatch(r"[0-9]{1,6}", text) and int(text) in offered):
            raise FieldFault(field, "沒有代碼「%(code)s」的選項，請重新選擇。", code=text[:20])
        chosen.add(int(text))
    return tuple(sorted(chosen))
