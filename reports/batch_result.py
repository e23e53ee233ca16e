"""What a confirmed upload has become: the referrals in the order of the workbook's rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from models.scopes import sent_referrals
from reports.session import ReadSession
from rules.actor import Actor
from rules.texts import N_

HEADINGS = (N_("列號"), N_("轉介單號"), N_("姓名"), N_("收案單位代號"), N_("收案單位"), N_("分派方式"))
WIDTHS = (8, 12, 16, 14, 30, 24)


def results(session: ReadSession, upload_id: int, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """`batch_row`, `number`, `person_id`, `name`, `unit_code`, `unit`, `basis`."""
    found = (
        select(
            Referral.batch_row,
            Referral.id.label("number"),
            Referral.person_id,
            Person.name,
            Unit.code.label("unit_code"),
            Unit.name.label("unit"),
            Referral.routing_basis.label("basis"),
        )
        .join(Person, Person.id == Referral.person_id)
        .outerjoin(Unit, Unit.id == Referral.receiving_unit_id)
        .where(Referral.batch_id == upload_id, sent_referrals(actor))
        .order_by(Referral.batch_row)
    )
    return session.execute(found).all()
