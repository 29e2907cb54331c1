"""What a poll found, or what a page gave, in; the same with its matches out."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from watcher.matching.match import Matcher
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

AT_ONCE = 10  # entries judged before the loop gets its turn: at most about 10 ms


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
    entries, matches, rejections = [], {}, {}
    for number, entry in enumerate(found.entries):
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
        id_ = entry.id
        document = entry_document(entry.entry, id_=id_, feed=found.feed, language=language)
        verdict = matcher.judge(document, why=True)
        if verdict.matches:
            matches[id_] = verdict.matches
        if verdict.rejections:
            rejections[id_] = verdict.rejections
        # What stood in a feed at its baseline is fetched only if it matched: its other pages are old news.
        wanted = bool(verdict.matches) or (found.feed.spec.read is Read.PAGE and entry.alertable)
        entries.append(replace(entry, capture=Capture.PENDING) if wanted else entry)
    return replace(found, entries=tuple(entries), matches=matches, rejections=rejections)


def judge_story(
    matcher: Matcher, entry: SeenEntry, feed: Feed, found: tuple[Match, ...], extraction: Extraction
) -> tuple[tuple[Match, ...], tuple[Rejection, ...]]:
    """The matches in the whole text. found: what the feed's words gave; it counts unless the text is against it."""
    document = entry_document(entry.entry, id_=entry.id, feed=feed, language=extraction.language, body=extraction.text)
    verdict = matcher.judge(document, why=True)
    judged = {match.watch for match in verdict.matches} | {one.watch for one in verdict.rejections}
    kept = tuple(match for match in found if match.watch not in judged)
    refused = tuple(one for one in verdict.rejections if one.reason is not NoMatch.QUERY)
    return (*verdict.matches, *kept), refused
