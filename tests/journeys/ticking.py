"""The application with a clock that a journey sets: what gunicorn serves while a day is played.

A day at the front desk depends on the weekday and the hour; the clock begins where the journey wants it and goes on from
there, so that a night or a Sunday outside changes nothing inside.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app import create_app

CLOCK_FILE = "JIELI_JOURNEY_CLOCK"


@dataclass(frozen=True)
class Ticking:
    """Shared by processes through a file: what is to be added to the time of this machine, in seconds."""

    file: Path

    def __call__(self) -> datetime:
        ahead = json.loads(self.file.read_text())
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + ahead, UTC)

    def set(self, moment: datetime) -> None:
        ahead = moment.timestamp() - datetime.now(UTC).timestamp()
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(ahead))
        fresh.replace(self.file)  # at once: no request reads half a number


if CLOCK_FILE in os.environ:
    app = create_app(CLOCK=Ticking(Path(os.environ[CLOCK_FILE])))
