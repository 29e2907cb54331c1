"""The tables of the archive's database, in the order of the flow; times are microseconds since 1970 in UTC.

What is searched, counted or joined is a column; the rest of a noun lies beside it as JSON (`data`, see codec.py).
The migrations make them, with indexes of some rows alone on PostgreSQL too: a `postgresql_where` here would load that
dialect, a twentieth of a start.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(when: datetime) -> int:
    """A time as a row keeps it."""
    return (when - _EPOCH) // _MICROSECOND


def moment(kept: int) -> datetime:
    """A time that a row keeps."""
    return _EPOCH + timedelta(microseconds=kept)


def words(text: str) -> str:
    """Text from outside as a row keeps it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as whole microseconds: exact, and compared the same way by every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else moment(value)


class Words(TypeDecorator[str]):
    """Text from outside: half a surrogate pair, which no database keeps, becomes a question mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else words(value)


class HexId(TypeDecorator[str]):
    """An id of 32 hexadecimal figures, kept in 16 bytes: there are many of them, and an index holds each once more."""

    impl = LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.hex()


Number = BigInteger().with_variant(Integer, "sqlite")  # as a key SQLite takes INTEGER alone for the row's own number

metadata = MetaData()

feeds = Table(
    "feeds",
    metadata,
    Column("id", String, primary_key=True),
    Column("url", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("host", Words, nullable=False),  # one day's shard: what one host's pace must be kept by
    Column("state", String, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("quiet_until", Moment),  # so long its publisher asked not to be asked at all, whoever wants to
    Column("polled_at", Moment),
    Column("succeeded_at", Moment),
    Column("baseline_at", Moment),
    Column("failing_since", Moment),
    Column("problem", Words),
    Column("claimed_by", String),
    Column("claimed_until", Moment),
    Column("revision", Integer, nullable=False),  # counts what was recorded of it
    Column("subscription", String),  # the id of the subscription to what its publisher offers, if that is something
    Column("spec", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("feeds_due", "due_at"),
)
Index(
    "feeds_offered",
    feeds.c.subscription,
    sqlite_where=feeds.c.subscription.is_not(None),
)

# Hubs that were asked to push what is new (WebSub).
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String, primary_key=True),
    Column("feed_id", String, nullable=False),
    Column("token", String, nullable=False, unique=True),  # the last part of its callback's address ...
    Column("callbacks", Text, nullable=False),  # ... and what stands before it
    Column("host", Words, nullable=False),  # of the hub
    Column("state", String, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("data", Text, nullable=False),
    Index("subscriptions_due", "due_at"),
)

# Hosts that asked to be left alone (429, 503), and what is kept for a day of how often they did so.
hosts = Table(
    "hosts",
    metadata,
    Column("host", Words, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("status", Integer, nullable=False),
    Column("bare", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# What was ever seen in a feed outlives the entries: it is what keeps an old item from coming as a new one.
# Both tables go by numbers made of feed and name (numbers.py), which keep a feed's rows side by side.
seen = Table(
    "seen",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("entry_id", HexId, nullable=False),
    Column("key", Words, nullable=False),
    Column("text_hash", String, nullable=False),
    Column("last_seen", Moment, nullable=False),
)

aliases = Table(
    "aliases",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("seen", BigInteger, nullable=False),  # seen.number
)

entries = Table(
    "entries",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),  # seen.number
    Column("id", HexId, nullable=False, unique=True),
    Column("feed_id", HexId, nullable=False),
    Column("page", BigInteger),  # the number of its link, for those who ask by address
    Column("first_seen", Moment, nullable=False),
    Column("alertable", Boolean, nullable=False),
    Column("capture", String, nullable=False),
    Column("capture_at", Moment, nullable=False),  # when a pending one is due
    Column("tries", Integer, nullable=False),  # fetches of its page that failed
    Column("claimed_by", String),
    Column("claimed_until", Moment),
    Column("data", Text, nullable=False),
    Column("matches", Text),  # what the poll found
    Column("rejections", Text),
    Column("story_rejections", Text),  # what the capture refused
    Column("page_text", LargeBinary),  # what was read of a page that nothing matched: zlib of JSON [language, text]
    Index("entries_seen", "first_seen", "alertable"),  # the latter to be counted from here
    Index("entries_page", "page"),
)
Index(
    "entries_pending",
    entries.c.capture_at,
    sqlite_where=entries.c.capture == "pending",
)
Index("entries_claimed", entries.c.claimed_by, sqlite_where=entries.c.claimed_by.is_not(None))

stories = Table(
    "stories",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("entry_id", String),
    Column("feed", Words, nullable=False),
    Column("group_id", String, nullable=False),
    Column("relation", String, nullable=False),
    Column("root", String, nullable=False),  # the story whose text it carries: its own id unless it is a copy
    Column("url", Words, nullable=False),
    Column("canonical_url", Words),
    Column("site", Words),
    Column("title", Words, nullable=False),
    Column("lede", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("language", String),
    Column("published", Moment),
    Column("fetched", Moment, nullable=False),
    Column("indexed_at", Moment, nullable=False),
    Column("is_seed", Boolean, nullable=False),
    Column("by_hand", Boolean, nullable=False, server_default=false()),  # a person grouped it: that stays
    Column("index_keys", LargeBinary),  # its keys in the group index, 8 bytes each; none once it has left the index
    Column("unfiled", BigInteger),  # the mark under which its file fell behind its row; none: the file is as the row
    Column("data", Text, nullable=False),
    Index("stories_group", "group_id"),
    Index("stories_root", "root"),
    Index("stories_fetched", "fetched"),
    Index("stories_indexed", "indexed_at"),
    Index("stories_entry", "entry_id"),
    Index("stories_url", "url"),
    Index("stories_canonical", "canonical_url"),
)
Index("stories_seeds", stories.c.seq, sqlite_where=text("is_seed = 1"))
Index(
    "stories_unfiled",
    stories.c.unfiled,
    sqlite_where=stories.c.unfiled.is_not(None),
)

group_index = Table(
    "group_index",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("story", Integer, primary_key=True, autoincrement=False),  # stories.seq
    sqlite_with_rowid=False,
)

# Lines at the top or the end of a site's stories, by a key with the site in it; those of several groups are its own.
site_lines = Table(
    "site_lines",
    metadata,
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("stood_in", Integer, nullable=False),  # in how many groups it stood, one after the other
    Column("last_group", String, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("site_lines_seen", "seen_at"),
    sqlite_with_rowid=False,
)

# One row for each match that was decided on: outcome is "alerted" or the name of the reason for none.
decisions = Table(
    "decisions",
    metadata,
    Column("story_id", String, primary_key=True),
    Column("watch", Words, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("detail", Words, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Index("decisions_outcome", "outcome"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String, primary_key=True),
    Column("raised", Moment, nullable=False),
    Column("watch", Words, nullable=False),
    Column("reason", String, nullable=False),
    Column("story_id", String, nullable=False),
    Column("group_id", String, nullable=False),
    Column("held_until", Moment),
    Column("copies", Text, nullable=False),
    Column("unfiled", BigInteger),
    Column("data", Text, nullable=False),
    Index("alerts_raised", "raised"),
    Index("alerts_group", "group_id", "watch"),
    Index("alerts_story", "story_id"),
)
Index(
    "alerts_unfiled",
    alerts.c.unfiled,
    sqlite_where=alerts.c.unfiled.is_not(None),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("type", String, nullable=False),
    Column("subject", Words, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("created", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", Moment),
    Column("delivered_at", Moment),
    Column("problem", Words),
    Column("claimed_by", String),
    Column("claimed_until", Moment),
    Index("deliveries_state", "state", "created"),
)
Index(
    "deliveries_pending",
    deliveries.c.due_at,
    sqlite_where=deliveries.c.state == "pending",
)

delivery_alerts = Table(
    "delivery_alerts",
    metadata,
    Column("delivery_id", String, primary_key=True),
    Column("alert_id", String, primary_key=True),
    Column("place", Integer, nullable=False),
    Index("delivery_alerts_alert", "alert_id"),
    sqlite_with_rowid=False,
)

# What waits on a channel: for its digest time, the end of its quiet hours or of a silence, or room under its limit.
holds = Table(
    "holds",
    metadata,
    Column("alert_id", String, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("cause", String, nullable=False),
    Index("holds_due", "channel", "until"),
    sqlite_with_rowid=False,
)

attempts = Table(
    "attempts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", String, nullable=False),
    Column("tried_at", Moment, nullable=False),
    Column("answer", String, nullable=False),
    Column("reason", Words, nullable=False),
    Column("seconds", Float),  # how long the other side was asked to be left alone for
    Index("attempts_delivery", "delivery_id"),
)

# How each channel does (model.Health): failures in a row, the next probe, and why it was switched off, if it was.
channels = Table(
    "channels",
    metadata,
    Column("name", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_id", String),  # the delivery that failed last
    Column("since", Moment),
    Column("probes", Integer, nullable=False),
    Column("probe_at", Moment),
    Column("off", Words),
    sqlite_with_rowid=False,
)

notices = Table(
    "notices",
    metadata,
    Column("key", Words, primary_key=True),
    Column("text", Words, nullable=False),
    Column("raised", Moment, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("watch", Words, primary_key=True),
    Column("until", Moment, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
