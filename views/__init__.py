"""Screens. `register` is the list of all of them."""

from __future__ import annotations

from flask import current_app
from flask_appbuilder import AppBuilder

from views import api
from views.absences import AbsenceView
from views.account import AccountView, PasswordView
from views.administration import code_tables
from views.administration.api_keys import ApiKeyView
from views.administration.content import BulletinView, DownloadView, NewsView
from views.administration.organisation import (
    AgencyView,
    CountyDefaultView,
    RoutingTrial,
    ServiceAreaView,
    UnitView,
)
from views.administration.outbox import OutboxView
from views.administration.roles import RoleView
from views.administration.support import SupportDesk
from views.administration.users import UserView
from views.audit import AuditedPersonTrail, Disclosure, PersonTrail, TrailLog
from views.batch import ReferralBatch
from views.case_history import CaseHistory
from views.case_records import CaseRecords
from views.case_search import CaseSearch
from views.dashboard import Dashboard
from views.desk import tables as desk_tables
from views.desk.appointment_form import AppointmentForm
from views.desk.appointment_list import AppointmentList
from views.desk.appointment_rate import AppointmentRate
from views.desk.appointments import AppointmentBook
from views.desk.attendance import AttendanceScreen
from views.desk.board import Board, BoardKey, limit_wrong_keys
from views.desk.counter import CounterDesk
from views.desk.dashboard import DeskDashboard
from views.desk.departures import HandedOver, HandedOverToMe, OfficerDepartures
from views.desk.notices import Notices
from views.desk.overtime import DeskOvertime
from views.desk.pulse import Pulse
from views.desk.reception import Reception
from views.desk.reception_identity import ReceptionIdentity
from views.desk.reception_visits import ReceptionVisits
from views.desk.replay import DecisionReplay
from views.desk.supervision import DeskSupervision
from views.desk.supervision_lists import DeskRefusals, DeskRequests
from views.desk.tally import Tally
from views.desk.transfers import PermanentTransfers
from views.desk.unended import Unended
from views.desk.what_if import WhatIf
from views.generated.cases import CaseListView
from views.generated.referrals import ReferralListView
from views.generated.service_records import ServiceRecordListView
from views.health import Health
from views.intake import Intake
from views.intake_bulk import IntakeBulk
from views.referral import ReferralCorrection, ReferralSubmit, ReferralWithdrawal
from views.referral_status import ReferralDetail, ReferralStatus
from views.reply_form import ReplyFormView
from views.roster import Roster
from views.saved_searches import SavedSearches
from views.support import Support
from views.transfer import Transfer
from views.transfer_bulk import TransferBulk
from views.uncovered import Uncovered
from views.unrouted import Unrouted
from views.worklist import Worklist

SCREENS: tuple[type, ...] = (
    AppointmentRate,
    AbsenceView,
    AccountView,
    AgencyView,
    ApiKeyView,
    AppointmentBook,
    AppointmentForm,
    AppointmentList,
    AttendanceScreen,
    api.ApiDocs,
    AuditedPersonTrail,
    Board,
    BoardKey,
    BulletinView,
    CaseHistory,
    CaseListView,
    CaseRecords,
    CaseSearch,
    HandedOver,
    HandedOverToMe,
    Health,
    CounterDesk,
    CountyDefaultView,
    Dashboard,
    DecisionReplay,
    DeskDashboard,
    DeskOvertime,
    DeskRefusals,
    DeskRequests,
    DeskSupervision,
    Disclosure,
    DownloadView,
    NewsView,
    OfficerDepartures,
    Notices,
    OutboxView,
    Pulse,
    Intake,
    IntakeBulk,
    PasswordView,
    PermanentTransfers,
    PersonTrail,
    Reception,
    ReceptionIdentity,
    ReceptionVisits,
    ReferralBatch,
    ReferralDetail,
    ReferralWithdrawal,
    ReferralCorrection,
    ReferralListView,
    ReferralStatus,
    ReplyFormView,
    RoleView,
    Roster,
    RoutingTrial,
    SavedSearches,
    ServiceAreaView,
    ServiceRecordListView,
    Support,
    SupportDesk,
    Tally,
    TrailLog,
    Transfer,
    TransferBulk,
    Uncovered,
    Unended,
    UnitView,
    Unrouted,
    UserView,
    ReferralSubmit,
    WhatIf,
    Worklist,
    *desk_tables.SCREENS,
)


def register(appbuilder: AppBuilder) -> None:
    """LoginView is registered by the security manager, Home by AppBuilder itself."""
    for screen in SCREENS:
        appbuilder.add_view_no_menu(screen)
    limit_wrong_keys(appbuilder, current_app.view_functions)
    api.register(appbuilder)
    code_tables.register(current_app.extensions["sqlalchemy"])
