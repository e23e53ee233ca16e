"""What each table of a front desk asks of its rows beyond what its columns say: who waits, who sits elsewhere, what overlaps.

`before` is the row as the database had it, None for a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from models.desk import Counter
from models.desk_rules import MassLayoffOrder
from models.desk_staff import ReceptionShift
from models.visit import Visit
from rules.desk import Distribution
from rules.errors import FieldFault
from rules.roc_dates import show
from rules.texts import N_
from rules.visit_flow import OPEN_STATES
from services import posts
from services.desk_choices import Choices
from services.transaction import AnySession

Before = Mapping[str, Any] | None


def differs(row: Any, before: Mapping[str, Any], column: str) -> bool:
    return bool(getattr(row, column) != before[column])


def _switched_off(row: Any, before: Before) -> bool:
    return before is not None and before["active"] and not row.active


def _open_visits(session: AnySession, where: ColumnElement[bool]) -> int:
    states = [state.value for state in OPEN_STATES]
    return session.scalar(select(func.count()).select_from(Visit).where(where, Visit.state.in_(states))) or 0


def _check_group(session: AnySession, row: Any, before: Before, _choices: Choices, _today: date) -> None:
    if not _switched_off(row, before):
        return
    waiting = _open_visits(session, (Visit.unit_id == row.unit_id) & (Visit.group_id == row.id))
    if waiting:
        raise FieldFault("active", N_("這個群組還有 %(n)s 位民眾在等候或服務中，結束後才能停用。"), n=waiting)
    if session.scalar(select(exists().where(Counter.group_id == row.id, Counter.active.is_(True)))):
        raise FieldFault("active", N_("這個群組還有使用中的櫃台，請先把櫃台移到其他群組或停用。"))


def _check_counter(session: AnySession, row: Any, before: Before, _choices: Choices, _today: date) -> None:
    moved = before is not None and differs(row, before, "group_id")
    if not (moved or _switched_off(row, before)):
        return
    waiting = _open_visits(session, (Visit.unit_id == row.unit_id) & (Visit.counter_id == row.id))
    if waiting:
        raise FieldFault(
            "group_id" if moved else "active",
            N_("這個櫃台還有 %(n)s 位民眾在等候或服務中，結束後才能停用或改群組。"),
            n=waiting,
        )


def _check_type(session: AnySession, row: Any, before: Before, _choices: Choices, _today: date) -> None:
    if (row.distribution == Distribution.EMPLOYER) != (row.kind == "employer"):
        raise FieldFault("distribution", N_("求才(雇主)業務由求才區接待，其他業務不能選求才區接待。"))
    if before is None:
        return
    changed_rule = differs(row, before, "kind") or differs(row, before, "distribution")
    if not (_switched_off(row, before) or changed_rule):
        return
    waiting = _open_visits(session, (Visit.unit_id == row.unit_id) & (Visit.business_type_id == row.id))
    if waiting:
        raise FieldFault(
            "active" if _switched_off(row, before) else "distribution",
            N_("還有 %(n)s 位民眾正在辦這項業務，結束後才能停用或改派案方式。"),
            n=waiting,
        )


def _check_order(session: AnySession, row: Any, _before: Before, _choices: Choices, _today: date) -> None:
    other = session.execute(
        select(MassLayoffOrder.starts_on, MassLayoffOrder.ends_on).where(
            MassLayoffOrder.unit_id == row.unit_id,
            MassLayoffOrder.id != (row.id or 0),
            MassLayoffOrder.starts_on <= row.ends_on,
            MassLayoffOrder.ends_on >= row.starts_on,
        )
    ).first()
    if other:
        raise FieldFault(
            "starts_on",
            N_("%(first)s 至 %(last)s 已有大量資遣案，期間不能重疊；請修改那一筆。"),
            first=show(other.starts_on),
            last=show(other.ends_on),
        )


def _check_shift(session: AnySession, row: Any, _before: Before, choices: Choices, _today: date) -> None:
    other = session.execute(
        select(ReceptionShift.starts, ReceptionShift.ends).where(
            ReceptionShift.unit_id == row.unit_id,
            ReceptionShift.id != (row.id or 0),
            ReceptionShift.day == row.day,
            ReceptionShift.receptionist_id == row.receptionist_id,
            ReceptionShift.starts < row.ends,
            ReceptionShift.ends > row.starts,
        )
    ).first()
    if other:
        raise FieldFault(
            "starts",
            N_("%(who)s 當天 %(first)s 至 %(last)s 已經輪值，時間不能重疊。"),
            who=choices.text("receptionist", row.receptionist_id),
            first=f"{other.starts:%H:%M}",
            last=f"{other.ends:%H:%M}",
        )


def _check_post(session: AnySession, row: Any, _before: Before, choices: Choices, _today: date) -> None:
    posts.check_post(session, row, choices)


def _check_deputy(session: AnySession, row: Any, before: Before, choices: Choices, _today: date) -> None:
    posts.check_deputy(session, row, choices)
    if before is not None and not (differs(row, before, "officer_id") or differs(row, before, "deputy_id")):
        return
    officers = choices.active["officer"]
    if row.officer_id in officers and row.deputy_id not in officers:
        raise FieldFault(
            "deputy_id",
            N_("%(who)s 不服務櫃台，不能代理就服員；請選擇另一位就服員。"),
            who=choices.text("deputy", row.deputy_id),
        )


CHECKS: Mapping[str, Callable[[AnySession, Any, Before, Choices, date], None]] = {
    "counter_group": _check_group,
    "counter": _check_counter,
    "post": _check_post,
    "deputy": _check_deputy,
    "business_type": _check_type,
    "mass_layoff_order": _check_order,
    "reception_shift": _check_shift,
}
