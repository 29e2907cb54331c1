"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SEARCH = """
CREATE VIRTUAL TABLE story_search USING fts5(
    title, lede, text, content='stories', content_rowid='seq', tokenize='unicode61 remove_diacritics 2'
)
"""


def upgrade() -> None:
    _feeds()
    _entries()
    _stories()
    _alerts()
    _outbox()
    _ways_out()
    _service()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SEARCH)


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.Column("baseline_at", sa.BigInteger(), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("feeds_due", "feeds", ["due_at"], unique=False)


def _entries() -> None:
    op.create_table(
        "aliases",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "entries",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("feed_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("page", sa.BigInteger(), nullable=True),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("alertable", sa.Boolean(), nullable=False),
        sa.Column("capture", sa.String(), nullable=False),
        sa.Column("capture_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("matches", sa.Text(), nullable=True),
        sa.Column("rejections", sa.Text(), nullable=True),
        sa.Column("story_rejections", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("entries_page", "entries", ["page"], unique=False)
    op.create_index(
        "entries_pending",
        "entries",
        ["capture_at"],
        unique=False,
        sqlite_where=sa.text("capture = 'pending'"),
        postgresql_where=sa.text("capture = 'pending'"),
    )
    op.create_index("entries_seen", "entries", ["first_seen"], unique=False)
    op.create_table(
        "seen",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _stories() -> None:
    op.create_table(
        "group_index",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("story", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "story"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stories",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=True),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lede", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("published", sa.BigInteger(), nullable=True),
        sa.Column("fetched", sa.BigInteger(), nullable=False),
        sa.Column("indexed_at", sa.BigInteger(), nullable=False),
        sa.Column("is_seed", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("index_keys", sa.LargeBinary(), nullable=True),
        sa.Column("unfiled", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("stories_canonical", "stories", ["canonical_url"], unique=False)
    op.create_index("stories_entry", "stories", ["entry_id"], unique=False)
    op.create_index("stories_fetched", "stories", ["fetched"], unique=False)
    op.create_index("stories_group", "stories", ["group_id"], unique=False)
    op.create_index("stories_indexed", "stories", ["indexed_at"], unique=False)
    op.create_index("stories_root", "stories", ["root"], unique=False)
    op.create_index(
        "stories_seeds",
        "stories",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("is_seed = 1"),
        postgresql_where=sa.text("is_seed"),
    )
    op.create_index(
        "stories_unfiled",
        "stories",
        ["unfiled"],
        unique=False,
        sqlite_where=sa.text("unfiled IS NOT NULL"),
        postgresql_where=sa.text("unfiled IS NOT NULL"),
    )
    op.create_index("stories_url", "stories", ["url"], unique=False)


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("raised", sa.BigInteger(), nullable=False),
        sa.Column("watch", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("copies", sa.Text(), nullable=False),
        sa.Column("unfiled", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("alerts_group", "alerts", ["group_id", "watch"], unique=False)
    op.create_index("alerts_raised", "alerts", ["raised"], unique=False)
    op.create_index("alerts_story", "alerts", ["story_id"], unique=False)
    op.create_index(
        "alerts_unfiled",
        "alerts",
        ["unfiled"],
        unique=False,
        sqlite_where=sa.text("unfiled IS NOT NULL"),
        postgresql_where=sa.text("unfiled IS NOT NULL"),
    )
    op.create_table(
        "decisions",
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("watch", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("story_id", "watch"),
    )
    op.create_index("decisions_outcome", "decisions", ["outcome"], unique=False)


def _outbox() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "deliveries_pending",
        "deliveries",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("deliveries_state", "deliveries", ["state", "created"], unique=False)
    op.create_table(
        "delivery_alerts",
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "alert_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("delivery_alerts_alert", "delivery_alerts", ["alert_id"], unique=False)


def _ways_out() -> None:
    op.create_table(
        "attempts",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("attempts_delivery", "attempts", ["delivery_id"], unique=False)
    op.create_table(
        "channels",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_id", sa.String(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("off", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holds",
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "channel"),
        sqlite_with_rowid=False,
    )
    op.create_index("holds_due", "holds", ["channel", "until"], unique=False)


def _service() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "notices",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "silences",
        sa.Column("watch", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("watch"),
    )
