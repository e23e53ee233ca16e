"""The tables of the large load with their columns, parents before children, as rows wait to be written."""

from __future__ import annotations

from models.case import (
    Assignment,
    Case,
    Extension,
    ServiceRecord,
    ServiceRecordReason,
    ServiceRecordService,
)
from models.person import NameSuffix, Person
from models.referral import Referral, ReferralIdentity, ReferralIndicator
from models.timeline import TimelineEntry
from services.demo.bulk import Rows


class Ledger:
    def __init__(self) -> None:
        self.persons = _rows(
            Person,
            "id, national_id_hash, national_id, national_id_kind, name, sex, birthday, phone, home_phone, address, postal_code, "
            "version, changed_at, changed_by_id, changed_by_name",
        )
        self.suffixes = _rows(NameSuffix, "suffix, person_id")
        self.referrals = _rows(
            Referral,
            "id, person_id, referring_unit_id, receiving_unit_id, routing_basis, routing_prefix, postal_code, referral_date, "
            "submitted_at, submitted_by_id, state, other_identity, brief, expectation, consent_at, submission_key, version",
        )
        self.indicators = _rows(ReferralIndicator, "referral_id, code")
        self.identities = _rows(ReferralIdentity, "referral_id, code")
        self.cases = _rows(
            Case,
            "id, referral_id, unit_id, supervisor_id, case_manager_id, taken_in_at, due_date, closed_on, closed_at, version",
        )
        self.assignments = _rows(Assignment, "case_id, case_manager_id, assigned_at, assigned_by_id")
        self.extensions = _rows(Extension, "case_id, due_before, due_after, extended_at, extended_by_id")
        self.records = _rows(
            ServiceRecord,
            "id, case_id, unit_id, served_on, provided, training_unit, training_course, training_from, training_to, "
            "training_allowance, other_service, remark, recorded_at, author_id, submission_key, version",
        )
        self.services = _rows(ServiceRecordService, "record_id, code")
        self.reasons = _rows(ServiceRecordReason, "record_id, code")
        self.timeline = _rows(
            TimelineEntry, "referral_id, at, actor_id, actor_name, move, from_state, to_state, reason, detail"
        )

    def all(self) -> tuple[Rows, ...]:
        return tuple(vars(self).values())


def _rows(model: type, columns: str) -> Rows:
    return Rows(model.__table__, tuple(columns.split(", ")))  # type: ignore[attr-defined]  # every model has a table
