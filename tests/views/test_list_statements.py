"""A list page takes at most nine statements, log-in and permissions included, and as many empty as full."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from services import postal
from services.transaction import transaction
from tests.factories import make_case, make_record, make_referral
from tests.views.statements import counted

LISTS = {
    "/referrals/status/": "referrer",
    "/cases/search/": "manager",
    "/roster/": "supervisor",
    "/referral-list/list/": "supervisor",
    "/case-list/list/": "supervisor",
    "/service-record-list/list/": "supervisor",
}
# Lists that have no name to search for, or are short by nature: the same bound.
OTHER_LISTS = {
    "/intake/": "supervisor",
    "/transfers/": "supervisor",
    "/cases/uncovered/": "supervisor",
    "/absences/list/": "supervisor",
    "/cases/mine/": "manager",
    "/unrouted/": "admin",
    "/referral-list/list/?": "admin",
    "/users/list/": "admin",
    "/units/list/": "admin",
    "/agencies/list/": "admin",
    "/service-areas/list/": "admin",
    "/outbox/list/": "admin",
    "/audit/trail/": "auditor",
}
MOST = 9


def fill(rows: int) -> None:
    """Referrals, cases and records in equal numbers, with two identities and two records each."""
    with transaction(db.session):
        for _ in range(rows):
            referral = make_referral(db.session, identities=(2, 3))
            case = make_case(db.session, referral=referral)
            make_record(db.session, case)
            make_record(db.session, case, reasons=(1, 2))
            make_referral(db.session)
            make_referral(db.session, unit=None)


@pytest.mark.parametrize("address", LISTS | OTHER_LISTS)
def test_a_list_takes_as_many_statements_with_200_rows_as_with_none(
    as_: Callable[[str], FlaskClient], address: str
) -> None:
    browser = as_((LISTS | OTHER_LISTS)[address])
    postal.directory(db.session)  # read once by each process, whoever asks first
    taken = []
    for more in (0, 30, 170):
        fill(more)
        with counted() as sent:
            assert browser.get(address.rstrip("?"), query_string={"size": "100"}).status_code == 200
        taken.append(len(sent))
    # Nothing is looked up for rows that are not there: an empty page takes fewer, a full one never more.
    assert taken[1] == taken[2] <= MOST, "\n".join(sent)
    assert taken[0] <= taken[1]


@pytest.mark.parametrize("address", LISTS)
def test_a_search_takes_no_further_statement(as_: Callable[[str], FlaskClient], address: str) -> None:
    fill(3)
    browser = as_(LISTS[address])
    with counted() as plain:
        browser.get(address)
    name = "_flt_0_name" if address.endswith("list/") else "name"
    with counted() as searched:
        assert "唐三藏" in browser.get(address, query_string={name: "三藏"}).text
    assert len(searched) == len(plain)
