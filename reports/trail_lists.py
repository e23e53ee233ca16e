"""個資存取紀錄: the trail as lists and as words. What is typed as an endpoint is shown as the screen's title."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from models.account import Account
from models.crypto import KEYS
from models.organisation import Unit
from models.person import NameSuffix, Person
from models.trail import Act, TrailEntry, TrailPerson
from reports.columns import TAIPEI, Column
from reports.criteria import Choices, Criterion, day, known, name_holds, person_with, whole_number
from reports.pages import Listing
from reports.session import ReadSession
from rules import national_id, roc_dates
from rules.texts import N_

Translate = Callable[[str], str]
MOST_UNITS = 1000
MOST_PERSONS = 200

ACTS: Mapping[str, str] = {
    Act.VIEW: N_("查看"),
    Act.LIST: N_("列表"),
    Act.LOOK_UP: N_("查詢個案"),
    Act.REVEAL: N_("顯示身分證字號"),
    Act.PRINT: N_("列印"),
    Act.DOWNLOAD: N_("下載檔案"),
    Act.EXPORT: N_("匯出"),
    Act.DISCLOSE: N_("當事人資料彙整"),
    Act.API: N_("程式介接"),
    Act.SEAL: N_("封存"),
    Act.ANONYMISE: N_("去識別"),
}
# The part of an endpoint before its dot → what the screen is called.
SCREENS: Mapping[str, str] = {
    "AppointmentBook": N_("預約簿"),
    "AppointmentForm": N_("登錄預約"),
    "AppointmentList": N_("預約名單"),
    "AttendanceScreen": N_("差勤登錄"),
    "AuditedPersonTrail": N_("誰看過"),
    "BatchUpload": N_("轉介個案批次(多筆)上傳"),
    "CaseApi": N_("程式介接:個案"),
    "CaseHistory": N_("個案服務歷程"),
    "CaseListView": N_("個案列表"),
    "CaseRecords": N_("服務紀錄"),
    "CaseSearch": N_("個管員查詢作業"),
    "CounterDesk": N_("我的櫃台"),
    "DeskRefusals": N_("無法接案說明"),
    "DeskRequests": N_("更換就服員申請"),
    "Disclosure": N_("個人資料彙整"),
    "EvidenceView": N_("介紹卡與資料移轉"),
    "HandedOver": N_("移轉名冊"),
    "HandedOverToMe": N_("移轉給我的民眾"),
    "Intake": N_("收案督導-收案/派案"),
    "IntakeBulk": N_("收案督導-收案/派案"),
    "OfficerDepartures": N_("就服員離職"),
    "PermanentTransfers": N_("永久轉案"),
    "PersonTrail": N_("誰看過"),
    "Reception": N_("接待台"),
    "ReceptionIdentity": N_("接待台"),
    "ReceptionVisits": N_("接待台"),
    "ReferralApi": N_("程式介接:轉介單"),
    "ReferralBatch": N_("轉介個案批次(多筆)上傳"),
    "ReferralCorrection": N_("修正後重新送出"),
    "ReferralDetail": N_("轉介單"),
    "ReferralListView": N_("轉介單列表"),
    "ReferralStatus": N_("轉介狀態查詢"),
    "ReferralSubmit": N_("轉介個案建立"),
    "ReferralWithdrawal": N_("撤回"),
    "ReplyFormView": N_("轉介回覆單"),
    "Roster": N_("清冊"),
    "RosterApi": N_("程式介接:清冊"),
    "ServiceRecordListView": N_("服務紀錄列表"),
    "TableWorkbook": N_("介紹卡與資料移轉"),
    "TrailLog": N_("個資存取紀錄"),
    "Transfer": N_("督導轉案"),
    "TransferBulk": N_("督導轉案"),
    "Uncovered": N_("請假或離職者的個案"),
    "Unrouted": N_("待指定收案單位"),
    "VisitListView": N_("到訪紀錄列表"),
    "Worklist": N_("個管員服務作業"),
    "retention": N_("保存期限"),
    "seal": N_("紀錄驗證"),
}
CRITERIA_WORDS: Mapping[str, str] = {
    "name": N_("姓名"),
    "national_id": N_("身分證字號"),
    "number": N_("轉介單號"),
    "date_from": N_("轉介日期起"),
    "date_to": N_("轉介日期迄"),
    "state": N_("服務狀態"),
    "referring_unit": N_("轉介單位"),
    "receiving_unit": N_("收案單位"),
    "page": N_("頁次"),
    "sort": N_("排序"),
    "reason": N_("申請案號或事由"),
    "months": N_("保存月數"),
    "referrals": N_("轉介單數"),
    "asked": N_("查詢人數"),
    "unknown": N_("查無此人的號碼(雜湊值)"),
}


def screen_title(endpoint: str, translate: Translate) -> str:
    name = endpoint.partition(".")[0]
    return translate(SCREENS[name]) if name in SCREENS else endpoint


def act_title(act: str, translate: Translate) -> str:
    return translate(ACTS.get(act, act))


def criteria_lines(told: str, translate: Translate) -> list[tuple[str, str]]:
    """What was searched for, as label and text."""
    found: dict[str, Any] = json.loads(told) if told else {}
    return [
        (
            translate(CRITERIA_WORDS.get(name, name)),
            "\n".join(value) if isinstance(value, list) else str(value),
        )
        for name, value in found.items()
    ]


def persons_of(session: ReadSession, entry_id: int) -> list[Person]:
    """The first two hundred, by number."""
    theirs = select(TrailPerson.person_id).where(TrailPerson.entry_id == entry_id)
    found = select(Person).where(Person.id.in_(theirs)).order_by(Person.id).limit(MOST_PERSONS)
    return list(session.scalars(found))


def _time(value: datetime, _translate: Translate) -> str:
    """With its seconds: who looked first may matter."""
    local = value.astimezone(TAIPEI)
    return f"{roc_dates.show(local.date())} {local:%H:%M:%S}"


def _or_system(name: str | None, translate: Translate) -> str:
    return name or translate(N_("系統"))


def _act(act: str, translate: Translate) -> str:
    return act_title(act, translate)


def _translated(text: str, translate: Translate) -> str:
    return translate(text) if text else ""


AT = Column("at", N_("時間"), TrailEntry.at, 20, show=_time, sort=(TrailEntry.at,))
NAME = Column("account_name", N_("使用者"), Account.name, 12, show=_or_system)
UNIT = Column("unit", N_("單位"), Unit.name, 28)
ACT = Column("act", N_("動作"), TrailEntry.act, 14, show=_act)
SCREEN = Column("screen", N_("畫面"), TrailEntry.screen, 22, show=screen_title)
GROUND = Column("ground", N_("依據"), TrailEntry.ground, 22, show=_translated)
SOURCE = TrailEntry.__table__.outerjoin(Account.__table__, Account.id == TrailEntry.actor_id).outerjoin(
    Unit.__table__, Unit.id == TrailEntry.unit_id
)

LOG = Listing(
    key=TrailEntry.id,
    select_from=SOURCE,
    columns=(
        AT,
        Column("account", N_("使用者"), Account.name + " " + Account.username, 18, show=_or_system),
        UNIT,
        ACT,
        SCREEN,
        GROUND,
        Column("persons", N_("人數"), TrailEntry.persons, 8, kind="number"),
        Column("address", N_("來源位址"), TrailEntry.address, 16),
    ),
    order=(TrailEntry.at.desc(),),
)
# For a supervisor: who looked and why, without account names and network addresses of other units' staff.
LOOKS = Listing(
    key=TrailEntry.id,
    select_from=SOURCE,
    columns=(AT, NAME, UNIT, ACT, SCREEN, GROUND),
    order=(TrailEntry.at.desc(),),
)


def about(person_id: int) -> ColumnElement[bool]:
    """The entries that name the person."""
    return TrailEntry.id.in_(select(TrailPerson.entry_id).where(TrailPerson.person_id == person_id))


def _start_of(local: date) -> datetime:
    return datetime.combine(local, time(), TAIPEI).astimezone(UTC)


def _of_account(text: str) -> ColumnElement[bool]:
    named = or_(Account.username == text, Account.name.contains(text, autoescape=True))
    return TrailEntry.actor_id.in_(select(Account.id).where(named))


def _of_number(text: str) -> ColumnElement[bool]:
    """Whom it belongs to was seen, or it was asked for and nobody found."""
    asked = KEYS.search_hash(national_id.inspect(text).number)
    seen = select(TrailPerson.entry_id).where(TrailPerson.person_id.in_(person_with(text)))
    return or_(TrailEntry.asked_hash == asked, TrailEntry.id.in_(seen))


def _of_name(text: str) -> ColumnElement[bool]:
    whom = select(NameSuffix.person_id).where(name_holds(text))
    return TrailEntry.id.in_(select(TrailPerson.entry_id).where(TrailPerson.person_id.in_(whom)))


def _acts(_session: ReadSession) -> Choices:
    return tuple((str(act), title) for act, title in ACTS.items())


def _units(session: ReadSession) -> Choices:
    found = session.execute(select(Unit.id, Unit.name).order_by(Unit.name).limit(MOST_UNITS))
    return [(str(key), name) for key, name in found]


LOG_CRITERIA = (
    Criterion(
        "from_day",
        N_("日期起"),
        lambda text: TrailEntry.at >= _start_of(day(text)),
        kind="date",
        hint=N_("例:112/9/1"),
    ),
    Criterion(
        "to_day",
        N_("日期迄"),
        lambda text: TrailEntry.at < _start_of(day(text) + timedelta(days=1)),
        kind="date",
        hint=N_("例:112/9/30"),
    ),
    Criterion("account", N_("使用者帳號或姓名"), _of_account),
    Criterion(
        "act", N_("動作"), lambda text: TrailEntry.act == known(text, ACTS), kind="choice", choices=_acts
    ),
    Criterion(
        "unit",
        N_("使用者單位"),
        lambda text: TrailEntry.unit_id == whole_number(text),
        kind="choice",
        choices=_units,
    ),
    Criterion("national_id", N_("被查看者身分證字號"), _of_number, secret=True),
    Criterion("person_name", N_("被查看者姓名"), _of_name, secret=True),
)
