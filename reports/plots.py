"""Plots as SVG: bars (plain or in parts) and columns, each value written beside its mark.

Colours are classes of the style sheet (`plot-…`), for the pages allow no style in attributes. What only a colour would
tell stands in words at the bar. A plot with links is a group, so that a screen reader finds them; one without is an image.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from reports.scales import ticks

WIDTH = 520
LABEL = 124  # beside the bars: their names
BAR, ROW = 22, 36
LETTER = 7.6  # of a Latin character at 14 px; a Chinese one takes two
PLOT_HEIGHT, ABOVE, BELOW, AXIS = 150, 22, 46, 34


@dataclass(frozen=True)
class Part:
    """One part of a bar; `kind` is the end of its class: calm, soon, overdue, late, none."""

    value: int
    kind: str = "calm"


@dataclass(frozen=True)
class Bar:
    """`note` follows the value in words. `url`: the list of what is counted. `mark`: where the bar should end, as a line
    across it; what it stands for belongs into the note."""

    label: str
    parts: Sequence[Part]
    note: str = ""
    url: str = ""
    mark: float | None = None

    @property
    def value(self) -> int:
        return sum(part.value for part in self.parts)


@dataclass(frozen=True)
class Column:
    """`under`: a second line below the label, such as the year where it begins."""

    label: str
    value: int
    kind: str = "calm"
    under: str = ""
    url: str = ""


def bars(key: str, title: str, description: str, rows: Sequence[Bar], *, above: bool = False) -> Markup:
    """Horizontal bars; `above`: the labels are sentences and stand over their bars."""
    step, left = (ROW + 20, 0) if above else (ROW, LABEL)
    end = max([_cells(f"{row.value:,} {row.note}") * LETTER + 20 for row in rows] + [0])
    scale = (WIDTH - left - end) / max([row.value for row in rows] + [row.mark or 0 for row in rows] + [1])
    svg = _svg(key, title, description, step * len(rows), linked=any(row.url for row in rows))
    for place, row in enumerate(rows):
        top = place * step + (24 if above else (ROW - BAR) / 2)
        group = _linked(svg, row.url)
        middle = top + BAR / 2
        if above:
            _text(group, 0, top - 8, "plot-label", shortened(row.label, WIDTH))
        else:
            _text(group, left - 10, middle, "plot-label is-end is-middle", shortened(row.label, left - 14))
        edge: float = left
        for part in row.parts:
            edge = _part(group, edge, top, part, scale)
        if row.mark is not None:
            at = left + row.mark * scale
            ends = {
                "x1": _number(at),
                "x2": _number(at),
                "y1": _number(top - 3),
                "y2": _number(top + BAR + 3),
            }
            SubElement(group, "line", {"class": "plot-mark", **ends})
            edge = max(edge, at)
        value = _text(group, edge + 8, middle, "plot-value is-middle", f"{row.value:,}")
        if row.note:
            SubElement(value, "tspan", {"class": "plot-note", "dx": "6"}).text = row.note
    return _markup(svg)


def columns(key: str, title: str, description: str, found: Sequence[Column]) -> Markup:
    """Upright columns over a scale of round numbers."""
    marks = ticks(max([column.value for column in found] + [0]), 4)
    scale = PLOT_HEIGHT / marks[-1]
    base = ABOVE + PLOT_HEIGHT
    svg = _svg(key, title, description, base + BELOW, linked=any(column.url for column in found))
    for mark in marks:
        height = _number(base - mark * scale)
        line = {"class": "plot-line" if mark else "plot-base", "y1": height, "y2": height}
        SubElement(svg, "line", {**line, "x1": _number(AXIS), "x2": _number(WIDTH)})
        _text(svg, AXIS - 8, base - mark * scale, "plot-tick is-end is-middle", f"{mark:,}")
    step = (WIDTH - AXIS) / max(len(found), 1)
    width = min(step * 0.68, 44)
    for place, column in enumerate(found):
        centre = AXIS + step * (place + 0.5)
        group = _linked(svg, column.url)
        _text(group, centre, base - column.value * scale - 7, "plot-value is-centre", f"{column.value:,}")
        if column.value:
            high = column.value * scale
            _rect(group, centre - width / 2, base - high, width, high, column.kind)
        _text(group, centre, base + 18, "plot-label is-centre", column.label)
        if column.under:
            _text(group, centre, base + 37, "plot-tick is-centre", column.under)
    return _markup(svg)


def shortened(text: str, pixels: float) -> str:
    """As much of the text as has room; the table beside the plot has all of it."""
    room = pixels / LETTER
    if _cells(text) <= room:
        return text
    kept = text
    while kept and _cells(kept) > room - 2:
        kept = kept[:-1]
    return kept + "…"


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _part(group: Element, edge: float, top: float, part: Part, scale: float) -> float:
    """The end of the part: where the next one begins."""
    if not part.value:
        return edge
    width = part.value * scale
    _rect(group, edge, top, max(width - 2, 1), BAR, part.kind)
    return edge + max(width, 3)


def _svg(key: str, title: str, description: str, height: float, *, linked: bool) -> Element:
    svg = Element(
        "svg",
        {
            "class": "plot",
            "viewBox": f"0 0 {WIDTH} {_number(height)}",
            "role": "group" if linked else "img",
            "aria-labelledby": f"{key}-title",
            "aria-describedby": f"{key}-description",
        },
    )
    SubElement(svg, "title", {"id": f"{key}-title"}).text = title
    SubElement(svg, "desc", {"id": f"{key}-description"}).text = description
    return svg


def _linked(svg: Element, url: str) -> Element:
    return SubElement(svg, "a", {"href": url, "class": "plot-link"}) if url else SubElement(svg, "g")


def _rect(group: Element, x: float, y: float, width: float, height: float, kind: str) -> None:
    numbers = {"x": x, "y": y, "width": width, "height": height}
    places = {name: _number(value) for name, value in numbers.items()}
    SubElement(group, "rect", {"class": f"plot-{kind}", **places, "rx": "2"})


def _text(group: Element, x: float, y: float, css: str, text: str) -> Element:
    element = SubElement(group, "text", {"class": css, "x": _number(x), "y": _number(y)})
    element.text = text
    return element


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _markup(svg: Element) -> Markup:
    """Safe: the tree writes every text and attribute escaped."""
    return Markup(tostring(svg, encoding="unicode"))  # noqa: S704
