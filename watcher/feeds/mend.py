"""A document that is damaged in one of the usual ways -> the same, well-formed, so that the fast reader can take it.

The usual ways: rubbish before or after the feed, bare ampersands, HTML's entities, characters that XML does not know,
prefixes that nobody declared, a few damaged bytes. They are most of what makes a strict parser refuse one feed in
sixteen, and each costs feedparser thirty times what it costs here. Tags in disorder stay for feedparser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import name2codepoint
from typing import Final

from watcher.feeds.fields import BREAKS, CONTROLS
from watcher.feeds.prolog import as_utf8, bare, is_wide, looks_like_feed, mostly_utf8

_REFERENCE: Final = re.compile(rb"&(?:#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}))|([A-Za-z][A-Za-z0-9]{0,31}));|&")
_OPEN, _CLOSE = b"<![CDATA[", b"]]>"
_OWN: Final = frozenset((b"lt", b"gt", b"amp", b"quot", b"apos"))  # XML's own entities
_ROOT_TAG: Final = re.compile(rb"<[A-Za-z][\w.:-]{0,60}(?=[\s>/])")
_NAMESPACES: Final = {
    b"dc": b"http://purl.org/dc/elements/1.1/",
    b"content": b"http://purl.org/rss/1.0/modules/content/",
    b"media": b"http://search.yahoo.com/mrss/",
    b"itunes": b"http://www.itunes.com/dtds/podcast-1.0.dtd",
    b"atom": b"http://www.w3.org/2005/Atom",
    b"sy": b"http://purl.org/rss/1.0/modules/syndication/",
    b"dcterms": b"http://purl.org/dc/terms/",
    b"rdf": b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    b"slash": b"http://purl.org/rss/1.0/modules/slash/",
    b"wfw": b"http://wellformedweb.org/CommentAPI/",
    b"georss": b"http://www.georss.org/georss",
    b"geo": b"http://www.w3.org/2003/01/geo/wgs84_pos#",
    b"feedburner": b"http://rssnamespace.org/feedburner/ext/1.0",
    b"thr": b"http://purl.org/syndication/thread/1.0",
}


def mend(body: bytes, content_type: str) -> bytes | None:
    """The document mended; None for one that is no feed, or in no encoding that is certain. Costs are linear."""
    if is_wide(body) or not looks_like_feed(body):
        return None
    body = as_utf8(bare(mostly_utf8(as_utf8(body, content_type))), "")
    return _declared(outside_cdata(body.translate(BREAKS, CONTROLS), mended_references))


def outside_cdata(body: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The document with a change made everywhere but in its CDATA sections, where "&" is an ampersand."""
    if _OPEN not in body:
        return change(body)
    parts, place = [], 0
    while (start := body.find(_OPEN, place)) >= 0 and (end := body.find(_CLOSE, start)) >= 0:
        parts += [change(body[place:start]), body[start : end + len(_CLOSE)]]
        place = end + len(_CLOSE)
    return b"".join((*parts, change(body[place:])))


def mended_references(text: bytes) -> bytes:
    """The text with every ampersand the start of a reference that XML knows."""
    return _REFERENCE.sub(_mended_reference, text) if b"&" in text else text


def _mended_reference(found: re.Match[bytes]) -> bytes:
    """A reference that XML knows; the same character for one of HTML's; an escaped ampersand for all else."""
    hexadecimal, decimal, name = found.groups()
    if name:
        code = name2codepoint.get(name.decode())
        return found[0] if name in _OWN else (b"&#%d;" % code if code else b"&amp;" + found[0][1:])
    if hexadecimal or decimal:
        number = int(hexadecimal, 16) if hexadecimal else int(decimal)
        return b"&#%d;" % number if is_character(number) else b""
    return b"&amp;"


def is_character(code: int) -> bool:
    """Whether XML allows a reference to this code point."""
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000


def _declared(body: bytes) -> bytes:
    """The document with the well-known prefixes declared that it uses and does not declare."""
    missing = [
        b' xmlns:%s="%s"' % (prefix, uri)
        for prefix, uri in _NAMESPACES.items()
        if b"<" + prefix + b":" in body and b"xmlns:" + prefix not in body
    ]
    root = _ROOT_TAG.search(body) if missing else None
    return body[: root.end()] + b"".join(missing) + body[root.end() :] if root else body


__all__ = ["is_character", "mend", "mended_references", "outside_cdata"]
