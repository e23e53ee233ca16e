"""Tables. Importing the package imports every model, so that Alembic and the mappers know all of them."""

from models import (
    case,
    codes,
    content,
    organisation,
    outbox,
    person,
    postal,
    referral,
    timeline,
    account,
)

__all__ = [
    "case",
    "codes",
    "content",
    "organisation",
    "outbox",
    "person",
    "postal",
    "referral",
    "timeline",
    "account",
]
