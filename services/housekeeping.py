"""What nobody needs any more and would otherwise lie about: what was begun and left, answers kept for a repetition, old
correspondence. docs/audit.md. Each step is a transaction of its own and may run twice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select

from models.account import Account
from models.outbox import Mail, MailState
from models.staff import SavedSearch
from rules.calendar import TAIPEI
from services import api_answers, batch, drafts, notices, retention_desk, support, table_import
from services.file_changes import FileChanges
from services.file_store import FileStore
from services.retention import Schedule
from services.transaction import AnySession, transaction

DRAFTS_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Cleared:
    """How many rows of each kind."""

    uploads: int
    answers: int
    drafts: int
    searches: int
    questions: int = 0
    mails: int = 0
    desk_records: int = 0
    notices: int = 0

    @property
    def told(self) -> str:
        """For the log: what there was."""
        return ", ".join(f"{number} {name}" for name, number in asdict(self).items() if number)


def run(session: AnySession, store: FileStore, schedule: Schedule, *, at: datetime) -> Cleared:
    """Questions, mails about no single referral, and records about who never came, go by the retention schedule; with 0 months they stay."""
    with transaction(session):
        uploads = batch.discard_old(session, at=at) + table_import.discard_old(session, at=at)
    with transaction(session):
        answers = api_answers.discard_old(session, at=at)
    with FileChanges(store) as files, transaction(session):
        left = drafts.discard_old(session, files, before=at - DRAFTS_KEPT)
    with transaction(session):
        searches = _forget_searches(session)
    with transaction(session):
        lapsed = notices.lapse(session, at=at)
    if not schedule.months:
        return Cleared(uploads, answers, left, searches, notices=lapsed)
    limit = datetime.combine(schedule.limit, time(), TAIPEI)
    with transaction(session):
        questions = support.discard_old(session, before=limit)
    with transaction(session):
        mails = _delete_mails(session, limit)
    with transaction(session):
        desk_records = retention_desk.forget_old_records(session, before=schedule.limit)
    return Cleared(uploads, answers, left, searches, questions, mails, desk_records, lapsed)


def _forget_searches(session: AnySession) -> int:
    """常用條件 of accounts that are closed: they may name a person, and nobody uses them."""
    closed = select(Account.id).where(Account.active.is_(False))
    statement = delete(SavedSearch).where(SavedSearch.user_id.in_(closed))
    return _changed(session, statement)


def _delete_mails(session: AnySession, before: datetime) -> int:
    """Those about no single referral: a batch's, a digest, an answer of the support desk. No anonymised person leads to them."""
    old = Mail.referral_id.is_(None), Mail.queued_at < before
    return _changed(session, delete(Mail).where(*old, Mail.state.in_((MailState.SENT, MailState.FAILED))))


def _changed(session: AnySession, statement: object) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
    return int(done.rowcount)
