"""請假: the days on which a member of the unit is not at work. Spec 1-referral §5.8."""

from __future__ import annotations

from sqlalchemy import select

from models.account import Account
from models.scopes import unit_staff
from models.staff import Absence
from rules.actor import Actor
from rules.errors import FieldFault
from rules.roc_dates import show
from rules.texts import N_, check_line
from services.accounts import take_turn
from services.transaction import AnySession

NOTE_LIMIT = 100


def check(session: AnySession, absence: Absence, *, by: Actor) -> None:
    """Tidies the note. Raises FieldFault: not one's own unit, days the wrong way round, days registered already.

    Locks the absent one's account, so that two supervisors cannot register the same days at once.
    """
    absence.note = check_line(absence.note or "", field="note", limit=NOTE_LIMIT)
    account = absence.account
    if session.scalar(select(Account.id).where(Account.id == account.id, unit_staff(by))) is None:
        raise FieldFault("account", N_("這位人員不在本單位，請從名單中重新選擇。"))
    if absence.ends_on < absence.starts_on:
        raise FieldFault("ends_on", N_("結束日期不能早於開始日期。"))
    take_turn(session, account.id)
    known = session.execute(
        select(Absence.starts_on, Absence.ends_on)
        .where(
            Absence.account_id == account.id,
            Absence.id != (absence.id or 0),
            Absence.starts_on <= absence.ends_on,
            Absence.ends_on >= absence.starts_on,
        )
        .order_by(Absence.starts_on)
        .limit(1)
    ).first()
    if known:
        raise FieldFault(
            "starts_on",
            N_("%(who)s 在 %(first)s 至 %(last)s 已登錄請假，日期不能重疊；要改日期請修改那一筆。"),
            who=account.get_full_name(),
            first=show(known.starts_on),
            last=show(known.ends_on),
        )
