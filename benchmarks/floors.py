"""The bare page that a list is compared with: the same rows by two Core statements, inside the same shell.

Log-in, permissions, menu and base template are the product's; there are no criteria, no sorting, no links and no chips.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_appbuilder import expose
from sqlalchemy import ColumnElement, SQLColumnExpression, func, select

from models import scopes
from models.account import Account
from models.case import Case, ServiceRecord
from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from reports.alternatives import ordered_keys
from reports.pages import COUNT_LIMIT, SIZES
from rules.actor import Actor
from rules.permissions import Permission as P
from views.access import Screen, actor, database, needs
from views.case_search import CaseSearch
from views.intake import Intake
from views.lists import ListScreen
from views.referral_status import ReferralStatus
from views.roster import Roster
from views.transfer import Transfer
from views.worklist import Worklist


@dataclass(frozen=True)
class Rows:
    """What one bare page reads: keys in `order` within the scope, then `columns` of these keys over `joins`."""

    key: SQLColumnExpression[int]
    columns: Sequence[Any]
    joins: Any
    scope: Callable[[], Sequence[ColumnElement[bool]]]
    order: Sequence[Any]


def _of(screen: type[ListScreen]) -> Rows:
    listing = screen.listing
    columns = [column.value.label(column.key) for column in listing.columns]
    return Rows(listing.key, columns, listing.select_from, screen().scope, (*listing.order, listing.key))


def _within(scope: Callable[[Actor], ColumnElement[bool]]) -> Callable[[], Sequence[ColumnElement[bool]]]:
    return lambda: (scope(actor()),)


_referrals = Referral.__table__.join(Person.__table__, Person.id == Referral.person_id)
_cases = _referrals.join(Case.__table__, Case.referral_id == Referral.id).join(
    Unit.__table__, Unit.id == Case.unit_id
)

GENERATED = {
    "ReferralListView": Rows(
        Referral.id,
        (
            Referral.id, Referral.referral_date, Person.name, Unit.name.label("unit"), Account.name.label("account"),
            Referral.receiving_unit_id, Referral.routing_basis, Referral.state,
        ),
        _referrals.join(Unit.__table__, Unit.id == Referral.referring_unit_id).join(
            Account.__table__, Account.id == Referral.submitted_by_id
        ),
        _within(scopes.referrals),
        (Referral.referral_date.desc(), Referral.id.desc()),
    ),
    "CaseListView": Rows(
        Case.id,
        (
            Case.id, Case.referral_id, Referral.referral_date, Person.name, Referral.referring_unit_id,
            Unit.name.label("unit"), Case.supervisor_id, Account.name.label("account"), Case.due_date, Case.closed_on,
        ),
        _cases.join(Account.__table__, Account.id == Case.case_manager_id),
        _within(scopes.cases),
        (Case.id.desc(),),
    ),
    "ServiceRecordListView": Rows(
        ServiceRecord.id,
        (
            ServiceRecord.case_id, ServiceRecord.served_on, Person.name, Unit.name.label("unit"),
            Account.name.label("account"), ServiceRecord.provided, ServiceRecord.other_service,
            ServiceRecord.training_course,
        ),
        _cases.join(ServiceRecord.__table__, ServiceRecord.case_id == Case.id).join(
            Account.__table__, Account.id == ServiceRecord.author_id
        ),
        _within(scopes.service_records),
        (ServiceRecord.served_on.desc(), ServiceRecord.id.desc()),
    ),
}  # fmt: skip
CUSTOM = {
    screen.__name__: _of(screen)
    for screen in (Intake, Worklist, Transfer, ReferralStatus, CaseSearch, Roster)
}
ROWS = GENERATED | CUSTOM


class Floor(Screen):
    route_base = "/bench/floor"
    default_view = "page"
    template_folder = str(Path(__file__).with_name("templates"))

    @expose("/<name>")
    @needs(P.HOME_VIEW)
    def page(self, name: str) -> str:
        rows = ROWS[name]
        found = ordered_keys(rows.key, rows.scope(), rows.order)
        bounded = found.order_by(None).limit(COUNT_LIMIT + 1).subquery()
        total = database().scalar(select(func.count()).select_from(bounded))
        keys = database().scalars(found.limit(SIZES[0])).all()
        page = select(*rows.columns).select_from(rows.joins).where(rows.key.in_(keys)).order_by(*rows.order)
        return self.render(
            "floor.html", total=total, columns=page.selected_columns.keys(), rows=database().execute(page)
        )
