"""What a poll told us -> what is remembered of the feed, and when to ask again; `now` and chance come from outside.

The pace follows the feed: a quarter of the usual time between two new entries, longer the longer it has been silent,
between five minutes and six hours; at the owner's word (`every`) where there is one. Never sooner than the publisher
asks (Cache-Control, Expires, Retry-After, ttl, sy:update*, skipHours, skipDays), and never later than a day but for
days that are to be skipped, whatever fails: a feed that broke is asked for as long as it is wanted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from watcher.feeds.fresh import fresh_for
from watcher.model import Entry, Feed, FeedState, FetchError, ParsedFeed, Response

SHORTEST: Final = 5 * 60.0  # seconds between two polls of an adapted pace
LONGEST_ADAPTED: Final = 6 * 3600.0  # a feed that was silent for days may break news today
LONGEST: Final = 24 * 3600.0  # the most that a publisher's wish is followed, and that a failing feed is left alone
POLLS_PER_GAP: Final = 4  # an entry is then found an eighth of the usual gap after it came, on average
SILENCE_SHARE: Final = 16  # after a silence of 80 minutes every 5 minutes, of four days every 6 hours
USUAL_GAP: Final = 3600.0  # assumed of a feed whose entries have no dates
SMOOTHING: Final = 0.3  # weight of what was seen last in the usual gap: follows a change of pace within some five polls
THIN: Final = 0.5  # overlap below which the document turned over too fast
OUTAGE_RETRY: Final = 2 * 60.0  # seconds between two tries while our own network is down: they reach nobody
FIRST_RETRY: Final = 5 * 60.0  # seconds; doubled with each failure up to LONGEST
AFTER_SKIP: Final = timedelta(minutes=10)  # within which the feeds whose hours to skip are over come back
JITTER: Final = 0.1  # up to that share is added to each wait, so that feeds do not come back all in one minute
# the same for a feed that was due with all others, at the first start or after a long stop: they never meet again
SPREAD: Final = 0.5
TURNED_OVER: Final = 3  # entries of a document all of which are new: of one or two that is how the feed is made
CALM_AFTER: Final = 3  # polls in a row that must go well until a remark is over: a feed on the edge is told once
MOVES: Final = 3  # polls in a row that must see a permanent redirect before it is adopted
MOVED_TO_NOWHERE: Final = 5  # failures at an adopted address after which the listed one is tried again
# a 410 so long after the first confirms it (the second look is due after a day)
GONE_AGAIN: Final = timedelta(hours=20)
WHOLE_GAPS: Final = 10  # usual gaps of nothing but 304 after which a whole answer is asked for ...
WHOLE_AT_LEAST: Final = 3 * 3600.0  # ... but not within three hours: a quiet night is no wrong 304
GONE: Final = "the publisher says that it is gone for good (410); it is asked once more after a day"
GONE_FOR_GOOD: Final = "gone for good (410, confirmed): not polled any more"


def validators(feed: Feed, now: datetime) -> tuple[bytes | None, bytes | None]:
    """ETag and Last-Modified to send with the next poll, as received; none to get a whole answer for once."""
    if feed.distrusted or _wants_whole(feed, now):
        return None, None
    return feed.etag, feed.last_modified


def after_answer(
    feed: Feed,
    response: Response,
    parsed: ParsedFeed | None,
    *,
    body_hash: str | None,
    new: int,
    overlap: float,
    flood: bool = False,
    now: datetime,
    jitter: float,
) -> Feed:
    """The feed after an answer. parsed: None for a 304 or the same body as before; body_hash: None for a 304.

    new: entries not seen before; overlap: the share of the document that was; flood: its keys changed all at once;
    jitter: 0 to 1.
    """
    before, feed = feed, _remembered(feed, response, parsed, body_hash, now)
    if parsed is not None:
        if before.state is FeedState.NEW:
            feed = replace(
                feed, gap=_gap_of(parsed.entries, now), changed_at=_newest(parsed.entries, now), baseline_at=now
            )
        elif new:
            feed = replace(feed, gap=_smoothed(before, new, now), changed_at=now)
            if _lied(before, parsed, new, now):
                feed = replace(feed, distrusted=True)
    if response.status == 226:
        overlap = 1.0  # of a delta (RFC 3229) all is new, and nothing was missed
    feed = _remarked(feed, before, parsed, new=new, overlap=overlap, flood=flood)
    fresh = fresh_for(response.headers, response.fetched_at)
    wait = max(_pace(feed, before, overlap, now), fresh, feed.ttl or 0.0)
    wait = min(wait, _ceiling(feed))
    crowded = before.baseline_at is None or (now - before.due_at).total_seconds() > wait / 2
    late = jitter * (SPREAD / JITTER if crowded else 1.0)
    due_at = _unskipped(feed, _later(now, wait, late), jitter)
    return replace(feed, due_at=due_at, quiet_until=_quiet(now, fresh))


def after_push(feed: Feed, *, new: int, now: datetime) -> Feed:
    """The feed after its hub pushed some of it. What polls go by (validators, the last body) stays."""
    return replace(feed, gap=_smoothed(feed, new, now), changed_at=now) if new else feed


def after_failure(
    feed: Feed, problem: FetchError | str, *, now: datetime, jitter: float, answer: Response | None = None
) -> Feed:
    """The feed after a poll that gave nothing to read. What is known of it stays, its validators too.

    answer: what came and could not be read; of a feed that never gave anything else its validators are kept, so that
    the same bytes are not sent again and again.
    """
    gone = isinstance(problem, FetchError) and problem.status == 410
    first_gone = gone and feed.problem != GONE
    asked = problem.retry_after or 0.0 if isinstance(problem, FetchError) else 0.0
    asked = min(asked, LONGEST) if answer is None else fresh_for(answer.headers, answer.fetched_at)
    failed = replace(
        feed,
        state=feed.state if feed.state in (FeedState.NEW, FeedState.REMOVED) else FeedState.FAILING,
        polled_at=now,
        quiet_until=_quiet(now, asked),
        failures=feed.failures + 1,
        failing_since=now if first_gone or feed.failing_since is None else feed.failing_since,
        offline_since=None,
        problem=GONE if gone else str(problem),
        moved_to=None,
        moved_count=0,
        plain_due=None,
    )
    if gone:
        return _gone(feed, failed, now=now, jitter=jitter)
    conditional = feed.unread and validators(feed, now) != (None, None)
    if answer is not None and feed.state is FeedState.NEW and not (conditional and answer.status == 304):
        etag, last_modified = answer.etag, answer.last_modified
        failed = replace(failed, etag=etag, last_modified=last_modified, whole_at=now, unread=True)
    if failed.failures == MOVED_TO_NOWHERE and feed.url != feed.spec.url:
        failed = replace(failed, url=feed.spec.url, etag=None, last_modified=None, told_to=None)
    usual = feed.spec.every.total_seconds() if feed.spec.every else 0.0
    back_off = FIRST_RETRY * 2 ** min(feed.failures, 12)
    wait = max(min(max(back_off, usual), LONGEST), asked)
    return replace(failed, due_at=_unskipped(feed, _later(now, wait, jitter), jitter))


def after_pause(feed: Feed, refusal: FetchError, *, now: datetime, jitter: float) -> Feed:
    """The feed when nothing was sent, because its host asked to be left alone: it is due after that, and no worse."""
    seconds = min(refusal.retry_after or 0.0, LONGEST)
    return replace(feed, due_at=_later(now, seconds, jitter), quiet_until=_quiet(now, seconds), plain_due=None)


def after_outage(feed: Feed, *, now: datetime, jitter: float) -> Feed:
    """The feed when our network is to blame: nothing of it changes, and it is asked soon, for when that is back."""
    return replace(feed, due_at=_later(now, OUTAGE_RETRY, jitter), offline_since=feed.offline_since or now)


def _gone(before: Feed, failed: Feed, *, now: datetime, jitter: float) -> Feed:
    """After a 410: one more look in a day, then none; sooner nobody looks."""
    since = before.failing_since if before.problem == GONE else None
    if since is not None and now - since >= GONE_AGAIN:
        return replace(failed, state=FeedState.GONE, problem=GONE_FOR_GOOD)
    rest = GONE_AGAIN.total_seconds() if since is None else (since + GONE_AGAIN - now).total_seconds()
    return replace(failed, due_at=_later(now, LONGEST, jitter), quiet_until=_quiet(now, rest))


def _quiet(now: datetime, seconds: float) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds > 0 else None


def _remembered(
    feed: Feed, response: Response, parsed: ParsedFeed | None, body_hash: str | None, now: datetime
) -> Feed:
    """State, validators, names and address after a good answer."""
    whole = body_hash is not None
    feed = replace(
        feed,
        state=feed.state if feed.state is FeedState.REMOVED else FeedState.ACTIVE,
        etag=response.etag if whole else response.etag or feed.etag,
        last_modified=response.last_modified if whole else response.last_modified or feed.last_modified,
        body_hash=body_hash or feed.body_hash,
        polled_at=now,
        succeeded_at=now,
        whole_at=now if whole or _wants_whole(feed, now) else feed.whole_at,  # a 304 to who asked for all counts, too
        unread=False,
        failures=0,
        failing_since=None,
        offline_since=None,
        problem=None,
        plain_due=None,
    )
    if parsed is not None:
        title, site_url = parsed.title or feed.title, parsed.site_url or feed.site_url
        feed = replace(
            feed,
            title=title,
            site_url=site_url,
            language=parsed.language,
            ttl=parsed.ttl,
            skip_hours=parsed.skip_hours,
            skip_days=parsed.skip_days,
            told_to=parsed.moved_to,
            warning=parsed.warning,
        )
    return _moved(feed, response)


def _remarked(feed: Feed, before: Feed, parsed: ParsedFeed | None, *, new: int, overlap: float, flood: bool) -> Feed:
    """What of this poll a person should hear of: entries came and went between two polls, or all guids changed."""
    shown = before.shown if parsed is None else len(parsed.entries)
    turned_over = before.shown > 0 and new > 0 and overlap == 0.0 and max(before.shown, shown) >= TURNED_OVER
    return replace(
        feed,
        shown=shown,
        missed=CALM_AFTER if turned_over and not flood else max(before.missed - 1, 0),
        rekeyed=CALM_AFTER if flood else max(before.rekeyed - 1, 0),
    )


def _moved(feed: Feed, response: Response) -> Feed:
    """A move for good is believed when three polls in a row said so, by redirect or in the document.

    Never from https to http; and a document does not lead back to where the watchlist sent us.
    """
    told = feed.told_to if feed.told_to and _leads(feed.url, feed.told_to) and feed.told_to != feed.spec.url else None
    target = response.moved_to or told
    if not target or not _leads(feed.url, target):
        return replace(feed, moved_to=None, moved_count=0)
    count = feed.moved_count + 1 if target == feed.moved_to else 1
    if count >= MOVES and target == response.moved_to:
        return replace(feed, url=target, moved_to=None, moved_count=0)
    if count >= MOVES:  # what was received came from the old address, so the new one is asked for all of it
        return replace(feed, url=target, etag=None, last_modified=None, moved_to=None, moved_count=0)
    return replace(feed, moved_to=target, moved_count=count)


def _leads(url: str, target: str) -> bool:
    """Whether a feed may move from here to there."""
    return target != url and target.startswith(("https:", "http:")[: 1 if url.startswith("https:") else 2])


def _pace(feed: Feed, before: Feed, overlap: float, now: datetime) -> float:
    """Seconds until the next poll by the feed's own rhythm, or as its owner says."""
    if feed.spec.every is not None:
        return feed.spec.every.total_seconds()
    quiet_since = feed.changed_at or feed.baseline_at or now
    wait = max((feed.gap or USUAL_GAP) / POLLS_PER_GAP, (now - quiet_since).total_seconds() / SILENCE_SHARE)
    if overlap < THIN and before.polled_at is not None:
        elapsed = (now - before.polled_at).total_seconds()
        wait = min(wait, elapsed * max(overlap, 0.25))  # a quarter at the most: nobody knows how much was missed
    return min(max(wait, SHORTEST), LONGEST_ADAPTED)


def _ceiling(feed: Feed) -> float:
    return max(LONGEST, feed.spec.every.total_seconds()) if feed.spec.every else LONGEST


def _later(now: datetime, wait: float, jitter: float) -> datetime:
    return now + timedelta(seconds=wait * (1 + JITTER * jitter))


def _unskipped(feed: Feed, due: datetime, jitter: float) -> datetime:
    """The time, or the first after it that lies in no hour and on no day that the feed asks to skip."""
    first = due
    for _ in range(8 * 24):  # a week has an hour that is not skipped, since neither all hours nor all days are
        if due.hour not in feed.skip_hours and due.weekday() not in feed.skip_days:
            break
        due = due.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return due if due == first else due + jitter * AFTER_SKIP


def _wants_whole(feed: Feed, now: datetime) -> bool:
    """Whether it has answered 304 for so long that its 304 may be wrong."""
    since = feed.whole_at
    if since is None:
        return False
    if not feed.unread and (feed.succeeded_at is None or feed.succeeded_at <= since):
        return False  # the last good answer was a whole one
    return (now - since).total_seconds() > max(WHOLE_GAPS * (feed.gap or USUAL_GAP), WHOLE_AT_LEAST)


def _lied(before: Feed, parsed: ParsedFeed, new: int, now: datetime) -> bool:
    """Whether a whole answer shows news that were there already when 304 was the answer, by their own dates."""
    if not (before.etag or before.last_modified) or not _wants_whole(before, now):
        return False
    dates = sorted((date for entry in parsed.entries if (date := _date(entry, now))), reverse=True)[:new]
    slack = timedelta(hours=1)  # entries are dated when they are written, and appear a little later
    return bool(dates) and before.succeeded_at is not None and dates[-1] < before.succeeded_at - slack


def _date(entry: Entry, now: datetime) -> datetime | None:
    date = entry.published or entry.updated
    return date if date and date <= now else None


def _newest(entries: tuple[Entry, ...], now: datetime) -> datetime | None:
    return max((date for entry in entries if (date := _date(entry, now))), default=None)


def _gap_of(entries: tuple[Entry, ...], now: datetime) -> float | None:
    """Seconds between new entries, by the dates of the 20 newest."""
    dates = sorted((date for entry in entries if (date := _date(entry, now))), reverse=True)[:20]
    return (dates[0] - dates[-1]).total_seconds() / (len(dates) - 1) if len(dates) > 1 else None


def _smoothed(feed: Feed, new: int, now: datetime) -> float:
    since = feed.changed_at or feed.baseline_at or now
    seen = max((now - since).total_seconds(), 0.0) / new
    return seen if feed.gap is None else feed.gap + SMOOTHING * (seen - feed.gap)


__all__ = ["after_answer", "after_failure", "after_outage", "after_pause", "after_push", "validators"]
