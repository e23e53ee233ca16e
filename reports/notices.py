"""What is published today: bulletin, news, downloads; and what was or will be, for who publishes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, select

from models.content import Bulletin, Days, Download, News
from reports.session import ReadSession


class Publication(StrEnum):
    UPCOMING = "upcoming"
    SHOWN = "shown"
    EXPIRED = "expired"


def publication(days: Days, today: date) -> Publication:
    """Both days are days on which it is shown."""
    first, last = days
    return (
        Publication.UPCOMING if today < first else Publication.EXPIRED if today > last else Publication.SHOWN
    )


def notices_that_are(
    state: Publication, kind: type[News] | type[Bulletin], today: date
) -> ColumnElement[bool]:
    return {
        Publication.UPCOMING: kind.shown_from > today,
        Publication.SHOWN: and_(kind.shown_from <= today, kind.shown_until >= today),
        Publication.EXPIRED: kind.shown_until < today,
    }[state]


def downloads_that_are(state: Publication, today: date) -> ColumnElement[bool]:
    """A file is there from the moment it is uploaded: none is upcoming."""
    return Download.expires_on < today if state is Publication.EXPIRED else Download.expires_on >= today


def bulletins(session: ReadSession, today: date) -> Sequence[Bulletin]:
    shown = notices_that_are(Publication.SHOWN, Bulletin, today)
    return session.scalars(
        select(Bulletin).where(shown).order_by(Bulletin.shown_from.desc(), Bulletin.id.desc())
    ).all()


def news(session: ReadSession, today: date) -> Sequence[News]:
    shown = notices_that_are(Publication.SHOWN, News, today)
    return session.scalars(select(News).where(shown).order_by(News.shown_from.desc(), News.id.desc())).all()


def downloads(session: ReadSession, today: date) -> Sequence[Download]:
    there = downloads_that_are(Publication.SHOWN, today)
    return session.scalars(select(Download).where(there).order_by(Download.title, Download.id)).all()
