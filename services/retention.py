"""The retention schedule: what tells who somebody was goes when its purpose is over; the figures stay. docs/audit.md.

A person is anonymised when all referrals are finished and nothing has happened, visits included, for the set time. Unit, dates,
states, identities and services stay, for statistics; so does the trail of who looked. 個人資料保護法 §11(3).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, case, delete, exists, extract, func, null, or_, select, update

from models.batch import BatchUpload
from models.case import Case, ServiceRecord, ServiceRecordRevision
from models.outbox import Mail
from models.person import NameSuffix, Person, PersonRevision
from models.referral import Attachment, Referral, ReferralDraft
from models.timeline import TimelineEntry
from models.trail import Act
from rules.calendar import TAIPEI, add_months, local_date
from rules.errors import RuleBroken
from rules.referral_flow import State
from rules.texts import N_
from services import trail
from services.file_changes import FileChanges
from services.file_store import FileStore
from services.retention_desk import came_later, empty_visits, forget_evidence
from services.transaction import AnySession, transaction

BATCH = 100
ANONYMOUS = "已去識別"
SCREEN = "retention"
GROUND = "保存期限屆滿"
REFUSED = N_("此個案的資料已逾保存期限並去識別，不能再處理。需要服務時，請重新建立轉介單。")
UNFINISHED = (State.SUBMITTED, State.OPEN)
# Of a postal code only the district stays.
DISTRICT = 3


@dataclass(frozen=True)
class Schedule:
    """`months` after the last end; 0: nobody is anonymised."""

    months: int
    today: date

    @property
    def limit(self) -> date:
        """What ended before this day is over."""
        return add_months(self.today, -self.months)


def due(schedule: Schedule) -> ColumnElement[bool]:
    """Persons of whom nothing is unfinished and nothing happened since the limit."""
    since = datetime.combine(schedule.limit, time(), TAIPEI).astimezone(UTC)
    own = Referral.person_id == Person.id
    unfinished = exists().where(own, Referral.state.in_(UNFINISHED))
    closed_later = exists().where(own, Case.referral_id == Referral.id, Case.closed_on >= schedule.limit)
    moved_later = exists().where(own, TimelineEntry.referral_id == Referral.id, TimelineEntry.at >= since)
    saved_later = Person.changed_at >= since
    return (
        Person.anonymised_on.is_(None)
        & ~unfinished
        & ~closed_later
        & ~moved_later
        & ~came_later(schedule.limit)
        & or_(Person.changed_at.is_(None), ~saved_later)
    )


def count_due(session: AnySession, schedule: Schedule) -> int:
    if not schedule.months:
        return 0
    return session.scalar(select(func.count()).select_from(Person).where(due(schedule))) or 0


def run(
    session: AnySession,
    store: FileStore,
    schedule: Schedule,
    *,
    at: datetime,
    seen: Callable[[int], object] = lambda _persons: None,
) -> int:
    """All that are due, a transaction for each batch: nobody waits long, and a stop loses at most one."""
    total = 0
    while True:
        with FileChanges(store) as files, transaction(session):
            done = anonymise_batch(session, files, schedule, at=at)
        if not done:
            return total
        total += done
        seen(done)


def anonymise_batch(
    session: AnySession, files: FileChanges, schedule: Schedule, *, at: datetime, size: int = BATCH
) -> int:
    """The next `size` persons that are due, with an entry in the system's trail; gives their number, 0 at the end.

    Locks their rows; who is being referred at this moment is left for another day.
    """
    if not schedule.months:
        return 0
    chosen = session.scalars(
        select(Person.id)
        .where(due(schedule))
        .order_by(Person.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    ).all()
    session.scalars(select(Referral.id).where(Referral.person_id.in_(chosen)).with_for_update()).all()
    # Once more: before we held the rows, somebody may have sent a referral or opened a case again.
    persons = session.scalars(select(Person.id).where(Person.id.in_(chosen), due(schedule))).all()
    if not persons:
        return 0
    forget_evidence(session, persons)
    _empty_persons(session, persons, at=at)
    empty_visits(session, persons)
    referrals = session.scalars(select(Referral.id).where(Referral.person_id.in_(persons))).all()
    _empty_referrals(session, referrals)
    _delete_files(session, files, referrals)
    _empty_records(session, referrals)
    session.expire_all()  # what was loaded before still knows who it was
    trail.record(
        session,
        Act.ANONYMISE,
        by=None,
        at=at,
        screen=SCREEN,
        ground=GROUND,
        persons=persons,
        criteria={"months": schedule.months, "referrals": len(referrals)},
    )
    return len(persons)


def require_identified(person: Person) -> None:
    """Raises RuleBroken: a case without its person is not opened again."""
    if person.anonymised_on is not None:
        raise RuleBroken(REFUSED)


def _empty_persons(session: AnySession, persons: Sequence[int], *, at: datetime) -> None:
    """First of all: the histories let go only what is about somebody anonymised."""
    born = select(Person.id, extract("year", Person.birthday)).where(Person.id.in_(persons))
    years = {person_id: int(year) for person_id, year in session.execute(born)}
    _change(
        session,
        update(Person)
        .where(Person.id.in_(persons))
        .values(
            name=ANONYMOUS,
            national_id="",
            national_id_hash=case(
                *((Person.id == person_id, secrets.token_hex(32)) for person_id in persons)
            ),
            birthday=case(*((Person.id == person_id, date(years[person_id], 1, 1)) for person_id in persons)),
            phone="",
            home_phone=None,
            other_phone=None,
            address="",
            postal_code=func.substr(Person.postal_code, 1, DISTRICT),
            anonymised_on=local_date(at),
            changed_at=at,
            changed_by_id=None,
            changed_by_name="",
            version=Person.version + 1,
        ),
    )
    _change(session, delete(NameSuffix).where(NameSuffix.person_id.in_(persons)))
    _change(session, delete(PersonRevision).where(PersonRevision.person_id.in_(persons)))


def _empty_referrals(session: AnySession, referrals: Sequence[int]) -> None:
    here = Referral.id.in_(referrals)
    uploads = select(Referral.batch_id).where(here, Referral.batch_id.is_not(None))
    _change(session, update(BatchUpload).where(BatchUpload.id.in_(uploads)).values(rows=null(), file_name=""))
    _change(
        session,
        update(Referral)
        .where(here)
        .values(
            other_identity="",
            brief="",
            expectation="",
            postal_code=func.substr(Referral.postal_code, 1, DISTRICT),
            version=Referral.version + 1,
        ),
    )
    _change(
        session,
        update(TimelineEntry)
        .where(TimelineEntry.referral_id.in_(referrals), TimelineEntry.reason != "")
        .values(reason=""),
    )
    # Mails name the person with circles in it, which for a rare name tells a lot.
    _change(session, update(Mail).where(Mail.referral_id.in_(referrals)).values(body=""))


def _delete_files(session: AnySession, files: FileChanges, referrals: Sequence[int]) -> None:
    drafts = select(ReferralDraft.id).where(ReferralDraft.referral_id.in_(referrals))
    theirs = or_(Attachment.referral_id.in_(referrals), Attachment.draft_id.in_(drafts))
    for name in session.scalars(select(Attachment.storage_name).where(theirs)):
        files.drop(name)
    _change(session, delete(Attachment).where(theirs))
    _change(session, delete(ReferralDraft).where(ReferralDraft.referral_id.in_(referrals)))


def _empty_records(session: AnySession, referrals: Sequence[int]) -> None:
    cases = select(Case.id).where(Case.referral_id.in_(referrals))
    records = select(ServiceRecord.id).where(ServiceRecord.case_id.in_(cases))
    _change(session, delete(ServiceRecordRevision).where(ServiceRecordRevision.record_id.in_(records)))
    _change(
        session,
        update(ServiceRecord)
        .where(ServiceRecord.case_id.in_(cases))
        .values(
            remark="",
            other_service="",
            training_unit="",
            training_course="",
            version=ServiceRecord.version + 1,
        ),
    )


def _change(session: AnySession, statement: object) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
