"""The roster of the whole world as a workbook: against a CSV of the same fetch, and what it costs a fresh worker."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.report import Line, Table, verdict
from benchmarks.rounds import Reader, interleaved, ratio
from benchmarks.worlds import World, opened

GOAL, ACCEPTABLE, GROWTH_MB, FIRST_BYTE = 1.35, 1.9, 30, 0.10
ROUNDS = 3
ROSTER = "/bench/roster/"
ONE_DAY = "?date_from=114/6/3&date_to=114/6/3"


def measure(world: World) -> Table:
    user = Reader(world.app, world.readers["supervisor"])
    files = {kind: partial(_drain, user, f"{ROSTER}export.{kind}") for kind in ("csv", "xlsx", "ods")}
    timed = interleaved(files, ROUNDS)
    lines = [_against_csv(kind, ratio(timed, kind, "csv"), median(timed[kind])) for kind in ("xlsx", "ods")]
    growth, first = _fresh_worker(world)
    lines += [
        _line("memory growth of the worker", f"{growth:.1f} MB", f"≤ {GROWTH_MB} MB", growth <= GROWTH_MB),
        _line(
            "first byte, share of the whole time", f"{first:.1%}", f"≤ {FIRST_BYTE:.0%}", first <= FIRST_BYTE
        ),
    ]
    note = f"Roster of {world.referrals:,} referrals; the CSV takes {median(timed['csv']):.2f} s. Median of {ROUNDS} rounds."
    return Table("Export", note, ("what", "measured", "bar", ""), lines)


def _against_csv(kind: str, times: float, seconds: float) -> Line:
    told = f"{times:.2f} × CSV, {seconds:.2f} s"
    word = "pass" if times <= GOAL else "acceptable" if times <= ACCEPTABLE else "MISS"
    return Line((kind, told, f"≤ {GOAL} (goal), {ACCEPTABLE} (acceptable)", word), times <= ACCEPTABLE)


def _line(what: str, measured: str, bar: str, passed: bool) -> Line:
    return Line((what, measured, bar, verdict(passed)), passed)


def _drain(user: Reader, address: str) -> int:
    return sum(map(len, user.chunks(address)))


def _fresh_worker(world: World) -> tuple[float, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_grown, world.url, world.referrals).result()


def _grown(url: str, referrals: int) -> tuple[float, float]:
    """Megabytes that one export adds to a worker that has already served a page and a small file; first byte's share."""
    world = opened(url, referrals)
    user = Reader(world.app, world.readers["supervisor"])
    user.get(ROSTER)
    _drain(user, f"{ROSTER}export.xlsx{ONE_DAY}")
    before = _peak()
    start = perf_counter()
    chunks = user.chunks(f"{ROSTER}export.xlsx")
    next(chunks)
    first = perf_counter() - start
    for _chunk in chunks:
        pass
    return _peak() - before, first / (perf_counter() - start)


def _peak() -> float:
    """The most memory this process ever held, in MB, from the kernel: `getrusage` would inherit the parent's."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024
