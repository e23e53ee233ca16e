"""Typed text becomes conditions; what cannot be read finds nothing and is said. On both databases."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case import Case, ServiceRecord
from models.person import NameSuffix, Person
from models.referral import Referral
from reports.case_criteria import CASE_CLOSED, PROVIDED, of_record
from reports.criteria import (
    DATE_FROM,
    DATE_TO,
    NAME,
    NATIONAL_ID,
    REFERRAL_NUMBER,
    STATE,
    Criterion,
    name_holds,
    of_case,
    search,
)
from tests.factories import close_case, fresh_number, make_case, make_person, make_record, make_referral

ALL = (REFERRAL_NUMBER, NATIONAL_ID, NAME, DATE_FROM, DATE_TO, STATE)
# From three planes and with what a wrong collation or a LIKE would mix up.
NAMES = (
    "王志明",
    "志明",
    "陳志",
    "明志",
    "歐陽娜娜",
    "𠮷田",
    "Ａlex",
    "alex",
    "a_c",
    "abc",
    "拉罕‧達利",
    "é",
)


def named(session: Session, part: str) -> list[str]:
    found = session.scalars(
        select(Person.name).where(Person.id.in_(select(NameSuffix.person_id).where(name_holds(part))))
    )
    return sorted(found)


@pytest.mark.parametrize(
    "part", ["志", "志明", "明", "陽娜", "娜", "𠮷", "田", "a", "al", "_", "%", "Ａ", "‧", "王志明", "é", "z"]
)
def test_a_part_of_a_name_finds_exactly_the_names_that_hold_it(session: Session, part: str) -> None:
    for name in NAMES:
        make_person(session, name=name)
    assert named(session, part) == sorted(name for name in NAMES if part in name)


@pytest.mark.parametrize("part", ["\U0010ffff", "王\U0010ffff", "\ud7ff"])
def test_the_last_characters_of_the_code_space_do_no_harm(session: Session, part: str) -> None:
    make_person(session, name="王志明")
    assert named(session, part) == []


def test_names_are_searched_in_code_point_order_by_the_index_itself(session: Session) -> None:
    """In PostgreSQL's usual collations 志 … 忘 is no range of code points."""
    column = NameSuffix.__table__.c.suffix.type.dialect_impl(session.get_bind().dialect)
    assert getattr(column, "collation", None) == (
        "C" if session.get_bind().dialect.name == "postgresql" else None
    )


def found(session: Session, arguments: Mapping[str, str]) -> list[int]:
    wanted = search(ALL, arguments)
    assert not wanted.faults
    return sorted(session.scalars(select(Referral.id).where(*wanted.conditions)))


def test_criteria_add_up(session: Session) -> None:
    number = fresh_number()
    person = make_person(session, national_id=number, name="趙雲")
    first = make_referral(session, person=person).id
    second = make_referral(session, person=person, state="withdrawn").id
    make_referral(session)
    assert found(session, {"national_id": f" {number.lower()} "}) == [first, second]
    assert found(session, {"national_id": number, "state": "withdrawn"}) == [second]
    assert found(session, {"name": "趙", "number": str(first)}) == [first]
    assert found(session, {"name": "趙", "date_from": "115/11/20", "date_to": "1151120"}) == [first, second]
    assert found(session, {"name": "趙", "date_to": "115/11/19"}) == []


def test_empty_and_unknown_arguments_are_no_criteria() -> None:
    wanted = search(ALL, {"name": "  ", "page": "3", "no_such": "x"})
    assert (wanted.typed, wanted.conditions, wanted.faults) == ({}, (), ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("number", "-1"),
        ("number", "12345678901"),
        ("number", "²"),
        ("number", "1;"),
        ("national_id", "A12345678"),
        ("national_id", "A123456788"),
        ("date_from", "115/2/30"),
        ("date_to", "x"),
        ("state", "OPEN"),
        ("state", "' OR 1=1 --"),
        ("name", "王\x00"),
        ("name", "王" * 101),
        ("name", "\ue000"),
    ],
)
def test_what_cannot_be_read_is_a_fault_of_its_field(name: str, text: str) -> None:
    wanted = search(ALL, {name: text})
    assert [fault.field for fault in wanted.faults] == [name]
    assert not wanted.conditions and wanted.typed


def test_the_same_criterion_serves_cases_and_their_records(session: Session) -> None:
    case = make_case(session, referral=make_referral(session, person=make_person(session, name="關羽")))
    record = make_record(session, case, reasons=(1,))
    make_record(session, make_case(session))
    by_name = {"name": "關"}
    assert session.scalars(select(Case.id).where(*search((of_case(NAME),), by_name).conditions)).all() == [
        case.id
    ]
    records = search((of_record(NAME), PROVIDED), {**by_name, "provided": "N"}).conditions
    assert session.scalars(select(ServiceRecord.id).where(*records)).all() == [record.id]


def test_open_and_closed_cases(session: Session) -> None:
    case, other = make_case(session), make_case(session)
    close_case(session, other)

    def ids(text: str) -> list[int]:
        return list(
            session.scalars(select(Case.id).where(*search((CASE_CLOSED,), {"closed": text}).conditions))
        )

    assert (ids("open"), ids("closed")) == ([case.id], [other.id])


def test_a_criterion_of_ones_own_needs_no_more_than_a_condition() -> None:
    own = Criterion("own", "自訂", lambda text: Referral.postal_code == text)
    assert len(search((own,), {"own": "300"}).conditions) == 1
