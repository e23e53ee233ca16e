"""Commands: `flask --app run …`. One module a noun."""

from __future__ import annotations

from flask import Flask

from app.cli.audit import audit_group
from app.cli.data import prepare
from app.cli.demo import demo_group
from app.cli.digest import digest_group
from app.cli.dispatch_past import dispatch_group
from app.cli.jobs import jobs
from app.cli.keys import keys_group
from app.cli.person import person_group
from app.cli.postal import data_group, postal_group
from app.cli.retention import retention_group
from app.cli.roles import roles_group
from app.cli.tally import tally_group
from app.cli.user import user_group

COMMANDS = (
    audit_group,
    data_group,
    demo_group,
    digest_group,
    dispatch_group,
    jobs,
    keys_group,
    person_group,
    postal_group,
    prepare,
    retention_group,
    roles_group,
    tally_group,
    user_group,
)


def init_app(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
