"""Who acts: what the services and scopes need to know of the logged-in user, and nothing of the web."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.permissions import Permission


@dataclass(frozen=True)
class Actor:
    """`address` is the network address the request came from, for the trail; empty for jobs and commands."""

    user_id: int
    name: str
    unit_id: int | None
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    address: str = ""

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions
