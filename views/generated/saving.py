"""How generated forms save: one transaction, only the columns of the form, nothing typed is lost, no silent overwrite.

FAB's own `_add` and `_edit` redirect after a database error (what was typed is gone), show the error's SQL with its
parameters, let the address preset hidden columns, and know no versions.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import flash, g, request
from flask_appbuilder import ModelView
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from rules.calendar import local_time_text
from rules.errors import FieldFault, RuleBroken
from views.access import actor, database, now
from views.texts import listed, sentence

log = logging.getLogger("jieli.generated")


class SavesOnce(ModelView):
    """`pre_*` may only refuse (raise `RuleBroken`; a `FieldFault` goes to its field) or complete the row."""

    add_row_message = _l("已新增。")
    edit_row_message = _l("已儲存。")
    delete_row_message = _l("已刪除。")
    database_error_message = _l("這筆資料無法儲存:可能與另一筆重複,或正被其他資料使用。請檢查後再試。")

    def pre_update(self, item: Any) -> None:
        self._stamp(item)

    def pre_add(self, item: Any) -> None:
        self._stamp(item)

    def _stamp(self, item: Any) -> None:
        if hasattr(item, "changed_by_id"):
            item.changed_by_id = actor().user_id
            item.changed_by_name = actor().name
            item.changed_at = now()

    def _add(self) -> Any:
        form = self.add_form.refresh()
        if (
            request.method == "POST"
            and form.validate()
            and self._saved(form, self.datamodel.obj(), adding=True)
        ):
            flash(self.add_row_message, "success")
            return None
        return self._get_add_widget(form=form, exclude_cols=[])

    def _edit(self, pk: Any) -> Any:
        item = self.own_row(pk)
        g.row_version = getattr(item, "version", "")
        if request.method == "POST":
            form = self.edit_form.refresh(request.form)
            form._id = self.datamodel.get_pk_value(item)
            if self._is_newest(item) and form.validate() and self._saved(form, item, adding=False):
                flash(self.edit_row_message, "success")
                return None
        else:
            form = self.edit_form.refresh(obj=item)
            self.prefill_form(form, pk)
        return self._get_edit_widget(form=form, exclude_cols=[])

    def _is_newest(self, item: Any) -> bool:
        """Else who saved a newer version, when and what stands above the form; a second press then means it."""
        if not hasattr(item, "version") or request.form.get("row_version", "") == str(item.version):
            return True
        who = getattr(item, "changed_by_name", "") or _("其他人")
        when = local_time_text(item.changed_at) if getattr(item, "changed_at", None) else ""
        flash(
            _(
                "此筆資料在您開啟後已由 %(who)s 修改(%(when)s),為免覆蓋,尚未儲存。您輸入的內容仍在下方。",
                who=who,
                when=when,
            ),
            "danger",
        )
        g.newer_version = [(self.label_columns[name], self._shown(item, name)) for name in self.edit_columns]
        return False

    def _shown(self, item: Any, name: str) -> Any:
        value = getattr(item, name, "")
        formatter = self.formatters_columns.get(name)
        if formatter:
            return formatter(value)
        return listed(value) if isinstance(value, list) else value

    def _saved(self, form: Any, item: Any, *, adding: bool) -> bool:
        """False after a refusal: it is shown, nothing is saved, and what was typed stays in the form."""
        session = database()
        try:
            with session.no_autoflush:
                self.process_form(form, adding)
                form.populate_obj(item)
                (self.pre_add if adding else self.pre_update)(item)
            session.add(item)
            session.flush()
            (self.post_add if adding else self.post_update)(item)
            session.commit()
            return True
        except FieldFault as fault:
            session.rollback()
            _show_at_field(form, fault)
        except RuleBroken as error:
            session.rollback()
            flash(sentence(error), "danger")
        except StaleDataError:
            session.rollback()
            flash(_("此筆資料剛被其他人修改,尚未儲存。您輸入的內容仍在下方,請確認後再儲存一次。"), "danger")
        except IntegrityError:
            session.rollback()
            flash(self.database_error_message, "danger")
        except SQLAlchemyError as error:
            session.rollback()
            log.error("saving %s failed: %s", type(item).__name__, type(error).__name__)
            flash(self.database_error_message, "danger")
        return False

    def _delete(self, pk: Any) -> None:
        item = self.own_row(pk)
        session = database()
        try:
            self.pre_delete(item)
            session.delete(item)
            session.flush()
            self.post_delete(item)
            session.commit()
            flash(self.delete_row_message, "success")
        except RuleBroken as error:
            session.rollback()
            flash(sentence(error), "danger")
        except SQLAlchemyError:
            session.rollback()
            flash(_("這筆資料正被其他資料使用,無法刪除;可改為停用。"), "danger")


def _show_at_field(form: Any, fault: FieldFault) -> None:
    field = getattr(form, fault.field, None)
    if field is None:
        flash(sentence(fault), "danger")
    else:
        field.errors = [*field.errors, sentence(fault)]
