"""How long it takes: the place in a counter's queue, the estimated wait there, and who has waited too long.

Spec 2-dispatch §3; 接待台 rule 六. Estimates are whole minutes and promise nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

# So many services of the day tell more than the table does.
ENOUGH_SERVICES = 3
# Who comes so late to an appointment still has its place in the queue.
GRACE = timedelta(minutes=10)
# Who was sent and is not awaited at the counter after this long: the neighbours are shown to reception.
ACKNOWLEDGE_WITHIN = timedelta(seconds=60)


def usual_minutes(table: int, measured: Sequence[float]) -> int:
    """How long a service of the business type takes: today's median once there were enough, else as the table says."""
    if len(measured) < ENOUGH_SERVICES:
        return table
    return max(1, round(median(measured)))


def estimate(serving_for: float | None, serving_usual: int, ahead: Iterable[int]) -> int:
    """Minutes for one more at a counter. `serving_for`: how long the present service has gone on, None for none.

    A service over its usual time may end at any moment, so it counts as a quarter of that time.
    """
    rest = 0.0
    if serving_for is not None:
        rest = max(serving_usual - serving_for, serving_usual / 4)
    return math.ceil(rest) + sum(ahead)


def queue_from(arrived: datetime, appointment: datetime | None) -> datetime:
    """Where a visit stands in its queue: on time, by the appointment's hour; late or without one, by the arrival."""
    if appointment is None or arrived > appointment + GRACE:
        return arrived
    return appointment


def waited(since: datetime, at: datetime) -> int:
    """Full minutes; none before the appointment's hour."""
    return max(0, int((at - since).total_seconds() // 60))


def unanswered(sent_at: datetime | None, acknowledged_at: datetime | None, at: datetime) -> bool:
    """Whether a visitor was sent and the counter has not answered in time (接待台 rule 十三)."""
    return sent_at is not None and acknowledged_at is None and at - sent_at >= ACKNOWLEDGE_WITHIN
