"""人工指定分派: once, to a unit that receives, and its supervisors hear of it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from models.account import Account
from models.organisation import Unit
from models.outbox import Mail
from models.referral import Referral
from models.timeline import TimelineEntry
from rules.actor import Actor
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from rules.referral_flow import State
from rules.routing import Basis
from services.transaction import transaction
from services.unrouted import ROUTE, route_by_hand
from tests.conftest import NOW
from tests.factories import make_person, make_referral
from tests.races import race

WHERE = {"at": NOW, "base_url": "https://jieli.example"}


def unit_id(session, code: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def unrouted(session, **values) -> int:
    with transaction(session):
        return make_referral(session, person=make_person(session, name="唐三藏"), unit=None, **values).id


def test_the_referral_waits_at_the_chosen_unit_and_says_how_it_came_there(session, act_as):
    referral_id, hsinchu = unrouted(session), unit_id(session, "13")
    with transaction(session):
        route_by_hand(session, referral_id, hsinchu, by=act_as("admin"), **WHERE)
    referral = session.get_one(Referral, referral_id, populate_existing=True)
    assert (referral.receiving_unit_id, referral.routing_basis) == (hsinchu, Basis.MANUAL)
    assert (referral.state, referral.version) == (State.SUBMITTED, 2)
    entry = session.scalars(select(TimelineEntry).where(TimelineEntry.move == ROUTE)).one()
    assert (entry.actor_name, entry.detail["unit"]) == ("林系統", "新竹就業中心")


def test_the_units_supervisors_and_nobody_else_get_a_mail_without_personal_data(session, act_as):
    referral_id = unrouted(session)
    with transaction(session):
        route_by_hand(session, referral_id, unit_id(session, "13"), by=act_as("admin"), **WHERE)
    (mail,) = session.scalars(select(Mail)).all()
    assert mail.recipient == "supervisor@demo.jieli.example"
    assert "唐○藏" in mail.body and "唐三藏" not in mail.body
    assert f"https://jieli.example/intake/{referral_id}" in mail.body


def test_the_second_administrator_hears_who_chose_which_unit(session, act_as):
    referral_id = unrouted(session)
    with transaction(session):
        route_by_hand(session, referral_id, unit_id(session, "13"), by=act_as("admin"), **WHERE)
    with pytest.raises(AlreadyDone, match="此轉介單已由 林系統 指定給 新竹就業中心"), transaction(session):
        route_by_hand(session, referral_id, unit_id(session, "08"), by=act_as("admin"), **WHERE)
    assert session.get_one(Referral, referral_id).receiving_unit.code == "13"


def test_what_a_rule_has_routed_is_not_routed_by_hand(session, act_as):
    with transaction(session):
        referral_id = make_referral(session).id
    with pytest.raises(AlreadyDone, match="已經有收案單位"), transaction(session):
        route_by_hand(session, referral_id, unit_id(session, "08"), by=act_as("admin"), **WHERE)


def test_what_was_withdrawn_is_not_routed(session, act_as):
    referral_id = unrouted(session, state=State.WITHDRAWN)
    with pytest.raises(RuleBroken, match="撤回"), transaction(session):
        route_by_hand(session, referral_id, unit_id(session, "13"), by=act_as("admin"), **WHERE)


@pytest.mark.parametrize("which", ["closed down", "refers only", "unknown"])
def test_only_a_unit_that_receives_can_be_chosen(session, act_as, which):
    referral_id = unrouted(session)
    with transaction(session):
        closed = session.scalars(select(Unit).where(Unit.code == "17")).one()
        closed.active = False
        refers = session.scalars(select(Unit.id).where(Unit.receives.is_(False))).first()
        wanted = {"closed down": closed.id, "refers only": refers, "unknown": 999_999}[which]
    with pytest.raises(FieldFault, match="使用中的收案單位"), transaction(session):
        route_by_hand(session, referral_id, wanted, by=act_as("admin"), **WHERE)
    assert session.get_one(Referral, referral_id).receiving_unit_id is None


@pytest.mark.parametrize("who", ["supervisor", "referrer", "auditor"])
def test_only_an_administrator_routes(session, act_as, who):
    referral_id = unrouted(session)
    with pytest.raises(NotFound), transaction(session):
        route_by_hand(session, referral_id, unit_id(session, "13"), by=act_as(who), **WHERE)


def test_of_eight_administrators_at_once_one_chooses_and_seven_hear_which_unit(both, session, act_as):
    referral_id = unrouted(session)
    admin = act_as("admin")
    with transaction(session):
        colleagues = [
            Account(username=f"admin{n}", name=f"管理者{n}號", email=f"admin{n}@demo.jieli.example")
            for n in range(8)
        ]
        session.add_all(colleagues)
        session.flush()
        admins = [Actor(each.id, each.name, None, admin.permissions) for each in colleagues]
    units = dict(zip(admins, session.scalars(select(Unit.id).where(Unit.receives).limit(8)), strict=True))

    def press(own, by):
        with transaction(own):
            route_by_hand(own, referral_id, units[by], by=by, **WHERE)

    outcomes = race(both, [(by,) for by in admins], press, lanes=8)

    (winner,) = (args[0] for args, error in outcomes if error is None)
    session.expire_all()
    referral = session.get_one(Referral, referral_id)
    assert referral.receiving_unit_id == units[winner]
    told = [str(error) for _, error in outcomes if isinstance(error, AlreadyDone)]
    assert told == [f"此轉介單已由 {winner.name} 指定給 {referral.receiving_unit.name}"] * 7
    routes = select(func.count()).select_from(TimelineEntry).where(TimelineEntry.move == ROUTE)
    assert session.scalar(routes) == 1
