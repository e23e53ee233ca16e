"""The cast: agencies, units and accounts whose names stay the same in the demo, in the tests and in the manuals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import select
from werkzeug.security import generate_password_hash

from models.account import Account
from models.organisation import Agency, Unit
from rules.permissions import Role
from services.transaction import AnySession

SOCIAL, LABOUR, JUSTICE, EDUCATION = "社政單位", "勞政單位", "法務單位", "教育單位"
# Referring units: agency, unit, telephone, address, postal code.
REFERRING = (
    (SOCIAL, "高雄市旗山社會福利服務中心", "07-6617464", "高雄市旗山區中學路42號", "84243"),
    (SOCIAL, "新竹市政府社會處社會福利中心", "03-5352386", "新竹市北區中央路241號", "30041"),
    (SOCIAL, "新北市板橋社會福利服務中心", "02-29660959", "新北市板橋區中正路10號", "22041"),
    (JUSTICE, "臺灣更生保護會新竹分會", "03-5252013", "新竹市北區興南街40號", "30043"),
    (EDUCATION, "新竹縣學生輔導諮商中心", "03-5552020", "新竹縣竹北市光明六路10號", "30210"),
    (LABOUR, "桃園市職業重建服務中心", "03-3323606", "桃園市桃園區縣府路59號", "33053"),
    (SOCIAL, "臺中市家庭福利服務中心", "04-22289111", "臺中市西屯區臺灣大道三段99號", "40701"),
)
# At the counters 1 to 8 of the front desk.
OFFICERS = ("李佳蓉", "黃志偉", "吳淑芬", "劉建宏", "高美蘭", "楊文彬", "謝宜君", "曾國華")
HSINCHU, BANQIAO, TAICHUNG = "13", "08", "17"


@dataclass(frozen=True)
class Member:
    """`unit`: the name of a referring unit or the code of a receiving one."""

    username: str
    name: str
    unit: str | None
    roles: tuple[Role, ...]
    job_title: str = ""
    phone: str = ""
    extension: str = ""


CAST = (
    Member("admin", "林系統", None, (Role.ADMIN,), "系統管理師"),
    Member("auditor", "稽核員周正", None, (Role.AUDITOR,), "稽核"),
    Member("referrer", "葉淑花", REFERRING[0][1], (Role.REFERRER,), "社工員", "07-6617464", "3333"),
    Member("referrer2", "何明德", REFERRING[1][1], (Role.REFERRER,), "社工督導", "03-5352386", "205"),
    Member("referrer3", "林佩珊", REFERRING[2][1], (Role.REFERRER,), "社工員", "02-29660959", "118"),
    Member("referrer4", "徐文彬", REFERRING[3][1], (Role.REFERRER,), "保護專員", "03-5252013", "12"),
    Member("referrer5", "高若寧", REFERRING[4][1], (Role.REFERRER,), "專任輔導教師", "03-5552020", "36"),
    Member("referrer6", "游家豪", REFERRING[5][1], (Role.REFERRER,), "職業重建個管員", "03-3323606", "251"),
    Member("referrer7", "洪詩涵", REFERRING[6][1], (Role.REFERRER,), "社工員", "04-22289111", "37205"),
    Member(
        "supervisor", "郭玲巧", HSINCHU, (Role.SUPERVISOR, Role.CASE_MANAGER), "督導", "03-5343011", "201"
    ),
    Member("manager", "王大毛", HSINCHU, (Role.CASE_MANAGER,), "個案管理員", "03-5343011", "211"),
    Member("manager2", "陳思妤", HSINCHU, (Role.CASE_MANAGER,), "個案管理員", "03-5343011", "212"),
    Member("supervisor3", "郭美巧", BANQIAO, (Role.SUPERVISOR,), "督導", "02-29598856", "101"),
    Member("manager3", "張以恩", BANQIAO, (Role.CASE_MANAGER,), "個案管理員", "02-29598856", "112"),
    Member("supervisor4", "蔡宗翰", TAICHUNG, (Role.SUPERVISOR,), "督導", "04-22225153", "301"),
    Member("manager4", "巫凱‧達利", TAICHUNG, (Role.CASE_MANAGER,), "個案管理員", "04-22225153", "312"),
    Member("reception", "許雅婷", HSINCHU, (Role.RECEPTION,), "接待台", "03-5343011", "100"),
    *(
        Member(f"counter{n}", name, HSINCHU, (Role.COUNTER,), "就業服務員", "03-5343011", f"12{n}")
        for n, name in enumerate(OFFICERS, start=1)
    ),
    Member("itstaff", "簡資安", HSINCHU, (Role.IT_STAFF,), "資訊人員", "03-5343011", "190"),
)


def seed_units(session: AnySession) -> None:
    known = set(session.scalars(select(Unit.name)))
    agencies = {agency.name: agency for agency in session.scalars(select(Agency))}
    for agency_name, name, phone, address, postal_code in REFERRING:
        if name in known:
            continue
        agency = agencies.setdefault(agency_name, Agency(name=agency_name))
        session.add_all(
            (
                agency,
                Unit(
                    agency=agency,
                    name=name,
                    refers=True,
                    phone=phone,
                    address=address,
                    postal_code=postal_code,
                ),
            )
        )
    session.flush()


def seed_accounts(session: AnySession, *, password: str, at: datetime, hash_method: str = "scrypt") -> None:
    """Sets the password of every member anew, so that the one printed is the one that works."""
    hashed = generate_password_hash(password, method=hash_method)
    roles = {role.name: role for role in session.scalars(select(RoleRow))}
    units = {key: unit for unit in session.scalars(select(Unit)) for key in (unit.name, unit.code) if key}
    known = {account.username: account for account in session.scalars(select(Account))}
    for member in CAST:
        account = known.get(member.username)
        if account is None:
            account = Account(
                username=member.username,
                name=member.name,
                email=f"{member.username}@demo.jieli.example",
                unit_id=units[member.unit].id if member.unit else None,
                job_title=member.job_title,
                phone=member.phone,
                extension=member.extension,
                roles=[roles[role.value] for role in member.roles],
                created_by_fk=None,
                changed_by_fk=None,
            )
            session.add(account)
        account.password = hashed
        account.password_changed_at = at
        account.must_change_password = False
        account.active = True
    session.flush()
