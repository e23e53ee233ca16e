"""What a person's form must hold before a person is stored. Spec 1-referral §4.1.

Whether the postal code exists is the directory's to say; here it only has to look like one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rules import national_id, roc_dates
from rules.addresses import Directory
from rules.calendar import age_on
from rules.errors import FieldFault
from rules.gather import Gather
from rules.phones import check_phone
from rules.texts import N_, check_line, is_dash

MAX_NAME = 60  # code points; indigenous names with both scripts pass 50
MAX_ADDRESS = 200
MAX_AGE = 120


@dataclass(frozen=True)
class PersonFields:
    """A person's form after the check; the optional telephones are None when left empty."""

    name: str
    national_id: str
    birthday: date
    phone: str
    home_phone: str | None
    other_phone: str | None
    address: str
    postal_code: str


def check_person(raw: Mapping[str, str], *, today: date) -> PersonFields:
    """`raw` has the field names of `PersonFields`; a missing one counts as empty. Raises `Faults`."""
    gather = Gather()
    with gather:
        name = check_name(raw.get("name", ""))
    with gather:
        number = national_id.inspect(raw.get("national_id", "")).number
    with gather:
        birthday = check_birthday(raw.get("birthday", ""), today=today)
    with gather:
        phone = _phone(raw, "phone")
        if phone is None:
            raise FieldFault("phone", "請輸入連絡電話，例如 0912345678。")
    with gather:
        home_phone = _phone(raw, "home_phone")
    with gather:
        other_phone = _phone(raw, "other_phone")
    with gather:
        address = check_address(raw.get("address", ""))
    with gather:
        postal_code = check_postal_code(raw.get("postal_code", ""))
    gather.raise_any()
    return PersonFields(name, number, birthday, phone or "", home_phone, other_phone, address, postal_code)


def check_visitor(raw: Mapping[str, str], *, today: date) -> PersonFields:
    """Of a visitor the front desk needs number, name and birthday; a telephone if there is one. Raises `Faults`.

    The address is asked for when a referral is filed.
    """
    gather = Gather()
    with gather:
        name = check_name(raw.get("name", ""))
    with gather:
        number = national_id.inspect(raw.get("national_id", "")).number
    with gather:
        birthday = check_birthday(raw.get("birthday", ""), today=today)
    with gather:
        phone = _phone(raw, "phone")
    gather.raise_any()
    return PersonFields(name, number, birthday, phone or "", None, None, "", "")


def check_name(text: str) -> str:
    """Chinese, Latin, `‧`, blanks and the rarest characters pass: a name is what its bearer says it is."""
    if any(unicodedata.category(char) == "Co" for char in text):
        raise FieldFault("name", "姓名含有自造字，其他電腦無法顯示，請改用標準字（全字庫有收錄）。")
    name = check_line(text, field="name", limit=MAX_NAME, missing=N_("請輸入姓名。"))
    # Cn passes as a letter: to Python's tables the newest CJK extensions are unassigned.
    if not any(unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Cn" for char in name):
        raise FieldFault("name", "姓名至少要有一個文字，請檢查。")
    return name


def check_birthday(text: str, *, today: date) -> date:
    birthday = roc_dates.parse_past(text, field="birthday", today=today)
    if age_on(birthday, today) > MAX_AGE:
        raise FieldFault("birthday", "依出生日期已超過%(age)s歲，請檢查年份。", age=MAX_AGE)
    return birthday


def check_address(text: str) -> str:
    return check_line(text, field="address", limit=MAX_ADDRESS, missing=N_("請輸入居住地址。"))


def check_postal_code(text: str) -> str:
    half_width = unicodedata.normalize("NFKC", text)
    code = "".join(char for char in half_width if not (char.isspace() or is_dash(char)))
    if not code:
        raise FieldFault("postal_code", "請輸入郵遞區號，或按「查詢郵遞區號」由地址帶入。")
    if not re.fullmatch(r"[0-9]{3}(?:[0-9]{2,3})?", code):
        raise FieldFault("postal_code", "郵遞區號應為5個數字（也可輸入3碼或6碼），請檢查。")
    return code


def check_known_code(code: str, directory: Directory) -> None:
    """Raises a fault unless the code is in use. Of six digits the directory (3+2) knows the first three."""
    if not directory.knows(code[:3] if len(code) == 6 else code):
        raise FieldFault("postal_code", "檢查到郵遞區號不在設定中: %(code)s", code=code)


def _phone(raw: Mapping[str, str], field: str) -> str | None:
    typed = raw.get(field, "").strip()
    return check_phone(typed, field=field) if typed else None
