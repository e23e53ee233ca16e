"""Tells a story with the services of the application, on the days when it happened.

What stands in the demo world went through the same rules as a user's work: numbers, routing, due dates, timelines.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from models.account import Account
from models.case import Case
from models.organisation import Unit
from models.referral import Referral
from reports.service_entries import Entry
from rules.actor import Actor
from rules.calendar import TAIPEI
from rules.identities import needs_guardian_document
from rules.person import PersonFields, check_person
from rules.referral_form import ReferralFields
from rules.roc_dates import show
from services import (
    accounts,
    cases,
    drafts,
    intake,
    people,
    referral_moves,
    referrals,
    resubmission,
    service_records,
    transfer,
)
from services.demo import files
from services.demo.people import MadeUpPerson
from services.demo.situations import Situation
from services.drafts import Upload
from services.file_changes import FileChanges
from services.transaction import AnySession

DEMO = uuid.UUID("5f0c6b1e-7b1d-4d57-9f53-0a4c9b2d7e13")
SATURDAY = 5


def key(name: str) -> str:
    """Submission keys of the demo world are names, the same at every run: the marks by which a second run knows it."""
    return str(uuid.uuid5(DEMO, name))


def office_day(day: date) -> date:
    """The day itself, or the Friday before."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


class Teller:
    """One referral's story. Time only goes on, and never beyond `now`."""

    def __init__(
        self,
        session: AnySession,
        changes: FileChanges,
        random: Random,
        name: str,
        *,
        now: datetime,
        base_url: str,
    ) -> None:
        self.session, self.changes, self.random, self.name = session, changes, random, name
        self.now, self.base_url = now, base_url
        self._last: datetime | None = None
        self._records = 0

    def submit(self, person: MadeUpPerson, situation: Situation, *, by: str, on: date) -> Referral:
        at, actor, form = self._at(on), self._actor(by), key(self.name)
        typed = {**asdict(person), "birthday": show(person.birthday)}
        fields = check_person(typed, today=on)
        registered = people.register(self.session, fields, by=actor, at=at).person
        assert registered is not None, "a made-up number that somebody has already"
        drafts.choose_person(self.session, form, registered, by=actor, at=at)
        uploads = [Upload(drafts.CONSENT, "個資同意書.pdf", files.pdf("Consent form"))]
        if needs_guardian_document(person.birthday, on):
            uploads.append(Upload(drafts.GUARDIAN, "法定監護人同意書.png", files.scan()))
        for upload in uploads:
            drafts.put_file(self.session, self.changes, form, upload, by=actor, at=at)
        said = ReferralFields(
            situation.indicators,
            situation.identities,
            situation.other,
            situation.brief,
            situation.expectation,
        )
        sent = referrals.submit(
            self.session,
            self.changes,
            key=form,
            person=fields,
            fields=said,
            base_url=self.base_url,
            by=actor,
            at=at,
        )
        return sent.referral

    def take_in(self, referral: Referral, *, by: str, manager: str, on: date) -> Case:
        return intake.take_in(
            self.session,
            referral.id,
            case_manager_id=self._actor(manager).user_id,
            by=self._actor(by),
            at=self._at(on),
            base_url=self.base_url,
        )

    def case_of(self, referral: Referral) -> Case:
        return self.session.scalars(select(Case).where(Case.referral_id == referral.id)).one()

    def serve(self, case: Case, entry: Entry, *, by: str, on: date) -> None:
        self._records += 1
        form = key(f"{self.name} record {self._records}")
        service_records.record_service(
            self.session, case.id, entry, submission_key=form, by=self._actor(by), at=self._at(on)
        )

    def extend(self, case: Case, *, by: str, on: date) -> None:
        cases.extend(self.session, case.id, due_before=case.due_date, by=self._actor(by), at=self._at(on))

    def transfer(self, case: Case, *, by: str, to: str, on: date) -> None:
        transfer.transfer(
            self.session,
            case.id,
            from_id=case.case_manager_id,
            to_id=self._actor(to).user_id,
            by=self._actor(by),
            at=self._at(on),
            base_url=self.base_url,
        )

    def close(self, case: Case, *, by: str, on: date) -> None:
        cases.close(self.session, case.id, base_url=self.base_url, by=self._actor(by), at=self._at(on))

    def reopen(self, case: Case, reason: str, *, by: str, on: date) -> None:
        cases.reopen(
            self.session,
            case.id,
            reason=reason,
            base_url=self.base_url,
            by=self._actor(by),
            at=self._at(on),
        )

    def send_back(self, referral: Referral, reason: str, *, by: str, on: date) -> None:
        referral_moves.return_(
            self.session,
            referral.id,
            reason=reason,
            base_url=self.base_url,
            by=self._actor(by),
            at=self._at(on),
        )

    def reroute(self, referral: Referral, unit_code: str, reason: str, *, by: str, on: date) -> None:
        referral_moves.reroute(
            self.session,
            referral.id,
            unit_id=self.session.scalars(select(Unit.id).where(Unit.code == unit_code)).one(),
            reason=reason,
            base_url=self.base_url,
            by=self._actor(by),
            at=self._at(on),
        )

    def withdraw(self, referral: Referral, reason: str, *, by: str, on: date) -> None:
        referral_moves.withdraw(
            self.session,
            referral.id,
            reason=reason,
            base_url=self.base_url,
            by=self._actor(by),
            at=self._at(on),
        )

    def send_again(self, referral: Referral, *, phone: str, by: str, on: date) -> None:
        """With another telephone number."""
        at, actor = self._at(on), self._actor(by)
        draft = resubmission.begin(self.session, self.changes, referral.id, by=actor, at=at)
        person = referral.person
        known = {name: getattr(person, name) for name in PersonFields.__dataclass_fields__}
        said = ReferralFields(
            tuple(item.code for item in referral.indicators),
            tuple(item.code for item in referral.identities),
            referral.other_identity,
            referral.brief,
            referral.expectation,
        )
        resubmission.resubmit(
            self.session,
            self.changes,
            referral.id,
            key=draft.key,
            person=PersonFields(**known | {"phone": phone}),
            fields=said,
            base_url=self.base_url,
            by=actor,
            at=at,
        )

    def _at(self, day: date) -> datetime:
        """In office hours of that day, after what happened before."""
        opening = datetime.combine(office_day(day), time(8, 30), TAIPEI)
        at = opening + timedelta(minutes=self.random.randrange(60))
        if self._last is not None:
            at = max(at, self._last + timedelta(minutes=20 + self.random.randrange(70)))
        self._last = min(at, self.now)
        return self._last

    def _actor(self, username: str) -> Actor:
        account = self.session.scalars(select(Account).where(Account.username == username)).one()
        granted = accounts.grants(self.session, account.id).permissions
        return Actor(account.id, account.name, account.unit_id, granted)
