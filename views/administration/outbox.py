"""郵件寄送: the outbox, and a second chance for what was given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, g
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from models.outbox import Mail, MailState
from reports import outbox as reports
from reports.criteria import Criterion, day, known
from reports.mail_errors import in_words
from rules.calendar import day_begins
from rules.errors import RuleBroken
from rules.permissions import Permission as P
from rules.texts import N_
from services import outbox, support
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now
from views.administration.shown import chip, local_moment
from views.generated.base import GeneratedView
from views.generated.filters import search_fields
from views.generated.interface import RowAccess
from views.texts import sentence, translated

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
        lambda text: Mail.state == known(text, STATES),
        kind="choice",
        choices=lambda _session: [(state.value, text) for state, (_kind, _symbol, text) in STATES.items()],
    ),
    Criterion("recipient", N_("收件者"), lambda text: Mail.recipient.icontains(text, autoescape=True)),
    Criterion(
        "queued_from",
        N_("排入日期起"),
        lambda text: Mail.queued_at >= day_begins(day(text)),
        kind="date",
        hint=N_("例:115/11/1"),
    ),
    Criterion(
        "queued_to",
        N_("排入日期迄"),
        lambda text: Mail.queued_at < day_begins(day(text) + timedelta(days=1)),
        kind="date",
        hint=N_("例:115/11/30"),
    ),
)


def mail_chip(state: str) -> Markup:
    kind, symbol, text = STATES[MailState(state)]
    return chip(kind, symbol, _(text))


def _error(noted: str) -> str:
    return translated(in_words(noted)) or "—"


def _noted(error: str) -> Markup | str:
    """In words, and what the program said, for who looks into the mail server."""
    return Markup('{}<span class="technical">{}</span>').format(_error(error), error) if error else "—"


class OutboxView(GeneratedView):
    datamodel = RowAccess(Mail, criteria=CRITERIA)
    route_base = "/outbox"
    class_permission_name = "Outbox"
    read_only = True
    list_title, show_title = _l("郵件寄送"), _l("郵件")
    list_columns = ["state", "recipient", "subject", "last_error", "tries", "queued_at", "sent_at"]
    show_columns = [
        "state",
        "recipient",
        "subject",
        "tries",
        "queued_at",
        "next_try_at",
        "sent_at",
        "message_id",
    ]
    search_columns = [criterion.name for criterion in CRITERIA]
    search_form_extra_fields = search_fields(CRITERIA)
    order_columns = ["queued_at"]
    base_order = ("id", "desc")
    formatters_columns = {
        "state": mail_chip,
        "last_error": _error,
        "queued_at": local_moment,
        "sent_at": local_moment,
        "next_try_at": local_moment,
    }
    label_columns = {
        "state": _l("寄送情形"),
        "recipient": _l("收件者"),
        "subject": _l("主旨"),
        "tries": _l("嘗試次數"),
        "queued_at": _l("排入時間"),
        "next_try_at": _l("下次嘗試"),
        "sent_at": _l("寄出時間"),
        "last_error": _l("最近一次錯誤"),
        "message_id": _l("郵件識別碼"),
    }
    list_template = "administration/mails.html"
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

    @expose("/resend-failed", methods=["POST"])
    @needs(P.OUTBOX_RESEND)
    def resend_failed(self) -> Any:
        with transaction(database()):
            number = outbox.resend_failed(database(), by=actor(), at=now())
        if number:
            flash(_("已將 %(number)s 封寄送失敗的郵件重新排入寄送。", number=number), "success")
        else:
            flash(_("目前沒有寄送失敗的郵件。"), "info")
        return back_to("OutboxView.list")

    def _get_list_widget(self, *args: Any, **kwargs: Any) -> Any:
        g.failed_mails = reports.failed(database()) if actor().may(P.OUTBOX_RESEND) else 0
        return super()._get_list_widget(*args, **kwargs)

    def _get_show_widget(self, pk: Any, item: Any, **kwargs: Any) -> Any:
        g.shown_row = item
        g.may_resend = actor().may(P.OUTBOX_RESEND) and item.state in {MailState.QUEUED, MailState.FAILED}
        # An answer of the support desk may say more than other mails: its text is for who may answer.
        is_answer = item.key.startswith(support.ANSWER_MAIL)
        g.mail_error = _noted(item.last_error)
        g.mail_body = item.body if not is_answer or actor().may(P.SUPPORT_ANSWER) else None
        return super()._get_show_widget(pk, item, **kwargs)
