"""Raw words of a feed document -> the fields of an Entry: trimmed, mended, made absolute, within their limits.

Both readers (fast and slow) and the JSON one end here, so that the same entry looks the same whoever read it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from watcher.model import Entry

# Limits of one document and of one field; real feeds stay far below (archives of podcasts have some 3,000 entries).
MAX_ENTRIES: Final = 20_000
MAX_TITLE: Final = 4_000
MAX_TEXT: Final = 500_000
MAX_CONTENTS: Final = 20
MAX_NAMES: Final = 100  # authors, or categories, of one entry
MAX_NAME: Final = 500
MAX_ID: Final = 2_000
MAX_URL: Final = 8_000

_LINK_SCHEMES: Final = frozenset(("", "http", "https", "ftp"))  # "": relative, where the base is not known
# Controls are left out, but those that end a line or a page stand between words.
CONTROLS: Final = bytes(code for code in range(32) if code not in (9, 10, 11, 12, 13))
BREAKS: Final = bytes.maketrans(b"\x0b\x0c", b"  ")
_SHORT: Final = 200  # characters up to which looking at each is cheaper than encoding
_C1: Final = re.compile(r"[\x80-\x9f]")
_C1_LEAD: Final = b"\xc2"  # the first byte of each of them in UTF-8
# What Windows wrote into pages that said they were Latin-1; the five holes of the code page stay as they are.
_WINDOWS_1252: Final = {code: bytes((code,)).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_TOO_MANY_SLASHES: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)/+")


class TooManyError(Exception):
    """The document has more entries than whoever asked has time for."""


def mended(text: str | None, limit: int = MAX_TEXT) -> str:
    """The text without white space around it, controls, lone surrogates, and UTF-8 that was encoded twice."""
    text = mended_xml(text, limit)
    if len(text) < _SHORT and text.isascii() and text.isprintable():
        return text
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, as JSON can write it
        raw = text.encode("utf-8", "ignore")
        text = raw.decode()
    sound = raw.translate(BREAKS, CONTROLS)  # on bytes: a tenth of what a pattern costs on text
    return text if sound == raw else sound.decode()


def mended_xml(text: str | None, limit: int = MAX_TEXT) -> str:
    """The same for text from a strict XML parser, which lets no control and no surrogate pass."""
    if not text:
        return ""
    text = text.strip()
    if len(text) > limit:
        text = text[:limit]
    if text.isascii():
        return text
    text = _encoded_once(text)
    if _C1_LEAD not in text.encode("utf-8", "surrogatepass"):  # a fifth of what the pattern costs
        return text
    return text.translate(_WINDOWS_1252) if _C1.search(text) else text


def _encoded_once(text: str) -> str:
    """UTF-8 that was taken for Latin-1 and encoded once more, as it was; other text as it is."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def absolute(base: str, url: str | None) -> str | None:
    """The address that a reference means, seen from `base`; None where it is none that can be followed."""
    url = mended(url, MAX_URL + 1)
    if not url or len(url) > MAX_URL:
        return None
    if "&" in url:
        url = url.replace("&amp;", "&")  # escaped twice
    if "//" in url[:12]:
        url = _TOO_MANY_SLASHES.sub(r"\1", url)
    if url.startswith(("https://", "http://")) and url.isprintable() and "[" not in url:
        return url
    try:
        joined = urljoin(base, url)
        return joined if urlsplit(joined).scheme in _LINK_SCHEMES else None
    except ValueError:  # an unclosed bracket in the host
        return None


def joined_base(base: str, inner: str | None) -> str:
    """The base inside an element that says xml:base; a base that cannot be followed changes nothing."""
    if not inner:
        return base
    return absolute(base, inner) or base


def guid_as_link(base: str, guid: str) -> str | None:
    """The link of an entry that has only a guid: a guid is one if it looks like an address."""
    return absolute(base, guid) if "://" in guid[:12] or guid.startswith(("/", "?", "./", "../")) else None


def identifier(text: str | None) -> str | None:
    """A guid within its limit; a longer one keeps its difference from others in a hash at its end."""
    text = mended(text)
    if len(text) > MAX_ID:
        text = text[: MAX_ID - 65] + "#" + hashlib.sha256(text.encode()).hexdigest()
    return text or None


def person(text: str | None) -> str:
    """The name in "mail@host (Name)", "Name (mail@host)" or "Name <mail@host>"; other words as they are."""
    text = " ".join(mended(text, MAX_NAME).split())
    if "@" not in text or text[-1] not in ")>":
        return text
    before, _, inside = text[:-1].rpartition("(" if text[-1] == ")" else "<")
    name = before if "@" in inside else inside
    return name.strip() or text


def distinct(names: Iterable[str], limit: int = MAX_NAMES) -> tuple[str, ...]:
    """The names in their order, each once, no empty one, at most `limit`."""
    return tuple(dict.fromkeys(name for name in names if name))[:limit]


def language_tag(text: str | None) -> str | None:
    """A language as BCP 47 writes it (en-GB for en_GB); None for what is no language tag."""
    tag = mended(text, 40).replace("_", "-")
    return tag if tag and all(part.isalnum() and part.isascii() for part in tag.split("-")) else None


def texts(summaries: Sequence[str], contents: Sequence[str], others: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Summary and contents of an entry from all that it says of itself, each text once.

    summaries: what is meant as one, best first; contents: whole texts; others: captions and the like, which are only
    searched, and are the summary only where there is nothing else.
    """
    given = [text for text in summaries if text]
    if not given and not any(contents):
        given, others = [text for text in others if text], ()
    rest = dict.fromkeys(text for text in (*contents, *given[1:], *others) if text)
    if given:
        rest.pop(given[0], None)
    return (given[0] if given else ""), tuple(rest)[:MAX_CONTENTS]


def make_entry(
    *,
    base: str,
    guid: str | None,
    guid_is_link: bool,
    link: str | None,
    other_link: str | None = None,
    title: str,
    summaries: Sequence[str],
    contents: Sequence[str],
    others: Sequence[str],
    authors: Sequence[str],
    categories: Sequence[str],
    published: datetime | None,
    updated: datetime | None,
    language: str | None,
) -> Entry:
    """An Entry of what one reader found. Links: already absolute; texts: already mended.

    other_link: to the story in another form than a page, for an entry with no page of its own.
    """
    summary, content = texts(summaries, contents, others)
    if link is None and guid and guid_is_link:
        link = guid_as_link(base, guid)
    return Entry(
        guid=guid,
        link=link or other_link,
        title=title,
        summary=summary,
        content=content,
        authors=distinct(authors) if authors else (),
        categories=distinct(categories) if categories else (),
        published=published,
        updated=updated,
        language=language,
    )


def is_cut(entry: Entry) -> bool:
    """Whether a part of the entry is as long as it may be, so that more of it was most likely left out."""
    return (
        len(entry.title) >= MAX_TITLE
        or len(entry.summary) >= MAX_TEXT
        or len(entry.content) >= MAX_CONTENTS
        or len(entry.authors) >= MAX_NAMES
        or len(entry.categories) >= MAX_NAMES
        or any(len(text) >= MAX_TEXT for text in entry.content)
    )
