"""Feed bytes -> a ParsedFeed with its entries, or with the problem why there are none.

    JSON Feed                                      -> json
    well-formed RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0  -> strict lxml (fast: a millisecond)
    the same, damaged in one of the usual ways     -> mended, then as above
    a large one with tags in disorder or no end    -> its whole entries as above, the rest as below
    everything else                                -> feedparser (slow: tens of milliseconds; seconds if it is hostile)

Nothing here reads a clock: that a date lies in the future is for `identity` to see.
"""

from __future__ import annotations

from dataclasses import replace

from watcher.feeds.fast import parse_xml
from watcher.feeds.fields import MAX_ENTRIES, TooManyError, is_cut
from watcher.feeds.jsonfeed import parse_json
from watcher.feeds.mend import mend
from watcher.feeds.split import split
from watcher.model import ParsedFeed

LARGE = 256 * 1024  # bytes: feedparser takes up to half a second for so many, and of damage is given no more
AT_ONCE = 2_000  # entries that the fast reader reads: 20 µs each, and an event loop may not be held for over 50 ms
CUT = "parts of it are longer than anyone writes: only their beginnings were read"


def parse(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The feed in these bytes. Raises nothing but MemoryError: what is no feed has a `problem` and no entries.

    url: where the bytes came from, for relative links. content_type: the header as received, for its charset.
    """
    feed, mended = _parse_sound(body, url=url, content_type=content_type)
    if feed is not None:
        return _told(feed)
    from watcher.feeds.slow import parse_any  # only here: most processes never need feedparser

    parts = split(mended) if mended is not None and len(body) > LARGE else None
    sound = (parse_xml(parts.headed, url=url) or parse_xml(parts.bare, url=url)) if parts else None
    if parts is None or sound is None:
        return _told(parse_any(body, url=url, content_type=content_type))
    return _told(_joined(sound, parse_any(parts.rest[:LARGE], url=url, content_type="")))


def parse_fast(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed | None:
    """The feed if it can be read at a cost that is bounded by its size, and small. Else None. Never raises."""
    try:
        feed, _ = _parse_sound(body, url=url, content_type=content_type, most=AT_ONCE)
    except TooManyError:
        return None
    return _told(feed) if feed else None


def _parse_sound(
    body: bytes, *, url: str, content_type: str, most: int | None = None
) -> tuple[ParsedFeed | None, bytes | None]:
    """The feed in a document that is sound or can be mended, and the document as it was mended, where it was tried."""
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n"):  # nothing after a byte order mark
        return ParsedFeed(problem="the answer is empty"), None
    feed = parse_json(body, url=url, most=most) or parse_xml(body, url=url, content_type=content_type, most=most)
    if feed is not None or (mended := mend(body, content_type)) is None:
        return feed, None
    feed = parse_xml(mended, url=url, most=most)
    return replace(feed, warning=feed.warning or "not well-formed XML, mended") if feed else None, mended


def _joined(sound: ParsedFeed, rest: ParsedFeed) -> ParsedFeed:
    """What was read of the whole entries of a document, and of what stands around them."""
    about = rest if sound.title is None and rest.title is not None else sound
    entries = (*sound.entries, *rest.entries)[:MAX_ENTRIES]
    told = filter(None, (sound.warning, rest.warning or "not well-formed XML: its whole entries were read"))
    return replace(about, entries=entries, problem=None, warning="; ".join(told))


def _told(feed: ParsedFeed) -> ParsedFeed:
    """The feed, warned of if parts of it were left out."""
    if any(map(is_cut, feed.entries)):
        return replace(feed, warning="; ".join(filter(None, (feed.warning, CUT))))
    return feed


__all__ = ["AT_ONCE", "parse", "parse_fast"]
