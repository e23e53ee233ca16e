"""最新消息、公告欄、檔案下載: what administrators publish, each with the days it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, current_app, g
from flask_appbuilder import expose
from flask_appbuilder.fieldwidgets import BS3TextAreaFieldWidget
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from markupsafe import Markup
from sqlalchemy import ColumnElement
from werkzeug.datastructures import FileStorage
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from models.content import FAR_FUTURE, Bulletin, Days, Download, News
from reports.criteria import Criterion, known
from reports.notices import Publication, downloads_that_are, notices_that_are, publication
from rules.permissions import Permission as P
from rules.texts import N_
from rules.uploads import MAX_BYTES, PUBLISHED
from services import content
from services.file_changes import FileChanges
from views.access import needs, today
from views.administration.shown import chip, file_size, lines, roc_day, roc_last_day
from views.files import file_response, stored_content
from views.generated.base import GeneratedView
from views.generated.fields import RocDayField
from views.generated.filters import search_fields
from views.generated.interface import RowAccess

PUBLICATION = {
    Publication.SHOWN: ("done", "fa-eye", N_("顯示中")),
    Publication.UPCOMING: ("waiting", "fa-clock", N_("尚未開始")),
    Publication.EXPIRED: ("off", "fa-eye-slash", N_("已過期")),
}
NOTICE_COLUMNS = ["text", "shown_from", "shown_until"]
NOTICE_FIELDS: dict[str, Any] = {
    "text": TextAreaField(
        _l("內容"),
        [InputRequired(_l("請輸入內容。"))],
        description=_l("最多250字。"),
        widget=BS3TextAreaFieldWidget(),
        render_kw={"rows": 5, "data-limit": content.NOTICE_LIMIT},
    ),
    "shown_from": RocDayField(
        _l("開始日期"),
        validators=[InputRequired(_l("請輸入開始日期。"))],
        description=_l("例:115/11/20"),
        default=today,
    ),
    "shown_until": RocDayField(
        _l("結束日期"), empty=FAR_FUTURE, description=_l("這一天仍會顯示;空白表示不限期。")
    ),
}


def _publication(days: Days) -> Markup:
    kind, symbol, text = PUBLICATION[publication(days, today())]
    return chip(kind, symbol, _(text))


def _publication_criterion(
    condition: Callable[[Publication], ColumnElement[bool]], states: Sequence[Publication]
) -> Criterion:
    return Criterion(
        "days",
        N_("顯示情形"),
        lambda text: condition(Publication(known(text, states))),
        kind="choice",
        choices=lambda _session: [(state.value, PUBLICATION[state][2]) for state in states],
    )


class NoticeView(GeneratedView):
    """What News and Bulletin have in common."""

    class_permission_name = "Content"
    list_columns = show_columns = ["days", *NOTICE_COLUMNS]
    add_columns = edit_columns = NOTICE_COLUMNS
    add_form_extra_fields = edit_form_extra_fields = NOTICE_FIELDS
    order_columns = ["shown_from", "shown_until"]
    base_order = ("shown_from", "desc")
    formatters_columns = {
        "days": _publication,
        "text": lines,
        "shown_from": roc_day,
        "shown_until": roc_last_day,
    }
    label_columns = {
        "days": _l("顯示情形"),
        "text": _l("內容"),
        "shown_from": _l("開始日期"),
        "shown_until": _l("結束日期"),
    }
    show_template = "administration/notice.html"

    def _get_show_widget(self, pk: Any, item: Any, **kwargs: Any) -> Any:
        g.shown_row = item
        return super()._get_show_widget(pk, item, **kwargs)

    def pre_add(self, item: News | Bulletin) -> None:
        content.check_notice(item)
        super().pre_add(item)

    def pre_update(self, item: News | Bulletin) -> None:
        content.check_notice(item)
        super().pre_update(item)


NEWS_CRITERIA = (
    _publication_criterion(lambda state: notices_that_are(state, News, today()), tuple(PUBLICATION)),
    Criterion("text", N_("內容"), lambda text: News.text.contains(text, autoescape=True)),
)
BULLETIN_CRITERIA = (
    _publication_criterion(lambda state: notices_that_are(state, Bulletin, today()), tuple(PUBLICATION)),
    Criterion("text", N_("內容"), lambda text: Bulletin.text.contains(text, autoescape=True)),
)
DOWNLOAD_CRITERIA = (
    _publication_criterion(
        lambda state: downloads_that_are(state, today()), (Publication.SHOWN, Publication.EXPIRED)
    ),
    Criterion("title", N_("檔案名稱"), lambda text: Download.title.contains(text, autoescape=True)),
)


class NewsView(NoticeView):
    datamodel = RowAccess(News, criteria=NEWS_CRITERIA)
    route_base = "/news"
    search_columns = ["days", "text"]
    search_form_extra_fields = search_fields(NEWS_CRITERIA)
    list_title, show_title, add_title, edit_title = (
        _l("最新消息"),
        _l("最新消息"),
        _l("新增最新消息"),
        _l("修改最新消息"),
    )


class BulletinView(NoticeView):
    datamodel = RowAccess(Bulletin, criteria=BULLETIN_CRITERIA)
    route_base = "/bulletins"
    search_columns = ["days", "text"]
    search_form_extra_fields = search_fields(BULLETIN_CRITERIA)
    list_title, show_title, add_title, edit_title = _l("公告欄"), _l("公告"), _l("新增公告"), _l("修改公告")


class DownloadView(GeneratedView):
    datamodel = RowAccess(Download, criteria=DOWNLOAD_CRITERIA)
    route_base = "/download-files"
    class_permission_name = "Content"
    list_title, show_title, add_title, edit_title = _l("檔案下載"), _l("檔案"), _l("新增檔案"), _l("修改檔案")
    list_columns = ["days", "title", "file_name", "size", "expires_on"]
    add_columns = edit_columns = ["title", "file", "expires_on"]
    add_form_extra_fields = edit_form_extra_fields = {
        "file": FileField(
            _l("檔案"),
            description=_l(
                "可上傳 %(kinds)s,5MB 以內;修改時不選檔案就保留原檔。", kinds=", ".join(PUBLISHED)
            ),
            render_kw={"accept": ",".join(f".{kind}" for kind in PUBLISHED)},
        ),
        "expires_on": RocDayField(
            _l("下載期限"), empty=FAR_FUTURE, description=_l("這一天仍可下載;空白表示不限期。")
        ),
    }
    search_columns = ["days", "title"]
    search_form_extra_fields = search_fields(DOWNLOAD_CRITERIA)
    order_columns = ["title", "expires_on"]
    base_order = ("title", "asc")
    formatters_columns = {"days": _publication, "size": file_size, "expires_on": roc_last_day}
    show_template = "administration/download.html"
    label_columns = {
        "days": _l("顯示情形"),
        "title": _l("檔案名稱"),
        "file": _l("檔案"),
        "file_name": _l("原始檔名"),
        "size": _l("大小"),
        "expires_on": _l("下載期限"),
    }

    @expose("/<int:download_id>/file")
    @needs(P.CONTENT_READ)
    def file(self, download_id: int) -> Response:
        """For who publishes it, expired or not; users get what the home page offers."""
        found: Download = self.own_row(str(download_id))
        return file_response(
            stored_content(found.storage_name, name=found.file_name), found.file_name, found.extension
        )

    def _get_show_widget(self, pk: Any, item: Any, **kwargs: Any) -> Any:
        g.shown_row = item
        return super()._get_show_widget(pk, item, **kwargs)

    def pre_add(self, item: Download) -> None:
        content.publish(g.file_changes, item, _chosen(item))
        super().pre_add(item)

    def pre_update(self, item: Download) -> None:
        content.publish(g.file_changes, item, _chosen(item))
        super().pre_update(item)

    def _saved(self, form: Any, item: Any, *, adding: bool) -> bool:
        try:
            with FileChanges(current_app.extensions["file_store"]) as g.file_changes:
                if not super()._saved(form, item, adding=adding):
                    raise _NotSavedError
        except _NotSavedError:
            return False
        return True

    def _delete(self, pk: Any) -> None:
        with FileChanges(current_app.extensions["file_store"]) as files:
            super()._delete(pk)
            if self.datamodel.get(pk) is None:
                files.drop(g.storage_name)

    def pre_delete(self, item: Download) -> None:
        g.storage_name = item.storage_name


class _NotSavedError(Exception):
    """Tells the file store that the transaction it belongs to has failed."""


def _chosen(item: Any) -> content.Upload | None:
    """The file of the form, which puts it on the row under the field's name."""
    file: FileStorage | None = item.__dict__.pop("file", None)
    if not file or not file.filename:
        return None
    with file.stream:
        return content.Upload(file.filename, file.stream.read(MAX_BYTES + 1))
