"""An entry and what its page gave in, the document to judge out; and the matches of the whole story."""

from __future__ import annotations

from watcher.matching.match import Matcher
from watcher.model import Document, Entry, Extraction, Feed, Match, NoMatch, Rejection, SeenEntry


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
