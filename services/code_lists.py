"""Code lists: a number is given once and stays what it is; what is no longer offered is switched off."""

from __future__ import annotations

from sqlalchemy import func, select

from models.codes import CodeItem
from rules.errors import FieldFault
from rules.texts import N_, check_line
from services.transaction import AnySession

HIGHEST = 999


def next_code(session: AnySession, model: type[CodeItem]) -> int:
    return (session.scalar(select(func.max(model.code))) or 0) + 1


def add_code(
    session: AnySession, model: type[CodeItem], *, code: int | None, label: str, active: bool
) -> CodeItem:
    """Raises FieldFault at `code` or `label`."""
    if code is None or not 1 <= code <= HIGHEST:
        raise FieldFault("code", N_("代碼為1到%(highest)s的整數。"), highest=HIGHEST)
    if session.get(model, code):
        raise FieldFault("code", N_("代碼 %(code)s 已經使用過,代碼不能重複使用。"), code=code)
    item = model()
    item.code, item.label, item.active = code, _label(session, model, code, label), active
    session.add(item)
    session.flush()
    return item


def edit_code(session: AnySession, item: CodeItem, *, label: str, active: bool) -> CodeItem:
    """Raises FieldFault at `label`."""
    item.label = _label(session, type(item), item.code, label)
    item.active = active
    session.flush()
    return item


def _label(session: AnySession, model: type[CodeItem], code: int, typed: str) -> str:
    label = check_line(typed, field="label", limit=200, missing=N_("請輸入名稱。"))
    with session.no_autoflush:
        other = session.scalar(select(model.code).where(model.label == label, model.code != code))
    if other is not None:
        raise FieldFault("label", N_("代碼 %(code)s 已是這個名稱。"), code=other)
    return label
