"""Screens of those who watch over personal data: the trail, who looked at a person, and all that is held on one."""

from __future__ import annotations

from views.audit.disclosure import Disclosure
from views.audit.log import TrailLog
from views.audit.person import AuditedPersonTrail, PersonTrail

__all__ = ["AuditedPersonTrail", "Disclosure", "PersonTrail", "TrailLog"]
