"""An entry, and what its page gave -> the story in the feed's own words, or the page's with what the feed adds to it.

Apart from the reading of pages, whose libraries take a second to load: the flow needs these words, workers read pages.
"""

from __future__ import annotations

from dataclasses import replace

from lxml import etree, html

from watcher.model import Entry, Extraction, Problem
from watcher.stories.blocks import Block, Kind, blocks_of, markdown

_OWN_HEAD = (Problem.PAYWALL, Problem.SCRIPT_ONLY)  # pages without the text whose head is the article's all the same


def from_entry(entry: Entry, *, url: str, problem: Problem) -> Extraction:
    """The feed's own words as a story, when its page could not be had. url: the entry's address."""
    contents = [_display(text) for text in (*entry.content, entry.summary)]
    text = max(contents, key=len, default="")
    summary = _display(entry.summary).replace("\n\n", " ")
    return Extraction(
        url=url,
        title=_display(entry.title).replace("\n\n", " "),
        authors=entry.authors,
        published=entry.published or entry.updated,
        modified=entry.updated if entry.published else None,
        language=(entry.language or "").lower().replace("_", "-").partition("-")[0] or None,
        lede=summary,
        text=text if text.replace("\n\n", " ") != summary else "",
        extracted_by="feed",
        sources=dict.fromkeys(("title", "authors", "published", "lede", "text"), "feed"),
        problem=problem,
    )


def merged(page: Extraction, entry: Entry) -> Extraction:
    """The page's story, with the feed's words wherever the page has none, or is not the story at all."""
    feed = from_entry(entry, url=page.url, problem=page.problem or Problem.EMPTY)
    stranger = page.problem is not None and not page.text
    taken = {
        name: getattr(feed, name)
        for name in ("title", "authors", "published", "modified", "lede", "language")
        if getattr(feed, name) and (stranger or not getattr(page, name))
    }
    if stranger:
        taken["text"] = feed.text
    if page.problem is not None and page.problem not in _OWN_HEAD:  # a front page, a consent wall: of many stories
        page = replace(page, url=entry.link or page.url, canonical_url=None)
    return replace(page, **taken, sources={**page.sources, **dict.fromkeys(taken, "feed")})


def parsed(source: str) -> html.HtmlElement | None:
    """The tree of a page or of a piece of one; None where there is nothing in it."""
    try:
        tree = html.document_fromstring(source)
    except (etree.ParserError, ValueError):  # nothing but white space and comments
        return None
    return tree if isinstance(tree, html.HtmlElement) else None


def _display(raw: str) -> str:
    """The paragraphs of a text that may be HTML, as plain text with a blank line between them."""
    if not raw.strip():
        return ""
    if "<" not in raw and "&" not in raw:
        return "\n\n".join(" ".join(part.split()) for part in raw.split("\n\n") if part.strip())
    tree = parsed(f"<div>{raw}</div>")
    blocks = blocks_of(tree) if tree is not None else ()
    return markdown([Block(kind=Kind.PARAGRAPH, text=block.text) for block in blocks])
