"""Triggers that make a table append-only: the database refuses UPDATE and DELETE.

Migrations call these; so does the test suite, which must empty tables between tests.
"""


def guard_statements(vendor: str, table: str, message: str) -> list[str]:
    """SQL that installs the guard on `table`, for "sqlite" or "postgresql"."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for verb in ("update", "delete")
        ]
    body = (
        f"BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END"
    )
    function = f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger"
    trigger = f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
    return [
        f"{function} AS $$ {body} $$ LANGUAGE plpgsql",
        f"{trigger} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
    ]


def release_statements(vendor: str, table: str) -> list[str]:
    """SQL that takes the guard away again."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]
    return [
        f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
        f"DROP FUNCTION IF EXISTS {table}_refuse()",
    ]
