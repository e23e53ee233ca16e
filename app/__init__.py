"""Assembly: puts the packages together and decides nothing."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import views
from app import cli, database, errors, headers, i18n, jinja, jobs, logs, routes, static_files
from app.extensions import db, mail, migrate
from app.security import SecurityManager
from config import Misconfigured, settings
from models.crypto import KEYS
from services.file_store import FileStore
from views.access import demand_own_password
from views.home import Home
from views.trail import write_trail


def create_app(**overrides: Any) -> Flask:
    """A whole application; tests make many in one process. `overrides` replace settings."""
    app = Flask(__name__)
    app.config.from_mapping(settings(**overrides))
    logs.init_app(app)
    try:
        KEYS.configure(app.config["DATA_KEYS"], app.config["DATA_HASH_KEY"])
    except ValueError as error:
        raise Misconfigured(str(error)) from error
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    i18n.init()
    routes.init_app(app)
    CSRFProtect(app)  # before AppBuilder: FAB asks for it while it registers its views
    db.init_app(app)
    migrate.init_app(app, db, render_as_batch=True)
    mail.init_app(app)
    headers.init_app(app)
    static_files.init_app(app)
    app.extensions["file_store"] = FileStore(app.config["FILE_STORE"])
    with app.app_context():
        database.init_app(app)
        # Made here and not at the module's level: it remembers its views, a second application would have none.
        appbuilder = AppBuilder(security_manager_class=SecurityManager, indexview=Home)
        appbuilder.init_app(app, db.session)
        views.register(appbuilder)
    i18n.init_app(app)
    app.before_request(demand_own_password)
    app.after_request(write_trail)
    errors.init_app(app)
    jinja.init_app(app)
    jobs.init_app(app)
    cli.init_app(app)
    return app
