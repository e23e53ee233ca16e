"""What programs get: the answers of the API, as the specification describes them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from rules.referral_flow import State
from rules.routing import Basis
from views.api.fields import Strict
from views.api.schemas import told


def text(description: str = "", *, null: bool = False, **more: Any) -> fields.String:
    return fields.String(required=True, allow_none=null, metadata=told(description, **more))


def day(description: str = "", *, null: bool = False) -> fields.String:
    return text(description, null=null, format="date", example="2026-11-20")


def moment() -> fields.String:
    return text(format="date-time", example="2026-11-20T10:00:00+08:00")


def whole(description: str = "", *, null: bool = False) -> fields.Integer:
    return fields.Integer(required=True, strict=True, allow_none=null, metadata=told(description))


def texts(description: str) -> fields.List:
    return fields.List(fields.String(), required=True, metadata=told(description))


def many(schema: type[Strict], description: str = "") -> fields.List:
    return fields.List(fields.Nested(schema), required=True, metadata=told(description))


def one(schema: type[Strict], *, null: bool = False) -> fields.Nested:
    return fields.Nested(schema, required=True, allow_none=null)


def state() -> fields.String:
    return text("State of the referral.", enum=[each.value for each in State])


class ErrorDetail(Strict):
    code = text("One word for programs.", example="invalid")
    message = text("A sentence, in Chinese or by Accept-Language in English.", example="請修正標示的欄位。")
    fields_ = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, data_key="fields",
        metadata=told("Field, header or query name → sentence.", example={"birthday": "必填。"}),
    )  # fmt: skip
    reference = fields.String(metadata=told("With internal_error: what to tell the administrator."))


class Error(Strict):
    error = one(ErrorDetail)


class Token(Strict):
    token = text("JSON Web Token for the header Authorization: Bearer.")
    token_type = text(enum=["Bearer"])
    expires_in = whole("Seconds.")
    expires_at = moment()


class Code(Strict):
    code = whole()
    label = text()


class Codes(Strict):
    indicators = many(Code, "轉介評估指標.")
    identities = many(Code, "個案身分別.")


class UnitAnswer(Strict):
    code = text("單位代號.", null=True, example="13")
    name = text(example="新竹就業中心")
    agency = text("機構單位.", example="桃竹苗分署")
    phone = text()


class PostalCode(Strict):
    code = text("郵遞區號; null when the address has no single one.", null=True, example="30054")
    reason = text("What it was derived from, or what is missing.")
    candidates = texts("The codes that are still possible.")
    receiving_unit = one(UnitAnswer, null=True)
    routing_basis = text(enum=[each.value for each in Basis])


class FiledReferral(Strict):
    number = whole("轉介單號.")
    referral_date = day()
    submitted_at = moment()
    state = state()
    receiving_unit = one(UnitAnswer, null=True)
    routing_basis = text("分派方式.", enum=[each.value for each in Basis])
    routing_text = text(example="一般郵遞區號核對分派")
    attachments = texts("Names of the files that were stored.")
    warnings = texts("What a person at the screen would have been asked to confirm.")


class BatchRow(Strict):
    row = whole("Place in what was sent, from 0.")
    referral = one(FiledReferral, null=True)
    error = one(ErrorDetail, null=True)


class Batch(Strict):
    filed = whole("How many were filed.")
    refused = whole("How many were not.")
    results = many(BatchRow, "One for each referral sent, in order.")


class Page(Strict):
    page = whole()
    size = whole()
    total = whole("Rows found; counted no further than 10,001.")
    has_next = fields.Boolean(required=True)


class ReferralRow(Strict):
    number = whole("轉介單號.")
    referral_date = day()
    name = text("姓名.")
    state = state()
    due_date = day("應結案日期 of an open case.", null=True)
    receiving_unit = text("收案單位.", null=True)
    supervisor = text("收案督導.", null=True)
    case_manager = text("個管員姓名.", null=True)
    phone = text("連絡電話 of the receiving side.", null=True)
    extension = text("分機號碼.", null=True)
    service_count = whole("服務次數.")


class ReferralPage(Page):
    referrals = many(ReferralRow)


class PersonAnswer(Strict):
    name = text()
    national_id = text("Masked.", example="A1****6789")
    sex = text(enum=["M", "F"])
    birthday = day()
    phone = text()
    home_phone = text(null=True)
    other_phone = text(null=True)
    address = text()
    postal_code = text()


class AttachmentAnswer(Strict):
    kind = text(enum=["consent", "guardian"])
    name = text()
    size = whole("Bytes.")


class CaseAnswer(Strict):
    number = whole("個案服務單號.")
    taken_in_at = moment()
    due_date = day("應結案日期.")
    closed_on = day("結案日期.", null=True)
    supervisor = text("收案督導.")
    case_manager = text("個管員姓名.")
    phone = text("連絡電話 of the case manager.")
    service_count = whole("服務次數.")


class Happening(Strict):
    at = moment()
    title = text(example="收案並派案")
    who = text("Empty where the system acted by itself.")
    lines = texts("What it was about.")


class ReferralDetailAnswer(Strict):
    number = whole("轉介單號.")
    referral_date = day()
    submitted_at = moment()
    state = state()
    status = text("服務狀態 as the screens show it.")
    person = one(PersonAnswer)
    referring_unit = one(UnitAnswer)
    receiving_unit = one(UnitAnswer, null=True)
    routing_basis = text(enum=[each.value for each in Basis])
    indicators = many(Code)
    identities = many(Code)
    other_identity = text()
    brief = text()
    expectation = text()
    attachments = many(AttachmentAnswer)
    case = one(CaseAnswer, null=True)
    timeline = many(Happening, "Newest first.")


class CaseRow(Strict):
    number = whole("個案服務單號.")
    referral_number = whole("轉介單號.")
    referral_date = day()
    name = text("個案姓名.")
    referring_unit = text("轉介單位.")
    case_manager = text("個管員姓名.")
    due_date = day("應結案日期.")
    closed_on = day("結案日期; null while the case is open.", null=True)
    service_count = whole("服務次數.")


class CasePage(Page):
    cases = many(CaseRow)


class TrainingAnswer(Strict):
    unit = text("受訓單位.")
    course = text("參加職類.")
    first_day = day()
    last_day = day()
    allowance = fields.Boolean(required=True, metadata=told("生活津貼."))


class ServiceRecordAnswer(Strict):
    served_on = day()
    provided = fields.Boolean(required=True, metadata=told("提供服務, or 無法提供服務."))
    services = many(Code)
    reasons = many(Code)
    training = one(TrainingAnswer, null=True)
    other_service = text()
    remark = text()
    author = text()


class CaseDetailAnswer(CaseAnswer):
    referral_number = whole("轉介單號.")
    referral_date = day()
    referring_unit = one(UnitAnswer)
    person = one(PersonAnswer)
    indicators = many(Code)
    identities = many(Code)
    other_identity = text()
    brief = text()
    expectation = text()
    attachments = many(AttachmentAnswer)
    service_records = many(ServiceRecordAnswer, "By day.")


class RosterRow(Strict):
    number = whole("轉介單號.")
    referring_agency = text("轉介機關.")
    referring_unit = text("轉介單位.")
    referral_date = day()
    name = text("個案姓名.")
    identities = text("個案身分別.")
    sex = text(enum=["M", "F"])
    age = whole("Years, today.")
    receiving_agency = text("收案機關.", null=True)
    receiving_unit = text("收案單位.", null=True)
    state = state()
    due_date = day("應結案日期 of an open case.", null=True)
    closed_on = day(null=True)
    history = texts("服務歷程, one line for each service record.")
    outcome = text("結案資訊.")


class RosterPage(Page):
    roster = many(RosterRow)
