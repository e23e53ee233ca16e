"""The application in gunicorn with its own configuration, for tests of what several processes do, and of what a killed one leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.mailbox import free_port

ROOT = Path(__file__).resolve().parents[1]
STARTING = 120  # seconds; a loaded machine loads the application slowly


class Gunicorn:
    """A parent and its sync workers. `log` keeps what they said, for a test that fails."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.environment = os.environ | {"PORT": str(self.port)} | environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "run:app"],
                cwd=ROOT,
                env=self.environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        until = time.monotonic() + STARTING
        while not self._answers():
            assert self.process.poll() is None, f"the server ended while it was starting:\n{self.said()}"
            assert time.monotonic() < until, f"the server did not come up:\n{self.said()}"
            time.sleep(0.2)

    def kill_a_worker(self) -> int:
        """SIGKILL: no handler, no rollback, no farewell. Gives its process number; the parent forks another."""
        assert self.process
        workers = psutil.Process(self.process.pid).children()
        busiest = max(workers, key=lambda one: sum(one.cpu_times()[:2]))
        busiest.kill()
        return int(busiest.pid)

    def kill_and_restart(self) -> None:
        """Parent and workers at once, as when the machine loses its power and comes up again."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)
        self.start()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=60)

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5)
        except OSError:
            return False
        return True


@contextmanager
def served(database_url: str, instance: Path, log: Path, *, workers: int) -> Iterator[Gunicorn]:
    server = Gunicorn(
        {
            "JIELI_ENV": "development",
            "JIELI_INSTANCE": str(instance),
            "DATABASE_URL": database_url,
            "WEB_CONCURRENCY": str(workers),
            "CAPTCHA_ENABLED": "0",
            "LOGIN_LIMIT": "1000 per minute",
            "LOG_LEVEL": "WARNING",
        },
        log,
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()
