"""Days, computed by the database, so that a year of cases comes back as a handful of counts. Both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class TaipeiDate(FunctionElement[date]):
    """The day in Taipei of a moment, which is stored in UTC. Taiwan has had no summer time since 1979."""

    name = "taipei_date"
    type = Date()
    inherit_cache = True


class DaysBetween(FunctionElement[int]):
    """Calendar days from the first date to the second."""

    name = "days_between"
    type = Integer()
    inherit_cache = True


class YearMonth(FunctionElement[str]):
    """`2026-11` of a date."""

    name = "year_month"
    type = String()
    inherit_cache = True


def _inner(element: FunctionElement[Any], compiler: Any, **rest: Any) -> list[str]:
    return [compiler.process(clause, **rest) for clause in element.clauses]


@compiles(TaipeiDate, "sqlite")
def _sqlite_taipei_date(element: Any, compiler: Any, **rest: Any) -> str:
    return f"date({_inner(element, compiler, **rest)[0]}, '+8 hours')"


@compiles(TaipeiDate, "postgresql")
def _postgresql_taipei_date(element: Any, compiler: Any, **rest: Any) -> str:
    return f"CAST({_inner(element, compiler, **rest)[0]} + INTERVAL '8 hours' AS DATE)"


@compiles(DaysBetween, "sqlite")
def _sqlite_days_between(element: Any, compiler: Any, **rest: Any) -> str:
    first, second = _inner(element, compiler, **rest)
    return f"CAST(julianday({second}) - julianday({first}) AS INTEGER)"


@compiles(DaysBetween, "postgresql")
def _postgresql_days_between(element: Any, compiler: Any, **rest: Any) -> str:
    first, second = _inner(element, compiler, **rest)
    return f"({second} - {first})"


@compiles(YearMonth, "sqlite")
def _sqlite_year_month(element: Any, compiler: Any, **rest: Any) -> str:
    return f"strftime('%Y-%m', {_inner(element, compiler, **rest)[0]})"


@compiles(YearMonth, "postgresql")
def _postgresql_year_month(element: Any, compiler: Any, **rest: Any) -> str:
    return f"to_char({_inner(element, compiler, **rest)[0]}, 'YYYY-MM')"


class TaipeiMinute(FunctionElement[int]):
    """The minute of the day in Taipei, 0 to 1439, of a moment stored in UTC."""

    name = "taipei_minute"
    type = Integer()
    inherit_cache = True


@compiles(TaipeiMinute, "sqlite")
def _sqlite_taipei_minute(element: Any, compiler: Any, **rest: Any) -> str:
    moment = _inner(element, compiler, **rest)[0]
    hour, minute = (f"CAST(strftime('{part}', {moment}, '+8 hours') AS INTEGER)" for part in ("%H", "%M"))
    return f"({hour} * 60 + {minute})"


@compiles(TaipeiMinute, "postgresql")
def _postgresql_taipei_minute(element: Any, compiler: Any, **rest: Any) -> str:
    moment = f"({_inner(element, compiler, **rest)[0]} + INTERVAL '8 hours')"
    return f"CAST(EXTRACT(HOUR FROM {moment}) * 60 + EXTRACT(MINUTE FROM {moment}) AS INTEGER)"
