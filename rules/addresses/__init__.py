"""Postal codes of addresses: Chunghwa Post's directory of delivery ranges, read and asked.

`Directory` holds the rows of one edition; `Directory.resolve` answers with a code or the reason why there is
none. A code is never guessed: where two are possible the answer says what is missing and offers both.
"""

from rules.addresses.directory import Directory, Row
from rules.addresses.resolution import Resolution, Status
from rules.addresses.scope import parse_scope

__all__ = ["Directory", "Resolution", "Row", "Status", "parse_scope"]
