"""重算 and 換一張比例表試算 through HTTP, and the same as commands."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from app.extensions import db
from models.desk import CounterGroup
from models.desk_rules import BusinessType
from models.visit import Decision, Visit
from rules.dispatch import Rule
from services import guiding
from services.transaction import transaction
from tests.desk_days import arrive
from tests.factories import AT, make_desk

DAY = "115/11/20"
UNIT = "13"


@pytest.fixture(autouse=True)
def day(app: Flask, act_as: Any) -> None:
    """Six new cases of job seeking, which the table gives mostly to the general counters."""
    make_desk(db.session)
    with transaction(db.session):
        for _turn in range(6):
            arrive(db.session, act_as, at=AT)


def ask(**shares: int) -> dict[str, Any]:
    """The question about today with the shares of the groups named."""
    kind = db.session.scalars(select(BusinessType).where(BusinessType.letter == "A")).one()
    groups = {group.name: group.id for group in db.session.scalars(select(CounterGroup))}
    return {
        "business_type": kind.id,
        "from": DAY,
        "to": DAY,
        **{f"share-{groups[name]}": number for name, number in shares.items()},
    }


def command(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["dispatch", *arguments])


def forge(statement: str) -> None:
    """As somebody with the database's password could; the triggers against it are put away first."""
    for name in db.session.scalars(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'dispatch_decision'")
    ).all():
        db.session.execute(text(f"DROP TRIGGER {name}"))
    db.session.execute(text(statement))
    db.session.commit()


def test_a_decision_made_again_comes_to_the_same_and_shows_the_counters_as_they_stood(as_: Any) -> None:
    decision = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert decision is not None
    page = as_("supervisor").get(f"/desk/decisions/{decision.id}").text
    assert "與當時的決定相同" in page
    assert page.count("派到這裡") == 1
    assert "李佳蓉" in page and "應得未得" in page and "依比例派案" in page


def test_a_stored_decision_that_was_changed_is_seen(as_: Any) -> None:
    decision = db.session.scalars(select(Decision).limit(1)).one()
    other = db.session.scalars(
        select(Decision.counter_id).where(Decision.counter_id != decision.counter_id).limit(1)
    ).one()
    forge(f"UPDATE dispatch_decision SET counter_id = {other} WHERE id = {decision.id}")
    page = as_("supervisor").get(f"/desk/decisions/{decision.id}").text
    assert "與當時的決定不同" in page and "與當時的決定相同" not in page


def test_what_reception_chose_shows_what_the_rules_would_have_said(as_: Any, act_as: Any) -> None:
    with transaction(db.session):
        visit = db.session.scalars(select(Visit).limit(1)).one()
        other = db.session.scalars(
            select(Visit.counter_id).where(Visit.counter_id != visit.counter_id).limit(1)
        ).one()
        guiding.override(
            db.session, visit.id, counter_id=other or 0, reason="設備故障", by=act_as("reception"), at=AT
        )
    row = db.session.scalars(select(Decision).where(Decision.rule == Rule.OVERRIDE.value)).one()
    page = as_("supervisor").get(f"/desk/decisions/{row.id}").text
    assert "接待台指定，規則未決定" in page and "重算（依比例派案）" in page


@pytest.mark.parametrize(("who", "status"), [("supervisor3", 404), ("reception", 403)])
def test_nobody_else_sees_the_replay(who: str, status: int, as_: Any) -> None:
    decision_id = db.session.scalars(select(Decision.id).limit(1)).one()
    assert as_(who).get(f"/desk/decisions/{decision_id}").status_code == status


def test_the_list_of_decisions_links_to_the_replay_for_the_supervisor_only(as_: Any) -> None:
    decision_id = db.session.scalars(select(Decision.id).limit(1)).one()
    link = f'href="/desk/decisions/{decision_id}"'
    assert link in as_("supervisor").get("/desk/decisions/").text
    assert link not in as_("reception").get("/desk/decisions/").text


def test_the_table_in_force_is_proposed_and_changes_nothing(as_: Any) -> None:
    boss = as_("supervisor")
    assert 'value="1860"' in boss.get("/desk/what-if/").text
    same = boss.get("/desk/what-if/", query_string=ask(一般=1860, 身障=240, 原住民=310, 更生=190)).text
    assert "6 件新案中，0 件會派給別的就服員" in same


def test_another_table_gives_the_cases_to_other_counters(as_: Any) -> None:
    boss = as_("supervisor")
    answer = boss.get("/desk/what-if/", query_string=ask(原住民=1)).text
    assert "6 件新案中，6 件會派給別的就服員" in answer or "6 件新案中，5 件會派給別的就服員" in answer
    assert "+6" in answer or "+5" in answer
    assert 'class="plot"' in answer
    boss.get("/lang/en")
    assert boss.get("/desk/what-if/", query_string=ask(原住民=1)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": "115/11/19"}, "to"),
        ({"from": "115/8/20"}, "to"),
        ({"to": "115/11/21"}, "to"),
        ({"from": "昨天"}, "from"),
        ({"business_type": "0"}, "business_type"),
    ],
)
def test_a_question_that_cannot_be_asked_names_its_field(
    changes: dict[str, str], field: str, as_: Any
) -> None:
    answer = as_("supervisor").get("/desk/what-if/", query_string={**ask(一般=1), **changes})
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text


@pytest.mark.parametrize("shares", [{}, {"一般": -1}, {"一般": 2_000_000}])
def test_a_table_needs_a_share_and_only_numbers(shares: dict[str, int], as_: Any) -> None:
    answer = as_("supervisor").get("/desk/what-if/", query_string=ask(**shares))
    assert answer.status_code == 422 and "error-summary" in answer.text


def test_the_replay_command_ends_with_1_when_a_decision_comes_to_another_counter_or_other_words(
    app: Flask,
) -> None:
    days = ("--unit", UNIT, "--from", DAY, "--to", "2026-11-20")
    whole = command(app, "replay", *days)
    assert whole.exit_code == 0, whole.output
    assert "6 decisions: 6 the same, 0 differ" in whole.output
    first, second = db.session.scalars(select(Decision.id).order_by(Decision.id).limit(2))
    forge(f"UPDATE dispatch_decision SET reason = '[]' WHERE id = {first}")
    forge(f"UPDATE dispatch_decision SET counter_id = NULL WHERE id = {second}")
    wrong = command(app, "replay", *days)
    assert wrong.exit_code == 1
    assert "in other words" in wrong.output and "stored counter None" in wrong.output
    assert "4 the same, 2 differ" in wrong.output


def test_the_what_if_command_tells_the_same_as_the_page(app: Flask) -> None:
    days = ("--unit", UNIT, "--type", "A", "--from", DAY, "--to", DAY)
    same = command(
        app,
        "what-if",
        *days,
        *(f"--share={line}" for line in ("一般=1860", "身障=240", "原住民=310", "更生=190")),
    )
    assert same.exit_code == 0 and "6 new cases, 0 to another officer" in same.output, same.output
    other = command(app, "what-if", *days, "--share=原住民=1")
    assert "+6  原住民" in other.output or "+5  原住民" in other.output


@pytest.mark.parametrize(
    "wrong",
    [
        ("replay", "--unit", "99", "--from", DAY, "--to", DAY),
        ("replay", "--unit", UNIT, "--from", "x", "--to", DAY),
        ("what-if", "--unit", UNIT, "--type", "B", "--from", DAY, "--to", DAY, "--share", "一般=1"),
        ("what-if", "--unit", UNIT, "--type", "A", "--from", DAY, "--to", DAY, "--share", "二般=1"),
        ("what-if", "--unit", UNIT, "--type", "A", "--from", DAY, "--to", DAY, "--share", "一般=0"),
        ("what-if", "--unit", UNIT, "--type", "A", "--from", DAY, "--to", "115/11/19", "--share", "一般=1"),
    ],
)
def test_what_cannot_be_asked_ends_with_2(wrong: tuple[str, ...], app: Flask) -> None:
    assert command(app, *wrong).exit_code == 2
