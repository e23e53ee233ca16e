"""The reply form through its screen, against xhtml2pdf alone on the same page, and the first one of a process."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, select
from xhtml2pdf.default import DEFAULT_CSS
from xhtml2pdf.document import pisaDocument

from app.extensions import db
from benchmarks.report import Line, Table, verdict
from benchmarks.rounds import Reader, interleaved, ratio
from benchmarks.worlds import World, opened
from models.case import Case, ServiceRecord
from reports.case_reply import reply_form_of
from reports.fonts import Fonts, load_fonts
from reports.pdf import _CSS
from reports.reply_form import html

BAR, FIRST_SECONDS = 1.2, 1.0
ROUNDS = 15


def measure(world: World) -> Table:
    case_id, page, fonts = _longest(world)
    user = Reader(world.app, world.readers["supervisor"])
    jobs = {
        "bare": partial(_bare, page, fonts),
        "screen": partial(user.get, f"/cases/{case_id}/reply-form.pdf"),
    }
    times = ratio(interleaved(jobs, ROUNDS), "screen", "bare")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        first = pool.submit(_first, world.url, world.referrals, case_id).result()
    lines = [
        Line(
            ("through the screen", f"{times:.2f} × bare xhtml2pdf", f"≤ {BAR}", verdict(times <= BAR)),
            times <= BAR,
        ),
        Line(
            (
                "first of a process",
                f"{first:.2f} s",
                f"< {FIRST_SECONDS:g} s",
                verdict(first < FIRST_SECONDS),
            ),
            first < FIRST_SECONDS,
        ),
    ]
    return Table("Reply form", f"Median of {ROUNDS} rounds.", ("what", "measured", "bar", ""), lines)


def _longest(world: World) -> tuple[int, str, Fonts]:
    """The case of the supervisor's unit with most service records, its page and the faces."""
    with world.app.test_request_context():
        most = (
            select(ServiceRecord.case_id)
            .where(ServiceRecord.unit_id == world.unit_id)
            .group_by(ServiceRecord.case_id)
        )
        case_id = db.session.scalars(most.order_by(func.count().desc(), ServiceRecord.case_id).limit(1)).one()
        config = world.app.config
        fonts = load_fonts(Path(config["FONT_DIR"]), tuple(Path(face) for face in config["PDF_FACES"]))
        case = db.session.get_one(Case, case_id)
        return case_id, html(reply_form_of(db.session(), case), fonts), fonts


def _bare(page: str, fonts: Fonts) -> None:
    pisaDocument(
        BytesIO(page.encode()), BytesIO(), encoding="utf-8", default_css=DEFAULT_CSS + _CSS % fonts.css
    )


def _first(url: str, referrals: int, case_id: int) -> float:
    world = opened(url, referrals)
    user = Reader(world.app, world.readers["supervisor"])
    user.get("/roster/")
    start = perf_counter()
    user.get(f"/cases/{case_id}/reply-form.pdf")
    return perf_counter() - start
