"""Dates as people in Taiwan write them: years counted from 1912. The database holds ISO dates.

`parse(show(d)) == d` for every date there is. Spec 1-referral §3.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from rules.errors import FieldFault
from rules.texts import is_dash

FIRST_YEAR = 1912
# A bare four-digit year is AD within these bounds, as people mean it; outside it is a ROC year, since an
# unlimited download shows as 8088/12/31.
_AD_YEARS = range(1900, 2200)

_ERA = r"(?P<era>西元|公元|(?:中華)?民國前|民前|(?:中華)?民國)?"
_YEAR = r"(?P<year>\d{1,4}|元)(?:年|(?P<sep>[/.\- ]))"
_MONTH_AND_DAY = r"(?P<month>\d{1,2})(?(sep)(?P=sep)|月)(?P<day>\d{1,2})[日號]?"
_SPACED = re.compile(_ERA + _YEAR + _MONTH_AND_DAY, re.ASCII)
_COMPACT = re.compile(_ERA + r"(?P<year>\d{2,4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)


def parse(text: str, *, field: str) -> date:
    """Reads `112/9/26`, `1120926`, `民國112年9月26日`, `112-09-26`, `民國前1/1/1`, and AD `1995/10/10`.

    Raises a fault of `field` for a text that is no date and for a day that the calendar lacks.
    """
    typed = _normalised(text)
    if not typed:
        raise FieldFault(field, "請輸入日期，例如 112/9/26。")
    match = _SPACED.fullmatch(typed) or _COMPACT.fullmatch(typed)
    if match is None:
        raise FieldFault(
            field, "看不懂日期「%(text)s」，請輸入民國年月日，例如 112/9/26。", text=text.strip()[:20]
        )
    year = 1 if match["year"] == "元" else int(match["year"])
    try:
        return date(_ad_year(match["era"] or "", year), int(match["month"]), int(match["day"]))
    except ValueError:
        raise FieldFault(
            field, "沒有「%(text)s」這一天，請檢查年、月、日。", text=text.strip()[:20]
        ) from None


def parse_past(text: str, *, field: str, today: date) -> date:
    """As `parse`, for a day that has come already; today itself passes."""
    day = parse(text, field=field)
    if day > today:
        raise FieldFault(field, "日期 %(day)s 還沒有到，請檢查年份。", day=show(day))
    return day


def show(day: date) -> str:
    """`112/9/26`, `民國前1/1/1`: without padding, as every list and message of the manual shows it."""
    year, era = _roc_year(day)
    return f"{era}{year}/{day.month}/{day.day}"


def show_birthday(day: date) -> str:
    """`001/01/01`: the manual pads birthdays, and only those."""
    year, era = _roc_year(day)
    return f"{era}{year:03}/{day.month:02}/{day.day:02}"


def _roc_year(day: date) -> tuple[int, str]:
    year = day.year - FIRST_YEAR + 1
    if year < 1:
        return 1 - year, "民國前"
    return year, "民國" if year in _AD_YEARS else ""


def _ad_year(era: str, year: int) -> int:
    if era in ("西元", "公元") or (not era and year in _AD_YEARS):
        return year
    if year == 0:
        raise ValueError("the calendar goes from 民國前1年 to 民國1年")
    return FIRST_YEAR - year if era.endswith("前") else FIRST_YEAR + year - 1


def _normalised(text: str) -> str:
    """Half width, one sort of dash, and blanks left only where they stand between two numbers."""
    half_width = unicodedata.normalize("NFKC", text).strip()
    dashed = "".join("-" if is_dash(char) else char for char in half_width)
    return re.sub(r"\s+", " ", re.sub(r"\s*([^\d\s])\s*", r"\1", dashed, flags=re.ASCII))
