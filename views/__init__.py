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
    AbsenceView,
    AccountView,
    AgencyView,
    ApiKeyView,
    api.ApiDocs,
    AuditedPersonTrail,
    BulletinView,
    CaseHistory,
    CaseListView,
    CaseRecords,
    CaseSearch,
    Health,
    CountyDefaultView,
    Dashboard,
    Disclosure,
    DownloadView,
    NewsView,
    OutboxView,
    Intake,
    IntakeBulk,
    PasswordView,
    PersonTrail,
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
    TrailLog,
    Transfer,
    TransferBulk,
    Uncovered,
    UnitView,
    Unrouted,
    UserView,
    ReferralSubmit,
    Worklist,
)


def register(appbuilder: AppBuilder) -> None:
    """LoginView is registered by the security manager, Home by AppBuilder itself."""
    for screen in SCREENS:
        appbuilder.add_view_no_menu(screen)
    api.register(appbuilder)
    code_tables.register(current_app.extensions["sqlalchemy"])
