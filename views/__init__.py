"""Screens. `register` is the list of all of them."""

from __future__ import annotations

from flask import current_app
from flask_appbuilder import AppBuilder

from views.account import AccountView, PasswordView
from views.administration import code_tables
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
from views.administration.users import UserView
from views.case_history import CaseHistory
from views.case_records import CaseRecords
from views.case_search import CaseSearch
from views.generated.cases import CaseListView
from views.generated.referrals import ReferralListView
from views.generated.service_records import ServiceRecordListView
from views.health import Health
from views.intake import Intake
from views.referral import ReferralSubmit
from views.referral_status import ReferralDetail, ReferralStatus
from views.reply_form import ReplyFormView
from views.roster import Roster
from views.transfer import Transfer
from views.unrouted import Unrouted
from views.worklist import Worklist

SCREENS: tuple[type, ...] = (
    AccountView,
    AgencyView,
    BulletinView,
    CaseHistory,
    CaseListView,
    CaseRecords,
    CaseSearch,
    Health,
    CountyDefaultView,
    DownloadView,
    NewsView,
    OutboxView,
    Intake,
    PasswordView,
    ReferralDetail,
    ReferralListView,
    ReferralStatus,
    ReplyFormView,
    RoleView,
    Roster,
    RoutingTrial,
    ServiceAreaView,
    ServiceRecordListView,
    Transfer,
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
    code_tables.register(current_app.extensions["sqlalchemy"])
