"""The good rows of an upload become referrals: each table is written once, whatever the number of rows.

Rows about one person make one person: the last row's data stays, as when the single form is sent twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from models.batch import BatchUpload
from models.crypto import KEYS
from models.person import NameSuffix, Person, PersonRevision
from models.referral import Referral, ReferralIdentity, ReferralIndicator
from models.timeline import TimelineEntry
from reports import mails
from reports.staff import people_of
from rules import national_id
from rules.actor import Actor
from rules.errors import StaleVersion
from rules.names import mask_name, suffixes
from rules.permissions import Permission
from rules.person import PersonFields
from rules.texts import N_
from services import outbox, people
from services.batch_check import Verdict, completed
from services.referrals import submitted_entry, values_of
from services.transaction import AnySession

Written = Sequence[tuple[int, Verdict]]


def write(
    session: AnySession,
    upload: BatchUpload,
    verdicts: Sequence[Verdict],
    *,
    referring_unit: str,
    base_url: str,
    by: Actor,
    at: datetime,
) -> None:
    """`verdicts` are good ones, made in this transaction with the persons locked."""
    person_ids = _save_persons(session, verdicts, by=by, at=at)
    written = _insert_referrals(session, upload, verdicts, person_ids, by=by, at=at)
    _insert_codes(session, written)
    entries = [
        submitted_entry(number, each.routing, each.unit, by=by, at=at)
        for number, each in written
        if each.routing
    ]
    session.execute(insert(TimelineEntry), entries)
    _write_to_supervisors(session, upload, written, referring_unit, base_url=base_url, at=at)


def _save_persons(
    session: AnySession, verdicts: Sequence[Verdict], *, by: Actor, at: datetime
) -> dict[str, int]:
    """The persons' ids by number."""
    wanted = {
        each.check.person.national_id: (completed(each.check.person, each.known), each.known)
        for each in verdicts
        if each.check.person
    }
    known = [(fields, person) for fields, person in wanted.values() if person]
    new = [fields for fields, person in wanted.values() if person is None]
    ids = {fields.national_id: person.id for fields, person in known}
    _update_persons(session, known, by=by, at=at)
    if new:
        ids |= _insert_persons(session, new, by=by, at=at)
    _insert_suffixes(session, {ids[fields.national_id]: fields.name for fields in new})
    return ids


def _insert_persons(
    session: AnySession, new: Sequence[PersonFields], *, by: Actor, at: datetime
) -> dict[str, int]:
    by_hash = {KEYS.search_hash(fields.national_id): fields for fields in new}
    values = [
        {
            **asdict(fields),
            "national_id_hash": digest,
            "national_id_kind": (number := national_id.inspect(fields.national_id)).kind,
            "sex": number.sex,
            "version": 1,
            **_stamp(by, at),
        }
        # In one order whatever the rows' is: two batches about the same people never wait for each other.
        for digest, fields in sorted(by_hash.items(), key=itemgetter(0))
    ]
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    dialect: Any = sqlite if on_sqlite else postgresql
    added = session.execute(
        dialect.insert(Person)
        .values(values)
        .on_conflict_do_nothing(index_elements=[Person.national_id_hash])
        .returning(Person.id, Person.national_id_hash)
    ).all()
    if len(added) != len(new):  # registered by somebody else since they were looked up
        raise StaleVersion(N_("有個案剛由其他人建立,請再按一次確認。"))
    return {by_hash[digest].national_id: person_id for person_id, digest in added}


def _update_persons(
    session: AnySession, known: Sequence[tuple[PersonFields, Person]], *, by: Actor, at: datetime
) -> None:
    changed = [
        (fields, person)
        for fields, person in known
        if any(getattr(fields, field) != getattr(person, field) for field in people.LABELS)
    ]
    if not changed:
        return
    session.execute(
        insert(PersonRevision), [people.revision_values(person, by=by, at=at) for _, person in changed]
    )
    table = Person.__table__
    columns = {field: bindparam(f"new_{field}", type_=table.c[field].type) for field in people.LABELS}
    session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("of_id"))
        .values(**columns, version=table.c.version + 1, **_stamp(by, at)),
        [
            {"of_id": person.id, **{f"new_{field}": getattr(fields, field) for field in people.LABELS}}
            for fields, person in changed
        ],
    )
    renamed = {person.id: fields.name for fields, person in changed if fields.name != person.name}
    if renamed:
        session.execute(delete(NameSuffix).where(NameSuffix.person_id.in_(renamed)))
        _insert_suffixes(session, renamed)
    for _fields, person in changed:
        session.expire(person)


def _insert_suffixes(session: AnySession, names: Mapping[int, str]) -> None:
    rows = [
        {"suffix": suffix, "person_id": person_id}
        for person_id, name in names.items()
        for suffix in dict.fromkeys(suffixes(name))
    ]
    if rows:
        session.execute(insert(NameSuffix), rows)


def _insert_referrals(
    session: AnySession,
    upload: BatchUpload,
    verdicts: Sequence[Verdict],
    person_ids: Mapping[str, int],
    *,
    by: Actor,
    at: datetime,
) -> Written:
    """Each row's key follows from the upload's: no row can become a referral twice."""
    by_row = {each.check.row.number: each for each in verdicts}
    rows = [
        {
            **values_of(
                person_ids[each.check.person.national_id],
                each.check.person.postal_code,
                each.check.referral,
                each.routing,
                key=str(uuid.uuid5(uuid.UUID(upload.submission_key), str(number))),
                consent_at=upload.consent_at,
                by=by,
                at=at,
            ),
            "version": 1,
            "batch_id": upload.id,
            "batch_row": number,
        }
        for number, each in by_row.items()
        if each.check.person and each.check.referral and each.routing
    ]
    # One statement with all rows: returning ids in the order of the parameters would be one a row on SQLite.
    added = session.execute(insert(Referral).values(rows).returning(Referral.id, Referral.batch_row)).all()
    rows_of = {number: row for number, row in added if row is not None}
    return [(number, by_row[rows_of[number]]) for number in sorted(rows_of)]


def _insert_codes(session: AnySession, written: Written) -> None:
    for model, name in ((ReferralIndicator, "indicators"), (ReferralIdentity, "identities")):
        rows = [
            {"referral_id": number, "code": code}
            for number, each in written
            for code in getattr(each.check.referral, name)
        ]
        if rows:
            session.execute(insert(model), rows)


def _write_to_supervisors(
    session: AnySession,
    upload: BatchUpload,
    written: Written,
    referring_unit: str,
    *,
    base_url: str,
    at: datetime,
) -> None:
    """One mail to each supervisor of a unit, however many referrals the batch brought it."""
    of_unit: dict[int, list[tuple[int, str]]] = {}
    for number, each in written:
        if each.routing and each.routing.unit_id and each.check.person:
            of_unit.setdefault(each.routing.unit_id, []).append((number, mask_name(each.check.person.name)))
    if not of_unit:
        return
    letters = {
        unit_id: mails.referrals_received(referrals, referring_unit=referring_unit, base_url=base_url)
        for unit_id, referrals in of_unit.items()
    }
    outbox.queue_new(
        session,
        [
            {
                "key": f"batch-submitted:{upload.id}:{supervisor.unit_id}:{supervisor.id}",
                "recipient": supervisor.email,
                "subject": letters[supervisor.unit_id].subject,
                "body": letters[supervisor.unit_id].body,
            }
            for supervisor in people_of(session, of_unit, Permission.REFERRAL_TAKE_IN)
            if supervisor.unit_id
        ],
        at=at,
    )


def _stamp(by: Actor, at: datetime) -> dict[str, Any]:
    return {"changed_at": at, "changed_by_id": by.user_id, "changed_by_name": by.name}
