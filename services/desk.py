"""The turn at a centre's front desk: its steps follow each other, whichever process makes them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update

from models.desk import Desk
from models.visit import TicketBook
from rules.errors import NotFound
from rules.texts import N_
from services.transaction import AnySession

NO_DESK = N_("本單位沒有設立前台，請洽系統管理者。")


def hold(session: AnySession, unit_id: int | None) -> int:
    """Locks the centre's row until the transaction ends and counts its serial up, which tells the screens to look again.

    The first thing that a step at the front desk does: whoever comes second sees all that the first one wrote. Gives the
    new serial. Raises `NotFound` for a unit without a front desk.
    """
    serial = session.scalar(
        update(Desk)
        .where(Desk.unit_id == unit_id)
        .values(serial=Desk.serial + 1)
        .returning(Desk.serial)
        .execution_options(synchronize_session=False)
    )
    if serial is None:
        raise NotFound(NO_DESK)
    # What was read before the lock may have changed while this step waited for its turn.
    session.expire_all()
    return serial


def serial(session: AnySession, unit_id: int | None) -> int | None:
    """How many steps there were; None without a front desk."""
    return session.scalar(select(Desk.serial).where(Desk.unit_id == unit_id))


def draw_ticket(session: AnySession, unit_id: int, day: date) -> int:
    """The next number of the centre's local day; locks the day's row. The caller holds the desk."""
    drawn = session.scalar(
        update(TicketBook)
        .where(TicketBook.unit_id == unit_id, TicketBook.day == day)
        .values(last=TicketBook.last + 1)
        .returning(TicketBook.last)
        .execution_options(synchronize_session=False)
    )
    if drawn is None:
        session.add(TicketBook(unit_id=unit_id, day=day, last=1))
        session.flush()
        return 1
    return drawn
