"""去電櫃台核對: whom reception asked about a visitor, and what they said, as the history of the visit keeps it. 接待台 rule 一."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from models.account import Account
from models.visit import Visit, VisitEntry
from reports.session import ReadSession
from rules.judgement import PhoneCheck
from rules.visit_flow import Move

JUDGING = (Move.CHECK_IN.value, Move.JUDGE.value)


def answer_of(session: ReadSession, visit: Visit) -> Mapping[str, Any]:
    """What was asked for the judgement that stands, as its entry keeps it: `asked` and `known`, or nothing."""
    detail = session.scalar(
        select(VisitEntry.detail)
        .where(VisitEntry.visit_id == visit.id, VisitEntry.move.in_(JUDGING))
        .order_by(VisitEntry.id.desc())
        .limit(1)
    )
    return _answer(detail or {})


def phone_check(session: ReadSession, visit: Visit) -> PhoneCheck | None:
    """Of the judgement that stands."""
    answer = answer_of(session, visit)
    return _with_names(session, [answer])[0] if answer else None


def phone_checks(session: ReadSession, entries: Sequence[VisitEntry]) -> Mapping[int, PhoneCheck]:
    """By entry: corrected ones too."""
    answers = {entry.id: answer for entry in entries if (answer := _answer(entry.detail))}
    return dict(zip(answers, _with_names(session, list(answers.values())), strict=True))


def _answer(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: detail[name] for name in ("asked", "known") if name in detail}


def _with_names(session: ReadSession, answers: Sequence[Mapping[str, Any]]) -> list[PhoneCheck]:
    asked = {answer["asked"] for answer in answers}
    found = session.scalars(select(Account).where(Account.id.in_(asked))) if asked else ()
    names = {account.id: account.get_full_name() for account in found}
    return [PhoneCheck(each["asked"], names.get(each["asked"], ""), each["known"]) for each in answers]
