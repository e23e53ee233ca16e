"""Extensions, unbound. AppBuilder and CSRFProtect are not here: they remember views, so each application needs its own."""

from __future__ import annotations

from flask_appbuilder import Model
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

import models  # noqa: F401  (registers every table)

# FAB's Model as base: one metadata for FAB's tables and ours, else Alembic sees half of them as removed.
# Objects stay usable after a commit, so that a view can show what it saved without a further query.
db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False})
migrate = Migrate()
mail = Mail()
