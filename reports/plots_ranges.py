"""Columns with a line above: how far the middle reaches, and how far nearly all of them do. Same look as `reports.plots`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import SubElement

from markupsafe import Markup

from reports.plots import (
    ABOVE,
    AXIS,
    BELOW,
    PLOT_HEIGHT,
    WIDTH,
    _linked,
    _markup,
    _number,
    _rect,
    _svg,
    _text,
)
from reports.scales import ticks


@dataclass(frozen=True)
class Range:
    """The column ends at `low`, the line at `high`, whose value is written. `under`: a second line below the label."""

    label: str
    low: int
    high: int
    under: str = ""
    url: str = ""


def ranges(key: str, title: str, description: str, found: Sequence[Range]) -> Markup:
    marks = ticks(max([each.high for each in found] + [0]), 4)
    scale = PLOT_HEIGHT / marks[-1]
    base = ABOVE + PLOT_HEIGHT
    svg = _svg(key, title, description, base + BELOW, linked=any(each.url for each in found))
    for mark in marks:
        height = _number(base - mark * scale)
        line = {"class": "plot-line" if mark else "plot-base", "y1": height, "y2": height}
        SubElement(svg, "line", {**line, "x1": _number(AXIS), "x2": _number(WIDTH)})
        _text(svg, AXIS - 8, base - mark * scale, "plot-tick is-end is-middle", f"{mark:,}")
    step = (WIDTH - AXIS) / max(len(found), 1)
    width = min(step * 0.6, 36)
    for place, each in enumerate(found):
        centre = AXIS + step * (place + 0.5)
        group = _linked(svg, each.url)
        top = base - each.high * scale
        if each.low:
            _rect(group, centre - width / 2, base - each.low * scale, width, each.low * scale, "calm")
        if each.high > each.low:
            up = {"x1": _number(centre), "x2": _number(centre)}
            ends = {"y1": _number(base - each.low * scale), "y2": _number(top)}
            SubElement(group, "line", {"class": "plot-reach", **up, **ends})
            cap = {"x1": _number(centre - 4), "x2": _number(centre + 4)}
            SubElement(group, "line", {"class": "plot-reach", **cap, "y1": _number(top), "y2": _number(top)})
        _text(group, centre, top - 7, "plot-tick is-centre", f"{each.high:,}")
        _text(group, centre, base + 18, "plot-tick is-centre", each.label)
        if each.under:
            _text(group, centre, base + 37, "plot-tick is-centre", each.under)
    return _markup(svg)
