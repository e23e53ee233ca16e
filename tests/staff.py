"""Accounts beside the cast."""

from __future__ import annotations

from sqlalchemy import select

from models.account import Account
from rules.actor import Actor
from services.transaction import AnySession


def account_id(session: AnySession, username: str) -> int:
    return session.scalars(select(Account.id).where(Account.username == username)).one()


def make_supervisors(session: AnySession, *, like: Actor, number: int) -> list[Actor]:
    """Colleagues of a supervisor: same unit, same roles."""
    model = session.get_one(Account, like.user_id)
    colleagues = [
        Account(
            username=f"colleague{n}",
            name=f"督導{n}號",
            email=f"colleague{n}@demo.jieli.example",
            unit_id=model.unit_id,
            roles=list(model.roles),
            active=True,
            must_change_password=False,
            created_by_fk=None,
            changed_by_fk=None,
        )
        for n in range(number)
    ]
    session.add_all(colleagues)
    session.flush()
    return [Actor(each.id, each.name, each.unit_id, like.permissions) for each in colleagues]


def make_colleague(session: AnySession, like: str, username: str, name: str) -> Account:
    """One more account with the unit, the roles and the password of a member of the cast."""
    model = session.scalars(select(Account).where(Account.username == like)).one()
    colleague = Account(
        username=username,
        name=name,
        email=f"{username}@demo.jieli.example",
        unit_id=model.unit_id,
        roles=list(model.roles),
        active=True,
        must_change_password=False,
        password=model.password,
        password_changed_at=model.password_changed_at,
        created_by_fk=None,
        changed_by_fk=None,
    )
    session.add(colleague)
    session.flush()
    return colleague
