"""`flask person check-id`."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.cli.lines import standard_input
from rules import national_id
from rules.errors import FieldFault

person_group = AppGroup("person", help="Persons.")


@person_group.command("check-id")
@click.argument("number")
def check_id(number: str) -> None:
    """Say what NUMBER is: `national M`, `resident_new F`, `resident_old M` …

    A wrong number: the reason on standard error, exit code 1. With `-` as NUMBER each line of standard input
    is a number and is answered by one line: kind and sex, or `-` and the reason.
    """
    if number == "-":
        for line in standard_input():
            try:
                click.echo(_answer(line))
            except FieldFault as fault:
                click.echo(f"- {fault}")
        return
    try:
        click.echo(_answer(number))
    except FieldFault as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)


def _answer(text: str) -> str:
    found = national_id.inspect(text)
    return f"{found.kind} {found.sex}"
