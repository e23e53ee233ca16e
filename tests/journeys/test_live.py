"""live.js alone in a browser whose clock the test moves: when a part of a page is asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.journeys.running import ROOT

HOME = "http://desk.test/"
START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SCRIPT = (ROOT / "app" / "static" / "js" / "live.js").read_text(encoding="utf-8")


class Desk:
    """A page with one live part. Nothing happens at the desk: the serial stays, and time passes."""

    def __init__(self, page: Page, part: str) -> None:
        self.page, self.part, self.asked, self.now = page, part, 0, START
        page.route(f"{HOME}**", self._answer)
        page.clock.install(time=START)
        page.goto(HOME)
        self.now += timedelta(seconds=1)
        page.clock.pause_at(self.now)
        self._settle()

    def after(self, seconds: int) -> int:
        """How often the part has been asked for when so much more time has passed."""
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            self.page.clock.run_for(1000)
            self._settle()
        return self.asked

    def _settle(self) -> None:
        """Answers come in their order: what the last second asked for, and what that led to, is here then."""
        for _ in range(4):
            self.page.evaluate("fetch('/settled')")

    def _answer(self, route: Route) -> None:
        name = route.request.url.removeprefix(HOME).partition("?")[0]
        if name == "pulse":
            now = self.now.isoformat()
            return route.fulfill(json={"serial": 7, "now": now, "notices": [], "counts": {}})
        if name == "part":
            self.asked += 1
            return route.fulfill(content_type="text/html", body=self.part)
        pulse = f'<p id="pulse" data-url="/pulse" data-now="{START.isoformat()}"></p>'
        live = f'<div id="live" data-live="/part">{self.part}</div>'
        body = f"{pulse}{live}<script>window.jieli = {{}};{SCRIPT}</script>"
        return route.fulfill(content_type="text/html", body=body)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def sent(seconds_ago: int) -> str:
    since = (START - timedelta(seconds=seconds_ago)).isoformat()
    return f'<span data-clock-since="{since}" data-clock-limit="60"></span>'


@pytest.mark.parametrize(
    "part",
    [sent(50), f'<span hidden data-fresh-at="{(START + timedelta(seconds=10)).isoformat()}"></span>'],
    ids=["a clock comes to its limit", "a moment that the page names"],
)
def test_what_time_alone_changes_is_asked_for_when_its_moment_comes_and_once(page: Page, part: str) -> None:
    desk = Desk(page, part)
    before = desk.after(6)
    assert desk.after(6) == before + 1
    assert desk.after(10) == before + 1


def test_a_page_that_names_no_moment_is_asked_for_twice_a_minute(page: Page) -> None:
    desk = Desk(page, "<p></p>")
    before = desk.after(20)
    assert desk.after(15) == before + 1
