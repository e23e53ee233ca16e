"""Who may open which route, written down by hand: the walk in `test_access.py` fails on a route that is missing here.

The patterns are tried in order; the first that fits an endpoint decides. `EVERYBODY` means everybody with an account.
"""

from __future__ import annotations

from fnmatch import fnmatch

from rules.permissions import Role

ADMIN, AUDITOR = Role.ADMIN, Role.AUDITOR
REFERRER, SUPERVISOR, CASE_MANAGER = Role.REFERRER, Role.SUPERVISOR, Role.CASE_MANAGER
EVERYBODY = frozenset(Role)
PUBLIC = None
CENTRE = frozenset({SUPERVISOR, CASE_MANAGER})
RECEPTION, COUNTER, IT_STAFF = Role.RECEPTION, Role.COUNTER, Role.IT_STAFF
DESK = frozenset({RECEPTION, COUNTER, SUPERVISOR, IT_STAFF})

DESK_READERS = frozenset({SUPERVISOR, RECEPTION, IT_STAFF})


class ByKey(frozenset[Role]):
    """For programs: the roles whose keys open it. A browser gets 401, whoever is logged in."""


TABLE: tuple[tuple[str, frozenset[Role] | None], ...] = (
    # without an account
    ("static", PUBLIC),
    ("appbuilder.static", PUBLIC),
    ("codes.static", PUBLIC),
    ("Health.*", PUBLIC),
    ("LoginView.login", PUBLIC),
    ("LoginView.logout", PUBLIC),
    ("LoginView.captcha_*", PUBLIC),
    ("LocaleView.index", PUBLIC),
    ("UtilView.back", PUBLIC),
    # everybody with an account
    ("Home.*", EVERYBODY),
    ("SavedSearches.*", EVERYBODY),
    ("LoginView.extend", EVERYBODY),
    ("LoginView.token", EVERYBODY),
    ("AccountView.*", EVERYBODY),
    ("PasswordView.*", EVERYBODY),
    ("Support.*", EVERYBODY),
    # the referring unit
    ("ReferralSubmit.*", frozenset({REFERRER})),
    ("ReferralBatch.*", frozenset({REFERRER})),
    ("ReferralStatus.*", frozenset({REFERRER})),
    ("ReferralCorrection.*", frozenset({REFERRER})),
    ("ReferralWithdrawal.*", frozenset({REFERRER})),
    ("ReferralDetail.*", frozenset({REFERRER, SUPERVISOR, CASE_MANAGER})),
    # the supervisor
    ("Intake.reveal", frozenset({REFERRER, SUPERVISOR, CASE_MANAGER})),
    ("Intake.*", frozenset({SUPERVISOR})),
    ("Transfer.reveal", frozenset({REFERRER, SUPERVISOR, CASE_MANAGER})),
    ("Transfer.*", frozenset({SUPERVISOR})),
    ("IntakeBulk.*", frozenset({SUPERVISOR})),
    ("TransferBulk.*", frozenset({SUPERVISOR})),
    ("Uncovered.*", frozenset({SUPERVISOR})),
    ("AbsenceView.*", frozenset({SUPERVISOR})),
    ("Roster.*", frozenset({SUPERVISOR})),
    ("Dashboard.*", frozenset({SUPERVISOR})),
    # the front desk
    ("OfficerDepartures.*", frozenset({SUPERVISOR, IT_STAFF})),
    ("HandedOver.*", frozenset({SUPERVISOR, IT_STAFF})),
    ("HandedOverToMe.*", frozenset({COUNTER})),
    ("PermanentTransfers.index", frozenset({Role.COUNTER, Role.RECEPTION, SUPERVISOR})),
    ("PermanentTransfers.execute", frozenset({Role.RECEPTION})),
    ("PermanentTransfers.withdraw", frozenset({Role.COUNTER, SUPERVISOR})),
    ("PermanentTransfers.*", frozenset({Role.COUNTER})),
    ("AppointmentBook.move", frozenset({COUNTER, SUPERVISOR})),
    ("AppointmentBook.cancel", frozenset({COUNTER, SUPERVISOR})),
    ("AppointmentBook.*", frozenset({COUNTER, RECEPTION, SUPERVISOR})),
    ("AppointmentForm.*", frozenset({COUNTER, SUPERVISOR})),
    ("AppointmentList.*", frozenset({COUNTER, RECEPTION, SUPERVISOR})),
    ("AttendanceScreen.away", frozenset({COUNTER})),
    ("AttendanceScreen.back", frozenset({COUNTER})),
    ("AttendanceScreen.*", frozenset({COUNTER, SUPERVISOR})),
    ("Reception.*", frozenset({RECEPTION})),
    ("ReceptionVisits.*", frozenset({RECEPTION})),
    ("ReceptionIdentity.*", frozenset({RECEPTION})),
    ("CounterDesk.*", frozenset({COUNTER})),
    ("Pulse.index", DESK),
    ("Notices.*", DESK),
    ("BoardKey.*", frozenset({SUPERVISOR, IT_STAFF})),
    ("Board.*", PUBLIC),
    ("Tally.mine", frozenset({COUNTER})),
    ("Tally.sign", frozenset({RECEPTION})),
    ("Tally.approve", frozenset({SUPERVISOR})),
    ("Tally.accept", frozenset({SUPERVISOR})),
    ("Tally.correct", frozenset({SUPERVISOR})),
    ("Tally.*", DESK),
    ("Unended.mine", frozenset({COUNTER})),
    ("Unended.explain", frozenset({COUNTER, SUPERVISOR})),
    ("Unended.sign", frozenset({SUPERVISOR})),
    ("Unended.*", DESK),
    ("AppointmentRate.*", frozenset({SUPERVISOR, IT_STAFF})),
    ("DeskSupervision.*", frozenset({SUPERVISOR})),
    ("DeskRefusals.*", frozenset({SUPERVISOR})),
    ("DeskRequests.*", frozenset({SUPERVISOR})),
    ("DeskOvertime.*", frozenset({SUPERVISOR})),
    ("DeskDashboard.*", frozenset({SUPERVISOR})),
    # the case manager
    ("Worklist.*", CENTRE),
    ("CaseSearch.*", CENTRE),
    ("CaseHistory.show", CENTRE | {REFERRER}),
    ("CaseHistory.attachment", CENTRE | {REFERRER}),
    ("CaseHistory.reveal", CENTRE | {REFERRER}),
    ("CaseHistory.reopen", frozenset({SUPERVISOR})),
    ("CaseHistory.*", CENTRE),
    ("CaseRecords.*", CENTRE),
    ("ReplyFormView.*", CENTRE | {REFERRER}),
    # the front desk's tables
    ("DeskTables.index", frozenset({SUPERVISOR, RECEPTION, IT_STAFF})),
    ("DeskTables.open", frozenset({SUPERVISOR})),
    ("TableWorkbook.*", frozenset({SUPERVISOR, RECEPTION, IT_STAFF})),
    ("TableChanges.*", frozenset({SUPERVISOR, RECEPTION, IT_STAFF})),
    ("DecisionReplay.*", frozenset({SUPERVISOR})),
    ("WhatIf.*", frozenset({SUPERVISOR})),
    ("DecisionList.*", frozenset({SUPERVISOR, RECEPTION, IT_STAFF})),
    ("VisitListView.*", frozenset({SUPERVISOR, IT_STAFF})),
    ("CounterRoster.export", frozenset({SUPERVISOR, IT_STAFF})),
    ("CounterRoster.*", DESK),
    ("EvidenceView.*", frozenset({SUPERVISOR, RECEPTION, IT_STAFF})),
    ("CounterGroupView.list", DESK_READERS),
    ("CounterGroupView.show", DESK_READERS),
    ("CounterGroupView.*", frozenset({SUPERVISOR})),
    ("CounterView.list", DESK_READERS),
    ("CounterView.show", DESK_READERS),
    ("CounterView.*", frozenset({SUPERVISOR})),
    ("PostView.list", DESK_READERS),
    ("PostView.show", DESK_READERS),
    ("PostView.*", frozenset({SUPERVISOR})),
    ("DeputyView.list", DESK_READERS),
    ("DeputyView.show", DESK_READERS),
    ("DeputyView.*", frozenset({SUPERVISOR})),
    ("BusinessTypeView.list", DESK_READERS),
    ("BusinessTypeView.show", DESK_READERS),
    ("BusinessTypeView.*", frozenset({SUPERVISOR})),
    ("NewCaseRuleView.list", DESK_READERS),
    ("NewCaseRuleView.show", DESK_READERS),
    ("NewCaseRuleView.*", frozenset({SUPERVISOR})),
    ("RatioShareView.list", DESK_READERS),
    ("RatioShareView.show", DESK_READERS),
    ("RatioShareView.*", frozenset({SUPERVISOR})),
    ("IdentityGroupView.list", DESK_READERS),
    ("IdentityGroupView.show", DESK_READERS),
    ("IdentityGroupView.*", frozenset({SUPERVISOR})),
    ("TargetView.list", DESK_READERS),
    ("TargetView.show", DESK_READERS),
    ("TargetView.*", frozenset({SUPERVISOR})),
    ("WaitLimitView.list", DESK_READERS),
    ("WaitLimitView.show", DESK_READERS),
    ("WaitLimitView.*", frozenset({SUPERVISOR})),
    ("MassLayoffOrderView.list", DESK_READERS),
    ("MassLayoffOrderView.show", DESK_READERS),
    ("MassLayoffOrderView.*", frozenset({SUPERVISOR})),
    ("CentreHolidayView.list", DESK_READERS),
    ("CentreHolidayView.show", DESK_READERS),
    ("CentreHolidayView.*", frozenset({SUPERVISOR})),
    ("ReceptionShiftView.list", DESK_READERS),
    ("ReceptionShiftView.show", DESK_READERS),
    ("ReceptionShiftView.*", frozenset({SUPERVISOR})),
    # generated lists
    ("ReferralListView.*", CENTRE | {ADMIN}),
    ("CaseListView.*", CENTRE | {ADMIN}),
    ("ServiceRecordListView.*", CENTRE | {ADMIN}),
    # supervision of personal data
    ("TrailLog.*", frozenset({AUDITOR})),
    ("AuditedPersonTrail.*", frozenset({AUDITOR})),
    ("Disclosure.*", frozenset({AUDITOR})),
    ("PersonTrail.*", frozenset({SUPERVISOR})),
    # administration
    ("UserView.list", frozenset({ADMIN, AUDITOR})),
    ("UserView.show", frozenset({ADMIN, AUDITOR})),
    ("RoleView.*", frozenset({ADMIN, AUDITOR})),
    ("UserView.*", frozenset({ADMIN})),
    ("AgencyView.*", frozenset({ADMIN})),
    ("UnitView.*", frozenset({ADMIN})),
    ("ServiceAreaView.*", frozenset({ADMIN})),
    ("RoutingTrial.*", frozenset({ADMIN})),
    ("CountyDefaultView.*", frozenset({ADMIN})),
    ("NewsView.*", frozenset({ADMIN})),
    ("BulletinView.*", frozenset({ADMIN})),
    ("DownloadView.*", frozenset({ADMIN})),
    ("OutboxView.*", frozenset({ADMIN})),
    ("SupportDesk.*", frozenset({ADMIN})),
    ("Unrouted.*", frozenset({ADMIN})),
    ("codes.index", frozenset({ADMIN})),
    ("codes_*", frozenset({ADMIN})),
    ("ApiKeyView.*", frozenset({ADMIN})),
    # other systems
    ("ApiDocs.*", EVERYBODY),
    ("TokenApi.*", ByKey(CENTRE | {REFERRER})),
    ("CodesApi.*", ByKey(CENTRE | {REFERRER})),
    ("PostalCodeApi.*", ByKey({REFERRER})),
    ("ReferralApi.*", ByKey({REFERRER})),
    ("CaseApi.*", ByKey(CENTRE)),
    ("RosterApi.*", ByKey({SUPERVISOR})),
    # FAB's own menu for programs: nobody is granted it
    ("MenuApi.*", frozenset()),
)


def allowed(endpoint: str) -> frozenset[Role] | None:
    """The roles that may open it, or PUBLIC. Raises KeyError for a route that the table lacks."""
    for pattern, roles in TABLE:
        if fnmatch(endpoint, pattern):
            return roles
    raise KeyError(endpoint)
