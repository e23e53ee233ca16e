from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.plots import WIDTH, Bar, Column, Part, bars, columns, shortened

COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=14)


def rects(svg: Element) -> list[Element]:
    return list(svg.iter("rect"))


def texts(svg: Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter("text")]


def test_a_plot_tells_its_title_and_description_to_a_screen_reader() -> None:
    svg = fromstring(bars("load", "誰的個案最多？", "王小明，3 件", [Bar("王小明", (Part(3),))]))
    assert svg.get("role") == "img"
    assert (svg.get("aria-labelledby"), svg.get("aria-describedby")) == ("load-title", "load-description")
    assert [(each.tag, each.get("id"), each.text) for each in svg][:2] == [
        ("title", "load-title", "誰的個案最多？"),
        ("desc", "load-description", "王小明，3 件"),
    ]


def test_links_of_a_plot_are_not_hidden_in_an_image() -> None:
    svg = fromstring(bars("load", "?", "", [Bar("王小明", (Part(3),), url="/roster/?manager=3&state=open")]))
    assert svg.get("role") == "group"
    assert [link.get("href") for link in svg.iter("a")] == ["/roster/?manager=3&state=open"]
    assert texts(next(svg.iter("a"))) == ["王小明", "3"]


def test_every_value_stands_in_words_and_nothing_is_styled_by_attribute() -> None:
    rows = [Bar("甲", (Part(1200), Part(30, "overdue")), "逾期 30"), Bar("乙", (Part(0),))]
    svg = fromstring(bars("load", "?", "", rows))
    assert texts(svg) == ["甲", "1,230逾期 30", "乙", "0"]
    assert not any("style" in each.attrib or "fill" in each.attrib for each in svg.iter())
    assert [each.get("class") for each in rects(svg)] == ["plot-calm", "plot-overdue"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><b>', "A & B"])
def test_a_name_is_text_and_never_markup(text: str) -> None:
    for made in (
        bars("k", text, text, [Bar(text, (Part(1),), text, url=f"/?q={text}")]),
        columns("k", text, text, [Column(text, 1, under=text)]),
    ):
        assert "<script" not in made and "<b>" not in made
        assert next(fromstring(made).iter("title")).text == text


@given(COUNTS)
def test_bars_are_as_long_as_their_values_and_stay_inside(values: list[int]) -> None:
    svg = fromstring(bars("k", "?", "", [Bar(str(n), (Part(n),)) for n in values]))
    lengths = [float(each.get("width", 0)) for each in rects(svg)]
    assert len(lengths) == sum(value > 0 for value in values)
    assert all(float(each.get("x", 0)) + float(each.get("width", 0)) <= WIDTH for each in rects(svg))
    drawn = [value for value in values if value]
    for (small, shorter), (large, longer) in zip(
        sorted(zip(drawn, lengths, strict=True)), sorted(zip(drawn, lengths, strict=True))[1:], strict=False
    ):
        assert small <= large and shorter <= longer


@given(COUNTS)
def test_columns_stand_on_the_base_line_below_their_values(values: list[int]) -> None:
    svg = fromstring(columns("k", "?", "", [Column(str(n), n) for n in values]))
    base = max(float(line.get("y1", 0)) for line in svg.iter("line"))
    for each in rects(svg):
        assert abs(float(each.get("y", 0)) + float(each.get("height", 0)) - base) <= 0.2
        assert float(each.get("y", 0)) >= 0


@given(st.text(max_size=60), st.integers(30, 500))
def test_a_label_keeps_its_beginning_and_fits(text: str, pixels: int) -> None:
    found = shortened(text, pixels)
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))
