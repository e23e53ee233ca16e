"""預約名單: the appointments of a day, to be printed and laid on the counter, or as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from models.account import Account
from models.appointment import Appointment
from models.desk_rules import BusinessType
from models.person import NameSuffix, Person
from reports.columns import Column
from reports.criteria import Choices, Criterion, day, known, name_holds, whole_number
from reports.pages import Listing
from reports.session import ReadSession
from rules.actor import Actor
from rules.clock import time_text
from rules.desk import APPOINTMENT_TEXT, AppointmentState
from rules.texts import N_

Translate = Callable[[str], str]


def show_time(starts_at: datetime, _translate: Translate) -> str:
    return time_text(starts_at)


def show_state(state: str, translate: Translate) -> str:
    return translate(APPOINTMENT_TEXT[AppointmentState(state)])


LISTING = Listing(
    key=Appointment.id,
    select_from=Appointment.__table__.join(Person.__table__, Person.id == Appointment.person_id)
    .join(Account.__table__, Account.id == Appointment.officer_id)
    .join(BusinessType.__table__, BusinessType.id == Appointment.business_type_id),
    columns=(
        Column("day", N_("日期"), Appointment.day, 12, kind="roc_date"),
        Column("time", N_("時間"), Appointment.starts_at, 8, show=show_time),
        Column("officer", N_("就服員"), Account.name, 14),
        Column("name", N_("姓名"), Person.name, 14),
        Column("birthday", N_("出生日期"), Person.birthday, 12, kind="roc_date"),
        Column("business_type", N_("業務類型"), BusinessType.name, 16),
        Column("material", N_("備齊資料"), Appointment.material, 40),
        Column("state", N_("狀態"), Appointment.state, 10, show=show_state),
    ),
    order=(Appointment.day.asc(), Appointment.starts_at.asc()),
    person=Appointment.person_id,
)

CRITERIA = (
    Criterion(
        "day", N_("日期"), lambda text: Appointment.day == day(text), kind="date", hint=N_("空白表示今天")
    ),
    Criterion(
        "officer",
        N_("就服員"),
        lambda text: Appointment.officer_id == whole_number(text),
        kind="choice",
    ),
    Criterion(
        "state",
        N_("狀態"),
        lambda text: Appointment.state == known(text, APPOINTMENT_TEXT),
        kind="choice",
        choices=lambda _session: tuple((state.value, text) for state, text in APPOINTMENT_TEXT.items()),
    ),
    Criterion("name", N_("姓名"), name_holds, path=((Appointment.person_id, NameSuffix.person_id),)),
)


def officers(session: ReadSession, actor: Actor) -> Choices:
    """Who has ever been booked at the centre, by name."""
    booked = select(Appointment.officer_id).where(Appointment.unit_id == actor.unit_id)
    found = select(Account.id, Account.name).where(Account.id.in_(booked)).order_by(Account.name)
    return [(str(key), name) for key, name in session.execute(found)]
