"""What a question to the support desk and an answer to it must be like. Spec 1-referral §6, manual 三(三).

Both leave the system by mail or are read by people who serve nobody, so neither may hold a national ID.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from rules import national_id
from rules.errors import FieldFault
from rules.gather import Gather
from rules.texts import N_, check_block, check_line

SUBJECT_LIMIT = 100
TEXT_LIMIT = 2000
NAME_LIMIT = 64
EMAIL_LIMIT = 254
SCREEN_LIMIT = 200

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NUMBERS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][1289A-Da-d][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")


@dataclass(frozen=True)
class Question:
    """As it is stored: tidied and checked."""

    subject: str
    text: str
    asker_name: str
    email: str


def check_question(typed: Mapping[str, str]) -> Question:
    """Raises `Faults`, one for each field that cannot be kept so."""
    gather = Gather()
    subject = text = asker_name = email = ""
    with gather:
        subject = check_line(
            typed.get("subject", ""), field="subject", limit=SUBJECT_LIMIT, missing=N_("請輸入主旨內容。")
        )
        _refuse_numbers(subject, "subject")
    with gather:
        text = _check_text(typed.get("text", ""), missing=N_("請輸入問題內容。"))
    with gather:
        asker_name = check_line(
            typed.get("asker_name", ""), field="asker_name", limit=NAME_LIMIT, missing=N_("請輸入提問人員。")
        )
    with gather:
        email = check_email(typed.get("email", ""))
    gather.raise_any()
    return Question(subject, text, asker_name, email)


def check_answer(text: str) -> str:
    """Raises a `FieldFault` at `text`."""
    return _check_text(text, missing=N_("請輸入回覆內容。"))


def check_email(text: str) -> str:
    """One address in half width, for a Chinese keyboard types ＠ and ．as readily. Raises a `FieldFault` at `email`."""
    address = check_line(
        unicodedata.normalize("NFKC", text), field="email", limit=EMAIL_LIMIT, missing=N_("請輸入電子信箱。")
    )
    if not _EMAIL.fullmatch(address):
        raise FieldFault(
            "email", "這不是電子信箱地址,回覆會寄不到。請輸入一個完整的地址,例:name@example.gov.tw"
        )
    return address


def page_path(text: str) -> str:
    """The path of a page of ours, without query and fragment; empty for anything else."""
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    own = path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable()
    return path[:SCREEN_LIMIT] if own else ""


def _check_text(text: str, *, missing: str) -> str:
    block = check_block(text, field="text", limit=TEXT_LIMIT)
    if not block:
        raise FieldFault("text", missing)
    _refuse_numbers(block, "text")
    return block


def _refuse_numbers(text: str, field: str) -> None:
    """Only what is a valid number: an equipment number of the same form may stand."""
    for found in _NUMBERS.findall(unicodedata.normalize("NFKC", text)):
        try:
            number = national_id.inspect(found).number
        except FieldFault:
            continue
        raise FieldFault(
            field,
            "含有身分證字號 %(number)s,請刪除,改寫轉介單號或個案服務單號。",
            number=national_id.mask(number),
        )
