"""`make bench REFERRALS=100000 DATABASE=sqlite`: ends with 1 when a bar is missed."""

from __future__ import annotations

import os
import sys

from benchmarks import dispatch_http, dispatch_rule, export, lists, reply_form
from benchmarks.databases import BENCH
from benchmarks.worlds import build, build_desk

SMALL = 10_000


def main() -> int:
    referrals, database = int(os.environ.get("REFERRALS", "100000")), os.environ.get("DATABASE", "sqlite")
    world, small = build(database, referrals), build(database, SMALL)
    parts = [f"# Benchmark: {referrals:,} referrals, {database}\n"]
    passed = True
    for measure in (
        lambda: lists.measure(world, small),
        lambda: export.measure(world),
        lambda: reply_form.measure(world),
        dispatch_rule.measure,
        lambda: dispatch_http.measure(build_desk(database)),
    ):
        table = measure()
        parts.append(table.markdown())
        print(parts[-1], flush=True)
        passed &= all(line.passed for line in table.lines)
    (BENCH / "report.md").write_text("\n".join(parts))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
