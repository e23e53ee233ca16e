"""The application as `make run` starts it, with its own processes, an SMTP server and a real browser, for whoever needs it
running: the journeys, and the maker of the pictures."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, sync_playwright

from reports.fonts import build_fonts
from tests.mailbox import Mailbox, free_port

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@dataclass
class Server:
    url: str
    instance: Path
    password: str
    mailbox: Mailbox
    pages: list[Page] = field(default_factory=list)

    def captcha_answer(self) -> str:
        """The newest challenge's answer, from where only the server can read it."""
        with sqlite3.connect(self.instance / "jieli.db") as database:
            row = database.execute(
                "SELECT answer FROM captcha_challenge ORDER BY made_at DESC LIMIT 1"
            ).fetchone()
        return str(row[0])


@contextmanager
def running(instance: Path, font_dir: Path) -> Iterator[Server]:
    """The demo world in a fresh instance folder, served until the block ends."""
    build_fonts(font_dir)
    shutil.copytree(font_dir, instance / "fonts")
    mailbox = Mailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    smtp.start()
    port = free_port()
    environment = environment_of(instance, port) | {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(smtp.port)}
    flask = [sys.executable, "-m", "flask", "--app", "run"]
    subprocess.run([*flask, "prepare"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    seeded = subprocess.run(
        [*flask, "demo", "seed"], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    try:
        with serving([sys.executable, "-m", "app.serve"], environment):
            yield Server(environment["PUBLIC_URL"], instance, _password_in(seeded.stdout), mailbox)
    finally:
        smtp.stop()


def environment_of(instance: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "JIELI_INSTANCE": str(instance),
        "JIELI_ENV": "development",
        "DATABASE_URL": "",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


@contextmanager
def serving(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """The web server runs, with all its processes, until the block ends."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        _wait_until_up(f"{environment['PUBLIC_URL']}/login/", process)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _password_in(printed: str) -> str:
    return printed.split("password ")[1].split(maxsplit=1)[0]


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError("the server ended while it was starting")
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not come up")


@contextmanager
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, (
        "no browser: `apt-get install chromium` (Debian, Ubuntu) or put Google Chrome on the PATH"
    )
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield found
        found.close()


def log_in(server: Server, browser: Browser, username: str, **options: Any) -> Page:
    """A page of a browser of its own, logged in through the form, CAPTCHA and all."""
    context = browser.new_context(
        base_url=server.url,
        locale="zh-TW",
        viewport={"width": 1366, "height": 900},
        accept_downloads=True,
        **options,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/login/")
    page.get_by_label("帳號", exact=False).first.fill(username)
    page.locator("input[name=password]").fill(server.password)
    page.locator("input[name=captcha]").fill(server.captcha_answer())
    page.get_by_role("button", name="登入").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page
