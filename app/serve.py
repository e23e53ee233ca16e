"""What `make run` starts: the web server and the jobs together, on one machine, for trying out and for development."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Both end together, whichever ends first. Gives the worse of their exit codes."""
    port = os.environ.get("PORT") or "8080"
    # Threads, since a browser that talks to it without a proxy holds idle connections open.
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "run:app",
    ]
    jobs = [sys.executable, "-m", "flask", "--app", "run", "jobs"]
    children = [subprocess.Popen(command, cwd=ROOT) for command in (web, jobs)]  # noqa: S603 (our own commands)

    def end(_signal: int, _frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    print(f"接力 Jieli: http://127.0.0.1:{port}", flush=True)
    while all(child.poll() is None for child in children):
        time.sleep(0.3)
    end(signal.SIGTERM, None)
    return max(child.wait(timeout=30) for child in children)


if __name__ == "__main__":
    sys.exit(main())
