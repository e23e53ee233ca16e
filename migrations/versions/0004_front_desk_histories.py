"""Nobody edits the past of the front desk: the database refuses to change or delete its histories.

One change is allowed: the retention schedule takes the reasons that people typed about a person who is anonymised.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HISTORIES = (
    "dispatch_decision",
    "duty_list",
    "owner_change",
    "table_change",
    "tally_acceptance",
    "tally_correction",
    "tally_signature",
    "visit_entry",
)
ENTRY = ("id", "visit_id", "at", "actor_id", "actor_name", "move", "from_state", "to_state")
# Of somebody who is anonymised, or without a person and marked as forgotten.
OF_VISIT = (
    "SELECT 1 FROM visit LEFT JOIN person ON person.id = visit.person_id WHERE visit.id = OLD.visit_id "
    "AND (person.anonymised_on IS NOT NULL OR (visit.person_id IS NULL AND visit.section = '—'))"
)


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in HISTORIES:
        for act in ("update", "delete"):
            emptied = (table, act) == ("visit_entry", "update")
            if on_sqlite:
                unless = f"WHEN NOT ({_emptied('IS', '')}) " if emptied else ""
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} {unless}"
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            else:
                _create_postgresql(table, act, "refuse_update_of_visit_entry" if emptied else "refuse_change")
        if not on_sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in HISTORIES:
        for act in ("update", "delete") if on_sqlite else ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{act}" + ("" if on_sqlite else f" ON {table}"))
    if not on_sqlite:
        op.execute("DROP FUNCTION refuse_update_of_visit_entry()")


def _emptied(same: str, as_text: str) -> str:
    """Only the reason went, and the person is anonymised. PostgreSQL compares no JSON but its text."""
    untouched = [f"NEW.{column} {same} OLD.{column}" for column in ENTRY]
    untouched.append(f"NEW.detail{as_text} {same} OLD.detail{as_text}")
    return f"NEW.reason = '' AND {' AND '.join(untouched)} AND EXISTS ({OF_VISIT})"


def _create_postgresql(table: str, act: str, function: str) -> None:
    if function != "refuse_change":
        op.execute(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {_emptied('IS NOT DISTINCT FROM', '::text')} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    op.execute(
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
