"""What a page does behind the screen: errors of its scripts, and requests to anybody else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.journeys.running import Server


class Watch:
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
