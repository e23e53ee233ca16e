"""A day at the front desk: twenty visitors of every kind through the real screens, up to the signed tally.

Reception, the counters, the supervisor, the IT staff and the board of the hall are open at once, and each follows what the
others do within three seconds.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from services.demo.cast import OFFICERS
from tests.factories import fresh_number
from tests.journeys import front_desk_world, running
from tests.journeys.front_desk import Counter, Reception, Ticket, follows
from tests.journeys.front_desk_world import APPOINTED, MORNING, TODAY, Visitor, World
from tests.journeys.running import ROOT
from tests.journeys.watch import Watch

AT_WORK = (1, 2, 4, 5, 7, 8)
ON_LEAVE, IN_TRAINING = 3, 6
LETTERS = "ABCD"
Picture = Callable[[Page, str], None]


@dataclass
class Hall:
    """Everybody who works, each in a browser of his own. `came`: the visits of the day in the order of their tickets."""

    world: World
    picture: Picture
    reception: Reception
    counters: Mapping[int, Counter]
    supervisor: Page
    itstaff: Page
    board: Page
    watches: list[Watch]
    names: set[str] = field(default_factory=set)
    came: list[Ticket] = field(default_factory=list)

    def new(self, name: str) -> Visitor:
        self.names.add(name)
        return Visitor(name, fresh_number())

    def arrives(self, visitor: Visitor, business_type: str = "", **judged: str) -> Ticket:
        """Checked in at reception; who was here before is found, anybody else registered."""
        self.names.add(visitor.name)
        self.reception.come(visitor, known=visitor.name in self.world.known)
        return self.took(self.reception.check_in(business_type, **judged))

    def took(self, ticket: Ticket) -> Ticket:
        self.came.append(ticket)
        return ticket

    def serve(self, ticket: Ticket, outcome: str) -> None:
        self.counters[ticket.counter].serve(ticket, outcome)

    def counts(self) -> dict[int, list[int]]:
        """By counter: new and old cases of each business type, straight from the tables."""
        with sqlite3.connect(self.world.database) as database:
            rows = database.execute(
                """SELECT c.number, t.letter, v.counted, count(*) FROM visit v
                   JOIN counter c ON c.id = v.counter_id JOIN business_type t ON t.id = v.business_type_id
                   WHERE v.day = ? AND v.state = 'served' GROUP BY 1, 2, 3""",
                (TODAY.isoformat(),),
            ).fetchall()
        found: dict[int, list[int]] = {number: [0] * 8 for number in range(1, 9)}
        for number, letter, counted, many in rows:
            found[number][2 * LETTERS.index(letter) + (not counted)] = many
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with front_desk_world.opened(tmp_path_factory.mktemp("front-desk")) as found:
        yield found


@pytest.fixture
def hall(world: World, browser: Browser, picture: Picture) -> Iterator[Hall]:
    pages: list[Page] = []

    def enter(username: str) -> Page:
        pages.append(running.log_in(world.server, browser, username))
        return pages[-1]

    supervisor = enter("supervisor")
    pages.append(_board(supervisor, browser))
    found = Hall(
        world=world,
        picture=picture,
        reception=Reception(enter("reception")),
        counters={number: Counter(enter(f"counter{number}"), number) for number in AT_WORK},
        supervisor=supervisor,
        itstaff=enter("itstaff"),
        board=pages[1],
        watches=[],
        names=set(world.known),
    )
    found.watches = [Watch(page, world.server) for page in pages]
    yield found
    for page in pages:
        page.context.close()


def _board(supervisor: Page, browser: Browser) -> Page:
    """By its key alone, in a browser where nobody is logged in."""
    supervisor.goto("/desk/board/")
    supervisor.get_by_role("button", name="產生新的網址").click()
    address = supervisor.locator("#board-address").inner_text()
    context = browser.new_context(locale="zh-TW", viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.goto(address)
    return page


def test_a_day_of_twenty_visitors_ends_with_a_signed_tally_that_equals_the_visits(hall: Hall) -> None:
    who_is_away(hall)
    by_appointment(hall)
    old_case_of_somebody_away(hall)
    suspected_then_handed_over(hall)
    confirmed_disability(hall)
    nobody_for_a_disability(hall)
    indigenous(hall)
    benefit_before_and_after_the_order(hall)
    employer_and_no_papers(hall)
    emergency(hall)
    override(hall)
    no_show(hall)
    another_day(hall)
    complaint(hall)
    gone_before_the_call(hall)
    back_at_the_new_owner(hall)
    nothing_is_open(hall)
    signed(hall)
    frozen(hall)
    agrees(hall)
    assert not [trouble for watch in hall.watches for trouble in watch.trouble]


def who_is_away(hall: Hall) -> None:
    """The supervisor registers a leave and a training; reception sees both at once."""
    for number, kind in ((ON_LEAVE, "請假"), (IN_TRAINING, "受訓")):
        hall.supervisor.goto("/desk/attendance/")
        hall.supervisor.get_by_label("同仁").select_option(label=OFFICERS[number - 1])
        hall.supervisor.get_by_label(kind, exact=True).check()
        hall.supervisor.get_by_role("button", name="登錄", exact=True).click()
        expect(hall.reception.tile(number)).to_contain_text(kind, timeout=follows())
    hall.picture(hall.supervisor, "desk-01-attendance")
    hall.supervisor.goto("/desk/supervision/")


def by_appointment(hall: Hall) -> None:
    """From today's list to her own officer; every screen follows the call, the start and the end."""
    reception, counter = hall.reception, hall.counters[1]
    hall.picture(reception.page, "desk-02-reception")
    reception.page.get_by_role("link", name=APPOINTED).click()
    hall.picture(reception.page, "desk-03-evidence")
    ticket = hall.took(reception.check_in())
    assert ticket.counter == 1
    reception.send()
    hall.picture(reception.page, "desk-04-dispatched")
    expect(counter.queue.get_by_role("alert")).to_contain_text(ticket.number, timeout=follows())
    hall.picture(counter.page, "desk-05-ring")
    counter.queue.get_by_role("button", name="知道了").click()
    expect(reception.page.locator("#visit-status")).to_contain_text("櫃台已準備接案", timeout=follows())
    counter.call(ticket)
    called(hall, ticket)
    hall.picture(hall.board, "desk-06-board")
    counter.start(ticket)
    expect(reception.tile(1)).to_contain_text("正在服務", timeout=follows())
    expect(reception.tile(1)).to_contain_text(ticket.number)
    hall.picture(reception.page, "desk-07-serving")
    hall.picture(counter.page, "desk-08-counter")
    counter.end("推介就業", note="推介電子作業員二職缺。", again=True)
    expect(counter.page.locator(".undo-bar")).to_contain_text("已預約")
    expect(reception.tile(1)).to_contain_text("空閒", timeout=follows())
    hall.picture(counter.page, "desk-09-ended")


def old_case_of_somebody_away(hall: Hall) -> None:
    """To the first deputy, who starts too early and takes the step back."""
    ticket = hall.arrives(hall.world.known["陳志明"])
    assert ticket.counter == 1
    expect(hall.reception.page.locator(".outcome-reason")).to_contain_text("第 1 順位職務代理人")
    counter = hall.counters[1]
    counter.call(ticket)
    counter.start(ticket)
    counter.page.get_by_role("button", name="收回這個步驟").click()
    expect(counter.page.get_by_role("button", name="服務開始")).to_be_visible()
    counter.start(ticket)
    counter.end("完成求職登記")


def suspected_then_handed_over(hall: Hall) -> None:
    """A suspected disability goes to a general counter; after the talk the two officers agree, reception executes."""
    ticket = hall.arrives(hall.new("許大同"), "一般求職", disability="疑似身障")
    assert ticket.counter in (1, 2)
    counter, other = hall.counters[ticket.counter], hall.counters[4]
    counter.call(ticket)
    counter.start(ticket)
    dialog = counter.step("提出永久轉案")
    dialog.get_by_label("轉給").select_option(label=OFFICERS[3])
    dialog.get_by_label("轉案原因").fill("晤談後確認為身心障礙者。")
    dialog.get_by_label("民眾已同意", exact=False).check()
    hall.picture(counter.page, "desk-10-transfer")
    dialog.get_by_role("button", name="提出轉案").click()
    expect(
        counter.page.get_by_text("已向劉建宏提出永久轉案", exact=False).or_(
            counter.page.get_by_text("已向 劉建宏 提出永久轉案", exact=False)
        )
    ).to_be_visible()
    counter.end("諮詢說明")
    expect(hall.supervisor.locator("#supervision-now")).to_contain_text("永久轉案", timeout=follows())
    other.page.goto("/desk/transfers/")
    hall.picture(other.page, "desk-11-transfer-answer")
    other.page.get_by_role("button", name="同意接案").click()
    other.home()
    expect(hall.reception.page.locator("#reception-now")).to_contain_text(
        "有 1 筆永久轉案待執行", timeout=follows()
    )
    hall.reception.page.goto("/desk/reception/")
    hall.picture(hall.reception.page, "desk-12-transfer-execute")
    hall.reception.page.get_by_role("button", name="執行永久轉案").click()
    expect(hall.reception.page.get_by_text("已執行永久轉案", exact=False)).to_be_visible()


def confirmed_disability(hall: Hall) -> None:
    ticket = hall.arrives(hall.new("江宜蓁"), "一般求職", disability="身障")
    assert ticket.counter == 4
    hall.serve(ticket, "完成求職登記")


def nobody_for_a_disability(hall: Hall) -> None:
    """While the only counter of the group is away the supervisor decides; the visit falls to no other counter."""
    away = hall.counters[4].page
    away.goto("/desk/attendance/")
    away.get_by_label("出差").check()
    away.get_by_label("開始時間").fill("08:00")
    away.get_by_label("結束時間").fill("12:00")
    away.get_by_role("button", name="登錄", exact=True).click()
    expect(hall.reception.tile(4)).to_contain_text("出差", timeout=follows())
    ticket = hall.arrives(hall.new("方志宏"), "一般求職", disability="身障")
    assert ticket.counter == 0
    hall.picture(hall.reception.page, "desk-13-nobody")
    card = hall.supervisor.get_by_role("link", name="待派案的民眾")
    expect(card).to_contain_text("1", timeout=follows())
    hall.picture(hall.supervisor, "desk-14-supervision")
    card.click()
    page = hall.supervisor
    page.get_by_text("改約他日", exact=True).click()
    page.get_by_label("就服員").select_option(label=f"4　{OFFICERS[3]}（身障）")
    page.get_by_label("日期").fill("115/11/23")
    page.get_by_label("時間").fill("09:00")
    hall.picture(page, "desk-15-undispatched")
    page.get_by_role("button", name="預約", exact=True).click()
    expect(page.get_by_text("已預約 115/11/23 09:00", exact=False)).to_be_visible()
    page.goto("/desk/supervision/")
    away.get_by_role("button", name="我回來了").click()
    expect(hall.reception.tile(4)).to_contain_text("空閒", timeout=follows())
    hall.counters[4].home()


def indigenous(hall: Hall) -> None:
    ticket = hall.arrives(hall.new("伍雅琪"), "一般求職", identity="原住民")
    assert ticket.counter == 5
    hall.serve(ticket, "推介就業")


def benefit_before_and_after_the_order(hall: Hall) -> None:
    """Even over the counters that take benefit cases; with a mass-layoff order the others take part."""
    first = hall.arrives(hall.new("邱建良"), "失業給付")
    assert first.counter in (1, 2, 5)
    second = refused(hall)
    assert second.counter in (1, 2, 5)
    page = hall.supervisor
    page.goto("/desk/tables/mass-layoffs/add")
    page.get_by_label("開始日期", exact=False).fill("115/11/20")
    page.get_by_label("結束日期", exact=False).fill("115/12/31")
    page.get_by_label("事由", exact=False).fill("科學園區某公司大量解僱")
    hall.picture(page, "desk-18-mass-layoff")
    page.get_by_role("button", name="儲存").click()
    expect(page.get_by_text("科學園區某公司大量解僱")).to_be_visible()
    page.goto("/desk/supervision/")
    under = [hall.arrives(hall.new(name), "失業給付") for name in ("簡瑞祥", "涂麗華", "紀書豪")]
    assert {4, 7} & {ticket.counter for ticket in under}
    for ticket in (first, second, *under):
        hall.serve(ticket, "完成失業給付業務")


def refused(hall: Hall) -> Ticket:
    """無法接案 while still called: the supervisor reads why, somebody else has the visit at once."""
    ticket = hall.arrives(hall.new("游淑芳"), "失業給付")
    queue = hall.counters[ticket.counter].queue
    expect(queue).to_contain_text(ticket.number, timeout=follows())
    queue.get_by_role("link", name=f"無法接案 {ticket.number}").click()
    dialog = hall.counters[ticket.counter].dialog()
    dialog.get_by_role("radio", name="應迴避").check()
    dialog.get_by_label("說明").fill("民眾是我的表姊。")
    hall.picture(hall.counters[ticket.counter].page, "desk-16-refuse")
    dialog.get_by_role("button", name="送出說明並改派").click()
    expect(hall.counters[ticket.counter].page.get_by_text("民眾已改派其他櫃台", exact=False)).to_be_visible()
    expect(hall.supervisor.get_by_role("link", name="待審閱的拒案")).to_contain_text("1", timeout=follows())
    hall.picture(hall.supervisor, "desk-17-refusal-told")
    hall.reception.show(ticket)
    moved = hall.reception.dispatched()
    assert moved.counter not in (0, ticket.counter)
    hall.came[-1] = moved
    return moved


def employer_and_no_papers(hall: Hall) -> None:
    hall.names |= {"大同電子", "黃先生"}
    hall.reception.page.goto("/desk/reception/")
    employer = hall.took(
        hall.reception.without_person("employer", "大同電子", section="徵作業員五名", volunteer="李志工")
    )
    assert employer.counter == 8
    hall.picture(hall.reception.page, "desk-19-employer")
    hall.serve(employer, "雇主服務")
    hall.reception.page.goto("/desk/reception/")
    stranger = hall.took(hall.reception.without_person("papers", "黃先生", business_type="職業訓練"))
    assert stranger.counter in hall.counters
    hall.serve(stranger, "職訓諮詢或推介")


def emergency(hall: Hall) -> None:
    """One press during a service: reception, the supervisor and the neighbours know the counter."""
    ticket = hall.arrives(hall.new("駱世杰"), "職業訓練")
    counter = hall.counters[ticket.counter]
    counter.call(ticket)
    counter.start(ticket)
    counter.page.get_by_label("服務摘要").fill("想報名照顧服務員訓練班。")
    counter.page.get_by_role("button", name="緊急求助").click()
    expect(counter.page.get_by_role("alert").filter(has_text="請先確保自身安全")).to_be_visible()
    expect(counter.page.get_by_label("服務摘要")).to_have_value("想報名照顧服務員訓練班。")
    for page in (hall.reception.page, hall.supervisor):
        expect(page.locator(".tray-emergency").first).to_contain_text(
            f"{ticket.counter} 號櫃台", timeout=follows()
        )
    hall.picture(hall.reception.page, "desk-20-emergency")
    for page in (hall.reception.page, hall.supervisor):
        page.locator(".tray-emergency").get_by_role("button", name="知道了").click()
        expect(page.locator(".tray-emergency")).to_have_count(0)
    counter.end("職訓諮詢或推介")


def override(hall: Hall) -> None:
    ticket = hall.arrives(hall.new("白雅雯"), "一般求職")
    other = next(number for number in (2, 1, 5) if number != ticket.counter)
    reception = hall.reception
    reception.unfold("override")
    choice = reception.page.get_by_label("改到哪個櫃台")
    chosen = choice.locator("option").filter(has_text=OFFICERS[other - 1])
    choice.select_option(value=chosen.get_attribute("value"))
    reception.page.locator("#override-reason").fill("民眾行動不便，改至最近的櫃台。")
    hall.picture(reception.page, "desk-21-override")
    reception.page.locator("#override").get_by_role("button", name="改派").click()
    expect(reception.page.get_by_text(f"已改派 {other} 號櫃台", exact=False)).to_be_visible()
    hall.came[-1] = moved = reception.dispatched()
    assert moved.counter == other
    hall.serve(moved, "諮詢說明")


def no_show(hall: Hall) -> None:
    """Called, to the end of the queue, called again, and gone with a reason."""
    ticket = hall.arrives(hall.new("尤俊傑"), "一般求職")
    counter = hall.counters[ticket.counter]
    counter.call(ticket)
    counter.press("再叫一次")
    expect(counter.page.get_by_text("已叫 2 次")).to_be_visible()
    counter.press("未到，排到最後")
    counter.call(ticket)
    dialog = counter.step("已離開")
    dialog.get_by_role("button", name="叫號多次未到").click()
    dialog.get_by_role("button", name="登記離開").click()
    expect(counter.page.get_by_text("已登記民眾離開。")).to_be_visible()


def another_day(hall: Hall) -> None:
    """Booked at the counter from the queue, by the visitor's wish."""
    ticket = hall.arrives(hall.world.known["蔡佳玲"])
    assert ticket.counter == 2
    counter = hall.counters[2]
    expect(counter.queue).to_contain_text(ticket.number, timeout=follows())
    counter.queue.get_by_role("link", name=f"改約 {ticket.number}").click()
    dialog = counter.dialog()
    dialog.locator(".next-time .tile").first.click()
    hall.picture(counter.page, "desk-22-book")
    dialog.get_by_role("button", name="改約").click()
    expect(counter.page.get_by_text("已改約", exact=False)).to_be_visible()


def complaint(hall: Hall) -> None:
    """接待台 rule 九: another officer is wanted; the supervisor hears of a complaint at once, the owner serves."""
    ticket = hall.arrives(hall.world.known["張文雄"])
    assert ticket.counter == 1
    reception = hall.reception
    reception.unfold("change")
    reception.page.locator("#change-reason").fill("民眾表示上次等候過久，未獲說明。")
    reception.page.get_by_label("對服務不滿", exact=False).check()
    hall.picture(reception.page, "desk-23-complaint")
    reception.page.get_by_role("button", name="登錄事由").click()
    expect(hall.supervisor.locator("#supervision-now")).to_contain_text(
        "其中陳情投訴 1 件", timeout=follows()
    )
    hall.serve(ticket, "完成失業給付業務")


def gone_before_the_call(hall: Hall) -> None:
    ticket = hall.arrives(hall.new("卓明哲"), "職業訓練")
    hall.reception.unfold("leave")
    hall.reception.page.locator("#leave-reason").fill("民眾臨時有事，表示改天再來。")
    hall.reception.page.get_by_role("button", name="記錄離開").click()
    expect(hall.reception.page.get_by_text("已記錄民眾離開及原因。")).to_be_visible()
    expect(hall.counters[ticket.counter].queue).not_to_contain_text(ticket.number, timeout=follows())


def back_at_the_new_owner(hall: Hall) -> None:
    """In the afternoon who was handed over comes again, and goes to the new owner."""
    hall.world.clock.set(MORNING + timedelta(hours=4, minutes=30))
    hall.reception.page.goto("/desk/reception/")
    hall.reception.find("許大同")
    ticket = hall.took(hall.reception.check_in())
    assert ticket.counter == 4
    hall.counters[4].call(ticket)
    called(hall, ticket)
    hall.counters[4].start(ticket)
    hall.itstaff.goto("/desk/unended/")
    expect(hall.itstaff.locator("main")).to_contain_text(ticket.number)
    hall.picture(hall.itstaff, "desk-24-unended")
    hall.counters[4].end("推介就業")
    assert len(hall.came) == 20


def called(hall: Hall, ticket: Ticket) -> None:
    """The board has the number and the counter, and never a name."""
    front = hall.board.locator("#now")
    expect(front.locator(".board-ticket")).to_have_text(ticket.number, timeout=follows())
    expect(front.locator(".board-number")).to_have_text(str(ticket.counter))
    told = hall.board.content() + hall.board.request.get(f"{hall.board.url}/state").text()
    assert not [name for name in {*hall.names, *OFFICERS} if name in told]


def nothing_is_open(hall: Hall) -> None:
    """Each visit ended with a service, a booking or a stated reason."""
    expect(hall.itstaff.get_by_text("還沒有結束的到訪", exact=False).first).to_be_visible()
    with sqlite3.connect(hall.world.database) as database:
        rows = database.execute(
            """SELECT v.id, v.state, v.outcome, v.booked_id,
                      (SELECT reason FROM visit_entry WHERE visit_id = v.id ORDER BY id DESC LIMIT 1)
               FROM visit v WHERE v.day = ? ORDER BY v.id""",
            (TODAY.isoformat(),),
        ).fetchall()
    assert [row[0] for row in rows] == [ticket.visit_id for ticket in hall.came]
    for _visit_id, state, outcome, booked_id, reason in rows:
        assert (state, True) in {
            ("served", bool(outcome)),
            ("booked", bool(booked_id)),
            ("left", bool(reason)),
        }
    assert sorted(row[1] for row in rows).count("served") == 16


def signed(hall: Hall) -> None:
    """Every counter confirms its own count, one after having corrected it; both shifts sign, the supervisor approves."""
    counts = hall.counts()
    wrong = next(number for number in AT_WORK if any(counts[number][::2]))
    for number, counter in hall.counters.items():
        if not any(counts[number]):
            continue
        new = counts[number][::2]
        confirm(counter.page, [new[0] + 1, *new[1:]] if number == wrong else new)
        if number == wrong:
            expect(counter.page.get_by_text("件數與派案量表不符", exact=False).first).to_be_visible()
            hall.picture(counter.page, "desk-25-mismatch")
            refuse_to_sign(hall)
            confirm(counter.page, new)
        expect(counter.page.get_by_text("件數與派案量表相符", exact=False)).to_be_visible()
    page = hall.reception.page
    page.goto("/desk/tally/")
    hall.picture(page, "desk-26-tally")
    for left in (1, 0):
        page.get_by_role("button", name="簽署", exact=True).first.click()
        page.get_by_role("dialog").get_by_role("button", name="確定").click()
        expect(page.get_by_role("button", name="簽署", exact=True)).to_have_count(left)
    hall.supervisor.goto("/desk/tally/")
    hall.supervisor.get_by_role("button", name="簽核這一天").click()
    hall.supervisor.get_by_role("dialog").get_by_role("button", name="確定").click()
    expect(hall.supervisor.get_by_text("已簽核 115/11/20 的派案量表", exact=False)).to_be_visible()
    hall.picture(hall.supervisor, "desk-27-signed")


def confirm(page: Page, new: list[int]) -> None:
    page.goto("/desk/tally/mine")
    for place, many in enumerate(new):
        page.locator(".tally-input").nth(place).fill(str(many))
    page.get_by_role("button", name="核對", exact=True).click()


def refuse_to_sign(hall: Hall) -> None:
    page = hall.reception.page
    page.goto("/desk/tally/")
    page.get_by_role("button", name="簽署", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="確定").click()
    expect(page.get_by_text("請先釐清再簽署", exact=False)).to_be_visible()


def frozen(hall: Hall) -> None:
    """The signed figures are those of the visits, and a correction stands beside them."""
    counts, page = hall.counts(), hall.supervisor
    assert shown(page) == counts
    with sqlite3.connect(hall.world.database) as database:
        kept = database.execute("SELECT id, figures FROM tally_signature ORDER BY id").fetchall()
        assert len(kept) == 3
        page.locator(".tally-correct summary").click()
        page.get_by_label("增減件數").fill("1")
        page.get_by_label("更正原因").fill("A001 漏列介紹卡新案")
        page.get_by_role("button", name="登錄更正").click()
        expect(page.get_by_text("簽署的量表維持原樣", exact=False).first).to_be_visible()
        expect(page.locator(".tally-changes.is-calm")).to_contain_text("A001 漏列介紹卡新案")
        assert shown(page) == counts
        assert database.execute("SELECT id, figures FROM tally_signature ORDER BY id").fetchall() == kept
        with pytest.raises(sqlite3.DatabaseError):
            database.execute("UPDATE tally_signature SET figures = '{}'")
    hall.picture(page, "desk-28-corrected")


def shown(page: Page) -> dict[int, list[int]]:
    """By counter: new and old cases of each business type, as the sheet shows them."""
    found = {}
    for row in page.locator("table.tally tbody tr").all():
        numbers = [int(cell) for cell in row.locator("td.tally-number").all_inner_texts()]
        found[int(row.locator(".tally-counter").inner_text())] = numbers[: 2 * len(LETTERS)]
    return found


def agrees(hall: Hall) -> None:
    """Both checks, as an operator runs them."""
    for command, said in (
        (["tally", "check", "--unit", "13"], "all agree"),
        (["audit", "verify", "--json"], ""),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "run", *command],
            check=False,
            cwd=ROOT,
            env=hall.world.environment | {"DATABASE_URL": ""},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in done.stdout
    assert json.loads(done.stdout)["findings"] == []
