"""What was read of a short page, and the page -> whether it is all that the page has to say. Pure.

An agency's flash, a brief, a note: their length says nothing. What says that they are whole is that the page has no
other prose of its own, and that nothing on it speaks of a wall, of a question, or of something that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import html

from watcher.stories.asides import Aside
from watcher.stories.blocks import SKIPPED, Block, Kind, agreement, blocks_of, shingles, words
from watcher.stories.furniture import boxed
from watcher.stories.metadata import Metadata
from watcher.stories.phrases import (
    BARRIER,
    BARRIER_HEADLINE,
    CONSENT,
    NEEDS_SCRIPT,
    NO_PAGE,
    NOT_FOUND,
    PAYWALL,
)
from watcher.stories.phrases_gone import GONE, GONE_HEADLINE

# The headline is no prose, and these hold the site's words and not the page's.
_FURNITURE = SKIPPED | {"aside", "header", "h1", "head"}
# Some systems for making sites put a whole page into a form, which is furniture otherwise.
_NAMED = "//main | //*[@role='main'] | //*[@itemprop='articleBody'] | //form[.//h1]"
_LEAST = 8  # words: two short sentences; labels, dates and bylines that are left of a removed story have fewer
_SENTENCE_WORDS = 4  # a line of so many words with a stop at its end is a sentence and no label
_LABEL = 60  # characters: a shorter line without a stop at its end is a label, a caption or a link
_SENTENCE = re.compile(r"[.!?…。！？।۔؟][\"'”’»“)\]]*$")
_MOST = 0.6  # agreement with all that is in its place: two lines of labels and links beside two sentences are borne
_SPOKEN = 0.35  # share of the headline's words in the text that bears out that they belong together
_STRANGE = 0.3  # under it they do not
_FIRM = 0.5  # at it a headline that sounds like a dead end is told of by its text
_CONSENTING, _CONSENT_SHARE = 2, 12  # so many words of consent, one in twelve: a notice and no story
_LINK_SHARE = 0.6
_OPENING = 300  # characters within which a page says that the story is gone
_QUOTING = 30  # words: a note in a story's place has fewer
_MAX_PLACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """How much of what is in sight outside the furniture the text is (0 to 1).

    placed: in the article, main part or articleBody that has most of it; paged: on the whole page.
    """

    placed: float = 0.0
    paged: float = 0.0


def alone(blocks: Sequence[Block], tree: html.HtmlElement) -> Alone:
    """Measures the text against the tree of the page, from which no card was taken: a list of stories is no story."""
    read = shingles(blocks)
    placed = [agreement(read, shingles(own(place))) for place in _places(tree)]
    return Alone(placed=max(placed, default=0.0), paged=agreement(read, shingles(own(tree))))


def own(place: html.HtmlElement) -> tuple[Block, ...]:
    """All blocks of an element outside the furniture, links and labels included."""
    return blocks_of(place, skipped=_FURNITURE)


def leavings(tree: html.HtmlElement) -> tuple[Block, ...]:
    """The sentences of the page's article, or main part, or body: for a page in which no reader found one."""
    for place in (*_places(tree), tree):
        lines = [block for block in own(place) if block.kind is not Kind.HEADING and is_sentence(block)]
        if lines:
            return tuple(lines)
    return ()


def sentences(blocks: Sequence[Block], beside: Sequence[Aside]) -> tuple[Block, ...]:
    """The blocks without labels, links and boxes: among so few sentences a line of furniture is a good part of them.

    A box that holds all the sentences is the story, named by mistake.
    """
    kept = tuple(block for block in blocks if not _is_label(block))
    boxes = boxed(beside)
    outside = tuple(block for block in kept if block.text not in boxes)
    return outside if _told(outside) >= _LEAST else kept


def _is_label(block: Block) -> bool:
    if block.linked > _LINK_SHARE * len(block.text):
        return True
    return block.kind is Kind.PARAGRAPH and not _is_prose(block.text)


def _is_prose(text: str) -> bool:
    return bool(_SENTENCE.search(text)) or len(text) >= _LABEL


def _told(blocks: Sequence[Block]) -> int:
    return sum(len(words(block.text)) for block in blocks if block.kind is not Kind.HEADING)


def _places(tree: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Of several articles only those with the page's headline: the others are cards and comments."""
    articles = tree.xpath("//article[not(ancestor::article)]")
    yield from (place for place in articles[:_MAX_PLACES] if len(articles) == 1 or place.xpath(".//h1"))
    yield from tree.xpath(_NAMED)[:_MAX_PLACES]


def is_whole(
    blocks: Sequence[Block],
    meta: Metadata,
    where: Alone,
    *,
    told: int,
    title_share: float | None,
    description_share: float | None,
    scripted: bool,
    headlines: Sequence[str],
) -> bool:
    """Whether a text is the page's story, however short.

    told: its words that count; title_share, description_share: as in honesty.Signals; scripted: whether scripts could
    bring more; headlines: the page's titles and h1.
    """
    lines = [block for block in blocks if not _is_label(block)]
    if meta.article_types:  # what somebody posted is shown inside a story, and is not the story of a newspaper
        lines = [block for block in lines if block.kind is not Kind.QUOTE]
    prose = any(is_sentence(block) for block in lines if block.kind is not Kind.ITEM)  # a list alone is of links
    if min(told, _told(lines)) < _LEAST or not prose:
        return False
    if max(where.placed, where.paged) < _MOST:
        return False
    if scripted and where.placed < _MOST and (title_share or 0) < _SPOKEN:
        return False
    shares = [share for share in (title_share, description_share) if share is not None]
    if shares and max(shares) < _STRANGE and (scripted or meta.description):
        return False
    text = " ".join(block.text for block in blocks)
    return not _is_dead_end(text, headlines, meta, firm=(title_share or 0) >= _FIRM)


def is_sentence(block: Block) -> bool:
    """Whether a block is prose: some words with a stop at their end, or many, and not mostly links."""
    return len(words(block.text)) >= _SENTENCE_WORDS and not _is_label(block) and _is_prose(block.text)


def says_gone(text: str, headlines: Sequence[str], meta: Metadata) -> bool:
    """Whether a page of few words tells its reader that the story which was asked for is gone.

    In the text of a dated article of some length it is quoted: "The page you are looking for … is a line read often".
    """
    if any(GONE_HEADLINE.search(line) or GONE.search(line) for line in headlines if len(line) <= _OPENING):
        return True
    return not _quotes(text, meta) and bool(GONE.search(text[:_OPENING]))


def _quotes(text: str, meta: Metadata) -> bool:
    return is_dated(meta) and len(words(text)) >= _QUOTING


def is_dated(meta: Metadata) -> bool:
    """Whether the page says that it is an article and of when, which the page in its place does not."""
    return bool(meta.article_types) and meta.published is not None


def _is_dead_end(text: str, headlines: Sequence[str], meta: Metadata, *, firm: bool) -> bool:
    """Whether the page speaks of itself. firm: the text speaks of what the headline says, be it a dead end or not."""
    if text.endswith(("…", "...", "[…]", "[...]")):
        return True
    if any(pattern.search(text) for pattern in (BARRIER, NEEDS_SCRIPT, PAYWALL)):
        return True
    quotes = _quotes(text, meta)
    if not quotes and NO_PAGE.search(text):
        return True
    if says_gone(text, headlines, meta) or any(
        BARRIER_HEADLINE.search(line) or NO_PAGE.search(line) for line in headlines
    ):
        return True
    if firm or quotes:
        return False
    consenting = len(CONSENT.findall(text))
    asks = consenting >= _CONSENTING and consenting * _CONSENT_SHARE >= len(words(text))
    return asks or any(NOT_FOUND.search(line) for line in (text, *headlines))
