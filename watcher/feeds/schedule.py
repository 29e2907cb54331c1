"""What a poll told us -> what is remembered of the feed, and when to ask again; `now` and chance come from outside.

The pace follows the feed: a quarter of the usual time between two new entries, longer the longer it has been silent,
between five minutes and a day; at the owner's word (`every`) where there is one. Never sooner than the publisher asks
(Cache-Control, Expires, Retry-After, ttl, sy:update*), and never later than a day, whatever fails: a feed that broke
is asked for as long as it is wanted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from watcher.model import Entry, Feed, FeedState, FetchError, ParsedFeed, Response

SHORTEST: Final = 5 * 60.0  # seconds between two polls of an adapted pace
LONGEST: Final = 24 * 3600.0  # also the most that a publisher's wish is followed
POLLS_PER_GAP: Final = 4  # an entry is then found an eighth of the usual gap after it came, on average
SILENCE_SHARE: Final = 16  # after a silence of 80 minutes every 5 minutes, of 16 days once a day
USUAL_GAP: Final = 3600.0  # assumed of a feed whose entries have no dates
SMOOTHING: Final = 0.3  # weight of what was seen last in the usual gap: follows a change of pace within some five polls
THIN: Final = 0.5  # overlap below which the document turned over too fast
FIRST_RETRY: Final = 5 * 60.0  # seconds; doubled with each failure up to LONGEST
JITTER: Final = 0.1  # up to that share is added to each wait, so that feeds do not come back all in one minute
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
    now: datetime,
    jitter: float,
) -> Feed:
    """The feed after an answer. parsed: None for a 304 or the same body as before; body_hash: None for a 304.

    new: entries not seen before; overlap: the share of the document that was; jitter: 0 to 1.
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
    wait = max(_pace(feed, before, overlap, now), fresh_for(response), feed.ttl or 0.0)
    return replace(feed, due_at=_later(now, min(wait, _ceiling(feed)), jitter))


def after_failure(feed: Feed, problem: FetchError | str, *, now: datetime, jitter: float) -> Feed:
    """The feed after a poll that gave nothing to read. What is known of it stays, its validators too."""
    gone = isinstance(problem, FetchError) and problem.status == 410
    first_gone = gone and feed.problem != GONE
    failed = replace(
        feed,
        state=feed.state if feed.state in (FeedState.NEW, FeedState.REMOVED) else FeedState.FAILING,
        polled_at=now,
        failures=feed.failures + 1,
        failing_since=now if first_gone or feed.failing_since is None else feed.failing_since,
        problem=GONE if gone else str(problem),
        moved_to=None,
        moved_count=0,
    )
    if gone:
        confirmed = not first_gone and feed.failing_since is not None and now - feed.failing_since >= GONE_AGAIN
        if confirmed:
            return replace(failed, state=FeedState.GONE, problem=GONE_FOR_GOOD)
        return replace(failed, due_at=_later(now, LONGEST, jitter))
    if failed.failures == MOVED_TO_NOWHERE and feed.url != feed.spec.url:
        failed = replace(failed, url=feed.spec.url, etag=None, last_modified=None)
    usual = feed.spec.every.total_seconds() if feed.spec.every else 0.0
    back_off = FIRST_RETRY * 2 ** min(feed.failures, 12)
    asked = (problem.retry_after or 0.0) if isinstance(problem, FetchError) else 0.0
    return replace(failed, due_at=_later(now, max(min(max(back_off, usual), LONGEST), min(asked, LONGEST)), jitter))


def fresh_for(response: Response) -> float:
    """Seconds for which the publisher asks not to be asked again, at most a day."""
    headers = response.headers
    waits = [_max_age(headers.get("cache-control", ""), headers.get("age", ""))]
    if waits[0] is None:
        waits.append(_until(headers.get("expires", ""), headers.get("date", ""), response.fetched_at))
    retry = headers.get("retry-after", "").strip()
    waits.append(float(retry[:9]) if retry.isdigit() else _until(retry, "", response.fetched_at))
    return min(max([wait for wait in waits if wait is not None], default=0.0), LONGEST)


def _remembered(
    feed: Feed, response: Response, parsed: ParsedFeed | None, body_hash: str | None, now: datetime
) -> Feed:
    """State, validators, names and address after a good answer."""
    whole = body_hash is not None
    fresh = (
        feed.state is FeedState.NEW and parsed is None
    )  # a 304 to somebody who has nothing yet: ask for all of it again
    feed = replace(
        feed,
        state=feed.state if fresh or feed.state is FeedState.REMOVED else FeedState.ACTIVE,
        etag=None if fresh else response.etag if whole else response.etag or feed.etag,
        last_modified=None
        if fresh
        else response.last_modified
        if whole
        else response.last_modified or feed.last_modified,
        body_hash=body_hash or feed.body_hash,
        polled_at=now,
        succeeded_at=now,
        whole_at=now if whole else feed.whole_at,
        failures=0,
        failing_since=None,
        problem=None,
    )
    if parsed is not None:
        title, site_url = parsed.title or feed.title, parsed.site_url or feed.site_url
        feed = replace(feed, title=title, site_url=site_url, ttl=parsed.ttl)
    return _moved(feed, response)


def _moved(feed: Feed, response: Response) -> Feed:
    """A permanent redirect is believed when it was seen three times in a row; never from https to http."""
    target = response.moved_to
    if not target or target == feed.url or (feed.url.startswith("https:") and not target.startswith("https:")):
        return replace(feed, moved_to=None, moved_count=0)
    count = feed.moved_count + 1 if target == feed.moved_to else 1
    if count >= MOVES:
        return replace(feed, url=target, moved_to=None, moved_count=0)
    return replace(feed, moved_to=target, moved_count=count)


def _pace(feed: Feed, before: Feed, overlap: float, now: datetime) -> float:
    """Seconds until the next poll by the feed's own rhythm, or as its owner says."""
    if feed.spec.every is not None:
        return feed.spec.every.total_seconds()
    quiet_since = feed.changed_at or feed.baseline_at or now
    wait = max((feed.gap or USUAL_GAP) / POLLS_PER_GAP, (now - quiet_since).total_seconds() / SILENCE_SHARE)
    if overlap < THIN and before.polled_at is not None:
        elapsed = (now - before.polled_at).total_seconds()
        wait = min(wait, elapsed * max(overlap, 0.25))  # a quarter at the most: nobody knows how much was missed
    return min(max(wait, SHORTEST), LONGEST)


def _ceiling(feed: Feed) -> float:
    return max(LONGEST, feed.spec.every.total_seconds()) if feed.spec.every else LONGEST


def _later(now: datetime, wait: float, jitter: float) -> datetime:
    return now + timedelta(seconds=wait * (1 + JITTER * jitter))


def _wants_whole(feed: Feed, now: datetime) -> bool:
    """Whether it has answered 304 for so long that its 304 may be wrong."""
    since = feed.whole_at
    if since is None or feed.succeeded_at is None or feed.succeeded_at <= since:
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


def _max_age(cache_control: str, age: str) -> float | None:
    """Seconds left by Cache-Control; None where it says nothing about it."""
    directives = {}
    for part in cache_control.lower().split(","):
        name, _, value = part.strip().partition("=")
        directives[name.strip()] = value.strip(' "')
    if "no-cache" in directives or "no-store" in directives:
        return 0.0
    seconds = directives.get("max-age", "")
    if not seconds.isdigit():
        return None
    spent = float(age[:9]) if age.strip().isdigit() else 0.0
    return max(float(seconds[:9]) - spent, 0.0)


def _until(date: str, server_now: str, fetched_at: datetime) -> float | None:
    """Seconds from the server's own now to a date; None for no date (an Expires of 0 or -1 is one that is over)."""
    end, start = _http_date(date), _http_date(server_now) or fetched_at
    return max((end - start).total_seconds(), 0.0) if end else None


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)


__all__ = ["after_answer", "after_failure", "fresh_for", "validators"]
