"""An alert -> the Markdown that a person reads in its file: headline, site, day, why, excerpts, relation. Pure."""

from __future__ import annotations

import re
from collections import Counter
from datetime import time

from watcher.model import Alert, Hit, Problem, Relation
from watcher.model.watches import Field

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_PLACES = {Field.TITLE: "in the headline", Field.SUMMARY: "in the summary", Field.BODY: "in the text"}
_MAX_EXCERPTS = 12  # a person reads no more; the front matter has every hit
_RELATIONS = {
    Relation.FIRST: "The first report of this story.",
    Relation.COPY: "The same text as a story that is known already.",
    Relation.REVISION: "A story that was told before, rewritten.",
    Relation.FOLLOW_UP: "A follow-up to a story that is known already.",
}
_PROBLEMS = {
    Problem.PAYWALL: "The page is behind a paywall; only its beginning is kept.",
    Problem.CONSENT: "The page asks for consent first; the feed's own words are kept.",
    Problem.NOT_AN_ARTICLE: "The page is not an article; what is kept may not be the story.",
    Problem.EMPTY: "No story was found on the page; the feed's own words are kept.",
    Problem.SCRIPT_ONLY: "The page is made by scripts and cannot be read; the feed's own words are kept.",
    Problem.SOFT_404: "The page says that the story is not there; the feed's own words are kept.",
    Problem.UNREACHABLE: "The page could not be fetched; the feed's own words are kept.",
    Problem.NOT_FETCHED: "The page was not fetched; the feed's own words are kept.",
}


def alert_text(alert: Alert) -> str:
    """The readable part of an alert's file; nothing that a feed or page wrote can act as Markdown or HTML in it."""
    page = alert.story.extraction
    blocks = [f"# [{escape(page.title) or '(no headline)'}](<{_address(page.canonical_url or page.url)}>)"]
    told = [escape(page.site or alert.story.feed)]
    if page.published:
        told.append(
            f"{page.published:%Y-%m-%d %H:%M} UTC" if page.published.time() != time() else f"{page.published:%Y-%m-%d}"
        )
    if page.authors:
        told.append(escape(", ".join(page.authors)))
    blocks.append(" · ".join(part for part in told if part))
    blocks.append(f"**{escape(alert.watch)}**: {_where(alert)}.")
    blocks.extend(dict.fromkeys(f"> {marked(hit)}" for hit in alert.hits[:_MAX_EXCERPTS]))
    blocks.append(_relation(alert))
    if page.problem:
        blocks.append(_PROBLEMS[page.problem])
    blocks.append(f"Kept at [{alert.story.path}](<../../../../{_address(alert.story.path)}>)")
    return "\n\n".join(blocks)


def marked(hit: Hit) -> str:
    """The excerpt as one line of Markdown with the hit in bold."""
    excerpt = " ".join(hit.excerpt.split()) or hit.text
    before, found, after = excerpt.partition(" ".join(hit.text.split()))
    return f"{_escaped(before)}**{_escaped(found)}**{_escaped(after)}" if found else _escaped(excerpt)


def escape(text: str) -> str:
    """Text that stands for itself in Markdown, on one line."""
    return _escaped(" ".join(text.split()))


def _escaped(line: str) -> str:
    return _SPECIAL.sub(r"\\\1", line)


def _address(url: str) -> str:
    """A link's target between < and >: nothing that would end it."""
    return "".join(f"%{ord(c):02X}" if c in "<> \\\n\r\t" else c for c in url)


def _where(alert: Alert) -> str:
    hits = alert.hits
    counts = Counter(hit.field for hit in hits)
    places = [
        place + (f", {counts[field]} times" if counts[field] > 1 else "")
        for field, place in _PLACES.items()
        if counts[field]
    ]
    terms = ", ".join(f"“{escape(term)}”" for term in dict.fromkeys(hit.term for hit in hits))
    beside = ", ".join(f"“{escape(term)}”" for term in alert.beside)
    return f"{'; '.join(places)} ({terms})" + (f", beside {beside}" if beside else "") if places else "found"


def _relation(alert: Alert) -> str:
    grouping = alert.story.grouping
    told = [_RELATIONS[alert.reason], escape(grouping.reason)]
    if alert.copies:
        told.append(f"Also at: {escape(', '.join(alert.copies))}.")
    return " ".join(part for part in told if part)
