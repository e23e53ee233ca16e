"""One running application and one browser for all journeys; each page is logged in through the form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys import running
from tests.journeys.running import ROOT, Server

# What a reviewer looks at; kept between runs, never committed.
PICTURES = ROOT / "build" / "screenshots"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, font_dir: Any) -> Iterator[Server]:
    with running.running(tmp_path_factory.mktemp("instance"), font_dir) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running.chromium() as found:
        yield found


@pytest.fixture
def log_in(server: Server, browser: Browser) -> Iterator[Any]:
    """`log_in("supervisor")` → a page of a browser of its own, logged in."""
    contexts: list[BrowserContext] = []

    def enter(username: str, **options: Any) -> Page:
        page = running.log_in(server, browser, username, **options)
        contexts.append(page.context)
        return page

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def picture() -> Any:
    """Keep a screenshot of the whole page for the eye."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.evaluate("scrollTo(0, 0)")  # or the header would stand in the middle
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    return take
