"""What the outbox screen counts."""

from __future__ import annotations

from sqlalchemy import func, select

from models.outbox import Mail, MailState
from reports.pages import COUNT_LIMIT
from reports.session import ReadSession


def failed(session: ReadSession) -> int:
    """Mails that were given up, as far as lists count."""
    given_up = select(Mail.id).where(Mail.state == MailState.FAILED).limit(COUNT_LIMIT)
    return session.scalar(select(func.count()).select_from(given_up.subquery())) or 0
