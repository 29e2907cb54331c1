"""A small world for the suites of the store: a feed, entries, stories, alerts, and the steps that record them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from watcher.model import (
    Alert,
    Capture,
    CaptureRecord,
    ChannelKind,
    Delivery,
    Entry,
    Extraction,
    FeedSpec,
    FeedState,
    Field,
    Grouping,
    Hit,
    Hold,
    Match,
    Message,
    MessageType,
    PollRecord,
    Read,
    Rejection,
    Relation,
    SeenEntry,
    Silenced,
    Story,
    WarcRef,
    derive_id,
)
from watcher.store import SqlStore

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
LEASE = timedelta(minutes=5)
SPEC = FeedSpec(
    url="https://a.example/rss", name="A", every=timedelta(minutes=7), read=Read.PAGE, tags=("world",), scrape=False
)
HITS = (Hit(field=Field.TITLE, term="Musk*", text="Маск", start=0, end=4, excerpt="Маск …"),)
MATCH = Match(watch="Elon Musk", hits=HITS)


def entry(
    key: str = "guid-1", *, text_hash: str = "h1", capture: Capture = Capture.NONE, title: str = "Маск"
) -> SeenEntry:
    return SeenEntry(
        key=key,
        aliases=(f"link:{key}", f"title:{key}"),
        text_hash=text_hash,
        feed_id=SPEC.id,
        entry=Entry(guid=key, link=f"https://a.example/{key}", title=title, content=("x", "y"), published=NOW),
        first_seen=NOW,
        alertable=True,
        capture=capture,
    )


async def polled(store: SqlStore, *entries: SeenEntry, matched: bool = True, now: datetime = NOW) -> None:
    """One poll of the feed that found these entries."""
    if not await store.feeds():
        await store.sync_feeds([SPEC], now)
    await store.claim_feeds(owner="poller", now=now, lease=LEASE, limit=1, everything=True)
    feed = await store.feed(SPEC.id)
    assert feed is not None
    record = PollRecord(
        feed=feed.evolve(
            due_at=now + timedelta(minutes=7),
            polled_at=now,
            baseline_at=NOW,
            etag=b'"\xff\xfe"',
            state=FeedState.ACTIVE,
        ),
        polled_at=now,
        seen_keys=tuple(one.key for one in entries),
        entries=entries,
        matches={one.id: (MATCH,) for one in entries} if matched else {},
    )
    await store.record_poll(record, owner="poller")


def story(
    one: SeenEntry, *, relation: Relation = Relation.FIRST, group: str | None = None, of: str | None = None,
    site: str = "A", url: str | None = None, text: str = "The whole story.",
) -> Story:  # fmt: skip
    story_id = derive_id("story", one.id, one.text_hash)
    return Story(
        id=story_id,
        entry_id=one.id,
        feed="A",
        fetched=NOW,
        extraction=Extraction(
            url=url or one.entry.link or "", canonical_url=f"{url or one.entry.link}?canonical", title=one.entry.title,
            site=site, authors=("Å. Björk",), published=NOW, language="ru", lede="The lede.", text=text,
            sources={"title": "h1"},
        ),
        warc=WarcRef(file="pages/2026-11-23.warc.gz", record="<urn:uuid:1>"),
        grouping=Grouping(group=group or story_id, relation=relation, of=of, similarity=0.93, reason="because"),
        matches=(MATCH,),
        path="stories/2026/11/23/x.md",
        seed_similarity=0.25,
    )  # fmt: skip


def alert(told: Story) -> Alert:
    return Alert(
        id=derive_id("alert", MATCH.watch, told.id), raised=NOW, watch=MATCH.watch, reason=told.grouping.relation,
        story=told, hits=HITS, thread=("earlier",), channels=("desk",), path="alerts/2026/11/23/x.md",
    )  # fmt: skip


def delivery(key: str, *alerts: Alert) -> Delivery:
    message = Message(
        id=key, channel="desk", kind=ChannelKind.EMAIL, type=MessageType.ALERT, subject="Маск", body=b"\x00\xff mail",
        recipients=("a@example.org", "b@example.org"),
    )  # fmt: skip
    return Delivery(message=message, alerts=tuple(one.id for one in alerts), created=NOW, due_at=NOW)


async def captured(
    store: SqlStore, one: SeenEntry, told: Story | None, *, alerts: Sequence[Alert] = (), keys: Sequence[int] = (),
    lines: Sequence[int] = (),
    deliveries: Sequence[Delivery] = (), silenced: Sequence[Silenced] = (), rejections: Sequence[Rejection] = (),
    retry_page_at: datetime | None = None, now: datetime = NOW, holds: Sequence[Hold] = (),
) -> None:  # fmt: skip
    """One capture of the entry, from its claim to its record."""
    assert one.id in await store.claim_captures(owner="capturer", now=now, lease=LEASE, limit=10)
    version = (await store.neighbours(urls=(), keys=(), since=now)).version
    record = CaptureRecord(
        entry_id=one.id, story=told, keys=tuple(keys), lines=tuple(lines), version=version, alerts=tuple(alerts),
        deliveries=tuple(deliveries), silenced=tuple(silenced), rejections=tuple(rejections),
        retry_page_at=retry_page_at, holds=tuple(holds),
    )  # fmt: skip
    await store.record_capture(record, owner="capturer", now=now)


async def alerted(store: SqlStore, key: str = "guid-1") -> tuple[Story, Alert, Delivery]:
    """An entry all the way to its alert and one delivery."""
    one = entry(key, capture=Capture.PENDING)
    await polled(store, one)
    told = story(one)
    raised = alert(told)
    sent = delivery(f"d-{key}", raised)
    await captured(store, one, told, alerts=[raised], deliveries=[sent], keys=[1, 2, 3])
    return told, raised, sent
