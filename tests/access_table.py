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
