"""常用條件: the criteria a user keeps for a list under a name of his own. Nobody else sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select

from models.account import Account
from models.staff import SavedSearch
from rules.actor import Actor
from rules.errors import FieldFault, NotFound
from rules.texts import N_, check_line
from services.transaction import AnySession

MOST = 20
LONGEST_NAME = 50
LONGEST_CRITERIA = 4000
Criteria = Mapping[str, list[str]]


def saved(session: AnySession, screen: str, *, by: Actor) -> Sequence[SavedSearch]:
    found = select(SavedSearch).where(SavedSearch.user_id == by.user_id, SavedSearch.screen == screen)
    return session.scalars(found.order_by(SavedSearch.name)).all()


def criteria_of(search: SavedSearch) -> Criteria:
    """Each criterion with its values, secrets readable."""
    found: Criteria = json.loads(search.criteria)
    return found


def save(session: AnySession, screen: str, *, name: str, criteria: Criteria, by: Actor) -> SavedSearch:
    """Under a name that is taken the new criteria replace the old ones. Locks the user's account.

    Raises FieldFault at `label` for a bad name, for no criteria, and for the one after the twentieth.
    """
    line = check_line(name, field="label", limit=LONGEST_NAME, missing=N_("請輸入名稱。"))
    if not criteria:
        raise FieldFault("label", N_("請先輸入條件並查詢,再儲存為常用條件。"))
    written = json.dumps(dict(criteria), ensure_ascii=False)
    if len(written) > LONGEST_CRITERIA:
        raise FieldFault("label", N_("條件太長,無法儲存。請縮短後再試一次。"))
    session.scalar(select(Account.id).where(Account.id == by.user_id).with_for_update())
    mine = SavedSearch.user_id == by.user_id, SavedSearch.screen == screen
    found = session.scalar(select(SavedSearch).where(*mine, SavedSearch.name == line))
    if found is None:
        if (session.scalar(select(func.count()).select_from(SavedSearch).where(*mine)) or 0) >= MOST:
            raise FieldFault("label", N_("每個列表最多儲存 %(most)s 組常用條件,請先刪除不用的。"), most=MOST)
        found = SavedSearch(user_id=by.user_id, screen=screen, name=line)
        session.add(found)
    found.criteria = written
    session.flush()
    return found


def remove(session: AnySession, search_id: int, *, by: Actor) -> None:
    """One's own only; somebody else's is not found."""
    mine = SavedSearch.id == search_id, SavedSearch.user_id == by.user_id
    if not session.execute(delete(SavedSearch).where(*mine)).rowcount:  # type: ignore[attr-defined]
        raise NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
