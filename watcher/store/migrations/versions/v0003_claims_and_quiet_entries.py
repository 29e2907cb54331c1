"""What a start and a look around ask of all entries, from indexes: what is claimed, and what was never told."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "entries_claimed",
        "entries",
        ["claimed_by"],
        unique=False,
        sqlite_where=sa.text("claimed_by IS NOT NULL"),
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.drop_index("entries_seen", "entries")
    op.create_index("entries_seen", "entries", ["first_seen", "alertable"], unique=False)
