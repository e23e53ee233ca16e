"""Each list: first, last page within 1,000, filtered, sorted and searched by name; against its bare page and a small world."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from statistics import median
from urllib.parse import urlencode

from sqlalchemy import func, select

from app.extensions import db
from benchmarks.report import Line, Table, verdict
from benchmarks.rounds import NoPage, Reader, Timed, counted, interleaved, ratio
from benchmarks.worlds import World
from models.person import NameSuffix

FLOOR, FLAT, FLAT_SEARCH, STATEMENTS = 2.0, 1.3, 1.5, 9
ROUNDS = 15
DEEP = 1000
GENERATED = {
    "ReferralListView": "/referral-list/list/",
    "CaseListView": "/case-list/list/",
    "ServiceRecordListView": "/service-record-list/list/",
}
CUSTOM = {
    "Intake": "/intake/",
    "Worklist": "/cases/mine/",
    "Transfer": "/transfers/",
    "ReferralStatus": "/referrals/status/",
    "CaseSearch": "/cases/search/",
    "Roster": "/roster/",
}
READERS = {
    **dict.fromkeys(GENERATED, ("supervisor", "admin")),
    **dict.fromkeys(("Intake", "Transfer", "Roster"), ("supervisor",)),
    **dict.fromkeys(("Worklist", "CaseSearch"), ("manager",)),
    "ReferralStatus": ("referrer",),
}
FILTERS = {
    "ReferralListView": {"state": "closed", "date_from": "114/1/1", "date_to": "114/12/31"},
    "CaseListView": {"closed": "open", "date_from": "115/1/1"},
    "ServiceRecordListView": {"provided": "N", "served_from": "114/1/1", "served_to": "114/12/31"},
    "Worklist": {"urgency": "overdue"},
    "ReferralStatus": {"state": "closed", "date_from": "114/1/1", "date_to": "114/12/31"},
    "CaseSearch": {"state": "closed", "date_from": "114/1/1", "date_to": "114/12/31"},
    "Roster": {"state": "closed", "date_from": "114/1/1", "date_to": "114/12/31", "identity": "3"},
}
SORTS = {
    "ReferralListView": "referral_date",
    "CaseListView": "due_date",
    "ServiceRecordListView": "served_on",
    "Intake": "-number",
    "Worklist": "-due",
    "Transfer": "manager_name",
    "ReferralStatus": "referral_date",
    "CaseSearch": "closed_on",
    "Roster": "referral_date",
}


def measure(world: World, small: World) -> Table:
    lines = [
        line
        for name, readers in READERS.items()
        for reader in readers
        for line in _list(name, reader, world, small)
    ]
    return Table(
        "Lists",
        f"{world.referrals:,} referrals; flat: against the same page of {small.referrals:,}. Median of {ROUNDS} rounds.",
        ("list", "reader", "page", "ms", f"× bare (≤ {FLOOR:g})", "flat", "statements", ""),
        lines,
    )


def _list(name: str, reader: str, world: World, small: World) -> Iterator[Line]:
    large_user, small_user = (Reader(each.app, each.readers[reader]) for each in (world, small))
    pages, small_pages = _pages(name, large_user, world), _pages(name, small_user, small)
    jobs = {"bare": partial(large_user.get, f"/bench/floor/{name}")}
    jobs |= {page: partial(large_user.get, address) for page, address in pages.items()}
    jobs |= {f"small {page}": partial(small_user.get, address) for page, address in small_pages.items()}
    jobs["small bare"] = partial(small_user.get, f"/bench/floor/{name}")
    timed = interleaved(jobs, ROUNDS)
    for page in ("bare", *pages):
        with counted(world.app) as sent:
            jobs[page]()
        yield _line(name, reader, page, timed, len(sent))


def _line(name: str, reader: str, page: str, timed: Timed, statements: int) -> Line:
    against, flat = ratio(timed, page, "bare"), ratio(timed, page, f"small {page}")
    bar = FLAT_SEARCH if page == "filter" or page.startswith("name") else FLAT
    passed = against <= FLOOR and flat <= bar and statements <= STATEMENTS
    cells = (
        name,
        reader,
        page,
        f"{1000 * median(timed[page]):.1f}",
        f"{against:.2f}",
        f"{flat:.2f} (≤ {bar:g})",
        str(statements),
        verdict(passed),
    )
    return Line(cells, passed)


def _pages(name: str, user: Reader, world: World) -> dict[str, str]:
    """Page to address. The names searched for are the most frequent ones of the world, so that something is found."""
    pages = {"first": _address(name), "deep": _deep(name, user)}
    if name in FILTERS:
        pages["filter"] = _address(name, **FILTERS[name])
    pages["sort"] = _sorted(name)
    if name != "Roster":  # has no search by name
        pages |= {f"name {label}": _address(name, name=text) for label, text in _names(world).items()}
    return pages


def _address(list_name: str, /, **criteria: str) -> str:
    if list_name in GENERATED:
        return (
            f"{GENERATED[list_name]}?{urlencode({f'_flt_0_{key}': value for key, value in criteria.items()})}"
        )
    return f"{CUSTOM[list_name]}?{urlencode(criteria)}"


def _sorted(name: str) -> str:
    if name in GENERATED:
        return f"{GENERATED[name]}?{urlencode({f'_oc_{name}': SORTS[name], f'_od_{name}': 'asc'})}"
    return f"{CUSTOM[name]}?sort={SORTS[name]}"


def _page(name: str, number: int) -> str:
    return (
        f"{GENERATED[name]}?page_{name}={number - 1}"
        if name in GENERATED
        else f"{CUSTOM[name]}?page={number}"
    )


def _deep(name: str, user: Reader) -> str:
    """Page 1000; of a shorter list its last one, found by halving."""
    low, high = 1, DEEP
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _has_rows(user, _page(name, middle)) else (low, middle - 1)
    return _page(name, low)


def _has_rows(user: Reader, address: str) -> bool:
    try:
        return b"<tbody>" in user.get(address)
    except NoPage:  # FAB sends the reader of an empty page back
        return False


def _names(world: World) -> dict[str, str]:
    """A whole name of three characters, a given name of two, and the family name that most share."""
    with world.app.app_context():
        found = {}
        for label, length in (("of 3", 3), ("of 2", 2)):
            most = select(NameSuffix.suffix).where(func.length(NameSuffix.suffix) == length)
            ranked = most.group_by(NameSuffix.suffix).order_by(func.count().desc(), NameSuffix.suffix)
            found[label] = db.session.scalars(ranked.limit(1)).one()
        db.session.remove()
    return {**found, "陳": "陳"}
