"""A case as its 轉介回覆單: what the service records say, line by line, and whom to telephone."""

from __future__ import annotations

from models.case import Case
from reports.reply_form import ReplyForm
from reports.service_entries import labels, reply_lines_of_all
from reports.session import ReadSession


def reply_form_of(session: ReadSession, case: Case) -> ReplyForm:
    """The names in the 簽核 row stay empty: they are signed by hand."""
    lines = reply_lines_of_all(case.service_records, labels(session))
    return ReplyForm(
        referring_unit=case.referral.referring_unit.name,
        person_name=case.referral.person.name,
        receiving_unit=case.unit.name,
        receiving_unit_phone=contact_phone(case),
        not_served=[line for each in lines for line in each.reasons],
        served=[line for each in lines for line in each.services],
        remarks=[each.remark for each in lines if each.remark],
        agency=f"{case.unit.agency.name}{case.unit.name}",
    )


def contact_phone(case: Case) -> str:
    """服務單位連絡電話, `02-22066196分機：444`: of the case manager, else of the unit."""
    manager = case.case_manager
    if not manager.phone:
        return case.unit.phone
    return f"{manager.phone}分機：{manager.extension}" if manager.extension else manager.phone
