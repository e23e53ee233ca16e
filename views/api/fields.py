"""The types of JSON values, strict: a number is no text, 1 is not true, a day is an ISO date.

Sentences are msgids; `views.api.operation` translates them when it answers.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from rules.texts import N_
from rules.uploads import MAX_BYTES

COMMON = {
    "required": N_("必填。"),
    "null": N_("不可為 null。"),
    "validator_failed": N_("內容不正確。"),
}
UNKNOWN = N_("沒有這個欄位,請移除。")
NOT_AN_OBJECT = N_("應為 JSON 物件。")
TOO_LONG = N_("文字太長,請縮短。")
LONGEST_BASE64 = (MAX_BYTES + 3) // 3 * 4 + 4
LARGEST = 2**31 - 1


class Text(fields.String):
    default_error_messages = {**COMMON, "invalid": N_("應為文字。"), "invalid_utf8": N_("應為文字。")}

    def __init__(self, *, longest: int = 4000, **rest: Any) -> None:
        super().__init__(validate=validate.Length(max=longest, error=TOO_LONG), **rest)


class Choice(Text):
    def __init__(self, offered: Sequence[str], **rest: Any) -> None:
        super().__init__(**rest)
        self.validators = [validate.OneOf(offered, error=N_("沒有這個選項。"))]


class Flag(fields.Boolean):
    default_error_messages = {**COMMON, "invalid": N_("應為 true 或 false。")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_rest: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number of a JSON body."""

    default_error_messages = {**COMMON, "invalid": N_("應為整數。")}

    def __init__(self, *, least: int = 0, most: int = LARGEST, **rest: Any) -> None:
        bounds = validate.Range(min=least, max=most, error=N_("數字超出範圍。"))
        super().__init__(validate=bounds, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_rest: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


class QueryNumber(Whole):
    """The same in an address, where everything is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_rest: Any) -> int:
        if not re.fullmatch(r"-?[0-9]{1,10}", value):
            raise self.make_error("invalid", input=value)
        return int(value)


class Day(fields.Date):
    default_error_messages = {**COMMON, "invalid": N_("日期應為 ISO 8601 格式,例如 1995-10-10。")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_rest: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("invalid", input=value)
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise self.make_error("invalid", input=value) from error


class Base64(fields.String):
    """The content of a file. Longer than any allowed one it is refused before it is decoded."""

    default_error_messages = {**COMMON, "invalid": N_("應為 Base64 編碼的檔案內容。")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_rest: Any) -> bytes:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value)
        if len(value) > LONGEST_BASE64:
            raise ValidationError(N_("檔案太大,每個檔案以 5MB 為限。"))
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise self.make_error("invalid", input=value) from error


class Items(fields.List):
    default_error_messages = {**COMMON, "invalid": N_("應為陣列。")}

    def __init__(self, each: Any, *, least: int = 0, most: int, **rest: Any) -> None:
        bounds = validate.Length(min=least, max=most, error=N_("項目數量超出範圍。"))
        super().__init__(each, validate=bounds, **rest)


class Part(fields.Nested):
    default_error_messages = {**COMMON, "type": NOT_AN_OBJECT}


class Strict(Schema):
    """What it does not name is refused by name: a misspelt optional field must not get lost."""

    error_messages = {"unknown": UNKNOWN, "type": NOT_AN_OBJECT}


def flattened(messages: Any, prefix: str = "") -> dict[str, str]:
    """marshmallow's nested messages as `consent_file.content` or `referrals[3].name` → sentence."""
    if isinstance(messages, list):
        return {prefix or "body": str(messages[0])}
    found: dict[str, str] = {}
    for name, below in messages.items():
        if name == "_schema":
            path = prefix
        elif isinstance(name, int):
            path = f"{prefix}[{name}]"
        else:
            path = f"{prefix}.{name}" if prefix else str(name)
        found |= flattened(below, path)
    return found
