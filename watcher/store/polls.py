"""Feeds and what their polls found <-> rows; a poll is one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, bindparam, select, true, update

from watcher.model import Capture, Feed, FeedSpec, FeedState, Known, PollRecord, SeenEntry, derive_id
from watcher.store import claims
from watcher.store.codec import ENTRY, FEED, MATCHES, REJECTIONS, SPEC, STRINGS
from watcher.store.dialect import upsert
from watcher.store.tables import aliases, entries, feeds, seen

UNPOLLED = (FeedState.GONE, FeedState.REMOVED)
SEEN_STEP = timedelta(days=1)  # how exactly it is known when a key was last seen, where 180 days are what counts
NAMES_AT_ONCE = 5_000  # values in one IN list: well under SQLite's 32,766 and PostgreSQL's 65,535


def sync(connection: Connection, specs: Sequence[FeedSpec], now: datetime) -> None:
    """Makes the feeds those of the watchlist; what left it keeps its history."""
    known = {feed.id: feed for feed in map(load, connection.execute(select(feeds)))}
    wanted = {spec.id: spec for spec in specs}
    for feed_id, spec in wanted.items():
        feed = known.get(feed_id)
        if feed is None:
            feed = Feed(spec=spec, url=spec.url, due_at=now)
        elif feed.state is FeedState.REMOVED:
            back = FeedState.ACTIVE if feed.baseline_at else FeedState.NEW
            feed = feed.evolve(spec=spec, state=back, due_at=now)
        elif feed.spec == spec:
            continue
        else:
            feed = feed.evolve(spec=spec)
        upsert(connection, feeds, [_row(feed)], key=["id"], update=["name", "state", "due_at", "spec", "data"])
    for feed_id, feed in known.items():
        if feed_id not in wanted and feed.state is not FeedState.REMOVED:
            gone = _row(feed.evolve(state=FeedState.REMOVED))
            upsert(connection, feeds, [gone], key=["id"], update=["state", "data"])


def claim(
    connection: Connection,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    everything: bool,
    only: Sequence[str],
) -> tuple[str, ...]:
    """Ids of feeds that are due, or of all that are polled at all, or of those named; now the owner's."""
    due = feeds.c.state.not_in(UNPOLLED) & (true() if everything or only else feeds.c.due_at <= now)
    if only:
        due &= feeds.c.id.in_(only)
    return claims.claim(
        connection, feeds, owner=owner, now=now, lease=lease, limit=limit, due=due, order=feeds.c.due_at
    )


def feed(connection: Connection, feed_id: str) -> Feed | None:
    row = connection.execute(select(feeds).where(feeds.c.id == feed_id)).one_or_none()
    return None if row is None else load(row)


def known_entries(connection: Connection, feed_id: str, names: Sequence[str]) -> dict[str, Known]:
    """Each of the keys and aliases that was seen in this feed, with the entry that it belongs to."""
    by_key = select(seen.c.key, seen.c.key, seen.c.text_hash).where(
        seen.c.feed_id == feed_id, seen.c.key.in_(bindparam("names", expanding=True))
    )
    by_alias = (
        select(aliases.c.alias, seen.c.key, seen.c.text_hash)
        .join(seen, (seen.c.feed_id == aliases.c.feed_id) & (seen.c.key == aliases.c.key))
        .where(aliases.c.feed_id == feed_id, aliases.c.alias.in_(bindparam("names", expanding=True)))
    )
    found: dict[str, Known] = {}
    for some in _portions(names):
        for query in (by_alias, by_key):  # a key is nearer than an alias
            for name, key, text_hash in connection.execute(query, {"names": some}):
                found[name] = Known(entry_id=derive_id("entry", feed_id, key), key=key, text_hash=text_hash)
    return found


def record(connection: Connection, poll: PollRecord, owner: str) -> None:
    """Keeps what a poll found and gives the feed back. Raises LeaseLostError."""
    feed_id = poll.feed.id
    _record_feed(connection, poll.feed, owner)
    if poll.entries:
        _record_entries(connection, poll)
        _record_seen(connection, poll)
    fresh = {one.key for one in poll.entries}
    stale_before = poll.polled_at - SEEN_STEP
    for some in _portions([key for key in poll.seen_keys if key not in fresh]):
        for table in (seen, aliases):
            mine = (table.c.feed_id == feed_id) & table.c.key.in_(some) & (table.c.last_seen < stale_before)
            connection.execute(update(table).where(mine).values(last_seen=poll.polled_at))


def load(row: Row[Any]) -> Feed:
    """The feed of a row of `feeds`."""
    return FEED.load(row.data, spec=row.spec)


def load_entry(row: Row[Any]) -> SeenEntry:
    """The entry of a row of `entries`."""
    return SeenEntry(
        key=row.key,
        aliases=STRINGS.load(row.aliases),
        text_hash=row.text_hash,
        feed_id=row.feed_id,
        entry=ENTRY.load(row.data),
        first_seen=row.first_seen,
        alertable=row.alertable,
        capture=Capture(row.capture),
    )


def _record_feed(connection: Connection, feed: Feed, owner: str) -> None:
    """All but the watchlist's part, which may have been edited while the feed was asked."""
    wanted = select(feeds.c.claimed_by, feeds.c.state, feeds.c.spec).where(feeds.c.id == feed.id)
    now = connection.execute(wanted).one_or_none()
    claims.check(now and now.claimed_by, owner, f"the feed {feed.name}")
    if now is None:  # `check` has raised
        return
    feed = feed.evolve(spec=SPEC.load(now.spec))
    if now.state == FeedState.REMOVED:
        feed = feed.evolve(state=FeedState.REMOVED)
    connection.execute(update(feeds).where(feeds.c.id == feed.id).values(_row(feed) | claims.FREE))


def _record_entries(connection: Connection, poll: PollRecord) -> None:
    matches, rejections = poll.matches or {}, poll.rejections or {}
    rows = [
        {
            "id": one.id,
            "feed_id": one.feed_id,
            "key": one.key,
            "link": one.entry.link,
            "text_hash": one.text_hash,
            "first_seen": one.first_seen,
            "alertable": one.alertable,
            "capture": one.capture,
            "capture_at": poll.polled_at,
            "tries": 0,
            "aliases": STRINGS.dump(one.aliases),
            "data": ENTRY.dump(one.entry),
            "matches": MATCHES.dump(tuple(matches.get(one.id, ()))),
            "rejections": REJECTIONS.dump(tuple(rejections.get(one.id, ()))),
            **claims.FREE,
        }
        for one in poll.entries
    ]
    waiting = _waiting(connection, [one.id for one in poll.entries])
    for row in rows:
        if row["id"] in waiting:
            row["capture"] = Capture.PENDING
    # A revision keeps first_seen and alertable, and takes the entry from whoever captures the text that it replaces.
    update_ = [
        "link",
        "text_hash",
        "capture",
        "capture_at",
        "tries",
        "aliases",
        "data",
        "matches",
        "rejections",
        *claims.FREE,
    ]
    upsert(connection, entries, rows, key=["id"], update=update_)


def _waiting(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of the entries that wait for their story already: a revision does not take that from them."""
    pending = entries.c.capture == Capture.PENDING
    return {
        found
        for some in _portions(ids)
        for found in connection.scalars(select(entries.c.id).where(entries.c.id.in_(some), pending))
    }


def _record_seen(connection: Connection, poll: PollRecord) -> None:
    feed_id, now = poll.feed.id, poll.polled_at
    keys = [{"feed_id": feed_id, "key": one.key, "text_hash": one.text_hash, "last_seen": now} for one in poll.entries]
    upsert(connection, seen, keys, key=["feed_id", "key"], update=["text_hash", "last_seen"])
    others = [
        {"feed_id": feed_id, "alias": alias, "key": one.key, "last_seen": now}
        for one in poll.entries
        for alias in dict.fromkeys(one.aliases)
    ]
    upsert(connection, aliases, others, key=["feed_id", "alias"], update=["key", "last_seen"])


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), NAMES_AT_ONCE):
        yield names[start : start + NAMES_AT_ONCE]


def _row(feed: Feed) -> dict[str, Any]:
    return {
        "id": feed.id,
        "url": feed.spec.url,
        "name": feed.name,
        "host": urlsplit(feed.url).hostname or "",
        "state": feed.state,
        "due_at": feed.due_at,
        "polled_at": feed.polled_at,
        "succeeded_at": feed.succeeded_at,
        "baseline_at": feed.baseline_at,
        "failing_since": feed.failing_since,
        "problem": feed.problem,
        "spec": SPEC.dump(feed.spec),
        "data": FEED.dump(feed),
    }
