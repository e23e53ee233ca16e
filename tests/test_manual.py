"""docs/manual.md against the running system: each text of the operation manual stands where the table says."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.extensions import db
from rules.calendar import local_date
from services.transaction import transaction
from tests.factories import AT, make_case, make_record, make_referral

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| (?P<text>[^|]+?) \| `(?P<place>[^`]+)` \| (?P<who>\w*) ?\|", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    text: str
    place: str
    who: str


LINES = [Line(*found) for found in ROW.findall((ROOT / "docs/manual.md").read_text(encoding="utf-8"))]


def plain(text: str) -> str:
    """Without markup and spaces: a text may be broken over elements. What an element says in an attribute counts."""
    spoken = re.findall(r'(?:placeholder|data-confirm|aria-label)="([^"]*)"', text)
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", text) + "".join(spoken)))


def read(response: TestResponse) -> str:
    content = response.get_data()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return plain(
                "".join(book.read(name).decode() for name in book.namelist() if name.endswith("xml"))
            )
    return plain(content.decode())


@pytest.fixture
def opened(
    app: Flask, as_: Callable[[str], FlaskClient], act_as: Callable[..., object]
) -> Callable[[str, str], str]:
    """The text of a page, each page opened once."""
    with transaction(db.session):
        waiting = make_referral(db.session)
        case = make_case(db.session)
        record = make_record(db.session, case)
        soon = make_case(db.session, due_date=local_date(AT) + timedelta(days=3))
        names = {
            "waiting": waiting.id,
            "referral": case.referral_id,
            "case": case.id,
            "record": record.id,
            "due": soon.id,
            "manager": case.case_manager_id,
        }
    pages: dict[tuple[str, str], str] = {}

    def open_page(who: str, place: str) -> str:
        if (who, place) not in pages:
            response = as_(who).get(place.format(**names))
            assert response.status_code == 200, f"{who}: {place}"
            pages[who, place] = read(response)
        return pages[who, place]

    return open_page


def test_every_text_of_the_manual_is_where_the_table_says(opened: Callable[[str, str], str]) -> None:
    missing = []
    for line in LINES:
        if line.place.startswith("/"):
            found = plain(line.text) in opened(line.who, line.place)
        else:
            found = plain(line.text) in plain((ROOT / line.place).read_text(encoding="utf-8"))
        if not found:
            missing.append(f"{line.text}: {line.place} ({line.who})")
    assert not missing, "\n".join(missing)


def test_the_table_is_read_whole() -> None:
    written = (ROOT / "docs/manual.md").read_text(encoding="utf-8")
    rows = [line for line in written.splitlines() if line.startswith("| ") and not line.startswith("| 手冊")]
    assert len(rows) == len(LINES) > 200
