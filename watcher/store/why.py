"""An address -> everything that was decided about it; and every entry again, for judging the archive anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from watcher.model import Feed, Story
from watcher.model.reports import Archived, Decision, Why, WhyEntry, WhyStory
from watcher.store import captures, outbox, polls
from watcher.store.codec import MATCHES, REJECTIONS
from watcher.store.numbers import address
from watcher.store.rows import load_alert, load_story
from watcher.store.tables import alerts, decisions, entries, feeds, seen, stories

GROUP_SHOWN = 100  # stories of one group: an affair of weeks has more, and nobody reads them all here
NOTHING = "[]"

_ENTRIES = select(entries, seen.c.key, seen.c.text_hash).join(seen, seen.c.number == entries.c.number)


def why(connection: Connection, url: str) -> Why:
    """What is known of the address, also in its other spellings (http or https, with or without a last slash).

    url: or the id of a story, as its file and `join` name it.
    """
    spellings = _spellings(url)
    here = or_(stories.c.url.in_(spellings), stories.c.canonical_url.in_(spellings), stories.c.id == url.strip())
    rows = connection.execute(select(stories).where(here).order_by(stories.c.seq)).all()
    behind = entries.c.id.in_([row.entry_id for row in rows if row.entry_id])
    wanted = _ENTRIES.where(or_(behind, entries.c.page.in_([address(one) for one in spellings])))
    found = connection.execute(wanted.order_by(entries.c.first_seen)).all()
    of_entries = select(stories).where(stories.c.entry_id.in_([row.id for row in found])).order_by(stories.c.seq)
    every = {row.id: row for row in (*rows, *connection.execute(of_entries))}
    return Why(
        entries=_why_entries(connection, found), stories=tuple(_why_story(connection, row) for row in every.values())
    )


def archived(
    connection: Connection, since: datetime, after: tuple[datetime, str] | None, limit: int
) -> tuple[Archived, ...]:
    """Entries first seen since then, oldest first, from the one after `after` (its first_seen and id)."""
    wanted = _ENTRIES.where(entries.c.first_seen >= since).order_by(entries.c.first_seen, entries.c.id).limit(limit)
    if after is not None:
        moment, entry_id = after
        same = (entries.c.first_seen == moment) & (entries.c.id > entry_id)
        wanted = wanted.where(or_(entries.c.first_seen > moment, same))
    rows = connection.execute(wanted).all()
    told = _versions(connection, [row.id for row in rows])
    judged = _decisions_of_entries(connection, [row.id for row in rows])
    known = _feeds(connection, {row.feed_id for row in rows})
    return tuple(
        Archived(
            entry=polls.load_entry(row),
            feed=known[row.feed_id],
            stories=tuple(told.get(row.id, ())),
            matches=MATCHES.load(row.matches or NOTHING),
            decisions=judged.get(row.id, ()),
            page=captures.unpack_page(row.page_text),
        )
        for row in rows
        if row.feed_id in known
    )


def _spellings(url: str) -> list[str]:
    plain = url.strip().split("#")[0]
    secure, open_ = plain.replace("http://", "https://", 1), plain.replace("https://", "http://", 1)
    both = (plain, secure, open_)
    return list(dict.fromkeys((*both, *(one.rstrip("/") for one in both), *(one.rstrip("/") + "/" for one in both))))


def _why_entries(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[WhyEntry, ...]:
    known = _feeds(connection, {row.feed_id for row in rows})
    return tuple(
        WhyEntry(
            entry=polls.load_entry(row),
            feed=known[row.feed_id],
            tries=row.tries,
            matches=MATCHES.load(row.matches or NOTHING),
            rejections=REJECTIONS.load(row.rejections or NOTHING),
            story_rejections=REJECTIONS.load(row.story_rejections or NOTHING),
        )
        for row in rows
        if row.feed_id in known
    )


def _why_story(connection: Connection, row: Row[Any]) -> WhyStory:
    story = load_story(row)
    raised = connection.execute(select(alerts).where(alerts.c.story_id == row.id).order_by(alerts.c.raised)).all()
    carried = outbox.of_alerts(connection, [one.id for one in raised])
    group = select(stories).where(stories.c.group_id == row.group_id).order_by(stories.c.seq).limit(GROUP_SHOWN)
    return WhyStory(
        story=story,
        is_seed=row.is_seed,
        decisions=_decisions(connection, [story.id]).get(story.id, ()),
        alerts=tuple((load_alert(one, story), outbox.with_tries(connection, carried[one.id])) for one in raised),
        group=tuple(map(load_story, connection.execute(group))),
    )


def _decisions_of_entries(connection: Connection, entry_ids: Sequence[str]) -> dict[str, tuple[Decision, ...]]:
    """What was decided on every version of each entry's story."""
    told = select(stories.c.id, stories.c.entry_id).where(stories.c.entry_id.in_(entry_ids)).order_by(stories.c.seq)
    versions = [(row.id, row.entry_id) for row in connection.execute(told)]
    judged = _decisions(connection, [story_id for story_id, _ in versions])
    found: dict[str, tuple[Decision, ...]] = {}
    for story_id, entry_id in versions:
        found[entry_id] = (*found.get(entry_id, ()), *judged.get(story_id, ()))
    return found


def _decisions(connection: Connection, story_ids: Sequence[str]) -> dict[str, tuple[Decision, ...]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    wanted = select(decisions).where(decisions.c.story_id.in_(story_ids)).order_by(decisions.c.watch)
    for row in connection.execute(wanted):
        one = Decision(watch=row.watch, outcome=row.outcome, detail=row.detail, decided_at=row.decided_at)
        found[row.story_id].append(one)
    return {story_id: tuple(some) for story_id, some in found.items()}


def _versions(connection: Connection, entry_ids: Sequence[str]) -> dict[str, list[Story]]:
    found: dict[str, list[Story]] = defaultdict(list)
    rows = connection.execute(select(stories).where(stories.c.entry_id.in_(entry_ids)).order_by(stories.c.seq))
    for row in rows:
        found[row.entry_id].append(load_story(row))
    return found


def _feeds(connection: Connection, feed_ids: set[str]) -> dict[str, Feed]:
    rows = connection.execute(select(feeds).where(feeds.c.id.in_(feed_ids)))
    return {row.id: polls.load(row) for row in rows}
