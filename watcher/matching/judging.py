"""What a poll found, or what a page gave, in; the same with its matches out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from html import escape

from watcher.matching.match import Matcher
from watcher.matching.text import display_text
from watcher.model import (
    Capture,
    Document,
    Entry,
    Extraction,
    Feed,
    Match,
    NoMatch,
    PollRecord,
    Read,
    Rejection,
    SeenEntry,
)

# What in the whole text undoes a match of the feed's words; that it has them in other places does not.
_AGAINST = frozenset({NoMatch.NEVER, NoMatch.IGNORED, NoMatch.LANGUAGE})
AT_ONCE = 10  # entries judged before the loop gets its turn: at most about 10 ms ...
CHARACTERS_AT_ONCE = 100_000  # ... for which they may not be longer than that together


def entry_document(entry: Entry, *, id_: str, feed: Feed, language: str | None, body: str | None = None) -> Document:
    """What is judged of an entry: its own words, or those of its page once that was read."""
    return Document(
        id=id_,
        title=entry.title,
        summary=entry.summary,
        body="\n\n".join(entry.content) if body is None else body,
        lang=entry.language or language,
        source=feed.name,
        author=", ".join(entry.authors) or None,
        url=entry.link,
        feed=(feed.name, *feed.spec.tags),
    )


async def judge_poll(matcher: Matcher, found: PollRecord, *, language: str | None) -> PollRecord:
    """What was found with its matches, and which of it is to be captured. language: the document's."""
    matches, rejections = {}, {}
    for documents in _portions(found, language):
        for document, untouched in zip(documents, matcher.untouched(documents), strict=True):
            if untouched:
                continue
            verdict = matcher.judge(document, why=True)
            if verdict.matches:
                matches[document.id] = verdict.matches
            if verdict.rejections:
                rejections[document.id] = verdict.rejections
        await asyncio.sleep(0)
    whole = found.feed.spec.read is Read.PAGE
    if matches or whole:
        # What stood in a feed at its baseline is fetched only if it matched: its other pages are old news.
        entries = tuple(
            replace(entry, capture=Capture.PENDING) if (whole and entry.alertable) or entry.id in matches else entry
            for entry in found.entries
        )
        found = replace(found, entries=entries)
    return replace(found, matches=matches, rejections=rejections)


def _portions(found: PollRecord, language: str | None) -> Iterator[list[Document]]:
    """The entries as documents, no more of them at once than can be judged without holding the loop."""
    some: list[Document] = []
    room = CHARACTERS_AT_ONCE
    for entry in found.entries:
        document = entry_document(entry.entry, id_=entry.id, feed=found.feed, language=language)
        length = len(document.title) + len(document.summary) + len(document.body)
        if some and (len(some) == AT_ONCE or length > room):
            yield some
            some, room = [], CHARACTERS_AT_ONCE
        some.append(document)
        room -= length
    if some:
        yield some


def judge_story(
    matcher: Matcher, entry: SeenEntry, feed: Feed, found: tuple[Match, ...], extraction: Extraction
) -> tuple[tuple[Match, ...], tuple[Rejection, ...]]:
    """The matches in the whole text. found: what the feed's words gave; it counts unless the text is against it."""
    document = entry_document(
        entry.entry, id_=entry.id, feed=feed, language=extraction.language, body=_as_field(extraction.text)
    )
    document = replace(
        document,
        title=_as_field(extraction.title) or document.title,  # the headline that is kept: hits are places in it
        summary=_with_standfirst(document.summary, extraction),
    )
    verdict = matcher.judge(document, why=True)
    judged = {match.watch for match in verdict.matches}
    judged |= {one.watch for one in verdict.rejections if one.reason in _AGAINST}
    kept = tuple(match for match in found if match.watch not in judged)
    refused = tuple(one for one in verdict.rejections if one.reason is not NoMatch.QUERY)
    return (*verdict.matches, *kept), refused


def _as_field(text: str) -> str:
    """Plain text as a field of which the display text is the same: a field may hold HTML, escaped even twice."""
    return escape(escape(text, quote=False), quote=False) if "<" in text or "&" in text else text


def _with_standfirst(summary: str, extraction: Extraction) -> str:
    """The feed's summary, and behind it the standfirst that is to be seen on the page and in no other field."""
    lede = extraction.lede if extraction.sources.get("lede") == "standfirst" else ""
    if not lede or lede in extraction.text or lede in display_text(summary):
        return summary
    return f"{summary}\n\n{escape(lede, quote=False)}" if summary else _as_field(lede)
