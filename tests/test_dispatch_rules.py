"""docs/dispatch-rules.md against the system: every rule has its row, and what a row points to is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/dispatch-rules.md").read_text(encoding="utf-8")
NUMBERS = (
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
)
PARTS = (("接待台", 15), ("櫃台", 16), ("資訊", 4))
RULES = [f"{part} {number}" for part, last in PARTS for number in NUMBERS[:last]]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| (接待台|櫃台|資訊) ", line)
]
QUOTED = re.compile(r"`([^`]+)`")


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_each_of_the_35_rules_has_its_row_in_order() -> None:
    assert [row[0] for row in ROWS] == RULES
    assert len(ROWS) == 35


def test_no_cell_is_empty() -> None:
    assert [row[0] for row in ROWS if len(row) != 5 or not all(row)] == []


def test_each_screen_is_a_route(app: Flask) -> None:
    routes = {
        re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"<\1>", rule.rule) for rule in app.url_map.iter_rules()
    }
    named = [(row[0], screen) for row in ROWS for screen in QUOTED.findall(row[3])]
    assert len(named) >= len(ROWS)
    assert [each for each in named if each[1] not in routes] == []


def test_each_row_names_tests_that_exist() -> None:
    missing = []
    for row in ROWS:
        tests = QUOTED.findall(row[4])
        assert tests, row[0]
        for test in tests:
            path, _, name = test.partition("::")
            if not (ROOT / "tests" / path).is_file() or name not in functions_of(path):
                missing.append(f"{row[0]}: {test}")
    assert not missing
