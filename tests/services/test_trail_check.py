"""Whatever a database administrator does to the trail, the check finds it; on both databases, with all guards off."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import db
from models.account import Account
from models.outbox import Mail
from models.trail import SYSTEM_CHAIN, Act, TrailChain, TrailEntry, TrailPerson
from rules.actor import Actor
from services import trail, trail_check, trail_seals, trail_watch
from services.trail_check import Finding, Flaw, Report, verify
from services.transaction import transaction
from tests.factories import AT, make_person
from tests.forger import ENTRY, HEAD, at, close_ranks, forging, remove, set_back

PERSON = TrailPerson.__table__
LENGTH, ALTERED = 5, 3
BASE_URL = "https://jieli.example"


@pytest.fixture
def chain(session: Session, act_as: Callable[[str], Actor]) -> int:
    """Three accounts with five entries each; the chain of the first is sealed as it is, and tampered with."""
    actors = [act_as(name) for name in ("manager", "supervisor", "referrer")]
    with transaction(session):
        people = [make_person(session).id for _ in range(4)]
        for step in range(LENGTH):
            for by in actors:
                trail.record(
                    session,
                    Act.LIST if step else Act.LOOK_UP,
                    by=by,
                    at=AT + timedelta(minutes=step),
                    screen="CaseSearch.index",
                    ground="本人承辦的個案",
                    persons=people[: step + 1],
                    criteria={"name": "三藏", "page": step},
                    asked_hash=f"{step:064}",
                )
    return actors[0].user_id


@pytest.fixture
def sealed(session: Session, chain: int) -> str:
    with transaction(session):
        return trail_seals.seal(session, at=AT).mark


def found() -> list[Finding]:
    return verify(db.session).findings


def test_a_trail_nobody_touched_is_whole(session: Session, chain: int, sealed: str) -> None:
    steps: list[int] = []
    assert verify(session, marks=[sealed], seen=steps.append) == Report(chains=4, entries=16, seals=1)
    assert sum(steps) == 16


NEW_VALUES: dict[str, Any] = {
    "chain": 999_999,
    "number": 999_999,
    "at": AT + timedelta(days=1),
    "actor_id": 1,
    "unit_id": 999_999,
    "address": "203.0.113.9",
    "act": Act.VIEW.value,
    "screen": "Roster.index",
    "ground": "本單位的個案",
    "asked_hash": "f" * 64,
    "persons": 0,
    "digest": bytes(32),
    "hash": bytes(32),
    "mac": bytes(32),
}


@pytest.mark.parametrize("column", [column.name for column in ENTRY.columns])
def test_a_changed_column_of_an_entry_is_found(session: Session, chain: int, column: str) -> None:
    with forging() as connection:
        altered = sa.update(ENTRY).where(at(chain, ALTERED))
        if column == "id":
            connection.execute(altered.values(id=999_999))
        elif column == "criteria":  # another entry's text: without the key there is no new one
            other = sa.select(ENTRY.c.criteria).where(at(chain, 1)).scalar_subquery()
            connection.execute(altered.values(criteria=other))
        else:
            connection.execute(altered.values({column: NEW_VALUES[column]}))
    assert found()
    assert ALTERED in {each.number for each in found() if each.chain == chain}


@pytest.mark.parametrize(
    "column", ["at", "unit_id", "persons", "number", "criteria", "digest", "hash", "mac"]
)
def test_what_no_type_accepts_is_found_and_no_crash(session: Session, chain: int, column: str) -> None:
    if session.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL stores nothing that is not of the column's type
    with forging() as connection:
        connection.exec_driver_sql(
            f"UPDATE trail_entry SET {column} = 'x' WHERE chain = {chain} AND number = {ALTERED}"
        )
    assert chain in {each.chain for each in found()}


def test_an_unreadable_text_is_found_at_its_entry(session: Session, chain: int) -> None:
    with forging() as connection:
        connection.execute(sa.update(ENTRY).where(at(chain, ALTERED)).values(screen="x"))
        connection.execute(sa.text("UPDATE trail_entry SET criteria = substr(criteria, 1, 20)"))
    assert {each.number for each in found() if each.chain == chain} == {1, 2, 3, 4, 5}


def test_an_entry_removed_from_the_middle_is_found(session: Session, chain: int) -> None:
    with forging() as connection:
        remove(connection, chain, ALTERED)
    assert found() == [Finding(Flaw.MISSING, chain, ALTERED)]


def test_closing_the_ranks_after_it_hides_nothing(session: Session, chain: int) -> None:
    """Numbers and links can be computed by anybody; the places' codes cannot."""
    with forging() as connection:
        remove(connection, chain, ALTERED)
        close_ranks(connection, chain)
    assert found() == [Finding(Flaw.MOVED, chain, number) for number in (3, 4)]


def test_removing_the_first_entry_is_found(session: Session, chain: int) -> None:
    with forging() as connection:
        remove(connection, chain, 1)
        close_ranks(connection, chain)
    assert found()[0] == Finding(Flaw.MOVED, chain, 1)


def test_a_copy_of_an_entry_is_no_entry(session: Session, chain: int) -> None:
    with forging() as connection:
        row = connection.execute(sa.select(ENTRY).where(at(chain, 2))).one()
        connection.execute(sa.insert(ENTRY).values({**row._mapping, "id": 999_999, "number": LENGTH + 1}))
        for person_id in connection.scalars(
            sa.select(PERSON.c.person_id).where(PERSON.c.entry_id == row.id)
        ).all():
            connection.execute(sa.insert(PERSON).values(entry_id=999_999, person_id=person_id))
        close_ranks(connection, chain)
    assert found() == [Finding(Flaw.MOVED, chain, LENGTH + 1)]


@pytest.mark.parametrize("with_links", [False, True])
def test_two_entries_in_each_others_place_are_found(session: Session, chain: int, with_links: bool) -> None:
    with forging() as connection:
        for old, new in ((2, -1), (4, 2), (-1, 4)):
            connection.execute(sa.update(ENTRY).where(at(chain, old)).values(number=new))
        if with_links:
            close_ranks(connection, chain)
    assert {2, 4} <= {each.number for each in found() if each.chain == chain}


def test_two_entries_that_trade_contents_are_found(session: Session, chain: int) -> None:
    """All but place, hash and code: each digest is right, and each code; only the link tells."""
    kept = {"id", "chain", "number", "hash", "mac"}
    with forging() as connection:
        rows = {n: connection.execute(sa.select(ENTRY).where(at(chain, n))).one() for n in (2, 4)}
        ids = {number: row.id for number, row in rows.items()}
        connection.execute(sa.update(PERSON).where(PERSON.c.entry_id == ids[2]).values(entry_id=-1))
        connection.execute(sa.update(PERSON).where(PERSON.c.entry_id == ids[4]).values(entry_id=ids[2]))
        connection.execute(sa.update(PERSON).where(PERSON.c.entry_id == -1).values(entry_id=ids[4]))
        for number, other in ((2, 4), (4, 2)):
            values = {name: value for name, value in rows[other]._mapping.items() if name not in kept}
            connection.execute(sa.update(ENTRY).where(at(chain, number)).values(values))
    assert found() == [Finding(Flaw.MOVED, chain, number) for number in (2, 4)]


@pytest.mark.parametrize("number", [1, ALTERED, LENGTH])
def test_whom_an_entry_is_about_cannot_be_taken_from_it_or_added(
    session: Session, chain: int, number: int
) -> None:
    with forging() as connection:
        entry = connection.execute(sa.select(ENTRY.c.id).where(at(chain, number))).scalar_one()
        one = sa.select(sa.func.min(PERSON.c.person_id)).where(PERSON.c.entry_id == entry)
        person = connection.execute(one).scalar_one()
        connection.execute(sa.delete(PERSON).where(PERSON.c.entry_id == entry, PERSON.c.person_id == person))
    assert found() == [Finding(Flaw.CHANGED, chain, number)]
    with forging() as connection:
        connection.execute(sa.insert(PERSON).values(entry_id=entry, person_id=person))
    assert not found()
    with forging() as connection:
        connection.execute(sa.insert(PERSON).values(entry_id=entry, person_id=999_999))
    assert found() == [Finding(Flaw.CHANGED, chain, number)]


@pytest.mark.parametrize("values", [{"length": 4}, {"length": 6}, {"hash": bytes(32)}], ids=str)
def test_a_changed_end_is_found(session: Session, chain: int, values: dict[str, Any]) -> None:
    with forging() as connection:
        connection.execute(sa.update(HEAD).where(HEAD.c.chain == chain).values(values))
    assert found() == [Finding(Flaw.CUT, chain, LENGTH)]


def test_a_chain_without_its_end_noted_is_found(session: Session, chain: int) -> None:
    with forging() as connection:
        connection.execute(sa.delete(HEAD).where(HEAD.c.chain == chain))
    assert found() == [Finding(Flaw.HEADLESS, chain, LENGTH)]


def test_an_end_cut_off_is_found(session: Session, chain: int) -> None:
    with forging() as connection:
        remove(connection, chain, 4, 5)
    assert found() == [Finding(Flaw.CUT, chain, 3)]


def test_a_chain_of_which_only_the_end_is_noted_is_found(session: Session, chain: int) -> None:
    with forging() as connection:
        remove(connection, chain, *range(1, LENGTH + 1))
    assert found() == [Finding(Flaw.CUT, chain, 0)]


def test_an_end_cut_off_neatly_is_found_by_the_seal(session: Session, chain: int, sealed: str) -> None:
    with forging() as connection:
        remove(connection, chain, 4, 5)
        set_back(connection, chain)
    assert found() == [Finding(Flaw.UNSEALED, chain, LENGTH)]


def test_a_whole_chain_taken_away_neatly_is_found_by_the_seal(
    session: Session, chain: int, sealed: str
) -> None:
    with forging() as connection:
        remove(connection, chain, *range(1, LENGTH + 1))
        set_back(connection, chain)
    assert found() == [Finding(Flaw.UNSEALED, chain, LENGTH)]


def test_a_later_seal_does_not_heal_it(session: Session, chain: int, sealed: str) -> None:
    with forging() as connection:
        remove(connection, chain, 5)
        set_back(connection, chain)
    with transaction(session):
        trail_seals.seal(session, at=AT)
    assert found() == [Finding(Flaw.UNSEALED, chain, LENGTH)]


def test_what_no_seal_has_seen_yet_can_be_cut_off_neatly(session: Session, chain: int) -> None:
    """The limit that docs/audit.md names: less than a day, until the next seal."""
    with forging() as connection:
        remove(connection, chain, 5)
        set_back(connection, chain)
    assert not found()


def test_seals_taken_away_neatly_are_found_by_the_logs_copy(
    session: Session, chain: int, sealed: str
) -> None:
    with forging() as connection:
        remove(connection, SYSTEM_CHAIN, 1)
        set_back(connection, SYSTEM_CHAIN)
        remove(connection, chain, 5)
        set_back(connection, chain)
    assert verify(session).whole
    assert verify(session, marks=[sealed]).findings == [Finding(Flaw.UNSEALED, SYSTEM_CHAIN, 1)]


def test_a_changed_seal_is_found(session: Session, chain: int, sealed: str) -> None:
    with forging() as connection:
        other = sa.select(ENTRY.c.criteria).where(at(chain, 1)).scalar_subquery()
        connection.execute(sa.update(ENTRY).where(at(SYSTEM_CHAIN, 1)).values(criteria=other))
    assert found() == [Finding(Flaw.CHANGED, SYSTEM_CHAIN, 1)]


def test_a_seal_names_only_what_has_grown(
    session: Session, chain: int, act_as: Callable[[str], Actor]
) -> None:
    with transaction(session):
        assert len(trail_seals.seal(session, at=AT).heads) == 3
    with transaction(session):
        trail.record(session, Act.VIEW, by=act_as("manager"), at=AT, screen="x")
    with transaction(session):
        heads = trail_seals.seal(session, at=AT).heads
    head = session.get_one(TrailChain, chain)
    assert heads == {chain: (LENGTH + 1, bytes(head.hash))}


def test_users_go_on_while_the_trail_is_checked(
    session: Session, chain: int, act_as: Callable[[str], Actor]
) -> None:
    """An entry written in the middle of the check is not half seen."""
    by = act_as("supervisor")

    def write(_seen: int) -> None:
        with Session(db.engine) as other, transaction(other):
            trail.record(other, Act.VIEW, by=by, at=AT, screen="x")

    assert verify(session, seen=write) == Report(chains=3, entries=15)
    assert verify(session).entries == 16


def run(app: Flask, *arguments: str) -> Result:
    ran = app.test_cli_runner().invoke(args=["audit", *arguments])
    db.session.remove()
    return ran


def test_the_command_says_that_all_is_whole(both: Flask, chain: int, sealed: str) -> None:
    ran = run(both, "verify", "--seal", sealed)
    assert ran.exit_code == 0
    assert "16 entries in 4 chains, 1 seals: whole" in ran.stdout


def test_the_command_names_chain_number_and_account(both: Flask, chain: int) -> None:
    with forging() as connection:
        remove(connection, chain, ALTERED)
    ran = run(both, "verify")
    assert ran.exit_code == 1
    assert f"chain {chain} (manager): entries are missing from number {ALTERED} on" in ran.stdout
    told = json.loads(run(both, "verify", "--json").stdout)
    assert told["flaws"] == 1
    assert told["findings"] == [{"flaw": "missing", "chain": chain, "number": ALTERED, "account": "manager"}]


def test_the_command_refuses_a_seal_that_is_none(both: Flask, chain: int) -> None:
    assert run(both, "verify", "--seal", "12:ab").exit_code == 2


def test_the_seal_is_printed_and_logged_for_a_copy_elsewhere(
    both: Flask, chain: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "jieli.trail"):
        ran = run(both, "seal")
    mark = ran.stdout.split()[1]
    assert ran.exit_code == 0
    assert f"trail sealed as {mark}" in caplog.text
    assert run(both, "verify", "--seal", mark).exit_code == 0


def test_a_flaw_is_logged_with_a_code_and_told_to_the_auditors(
    session: Session, chain: int, caplog: pytest.LogCaptureFixture
) -> None:
    with forging() as connection:
        remove(connection, chain, ALTERED)
    report, sealed = trail_watch.check_and_seal(session, base_url=BASE_URL, at=AT)
    assert not report.whole
    assert sealed.check["kinds"] == {"missing": 1}
    (error,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    code = error.getMessage().split()[0]
    auditor = session.scalars(sa.select(Account).where(Account.username == "auditor")).one()
    (mail,) = session.scalars(sa.select(Mail))
    assert mail.recipient == auditor.email
    assert code in mail.body


def test_nobody_is_told_of_nothing(session: Session, chain: int) -> None:
    trail_watch.check_and_seal(session, base_url=BASE_URL, at=AT)
    assert session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 0
    seal = trail_seals.last_seal(session)
    assert seal is not None
    assert seal.check["entries"] == 15
    assert session.scalar(sa.select(sa.func.count()).select_from(TrailEntry)) == 16


def test_large_exports_are_checked_in_portions(
    session: Session, act_as: Callable[[str], Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many persons each of five hundred entries names, memory stays flat."""
    with transaction(session):
        whom = [make_person(session).id for _ in range(3)]
        for _ in range(4):
            trail.record(session, Act.EXPORT, by=act_as("manager"), at=AT, screen="", persons=whom)
    monkeypatch.setattr(trail_check, "MOST_PERSONS", 6)
    read = trail_check._persons
    asked: list[int] = []
    monkeypatch.setattr(trail_check, "_persons", lambda at, ids: asked.append(len(ids)) or read(at, ids))
    report = verify(session)
    assert (report.whole, report.entries, asked) == (True, 4, [2, 2])
