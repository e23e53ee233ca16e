"""Rows and objects as JSON: ISO dates, moments with +08:00, national IDs masked always."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from models.case import Case, ServiceRecord
from models.codes import CodeItem
from models.organisation import Unit
from models.person import Person
from models.referral import Attachment, Referral
from reports.case_timeline import Happening
from reports.columns import TAIPEI
from reports.pages import Page
from reports.referral_lists import state_of
from rules import national_id
from rules.errors import RuleBroken
from rules.referral_flow import State
from rules.routing import Basis
from views.texts import sentence, translated


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def moment(value: datetime) -> str:
    return value.astimezone(TAIPEI).isoformat(timespec="seconds")


def codes(items: Iterable[CodeItem]) -> list[dict[str, Any]]:
    return [{"code": item.code, "label": translated(item.label)} for item in items]


def unit(one: Unit | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"code": one.code, "name": one.name, "agency": one.agency.name, "phone": one.phone}


def page(found: Page, rows: Sequence[dict[str, Any]], *, name: str) -> dict[str, Any]:
    about = {"page": found.number, "size": found.size, "total": found.total, "has_next": found.has_next}
    return {name: list(rows), **about}


def status_of(value: str) -> dict[str, Any]:
    """State and due date out of a list's `status_value`."""
    state = state_of(value)
    return {"state": state.value, "due_date": value if state is State.OPEN and value != State.OPEN else None}


def filed(referral: Referral, warnings: Iterable[RuleBroken]) -> dict[str, Any]:
    return {
        "number": referral.id,
        "referral_date": day(referral.referral_date),
        "submitted_at": moment(referral.submitted_at),
        "state": str(referral.state),
        "receiving_unit": unit(referral.receiving_unit),
        "routing_basis": referral.routing_basis,
        "routing_text": _(Basis(referral.routing_basis).text),
        "attachments": [each.name for each in referral.attachments],
        "warnings": [sentence(each) for each in warnings],
    }


def person(one: Person) -> dict[str, Any]:
    return {
        "name": one.name,
        "national_id": national_id.mask(one.national_id),
        "sex": one.sex,
        "birthday": day(one.birthday),
        "phone": one.phone,
        "home_phone": one.home_phone,
        "other_phone": one.other_phone,
        "address": one.address,
        "postal_code": one.postal_code,
    }


def account_of(referral: Referral) -> dict[str, Any]:
    """What the referring unit wrote about the person."""
    return {
        "indicators": codes(referral.indicators),
        "identities": codes(referral.identities),
        "other_identity": referral.other_identity,
        "brief": referral.brief,
        "expectation": referral.expectation,
        "attachments": [_attachment(each) for each in referral.attachments],
    }


def _attachment(one: Attachment) -> dict[str, Any]:
    return {"kind": one.kind, "name": one.name, "size": one.size}


def case(one: Case, service_count: int) -> dict[str, Any]:
    return {
        "number": one.id,
        "taken_in_at": moment(one.taken_in_at),
        "due_date": day(one.due_date),
        "closed_on": day(one.closed_on),
        "supervisor": one.supervisor.get_full_name(),
        "case_manager": one.case_manager.get_full_name(),
        "phone": one.case_manager.phone_text,
        "service_count": service_count,
    }


def service_record(one: ServiceRecord) -> dict[str, Any]:
    training = None
    if one.training_from is not None:
        training = {
            "unit": one.training_unit,
            "course": one.training_course,
            "first_day": day(one.training_from),
            "last_day": day(one.training_to),
            "allowance": bool(one.training_allowance),
        }
    return {
        "served_on": day(one.served_on),
        "provided": one.provided,
        "services": codes(one.services),
        "reasons": codes(one.reasons),
        "training": training,
        "other_service": one.other_service,
        "remark": one.remark,
        "author": one.author.get_full_name(),
    }


def happening(one: Happening) -> dict[str, Any]:
    lines = [_(line.template) % line.values for line in one.lines]
    return {"at": moment(one.at), "title": _(one.title), "who": one.who, "lines": lines}
