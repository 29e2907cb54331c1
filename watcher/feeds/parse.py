"""Feed bytes -> a ParsedFeed with its entries, or with the problem why there are none.

    JSON Feed                                      -> json
    well-formed RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0  -> strict lxml (fast: a millisecond)
    the same, damaged in one of the usual ways     -> mended, then as above
    everything else                                -> feedparser (slow: tens of milliseconds; seconds if it is hostile)

Nothing here reads a clock: that a date lies in the future is for `identity` to see.
"""

from __future__ import annotations

from dataclasses import replace

from watcher.feeds.fast import parse_xml
from watcher.feeds.fields import is_cut
from watcher.feeds.jsonfeed import parse_json
from watcher.feeds.mend import mend
from watcher.model import ParsedFeed

CUT = "parts of it are longer than anyone writes: only their beginnings were read"


def parse(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The feed in these bytes. Raises nothing but MemoryError: what is no feed has a `problem` and no entries.

    url: where the bytes came from, for relative links. content_type: the header as received, for its charset.
    """
    feed = parse_fast(body, url=url, content_type=content_type)
    if feed is not None:
        return feed
    from watcher.feeds.slow import parse_any  # only here: most processes never need feedparser

    return _told(parse_any(body, url=url, content_type=content_type))


def parse_fast(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed | None:
    """The feed if it can be read at a cost that is bounded by its size, else None. Never raises."""
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n"):  # nothing after a byte order mark
        return ParsedFeed(problem="the answer is empty")
    feed = parse_json(body, url=url) or parse_xml(body, url=url, content_type=content_type)
    if feed is None and (mended := mend(body, content_type)) is not None:
        feed = parse_xml(mended, url=url)
        feed = replace(feed, warning=feed.warning or "not well-formed XML, mended") if feed else None
    return _told(feed) if feed else None


def _told(feed: ParsedFeed) -> ParsedFeed:
    """The feed, warned of if parts of it were left out."""
    if any(map(is_cut, feed.entries)):
        return replace(feed, warning="; ".join(filter(None, (feed.warning, CUT))))
    return feed


__all__ = ["parse", "parse_fast"]
