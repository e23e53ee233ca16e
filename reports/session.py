"""The database as reports see it: for reading."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session, scoped_session

ReadSession = Session | scoped_session[Any]
