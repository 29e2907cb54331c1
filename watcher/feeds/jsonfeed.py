"""A JSON Feed document (1.0 or 1.1) -> ParsedFeed; None for bytes that do not start like JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from watcher.feeds.dates import parse_date
from watcher.feeds.fields import (
    MAX_ENTRIES,
    MAX_NAME,
    MAX_NAMES,
    MAX_TITLE,
    TooManyError,
    absolute,
    identifier,
    language_tag,
    make_entry,
    mended,
    person,
)
from watcher.model import Entry, ParsedFeed

_ITEMS: Final = re.compile(r'"items"\s{0,99}:\s{0,99}\[')
_GAP: Final = re.compile(r"[\s,]*")
_START: Final = 64  # bytes: white space and a BOM before the brace


def parse_json(body: bytes, *, url: str, most: int | None = None) -> ParsedFeed | None:
    """The feed, or a ParsedFeed with a problem for JSON that is none. url: where it came from, for relative links.

    Raises TooManyError for more than `most` entries.
    """
    if not body[:_START].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    damage = None
    try:
        document = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        damage = f"damaged JSON: {error}"[:200]
        document = _salvaged(body.decode("utf-8", "replace"))
        if not document["items"]:
            return ParsedFeed(problem=damage)
    items = document.get("items")
    if not isinstance(items, list):
        return ParsedFeed(problem="a JSON document, but not a JSON Feed: it has no list of items")
    if most is not None and len(items) > most:
        raise TooManyError
    language = language_tag(_string(document, "language"))
    authors = _authors(document)
    entries = [
        _entry(item, url=url, language=language, authors=authors)
        for item in items[:MAX_ENTRIES]
        if isinstance(item, dict)
    ]
    cut = f"only the first {MAX_ENTRIES} of {len(items)} entries were read" if len(items) > MAX_ENTRIES else None
    return ParsedFeed(
        title=mended(_string(document, "title"), MAX_TITLE) or None,
        site_url=absolute(url, _string(document, "home_page_url")),
        language=language,
        entries=tuple(entries),
        hubs=_hubs(document, url),
        own_url=absolute(url, _string(document, "feed_url")),
        warning="; ".join(filter(None, (damage, cut))) or None,
    )


def _entry(item: Mapping[str, Any], *, url: str, language: str | None, authors: list[str]) -> Entry:
    link = absolute(url, _string(item, "url")) or absolute(url, _string(item, "external_url"))
    tags = item.get("tags")
    return make_entry(
        base=url,
        guid=identifier(_string(item, "id")),
        guid_is_link=True,
        link=link,
        title=mended(_string(item, "title"), MAX_TITLE),
        summaries=[mended(_string(item, "summary"))],
        contents=[mended(_string(item, "content_html")), mended(_string(item, "content_text"))],
        others=(),
        authors=_authors(item) or authors,
        categories=[mended(tag, MAX_NAME) for tag in tags[:MAX_NAMES] if isinstance(tag, str)]
        if isinstance(tags, list)
        else (),
        published=parse_date(_string(item, "date_published")),
        updated=parse_date(_string(item, "date_modified")),
        language=language_tag(_string(item, "language")) or language,
    )


def _salvaged(text: str) -> dict[str, Any]:
    """What stands before the items of a damaged document, and the items before the damage."""
    start = _ITEMS.search(text)
    if start is None:
        return {"items": []}
    try:
        head = json.loads(text[: start.start()].rstrip().rstrip(",") + "}")
    except (ValueError, RecursionError):
        head = {}
    items: list[Any] = []
    place, decoder = start.end(), json.JSONDecoder()
    with suppress(ValueError, RecursionError):
        while len(items) <= MAX_ENTRIES and (gap := _GAP.match(text, place)):
            item, place = decoder.raw_decode(text, gap.end())
            items.append(item)
    salvaged: dict[str, Any] = {**head, "items": items}
    return salvaged


def _string(holder: Mapping[str, Any], key: str) -> str | None:
    """A value as text; numbers too, since ids are written as numbers by some."""
    value = holder.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 64 else None


def _authors(holder: Mapping[str, Any]) -> list[str]:
    """The names under authors (1.1) or author (1.0)."""
    given = holder.get("authors")
    people = given[:MAX_NAMES] if isinstance(given, list) else [holder.get("author")]
    return [person(_string(one, "name")) for one in people if isinstance(one, dict)]


def _hubs(document: Mapping[str, Any], url: str) -> tuple[str, ...]:
    hubs = document.get("hubs")
    named = [hub for hub in hubs[:MAX_NAMES] if isinstance(hub, dict)] if isinstance(hubs, list) else []
    of_ours = (hub for hub in named if str(hub.get("type", "")).lower() == "websub")
    return tuple(filter(None, (absolute(url, _string(hub, "url")) for hub in of_ours)))
