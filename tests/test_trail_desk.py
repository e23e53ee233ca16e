"""Steps at the front desk that a walk over addresses does not reach: ids in the query, forms that come back, uploads, and
parts of a page that ask by themselves. Whoever is shown is recorded; who is not shown leaves no entry.
"""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select, update

from app.extensions import db
from models.desk_rules import BusinessType
from models.trail import Act, TrailEntry
from models.visit import Visit
from rules.visit_flow import State
from services import board
from services.transaction import transaction
from tests.conftest import NOW, Clock
from tests.factories import make_person, make_visit
from tests.test_trail import NAME, World, newest, readable, recorded_since, world
from tests.test_trail_steps import FETCH, As, proves

__all__ = ["proves", "world"]  # fixtures
RECEPTION, COUNTER = "/desk/reception/", "/desk/counter/"


def visit_of(world: World, state: State) -> int:
    found = select(Visit.id).where(Visit.id.in_(world.ids["visit_id"]), Visit.state == state.value)
    return db.session.scalars(found.order_by(Visit.id)).first() or 0


def kind(letter: str) -> int:
    return db.session.scalars(select(BusinessType.id).where(BusinessType.letter == letter)).one()


def test_who_is_at_hand_at_reception(world: World, as_: As, proves: Any) -> None:
    browser = as_("reception")
    proves("Reception.index", lambda: browser.get(f"{RECEPTION}?person={world.person_id}"), Act.VIEW)
    for visit_id in world.ids["visit_id"]:
        path = f"{RECEPTION}?visit={visit_id}"
        proves("Reception.index", lambda path=path: browser.get(path), Act.VIEW)


def test_a_name_that_is_looked_for_and_those_who_bear_it(
    world: World, as_: As, csrf: Any, proves: Any
) -> None:
    with transaction(db.session):
        make_visit(db.session, person=make_person(db.session, name=NAME), state=State.LEFT)
    browser = as_("reception")
    sent = browser.post(f"{RECEPTION}find", data=csrf(browser, {"search": NAME}))
    assert sent.status_code == 302 and NAME not in sent.location
    proves("Reception.index", lambda: browser.get(sent.location), Act.LIST)


def test_refused_forms_of_reception_show_the_person_once_more(
    world: World, as_: As, csrf: Any, proves: Any
) -> None:
    browser, waiting = as_("reception"), visit_of(world, State.WAITING)
    for screen, path, data in (
        ("Reception.check_in", "check-in", {"person_id": world.person_id, "submission_key": uuid.uuid4()}),
        ("Reception.change_officer", "change-officer", {"person_id": world.person_id}),
        ("ReceptionVisits.override", f"visits/{waiting}/override", {}),
        ("ReceptionVisits.leave", f"visits/{waiting}/leave", {}),
    ):
        form = csrf(browser, data)
        answer = proves(screen, lambda path=path, form=form: browser.post(RECEPTION + path, data=form))
        assert answer.status_code == 422


def test_who_it_may_be_that_came_without_papers(world: World, as_: As, csrf: Any, proves: Any) -> None:
    with transaction(db.session):
        db.session.execute(update(Visit).where(Visit.business_type_id == kind("C")).values(state="left"))
        nameless = make_visit(db.session, letter="C", visitor="阿德")
        nameless.person = None
    browser, path = as_("reception"), f"{RECEPTION}visits/{nameless.id}/identity"
    proves("ReceptionIdentity.show", lambda: browser.get(f"{path}?who={world.person_id}"), Act.VIEW)
    form = csrf(browser, {"person_id": world.person_id, "disability": "confirmed"})
    assert proves("ReceptionIdentity.identify", lambda: browser.post(path, data=form)).status_code == 422


def test_refused_forms_and_dialogs_of_the_counter(world: World, as_: As, csrf: Any, proves: Any) -> None:
    browser = as_("counter1")
    waiting, serving = visit_of(world, State.WAITING), world.ids["visit_id"][2]
    for screen, path in (
        ("CounterDesk.book", f"{COUNTER}{waiting}/book"),
        ("CounterDesk.absent", f"{COUNTER}{waiting}/absent"),
        ("PermanentTransfers.propose", f"/desk/transfers/propose/{serving}"),
    ):
        proves(screen, lambda path=path: browser.get(path, headers=FETCH))
        form = csrf(browser, {})
        answer = proves(screen, lambda path=path, form=form: browser.post(path, data=form))
        assert answer.status_code == 422
    form = csrf(browser, {"state": "serving"})
    answer = proves("CounterDesk.end", lambda: browser.post(f"{COUNTER}{serving}/end", data=form))
    assert answer.status_code == 422


def test_refused_forms_of_the_supervisor(world: World, as_: As, csrf: Any, proves: Any) -> None:
    browser = as_("supervisor")
    for screen, path in (
        ("DeskRefusals.show", f"/desk/supervision/refusals/{world.ids['refusal_id'][0]}"),
        ("DeskRequests.show", f"/desk/supervision/requests/{world.ids['request_id'][0]}"),
        ("OfficerDepartures.depart", f"/desk/departures/{world.ids['officer_id'][0]}"),
    ):
        form = csrf(browser, {})
        answer = proves(screen, lambda path=path, form=form: browser.post(path, data=form))
        assert answer.status_code == 422


def test_an_appointment_that_is_made_and_one_that_is_moved(
    world: World, as_: As, csrf: Any, proves: Any
) -> None:
    browser, coming = as_("counter1"), world.ids["appointment_id"][1]
    me = world.ids["officer_id"][0]
    form = csrf(browser, {"who": NAME, "find": "1", "submission_key": str(uuid.uuid4())})
    path = f"/desk/appointments/new/{me}/20261123T1400"
    proves("AppointmentForm.new", lambda: browser.post(path, data=form))
    proves("AppointmentBook.index", lambda: browser.get(f"/desk/appointments/?moving={coming}"))
    cancel = csrf(browser, {"reason": " "})
    refused = proves(
        "AppointmentBook.cancel",
        lambda: browser.post(f"/desk/appointments/{coming}/cancel", data=cancel),
    )
    assert refused.status_code == 422


def test_records_that_are_uploaded_name_their_persons(world: World, as_: As, csrf: Any) -> None:
    browser, number = as_("itstaff"), world.traces[3]
    path = "/desk/tables/workbook/evidence_record/"
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{path}template.xlsx").data))
    for column, value in enumerate(("資料移轉", number, NAME, "一般求職", "115/3/4", "", ""), 1):
        book.worksheets[0].cell(2, column).value = value
    book.save(content := io.BytesIO())
    data = csrf(browser, {"file": (io.BytesIO(content.getvalue()), "紀錄.xlsx")})
    sent = browser.post(path, data=data, content_type="multipart/form-data")
    before = newest()
    page = readable(browser.get(sent.location))
    assert NAME in page and number not in page
    assert [each.screen for each in recorded_since(before, world.person_id)] == ["TableWorkbook.check"]


def test_an_open_page_that_asks_by_itself_makes_no_entry_each_time(
    world: World, as_: As, clock: Clock
) -> None:
    """The book of appointments writes an entry when somebody appears on it, and again the next day."""
    browser = as_("counter1")
    for address, entries in (
        ("/desk/appointments/grid", 1),
        ("/desk/counter/queue", 0),
        ("/desk/counter/now", 0),
        ("/desk/pulse?since=0", 0),
    ):
        before = newest()
        for _poll in range(3):
            text = readable(browser.get(address, headers=FETCH))
        assert (NAME in text) == bool(entries), address
        assert len(recorded_since(before, world.person_id)) == entries, address
    clock.now = NOW + timedelta(days=3)
    before = newest()
    assert NAME in readable(browser.get("/desk/appointments/grid", headers=FETCH))
    assert len(recorded_since(before, world.person_id)) == 1


@pytest.mark.parametrize(
    ("user", "address"),
    [
        ("reception", "/desk/reception/counters"),
        ("reception", "/desk/reception/visits/{waiting}/status"),
        ("reception", "/desk/reception/visits/{waiting}/ticket"),
        ("counter1", "/desk/counter/queue"),
        ("counter1", "/desk/notices/"),
        ("supervisor", "/desk/supervision/"),
        ("supervisor", "/desk/supervision/undispatched"),
        ("supervisor", "/desk/tally/"),
        ("supervisor", "/desk/decisions/"),
    ],
)
def test_what_goes_by_tickets_names_nobody_and_leaves_no_entry(
    world: World, as_: As, user: str, address: str
) -> None:
    before = newest()
    answer = as_(user).get(address.format(waiting=visit_of(world, State.WAITING)))
    assert answer.status_code == 200
    assert not [trace for trace in world.traces if trace in readable(answer)]
    assert newest() == before


def test_the_board_in_the_hall_names_nobody_and_leaves_no_entry(world: World, as_: As, act_as: Any) -> None:
    with transaction(db.session):
        key = board.open_board(db.session, by=act_as("supervisor"))
    before = newest()
    for address in (f"/board/{key}", f"/board/{key}/state"):
        answer = as_("").get(address, headers=FETCH)
        assert answer.status_code == 200
        assert not [trace for trace in world.traces if trace in readable(answer)]
    assert newest() == before


def test_a_visit_that_reception_checks_in_leads_on_without_an_entry(world: World, as_: As, csrf: Any) -> None:
    browser = as_("reception")
    before = db.session.scalar(select(func.count()).select_from(TrailEntry))
    form = csrf(
        browser,
        {
            "person_id": world.person_id,
            "business_type_id": kind("D"),
            "submission_key": str(uuid.uuid4()),
            "disability": "none",
        },
    )
    assert browser.post(f"{RECEPTION}check-in", data=form).status_code == 302
    assert db.session.scalar(select(func.count()).select_from(TrailEntry)) == before
