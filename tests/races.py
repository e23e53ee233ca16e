"""Several people pressing at the same moment, each with a connection of his own."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from app.extensions import db

Outcome = tuple[tuple[Any, ...], Exception | None]


def race(
    app: Flask, presses: Sequence[tuple[Any, ...]], press: Callable[..., None], *, lanes: int
) -> list[Outcome]:
    """`press(session, *args)` for each of `presses`, those with the same first argument one after the other in a
    thread; the threads start together. Gives the arguments with the error each raised."""
    db.session.rollback()  # what the test itself has open must not lock the others out
    own: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for args in presses:
        own[args[0]].append(args)
    assert len(own) == lanes
    start = threading.Barrier(lanes)
    outcomes: list[Outcome] = []

    def run(mine: list[tuple[Any, ...]]) -> None:
        with app.app_context():
            start.wait()
            for args in mine:
                try:
                    press(db.session, *args)
                    outcomes.append((args, None))
                except Exception as error:  # the outcome is what the test looks at
                    outcomes.append((args, error))
            db.session.remove()

    threads = [threading.Thread(target=run, args=(mine,)) for mine in own.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
