"""A debt as a small bar left or right of zero, with its number beside it: owed to the right, taken too many to the left."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

WIDTH, HEIGHT = 40, 14
MIDDLE = WIDTH / 2
LEAST_SCALE = Fraction(2)  # without directed cases no debt passes two


def scale(debts: Iterable[Fraction]) -> Fraction:
    """What half the bar's width stands for, one for a whole sheet, so that its bars can be compared."""
    return max([LEAST_SCALE, *(abs(debt) for debt in debts)])


def shown(debt: Fraction) -> str:
    """`+1.4`, `−0.8`, `0`, with the true minus sign."""
    rounded = round(float(debt), 1)
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0"


def debt_bar(debt: Fraction, whole: Fraction) -> Markup:
    """`whole`: what half the width stands for. The number stands beside it in words, so the picture is hidden from readers."""
    svg = Element(
        "svg",
        {
            "class": "debt-bar",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "aria-hidden": "true",
            "focusable": "false",
        },
    )
    length = min(abs(debt) / whole, Fraction(1)) * Fraction(WIDTH // 2)
    if debt:
        left = MIDDLE if debt > 0 else MIDDLE - float(length)
        place = {"x": f"{left:.1f}", "y": "3", "width": f"{float(length):.1f}", "height": f"{HEIGHT - 6}"}
        SubElement(svg, "rect", {"class": "debt-owed" if debt > 0 else "debt-over", **place})
    line = {"x1": f"{MIDDLE}", "x2": f"{MIDDLE}", "y1": "0", "y2": f"{HEIGHT}"}
    SubElement(svg, "line", {"class": "debt-zero", **line})
    return Markup(tostring(svg, encoding="unicode"))  # noqa: S704
