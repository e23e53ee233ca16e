"""常用條件: one's own, by name, at most twenty a list, encrypted."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.extensions import db
from models.crypto import KEYS, new_key
from models.staff import SavedSearch
from rules.actor import Actor
from rules.errors import FieldFault, NotFound
from services import keys
from services.saved_searches import MOST, criteria_of, remove, save, saved
from services.transaction import AnySession, transaction
from tests.races import race

WHO = Callable[[str], Actor]
CRITERIA = {"name": ["唐三藏"], "state": ["open"]}


def test_a_saved_search_comes_back_as_it_was(session: Session, act_as: WHO) -> None:
    boss = act_as("supervisor")
    save(session, "Roster", name="  我的　未結案 ", criteria=CRITERIA, by=boss)
    (found,) = saved(session, "Roster", by=boss)
    assert found.name == "我的 未結案" and criteria_of(found) == CRITERIA


def test_the_same_name_gets_the_new_criteria(session: Session, act_as: WHO) -> None:
    boss = act_as("supervisor")
    save(session, "Roster", name="常用", criteria=CRITERIA, by=boss)
    save(session, "Roster", name="常用", criteria={"state": ["closed"]}, by=boss)
    (found,) = saved(session, "Roster", by=boss)
    assert criteria_of(found) == {"state": ["closed"]}


def test_nobody_sees_or_removes_what_another_one_saved(session: Session, act_as: WHO) -> None:
    boss, colleague = act_as("supervisor"), act_as("manager")
    made = save(session, "Roster", name="常用", criteria=CRITERIA, by=boss)
    assert saved(session, "Roster", by=colleague) == [] == saved(session, "Worklist", by=boss)
    with pytest.raises(NotFound):
        remove(session, made.id, by=colleague)
    remove(session, made.id, by=boss)
    assert saved(session, "Roster", by=boss) == []


@pytest.mark.parametrize("name", ["", "　 ", "名" * 51, "a\u0007b"])
def test_a_bad_name_is_refused_at_its_field(session: Session, act_as: WHO, name: str) -> None:
    with pytest.raises(FieldFault) as refused:
        save(session, "Roster", name=name, criteria=CRITERIA, by=act_as("supervisor"))
    assert refused.value.field == "label"


def test_no_criteria_are_no_search(session: Session, act_as: WHO) -> None:
    with pytest.raises(FieldFault):
        save(session, "Roster", name="全部", criteria={}, by=act_as("supervisor"))


def test_criteria_beyond_all_measure_are_refused(session: Session, act_as: Callable[..., Actor]) -> None:
    with pytest.raises(FieldFault), transaction(session):
        save(session, "Roster", name="太長", criteria={"name": ["長" * 5000]}, by=act_as("supervisor"))


def test_the_twenty_first_is_refused_and_the_twentieth_can_still_be_replaced(
    session: Session, act_as: WHO
) -> None:
    boss = act_as("supervisor")
    for number in range(MOST):
        save(session, "Roster", name=f"第{number}組", criteria=CRITERIA, by=boss)
    with pytest.raises(FieldFault, match="最多儲存 20 組"):
        save(session, "Roster", name="再一組", criteria=CRITERIA, by=boss)
    save(session, "Roster", name="第0組", criteria={"state": ["closed"]}, by=boss)
    save(session, "Worklist", name="再一組", criteria=CRITERIA, by=boss)


def test_a_name_saved_twice_at_the_same_moment_is_one_search(both: Flask, act_as: WHO) -> None:
    boss = act_as("supervisor")

    def press(session: AnySession, lane: int) -> None:
        with transaction(session):
            save(session, "Roster", name="常用", criteria={"state": [str(lane)]}, by=boss)

    outcomes = race(both, [(lane,) for lane in range(4)], press, lanes=4)
    assert [error for _args, error in outcomes if error] == []
    assert db.session.scalar(select(func.count()).select_from(SavedSearch)) == 1


def test_the_criteria_are_not_readable_in_the_database(session: Session, act_as: WHO) -> None:
    save(session, "Roster", name="常用", criteria=CRITERIA, by=act_as("supervisor"))
    stored = bytes(session.scalar(text("SELECT criteria FROM saved_search")))
    assert "唐三藏".encode() not in stored and b"name" not in stored


def test_a_saved_search_outlives_the_rotation_of_the_keys(session: Session, act_as: WHO) -> None:
    boss = act_as("supervisor")
    save(session, "Roster", name="常用", criteria=CRITERIA, by=boss)
    before = dict(KEYS.__dict__)
    try:
        old = dict(KEYS.ciphers)
        KEYS.configure([new_key()], base64.b64encode(KEYS.hash_key).decode())
        KEYS.ciphers.update(old)
        keys.rotate_batch(session, SavedSearch.__table__)  # type: ignore[arg-type]
        for key_id in old:
            del KEYS.ciphers[key_id]
        session.expire_all()
        (found,) = saved(session, "Roster", by=boss)
        assert criteria_of(found) == CRITERIA
    finally:
        KEYS.__dict__.update(before)
