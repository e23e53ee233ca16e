"""Whom a case may be given to: the check behind every choice of a case manager, whatever the form offered."""

from __future__ import annotations

from sqlalchemy import select

from models.account import Account
from reports.staff import holds
from rules.errors import FieldFault
from rules.permissions import Permission
from rules.texts import N_
from services.transaction import AnySession


def chosen_case_manager(session: AnySession, account_id: int, *, unit_id: int, field: str) -> Account:
    """The account, if a case of the unit can be given to it; raises FieldFault at `field`.

    Keeps the account as it is until the transaction ends: nobody is disabled between the check and the
    assignment. Of people in other units not even the name is told.
    """
    account = session.scalars(
        select(Account)
        .where(Account.id == account_id, Account.unit_id == unit_id)
        .with_for_update(read=True, of=Account)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if account is None:
        raise FieldFault(field, N_("這位人員不在本單位,請從名單中重新選擇個管員。"))
    who = account.get_full_name()
    if not account.active:
        raise FieldFault(field, N_("%(who)s 的帳號已停用,請選擇其他個管員。"), who=who)
    entitled = select(Account.id).where(Account.id == account_id, holds(Permission.CASE_WORK))
    if session.scalar(entitled) is None:
        raise FieldFault(field, N_("%(who)s 不是個管員或督導,不能承辦個案,請重新選擇。"), who=who)
    return account
