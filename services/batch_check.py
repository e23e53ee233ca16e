"""The rows of an upload against the database: who is known, what is open already, and where each row would go.

A fixed number of statements, however many rows there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, literal, select, union_all

from models.codes import Identity, Indicator
from models.crypto import KEYS
from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from rules.addresses import Directory
from rules.batch import RowCheck, SheetRow, check_row, mark_duplicates
from rules.errors import RuleBroken
from rules.names import same_name
from rules.national_id import NationalId
from rules.person import PersonFields
from rules.routing import Routing
from rules.texts import N_
from services import people, postal, routing
from services.referral_check import unfinished_sentence
from services.referrals import UNFINISHED
from services.transaction import AnySession


@dataclass(frozen=True)
class Verdict:
    """`known`: the person's row, once the name fits. `unit`: the receiving unit's name, empty while there is none."""

    check: RowCheck
    known: Person | None = None
    routing: Routing | None = None
    unit: str = ""

    @property
    def mark(self) -> str:
        """What a confirmation is for: another warning needs another one, and so does a person changed meanwhile."""
        version = str(self.known.version) if self.known else ""
        told = "\n".join((version, *map(str, self.check.warnings)))
        return f"{self.check.row.number}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Holder:
    """`open_number`: the newest referral of this person that is not finished yet."""

    person: Person
    open_number: int | None
    open_unit: str | None


def check(session: AnySession, rows: Sequence[SheetRow], *, today: date, lock: bool = False) -> list[Verdict]:
    """`lock`: nobody changes the persons found until the transaction ends."""
    directory = postal.directory(session)
    alone = _each_alone(session, rows, directory, today)
    holders = holders_of(session, [each.named[1] for each in alone if each.named], lock=lock)
    checks = [_against_holder(each, holders) for each in mark_duplicates(alone)]
    return _routed(session, checks, holders, directory)


def holders_of(
    session: AnySession, numbers: Collection[NationalId], *, lock: bool = False
) -> dict[str, Holder]:
    """By number."""
    hashes = {KEYS.search_hash(number.number): number.number for number in numbers}
    found = (
        select(Person, Referral.id, Unit.name)
        .outerjoin(Referral, and_(Referral.person_id == Person.id, Referral.state.in_(UNFINISHED)))
        .outerjoin(Unit, Unit.id == Referral.receiving_unit_id)
        .where(Person.national_id_hash.in_(sorted(hashes)))
        .order_by(Person.id, Referral.id)
        .execution_options(populate_existing=True)
    )
    if lock:
        found = found.with_for_update(of=Person)
    return {
        hashes[person.national_id_hash]: Holder(person, number, unit)
        for person, number, unit in session.execute(found)
    }


def completed(fields: PersonFields, known: Person | None) -> PersonFields:
    """With the telephones that a batch has no column for."""
    if known is None:
        return fields
    return replace(fields, home_phone=known.home_phone, other_phone=known.other_phone)


def _each_alone(
    session: AnySession, rows: Sequence[SheetRow], directory: Directory, today: date
) -> list[RowCheck]:
    offered = _offered_codes(session)
    return [
        check_row(
            row,
            directory=directory,
            indicators=offered["indicator"],
            identities=offered["identity"],
            today=today,
        )
        for row in rows
    ]


def _offered_codes(session: AnySession) -> Mapping[str, set[int]]:
    offered: dict[str, set[int]] = {"indicator": set(), "identity": set()}
    both = union_all(
        select(literal("indicator"), Indicator.code).where(Indicator.active),
        select(literal("identity"), Identity.code).where(Identity.active),
    )
    for kind, code in session.execute(both):
        offered[kind].add(code)
    return offered


def _against_holder(check: RowCheck, holders: Mapping[str, Holder]) -> RowCheck:
    holder = holders.get(check.named[1].number) if check.named else None
    if holder is None or check.named is None:
        return check
    if any(fault.field == check.row.cell("national_id") for fault in check.faults):
        return check  # one number under several names: which of them fits would be told for a single look-up
    if not same_name(check.named[0], holder.person.name):
        return check.with_fault(
            "national_id", N_("姓名與身分證字號不相符，請對照證件檢查。若確認無誤，請洽系統管理者。")
        )
    if check.person is None:
        return check
    fields = completed(check.person, holder.person)
    changed = [
        label
        for field, label in people.LABELS.items()
        if getattr(fields, field) != getattr(holder.person, field)
    ]
    if changed:
        check = check.with_warning(
            RuleBroken("已有此人的資料，將更新：%(fields)s。", fields="、".join(changed))
        )
    if holder.open_number is not None:
        check = check.with_warning(unfinished_sentence(holder.open_number, holder.open_unit))
    return check


def _routed(
    session: AnySession, checks: Sequence[RowCheck], holders: Mapping[str, Holder], directory: Directory
) -> list[Verdict]:
    good = [each.person for each in checks if each.good and each.person]
    places = [(person.postal_code, person.address) for person in good]
    routed = dict(zip(places, routing.assign_units(session, places, directory), strict=True))
    wanted = {each.unit_id for each in routed.values() if each.unit_id}
    named = select(Unit.id, Unit.name).where(Unit.id.in_(sorted(wanted)))
    units = dict(session.execute(named).all())
    verdicts = []
    for each in checks:
        known = _known(each, holders)
        if not each.good or each.person is None:
            verdicts.append(Verdict(each, known))
            continue
        where = routed[each.person.postal_code, each.person.address]
        unit = units.get(where.unit_id, "") if where.unit_id else ""
        verdicts.append(Verdict(each, known, where, unit))
    return verdicts


def _known(check: RowCheck, holders: Mapping[str, Holder]) -> Person | None:
    """Of a faulty row too: the check page shows it, and the trail says whom it is about."""
    if check.named is None:
        return None
    name, number = check.named
    holder = holders.get(number.number)
    return holder.person if holder and same_name(name, holder.person.name) else None
