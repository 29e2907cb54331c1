"""Any feed bytes, damaged ones too -> ParsedFeed, by feedparser; a named problem where nothing can be read.

What feedparser spends most of its time on (cleaning HTML, rewriting addresses in it) is switched off: texts are made
safe where they are shown. A document may cost seconds here: run it where it can be stopped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from watcher.feeds.dates import from_tuple
from watcher.feeds.fields import (
    MAX_ENTRIES,
    MAX_NAME,
    MAX_NAMES,
    MAX_TITLE,
    absolute,
    guid_as_link,
    identifier,
    language_tag,
    make_entry,
    mended,
    person,
)
from watcher.feeds.mend import is_character
from watcher.feeds.names import ALTERNATE
from watcher.feeds.prolog import bare, breaks_off_in_entry, is_wide, looks_like_feed, mostly_utf8
from watcher.feeds.tamed import parse_tamed
from watcher.feeds.wishes import asked_pause, skips_in
from watcher.model import Entry, ParsedFeed

_CHARACTER: Final = re.compile(rb"&#(?:x([0-9a-fA-F]{1,12})|([0-9]{1,12}));")
_DECLARATION: Final = re.compile(rb"^\s{0,99}<\?xml[^>]{0,300}\?>")
_HTML: Final = re.compile(rb"<(?:!doctype\s{1,9}html|html|head|body|meta|script|div|p)\b", re.IGNORECASE)


def parse_any(body: bytes, *, url: str, content_type: str) -> ParsedFeed:
    """The feed in these bytes as far as feedparser can read it. Raises nothing but MemoryError."""
    if not is_wide(body):
        if not looks_like_feed(body):
            return ParsedFeed(problem=_what_it_is(body))
        body = bare(mostly_utf8(body))
    try:
        result = parse_tamed(body, content_type)
    except MemoryError:  # for who keeps the limit to tell
        raise
    except Exception:  # noqa: BLE001 - feedparser lets through whatever its helpers raise on damaged input
        try:
            result = parse_tamed(_as_plain_utf8(body), "")
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - as above; the second failure is told
            return ParsedFeed(problem=f"feedparser cannot read it: {type(error).__name__}: {error}"[:200])
    return _to_feed(result, body, url)


def _as_plain_utf8(body: bytes) -> bytes:
    """The document as UTF-8 without references to characters that do not exist."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("cp1252", "replace")
    return _CHARACTER.sub(_real_character, _DECLARATION.sub(b"", text.encode("utf-8", "replace")))


def _real_character(reference: re.Match[bytes]) -> bytes:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if is_character(code) else b""


def _what_it_is(body: bytes) -> str:
    if not body.strip():
        return "the answer is empty"
    page = _HTML.search(body, 0, 100_000)  # bytes: a page says so early
    return "an HTML page, not a feed" if page else "not a feed: no RSS, Atom or JSON Feed in it"


def _to_feed(result: Mapping[str, Any], body: bytes, url: str) -> ParsedFeed:
    feed, entries = result["feed"], result["entries"]
    damage = result.get("bozo_exception") if hasattr(result.get("bozo_exception"), "getLineNumber") else None
    told = f"damaged XML: {damage}"[:200] if damage else None
    if not entries and (told or not result.get("version")):
        return ParsedFeed(problem=told or _what_it_is(body))
    language = language_tag(feed.get("language"))
    atom = str(result.get("version", "")).startswith("atom")
    own = _people(feed) if atom else []
    cut = f"only the first {MAX_ENTRIES} of {len(entries)} entries were read" if len(entries) > MAX_ENTRIES else None
    read = [_entry(entry, url=url, language=language, authors=own, atom=atom) for entry in entries[:MAX_ENTRIES]]
    if told and breaks_off_in_entry(body):
        read[-1] = replace(read[-1], cut=True)
    skip_hours, skip_days = skips_in(body)
    return ParsedFeed(
        title=mended(feed.get("title"), MAX_TITLE) or None,
        site_url=absolute(url, feed.get("link")),
        language=language,
        entries=tuple(read),
        ttl=asked_pause(
            ttl=feed.get("ttl"),
            period=feed.get("sy_updateperiod"),
            frequency=feed.get("sy_updatefrequency"),
            generator=feed.get("generator"),
        ),
        skip_hours=skip_hours,
        skip_days=skip_days,
        moved_to=absolute(url, feed.get("itunes_new-feed-url")),
        hubs=_named(feed, url, "hub"),
        own_url=next(iter(_named(feed, url, "self")), None),
        warning="; ".join(filter(None, (told, cut))) or None,
    )


def _named(feed: Mapping[str, Any], url: str, rel: str) -> tuple[str, ...]:
    """Where the feed's links of this relation lead."""
    links = (one for one in feed.get("links", ()) if rel in str(one.get("rel", "")).lower().split())
    return tuple(filter(None, (absolute(url, one.get("href")) for one in links)))


def _entry(entry: dict[str, Any], *, url: str, language: str | None, authors: list[str], atom: bool) -> Entry:
    guid, link = identifier(entry.get("id")), entry.get("link")
    if link and link == entry.get("id") and entry.get("guidislink"):
        link = guid_as_link(url, link)  # feedparser takes any guid for an address
    others = (one.get("href") for one in entry.get("links", ()) if one.get("rel") in ("alternate", ALTERNATE))
    published = entry.get("published_parsed") or entry.get("created_parsed")
    updated = dict.get(entry, "updated_parsed")  # past feedparser, which would put `published` for it
    return make_entry(
        base=url,
        guid=guid,
        guid_is_link=False,
        link=absolute(url, link),
        other_link=next((found for one in others if (found := absolute(url, one))), None),
        title=mended(entry.get("title"), MAX_TITLE),
        summaries=[mended(entry.get("summary"))],
        contents=[mended(one.get("value")) for one in entry.get("content", ())],
        others=(),
        authors=_people(entry) or authors,
        categories=[mended(tag.get("term"), MAX_NAME) for tag in entry.get("tags", ())[:MAX_NAMES]],
        published=from_tuple(published) or (None if atom else from_tuple(updated)),
        updated=from_tuple(updated),
        language=language_tag(entry.get("language")) or language,
    )


def _people(holder: Mapping[str, Any]) -> list[str]:
    """Names, or addresses where there is no name."""
    found = [person(one.get("name")) or person(one.get("email")) for one in holder.get("authors", ())[:MAX_NAMES]]
    return [name for name in found if name] or [name for name in (person(holder.get("author")),) if name]
