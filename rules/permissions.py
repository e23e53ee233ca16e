"""What can be permitted, and which role may do what.

Code asks for permissions, never for roles. A permission is an act on a resource with one sentence of meaning; the roles
add up from lists. `flask roles sync` writes exactly these pairs, and docs/permissions.md is printed from here.
How far a permission reaches (which rows) is decided in one place only: `models.scopes`.
"""

from __future__ import annotations

from enum import Enum, StrEnum

from rules.texts import N_


class Permission(Enum):
    """(resource, act, sentence). In FAB's tables the pair is `can_<act>` on `<resource>`."""

    # everyone
    HOME_VIEW = ("Home", "view", N_("看首頁、最新消息並下載檔案"))
    ACCOUNT_EDIT = ("Account", "edit", N_("維護自己的帳號資料與密碼"))
    SUPPORT_ASK = ("Support", "ask", N_("向線上客服提問並查看自己的提問"))
    # referring units
    REFERRAL_SUBMIT = ("Referral", "submit", N_("建立轉介單:查詢個案、新增個案、上傳附件、送出"))
    REFERRAL_FOLLOW = ("Referral", "follow", N_("查詢本單位送出的轉介單、歷程與回覆單"))
    # receiving units
    REFERRAL_TAKE_IN = ("Referral", "take_in", N_("看送到本單位的轉介單,收案並派案"))
    CASE_WORK = ("Case", "work", N_("服務自己的個案:服務歷程、回覆單、延期、結案、查詢"))
    CASE_TRANSFER = ("Case", "transfer", N_("將本單位的個案轉給其他個管員"))
    CASE_REOPEN = ("Case", "reopen", N_("附理由重新開啟已結案的個案"))
    PERSON_REVEAL = ("Person", "reveal", N_("顯示服務對象完整的身分證字號,每次留下紀錄"))
    ROSTER_READ = ("Roster", "read", N_("查詢本單位清冊並匯出"))
    DASHBOARD_READ = ("Dashboard", "read", N_("看本單位的服務概況與圖表"))
    ABSENCE_WRITE = ("Absence", "write", N_("登錄本單位同仁的請假,查看請假或離職者的個案"))
    TRAIL_READ_UNIT = ("Trail", "read_unit", N_("查看誰看過本單位的服務對象"))
    # the front desk
    VISIT_RECEIVE = ("Visit", "receive", N_("接待台:報到、判別新舊案、派案、改派、引導、執行永久轉案"))
    VISIT_SERVE = ("Visit", "serve", N_("櫃台:叫號、服務開始與結束、預約、無法接案說明、商議轉案"))
    VISIT_PICK = ("Visit", "pick", N_("不按順序叫號,每次列入統計"))
    APPOINTMENT_READ = ("Appointment", "read", N_("查看本中心的預約"))
    APPOINTMENT_WRITE = ("Appointment", "write", N_("登錄、改期、取消預約"))
    ATTENDANCE_WRITE = ("Attendance", "write", N_("登錄自己的差勤與暫離"))
    EVIDENCE_WRITE = ("Evidence", "write", N_("登錄與匯入介紹卡紀錄、資料移轉紀錄"))
    TALLY_READ = ("Tally", "read", N_("查看派案量表"))
    TALLY_CONFIRM = ("Tally", "confirm", N_("核對自己的接案數"))
    TALLY_SIGN = ("Tally", "sign", N_("接待輪值結束時簽署派案量表"))
    TALLY_APPROVE = ("Tally", "approve", N_("督導簽核派案量表並登錄更正"))
    COUNTER_ROSTER_READ = ("CounterRoster", "read", N_("查看櫃台輪值清冊"))
    COUNTER_ROSTER_EXPORT = ("CounterRoster", "export", N_("匯出櫃台輪值清冊"))
    VISIT_LIST_READ = ("VisitList", "read", N_("到訪紀錄列表:篩選、查看"))
    VISIT_LIST_EXPORT = ("VisitList", "export", N_("匯出到訪紀錄列表"))
    DESK_SUPERVISE = ("Desk", "supervise", N_("督導前台:審閱拒案、更換申請、未結束服務說明、統計"))
    DESK_TABLE_READ = ("DeskTable", "read", N_("查看前台的各項設定表"))
    DESK_TABLE_WRITE = ("DeskTable", "write", N_("維護前台的各項設定表"))
    DESK_TABLE_EXPORT = ("DeskTable", "export", N_("匯出前台的各項設定表"))
    UNENDED_CHECK = ("Visit", "check_unended", N_("檢查未點選服務結束的到訪並通知,查看預約率"))
    OFFICER_DEPART = ("Officer", "depart", N_("就服員離職:移轉到訪、預約與所屬民眾"))
    BOARD_WRITE = ("Board", "write", N_("開啟與更換叫號螢幕的網址"))
    # generated lists
    REFERRAL_LIST_READ = ("ReferralList", "read", N_("轉介單列表:篩選、查看"))
    REFERRAL_LIST_EXPORT = ("ReferralList", "export", N_("匯出轉介單列表"))
    CASE_LIST_READ = ("CaseList", "read", N_("個案列表:篩選、查看"))
    CASE_LIST_EXPORT = ("CaseList", "export", N_("匯出個案列表"))
    SERVICE_RECORD_LIST_READ = ("ServiceRecordList", "read", N_("服務紀錄列表:篩選、查看"))
    SERVICE_RECORD_LIST_EXPORT = ("ServiceRecordList", "export", N_("匯出服務紀錄列表"))
    # administration
    REFERRAL_READ_ALL = ("Referral", "read_all", N_("看所有單位的轉介單列表(不含身分證字號、電話、地址)"))
    REFERRAL_ROUTE = ("Referral", "route", N_("為無收案單位的轉介單指定收案單位"))
    USER_READ = ("User", "read", N_("查詢使用者"))
    USER_WRITE = ("User", "write", N_("新增、修改、停用使用者,重設密碼,指派角色"))
    ROLE_READ = ("Role", "read", N_("查看角色與權限"))
    AGENCY_READ = ("Agency", "read", N_("查詢機關"))
    AGENCY_WRITE = ("Agency", "write", N_("維護機關"))
    UNIT_READ = ("Unit", "read", N_("查詢單位"))
    UNIT_WRITE = ("Unit", "write", N_("維護單位"))
    SERVICE_AREA_READ = ("ServiceArea", "read", N_("查詢服務區域,試算地址由哪個單位收案"))
    SERVICE_AREA_WRITE = ("ServiceArea", "write", N_("維護服務區域與縣市預設單位"))
    CONTENT_READ = ("Content", "read", N_("查詢最新消息、公告欄、檔案下載的內容"))
    CONTENT_WRITE = ("Content", "write", N_("維護最新消息、公告欄、檔案下載"))
    CODE_LIST_WRITE = ("CodeList", "write", N_("維護代碼表"))
    OUTBOX_READ = ("Outbox", "read", N_("查看郵件寄送情形"))
    OUTBOX_RESEND = ("Outbox", "resend", N_("重新寄送郵件"))
    SUPPORT_ANSWER = ("Support", "answer", N_("查看並回覆線上客服的提問"))
    API_KEY_WRITE = ("ApiKey", "write", N_("核發與撤銷介接金鑰"))
    # supervision of personal data
    TRAIL_READ = ("Trail", "read", N_("查閱個人資料存取紀錄並驗證其完整"))
    PERSON_DISCLOSE = ("Person", "disclose", N_("依當事人請求列印一個人的全部資料"))
    # other systems
    API_USE = ("Api", "use", N_("以程式介接(REST API)做自己權限內的事"))

    @property
    def resource(self) -> str:
        return self.value[0]

    @property
    def act(self) -> str:
        return self.value[1]

    @property
    def meaning(self) -> str:
        return self.value[2]

    @property
    def pair(self) -> tuple[str, str]:
        """As FAB stores it."""
        return f"can_{self.act}", self.resource


class Role(StrEnum):
    """The roles as they are called on the screen and stored in FAB's table."""

    ADMIN = N_("管理者")
    REFERRER = N_("轉介人員")
    SUPERVISOR = N_("督導")
    CASE_MANAGER = N_("個管員")
    RECEPTION = N_("接待台")
    COUNTER = N_("櫃台就服員")
    IT_STAFF = N_("資訊人員")
    AUDITOR = N_("稽核")


P = Permission

EVERYONE = (P.HOME_VIEW, P.ACCOUNT_EDIT, P.SUPPORT_ASK)
GENERATED_LISTS = (
    P.REFERRAL_LIST_READ,
    P.REFERRAL_LIST_EXPORT,
    P.CASE_LIST_READ,
    P.CASE_LIST_EXPORT,
    P.SERVICE_RECORD_LIST_READ,
    P.SERVICE_RECORD_LIST_EXPORT,
)
CASE_WORK = (P.CASE_WORK, P.PERSON_REVEAL)
ADMINISTRATION = (
    P.REFERRAL_READ_ALL,
    P.REFERRAL_ROUTE,
    P.USER_READ,
    P.USER_WRITE,
    P.ROLE_READ,
    P.AGENCY_READ,
    P.AGENCY_WRITE,
    P.UNIT_READ,
    P.UNIT_WRITE,
    P.SERVICE_AREA_READ,
    P.SERVICE_AREA_WRITE,
    P.CONTENT_READ,
    P.CONTENT_WRITE,
    P.CODE_LIST_WRITE,
    P.OUTBOX_READ,
    P.OUTBOX_RESEND,
    P.SUPPORT_ANSWER,
    P.API_KEY_WRITE,
)

RECEPTION = (
    P.VISIT_RECEIVE,
    P.APPOINTMENT_READ,
    P.EVIDENCE_WRITE,
    P.TALLY_READ,
    P.TALLY_SIGN,
    P.DESK_TABLE_READ,
)
COUNTER = (
    P.VISIT_SERVE,
    P.VISIT_PICK,
    P.APPOINTMENT_READ,
    P.APPOINTMENT_WRITE,
    P.ATTENDANCE_WRITE,
    P.TALLY_READ,
)
DESK_LISTS = (P.COUNTER_ROSTER_READ, P.COUNTER_ROSTER_EXPORT, P.VISIT_LIST_READ, P.VISIT_LIST_EXPORT)
DESK_SUPERVISION = (
    P.DESK_SUPERVISE,
    P.APPOINTMENT_READ,
    P.APPOINTMENT_WRITE,
    P.EVIDENCE_WRITE,
    P.TALLY_READ,
    P.TALLY_APPROVE,
    P.DESK_TABLE_READ,
    P.DESK_TABLE_WRITE,
    P.DESK_TABLE_EXPORT,
    P.UNENDED_CHECK,
    P.OFFICER_DEPART,
    P.BOARD_WRITE,
)
IT_WORK = (
    P.EVIDENCE_WRITE,
    P.TALLY_READ,
    P.DESK_TABLE_READ,
    P.UNENDED_CHECK,
    P.OFFICER_DEPART,
    P.BOARD_WRITE,
)

ROLES: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(EVERYONE + ADMINISTRATION + GENERATED_LISTS),
    Role.REFERRER: frozenset((*EVERYONE, P.REFERRAL_SUBMIT, P.REFERRAL_FOLLOW, P.PERSON_REVEAL, P.API_USE)),
    Role.SUPERVISOR: frozenset(
        EVERYONE
        + CASE_WORK
        + GENERATED_LISTS
        + (P.REFERRAL_TAKE_IN, P.CASE_TRANSFER, P.CASE_REOPEN, P.ROSTER_READ, P.DASHBOARD_READ)
        + (P.ABSENCE_WRITE, P.TRAIL_READ_UNIT, P.API_USE)
        + DESK_SUPERVISION
        + DESK_LISTS
    ),
    Role.CASE_MANAGER: frozenset((*EVERYONE, *CASE_WORK, *GENERATED_LISTS, P.API_USE)),
    Role.RECEPTION: frozenset(EVERYONE + RECEPTION + (P.COUNTER_ROSTER_READ,)),
    Role.COUNTER: frozenset((*EVERYONE, *COUNTER, P.TALLY_CONFIRM, P.COUNTER_ROSTER_READ)),
    Role.IT_STAFF: frozenset(EVERYONE + IT_WORK + DESK_LISTS),
    Role.AUDITOR: frozenset((*EVERYONE, P.USER_READ, P.ROLE_READ, P.TRAIL_READ, P.PERSON_DISCLOSE)),
}
