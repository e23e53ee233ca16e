"""Tables. Importing the package imports every model, so that Alembic and the mappers know all of them."""

from models import (
    account,
    case,
    codes,
    content,
    organisation,
    outbox,
    person,
    postal,
    referral,
    timeline,
)

__all__ = [
    "account",
    "case",
    "codes",
    "content",
    "organisation",
    "outbox",
    "person",
    "postal",
    "referral",
    "timeline",
]
