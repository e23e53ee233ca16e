from dataclasses import dataclass
from datetime import date

from rules.in_force import each_in_force, in_force, whole_table_in_force


@dataclass(frozen=True)
class Row:
    effective_from: date
    key: str = ""
    value: int = 0


OLD, NEW = date(2026, 1, 1), date(2026, 7, 1)


def test_the_latest_row_that_has_begun_is_in_force_whatever_their_order():
    rows = [Row(NEW, value=2), Row(OLD, value=1)]
    assert in_force(rows, date(2026, 6, 30)) == Row(OLD, value=1)
    assert in_force(rows, NEW) == Row(NEW, value=2)


def test_before_the_first_row_nothing_is_in_force():
    assert in_force([Row(OLD)], date(2025, 12, 31)) is None
    assert whole_table_in_force([Row(OLD)], date(2025, 12, 31)) == []


def test_each_key_has_its_own_row_in_force():
    rows = [Row(OLD, "a", 1), Row(OLD, "b", 2), Row(NEW, "a", 3)]
    found = each_in_force(rows, NEW, key=lambda row: row.key)
    assert {key: row.value for key, row in found.items()} == {"a": 3, "b": 2}


def test_a_line_that_a_new_table_leaves_out_is_gone():
    rows = [Row(OLD, "a", 1), Row(OLD, "b", 2), Row(NEW, "a", 3)]
    assert [row.value for row in whole_table_in_force(rows, NEW)] == [3]
    assert [row.value for row in whole_table_in_force(rows, date(2026, 6, 30))] == [1, 2]
