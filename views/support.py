"""線上客服 and 我的提問: a question from any page, in a dialog over it where scripts run, and the answers to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, current_app, flash, g, make_response, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement
from wtforms import HiddenField, StringField, TextAreaField

from models.support import SupportQuestion
from reports import support as reports
from reports.columns import Column
from rules.errors import Faults, NotFound, RuleBroken, StaleVersion, TooMany
from rules.permissions import Permission as P
from rules.support import EMAIL_LIMIT, TEXT_LIMIT
from services import support
from services.transaction import transaction
from views.access import actor, back_to, database, needs, now
from views.lists import ListScreen
from views.steps import is_fetched
from views.texts import sentence, translator


class QuestionForm(FlaskForm):
    """Carries what was typed; `rules.support` judges it. The ids are its own: the form opens over other forms."""

    class Meta:
        csrf = False  # the token stands in the template, as on every form written by hand

    subject = StringField(_l("主旨內容"), id="support-subject")
    text = TextAreaField(_l("問題內容"), id="support-text", render_kw={"rows": 6, "data-limit": TEXT_LIMIT})
    asker_name = StringField(_l("提問人員"), id="support-asker")
    email = StringField("Email", id="support-email", render_kw={"maxlength": EMAIL_LIMIT})
    page = HiddenField(id="support-page")
    follows = HiddenField(id="support-follows")
    submission_key = HiddenField(id="support-key")


class Support(ListScreen):
    """`new` answers a script with the form alone, so that the page under the dialog stays as it is."""

    route_base = "/support"
    needed = P.SUPPORT_ASK
    title = _l("我的提問")
    empty_text = _l("沒有符合條件的提問。有系統問題或建議時,請按「線上客服」。")
    template = "support/list.html"
    listing = reports.MINE
    link_column = "subject"
    criteria = (reports.STATE, reports.SUBJECT_HOLDS)
    exportable = False
    exclude_route_methods = {"export"}

    def scope(self) -> Sequence[ColumnElement[bool]]:
        return (SupportQuestion.asker_id == actor().user_id,)

    def row_url(self, row: Any) -> str:
        return url_for("Support.show", question_id=row.key)

    def context(self) -> Callable[[str], str]:
        return translator()

    def chip(self, column: Column, row: Any) -> str:
        return state_chip(column, row)

    @expose("/new", methods=["GET", "POST"])
    @needs(P.SUPPORT_ASK)
    def new(self) -> Any:
        form = QuestionForm()
        if request.method == "GET":
            return self._form(self._begun(form))
        follows_id = _number(form.follows.data)
        try:
            with transaction(database()):
                question = support.ask(
                    database(),
                    {name: form[name].data or "" for name in ("subject", "text", "asker_name", "email")},
                    submission_key=_key(form),
                    mailbox=current_app.config["SUPPORT_MAIL"],
                    base_url=current_app.config["PUBLIC_URL"],
                    screen=form.page.data or "",
                    follows_id=follows_id,
                    by=actor(),
                    at=now(),
                )
                number, email = question.id, question.email
        except Faults as refused:
            for fault in refused.faults:
                field = form[fault.field]
                field.errors = [*field.errors, sentence(fault)]
            return self._form(form, status=422)
        except NotFound:
            raise
        except RuleBroken as refused:
            if isinstance(refused, StaleVersion):  # the key is used up; sent again, it is another question
                form.submission_key.data = str(uuid.uuid4())
            return self._form(form, notice=refused, status=429 if isinstance(refused, TooMany) else 409)
        if is_fetched():
            return self.render("support/sent.html", number=number, email=email)
        flash(_("已送出,提問編號 %(number)s。回覆會寄到 %(email)s。", number=number, email=email), "success")
        return back_to("Support.show", question_id=number)

    @expose("/<int:question_id>")
    @needs(P.SUPPORT_ASK)
    def show(self, question_id: int) -> str:
        g.way_back = url_for("Support.index")
        question = support.own_question(database(), question_id, by=actor())
        return self.render(
            "support/show.html",
            question=question,
            state=reports.state_text(question),
            sequels=reports.sequels(database(), question_id),
        )

    def _begun(self, form: QuestionForm) -> QuestionForm:
        form.submission_key.data = str(uuid.uuid4())
        form.asker_name.data = actor().name
        form.email.data = current_user.email
        form.page.data = request.args.get("page", "")
        if follows_id := _number(request.args.get("follows")):
            former = support.own_question(database(), follows_id, by=actor())
            form.follows.data = str(former.id)
            form.subject.data = former.subject
        return form

    def _form(self, form: QuestionForm, *, notice: RuleBroken | None = None, status: int = 200) -> Response:
        page = self.render(
            "support/new.html",
            layout="partials/fragment.html" if is_fetched() else "base.html",
            form=form,
            notice=sentence(notice) if notice else "",
            page_faults=sum(len(field.errors) for field in form),
        )
        return make_response(page, status)


def state_chip(column: Column, row: Any) -> str:
    return ("done" if row.state else "waiting") if column.key == "state" else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _key(form: QuestionForm) -> str:
    """The form's own key; another if somebody broke it, so that it is never another form's."""
    try:
        return str(uuid.UUID(form.submission_key.data or ""))
    except ValueError:
        return str(uuid.uuid4())
