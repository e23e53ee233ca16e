"""前台設定 as screens: one centre, faults at their fields, nothing pointed to deleted, and an entry for every change."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from models.account import Account
from models.desk import Counter, CounterGroup, Post
from models.desk_rules import BusinessType, CentreHoliday, MassLayoffOrder, RatioShare
from models.desk_staff import ReceptionShift
from models.evidence import EvidenceRecord
from models.table_change import TableChange
from models.tally import TallySignature
from models.trail import TrailEntry, TrailPerson
from models.visit import Visit
from services import unended
from services.transaction import transaction
from tests.factories import AT, fresh_number, make_desk, make_person, make_visit
from tests.views.statements import counted

Open = Callable[[str], FlaskClient]
TABLES = "/desk/tables"
# What each screen's form takes: the route, and a good row beside the demo centre's tables.
GOOD: dict[str, dict[str, Any]] = {
    "groups": {"name": "新住民", "kind": "programme", "position": "7", "active": "y"},
    "counters": {"number": "9", "group_id": "一般", "place": "一樓", "active": "y"},
    "posts": {"counter_id": 1, "officer_id": "reception", "starts_on": "115/11/20"},
    "deputies": {"officer_id": "counter8", "rank": "2", "deputy_id": "counter2", "starts_on": "115/11/20"},
    "business-types": {
        "name": "創業諮詢", "letter": "e", "kind": "other", "distribution": "ratio", "minutes": "30", "position": "5",
        "active": "y",
    },
    "new-case-rules": {"business_type_id": "一般求職", "effective_from": "115/12/1", "months": "12", "note": ""},
    "ratio": {"year": "116", "effective_from": "116/1/1", "group_id": "一般", "registrations": "10"},
    "identities": {"identity_id": 5, "group_id": "一般", "priority": "3"},
    "targets": {"kind": "benefit", "effective_from": "116/1/1", "percent": "75"},
    "wait-limits": {"effective_from": "115/12/1", "minutes": "25"},
    "mass-layoffs": {"starts_on": "115/11/20", "ends_on": "115/12/31", "reason": "某公司大量解僱"},
    "holidays": {"day": "115/12/24", "name": "消毒"},
    "shifts": {"day": "116/3/2", "starts": "08:00", "ends": "12:00", "receptionist_id": "reception"},
    "evidence": {
        "kind": "introduction_card", "national_id": "A123456789", "name": "王小明", "business_type_id": "一般求職",
        "recorded_on": "115/10/1", "officer_id": "", "note": "",
    },
}  # fmt: skip


@pytest.fixture
def desk(app: Any) -> int:
    return make_desk(db.session).unit_id


def key(column: str, value: Any) -> Any:
    """The id of what a form's row points to."""
    session = db.session
    if column in ("officer_id", "deputy_id", "receptionist_id") and value:
        return session.scalars(select(Account.id).where(Account.username == value)).one()
    if column == "counter_id":
        return session.scalars(select(Counter.id).where(Counter.number == value)).one()
    if column == "group_id":
        return session.scalars(select(CounterGroup.id).where(CounterGroup.name == value)).one()
    if column == "business_type_id":
        return session.scalars(select(BusinessType.id).where(BusinessType.name == value)).one()
    return value


def filled(route: str, **changed: Any) -> dict[str, Any]:
    values = {
        ("identity_code" if name == "identity_id" else name): value for name, value in GOOD[route].items()
    }
    return {name: key(name, value) for name, value in (values | changed).items()}


def prepared(route: str) -> None:
    """A ninth counter's officer: nobody sits there yet."""
    if route == "posts":
        with transaction(db.session):
            post = db.session.scalars(select(Post).join(Counter).where(Counter.number == 1)).one()
            post.ends_on = date(2026, 11, 19)


@pytest.mark.parametrize("route", sorted(set(GOOD) - {"posts"}))
def test_every_screen_leaves_an_entry_for_what_it_adds(
    as_: Open, csrf: Any, desk: int, route: str, act_as: Any
) -> None:
    browser = as_("supervisor")
    answer = browser.post(f"{TABLES}/{route}/add", data=csrf(browser, filled(route)))
    assert answer.status_code == 302, html.unescape(answer.text)
    (entry,) = db.session.scalars(select(TableChange)).all()
    assert (entry.act, entry.source, entry.unit_id) == ("add", "screen", desk)
    assert (entry.by_name, entry.before) == (act_as("supervisor").name, None)
    assert entry.after


def test_an_edit_and_a_deletion_leave_what_stood_there_before(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    browser.post(
        f"{TABLES}/mass-layoffs/add", data=csrf(browser, filled("mass-layoffs", starts_on="115/12/1"))
    )
    order = db.session.scalars(select(MassLayoffOrder)).one()
    data = filled("mass-layoffs", starts_on="115/12/1", ends_on="116/1/31") | {"row_version": order.version}
    assert browser.post(f"{TABLES}/mass-layoffs/edit/{order.id}", data=csrf(browser, data)).status_code == 302
    browser.post(f"{TABLES}/mass-layoffs/delete/{order.id}", data=csrf(browser, {}))
    _add, edit, gone = db.session.scalars(select(TableChange).order_by(TableChange.id)).all()
    assert (edit.act, edit.before["ends_on"], edit.after["ends_on"]) == ("edit", "2026-12-31", "2027-01-31")
    assert (gone.act, gone.before["ends_on"], gone.after) == ("delete", "2027-01-31", None)
    page = html.unescape(browser.get(f"{TABLES}/changes/").text)
    assert "結束日期:115/12/31 → 116/1/31" in page


def test_saving_what_is_not_changed_leaves_no_entry(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    group = db.session.scalars(select(CounterGroup).where(CounterGroup.name == "求才")).one()
    data = {
        "name": "求才", "kind": "employer", "position": "6", "queue_limit": "", "active": "y", "row_version": group.version,
    }  # fmt: skip
    assert browser.post(f"{TABLES}/groups/edit/{group.id}", data=csrf(browser, data)).status_code == 302
    assert db.session.scalar(select(func.count()).select_from(TableChange)) == 0


@pytest.mark.parametrize("route", sorted(GOOD))
def test_another_centre_has_its_own_tables(as_: Open, csrf: Any, desk: int, route: str) -> None:
    """Lists are empty, rows are 404, and what is typed goes to the own centre, whatever the form says."""
    stranger = as_("supervisor3")
    assert "共 <strong>0" in stranger.get(f"{TABLES}/{route}/list/").text or "沒有" in html.unescape(
        stranger.get(f"{TABLES}/{route}/list/").text
    )
    assert stranger.get(f"{TABLES}/{route}/edit/1").status_code == 404
    answer = stranger.post(f"{TABLES}/{route}/add", data=csrf(stranger, filled(route) | {"unit_id": desk}))
    assert answer.status_code == 404  # no front desk there
    assert db.session.scalar(select(func.count()).select_from(TableChange)) == 0


def test_a_centre_sets_up_its_front_desk_and_points_to_nothing_of_another(
    as_: Open, csrf: Any, desk: int, act_as: Any
) -> None:
    stranger = as_("supervisor3")
    assert "設立前台" in html.unescape(stranger.get(f"{TABLES}/").text)
    stranger.post(f"{TABLES}/open", data=csrf(stranger, {}))
    refused = stranger.post(f"{TABLES}/counters/add", data=csrf(stranger, filled("counters")))
    assert "請從名單中選擇。" in html.unescape(refused.text)
    stranger.post(f"{TABLES}/groups/add", data=csrf(stranger, filled("groups") | {"unit_id": desk}))
    group = db.session.scalars(select(CounterGroup).where(CounterGroup.name == "新住民")).one()
    assert group.unit_id == act_as("supervisor3").unit_id != desk


def test_two_officers_at_one_counter_are_refused_at_the_field_and_nothing_typed_is_lost(
    as_: Open, csrf: Any, desk: int
) -> None:
    browser = as_("supervisor")
    data = filled("posts", officer_id="counter2", starts_on="115/12/24")
    page = html.unescape(browser.post(f"{TABLES}/posts/add", data=csrf(browser, data)).text)
    assert "1 號櫃台在 114/1/1 至 不限期 由 李佳蓉 使用" in page
    assert 'value="115/12/24"' in page
    data = filled("posts", counter_id=1, officer_id="counter2", starts_on="115/12/24")
    prepared("posts")
    page = html.unescape(browser.post(f"{TABLES}/posts/add", data=csrf(browser, data)).text)
    assert "坐 2 號櫃台，一個人同時只能有一個櫃台" in page


def test_an_ended_post_makes_room_and_whoever_waited_is_dispatched(as_: Open, csrf: Any, desk: int) -> None:
    with transaction(db.session):
        for post in db.session.scalars(select(Post)):
            post.ends_on = date(2026, 11, 19)
        waiting = make_visit_undispatched()
    browser = as_("supervisor")
    data = filled("posts", counter_id=2, officer_id="counter1")
    assert browser.post(f"{TABLES}/posts/add", data=csrf(browser, data)).status_code == 302
    visit = db.session.get(Visit, waiting)
    assert visit is not None
    assert (visit.state, visit.officer_id) == ("waiting", key("officer_id", "counter1"))


def make_visit_undispatched() -> int:
    return make_visit(db.session, officer=None).id


def test_a_group_with_people_waiting_stays_active(as_: Open, csrf: Any, desk: int) -> None:
    with transaction(db.session):
        make_visit(db.session, officer="counter1")
    browser = as_("supervisor")
    group = db.session.scalars(select(CounterGroup).where(CounterGroup.name == "一般")).one()
    data = {
        "name": "一般",
        "kind": "general",
        "takes_benefit": "y",
        "position": "1",
        "row_version": group.version,
    }
    page = html.unescape(browser.post(f"{TABLES}/groups/edit/{group.id}", data=csrf(browser, data)).text)
    assert "這個群組還有 1 位民眾在等候或服務中" in page


def test_a_business_type_with_open_visits_stays_active(as_: Open, csrf: Any, desk: int) -> None:
    with transaction(db.session):
        make_visit(db.session, officer="counter1", letter="B")
    browser = as_("supervisor")
    kind = db.session.scalars(select(BusinessType).where(BusinessType.letter == "B")).one()
    data = {
        "name": kind.name, "letter": "B", "kind": "benefit", "distribution": "even", "minutes": "15", "position": "2",
        "row_version": kind.version,
    }  # fmt: skip
    page = html.unescape(
        browser.post(f"{TABLES}/business-types/edit/{kind.id}", data=csrf(browser, data)).text
    )
    assert "還有 1 位民眾正在辦這項業務" in page


def test_what_was_in_force_on_a_past_day_is_not_rewritten(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    share = db.session.scalars(
        select(RatioShare).where(RatioShare.effective_from == date(2026, 1, 1)).order_by(RatioShare.id)
    ).first()
    assert share is not None
    data = {
        "year": "115", "effective_from": "115/1/1", "group_id": share.group_id, "registrations": "1",
        "row_version": share.version,
    }  # fmt: skip
    page = html.unescape(browser.post(f"{TABLES}/ratio/edit/{share.id}", data=csrf(browser, data)).text)
    assert "以前的資料已經是紀錄，不能改寫" in page
    browser.post(f"{TABLES}/ratio/delete/{share.id}", data=csrf(browser, {}))
    assert "這一筆已經生效，不能刪除" in html.unescape(browser.get(f"{TABLES}/ratio/list/").text)
    assert db.session.get(RatioShare, share.id) is not None


def past_shift(desk: int) -> ReceptionShift:
    reception = key("receptionist_id", "reception")
    shift = ReceptionShift(
        unit_id=desk, day=date(2026, 11, 18), starts=time(8), ends=time(12), receptionist_id=reception
    )
    with transaction(db.session):
        db.session.add(shift)
    return shift


def edited(browser: FlaskClient, csrf: Any, shift_id: int, **changed: Any) -> str:
    """What the screen says to it; nothing where it was saved."""
    shift = db.session.get_one(ReceptionShift, shift_id)
    data = {
        "day": "115/11/18", "starts": "08:00", "ends": "12:00", "receptionist_id": shift.receptionist_id,
        "row_version": shift.version, **changed,
    }  # fmt: skip
    answer = browser.post(f"{TABLES}/shifts/edit/{shift.id}", data=csrf(browser, data))
    return html.unescape(answer.text) if answer.status_code == 200 else ""


def test_who_received_on_a_past_day_is_changed_until_the_shift_is_signed(
    as_: Open, csrf: Any, desk: int
) -> None:
    """And nothing else of the day is: so that whoever stood in can sign what he received."""
    browser, shift = as_("supervisor"), past_shift(desk)
    shift_id = shift.id
    with transaction(db.session):
        account = db.session.get_one(Account, key("officer_id", "itstaff"))
        account.roles = db.session.get_one(Account, shift.receptionist_id).roles
    assert "過去的輪值只能更換接待人員" in edited(browser, csrf, shift_id, ends="13:00")
    assert edited(browser, csrf, shift_id, receptionist_id=account.id) == ""
    assert db.session.get_one(ReceptionShift, shift_id).receptionist_id == account.id
    change = db.session.scalars(select(TableChange)).one()
    assert (change.act, change.by_name) == ("edit", "郭玲巧")
    with transaction(db.session):
        db.session.add(
            TallySignature(
                unit_id=desk, day=shift.day, role="reception", until=shift.ends, figures={}, signed_at=AT,
                signed_by_id=account.id, signer_name="王小明",
            )
        )  # fmt: skip
    refused = edited(browser, csrf, shift_id, receptionist_id=key("receptionist_id", "reception"))
    assert "這個時段的派案量表已經簽署" in refused
    assert db.session.get_one(ReceptionShift, shift_id).receptionist_id == account.id


def test_a_past_holiday_stays(as_: Open, csrf: Any, desk: int) -> None:
    with transaction(db.session):
        holiday = CentreHoliday(unit_id=desk, day=date(2026, 11, 18), name="消毒", open=False)
        db.session.add(holiday)
    browser = as_("supervisor")
    data = {"day": "115/11/18", "name": "颱風", "row_version": holiday.version}
    page = html.unescape(browser.post(f"{TABLES}/holidays/edit/{holiday.id}", data=csrf(browser, data)).text)
    assert "過去的日子已經是紀錄，不能修改。" in page


def test_what_others_point_to_has_no_delete_button_and_no_route(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    for route in ("groups", "counters", "business-types"):
        assert f"{TABLES}/{route}/delete/" not in browser.get(f"{TABLES}/{route}/list/").text
        assert browser.post(f"{TABLES}/{route}/delete/1", data=csrf(browser, {})).status_code in (404, 405)


def test_a_letter_is_one_of_a_to_z_and_nobody_elses(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    for letter, said in (("1", "A 到 Z"), ("b", "已經有一筆相同的資料")):
        data = filled("business-types", letter=letter)
        page = browser.post(f"{TABLES}/business-types/add", data=csrf(browser, data))
        assert said in html.unescape(page.text)


def test_a_new_ratio_table_says_which_groups_it_lacks(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    assert "比例表還缺" not in html.unescape(browser.get(f"{TABLES}/ratio/list/").text)
    browser.post(f"{TABLES}/ratio/add", data=csrf(browser, filled("ratio")))
    assert "116/1/1 生效的比例表還缺：身障、原住民、更生、個管、求才" in html.unescape(
        browser.get(f"{TABLES}/ratio/list/").text
    )


@pytest.mark.parametrize("deputy", ["counter8", "reception"])
def test_the_deputy_of_the_it_staff_is_entered_like_any_other(
    as_: Open, csrf: Any, desk: int, act_as: Any, deputy: str
) -> None:
    browser = as_("supervisor")
    it = act_as("itstaff")
    form = html.unescape(browser.get(f"{TABLES}/deputies/add").text)
    offered, _rank, standing_in = form.partition('name="rank"')
    assert f'<option value="{it.user_id}">{it.name}</option>' in offered
    for user, seen in (("counter1", True), ("reception", False), ("supervisor", False), ("manager", False)):
        assert (f'<option value="{key("officer_id", user)}">' in offered) == seen, user
    for user, seen in (("counter1", True), ("reception", True), ("manager", False)):
        assert (f'<option value="{key("officer_id", user)}">' in standing_in) == seen, user
    data = filled("deputies", officer_id="itstaff", deputy_id=deputy, rank="1", ends_on="115/11/20")
    assert browser.post(f"{TABLES}/deputies/add", data=csrf(browser, data)).status_code == 302
    assert unended.may_check(db.session, act_as(deputy), date(2026, 11, 20))
    page = html.unescape(browser.get(f"{TABLES}/deputies/list/").text)
    assert it.name in page
    (entry,) = db.session.scalars(select(TableChange)).all()
    assert entry.after["officer"] == it.name


def test_an_officer_has_an_officer_for_deputy(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    for wrong in ("reception", "itstaff"):
        data = filled("deputies", deputy_id=wrong)
        page = html.unescape(browser.post(f"{TABLES}/deputies/add", data=csrf(browser, data)).text)
        assert "不服務櫃台，不能代理就服員" in page
    refused = filled("deputies", officer_id="manager")
    assert "不能擔任" in html.unescape(
        browser.post(f"{TABLES}/deputies/add", data=csrf(browser, refused)).text
    )
    assert db.session.scalar(select(func.count()).select_from(TableChange)) == 0


def test_evidence_is_masked_and_its_known_person_is_in_the_trail(as_: Open, csrf: Any, desk: int) -> None:
    number = fresh_number()
    with transaction(db.session):
        make_person(db.session, national_id=number)
    browser = as_("reception")
    data = filled("evidence", national_id=number)
    assert browser.post(f"{TABLES}/evidence/add", data=csrf(browser, data)).status_code == 302
    page = browser.get(f"{TABLES}/evidence/list/").text
    assert number not in page
    assert number[-4:] in page
    entry = db.session.scalars(select(TrailEntry).where(TrailEntry.screen == "EvidenceView.list")).one()
    assert entry.act == "list"
    change = db.session.scalars(select(TableChange)).one()
    assert number not in str(change.after)
    assert change.after["name"] == "王○明"
    again = html.unescape(browser.post(f"{TABLES}/evidence/add", data=csrf(browser, data)).text)
    assert "這一筆紀錄已經登錄過了" in again
    assert db.session.scalar(select(func.count()).select_from(EvidenceRecord)) == 1


def test_the_visit_list_names_whom_it_shows_to_the_trail_and_an_employer_is_in_its_file(
    as_: Open, desk: int
) -> None:
    with transaction(db.session):
        shown = make_visit(db.session).person_id
        employer = make_visit(db.session, officer="counter8", letter="D")
        employer.person_id, employer.visitor = None, "陳老闆"
    browser = as_("supervisor")
    page = html.unescape(browser.get("/desk/visit-list/list/").text)
    assert "A001" in page
    assert "D002" in page
    file = browser.get("/desk/visit-list/export?format=ods")
    assert file.status_code == 200
    told = db.session.execute(
        select(TrailEntry.act, TrailPerson.person_id)
        .join(TrailPerson, TrailPerson.entry_id == TrailEntry.id)
        .where(TrailEntry.screen.like("VisitListView.%"))
        .order_by(TrailEntry.id)
    ).all()
    assert [tuple(each) for each in told] == [("list", shown), ("export", shown)]
    assert as_("supervisor3").get("/desk/visit-list/list/").text.count("A001") == 0


LISTS = (
    *(f"{TABLES}/{route}/list/" for route in sorted(GOOD)),
    "/desk/visit-list/list/",
    "/desk/tables/changes/",
)
MOST = 10


def fill(desk: int, rows: int) -> None:
    """Visits, records and past posts."""
    with transaction(db.session):
        seat = db.session.scalars(select(Post)).first()
        assert seat is not None
        for _ in range(rows):
            make_visit(db.session, officer="counter2")
            number = fresh_number()
            db.session.add(
                EvidenceRecord(
                    unit_id=desk,
                    kind="introduction_card",
                    national_id=number,
                    national_id_hash=number,
                    business_type_id=key("business_type_id", "一般求職"),
                    recorded_on=date(2026, 1, 1),
                )
            )
            db.session.add(
                Post(
                    unit_id=desk,
                    counter_id=seat.counter_id,
                    officer_id=seat.officer_id,
                    starts_on=date(2020, 1, 1),
                    ends_on=date(2020, 1, 1),
                )
            )


def test_a_list_takes_as_many_statements_with_many_rows_as_with_few(as_: Open, desk: int) -> None:
    browser = as_("supervisor")
    taken: list[list[int]] = []
    for more in (2, 20):
        fill(desk, more)
        taken.append([])
        for route in LISTS:
            with counted() as sent:
                assert browser.get(route).status_code == 200
            taken[-1].append(len(sent))
            assert len(sent) <= MOST, route + "\n".join(sent)
    assert taken[0] == taken[1]
