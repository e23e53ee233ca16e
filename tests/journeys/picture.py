"""What the walks yield: the name of a picture, with the page or the part of it to be seen."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Locator, Page

WIDTH, HEIGHT = 1366, 900

Shots = Iterator[tuple[str, Page | Locator]]


def low(page: Page, height: int) -> Page:
    """Without the empty half of the screen, until the next picture."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    return page
