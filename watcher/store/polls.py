"""Feeds and what their polls found <-> rows; a poll is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    null,
    or_,
    select,
    true,
    update,
)

from watcher.model import (
    Capture,
    Feed,
    FeedSpec,
    FeedState,
    HostPause,
    Known,
    PollRecord,
    SeenEntry,
    StaleFeedError,
    host_of,
)
from watcher.store import claims
from watcher.store.codec import ENTRY, FEED, MATCHES, REJECTIONS, SPEC
from watcher.store.dialect import Prepared, upsert, upsert_plain
from watcher.store.numbers import address, names_of
from watcher.store.tables import aliases, entries, feeds, hosts, micros, moment, seen, words

UNPOLLED = (FeedState.GONE, FeedState.REMOVED)
PAUSES_KEPT = timedelta(days=1)  # after its end, so that a host which refuses again is left alone for longer
CLOCK_SLACK = timedelta(minutes=1)  # clocks of one machine before and after a restart differ by less
SEEN_STEP = timedelta(days=1)  # how exactly it is known when a key was last seen, where 180 days are what counts
NUMBERS_AT_ONCE = 5_000  # values in one IN list: well under SQLite's 32,766 and PostgreSQL's 65,535


# Built once: a poll is what the store is asked for most, and building a statement costs more than running it.
_THE_FEED = feeds.c.id == bindparam("feed")
_FEED = Prepared(
    select(feeds.c.spec, feeds.c.data, feeds.c.due_at, feeds.c.quiet_until, feeds.c.revision).where(_THE_FEED)
)
_HELD = Prepared(
    select(feeds.c.claimed_by, feeds.c.state, feeds.c.baseline_at, feeds.c.spec, feeds.c.revision).where(_THE_FEED)
)
OF_ONE_HOST = 4  # feeds of one host that wait for their turn at once: 20 s at the usual gap, well within a lease
_POLLED = (
    "name", "host", "state", "due_at", "quiet_until", "polled_at", "succeeded_at", "baseline_at", "failing_since",
    "problem",
)  # fmt: skip
_CHANGED = (*_POLLED, "subscription", "revision", "data")
_CHANGE_FEED = update(feeds).where(_THE_FEED).values({name: bindparam(name) for name in _CHANGED})
_CHANGE = Prepared(_CHANGE_FEED)
_UPDATE = Prepared(_CHANGE_FEED.values({name: null() for name in claims.FREE}))
_NUMBERS: BindParameter[int] = bindparam("numbers", expanding=True)
_BY_KEY = select(seen.c.number, seen.c.entry_id, seen.c.key, seen.c.text_hash).where(seen.c.number.in_(_NUMBERS))
_BY_ALIAS = (
    select(aliases.c.number, seen.c.entry_id, seen.c.key, seen.c.text_hash)
    .join(seen, seen.c.number == aliases.c.seen)
    .where(aliases.c.number.in_(_NUMBERS))
)

_OLD = (
    select(entries.c.number, entries.c.alertable, entries.c.capture, entries.c.matches, seen.c.text_hash)
    .join(seen, seen.c.number == entries.c.number)
    .where(entries.c.number.in_(_NUMBERS))
)
# What is written of an entry, in the order of the table.
_ENTRY = (
    "number", "id", "feed_id", "page", "first_seen", "alertable", "capture", "capture_at", "tries", "claimed_by",
    "claimed_until", "data", "matches", "rejections",
)  # fmt: skip
# A revision takes the entry from whoever captures the text that it replaces.
_REVISED = tuple(name for name in _ENTRY if name not in ("number", "id", "feed_id", "first_seen"))
_SEEN = ("number", "entry_id", "key", "text_hash", "last_seen")


def sync(connection: Connection, specs: Sequence[FeedSpec], now: datetime) -> None:
    """Makes the feeds those of the watchlist; what left it keeps its history."""
    known = {feed.id: feed for feed in map(load, connection.execute(select(feeds)))}
    wanted = {spec.id: spec for spec in specs}
    changed = []
    for feed_id, spec in wanted.items():
        feed = known.get(feed_id)
        if feed is None:
            changed.append(_row(Feed(spec=spec, url=spec.url, due_at=now)))
        elif feed.state is FeedState.REMOVED:
            back = FeedState.ACTIVE if feed.baseline_at else FeedState.NEW
            changed.append(_row(feed.evolve(spec=spec, state=back, due_at=now)))
        elif feed.spec != spec or _from_the_future(feed, now):
            changed.append(_row(_by_this_clock(feed, now).evolve(spec=spec)))
    left = [feed for feed_id, feed in known.items() if feed_id not in wanted and feed.state is not FeedState.REMOVED]
    changed += [_row(feed.evolve(state=FeedState.REMOVED)) for feed in left]
    upsert(connection, feeds, changed, key=["id"], update=["name", "state", "due_at", "quiet_until", "spec", "data"])


def _from_the_future(feed: Feed, now: datetime) -> bool:
    """Whether it was polled by a clock that was set back since, while nobody watched."""
    return feed.polled_at is not None and feed.polled_at > now + CLOCK_SLACK and feed.due_at > now


def _by_this_clock(feed: Feed, now: datetime) -> Feed:
    """The feed, due as long after now as it was after its last poll."""
    if feed.polled_at is None or not _from_the_future(feed, now):
        return feed
    ahead = feed.polled_at - now
    quiet_until = feed.quiet_until and feed.quiet_until - ahead
    return feed.evolve(due_at=max(feed.due_at - ahead, now), quiet_until=quiet_until)


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
    """Ids of feeds that are due, or of all that are polled at all, or of those named; now the owner's.

    None that asked to be left alone for now, or whose host did.
    """
    due = feeds.c.state.not_in(UNPOLLED) & (true() if everything or only else feeds.c.due_at <= now)
    due &= or_(feeds.c.quiet_until.is_(None), feeds.c.quiet_until <= now)
    due &= feeds.c.host.not_in(select(hosts.c.host).where(hosts.c.until > now))
    if only:
        due &= feeds.c.id.in_(only)
    if not everything and not only:
        due &= feeds.c.id.in_(_by_turns(due, now))
    return claims.claim(
        connection, feeds, owner=owner, now=now, lease=lease, limit=limit, due=due, order=feeds.c.due_at
    )


def _by_turns(due: ColumnElement[bool], now: datetime) -> Select[Any]:
    """Due feeds, a few of each host: those of one host wait for one another, and would hold up all the rest."""
    place = func.row_number().over(partition_by=feeds.c.host, order_by=feeds.c.due_at)
    held = select(feeds.c.host).where(feeds.c.claimed_until > now).group_by(feeds.c.host)
    held = held.having(func.count() >= OF_ONE_HOST)
    free = due & or_(feeds.c.claimed_until.is_(None), feeds.c.claimed_until <= now)
    ranked = select(feeds.c.id, place.label("place")).where(free, feeds.c.host.not_in(held)).subquery()
    return select(ranked.c.id).where(ranked.c.place <= OF_ONE_HOST)


def feed(connection: Connection, feed_id: str) -> Feed | None:
    row = _FEED.run(connection, {"feed": feed_id}).one_or_none()
    return None if row is None else _loaded(row, moment(row.due_at), row.quiet_until and moment(row.quiet_until))


def known_entries(connection: Connection, feed_id: str, names: Sequence[str]) -> dict[str, Known]:
    """Each of the keys and aliases that was seen in this feed, with the entry that it belongs to."""
    number = names_of(feed_id)
    numbered = {number(name): name for name in names}
    found: dict[str, Known] = {}
    for some in _portions(list(numbered)):
        for query in (_BY_ALIAS, _BY_KEY):  # a key is nearer than an alias
            for one, entry_id, key, text_hash in connection.execute(query, {"numbers": some}):
                found[numbered[one]] = Known(entry_id=entry_id, key=key, text_hash=text_hash)
    return found


def record(connection: Connection, poll: PollRecord, owner: str | None) -> None:
    """Keeps what a poll found and gives the feed back. Raises LeaseLostError and StaleFeedError.

    owner: None for what a hub pushed: whoever polls the feed meanwhile keeps it, and will have to decide again.
    """
    known = _record_feed(connection, poll.feed, owner)
    number = names_of(poll.feed.id)
    if poll.entries:
        numbers = [number(one.key) for one in poll.entries]
        ids = _record_entries(connection, poll, numbers, known=known)
        _record_seen(connection, poll, number, numbers, ids)
    fresh = {one.key for one in poll.entries}
    shown = [number(key) for key in poll.seen_keys if key not in fresh]
    for some in _portions(shown):
        stale = seen.c.number.in_(some) & (seen.c.last_seen < poll.polled_at - SEEN_STEP)
        connection.execute(update(seen).where(stale).values(last_seen=poll.polled_at))


def pauses(connection: Connection, now: datetime) -> tuple[HostPause, ...]:
    """Hosts that asked to be left alone, and those that did within the last day."""
    rows = connection.execute(select(hosts).where(hosts.c.until > now - PAUSES_KEPT).order_by(hosts.c.host))
    return tuple(HostPause(**row._mapping) for row in rows)


def record_pauses(connection: Connection, asked: Sequence[HostPause], now: datetime) -> None:
    """A longer pause that is known already goes on."""
    connection.execute(delete(hosts).where(hosts.c.until <= now - PAUSES_KEPT))
    known = {pause.host: pause for pause in pauses(connection, now)}
    rows: dict[str, dict[str, Any]] = {}
    for one in sorted(asked, key=lambda pause: pause.until):
        old = known.get(one.host)
        until = max(one.until, old.until) if old else one.until
        rows[one.host] = {"host": one.host, "until": until, "status": one.status, "bare": one.bare}
    upsert(connection, hosts, list(rows.values()), key=["host"], update=["until", "status", "bare"])


def load(row: Any) -> Feed:
    """The feed of a row of `feeds`."""
    return _loaded(row, row.due_at, row.quiet_until)


def _loaded(row: Any, due_at: datetime, quiet_until: datetime | None) -> Feed:
    feed = FEED.load(row.data, spec=row.spec, revision=str(row.revision))
    if (feed.due_at, feed.quiet_until) == (due_at, quiet_until):
        return feed
    return feed.evolve(due_at=due_at, quiet_until=quiet_until)  # they were moved with the clock


def load_entry(row: Row[Any]) -> SeenEntry:
    """The entry of a row of `entries` joined with `seen`; its aliases are kept as numbers and do not come back."""
    return SeenEntry(
        key=row.key,
        aliases=(),
        text_hash=row.text_hash,
        feed_id=row.feed_id,
        entry=ENTRY.load(row.data),
        first_seen=row.first_seen,
        alertable=row.alertable,
        capture=Capture(row.capture),
    )


def change(connection: Connection, feed_id: str, made: Callable[[Feed], Feed]) -> None:
    """Another due time, say; whoever polls the feed meanwhile will have to decide again."""
    before = feed(connection, feed_id)
    if before is not None and (after := made(before)) != before:
        _CHANGE.run(connection, _row(after, revision=after.revision + 1) | {"feed": feed_id})


def _record_feed(connection: Connection, feed: Feed, owner: str | None) -> bool:
    """All but the watchlist's part, which may have been edited meanwhile; whether the feed had a baseline before."""
    now = _HELD.run(connection, {"feed": feed.id}).one_or_none()
    if owner is not None:
        claims.check(now and now.claimed_by, owner, f"the feed {feed.name}")
    if now is None or now.revision != feed.revision:
        raise StaleFeedError(f"something else was recorded of the feed {feed.name}")
    spec = SPEC.dump(feed.spec)
    if now.spec != spec:
        feed = feed.evolve(spec=SPEC.load(now.spec))
    if now.state == FeedState.REMOVED:
        feed = feed.evolve(state=FeedState.REMOVED)
    statement = _CHANGE if owner is None else _UPDATE
    statement.run(connection, _row(feed, revision=feed.revision + 1) | {"feed": feed.id})
    return now.baseline_at is not None


def _record_entries(connection: Connection, poll: PollRecord, numbers: Sequence[int], *, known: bool) -> list[bytes]:
    """numbers: of the entries' keys, in their order. Their ids, as rows keep them."""
    matches, rejections = poll.matches or {}, poll.rejections or {}
    feed_id, polled_at = bytes.fromhex(poll.feed.id), micros(poll.polled_at)
    olds = _olds(connection, numbers) if known else {}
    ids: list[bytes] = []
    rows: dict[int, tuple[Any, ...]] = {}
    for number, one in zip(numbers, poll.entries, strict=True):
        id_ = one.id
        matched, refused = matches.get(id_), rejections.get(id_)
        old = olds.get(number)
        alertable, capture = (one.alertable, one.capture) if old is None else _respected(old, one, bool(matched))
        ids.append(bytes.fromhex(id_))
        rows[number] = (
            number,
            ids[-1],
            feed_id,
            address(one.entry.link) if one.entry.link else None,
            micros(one.first_seen),
            alertable,
            capture.value,
            polled_at,
            0,
            None,
            None,
            ENTRY.dump(one.entry),
            MATCHES.dump(tuple(matched)) if matched else None,
            REJECTIONS.dump(tuple(refused)) if refused else None,
        )
    upsert_plain(connection, entries, _ENTRY, list(rows.values()), key=("number",), update=_REVISED)
    return ids


def _olds(connection: Connection, numbers: Sequence[int]) -> dict[int, Any]:
    """The rows of those that are known."""
    return {row.number: row for some in _portions(numbers) for row in connection.execute(_OLD, {"numbers": some})}


def _respected(old: Any, new: SeenEntry, matched: bool) -> tuple[bool, Capture]:
    """What a revision does not change: that the entry waits for its story, and that it stood in the feed at first.

    It may alert all the same where it did not match then and does now. The same text under a new key is captured once.
    """
    waits = old.capture == Capture.PENDING or old.text_hash == new.text_hash
    silent = not old.alertable and (old.matches is not None or not matched)
    return new.alertable and not silent, Capture(old.capture) if waits else new.capture


def _record_seen(
    connection: Connection,
    poll: PollRecord,
    number: Callable[[str], int],
    numbers: Sequence[int],
    ids: Sequence[bytes],
) -> None:
    polled_at = micros(poll.polled_at)
    keys: list[tuple[Any, ...]] = []
    others: dict[int, int] = {}
    for mine, id_, one in zip(numbers, ids, poll.entries, strict=True):
        keys.append((mine, id_, words(one.key), one.text_hash, polled_at))
        for alias in one.aliases:
            others[number(alias)] = mine
    upsert_plain(connection, seen, _SEEN, keys, key=("number",), update=("text_hash", "last_seen"))
    upsert_plain(connection, aliases, ("number", "seen"), list(others.items()), key=("number",), update=("seen",))


def _portions(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        yield numbers[start : start + NUMBERS_AT_ONCE]


def _row(feed: Feed, *, revision: int = 0) -> dict[str, Any]:
    """revision: of a row that is new or changes; `sync` leaves it as it is."""
    return {
        "id": feed.id,
        "url": feed.spec.url,
        "name": feed.name,
        "host": host_of(feed.url),
        "state": feed.state,
        "due_at": feed.due_at,
        "quiet_until": feed.quiet_until,
        "polled_at": feed.polled_at,
        "succeeded_at": feed.succeeded_at,
        "baseline_at": feed.baseline_at,
        "failing_since": feed.failing_since,
        "problem": feed.problem,
        "revision": revision,
        "subscription": feed.subscription_id,
        "spec": SPEC.dump(feed.spec),
        "data": FEED.dump(feed),
    }
