"""Nobody edits the past: the database refuses to change or delete what is append-only.

One change is allowed where a row holds an encrypted text: the same row with its text under another key (`flask keys
rotate`). The database cannot read the text, but it knows what a re-encryption looks like: nothing else differs, the
first four bytes name another key, and the length stays. Whoever has no key can forge none: AES-GCM authenticates.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PLAIN = ("timeline_entry", "person_access", "assignment", "extension")
# Table, its encrypted column, all its other columns.
ENCRYPTED = (
    ("person_revision", "before", ("id", "person_id", "changed_at", "changed_by_id")),
    ("service_record_revision", "before", ("id", "record_id", "corrected_at", "corrected_by_id")),
)
TABLES = (*PLAIN, *(table for table, _, _ in ENCRYPTED))


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for act in ("update", "delete") if on_sqlite else ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{act}" + ("" if on_sqlite else f" ON {table}"))
    if not on_sqlite:
        op.execute("DROP FUNCTION refuse_change()")


def _sqlite() -> None:
    allowed = {table: _re_encrypted(secret, others, "IS") for table, secret, others in ENCRYPTED}
    for table in TABLES:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        unless = f"WHEN NOT ({allowed[table]}) " if table in allowed else ""
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {unless}{refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")


def _postgresql() -> None:
    allowed = {
        table: _re_encrypted(secret, others, "IS NOT DISTINCT FROM") for table, secret, others in ENCRYPTED
    }
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in TABLES:
        unless = f"WHEN (NOT ({allowed[table]})) " if table in allowed else ""
        for act, each, condition in (
            ("UPDATE", "ROW", unless),
            ("DELETE", "ROW", ""),
            ("TRUNCATE", "STATEMENT", ""),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"FOR EACH {each} {condition}EXECUTE FUNCTION refuse_change()"
            )


def _re_encrypted(secret: str, others: tuple[str, ...], same: str) -> str:
    conditions = [f"NEW.{column} {same} OLD.{column}" for column in others]
    conditions.append(f"length(NEW.{secret}) = length(OLD.{secret})")
    conditions.append(f"substr(NEW.{secret}, 1, 4) <> substr(OLD.{secret}, 1, 4)")
    return " AND ".join(conditions)
