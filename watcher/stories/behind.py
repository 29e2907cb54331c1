"""An entry's link, and the page that came for it -> the publisher's own page behind a middleman (Google News, AMP)."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Final
from urllib.parse import urljoin, urlsplit

from watcher.model import Entry, Extraction, Middleman, Response, middleman, publisher_in

_LOOKED_AT: Final = 1_000_000  # bytes of a page: who forwards says so early
_PLACES: Final = tuple(  # what a page that only forwards says of where to, the surest first
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rb"""data-n-au=["'](https?:[^"']{4,2000})["']""",
        rb"""<meta[^>]{0,200}http-equiv=["']?refresh[^>]{0,200}url=["']?([^"'>\s]{4,2000})""",
        rb"""location(?:\.href)?(?:\s{0,9}=\s{0,9}|\.(?:replace|assign)\()["'](https?:[^"']{4,2000})["']""",
        rb"""<link[^>]{0,300}rel=["']?canonical["']?[^>]{0,300}href=["']?([^"'>\s]{4,2000})""",
        rb"""<link[^>]{0,300}href=["']?([^"'>\s]{4,2000})["']?[^>]{0,300}rel=["']?canonical""",
        rb"""<a\s[^>]{0,300}href=["'](https?:[^"']{4,2000})["'][^>]{0,300}rel=["'][^"']{0,40}nofollow""",
    )
)
_ESCAPE: Final = re.compile(r"\\(?:u00|x)([0-9a-fA-F]{2})|\\/")


def own_link(entry: Entry) -> Entry:
    """The entry with the publisher's link, where the middleman's has it written in it."""
    behind = publisher_in(entry.link) if entry.link else None
    return replace(entry, link=behind) if behind else entry


def forwarded(page: Response) -> str | None:
    """Where a middleman's page leads that has no story itself; None for any other page, and where it does not say."""
    if middleman(page.url) is not Middleman.GOOGLE_NEWS:
        return None
    body = page.body[:_LOOKED_AT]
    for place in _PLACES:
        for found in place.finditer(body):
            address = _address(page.url, found[1])
            if address is not None:
                return publisher_in(address) or address
    return None


def settled(found: Extraction) -> Extraction:
    """The story under its publisher's address where its page named one; else as it is, and `via` tells whose it is."""
    own = found.canonical_url
    if middleman(found.url) is None or not own or middleman(own) is not None:
        return found
    return replace(found, url=own)


def _address(base: str, raw: bytes) -> str | None:
    """What the page says as an address of another site than the middleman's own; None if it is none."""
    text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else "/", raw.decode("utf-8", "replace"))
    try:
        address = urljoin(base, html.unescape(text.strip()))
        parts = urlsplit(address)
    except ValueError:
        return None
    host = parts.hostname or ""
    ours = host.endswith((".google.com", ".gstatic.com", ".googleusercontent.com")) or host == "google.com"
    return address if parts.scheme in ("http", "https") and host and not ours else None
