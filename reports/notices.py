"""What is published today: bulletin, news, downloads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from models.content import Bulletin, Download, News
from reports.session import ReadSession


def bulletins(session: ReadSession, today: date) -> Sequence[Bulletin]:
    shown = Bulletin.shown_from <= today, Bulletin.shown_until >= today
    return session.scalars(
        select(Bulletin).where(*shown).order_by(Bulletin.shown_from.desc(), Bulletin.id.desc())
    ).all()


def news(session: ReadSession, today: date) -> Sequence[News]:
    shown = News.shown_from <= today, News.shown_until >= today
    return session.scalars(select(News).where(*shown).order_by(News.shown_from.desc(), News.id.desc())).all()


def downloads(session: ReadSession, today: date) -> Sequence[Download]:
    return session.scalars(
        select(Download).where(Download.expires_on >= today).order_by(Download.title)
    ).all()
