"""Every page of the menu, as each role sees it, in both languages: accessible, without an error in the console, and
without a request to anywhere but our own server."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import Server

ROLES = ("referrer", "supervisor", "admin")
# Pages that no menu leads to.
BEYOND_THE_MENU = {
    "referrer": ("/referrals/new/person", "/referrals/1", "/referrals/0"),
    "supervisor": ("/cases/1/records/new?provided=1", "/intake/?name=無此人", "/roster/?date_from=x"),
    "admin": ("/users/add", "/units/add", "/news/add", "/service-areas/trial/?text=新竹市東區東大路二段60號"),
}
TABLET = {"width": 820, "height": 1180}


class Watch:
    """What a page does behind the screen."""

    def __init__(self, page: Page, server: Server) -> None:
        self.trouble: list[str] = []
        self.own = urlsplit(server.url).netloc
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(f"script: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, message: Any) -> None:
        # A page that answers 404 or 422 says so in the console; that is no fault of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.trouble.append(f"console: {message.text}")

    def _request(self, url: str) -> None:
        if urlsplit(url).netloc not in {self.own, ""}:
            self.trouble.append(f"foreign request: {url}")


@pytest.mark.parametrize("language", ["zh_Hant_TW", "en"])
@pytest.mark.parametrize("username", ROLES)
def test_every_page_is_accessible_and_quiet(
    username: str, language: str, server: Server, log_in: Any, picture: Any
) -> None:
    page: Page = log_in(username)
    watch = Watch(page, server)
    page.goto(f"/lang/{language}")
    page.goto("/")
    links = page.locator("nav a[href^='/']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    pages = [link for link in dict.fromkeys(links) if not link.startswith("/lang")]
    faults = []
    for number, address in enumerate(["/", *pages, *BEYOND_THE_MENU[username]]):
        page.goto(address)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        if found.violations_count:
            faults.append(f"{address}: {found.generate_report()}")
        if _overflows(page):
            faults.append(f"{address}: the page scrolls sideways")
        picture(page, f"page-{username}-{language}-{number:02}")
    assert not faults, "\n".join(faults)
    assert not watch.trouble, "\n".join(watch.trouble)


@pytest.mark.parametrize("username", ROLES)
def test_no_page_scrolls_sideways_on_a_tablet(username: str, log_in: Any, picture: Any) -> None:
    page: Page = log_in(username)
    page.set_viewport_size(TABLET)
    links = page.locator("nav a[href^='/']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    faults = []
    for number, address in enumerate(dict.fromkeys(links)):
        if address.startswith("/lang"):
            continue
        page.goto(address)
        if _overflows(page):
            faults.append(address)
        picture(page, f"tablet-{username}-{number:02}")
    assert not faults, faults


def _overflows(page: Page) -> bool:
    """Tables scroll inside of their frame; the page itself never does."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
