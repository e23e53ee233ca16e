"""The lists of support questions: a user's own, and all of them for who answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from models.account import Account
from models.organisation import Unit
from models.outbox import Mail
from models.support import SupportQuestion
from reports.columns import Column
from reports.criteria import Criterion, chosen, day, whole_number
from reports.pages import Listing
from reports.session import ReadSession
from rules.calendar import day_begins
from rules.texts import N_

WAITING, ANSWERED = N_("待回覆"), N_("已回覆")
OPEN = SupportQuestion.answered_at.is_(None)
STATES: Mapping[str, tuple[str, ColumnElement[bool]]] = {
    "waiting": (WAITING, OPEN),
    "answered": (ANSWERED, SupportQuestion.answered_at.is_not(None)),
}


def show_state(answered_at: object, translate: Callable[[str], str]) -> str:
    return translate(ANSWERED if answered_at else WAITING)


def state_text(question: SupportQuestion) -> str:
    """A msgid."""
    return ANSWERED if question.answered_at else WAITING


NUMBER = Column("number", N_("提問編號"), SupportQuestion.id, 10, kind="number", sort=(SupportQuestion.id,))
SUBJECT = Column("subject", N_("主旨內容"), SupportQuestion.subject, 44)
ASKED_AT = Column("asked_at", N_("提問時間"), SupportQuestion.asked_at, 16, kind="roc_time")
ANSWERED_AT = Column("answered_at", N_("回覆時間"), SupportQuestion.answered_at, 16, kind="roc_time")
STATE_COLUMN = Column("state", N_("狀態"), SupportQuestion.answered_at, 10, show=show_state)

MINE = Listing(
    key=SupportQuestion.id,
    select_from=SupportQuestion.__table__,
    columns=(NUMBER, STATE_COLUMN, SUBJECT, ASKED_AT, ANSWERED_AT),
    order=(SupportQuestion.id.desc(),),
)

# What waits comes first, the longest waiting on top; then what was answered last.
DESK = Listing(
    key=SupportQuestion.id,
    select_from=SupportQuestion.__table__.join(
        Account.__table__, Account.id == SupportQuestion.asker_id
    ).outerjoin(Unit.__table__, Unit.id == Account.unit_id),
    columns=(
        NUMBER,
        STATE_COLUMN,
        SUBJECT,
        Column("asker_name", N_("提問人員"), SupportQuestion.asker_name, 12),
        Column("unit", N_("單位"), Unit.name, 24),
        ASKED_AT,
        ANSWERED_AT,
    ),
    order=(SupportQuestion.answered_at.desc().nulls_first(),),
)

STATE = Criterion(
    "state",
    N_("狀態"),
    lambda text: chosen(text, STATES)[1],
    kind="choice",
    choices=lambda _session: [(state, label) for state, (label, _where) in STATES.items()],
)
QUESTION_NUMBER = Criterion("number", N_("提問編號"), lambda text: SupportQuestion.id == whole_number(text))
ASKER = Criterion(
    "asker", N_("提問人員"), lambda text: SupportQuestion.asker_name.icontains(text, autoescape=True)
)
SUBJECT_HOLDS = Criterion(
    "subject", N_("主旨內容"), lambda text: SupportQuestion.subject.icontains(text, autoescape=True)
)
ASKED_FROM = Criterion(
    "asked_from",
    N_("提問日期起"),
    lambda text: SupportQuestion.asked_at >= day_begins(day(text)),
    kind="date",
    hint=N_("例:115/11/1"),
)
ASKED_TO = Criterion(
    "asked_to",
    N_("提問日期迄"),
    lambda text: SupportQuestion.asked_at < day_begins(day(text) + timedelta(days=1)),
    kind="date",
    hint=N_("例:115/11/30"),
)


def sequels(session: ReadSession, question_id: int) -> Sequence[int]:
    """The numbers of the questions that follow this one."""
    following = select(SupportQuestion.id).where(SupportQuestion.follows_id == question_id)
    return session.scalars(following.order_by(SupportQuestion.id)).all()


def mail_states(session: ReadSession, keys: Sequence[str]) -> Mapping[str, Mail]:
    """The mails of these occasions."""
    return {mail.key: mail for mail in session.scalars(select(Mail).where(Mail.key.in_(keys)))}
