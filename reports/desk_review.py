"""The supervisor's lists of the front desk: refusals, requests for another officer, who waits without a counter; and their counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, String, case, cast, func, select

from models.account import Account
from models.desk import Counter
from models.desk_review import Refusal
from models.desk_rules import BusinessType
from models.ownership import ChangeRequest
from models.person import Person
from models.tally import TallySignature
from models.visit import Decision, Visit
from reports.columns import Cell, Column
from reports.criteria import Criterion, chosen, day, whole_number
from reports.desk_now import ticket
from reports.pages import Listing
from reports.session import ReadSession
from rules.calendar import day_begins
from rules.refusals import GROUND_TEXT, Ground
from rules.texts import N_
from rules.visit_flow import State

Translate = Callable[[str], str]
JUDGEMENTS: Mapping[str, tuple[str, ColumnElement[bool]]] = {
    "waiting": (N_("待審閱"), Refusal.reviewed_at.is_(None)),
    "adequate": (N_("適切"), Refusal.adequate.is_(True)),
    "not_adequate": (N_("不適切"), Refusal.adequate.is_(False)),
}
REQUESTS: Mapping[str, str] = {"open": N_("待決定"), "kept": N_("維持原就服員"), "granted": N_("同意更換")}
TALLY_DAYS = 31

_zeros = case((Visit.number < 10, "00"), (Visit.number < 100, "0"), else_="")
TICKET = BusinessType.letter.concat(_zeros).concat(cast(Visit.number, String))


def show_ground(ground: str, translate: Translate) -> Cell:
    return translate(GROUND_TEXT[Ground(ground)])


def show_adequate(adequate: bool | None, translate: Translate) -> Cell:
    key = "waiting" if adequate is None else "adequate" if adequate else "not_adequate"
    return translate(JUDGEMENTS[key][0])


def show_complaint(complaint: bool, translate: Translate) -> Cell:
    return translate(N_("陳情投訴")) if complaint else ""


def _msgid(text: str, translate: Translate) -> Cell:
    return translate(text)


REFUSALS = Listing(
    key=Refusal.id,
    select_from=Refusal.__table__.join(Visit.__table__, Visit.id == Refusal.visit_id)
    .join(BusinessType.__table__, BusinessType.id == Refusal.business_type_id)
    .join(Counter.__table__, Counter.id == Refusal.counter_id)
    .join(Account.__table__, Account.id == Refusal.officer_id),
    columns=(
        Column("refused_at", N_("拒案時間"), Refusal.refused_at, 16, "roc_time", sort=(Refusal.refused_at,)),
        Column("ticket", N_("號碼"), TICKET, 8),
        Column("business_type", N_("業務類型"), BusinessType.name, 14, show=_msgid),
        Column("counter", N_("櫃台"), Counter.number, 6, "number"),
        Column("officer", N_("就服員"), Account.name, 10),
        Column("ground", N_("事由"), Refusal.ground, 28, show=show_ground),
        Column("explanation", N_("說明"), Refusal.explanation, 40),
        Column("adequate", N_("審閱"), Refusal.adequate, 10, show=show_adequate),
        Column("remark", N_("審閱意見"), Refusal.remark, 24),
    ),
    order=(Refusal.refused_at.desc(),),
    person=Visit.person_id,
)

CHANGE_REQUESTS = Listing(
    key=ChangeRequest.id,
    select_from=ChangeRequest.__table__.join(Person.__table__, Person.id == ChangeRequest.person_id)
    .join(BusinessType.__table__, BusinessType.id == ChangeRequest.business_type_id)
    .join(Account.__table__, Account.id == ChangeRequest.officer_id),
    columns=(
        Column(
            "made_at", N_("申請時間"), ChangeRequest.made_at, 16, "roc_time", sort=(ChangeRequest.made_at,)
        ),
        Column("name", N_("姓名"), Person.name, 12),
        Column("business_type", N_("業務類型"), BusinessType.name, 14, show=_msgid),
        Column("officer", N_("原就服員"), Account.name, 10),
        Column("complaint", N_("性質"), ChangeRequest.complaint, 10, show=show_complaint),
        Column("reason", N_("事由"), ChangeRequest.reason, 40),
        Column(
            "state",
            N_("決定"),
            ChangeRequest.state,
            14,
            show=lambda state, translate: translate(REQUESTS[state]),
        ),
        Column("decided_at", N_("決定時間"), ChangeRequest.decided_at, 16, "roc_time"),
    ),
    # Complaints that nobody has answered come first, then the other open ones, then what was decided last.
    order=(
        case((ChangeRequest.state != "open", 2), (ChangeRequest.complaint, 0), else_=1),
        ChangeRequest.id.desc(),
    ),
    person=ChangeRequest.person_id,
)


REFUSAL_CRITERIA = (
    Criterion(
        "judgement",
        N_("審閱"),
        lambda text: chosen(text, JUDGEMENTS)[1],
        kind="choice",
        choices=lambda _session: [(key, label) for key, (label, _where) in JUDGEMENTS.items()],
    ),
    Criterion("officer", N_("就服員"), lambda text: Refusal.officer_id == whole_number(text), kind="choice"),
    Criterion(
        "from_day",
        N_("日期起"),
        lambda text: Refusal.refused_at >= day_begins(day(text)),
        kind="date",
        hint=N_("例:115/11/1"),
    ),
    Criterion(
        "to_day",
        N_("日期迄"),
        lambda text: Refusal.refused_at < day_begins(day(text) + timedelta(days=1)),
        kind="date",
        hint=N_("例:115/11/30"),
    ),
)
REQUEST_CRITERIA = (
    Criterion(
        "state",
        N_("決定"),
        lambda text: ChangeRequest.state == chosen(text, {key: key for key in REQUESTS}),
        kind="choice",
        choices=lambda _session: tuple(REQUESTS.items()),
    ),
    Criterion("complaint", N_("只看陳情投訴"), lambda _text: ChangeRequest.complaint.is_(True), kind="flag"),
)


@dataclass(frozen=True)
class Undispatched:
    """`reason`: the sentences of the last decision, as templates with values. `bookable`: it has a person."""

    visit_id: int
    ticket: str
    business_type: str
    day: date
    new_case: bool
    checked_in_at: datetime
    reason: Sequence[Mapping[str, object]]
    bookable: bool


def undispatched(session: ReadSession, unit_id: int, today: date) -> Sequence[Undispatched]:
    """Whom no counter could take today, oldest first."""
    rows = session.execute(
        select(Visit, BusinessType.letter, BusinessType.name)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .where(Visit.unit_id == unit_id, Visit.state == State.CHECKED_IN.value, Visit.day == today)
        .order_by(Visit.checked_in_at, Visit.id)
    ).all()
    whom = [visit.id for visit, _letter, _name in rows]
    last = select(func.max(Decision.id)).where(Decision.visit_id.in_(whom)).group_by(Decision.visit_id)
    reasons = {
        each.visit_id: each.reason for each in session.scalars(select(Decision).where(Decision.id.in_(last)))
    }
    return [
        Undispatched(
            visit.id,
            ticket(letter, visit.number),
            name,
            visit.day,
            visit.new_case,
            visit.checked_in_at,
            reasons.get(visit.id, ()),
            visit.person_id is not None,
        )
        for visit, letter, name in rows
    ]


def unapproved_days(session: ReadSession, unit_id: int, today: date) -> Sequence[date]:
    """Days of the last month before today that had a visit and wait for the supervisor's signature."""
    first = today - timedelta(days=TALLY_DAYS)
    approved = select(TallySignature.day).where(
        TallySignature.unit_id == unit_id, TallySignature.role == "supervisor"
    )
    had = select(Visit.day).where(Visit.unit_id == unit_id, Visit.day >= first, Visit.day < today)
    return session.scalars(had.where(Visit.day.not_in(approved)).distinct().order_by(Visit.day)).all()


def refusals_waiting(session: ReadSession, unit_id: int) -> int:
    return _count(session, Refusal.id, Refusal.unit_id == unit_id, Refusal.reviewed_at.is_(None))


def requests_waiting(session: ReadSession, unit_id: int) -> tuple[int, int]:
    """Open requests, and how many of them are complaints."""
    mine = ChangeRequest.unit_id == unit_id, ChangeRequest.state == "open"
    return (
        _count(session, ChangeRequest.id, *mine),
        _count(session, ChangeRequest.id, *mine, ChangeRequest.complaint.is_(True)),
    )


def _count(session: ReadSession, key: SQLColumnExpression[int], *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(key)).where(*where)) or 0
