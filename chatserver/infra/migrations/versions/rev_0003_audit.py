"""The audit log: an inbox, the chain, its ends, and triggers that let nothing of it be changed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXTS = ("actor", "role", "session", "address", "action", "object", "outcome")


def upgrade() -> None:
    """Make the tables and what guards them."""
    op.create_table("audit_inbox", sa.Column("number", _NUMBER, autoincrement=True), *_told(), _key("audit_inbox"))
    number = sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False)
    op.create_table("audit", number, *_told(), _bytes("hash"), _bytes("seal"), _key("audit"))
    op.create_index("ix_audit_actor", "audit", ["actor", "number"])
    op.create_index("ix_audit_object", "audit", ["object", "number"])
    op.create_index("ix_audit_at", "audit", ["at"])
    name = sa.Column("name", sa.Text(), nullable=False)
    op.create_table("audit_ends", name, _int("number"), _bytes("hash"), _bytes("seal"), _key("audit_ends", "name"))
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def _told() -> list[sa.Column[Any]]:
    texts = [sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS]
    return [_int("at"), *texts, _bytes("reason"), _bytes("fields")]


def _int(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _key(table: str, column: str = "number") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


# Rows are never changed, and removed only from the beginning, after the base has moved past them. Ends move on only.
_SQLITE = (
    """CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit
    WHEN OLD.number > coalesce((SELECT number FROM audit_ends WHERE name = 'base'), 0)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_ends_move_on BEFORE UPDATE ON audit_ends WHEN NEW.number < OLD.number
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_ends_stay BEFORE DELETE ON audit_ends
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_TABLE_NAME = 'audit' AND TG_OP = 'DELETE' THEN
            IF OLD.number <= coalesce((SELECT number FROM audit_ends WHERE name = 'base'), 0) THEN
                RETURN OLD;
            END IF;
        ELSIF TG_TABLE_NAME = 'audit_ends' AND TG_OP = 'UPDATE' THEN
            IF NEW.number >= OLD.number THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'the audit log is append-only';
    END $$""",
    """CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_guard()""",
    """CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()""",
    """CREATE TRIGGER audit_ends_move_on BEFORE UPDATE OR DELETE ON audit_ends
    FOR EACH ROW EXECUTE FUNCTION audit_guard()""",
    """CREATE TRIGGER audit_ends_stay BEFORE TRUNCATE ON audit_ends
    FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()""",
)
