"""Pages of a list: order, count, bounds; the same rows whether paged or streamed. On both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.person import Person
from models.referral import Referral
from reports import pages
from reports.columns import Column
from reports.pages import Listing, Page, fetch, keys, rows
from tests.factories import make_person, make_referral

BY_DATE = Listing(
    key=Referral.id,
    select_from=Referral.__table__.join(Person.__table__, Person.id == Referral.person_id),
    columns=(
        Column("number", "", Referral.id, sort=(Referral.id,)),
        Column("name", "", Person.name),
        Column("state", "", Referral.state, sort=(Referral.state,)),
    ),
    order=(Referral.referral_date.desc(),),
)


@pytest.fixture
def made(session: Session) -> list[int]:
    """Seven referrals; the dates of the second and the third are the same and the newest."""
    person = make_person(session)
    days = (1, 9, 9, 3, 4, 5, 6)
    return [make_referral(session, person=person, referral_date=date(2026, 1, day)).id for day in days]


def numbers(page: Page) -> list[int]:
    return [row.number for row in page.rows]


def test_pages_follow_each_other_without_gap_or_repetition(session: Session, made: list[int]) -> None:
    expected = [made[index] for index in (2, 1, 6, 5, 4, 3, 0)]
    found = [fetch(session, BY_DATE, (), number=number, size=3) for number in (1, 2, 3)]
    assert [numbers(page) for page in found] == [expected[:3], expected[3:6], expected[6:]]
    assert [(page.first_row, page.last_row, page.total, page.has_next) for page in found] == [
        (1, 3, 7, True),
        (4, 6, 7, True),
        (7, 7, 7, False),
    ]


def test_the_streamed_keys_have_the_order_of_the_pages(session: Session, made: list[int]) -> None:
    for sort, descending in (("", False), ("number", False), ("number", True), ("state", True)):
        streamed = session.scalars(keys(BY_DATE, (), sort=sort, descending=descending)).all()
        paged = numbers(fetch(session, BY_DATE, (), size=100, sort=sort, descending=descending))
        assert list(streamed) == paged, (sort, descending)
        assert [row.number for row in rows(session, BY_DATE, streamed)] == paged


def test_equal_rows_keep_one_order_in_both_directions(session: Session, made: list[int]) -> None:
    up = numbers(fetch(session, BY_DATE, (), sort="state"))
    down = numbers(fetch(session, BY_DATE, (), sort="state", descending=True))
    assert up == sorted(made) and down == up[::-1]


def test_an_unknown_or_unsortable_column_gives_the_default_order(session: Session, made: list[int]) -> None:
    default = numbers(fetch(session, BY_DATE, ()))
    assert numbers(fetch(session, BY_DATE, (), sort="name")) == default
    assert numbers(fetch(session, BY_DATE, (), sort="person.national_id", descending=True)) == default


def test_the_count_stops_at_its_limit_and_the_pages_go_on(
    session: Session, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "COUNT_LIMIT", 4)
    second = fetch(session, BY_DATE, (), number=2, size=2)
    assert (second.total, second.more, second.last_known) == (5, True, 2)
    assert second.has_next, "the list is longer than its count"
    assert not fetch(session, BY_DATE, (), number=4, size=2).has_next


def test_a_page_behind_the_end_is_empty(session: Session, made: list[int]) -> None:
    page = fetch(session, BY_DATE, (), number=99, size=25)
    assert (page.rows, page.total, page.first_row, page.last_row, page.has_next) == ([], 7, 0, 0, False)


def test_conditions_restrict_rows_and_count(session: Session, made: list[int]) -> None:
    page = fetch(session, BY_DATE, (Referral.id > made[3], Referral.id < made[6]))
    assert sorted(numbers(page)) == made[4:6] and page.total == 2
