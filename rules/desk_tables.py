"""The tables of a front desk as data: their columns, what may stand in them, and what is done instead of deleting a row.

One description makes the generated screen, the workbook that goes out and comes in, and the words of the change log.
Spec 2-dispatch §6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from rules.desk import DISTRIBUTION_TEXT, EVIDENCE_TEXT, GROUP_KIND_TEXT, KIND_TEXT, Kind
from rules.texts import N_

ROW_NUMBER = N_("編號")


class Sort(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    YEAR = "year"  # of our era, written as ROC
    FLAG = "flag"
    DAY = "day"
    TIME = "time"  # of Taipei's clock
    CHOICE = "choice"
    REFERENCE = "reference"
    NATIONAL_ID = "national_id"


class Kept(StrEnum):
    """Why a row stays, and what is done instead of deleting it."""

    ACTIVE = "active"  # others point to it: it is switched off
    PERIOD = "period"  # from `starts_on` to `ends_on`: it is ended; what lies behind is history
    IN_FORCE = "in_force"  # from `effective_from` on: a later row follows it
    DAY = "day"  # a single day: what is past stays
    FREE = "free"


@dataclass(frozen=True)
class Field:
    """`name` is the model's attribute; of a reference the relation, whose column is `column`. `low` to `high`: a number's
    bounds; `limit`: a text's length. `refers` names whom or what a reference chooses from (`services.desk_choices`).
    """

    name: str
    heading: str
    sort: Sort = Sort.TEXT
    required: bool = True
    low: int = 0
    high: int = 999
    limit: int = 40
    words: Mapping[Any, str] = field(default_factory=dict)
    refers: str = ""
    key: str = "id"
    hint: str = ""
    width: int = 16

    @property
    def column(self) -> str:
        """As the database calls it."""
        if self.sort is not Sort.REFERENCE:
            return self.name
        return f"{self.name}_{self.key}"


@dataclass(frozen=True)
class Table:
    """`unique`: fields whose values no two rows of a centre share. `key` of a dated rule: the fields that it rules about.

    `decides`: what hangs on the table, for the overview. `dispatches`: a change may let somebody be dispatched who waits.
    `adds_only`: its workbook brings new rows by the thousand, and those that are there already are left out.
    """

    name: str
    title: str
    decides: str
    icon: str
    fields: tuple[Field, ...]
    kept: Kept = Kept.FREE
    unique: tuple[tuple[str, ...], ...] = ()
    key: tuple[str, ...] = ()
    dispatches: bool = False
    adds_only: bool = False
    most_rows: int = 2000

    @property
    def headings(self) -> tuple[str, ...]:
        """Of its workbook: the row's number first, by which a changed row is known."""
        return (() if self.adds_only else (ROW_NUMBER,)) + tuple(each.heading for each in self.fields)

    def field(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)


ACTIVE = Field("active", N_("使用中"), Sort.FLAG, width=8)
STARTS_ON = Field("starts_on", N_("開始日期"), Sort.DAY, hint=N_("例:115/11/20"))
ENDS_ON = Field(
    "ends_on", N_("結束日期"), Sort.DAY, required=False, hint=N_("這一天仍算在內；空白表示不限期。")
)
EFFECTIVE = Field(
    "effective_from",
    N_("生效日期"),
    Sort.DAY,
    hint=N_("從這一天起適用，直到下一筆生效；以前的日子仍依以前的規定。"),
)
GROUP = Field("group", N_("櫃台群組"), Sort.REFERENCE, refers="group")
OFFICER = Field("officer", N_("就服員"), Sort.REFERENCE, refers="officer", width=18)
BUSINESS_TYPE = Field("business_type", N_("業務類型"), Sort.REFERENCE, refers="business_type")
POSITION = Field("position", N_("排列順序"), Sort.NUMBER, hint=N_("數字小的排在前面。"), width=10)
NOTE = Field("note", N_("備註"), required=False, limit=200, width=30)

COUNTER_GROUP = Table(
    "counter_group",
    N_("櫃台群組"),
    N_("哪些櫃台是一組、接什麼對象，新案先派到組再派到人。"),
    "fa-object-group",
    (
        Field("name", N_("群組名稱")),
        Field(
            "kind",
            N_("性質"),
            Sort.CHOICE,
            words=GROUP_KIND_TEXT,
            hint=N_("身障確認的民眾只派到「身障」群組。"),
        ),
        Field("takes_benefit", N_("參加失業給付平均派案"), Sort.FLAG, width=22),
        Field(
            "queue_limit",
            N_("等候上限(人)"),
            Sort.NUMBER,
            required=False,
            low=1,
            hint=N_("到這個人數就算滿，特定對象改派其他群組；空白表示不設上限。"),
        ),
        POSITION,
        ACTIVE,
    ),
    Kept.ACTIVE,
    unique=(("name",),),
    dispatches=True,
)
COUNTER = Table(
    "counter",
    N_("櫃台"),
    N_("每個櫃台的號碼、位置和所屬群組。"),
    "fa-desktop",
    (
        Field("number", N_("櫃台號"), Sort.NUMBER, low=1, width=10),
        GROUP,
        Field("place", N_("位置"), required=False, hint=N_("例:一樓、二樓求才區。")),
        Field("extension", N_("分機"), required=False, limit=16, width=10),
        ACTIVE,
    ),
    Kept.ACTIVE,
    unique=(("number",),),
    dispatches=True,
)
POST = Table(
    "post",
    N_("櫃台座位"),
    N_("哪一位就服員從哪天到哪天坐在哪個櫃台。"),
    "fa-chair",
    (
        Field("counter", N_("櫃台"), Sort.REFERENCE, refers="counter", width=10),
        OFFICER,
        STARTS_ON,
        ENDS_ON,
    ),
    Kept.PERIOD,
    dispatches=True,
)
DEPUTY = Table(
    "deputy",
    N_("職務代理表"),
    N_("就服員不在時，依順序由誰代理；資訊人員不在時，由誰檢視未結束服務。"),
    "fa-people-arrows",
    (
        Field(
            "officer",
            N_("同仁"),
            Sort.REFERENCE,
            refers="deputised",
            hint=N_("就服員，或檢視未結束服務的資訊人員。"),
            width=18,
        ),
        Field(
            "rank", N_("順位"), Sort.NUMBER, low=1, high=9, hint=N_("1 是第一職代,2 是第二職代。"), width=8
        ),
        Field(
            "deputy",
            N_("職務代理人"),
            Sort.REFERENCE,
            refers="deputy",
            hint=N_("就服員的代理人也要是就服員。"),
            width=18,
        ),
        STARTS_ON,
        ENDS_ON,
    ),
    Kept.PERIOD,
    dispatches=True,
)
BUSINESS_TYPES = Table(
    "business_type",
    N_("業務類型"),
    N_("民眾來辦什麼、號碼牌字母、怎麼派案。"),
    "fa-briefcase",
    (
        Field("name", N_("名稱")),
        Field(
            "letter", N_("號碼牌字母"), limit=1, hint=N_("A 到 Z 其中一個，不能與其他業務重複。"), width=12
        ),
        Field("kind", N_("業務別"), Sort.CHOICE, words=KIND_TEXT),
        Field("distribution", N_("派案方式"), Sort.CHOICE, words=DISTRIBUTION_TEXT),
        Field(
            "minutes",
            N_("一般服務分鐘"),
            Sort.NUMBER,
            low=1,
            high=480,
            hint=N_("用來估計等候時間。"),
            width=14,
        ),
        POSITION,
        ACTIVE,
    ),
    Kept.ACTIVE,
    unique=(("name",), ("letter",)),
    dispatches=True,
)
NEW_CASE_RULE = Table(
    "new_case_rule",
    N_("新案判別表"),
    N_("多久沒有辦過同一項業務就算新案。"),
    "fa-scale-balanced",
    (
        BUSINESS_TYPE,
        EFFECTIVE,
        Field("months", N_("月數"), Sort.NUMBER, high=120, hint=N_("0 表示從來沒有辦過才算新案。"), width=8),
        NOTE,
    ),
    Kept.IN_FORCE,
    unique=(("business_type", "effective_from"),),
    key=("business_type",),
)
RATIO_SHARE = Table(
    "ratio_share",
    N_("派案比例表"),
    N_("依當年度各群組的新登記人數，決定求職新案怎麼分配。"),
    "fa-chart-pie",
    (
        Field("year", N_("年度"), Sort.YEAR, low=2000, high=2200, hint=N_("民國年，例:115。"), width=8),
        EFFECTIVE,
        GROUP,
        Field(
            "registrations",
            N_("新登記人數"),
            Sort.NUMBER,
            high=1_000_000,
            hint=N_("0 表示不派這類新案。"),
            width=12,
        ),
    ),
    Kept.IN_FORCE,
    unique=(("effective_from", "group"),),
    key=("group",),
)
IDENTITY_GROUP = Table(
    "identity_group",
    N_("身分別與群組"),
    N_("哪一種身分別先派到哪個專案櫃台。"),
    "fa-id-badge",
    (
        Field("identity", N_("身分別"), Sort.REFERENCE, refers="identity", key="code", width=28),
        GROUP,
        Field(
            "priority",
            N_("優先順序"),
            Sort.NUMBER,
            low=1,
            high=99,
            hint=N_("同時有幾種身分別時，數字小的優先。"),
            width=10,
        ),
    ),
    unique=(("identity",),),
    dispatches=True,
)
TARGET = Table(
    "target",
    N_("預約率目標"),
    N_("每月 15 日和 25 日檢查的預約率要達到多少。"),
    "fa-bullseye",
    (
        Field(
            "kind",
            N_("業務別"),
            Sort.CHOICE,
            words={kind.value: KIND_TEXT[kind] for kind in (Kind.JOB_SEEKING, Kind.BENEFIT)},
        ),
        EFFECTIVE,
        Field("percent", N_("目標（百分比）"), Sort.NUMBER, high=100, width=10),
    ),
    Kept.IN_FORCE,
    unique=(("kind", "effective_from"),),
    key=("kind",),
)
WAIT_LIMIT = Table(
    "wait_limit",
    N_("等候上限"),
    N_("等候超過幾分鐘要提醒接待台改派。"),
    "fa-hourglass-half",
    (EFFECTIVE, Field("minutes", N_("分鐘"), Sort.NUMBER, low=1, high=480, width=8)),
    Kept.IN_FORCE,
    unique=(("effective_from",),),
)
MASS_LAYOFF = Table(
    "mass_layoff_order",
    N_("大量資遣案"),
    N_("期間內失業給付新案由所有櫃台平均分攤。"),
    "fa-people-group",
    (
        STARTS_ON,
        Field("ends_on", N_("結束日期"), Sort.DAY, hint=N_("這一天仍算在內。")),
        Field("reason", N_("事由"), limit=200, width=40),
    ),
    Kept.PERIOD,
    dispatches=True,
)
CENTRE_HOLIDAY = Table(
    "centre_holiday",
    N_("中心休假日"),
    N_("國定假日以外的休息日，或假日照常上班的日子；不能預約休息日。"),
    "fa-calendar-day",
    (
        Field("day", N_("日期"), Sort.DAY, hint=N_("例:115/11/20")),
        Field("name", N_("名稱"), hint=N_("例:颱風停止上班。"), width=24),
        Field("open", N_("照常上班"), Sort.FLAG, hint=N_("勾選表示國定假日當天仍上班。"), width=10),
    ),
    Kept.DAY,
    unique=(("day",),),
)
RECEPTION_SHIFT = Table(
    "reception_shift",
    N_("接待台輪值"),
    N_("每一天由誰接待，輪值結束時由誰簽量表。"),
    "fa-clock-rotate-left",
    (
        Field("day", N_("日期"), Sort.DAY, hint=N_("例:115/11/20")),
        Field("starts", N_("開始時間"), Sort.TIME, hint=N_("24 小時制，例:08:00。"), width=10),
        Field("ends", N_("結束時間"), Sort.TIME, width=10),
        Field("receptionist", N_("接待人員"), Sort.REFERENCE, refers="receptionist", width=18),
    ),
    Kept.DAY,
)
EVIDENCE = Table(
    "evidence_record",
    N_("介紹卡與資料移轉"),
    N_("判別新舊案時查對的外部紀錄。"),
    "fa-address-card",
    (
        Field("kind", N_("紀錄種類"), Sort.CHOICE, words=EVIDENCE_TEXT),
        Field("national_id", N_("身分證字號"), Sort.NATIONAL_ID),
        Field("name", N_("姓名"), required=False, limit=60),
        BUSINESS_TYPE,
        Field("recorded_on", N_("紀錄日期"), Sort.DAY, hint=N_("例:115/11/20")),
        Field("officer", N_("就服員"), Sort.REFERENCE, required=False, refers="officer", width=18),
        NOTE,
    ),
    adds_only=True,
    most_rows=5000,
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        COUNTER_GROUP,
        COUNTER,
        POST,
        DEPUTY,
        BUSINESS_TYPES,
        NEW_CASE_RULE,
        RATIO_SHARE,
        IDENTITY_GROUP,
        TARGET,
        WAIT_LIMIT,
        MASS_LAYOFF,
        CENTRE_HOLIDAY,
        RECEPTION_SHIFT,
        EVIDENCE,
    )
}


def overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether two periods share a day; both ends belong to a period, None is no end."""
    return (second[1] is None or first[0] <= second[1]) and (first[1] is None or second[0] <= first[1])
