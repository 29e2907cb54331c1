"""Entries of a feed as it stands, and those seen before -> which are new, which are rewritten, which may alert.

An entry is known by its key: its guid, else the address of its page, else its words. Under its aliases it is known
again when the feed changes its guids: a guid that is the same address in another spelling, or the same page under the
same title. An entry that shares only a page or only a title with another is another entry (live blogs, "Morning
briefing") - unless most of what is new in a document does so at once: then it is the guids that changed (the flood).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from watcher.feeds.canonical import canonical_url, same_address
from watcher.markup import without_plain_tags
from watcher.model import Entry, Feed, FeedState, Known, SeenEntry

# a date further ahead is a mistake: time zones account for one day, embargoes for hours
LATEST: Final = timedelta(days=2)
FLOOD_ENTRIES: Final = 3  # fewer entries that look re-keyed can be chance
FLOOD_SHARE: Final = 0.6  # of the entries with unknown keys, that many known by page or title
HASH: Final = 40  # hex digits, 160 bits: no two alike ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """An entry with its names. aliases: "guid:", "url:" and "title:" names, as far as it has them, in this order."""

    key: str
    aliases: tuple[str, ...]
    text_hash: str
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What a document brought. entries: the new and the revised, in document order; revised: the ids of the latter.

    overlap: the share (0 to 1) of the document that was known; flood: most of its keys changed at once.
    """

    entries: tuple[SeenEntry, ...]
    revised: frozenset[str]
    seen_keys: tuple[str, ...]
    new: int
    overlap: float
    flood: bool

    @property
    def seen(self) -> int:
        """How many of its entries were seen before."""
        return len(self.seen_keys) - self.new


def keyed(entries: Sequence[Entry]) -> tuple[Keyed, ...]:
    """The entries with their keys; of two with one key the first. A guid that unlike entries share is no key.

    One that a broken document cut short is left out: half a guid would be another entry's.
    """
    entries = [entry for entry in entries if not entry.cut]
    pages = [canonical_url(entry.link) if entry.link else "" for entry in entries]
    titles = [" ".join(entry.title.split()).casefold() for entry in entries]
    shared = _shared(entries, pages, titles)
    found: dict[str, Keyed] = {}
    for entry, page, title in zip(entries, pages, titles, strict=True):
        words = text_hash(entry)
        if entry.guid and entry.guid not in shared:
            key = entry.guid
        elif page and page not in shared:
            key = "url:" + page
        else:
            key = "text:" + _hash(f"{title}\n{page}" if title else f"{words}\n{page}")
        if key not in found:
            guid = entry.guid if entry.guid not in shared else None
            found[key] = Keyed(key=key, aliases=_aliases(guid, key, page, title), text_hash=words, entry=entry)
    return tuple(found.values())


def text_hash(entry: Entry) -> str:
    """Of the words that an entry shows: other markup, or another order of texts, is no other text."""
    texts = {_letters(_bare(text) if "<" in text else text) for text in (entry.summary, *entry.content) if text}
    return hashlib.sha256(b"\n".join((_letters(entry.title), *sorted(texts)))).hexdigest()[:HASH]


def sort_out(
    *, feed: Feed, keyed: Sequence[Keyed], known: Mapping[str, Known], now: datetime, first_poll_alerts: timedelta
) -> Sorted:
    """What of a document is new. known: what the store knows under the keys and aliases of the document."""
    here = {known[one.key].entry_id for one in keyed if one.key in known}
    unknown = [one for one in keyed if one.key not in known]
    lookalikes = {one.key: match for one in unknown if (match := _lookalike(one, known, here))}
    flood = len(lookalikes) >= FLOOD_ENTRIES and len(lookalikes) >= FLOOD_SHARE * len(unknown)
    entries: list[SeenEntry] = []
    seen_keys: list[str] = []
    revised: set[str] = set()
    met: set[str] = set()
    for one in keyed:
        before = known.get(one.key) or _same(one, known, here)
        if before is not None and before.entry_id in met:
            continue  # the same entry twice in one document, under two of its names: the first counts
        adopted = None if before or not flood else lookalikes.get(one.key)
        if adopted is not None and adopted.entry_id not in met:
            before = adopted
        seen_keys.append(before.key if before else one.key)
        met.add(before.entry_id if before else one.key)
        if before is None:
            entries.append(_seen(one, feed, now, alertable=_may_alert(one.entry, feed, now, first_poll_alerts)))
        elif before.text_hash != one.text_hash or before is adopted:  # an adopted key tells next time: it is kept
            aliases = one.aliases if one.key == before.key else (*one.aliases, one.key)
            revision = replace(_seen(one, feed, now, alertable=True), key=before.key, aliases=aliases)
            entries.append(revision)
            revised.add(revision.id)
    new = len(entries) - len(revised)
    overlap = 1.0 - new / len(keyed) if keyed and feed.state is not FeedState.NEW else 1.0
    return Sorted(
        entries=tuple(entries),
        revised=frozenset(revised),
        seen_keys=tuple(dict.fromkeys(seen_keys)),
        new=new,
        overlap=overlap,
        flood=flood,
    )


def _shared(entries: Sequence[Entry], pages: Sequence[str], titles: Sequence[str]) -> set[str]:
    """Guids that stand for several entries with other pages and titles, and pages of several entries without guid."""
    first: dict[str, tuple[str, str]] = {}
    shared: set[str] = set()
    for entry, page, title in zip(entries, pages, titles, strict=True):
        if entry.guid:
            one_page, one_title = first.setdefault(entry.guid, (page, title))
            if page != one_page and title != one_title:
                shared.add(entry.guid)
    every = zip(entries, pages, titles, strict=True)
    loose = {(page, title) for entry, page, title in every if not entry.guid or entry.guid in shared}
    return shared | {page for page, count in Counter(page for page, _ in loose).items() if count > 1}


def _aliases(guid: str | None, key: str, page: str, title: str) -> tuple[str, ...]:
    names = []
    if guid and (address := same_address(guid)):
        names.append("guid:" + address)
    if page:
        names.append("url:" + page)
    if title:
        names.append("title:" + _hash(title))
    return tuple(name for name in names if name != key)


def _same(one: Keyed, known: Mapping[str, Known], here: set[str]) -> Known | None:
    """The known entry that this one is under another key: by its guid's address, or by page and title together.

    Not if that one stands in the document itself, with other words: then these are two posts of one page.
    """
    by = {name.partition(":")[0]: known[name] for name in (*one.aliases, one.key) if name in known}
    if "guid" in by:
        return by["guid"]
    page, title = by.get("url"), by.get("title")
    if page is None or title is None or page.entry_id != title.entry_id:
        return None
    return page if page.entry_id not in here or page.text_hash == one.text_hash else None


def _lookalike(one: Keyed, known: Mapping[str, Known], here: set[str]) -> Known | None:
    """A known entry with the page or the title of this one, which does not stand in the document under its own key."""
    matches = (known[name] for name in one.aliases if name in known)
    return next((match for match in matches if match.entry_id not in here), None)


def _seen(one: Keyed, feed: Feed, now: datetime, *, alertable: bool) -> SeenEntry:
    entry = one.entry
    if any(date and date > now + LATEST for date in (entry.published, entry.updated)):
        entry = replace(entry, published=_past(entry.published, now), updated=_past(entry.updated, now))
    return SeenEntry(
        key=one.key,
        aliases=one.aliases,
        text_hash=one.text_hash,
        feed_id=feed.id,
        entry=entry,
        first_seen=now,
        alertable=alertable,
    )


def _past(date: datetime | None, now: datetime) -> datetime | None:
    return date if date and date <= now + LATEST else None


def _may_alert(entry: Entry, feed: Feed, now: datetime, first_poll_alerts: timedelta) -> bool:
    """Whatever is new in a known feed; of a feed's baseline only what is dated shortly before."""
    if feed.state is not FeedState.NEW:
        return True
    date = _past(entry.published, now) or _past(entry.updated, now)
    return date is not None and date >= now - first_poll_alerts


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HASH]


def _bare(markup: str) -> str:
    """The letters of a text without its tags; white space may differ."""
    plain = without_plain_tags(markup)
    return _roughly_bare(markup) if plain is None else plain


def _roughly_bare(markup: str) -> str:
    """For tags that are not plain: the text is only compared with itself, and of plain tags nothing else remains."""
    head, *pieces = markup.split("<")
    return head + "".join([piece[piece.find(">") + 1 :] for piece in pieces])


def _letters(text: str) -> bytes:
    """A text without its white space, which is a third of the cost of joining words by single spaces."""
    return text.encode().translate(None, b" \t\r\n\f\v")


__all__ = ["Keyed", "Sorted", "canonical_url", "keyed", "sort_out", "text_hash"]
