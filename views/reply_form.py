"""列印轉介回覆單: as a page that opens the browser's print dialog, and as a PDF."""

from __future__ import annotations

from pathlib import Path

from flask import Response, current_app, make_response, render_template
from flask_appbuilder import expose
from markupsafe import Markup

from models.trail import Act
from reports.case_reply import reply_form_of
from reports.fonts import load_fonts
from reports.reply_form import pdf, print_page
from rules.permissions import Permission as P
from views.access import Screen, database, needs
from views.case_pages import readable_case
from views.files import file_response


class ReplyFormView(Screen):
    """For who serves the case and for the unit that referred the person."""

    route_base = "/cases/<int:case_id>"
    default_view = "page"
    class_permission_name = "Case"

    @expose("/reply-form")
    @needs(P.CASE_WORK, P.CASE_TRANSFER, P.REFERRAL_FOLLOW)
    def page(self, case_id: int) -> Response:
        case = readable_case(case_id, act=Act.PRINT)
        toolbar = Markup(render_template("case/_print_toolbar.html", case=case))  # noqa: S704 (a template of ours)
        nonce = current_app.jinja_env.globals["csp_nonce"]()  # type: ignore[operator]
        response = make_response(print_page(reply_form_of(database(), case), nonce=nonce, toolbar=toolbar))
        response.headers["Cache-Control"] = "no-store"
        return response

    @expose("/reply-form.pdf")
    @needs(P.CASE_WORK, P.CASE_TRANSFER, P.REFERRAL_FOLLOW)
    def file(self, case_id: int) -> Response:
        """Raises `MissingGlyph` naming the characters that no face draws."""
        case = readable_case(case_id, act=Act.PRINT)
        config = current_app.config
        fonts = load_fonts(Path(config["FONT_DIR"]), tuple(Path(face) for face in config["PDF_FACES"]))
        content = pdf(reply_form_of(database(), case), fonts)
        return file_response(content, f"轉介回覆單_{case.referral_id}.pdf", "pdf")
