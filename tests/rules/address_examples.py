"""Addresses made from the rows of the postal directory, read by other means than the resolver's.

Of each row: the bounds, a number inside, lanes and alleys as bounds, sub-numbers, floors and notes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_BOUND = re.compile(r"(\d+)?(?:之(\d+))?(號|巷|弄)?")
_HEAD = re.compile(r"^((?:\d+巷)?(?:\d+弄)?)([單雙連]?)(.*)$")
_NOTE = re.compile(r"\((.+)\)$|(.棟)$")
_FLOORS = re.compile(r"(?<=[號下上])(地下)?(\d+)(?:至(\d+))?樓(以上|以下)?$")


def addresses(city: str, district: str, road: str, scope: str) -> Iterator[str]:
    for tail in tails("".join(unicodedata.normalize("NFKC", scope).split())):
        yield f"{city}{district}{road}{tail}"


def tails(scope: str) -> Iterator[str]:
    """What may follow the road's name: 單5號以下 → 5號, 3號, 1號."""
    if scope == "全":
        yield ""
        return
    ending = ""
    if note := _NOTE.search(scope):
        scope, ending = scope[: note.start()], note[1] or note[2]
    if floors := _FLOORS.search(scope):
        scope, ending = scope[: floors.start()], f"{floors[1] or ''}{floors[2]}樓"
    head, parity, body = _HEAD.fullmatch(scope).groups()
    if body == "" and scope.endswith(("號", "巷", "弄")):
        head, body = "", scope
    for number in _numbers(body, parity):
        yield f"{head}{number}{ending}"


def _numbers(body: str, parity: str) -> Iterator[str]:
    if body == "全":
        first = 2 if parity == "雙" else 1
        yield from (f"{n}號" for n in (first, first + 2, first + 20))
        return
    step = 1 if parity in ("連", "") else 2
    body = body.replace("含附號全", "含附號")
    opened = "附號" in body
    if body.endswith("附號全"):
        yield f"{body.removesuffix('附號全')}之1號"
        return
    low, _, high = re.sub("含附號|附號全|及以上附號", "", body).partition("至")
    side = next((side for side in ("以上", "以下") if low.endswith(side)), None)
    n, m, unit = _bound(low.removesuffix(side or ""))
    if side == "以上":
        yield from (_written(n, m, unit), _written(n + step, 0, "號"), _written(n + 40, 0, "號"))
    elif side == "以下":
        yield _written(n, m, unit)
        if opened:
            yield _written(n, 3, "號")
        if n > step:
            yield _written(n - step, 0, "號")
        yield _written(2 - n % 2 if step == 2 else 1, 0, "號") if n > 1 else _written(n, 0, "號")
    elif high:
        last, last_m, last_unit = _bound(high)
        last = last or n
        yield from (_written(n, m, unit or "號"), _written(last, last_m, last_unit))
        if opened:
            yield _written(last, last_m + 1, "號")
        if last - n > step:
            yield _written(n + (last - n) // 2 // step * step, 0, "號")
    else:
        yield _written(n, m, unit or "號")
        if opened:
            yield _written(n, m + 1, "號")


def _bound(text: str) -> tuple[int, int, str]:
    n, m, unit = _BOUND.match(text).groups()
    return int(n or 0), int(m or 0), unit or ""


def _written(n: int, m: int, unit: str) -> str:
    if unit in ("巷", "弄"):
        return f"{n}{unit}5號"
    return f"{n}之{m}號" if m else f"{n}號"
