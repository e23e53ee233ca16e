"""Nobody edits the past: the database refuses to change or delete what is append-only.

Three changes are allowed, each recognised by the database itself:
- the same row with its encrypted text under another key (`flask keys rotate`). The database cannot read the text, but it
  knows what a re-encryption looks like: nothing else differs, the first four bytes name another key, and the length
  stays. Whoever has no key can forge none: AES-GCM authenticates;
- what the retention schedule takes away of a person who is anonymised: earlier versions, and the reasons people typed;
- the end of a chain of the trail, which moves on by one.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HISTORIES = (
    "timeline_entry",
    "assignment",
    "extension",
    "trail_person",
    "person_revision",
    "service_record_revision",
    "trail_entry",
    "trail_chain",
)
TRAIL = ("id", "chain", "number", "at", "actor_id", "unit_id", "address", "act", "screen", "ground")
# Table, its encrypted column, all its other columns.
ENCRYPTED = (
    ("person_revision", "before", ("id", "person_id", "changed_at", "changed_by_id")),
    ("service_record_revision", "before", ("id", "record_id", "corrected_at", "corrected_by_id")),
    ("trail_entry", "criteria", (*TRAIL, "asked_hash", "persons", "digest", "hash", "mac")),
)
TIMELINE = ("id", "referral_id", "at", "actor_id", "actor_name", "move", "from_state", "to_state")
NEXT = "NEW.chain = OLD.chain AND NEW.length = OLD.length + 1"

# Whether the row is about a person who is anonymised.
OF_PERSON = "SELECT 1 FROM person WHERE person.id = OLD.person_id AND person.anonymised_on IS NOT NULL"
OF_REFERRAL = (
    "SELECT 1 FROM referral JOIN person ON person.id = referral.person_id "
    "WHERE referral.id = OLD.referral_id AND person.anonymised_on IS NOT NULL"
)
OF_RECORD = (
    "SELECT 1 FROM service_record JOIN service_case ON service_case.id = service_record.case_id "
    "JOIN referral ON referral.id = service_case.referral_id JOIN person ON person.id = referral.person_id "
    "WHERE service_record.id = OLD.record_id AND person.anonymised_on IS NOT NULL"
)


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    allowed = _allowed("IS" if on_sqlite else "IS NOT DISTINCT FROM", "" if on_sqlite else "::text")
    if not on_sqlite:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in HISTORIES:
        for act in ("update", "delete"):
            create = _create_sqlite if on_sqlite else _create_postgresql
            create(table, act, allowed.get((table, act), ""))
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
        for table, act in _allowed("", ""):
            op.execute(f"DROP FUNCTION refuse_{act}_of_{table}()")
        op.execute("DROP FUNCTION refuse_change()")


def _allowed(same: str, as_text: str) -> dict[tuple[str, str], str]:
    """Table and act → the condition under which it may be. `same` compares, empty values included."""
    untouched = [f"NEW.{column} {same} OLD.{column}" for column in TIMELINE]
    # PostgreSQL compares no JSON but its text.
    untouched.append(f"NEW.detail{as_text} {same} OLD.detail{as_text}")
    return {
        **{(table, "update"): _re_encrypted(secret, others, same) for table, secret, others in ENCRYPTED},
        ("trail_chain", "update"): NEXT,
        (
            "timeline_entry",
            "update",
        ): f"NEW.reason = '' AND {' AND '.join(untouched)} AND EXISTS ({OF_REFERRAL})",
        ("person_revision", "delete"): f"EXISTS ({OF_PERSON})",
        ("service_record_revision", "delete"): f"EXISTS ({OF_RECORD})",
    }


def _create_sqlite(table: str, act: str, allowed: str) -> None:
    unless = f"WHEN NOT ({allowed}) " if allowed else ""
    op.execute(
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} {unless}"
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _create_postgresql(table: str, act: str, allowed: str) -> None:
    """A condition that looks at other tables has to stand in a function."""
    function = "refuse_change"
    if allowed:
        function = f"refuse_{act}_of_{table}"
        row = "NEW" if act == "update" else "OLD"
        op.execute(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {allowed} THEN RETURN {row}; END IF; "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    op.execute(
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def _re_encrypted(secret: str, others: tuple[str, ...], same: str) -> str:
    conditions = [f"NEW.{column} {same} OLD.{column}" for column in others]
    conditions.append(f"length(NEW.{secret}) = length(OLD.{secret})")
    conditions.append(f"substr(NEW.{secret}, 1, 4) <> substr(OLD.{secret}, 1, 4)")
    return " AND ".join(conditions)
