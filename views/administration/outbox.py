"""郵件寄送: the outbox, and a second chance for what was given up."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from models.outbox import Mail, MailState
from reports.criteria import Criterion
from rules.errors import RuleBroken
from rules.permissions import Permission as P
from rules.texts import N_
from services import outbox
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now
from views.administration.shown import chip, lines, local_moment
from views.generated.base import GeneratedView
from views.generated.filters import search_fields
from views.generated.interface import RowAccess
from views.texts import sentence

STATES = {
    MailState.QUEUED: ("waiting", "fa-hourglass-half", N_("待寄送")),
    MailState.SENDING: ("open", "fa-paper-plane", N_("寄送中")),
    MailState.SENT: ("done", "fa-check", N_("已寄出")),
    MailState.FAILED: ("overdue", "fa-triangle-exclamation", N_("寄送失敗")),
}
CRITERIA = (
    Criterion(
        "state",
        N_("寄送情形"),
        lambda text: Mail.state == text,
        kind="choice",
        choices=lambda _session: [(state.value, text) for state, (_kind, _symbol, text) in STATES.items()],
    ),
    Criterion("recipient", N_("收件者"), lambda text: Mail.recipient.icontains(text, autoescape=True)),
)


def _state(state: str) -> Markup:
    kind, symbol, text = STATES[MailState(state)]
    return chip(kind, symbol, _(text))


class OutboxView(GeneratedView):
    datamodel = RowAccess(Mail, criteria=CRITERIA)
    route_base = "/outbox"
    class_permission_name = "Outbox"
    read_only = True
    list_title, show_title = _l("郵件寄送"), _l("郵件")
    list_columns = ["state", "recipient", "subject", "tries", "queued_at", "sent_at", "last_error"]
    show_columns = [
        "state",
        "recipient",
        "subject",
        "body",
        "tries",
        "queued_at",
        "next_try_at",
        "sent_at",
        "last_error",
        "message_id",
    ]
    search_columns = [criterion.name for criterion in CRITERIA]
    search_form_extra_fields = search_fields(CRITERIA)
    order_columns = ["queued_at"]
    base_order = ("id", "desc")
    formatters_columns = {
        "state": _state,
        "queued_at": local_moment,
        "sent_at": local_moment,
        "next_try_at": local_moment,
        "body": lines,
    }
    label_columns = {
        "state": _l("寄送情形"),
        "recipient": _l("收件者"),
        "subject": _l("主旨"),
        "body": _l("內容"),
        "tries": _l("嘗試次數"),
        "queued_at": _l("排入時間"),
        "next_try_at": _l("下次嘗試"),
        "sent_at": _l("寄出時間"),
        "last_error": _l("最近一次錯誤"),
        "message_id": _l("郵件識別碼"),
    }
    show_template = "administration/mail.html"

    @expose("/<int:mail_id>/resend", methods=["POST"])
    @needs(P.OUTBOX_RESEND)
    def resend(self, mail_id: int) -> Any:
        self.own_row(str(mail_id))
        try:
            with transaction(database()):
                outbox.resend(database(), mail_id, by=actor(), at=now())
            flash(_("已重新排入寄送。"), "success")
        except RuleBroken as refused:
            flash(sentence(refused), "danger")
        return back_to("OutboxView.show", pk=mail_id)

    def _get_show_widget(self, pk: Any, item: Any, **kwargs: Any) -> Any:
        g.shown_row = item
        g.may_resend = actor().may(P.OUTBOX_RESEND) and item.state in {MailState.QUEUED, MailState.FAILED}
        return super()._get_show_widget(pk, item, **kwargs)
