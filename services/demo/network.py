"""The offices of the large world: referring units in every county, and staff on both sides, all without a password."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.security.sqla.models import assoc_user_role
from sqlalchemy import insert, select

from models.account import Account
from models.organisation import Agency, ServiceArea, Unit
from reports.staff import holds
from rules.permissions import Permission, Role
from services.demo.cast import EDUCATION, JUSTICE, LABOUR, SOCIAL
from services.demo.names import NameMaker
from services.transaction import AnySession

KINDS = (
    (SOCIAL, "家庭福利服務中心"), (SOCIAL, "身心障礙者服務中心"), (SOCIAL, "家庭暴力防治中心"), (SOCIAL, "婦女福利服務中心"),
    (SOCIAL, "少年福利服務中心"), (SOCIAL, "新住民家庭服務中心"), (LABOUR, "職業重建服務中心"), (LABOUR, "就業促進協會"),
    (JUSTICE, "更生保護會分會"), (JUSTICE, "犯罪被害人保護協會分會"), (EDUCATION, "學生輔導諮商中心"), (EDUCATION, "中輟學生輔導中心"),
)  # fmt: skip
MOST_MANAGERS, MOST_REFERRERS = 14, 4

Person = tuple[int, str]
"""Id and name of an account."""


@dataclass(frozen=True)
class Office:
    """`chiefs` take in (receiving units only), `staff` work cases or send referrals."""

    unit_id: int
    chiefs: Sequence[Person]
    staff: Sequence[Person]


@dataclass(frozen=True)
class Network:
    referring: dict[str, list[Office]]
    """By county."""
    receiving: dict[int, Office]
    areas: dict[str, int]
    """Postal-code prefix to unit; of all that fit, the longest decides."""

    def route(self, code: str) -> tuple[str, int] | None:
        prefixes = (code[:length] for length in range(len(code), 2, -1))
        return next(((prefix, self.areas[prefix]) for prefix in prefixes if prefix in self.areas), None)


def build(session: AnySession, random: Random, counties: Sequence[str], *, referrals: int) -> Network:
    """Adds the units and accounts that are missing, more of them for more referrals."""
    managers = min(MOST_MANAGERS, 1 + referrals // 5_000)
    referrers = min(MOST_REFERRERS, 1 + referrals // 20_000)
    _add_units(session, counties)
    units = session.scalars(select(Unit).where(Unit.active).order_by(Unit.id)).all()
    posts = [
        *((unit.id, Role.SUPERVISOR, 0) for unit in units if unit.receives),
        *(
            (unit.id, Role.CASE_MANAGER, number)
            for unit in units
            if unit.receives
            for number in range(managers)
        ),
        *((unit.id, Role.REFERRER, number) for unit in units if unit.refers for number in range(referrers)),
    ]
    add_accounts(session, random, posts)
    chiefs = _people(session, Permission.REFERRAL_TAKE_IN)
    workers = _people(session, Permission.CASE_WORK)
    senders = _people(session, Permission.REFERRAL_SUBMIT)
    referring = defaultdict(list)
    for unit in units:
        if senders[unit.id]:
            county = next((county for county in counties if unit.name.startswith(county)), unit.address[:3])
            referring[county].append(Office(unit.id, (), senders[unit.id]))
    return Network(
        referring=dict(referring),
        receiving={
            unit.id: Office(unit.id, chiefs[unit.id], workers[unit.id]) for unit in units if chiefs[unit.id]
        },
        areas={
            area.prefix: area.unit_id for area in session.scalars(select(ServiceArea)) if chiefs[area.unit_id]
        },
    )


def _add_units(session: AnySession, counties: Sequence[str]) -> None:
    known = set(session.scalars(select(Unit.name)))
    agencies = {agency.name: agency for agency in session.scalars(select(Agency))}
    for county, (agency_name, kind) in product(counties, KINDS):
        if f"{county}{kind}" not in known:
            agency = agencies.setdefault(agency_name, Agency(name=agency_name))
            session.add(Unit(agency=agency, name=f"{county}{kind}", refers=True, address=county))
    session.flush()


def add_accounts(session: AnySession, random: Random, posts: Sequence[tuple[int, Role, int]]) -> None:
    known = set(session.scalars(select(Account.username)))
    names = NameMaker(random)
    roles = {role.name: role.id for role in session.scalars(select(RoleRow))}
    wanted: dict[str, tuple[int, Role]] = {}
    for unit_id, role, number in posts:
        wanted[f"load-{unit_id}-{role.name.lower()}-{number}"] = unit_id, role
    missing = {username: post for username, post in wanted.items() if username not in known}
    if not missing:
        return
    session.execute(
        insert(Account),
        [
            {
                "username": username,
                "first_name": username,
                "last_name": "",
                "name": names.draw(random.choice("MF"), random.randint(1965, 2000)),
                "email": f"{username}@demo.jieli.example",
                "active": True,
                "unit_id": unit_id,
                "job_title": role.value,
                "created_by_fk": None,
                "changed_by_fk": None,
            }
            for username, (unit_id, role) in missing.items()
        ],
    )
    ids = dict(map(tuple, session.execute(select(Account.username, Account.id))))
    session.execute(
        insert(assoc_user_role),
        [{"user_id": ids[username], "role_id": roles[role.value]} for username, (_, role) in missing.items()],
    )


def account_id(session: AnySession, unit_id: int, role: Role, number: int) -> int:
    """Of an account that `add_accounts` made."""
    username = f"load-{unit_id}-{role.name.lower()}-{number}"
    return session.scalars(select(Account.id).where(Account.username == username)).one()


def _people(session: AnySession, permission: Permission) -> defaultdict[int, list[Person]]:
    found: defaultdict[int, list[Person]] = defaultdict(list)
    asked = select(Account.unit_id, Account.id, Account.name).where(
        Account.unit_id.is_not(None), Account.active.is_(True), holds(permission)
    )
    for unit_id, account_id, name in session.execute(asked.order_by(Account.id)):
        found[unit_id].append((account_id, name))
    return found
