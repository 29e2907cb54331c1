"""What hosts and hubs said, lines that sites repeat, probes of a failing channel, a search that keeps no texts."""

import sqlalchemy as sa
from alembic import op

from watcher.store import search

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEARCH = """
CREATE VIRTUAL TABLE story_search USING fts5(title, lede, text, content='', tokenize='unicode61 remove_diacritics 2')
"""


def upgrade() -> None:
    _feeds()
    _hosts()
    _subscriptions()
    _lines()
    _channels()
    if op.get_bind().dialect.name == "sqlite":
        _search()


def _feeds() -> None:
    op.add_column("feeds", sa.Column("quiet_until", sa.BigInteger(), nullable=True))
    op.add_column("feeds", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("subscription", sa.String(), nullable=True))
    op.create_index(
        "feeds_offered",
        "feeds",
        ["subscription"],
        unique=False,
        sqlite_where=sa.text("subscription IS NOT NULL"),
        postgresql_where=sa.text("subscription IS NOT NULL"),
    )
    op.add_column("entries", sa.Column("page_text", sa.LargeBinary(), nullable=True))


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("bare", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host"),
        sqlite_with_rowid=False,
    )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("feed_id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("callbacks", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("subscriptions_due", "subscriptions", ["due_at"], unique=False)


def _lines() -> None:
    op.create_table(
        "site_lines",
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stood_in", sa.Integer(), nullable=False),
        sa.Column("last_group", sa.String(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("line"),
        sqlite_with_rowid=False,
    )
    op.create_index("site_lines_seen", "site_lines", ["seen_at"], unique=False)


def _channels() -> None:
    """A channel that was failing has failed since then, and its first probe is due."""
    op.add_column("channels", sa.Column("since", sa.BigInteger(), nullable=True))
    op.add_column("channels", sa.Column("probes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("channels", sa.Column("probe_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE channels SET since = failed_at, probe_at = failed_at WHERE failures > 0")
    op.drop_column("channels", "failed_at")


def _search() -> None:
    """The words of every story anew: they are cut in another way, and the index keeps no texts."""
    connection = op.get_bind()
    op.execute("DROP TABLE story_search")
    op.execute(SEARCH)
    for seq in connection.execute(sa.text("SELECT seq FROM stories ORDER BY seq")).scalars().all():
        search.add(connection, seq)
