"""One alert in a store, as a poll and a capture leave it, with a headline that wants to be markup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from watcher.model import (
    Alert,
    Capture,
    CaptureRecord,
    Entry,
    Extraction,
    Feed,
    FeedSpec,
    Field,
    Grouping,
    Hit,
    Match,
    PollRecord,
    Relation,
    SeenEntry,
    Story,
    derive_id,
)
from watcher.store import SqlStore

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE = timedelta(hours=1)
HOSTILE = 'Musk <script>alert(1)</script> & "quotes" \u202e'
SPEC = FeedSpec(url="https://wire.example/feed", name="Wire")


async def record(store: SqlStore) -> Alert:
    """One alert in the store, as a poll and a capture leave it."""
    await store.sync_feeds([SPEC], NOW)
    (feed_id,) = await store.claim_feeds(owner="t", now=NOW, lease=LEASE, limit=1)
    hit = Hit(field=Field.TITLE, term="Musk", text="Musk", start=0, end=4, excerpt=HOSTILE)
    match = Match(watch="Elon <b>Musk</b>", hits=(hit,))
    seen = SeenEntry(
        key="k", aliases=(), text_hash="h", feed_id=feed_id, entry=Entry(guid="k", title=HOSTILE), first_seen=NOW,
        alertable=True, capture=Capture.PENDING,
    )  # fmt: skip
    feed = Feed(spec=SPEC, url=SPEC.url, due_at=NOW)
    await store.record_poll(
        PollRecord(feed=feed, polled_at=NOW, entries=(seen,), matches={seen.id: (match,)}), owner="t"
    )
    await store.claim_captures(owner="t", now=NOW, lease=LEASE, limit=1)
    story = Story(
        id=derive_id("story", seen.id, "h"),
        entry_id=seen.id,
        feed="Wire",
        fetched=NOW,
        extraction=Extraction(url="javascript:alert(1)", title=HOSTILE, text="One.\n\n<img src=x onerror=alert(1)>"),
        grouping=Grouping(group="g", relation=Relation.FIRST, reason="new"),
        matches=(match,),
        path="stories/x.md",
    )
    alert = Alert(
        id=derive_id("alert", match.watch, story.id), raised=NOW, watch=match.watch, reason=Relation.FIRST, story=story,
        hits=match.hits, path="alerts/x.md",
    )  # fmt: skip
    neighbours = await store.neighbours(urls=(), keys=(), since=NOW)
    await store.record_capture(
        CaptureRecord(entry_id=seen.id, story=story, version=neighbours.version, alerts=(alert,)), owner="t", now=NOW
    )
    return alert
