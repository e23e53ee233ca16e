"""Keys of other systems: what they may be issued for, and what is stored of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Account
from models.api_key import ApiKey
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import Faults, NotFound, RuleBroken
from rules.permissions import ROLES, Role
from rules.permissions import Permission as P
from services import api_keys
from services.api_keys import Issued
from services.transaction import transaction
from tests.conftest import NOW

ActAs = Callable[[str], Actor]
TODAY = local_date(NOW)
Issue = Callable[..., Issued]


@pytest.fixture
def issue(session: Session, act_as: ActAs) -> Issue:
    def make(username: str = "referrer", *, by: str = "admin", **values: Any) -> Issued:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        arguments: dict[str, Any] = {
            "account_id": account.id,
            "label": "社會局系統",
            "scopes": ["REFERRAL_FOLLOW"],
            "expires_on": TODAY + timedelta(days=90),
            **values,
        }
        with transaction(session):
            return api_keys.issue(session, **arguments, by=act_as(by), at=NOW)

    return make


def test_a_key_opens_by_its_text_and_the_text_is_stored_nowhere(session: Session, issue: Issue) -> None:
    issued = issue()
    found = api_keys.with_text(session, issued.text, at=NOW)
    assert found is not None and found.id == issued.key.id
    stored = " ".join(str(getattr(found, column.key)) for column in ApiKey.__table__.columns)
    assert issued.text.rpartition("_")[2] not in stored


def test_no_two_keys_are_alike(issue: Issue) -> None:
    assert len({issue().text for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"account_id": 0}, "account_id"),
        ({"label": " "}, "label"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["CASE_WORK"]}, "scopes"),
        ({"scopes": ["USER_WRITE"]}, "scopes"),
        ({"scopes": ["API_USE"]}, "scopes"),
        ({"expires_on": TODAY}, "expires_on"),
        ({"expires_on": TODAY + timedelta(days=366)}, "expires_on"),
    ],
)
def test_what_a_key_cannot_be_issued_for(
    session: Session, issue: Issue, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Faults) as refused:
        issue(**values)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert session.scalar(select(ApiKey.id)) is None


def test_the_longest_key_lasts_a_year(issue: Issue) -> None:
    assert issue(expires_on=TODAY + timedelta(days=365)).key.expires_on == date(2027, 11, 20)


def test_an_account_that_may_not_use_the_api_gets_no_key(issue: Issue) -> None:
    with pytest.raises(Faults):
        issue("admin", scopes=["REFERRAL_FOLLOW"])


@pytest.mark.parametrize("username", ["referrer", "supervisor", "auditor"])
def test_only_an_administrator_issues_and_revokes(
    session: Session, issue: Issue, act_as: ActAs, username: str
) -> None:
    with pytest.raises(NotFound):
        issue(by=username)
    issued = issue()
    with pytest.raises(NotFound):
        api_keys.revoke(session, issued.key.id, by=act_as(username), at=NOW)
    assert api_keys.with_text(session, issued.text, at=NOW)


def test_a_revoked_key_is_over_and_cannot_be_revoked_again(
    session: Session, issue: Issue, act_as: ActAs
) -> None:
    issued = issue()
    with transaction(session):
        api_keys.revoke(session, issued.key.id, by=act_as("admin"), at=NOW)
    assert api_keys.with_text(session, issued.text, at=NOW) is None
    assert api_keys.with_id(session, issued.key.id, at=NOW) is None
    with pytest.raises(RuleBroken):
        api_keys.revoke(session, issued.key.id, by=act_as("admin"), at=NOW)


@pytest.mark.parametrize(
    ("role", "possible"),
    [
        (Role.REFERRER, {P.REFERRAL_SUBMIT, P.REFERRAL_FOLLOW}),
        (Role.SUPERVISOR, {P.CASE_WORK, P.ROSTER_READ}),
        (Role.CASE_MANAGER, {P.CASE_WORK}),
        (Role.ADMIN, set()),
        (Role.AUDITOR, set()),
    ],
)
def test_what_the_keys_of_a_role_are_good_for(role: Role, possible: Collection[P]) -> None:
    assert set(api_keys.possible_scopes(ROLES[role])) == possible


def test_a_keys_actor_may_what_account_and_key_both_may(
    session: Session, issue: Issue, act_as: ActAs
) -> None:
    key = api_keys.with_text(session, issue("supervisor", scopes=["CASE_WORK"]).text, at=NOW)
    assert key is not None
    actor, whole = api_keys.actor_of(session, key, address="192.0.2.1"), act_as("supervisor")
    assert actor.permissions == {P.CASE_WORK, P.API_USE} < whole.permissions
    assert (actor.user_id, actor.unit_id, actor.address) == (whole.user_id, whole.unit_id, "192.0.2.1")
