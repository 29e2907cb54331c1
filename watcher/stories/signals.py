"""What was read of a page -> signals of whether it is the story, and whether they say together that it is not. Pure.

Five signals tell a page whose story is missing: its length, its long paragraphs, the words it shares with the headline
and with the description, and the agreement of the readers. Each alone errs, so each gives a part of a sum. They are
taken of what tells the story: what stands beside it or speaks for the publisher is set aside before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import html

from watcher.stories.blocks import Block, Kind, agreement, shingles, squash, words
from watcher.stories.furniture import is_teaser
from watcher.stories.metadata import Metadata
from watcher.stories.short import Alone, alone, is_sentence
from watcher.stories.telling import is_dense, share, stem, stems, telling
from watcher.stories.voices import Beside
from watcher.stories.vote import ENOUGH

CUT = 260  # words: what a paywall leaves to be read is under this on nearly all sites
STANDFIRST = 0.8  # agreement with the description at which a paragraph is the standfirst, which is no part of the text
TITLE_STRANGE = 0.2  # share of the headline's words under which a text is of something else

_HEADLINE_WORDS, _SITE_WORDS = 4, 8  # a shorter headline is a name that any text may have; more words are a story's
_BEYOND = 20  # words: less than a sentence besides the standfirst is no story
_BRIEF = 120  # words
_BODY, _BODY_PARAGRAPHS = 80, 3  # words, and long paragraphs, beyond a standfirst that make it the first paragraph
_LONG = 80  # characters of a paragraph that is prose and not a teaser ...
_LONG_DENSE = 35  # ... and in scripts where a character is a syllable or a word

# Steps of each signal: below the limit it gives so many points; two points in sum are a missing story. Title and
# description together can reach it alone, for what shares nothing with either is another story; a story with a play on
# words for a headline and no description reaches half of it.
_ENOUGH = 2.0
_LENGTH = ((30, 1.5), (60, 1.0), (120, 0.5))
_PARAGRAPHS = ((1, 1.5), (2, 1.0), (3, 0.5))
_TITLE = ((TITLE_STRANGE, 1.25), (0.35, 0.75), (0.5, 0.25))
_TITLE_ALONE = ((0.2, 2.0), (0.35, 1.25), (0.5, 0.5))  # where there is no description to ask
_DESCRIPTION = ((0.2, 1.25), (0.4, 0.75), (0.5, 0.25))
_SUPPORT = ((0.3, 1.0), (0.5, 0.5))
_TEASERS = 1.0  # points when half of the text stands in teasers of other stories
_ALONE = 0.75  # points when one reader found something and all others nothing
_STATED = ((0.1, 1.5), (0.25, 0.75))  # against JSON-LD's articleBody, where that is long enough to tell
_STATED_WORDS = 100
_TITLED, _TITLED_SHARE = 0.5, 0.6  # points taken off where the text speaks of what the headline says
_FILLED = 100  # words
_SOLID = 0.75  # points taken off for many long paragraphs in which the readers agree


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """The signals as measured; None: the page gives nothing to measure by. support: 0 where one reader stands alone."""

    length: int  # words
    beyond: int  # of them, those that stand neither in the standfirst nor in a paragraph that is the description
    sentences: int  # of these, those that stand in sentences and not in labels
    long_paragraphs: int
    title_share: float | None
    description_share: float | None
    support: float | None
    stated: float | None  # agreement with JSON-LD's articleBody
    teasers: float  # share of the text that stands in teasers
    alone: Alone


def measure(
    blocks: Sequence[Block],
    meta: Metadata,
    tree: html.HtmlElement,
    *,
    bare: html.HtmlElement,
    beside: Beside,
    support: float,
    opinions: int,
) -> Signals:
    """The signals of a reading. bare: the tree without cards and boxes; support and opinions: as in vote.Reading.

    The standfirst alone is no story, and that it shares words with headline and description says nothing of the rest.
    """
    told = beside.own(blocks)
    beyond = _beyond(told, meta)
    length, more = _count(told), _count(beyond)
    bodied = more >= _BODY and sum(map(_is_long, beyond)) >= _BODY_PARAGRAPHS
    judged = told if length < _BRIEF or bodied else beyond
    own = stems(" ".join(block.text for block in judged if not _names_page(block, meta.title)))
    stated = Block(kind=Kind.PARAGRAPH, text=meta.body)
    title_share, description = share(meta.title, own), _about(meta)
    return Signals(
        length=length,
        beyond=more,
        sentences=_count([block for block in beyond if is_sentence(block)]),
        long_paragraphs=sum(_is_long(block) for block in told),
        title_share=title_share,
        description_share=share(description, own) if len(judged) == len(told) else None,
        support=support if opinions else None,
        stated=agreement(shingles(blocks), shingles([stated])) if len(words(meta.body)) >= _STATED_WORDS else None,
        teasers=_teasers(blocks, tree),
        alone=alone(told, tree if not meta.article_types else bare) if length < CUT else Alone(),
    )


def _beyond(told: Sequence[Block], meta: Metadata) -> list[Block]:
    """The blocks that are neither the description nor the standfirst, which a description may give cut short."""
    known = [shingles([Block(kind=Kind.PARAGRAPH, text=text)]) for text in {meta.description, meta.lede} if text]
    return [block for block in told if all(agreement(shingles([block]), described) < STANDFIRST for described in known)]


def _count(blocks: Sequence[Block]) -> int:
    """Words of prose: headings tell what was there, and not that it is."""
    return sum(len(words(block.text)) for block in blocks if block.kind is not Kind.HEADING)


def _names_page(block: Block, title: str) -> bool:
    """Whether a line is the headline with a few words of the site before or after it: "9 comments on …"."""
    line, wanted = " ".join(words(block.text)), words(title)
    if len(wanted) < _HEADLINE_WORDS or line.count(" ") >= len(wanted) + _SITE_WORDS or not block.text[-1:].isalnum():
        return False
    return f" {' '.join(wanted)} " in f" {line} "


def _is_long(block: Block) -> bool:
    long = _LONG_DENSE if is_dense(block.text[:_LONG]) else _LONG
    return len(block.text) >= long and block.linked * 2 < len(block.text) and block.kind is not Kind.HEADING


def _about(meta: Metadata) -> str:
    """The page's description, unless it is that of the whole site: its name in it, and nothing of the headline."""
    site = (meta.site or "").casefold()
    if not site or site not in meta.description.casefold():
        return meta.description
    told = {stem(word) for word in telling(meta.description)}
    return meta.description if any(stem(word) in told for word in telling(meta.title)) else ""


def _teasers(blocks: Sequence[Block], tree: html.HtmlElement) -> float:
    beside = {squash(paragraph.text_content()) for paragraph in tree.iter("p") if is_teaser(paragraph)}
    total = sum(len(block.text) for block in blocks)
    return sum(len(block.text) for block in blocks if block.text in beside) / total if total else 0.0


def missing(signals: Signals) -> bool:
    """Whether the signals together say that this is not the story of this page."""
    if signals.beyond < _BEYOND:
        return True
    points = _points(signals.length, _LENGTH) + _points(signals.long_paragraphs, _PARAGRAPHS)
    points += _points(signals.title_share, _TITLE_ALONE if signals.description_share is None else _TITLE)
    points += _points(signals.description_share, _DESCRIPTION)
    points += _points(signals.stated, _STATED)
    points += _TEASERS if signals.teasers >= 0.5 else 0
    points += _ALONE if signals.support == 0 else _points(signals.support, _SUPPORT)
    if signals.length >= CUT and signals.long_paragraphs >= 5 and (signals.support or 0) >= 0.7:
        points -= _SOLID
    elif signals.length >= _FILLED and signals.long_paragraphs >= _BODY_PARAGRAPHS and signals.alone.placed >= ENOUGH:
        points -= _SOLID  # a short story, in prose, and nothing else stands in its place
    if (signals.title_share or 0) >= _TITLED_SHARE:
        points -= _TITLED
    return points >= _ENOUGH


def _points(value: float | None, steps: Sequence[tuple[float, float]]) -> float:
    return 0.0 if value is None else next((points for limit, points in steps if value < limit), 0.0)
