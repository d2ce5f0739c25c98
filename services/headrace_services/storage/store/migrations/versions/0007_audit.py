"""Who changed what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("entry_id", _NAME, nullable=False),
        sa.Column("call_time", sa.BigInteger(), nullable=False),
        sa.Column("caller_name", _NAME, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("audit_entries_by_time", "audit_entries", ["call_time"])
    op.create_index("audit_entries_by_caller", "audit_entries", ["caller_name", "entry_id"])
