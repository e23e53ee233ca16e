"""個人資料彙整: all that is held on one person, on the person's own request; each time under the request's number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response, request
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l

from models.trail import Act
from reports.disclosure import Disclosed, disclosed, pdf
from reports.fonts import load_fonts
from reports.trail_lists import criteria_lines
from rules.errors import Faults, FieldFault
from rules.permissions import Permission as P
from services import disclosure
from services.transaction import transaction
from views.access import Screen, actor, back_to, database, needs, now
from views.files import file_response
from views.trail import shown


class Disclosure(Screen):
    route_base = "/audit/disclosure"
    default_view = "ask"
    class_permission_name = "Person"
    title = _l("個人資料彙整")

    @expose("/")
    @needs(P.PERSON_DISCLOSE)
    def ask(self) -> str:
        return self._form(())

    @expose("/", methods=["POST"])
    @needs(P.PERSON_DISCLOSE)
    def open(self) -> Any:
        """The number travels in the form and nowhere else; who finds nobody has left an entry as well."""
        try:
            with transaction(database()):
                entry = disclosure.open_request(
                    database(),
                    national_id=request.form.get("national_id", ""),
                    reason=request.form.get("reason", ""),
                    by=actor(),
                    at=now(),
                )
                found, entry_id = entry.persons, entry.id
        except Faults as refusal:
            return make_response(self._form(refusal.faults), 422)
        if not found:
            nobody = FieldFault("national_id", "系統沒有這個身分證字號的資料。這次查詢已留下紀錄。")
            return make_response(self._form([nobody]), 422)
        return back_to("Disclosure.show", entry_id=entry_id)

    @expose("/<int:entry_id>")
    @needs(P.PERSON_DISCLOSE)
    def show(self, entry_id: int) -> Response:
        content = self._content(entry_id, Act.VIEW)
        page = self.render("audit/disclosed.html", content=content, entry_id=entry_id, title=self.title)
        response = make_response(page)
        response.headers["Cache-Control"] = "no-store"
        return response

    @expose("/<int:entry_id>.pdf")
    @needs(P.PERSON_DISCLOSE)
    def file(self, entry_id: int) -> Response:
        """Raises `MissingGlyph` naming the characters that no face draws."""
        content, config = self._content(entry_id, Act.DOWNLOAD), current_app.config
        fonts = load_fonts(Path(config["FONT_DIR"]), tuple(Path(face) for face in config["PDF_FACES"]))
        return file_response(pdf(content, fonts), f"個人資料彙整_{entry_id}.pdf", "pdf")

    def _content(self, entry_id: int, act: Act) -> Disclosed:
        entry, person = disclosure.opened_person(database(), entry_id, by=actor(), at=now())
        ((_label, reason),) = criteria_lines(entry.criteria, str)
        shown([person.id], act=act, ground=disclosure.GROUND, criteria={"reason": reason})
        return disclosed(database(), person, reason=reason, made_by=actor().name, at=now())

    def _form(self, faults: Any) -> str:
        return self.render("audit/disclosure.html", title=self.title, faults=faults, typed=request.form)
