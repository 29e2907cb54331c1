"""What a document asks of those who poll it, read by both parsers alike; what makes no sense asks for nothing."""

from __future__ import annotations

import pytest

from watcher.feeds.fast import parse_xml
from watcher.feeds.slow import parse_any
from watcher.feeds.wishes import asked_pause


@pytest.mark.parametrize(
    ("ttl", "period", "frequency", "generator", "seconds"),
    [
        ("60", None, None, None, 3600),
        (" 5 ", None, None, None, 300),
        ("0", None, None, None, None),
        ("soon", None, None, None, None),
        ("-5", None, None, None, None),
        (None, "hourly", "4", None, 900),
        (None, "weekly", None, None, 604800),
        (None, "fortnightly", "1", None, None),
        (None, "hourly", "0", None, None),
        (None, "hourly", "1", "https://wordpress.org/?v=6", None),
        (None, "hourly", "1", "Somebody's own", 3600),
        ("30", "hourly", "1", "https://wordpress.org/?v=6", 1800),
        ("30", "daily", "1", None, 86400),
    ],
)
def test_the_pause_that_a_feed_asks_for(
    ttl: str | None, period: str | None, frequency: str | None, generator: str | None, seconds: float | None
) -> None:
    assert asked_pause(ttl=ttl, period=period, frequency=frequency, generator=generator) == seconds


def listed(box: str, kind: str, *words: str) -> str:
    return f"<{box}>{''.join(f'<{kind}>{word}</{kind}>' for word in words)}</{box}>"


ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
WISHES = {
    "nothing": ("", (), (), None),
    "hours": (listed("skipHours", "hour", "0", "1", " 2 ", "23"), (0, 1, 2, 23), (), None),
    "midnight is 24 in old feeds": (listed("skipHours", "hour", "24", "3"), (0, 3), (), None),
    "what is no hour": (listed("skipHours", "hour", "-1", "25", "noon", "", "4", "4"), (4,), (), None),
    "every hour asks for nothing": (listed("skipHours", "hour", *map(str, range(24))), (), (), None),
    "days": (listed("skipDays", "day", "Saturday", "sunday"), (), (5, 6), None),
    "what is no day": (listed("skipDays", "day", "Caturday", "Sat", "Monday"), (), (0,), None),
    "every day asks for nothing": (
        listed("skipDays", "day", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        (), (), None,
    ),
    "a new address": (
        f'<i:new-feed-url xmlns:i="{ITUNES}"> https://new.example/feed </i:new-feed-url>', (), (), "https://new.example/feed",
    ),
    "a new address that is none": (f'<i:new-feed-url xmlns:i="{ITUNES}">javascript:1</i:new-feed-url>', (), (), None),
}  # fmt: skip


@pytest.mark.parametrize(("inside", "hours", "days", "moved_to"), WISHES.values(), ids=WISHES)
@pytest.mark.parametrize("parser", ["fast", "slow"])
def test_a_documents_wishes(
    parser: str, inside: str, hours: tuple[int, ...], days: tuple[int, ...], moved_to: str | None
) -> None:
    entry = "<item><title>t</title><guid>1</guid></item>"
    body = f'<rss version="2.0"><channel><title>x</title>{inside}{entry}</channel></rss>'.encode()
    url = "https://old.example/feed"
    feed = parse_xml(body, url=url) if parser == "fast" else parse_any(body, url=url, content_type="")
    assert feed is not None
    assert (feed.skip_hours, feed.skip_days, feed.moved_to) == (hours, days, moved_to)
