"""列印轉介回覆單: the manual's table as a page that prints itself and as a PDF with embedded letters."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from models.case import Case
from rules.actor import Actor
from rules.service_record import NotProvided, Provided
from services.service_records import record_service
from services.transaction import transaction
from tests.factories import AT, make_case, make_person, make_referral

As = Callable[[str], FlaskClient]


@pytest.fixture
def case(app: Flask, act_as: Callable[[str], Actor]) -> Case:
    with transaction(db.session):
        person = make_person(db.session, name="陳𠮷祥")
        made = make_case(db.session, referral=make_referral(db.session, person=person))
        for key, entry in enumerate((NotProvided((1, 2), "三次未接"), Provided((1, 3), None, "陪同面試"))):
            record_service(db.session, made.id, entry, submission_key=str(key), by=act_as("manager"), at=AT)
    return made


EXPECTED = (
    "轉介就業服務回覆單",
    "高雄市旗山社會福利服務中心",
    "陳𠮷祥",
    "新竹就業中心",
    "03-5343011分機：211",
    "(115/11/20)1.無法聯繫3次以上(3次不同日期及時段)、2.已就業(打工)，明確表示無需就業服務",
    "(115/11/20)1.就業服務",
    "(115/11/20)3.其他：陪同面試",
    "三次未接",
    "機關名稱：勞動部勞動力發展署桃竹苗分署新竹就業中心",
)


@pytest.mark.parametrize("reader", ["manager", "supervisor", "referrer"])
def test_the_print_page_has_the_manuals_table(case: Case, as_: As, reader: str) -> None:
    answer = as_(reader).get(f"/cases/{case.id}/reply-form")
    for text in EXPECTED:
        assert text in answer.text
    assert "window.print()" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_its_script_and_its_style_carry_the_nonce_of_the_policy(case: Case, as_: As) -> None:
    answer = as_("manager").get(f"/cases/{case.id}/reply-form")
    policy = answer.headers["Content-Security-Policy"]
    for tag, rule in (("<script", "script-src"), ("<style", "style-src")):
        nonce = answer.text.partition(f'{tag} nonce="')[2].partition('"')[0]
        allowed = next(part for part in policy.split(";") if part.strip().startswith(f"{rule} "))
        assert nonce and f"'nonce-{nonce}'" in allowed


@pytest.mark.parametrize("reader", ["manager", "referrer"])
def test_the_pdf_says_the_same_with_embedded_faces(case: Case, as_: As, tmp_path: Path, reader: str) -> None:
    answer = as_(reader).get(f"/cases/{case.id}/reply-form.pdf")
    assert answer.mimetype == "application/pdf"
    file = tmp_path / "reply.pdf"
    file.write_bytes(answer.data)
    text = "".join(
        subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout.split()
    )
    for expected in EXPECTED:
        assert expected in text
    fonts = subprocess.run(
        ["pdffonts", file], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    # ReportLab names Helvetica in every file, used or not.
    embedded = [line.split()[-5] for line in fonts if not line.startswith("Helvetica ")]
    assert embedded and set(embedded) == {"yes"}
