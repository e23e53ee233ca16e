"""The chain of one account holds under parallel requests, and chains do not wait for each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from models.trail import Act, TrailChain, TrailEntry, TrailPerson
from rules.actor import Actor
from services import trail
from services.transaction import AnySession, transaction
from tests.factories import AT, make_person
from tests.races import race

LANES, EACH = 6, 15


def test_entries_written_at_once_make_one_chain_without_gap(
    both: Flask, act_as: Callable[..., Actor]
) -> None:
    by = act_as("manager")

    def look(session: AnySession, lane: int, turn: int) -> None:
        with transaction(session):
            trail.record(session, Act.VIEW, by=by, at=AT, screen=f"{lane}.{turn}")

    presses = [(lane, turn) for lane in range(LANES) for turn in range(EACH)]
    assert not [error for _args, error in race(both, presses, look, lanes=LANES) if error]
    entries = db.session.scalars(select(TrailEntry).order_by(TrailEntry.number)).all()
    assert [entry.number for entry in entries] == list(range(1, LANES * EACH + 1))
    before = trail.START
    for entry in entries:
        assert entry.hash == trail.link(before, entry.digest)
        before = entry.hash
    end = db.session.get_one(TrailChain, by.user_id)
    assert (end.length, end.hash) == (LANES * EACH, before)


def test_each_account_has_a_chain_of_its_own(session: Session, act_as: Callable[..., Actor]) -> None:
    with transaction(session):
        for name in ("manager", "supervisor", "manager"):
            trail.record(session, Act.VIEW, by=act_as(name), at=AT, screen="")
        trail.record(session, Act.SEAL, by=None, at=AT, screen="")
    numbers = session.execute(select(TrailEntry.chain, TrailEntry.number).order_by(TrailEntry.id)).all()
    manager, supervisor = act_as("manager").user_id, act_as("supervisor").user_id
    assert [tuple(row) for row in numbers] == [(manager, 1), (supervisor, 1), (manager, 2), (0, 1)]


def test_an_entry_is_gone_with_the_transaction_it_tells_about(
    session: Session, act_as: Callable[..., Actor]
) -> None:
    by = act_as("manager")
    with pytest.raises(ZeroDivisionError), transaction(session):
        trail.record(session, Act.REVEAL, by=by, at=AT, screen="")
        _ = 1 / 0
    assert session.get(TrailChain, by.user_id) is None
    assert session.scalars(select(TrailEntry)).all() == []


def test_a_person_seen_twice_on_a_page_is_named_once(session: Session, act_as: Callable[..., Actor]) -> None:
    with transaction(session):
        one, other = make_person(session), make_person(session)
        entry_id = trail.record(
            session, Act.LIST, by=act_as("manager"), at=AT, screen="", persons=[other.id, one.id, other.id]
        )
    whom = session.scalars(select(TrailPerson.person_id).where(TrailPerson.entry_id == entry_id))
    assert sorted(whom) == [one.id, other.id]
    assert session.get_one(TrailEntry, entry_id).persons == 2
