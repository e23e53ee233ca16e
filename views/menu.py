"""The navigation as one table: what a role does, in the order of its day, administration last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from reports.figures import WorkCounts, work_counts
from rules.actor import Actor
from rules.permissions import Permission as P
from services.unended import may_check
from views.access import actor, database, today


@dataclass(frozen=True)
class Entry:
    """Any one of `permission` shows it, or `also` what the tables say of this user. `count` names a field of
    `reports.figures.WorkCounts`."""

    label: Any
    endpoint: str
    icon: str
    permission: P | tuple[P, ...]
    count: str = ""
    also: Callable[[Actor], bool] | None = None

    def is_for(self, who: Actor) -> bool:
        wanted = self.permission if isinstance(self.permission, tuple) else (self.permission,)
        return any(who.may(each) for each in wanted) or (self.also is not None and self.also(who))


def stands_in_for_it_staff(who: Actor) -> bool:
    """資訊 rule 四. Only who works at a front desk can, so nobody else's page asks."""
    at_the_desk = who.may(P.VISIT_SERVE) or who.may(P.VISIT_RECEIVE)
    return at_the_desk and may_check(database(), who, today())


MENU: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        _l("轉介作業"),
        (
            Entry(_l("轉介個案建立"), "ReferralSubmit.new", "fa-user-plus", P.REFERRAL_SUBMIT),
            Entry(_l("轉介個案批次(多筆)上傳"), "ReferralBatch.index", "fa-file-arrow-up", P.REFERRAL_SUBMIT),
            Entry(
                _l("轉介狀態查詢"),
                "ReferralStatus.index",
                "fa-magnifying-glass",
                P.REFERRAL_FOLLOW,
                "returned",
            ),
        ),
    ),
    (
        _l("督導功能"),
        (
            Entry(_l("收案督導-收案/派案"), "Intake.index", "fa-inbox", P.REFERRAL_TAKE_IN, "to_take_in"),
            Entry(_l("督導轉案"), "Transfer.index", "fa-right-left", P.CASE_TRANSFER),
            Entry(
                _l("請假或離職者的個案"),
                "Uncovered.index",
                "fa-person-circle-question",
                P.ABSENCE_WRITE,
                "uncovered",
            ),
            Entry(
                lazy_pgettext("list", "請假登錄"), "AbsenceView.list", "fa-calendar-xmark", P.ABSENCE_WRITE
            ),
            Entry(_l("清冊"), "Roster.index", "fa-table-list", P.ROSTER_READ),
            Entry(_l("服務概況"), "Dashboard.index", "fa-chart-column", P.DASHBOARD_READ),
        ),
    ),
    (
        _l("個案中心作業"),
        (
            Entry(_l("個管員服務作業"), "Worklist.index", "fa-briefcase", P.CASE_WORK, "my_cases"),
            Entry(_l("個管員查詢作業"), "CaseSearch.index", "fa-magnifying-glass", P.CASE_WORK),
        ),
    ),
    (
        _l("前台作業"),
        (
            Entry(_l("我的櫃台"), "CounterDesk.index", "fa-desktop", P.VISIT_SERVE, "my_queue"),
            Entry(_l("接待台"), "Reception.index", "fa-bell-concierge", P.VISIT_RECEIVE, "undispatched"),
            Entry(_l("預約簿"), "AppointmentBook.index", "fa-calendar-days", P.APPOINTMENT_READ),
            Entry(
                _l("差勤登錄"),
                "AttendanceScreen.index",
                "fa-user-clock",
                (P.ATTENDANCE_WRITE, P.DESK_SUPERVISE),
            ),
            Entry(_l("派案量表"), "Tally.day", "fa-table", P.TALLY_READ),
            Entry(
                _l("永久轉案"),
                "PermanentTransfers.index",
                "fa-people-arrows",
                (P.VISIT_SERVE, P.VISIT_RECEIVE, P.DESK_SUPERVISE),
            ),
            Entry(_l("移轉給我的民眾"), "HandedOverToMe.index", "fa-address-book", P.VISIT_SERVE),
            Entry(_l("我的未結束服務"), "Unended.mine", "fa-hourglass-end", P.VISIT_SERVE),
            Entry(_l("叫號螢幕"), "BoardKey.index", "fa-display", P.BOARD_WRITE),
        ),
    ),
    (
        _l("前台督導"),
        (
            Entry(_l("前台督導"), "DeskSupervision.index", "fa-clipboard-list", P.DESK_SUPERVISE),
            Entry(
                _l("未結束服務"),
                "Unended.index",
                "fa-hourglass-end",
                P.UNENDED_CHECK,
                also=stands_in_for_it_staff,
            ),
            Entry(_l("預約率"), "AppointmentRate.index", "fa-percent", P.UNENDED_CHECK),
            Entry(
                _l("就服員離職"), "OfficerDepartures.index", "fa-person-walking-arrow-right", P.OFFICER_DEPART
            ),
            Entry(_l("前台統計"), "DeskDashboard.index", "fa-chart-line", P.DESK_SUPERVISE),
        ),
    ),
    (
        _l("資料列表"),
        (
            Entry(_l("轉介單列表"), "ReferralListView.list", "fa-list", P.REFERRAL_LIST_READ),
            Entry(_l("個案列表"), "CaseListView.list", "fa-list", P.CASE_LIST_READ),
            Entry(_l("服務紀錄列表"), "ServiceRecordListView.list", "fa-list", P.SERVICE_RECORD_LIST_READ),
        ),
    ),
    (
        _l("前台設定"),
        (
            Entry(_l("櫃台輪值清冊"), "CounterRoster.index", "fa-calendar-week", P.COUNTER_ROSTER_READ),
            Entry(_l("到訪紀錄列表"), "VisitListView.list", "fa-list", P.VISIT_LIST_READ),
            Entry(_l("前台設定"), "DeskTables.index", "fa-sliders", P.DESK_TABLE_READ),
        ),
    ),
    (
        _l("個資稽核"),
        (
            Entry(_l("個資存取紀錄"), "TrailLog.index", "fa-shoe-prints", P.TRAIL_READ),
            Entry(_l("個人資料彙整"), "Disclosure.ask", "fa-file-shield", P.PERSON_DISCLOSE),
        ),
    ),
    (
        _l("系統管理"),
        (
            Entry(_l("待指定收案單位"), "Unrouted.index", "fa-location-dot", P.REFERRAL_ROUTE, "unrouted"),
            Entry(_l("客服提問"), "SupportDesk.index", "fa-headset", P.SUPPORT_ANSWER, "unanswered"),
            Entry(lazy_pgettext("list", "使用者"), "UserView.list", "fa-users", P.USER_READ),
            Entry(_l("角色與權限"), "RoleView.list", "fa-user-shield", P.ROLE_READ),
            Entry(lazy_pgettext("list", "機關"), "AgencyView.list", "fa-building-columns", P.AGENCY_READ),
            Entry(lazy_pgettext("list", "單位"), "UnitView.list", "fa-building", P.UNIT_READ),
            Entry(lazy_pgettext("list", "服務區域"), "ServiceAreaView.list", "fa-map", P.SERVICE_AREA_READ),
            Entry(
                lazy_pgettext("list", "縣市預設單位"),
                "CountyDefaultView.list",
                "fa-map-pin",
                P.SERVICE_AREA_READ,
            ),
            Entry(_l("最新消息"), "NewsView.list", "fa-newspaper", P.CONTENT_READ),
            Entry(_l("公告欄"), "BulletinView.list", "fa-bullhorn", P.CONTENT_READ),
            Entry(_l("檔案下載"), "DownloadView.list", "fa-file-arrow-down", P.CONTENT_READ),
            Entry(_l("代碼表"), "codes.index", "fa-tags", P.CODE_LIST_WRITE),
            Entry(lazy_pgettext("list", "介接金鑰"), "ApiKeyView.list", "fa-key", P.API_KEY_WRITE),
            Entry(_l("郵件寄送"), "OutboxView.list", "fa-envelope", P.OUTBOX_READ),
        ),
    ),
    (
        _l("使用者內定功能"),
        (
            Entry(_l("管理我的帳號"), "AccountView.edit", "fa-id-card", P.ACCOUNT_EDIT),
            Entry(_l("變更我的密碼"), "PasswordView.change", "fa-key", P.ACCOUNT_EDIT),
            Entry(_l("我的提問"), "Support.index", "fa-circle-question", P.SUPPORT_ASK),
        ),
    ),
)


def counts_of_request() -> WorkCounts:
    if "work_counts" not in g:
        g.work_counts = work_counts(database(), actor(), today())
    counts: WorkCounts = g.work_counts
    return counts


def live_counts() -> dict[str, int]:
    """The menu's numbers by address, for screens that update by themselves."""
    entries = (entry for section in menu() for entry in section["entries"])
    return {entry["url"]: entry["count"] for entry in entries if entry["count"] is not None}


def menu() -> list[dict[str, Any]]:
    """The sections this user has something in, with live counts."""
    counts = counts_of_request()
    blueprint = (
        (request.endpoint or "").partition(".")[0].partition("_")[0]
    )  # codes_indicators is one of codes
    sections = []
    for title, entries in MENU:
        shown = [
            {
                "label": entry.label,
                "url": url_for(entry.endpoint),
                "icon": entry.icon,
                "count": getattr(counts, entry.count) if entry.count else None,
                "active": entry.endpoint.partition(".")[0] == blueprint,
            }
            for entry in entries
            if entry.is_for(actor())
        ]
        if shown:
            sections.append({"title": title, "entries": shown})
    return sections
