"""The two forms: of a referral, in five sections, and of a person nobody has referred before."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, HiddenField, StringField, TextAreaField

from models.codes import Identity, Indicator
from services.drafts import Draft
from services.referrals import offered_codes
from views.access import database
from views.fields import CodesField, RocDateField

FILE_RULE = _l("上傳格式:jpg - pdf - png - docx - zip , 大小限制5MB")
PHONE = {"inputmode": "tel", "autocomplete": "off"}
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class PersonForm(FlaskForm):
    """個案基本資料."""

    key = HiddenField()
    name = StringField(_l("姓名"), render_kw=PLAIN)
    national_id = StringField(_l("身分證字號"), render_kw={**PLAIN, "autocapitalize": "characters"})
    birthday = RocDateField(
        _l("出生日期(民國年)"),
        past=True,
        render_kw={"placeholder": _l("例：80/07/07"), "autocomplete": "off"},
    )
    phone = StringField(_l("連絡電話"), render_kw={**PHONE, "placeholder": _l("例:0912345678")})
    home_phone = StringField(_l("家裡電話"), render_kw={**PHONE, "placeholder": _l("例:02-1234567")})
    other_phone = StringField(_l("其他連絡電話"), render_kw={**PHONE, "placeholder": _l("例:0912345678")})
    address = StringField(
        _l("居住地址"), render_kw={**PLAIN, "placeholder": _l("例:新竹市東區東大路二段60號")}
    )
    postal_code = StringField(
        _l("郵遞區號"),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "placeholder": _l("由地址帶入")},
    )


class ReferralForm(PersonForm):
    """轉介單. `acknowledged` holds the mark of the warnings that were confirmed."""

    consent_file = FileField(_l("個資同意書"), description=FILE_RULE)
    guardian_file = FileField(_l("法定監護人同意書 或 轉介單位相關佐證文件"), description=FILE_RULE)
    consent = BooleanField(
        _l("本單位確實已經個案同意，本次轉介資料提供予公立就業服務機構運用，以從事就業服務及職業訓練服務")
    )
    indicators = CodesField(_l("轉介評估指標(可複選)"))
    identities = CodesField(_l("個案身分別(可複選)"))
    other_identity = StringField(_l("其他身分別說明"), render_kw=PLAIN)
    brief = TextAreaField(
        _l("個人簡述"),
        render_kw={"rows": 6, "placeholder": _l("內容包含個案學經歷、工作狀況、家庭狀況、接聽電話時段..等")},
    )
    expectation = TextAreaField(_l("工作期待"), render_kw={"rows": 4, "placeholder": _l("請輸入工作期待")})

    def offer_codes(self) -> None:
        self.indicators.offer((item.code, _(item.label)) for item in offered_codes(database(), Indicator))
        self.identities.offer((item.code, _(item.label)) for item in offered_codes(database(), Identity))


UNTYPED = frozenset({"key", "csrf_token", "consent_file", "guardian_file"})

# Which section of the page a field stands in, for the rail.
SECTIONS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (
        "person",
        _l("個人基本資料"),
        (
            *(
                "name",
                "national_id",
                "birthday",
                "phone",
                "home_phone",
                "other_phone",
                "address",
                "postal_code",
            ),
            *("consent_file", "guardian_file", "consent"),
        ),
    ),
    ("indicators", _l("轉介評估指標(可複選)"), ("indicators",)),
    ("identities", _l("個案身分別(可複選)"), ("identities", "other_identity")),
    ("brief", _l("個人簡述"), ("brief",)),
    ("expectation", _l("工作期待"), ("expectation",)),
)


def key_of(form: PersonForm) -> str:
    """The form's key; a page always carries one, so anything else was not sent by a page."""
    try:
        return str(uuid.UUID(form.key.data or ""))
    except ValueError:
        abort(400)


def typed(form: FlaskForm) -> dict[str, Any]:
    """As texts and lists of texts; a field that was not sent at all counts as empty."""
    return {
        field.name: "" if field.data is None else field.data for field in form if field.name not in UNTYPED
    }


def fill(form: FlaskForm, held: Mapping[str, Any]) -> None:
    for field in form:
        if field.name in held and field.name not in UNTYPED:
            field.data = held[field.name]


def new_form(draft: Draft | None) -> ReferralForm:
    form = ReferralForm(formdata=None)
    if draft:
        fill(form, draft.typed)
    form.key.data = draft.key if draft else str(uuid.uuid4())
    return form
