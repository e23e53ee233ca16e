"""The log on standard error: codes, types and places, never what somebody typed.

A database error quotes values (`Failing row contains (…)`), and rows are people. So an exception is written as its
frames, its type and, for the database, the names of what refused; numbers that look like somebody's are masked anywhere.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from copy import copy
from types import TracebackType

import psycopg
from flask import Flask
from flask.logging import wsgi_errors_stream
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# National IDs and resident numbers; telephones, with or without hyphens.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Za-z][A-Da-d0-9]\d{8}|0\d{1,3}-?\d{3,4}-?\d{3,4})(?![0-9A-Za-z])"
)


class Discreet(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        own = copy(record)
        own.exc_text = None  # else the text that another handler's formatter has left
        return _PERSONAL.sub("•••", super().format(own))

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802 (the name that logging calls)
        return "\nleading to:\n".join(_describe(error) for error in _chain(ei[1]))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Causes first."""
    if error is None:
        return
    yield from _chain(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
    yield error


def _describe(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}: {_told(error)}"


def _told(error: BaseException) -> str:
    """What may be said: of database errors the code and the names, of others the first line."""
    if isinstance(error, psycopg.Error):
        names = (error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
        return " ".join(filter(None, (error.sqlstate, *names)))
    if isinstance(error, DBAPIError):
        return (error.statement or "")[:500]  # with places for the parameters
    if isinstance(error, SQLAlchemyError) and error.__cause__:
        return ""
    return str(error).partition("\n")[0]


def init_app(app: Flask) -> None:
    level = app.config["LOG_LEVEL"].upper()
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, Discreet) for handler in root.handlers):
        handler = logging.StreamHandler(wsgi_errors_stream)  # type: ignore[call-overload]  # a proxy of a stream
        handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(handler)
    logging.getLogger("jieli").setLevel(level)
    if not app.config["CAPTCHA_ENABLED"] and not app.config["TESTING"]:
        logging.getLogger("jieli").warning("CAPTCHA_ENABLED is 0: only for a deployment behind another gate")
