"""What a new password must be. Spec 3-platform §5.

That it is none of the last three, and the minimum age, the service checks: it has the old ones.
"""

from __future__ import annotations

from rules.errors import FieldFault

MIN_LENGTH = 12
MAX_LENGTH = 128  # hashing is dear: without a limit, one request with a megabyte would keep a worker busy
MIN_CLASSES = 3
_SHORTEST_TELLING = 3  # an account of two letters is in half of all good passwords by chance


def check_new(password: str, *, username: str, name: str) -> None:
    """Raises a fault of the field `password`; the texts never repeat what was typed."""
    if "\0" in password:
        raise FieldFault("password", "密碼含有無法使用的控制字元，請重新輸入。")
    if len(password) < MIN_LENGTH:
        raise FieldFault("password", "密碼至少要%(length)s個字元，請再加長。", length=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise FieldFault("password", "密碼最多%(length)s個字元，請縮短。", length=MAX_LENGTH)
    if character_classes(password) < MIN_CLASSES:
        raise FieldFault("password", "密碼須包含大寫字母、小寫字母、數字、符號四類中的至少三類。")
    if _contains(password, username):
        raise FieldFault("password", "密碼不可包含帳號，請改用其他密碼。")
    if _contains(password, name.replace(" ", "")):
        raise FieldFault("password", "密碼不可包含姓名，請改用其他密碼。")


def character_classes(password: str) -> int:
    """How many of: upper case, lower case, digits, anything else (Chinese characters among it)."""
    return sum(
        (
            any(char.isupper() for char in password),
            any(char.islower() for char in password),
            any(char.isdigit() for char in password),
            any(not (char.isupper() or char.islower() or char.isdigit()) for char in password),
        )
    )


def _contains(password: str, telling: str) -> bool:
    return len(telling) >= _SHORTEST_TELLING and telling.casefold() in password.casefold()
