"""The screens of the front desk as the people who work at them use them, each in a browser of its own."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.journeys.front_desk_world import Visitor


def follows() -> float:
    """A screen follows what happens elsewhere within three seconds, without being loaded again; in milliseconds.

    A machine that has more to do than it can is given as much longer: its slowness is not the screens'.
    """
    return 3000 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@dataclass(frozen=True)
class Ticket:
    """`counter` 0: nobody could take the visit."""

    visit_id: int
    number: str
    counter: int


class Reception:
    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto("/desk/reception/")

    def find(self, text: str) -> None:
        self.page.locator("#find-search").fill(text)
        self.page.locator("#find").get_by_role("button", name="查詢").click()

    def come(self, visitor: Visitor, *, known: bool = False) -> None:
        """To the card of the visitor, who is registered first when the centre does not know him."""
        self.find(visitor.number)
        if not known:
            form = self.page.locator("#register")
            expect(form.get_by_label("身分證字號")).to_have_value(visitor.number)
            form.get_by_label("姓名").fill(visitor.name)
            form.get_by_label("出生日期").fill(visitor.birthday)
            form.get_by_role("button", name="登錄並報到").click()
        expect(self.page.locator(".reception-card h2").first).to_have_text(visitor.name)

    def check_in(
        self,
        business_type: str = "",
        *,
        disability: str = "",
        identity: str = "",
    ) -> Ticket:
        """`business_type` empty: as the screen proposes. A confirmed disability: the handbook was seen."""
        form = self.page.locator("#check")
        if business_type:
            form.locator(".type-option").filter(has_text=business_type).click()
        if disability:
            form.get_by_label(disability, exact=True).check()
        if disability == "身障":
            form.get_by_label("已查看身障手冊").check()
        if identity:
            form.get_by_label(identity).check()
        form.get_by_role("button", name="報到並派案").click()
        return self.dispatched()

    def without_person(self, form: str, visitor: str, *, business_type: str = "", **more: str) -> Ticket:
        """An employer, or somebody who has no papers with him."""
        place = self.page.locator(f"#{form}")
        if place.get_attribute("open") is None:
            place.locator("summary").click()
        place.locator("[name=visitor]").fill(visitor)
        for name, text in more.items():
            place.locator(f"[name={name}]").fill(text)
        if business_type:
            place.get_by_label(business_type).check()
        place.get_by_role("button", name=re.compile("報到")).click()
        return self.dispatched()

    def dispatched(self) -> Ticket:
        """The ticket and the counter that the card shows."""
        self.page.wait_for_url(re.compile(r"visit=\d+"))
        outcome = self.page.locator(".outcome")
        number = outcome.locator(".outcome-ticket strong").inner_text()
        place = outcome.locator(".outcome-counter strong").inner_text()
        found = re.search(r"\d+", place)
        return Ticket(int(self.page.url.partition("visit=")[2]), number, int(found[0]) if found else 0)

    def show(self, ticket: Ticket) -> None:
        self.page.goto(f"/desk/reception/?visit={ticket.visit_id}")

    def send(self) -> None:
        self.page.get_by_role("button", name="引導前往").click()
        expect(self.page.get_by_text("已通知櫃台，請引導民眾前往。")).to_be_visible()

    def unfold(self, name: str) -> None:
        self.page.locator(f"#{name} > summary").click()

    def tile(self, counter: int) -> Locator:
        """A counter in the live part."""
        tiles = self.page.locator("#reception-now .tile")
        return tiles.filter(has=self.page.locator(f".tile-number:text-is('{counter}')"))


class Counter:
    def __init__(self, page: Page, number: int) -> None:
        self.page, self.number = page, number
        self.home()

    def home(self) -> None:
        self.page.goto("/desk/counter/")

    @property
    def queue(self) -> Locator:
        return self.page.locator("#counter-queue")

    def call(self, ticket: Ticket) -> None:
        """The next of the queue, whom the screen offers by itself."""
        offered = self.page.locator("#counter-now .ticket-large")
        expect(offered).to_have_text(ticket.number, timeout=follows())
        self.page.locator("#counter-now").get_by_role("button", name="叫號").click()
        self._at_hand(ticket)

    def start(self, ticket: Ticket) -> None:
        self.page.get_by_role("button", name="服務開始").click()
        expect(self.page.get_by_role("button", name="服務結束")).to_be_visible()
        self._at_hand(ticket)

    def end(self, outcome: str, *, note: str = "", again: bool = False) -> None:
        """`again`: with the appointment that is offered first."""
        form = self.page.locator("#end-form")
        form.get_by_role("radio", name=outcome, exact=True).check()
        form.get_by_label("服務摘要").fill(note)
        if again:
            form.locator(".next-time .tile").nth(1).click()
        form.get_by_role("button", name="服務結束").click()
        expect(self.page.locator(".undo-bar")).to_contain_text("已結束服務")

    def serve(self, ticket: Ticket, outcome: str, *, note: str = "", again: bool = False) -> None:
        self.call(ticket)
        self.start(ticket)
        self.end(outcome, note=note, again=again)

    def press(self, name: str) -> None:
        self.page.locator(".hand").get_by_role("button", name=name).click()

    def step(self, name: str) -> Locator:
        """Opens a step of the visitor at hand in the dialog."""
        self.page.locator(".hand").get_by_role("link", name=name).click()
        return self.dialog()

    def dialog(self) -> Locator:
        dialog = self.page.locator("#step-dialog")
        expect(dialog).to_be_visible()
        return dialog

    def _at_hand(self, ticket: Ticket) -> None:
        expect(self.page.locator("#hand-title")).to_have_text(ticket.number)
