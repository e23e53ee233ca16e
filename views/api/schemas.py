"""What programs send: the bodies and queries of the API. Descriptions are for the specification, which programmers read."""

from __future__ import annotations

from typing import Any

from marshmallow import validate
from marshmallow.fields import List

from rules.referral_flow import State
from rules.texts import N_
from services.filing import MOST_ROWS
from views.api.fields import (
    NOT_AN_OBJECT,
    Base64,
    Choice,
    Day,
    Flag,
    Items,
    Part,
    QueryNumber,
    Strict,
    Text,
    Whole,
)

MOST_PER_PAGE = 100
MOST_NUMBER = 999_999_999


def told(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, **more}


class Upload(Strict):
    name = Text(
        required=True, longest=200, metadata=told("File name with its extension.", example="consent.pdf")
    )
    content = Base64(
        required=True,
        metadata=told(
            "The file, Base64: jpg, pdf, png, docx or zip, 5 MB at most.",
            format="byte",
            example="JVBERi0xLjQK",
        ),
    )


class ReferralRequest(Strict):
    """轉介單."""

    name = Text(required=True, metadata=told("姓名 of the person.", example="唐三藏"))
    national_id = Text(
        required=True,
        metadata=told(
            "身分證字號 or 統一證號. Checked by its check digit; never given back whole.",
            example="A123456789",
        ),
    )
    birthday = Day(required=True, metadata=told("出生日期.", example="1995-10-10"))
    phone = Text(required=True, metadata=told("連絡電話.", example="0912345678"))
    home_phone = Text(
        metadata=told("家裡電話. Left out: stays as known. Empty: is removed.", example="03-5123456")
    )
    other_phone = Text(
        metadata=told("其他連絡電話. Left out: stays as known. Empty: is removed.", example="")
    )
    address = Text(required=True, metadata=told("居住地址.", example="新竹市東區東大路二段60號"))
    postal_code = Text(
        metadata=told("郵遞區號 of 3, 5 or 6 digits. Left out: found from the address.", example="30054")
    )
    indicators = Items(Whole(), most=50, metadata=told("轉介評估指標: codes from /codes.", example=[1, 2]))
    identities = Items(Whole(), most=50, metadata=told("個案身分別: codes from /codes.", example=[3]))
    other_identity = Text(metadata=told("What 19 其他 is; needed with it.", example=""))
    brief = Text(
        longest=20_000,
        metadata=told("個人簡述, 2,000 characters at most.", example="曾任餐飲內場三年,目前待業。"),
    )
    expectation = Text(
        longest=20_000, metadata=told("工作期待, 2,000 characters at most.", example="希望找白天班的工作。")
    )
    consent = Flag(
        required=True,
        metadata=told(
            "The person has consented to the referral. Anything but true is refused.", example=True
        ),
    )
    consent_file = Part(Upload, metadata=told("個資同意書."))
    guardian_file = Part(
        Upload,
        metadata=told(
            "法定監護人同意書 or 轉介單位相關佐證文件: needed under 18 on the day of the referral, refused otherwise."
        ),
    )


class Rows(List):
    """Referrals whose inside is checked row by row, so that each has a verdict of its own."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_rest: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if not all(isinstance(row, dict) for row in value):
            raise self.make_error("objects")
        return value

    default_error_messages = {
        "required": N_("必填。"),
        "null": N_("不可為 null。"),
        "invalid": N_("應為陣列。"),
        "objects": NOT_AN_OBJECT,
    }


class BatchRequest(Strict):
    referrals = Rows(
        Part(ReferralRequest),
        required=True,
        validate=validate.Length(min=1, max=MOST_ROWS, error=N_("一次送1至30筆。")),
        metadata=told(f"1 to {MOST_ROWS} referrals of different people."),
    )
    skip_faulty = Flag(
        load_default=False,
        metadata=told(
            "false: all or none. true: the good ones are filed, the others come back with their faults.",
            example=False,
        ),
    )


class AddressRequest(Strict):
    address = Text(required=True, longest=200, metadata=told("居住地址.", example="新竹市東區東大路二段60號"))


class PageQuery(Strict):
    page = QueryNumber(least=1, most=100_000, load_default=1, metadata=told("Page, from 1."))
    size = QueryNumber(least=1, most=MOST_PER_PAGE, load_default=25, metadata=told("Rows on a page."))


class ReferralQuery(PageQuery):
    state = Choice([each.value for each in State], metadata=told("State of the referral."))
    date_from = Day(metadata=told("First 轉介日期."))
    date_to = Day(metadata=told("Last 轉介日期."))


class RosterQuery(ReferralQuery):
    referring_agency = QueryNumber(most=MOST_NUMBER, metadata=told("Id of the 轉介機關."))
    referring_unit = QueryNumber(most=MOST_NUMBER, metadata=told("Id of the 轉介單位."))
    receiving_agency = QueryNumber(most=MOST_NUMBER, metadata=told("Id of the 收案機關."))
    receiving_unit = QueryNumber(most=MOST_NUMBER, metadata=told("Id of the 收案單位."))
    identity = QueryNumber(most=MOST_NUMBER, metadata=told("Code of an 個案身分別."))
    manager = QueryNumber(most=MOST_NUMBER, metadata=told("Id of the 個管員's account."))
