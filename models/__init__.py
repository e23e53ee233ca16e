"""Tables. Importing the package imports every model, so that Alembic and the mappers know all of them."""

from models import (
    account,
    api_key,
    batch,
    case,
    codes,
    content,
    organisation,
    outbox,
    person,
    postal,
    referral,
    staff,
    support,
    timeline,
    trail,
)

__all__ = [
    "account",
    "api_key",
    "batch",
    "case",
    "codes",
    "content",
    "organisation",
    "outbox",
    "person",
    "postal",
    "referral",
    "staff",
    "support",
    "timeline",
    "trail",
]
