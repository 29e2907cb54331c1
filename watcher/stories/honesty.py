"""What was read of a page -> the reason why it is not the whole story, or none. Pure.

The signals of signals.py say whether the story is missing. One more stands against them: whether the text is all that
the page has to say, for then it is the story however short. What the page says of itself tells the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from lxml import etree, html

from watcher.model import Problem
from watcher.stories.blocks import Block, blocks_of, words
from watcher.stories.metadata import Metadata
from watcher.stories.phrases import (
    CONSENT,
    CONSENT_TITLE,
    CONSENT_URL,
    GALLERY_URL,
    HOME_PATH,
    LIVE_URL,
    NEEDS_SCRIPT,
    NOT_FOUND,
    PAYWALL,
    SITE_PAGE,
)
from watcher.stories.short import is_dated, is_whole, says_gone
from watcher.stories.signals import CUT, STANDFIRST, Signals, missing
from watcher.stories.telling import is_strange, share, stems

_SECTION_TYPES = frozenset({"collectionpage", "searchresultspage"})

_FEW = 60  # words: a brief of an agency has 60 to 120; a page with fewer in sight has no story
_LONG = 80  # characters of a paragraph that may be cut off; a shorter one is a label
_ENDING = 60  # characters of the last paragraph that it is found again by
_AFTER = 600  # characters behind the text in which a wall stands that cuts it off
_DOTS = ("…", "...", "[…]", "[...]")
_NOSCRIPT_CHARS = 5_000
_UNSEEN = frozenset({"head", "title", "svg"})
_CONSENT_SHARE = 0.35  # of the headline's words; with fewer in it a text about consent is not the story
_WALL_CHARS = 400  # characters before a wall within which the text that it cuts off ends


class Sight:
    """What a person sees of a page. text is put together when it is first asked for: whole stories do not need it."""

    def __init__(self, tree: html.HtmlElement) -> None:
        """Takes scripts, styles and comments out of the tree: readers are to see what a person sees, and one of them
        would take JSON-LD's text out of its script for the page's own."""
        without = " ".join(tree.xpath("//noscript//text()"))[:_NOSCRIPT_CHARS]
        self.scripted = bool(tree.xpath("//script[not(contains(@type, 'json'))]")) or bool(NEEDS_SCRIPT.search(without))
        etree.strip_elements(tree, "script", "style", "noscript", "template", etree.Comment, with_tail=False)
        self.headings = tuple(h1.text_content() for h1 in tree.xpath("//h1")[:3])
        self._tree = tree

    @cached_property
    def text(self) -> str:
        """Every word in sight, buttons and forms included, in the order of the page."""
        return " ".join(block.text for block in blocks_of(self._tree, skipped=_UNSEEN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The problem, if any, and whether what was read is the page's own all the same: the beginning, or a live blog."""

    problem: Problem | None
    keeps_text: bool
    is_short: bool = False  # a whole story of so few words that a line of furniture would be a good part of it


def judge(blocks: Sequence[Block], meta: Metadata, sight: Sight, signals: Signals, *, url: str) -> Judgement:
    """The one reason that tells a person most, or none for a whole story."""
    if SITE_PAGE.fullmatch(meta.title.strip()):
        return Judgement(problem=Problem.NOT_AN_ARTICLE, keeps_text=False)
    says_so = _says_gone(blocks, meta, sight, signals)
    gone = says_so or (missing(signals) and not _is_short_story(blocks, meta, sight, signals, url=url))
    if not gone and signals.length >= CUT:
        live = _is_live(meta, url)
        if live or _is_section(meta, url, signals):
            return Judgement(problem=Problem.NOT_AN_ARTICLE, keeps_text=live)
        return Judgement(problem=None, keeps_text=True)
    seen = sight.text
    if says_so or _is_not_found(meta, sight, signals, gone=gone):
        return Judgement(problem=Problem.SOFT_404, keeps_text=False)
    if _is_consent(meta, seen, url, signals, gone=gone):
        return Judgement(problem=Problem.CONSENT, keeps_text=False)
    if _is_paywall(blocks, meta, seen, signals):
        return Judgement(problem=Problem.PAYWALL, keeps_text=not gone or _follows(blocks, meta))
    if _is_section(meta, url, signals) or (gone and _is_gallery(meta, url)):
        return Judgement(problem=Problem.NOT_AN_ARTICLE, keeps_text=False)
    if _is_live(meta, url):
        return Judgement(problem=Problem.NOT_AN_ARTICLE, keeps_text=not gone)
    if not gone:
        return Judgement(problem=None, keeps_text=True, is_short=signals.length < _FEW)
    there = len(words(seen))
    if there < _FEW and sight.scripted:
        return Judgement(problem=Problem.SCRIPT_ONLY, keeps_text=False)
    other = there >= CUT and not meta.article_types  # much to read, and nothing of it is an article by its own word
    return Judgement(problem=Problem.NOT_AN_ARTICLE if other else Problem.EMPTY, keeps_text=False)


def _is_short_story(blocks: Sequence[Block], meta: Metadata, sight: Sight, signals: Signals, *, url: str) -> bool:
    """Whether a text with too many points is all that there is to read.

    That the description stands there again is a story where nothing could bring the rest of it.
    """
    if signals.teasers or (signals.stated is not None and signals.stated < STANDFIRST):
        return False
    headlines = _headlines(meta, sight)
    asked = signals.length < _FEW and not is_dated(meta)  # an address may be in another language than its article
    if asked and is_strange(url, " ".join((*headlines, *(block.text for block in blocks)))):
        return False
    may_lack = sight.scripted or bool(meta.article_types) or meta.sources.get("lede") == "standfirst"
    return is_whole(
        blocks,
        meta,
        signals.alone,
        told=signals.sentences if may_lack else signals.length,
        title_share=signals.title_share,
        description_share=signals.description_share,
        scripted=sight.scripted,
        headlines=headlines,
    )


def _says_gone(blocks: Sequence[Block], meta: Metadata, sight: Sight, signals: Signals) -> bool:
    return signals.length < _FEW and says_gone(" ".join(block.text for block in blocks), _headlines(meta, sight), meta)


def _headlines(meta: Metadata, sight: Sight) -> list[str]:
    return [line for line in (meta.page_title, meta.title, *sight.headings) if line]


def _is_not_found(meta: Metadata, sight: Sight, signals: Signals, *, gone: bool) -> bool:
    """A headline that says so over a text that does not speak of it: "Missing girl not found" is a story."""
    if not gone and (signals.title_share is None or signals.title_share >= 0.5 or is_dated(meta)):
        return False
    return any(NOT_FOUND.search(line[:200]) for line in _headlines(meta, sight))


def _is_consent(meta: Metadata, seen: str, url: str, signals: Signals, *, gone: bool) -> bool:
    if CONSENT_URL.search(url):
        return True
    count = len(CONSENT.findall(seen))
    stranger = gone or (signals.title_share is not None and signals.title_share < _CONSENT_SHARE)
    stranger = stranger or (bool(CONSENT_TITLE.search(meta.page_title)) and not meta.article_types)
    return stranger and count >= 4 and count * 25 >= len(words(seen))  # one word in 25: it is about nothing else


def _is_paywall(blocks: Sequence[Block], meta: Metadata, seen: str, signals: Signals) -> bool:
    """A wall stands just where the text ends; or the page is sold by its own word, and what is there is cut off."""
    if signals.stated is not None and signals.stated >= STANDFIRST:  # all that JSON-LD has is there
        return False
    if _wall_behind(blocks, seen):
        return True
    sold = meta.is_free is False
    if not sold and not PAYWALL.search(seen):
        return False
    cut = bool(blocks) and _is_cut(blocks[-1].text)
    more = len(words(meta.body)) > 2 * signals.length + _FEW
    return cut or more or (sold and signals.length < _FEW)


def _is_cut(text: str) -> bool:
    """Whether a last paragraph ends in dots, or is long and ends in the middle of a sentence."""
    return text.endswith(_DOTS) or (len(text) >= _LONG and (text[-1].isalpha() or text[-1] in ",;:-–—"))


def _wall_behind(blocks: Sequence[Block], seen: str) -> bool:
    ending = blocks[-1].text[-_ENDING:] if blocks else ""
    place = seen.rfind(ending) if ending else -1
    return place >= 0 and bool(PAYWALL.search(seen[place + len(ending) :][:_AFTER]))


def before_wall(blocks: Sequence[Block], sight: Sight) -> tuple[Block, ...]:
    """The blocks up to a wall that stands among or before the last of them; all of them where there is none.

    Readers take the wall's own words ("Registration takes one minute") for the end of the story.
    """
    if not blocks or sum(len(words(block.text)) for block in blocks) >= CUT:
        return tuple(blocks)
    seen, place = sight.text, 0
    for number, block in enumerate(blocks):
        at = seen.find(block.text[:_ENDING], place)
        if at < 0:
            continue
        if number and PAYWALL.search(seen[max(place, at - _WALL_CHARS) : at + len(block.text)]):
            return tuple(blocks[:number])
        place = at + len(block.text)
    return tuple(blocks)


def _follows(blocks: Sequence[Block], meta: Metadata) -> bool:
    """Whether the little that a wall leaves is the story's own: it says what the headline or the description says."""
    own = stems(" ".join(block.text for block in blocks))
    return max(share(meta.title, own) or 0, share(meta.description, own) or 0) >= 0.5


def _is_live(meta: Metadata, url: str) -> bool:
    return "liveblogposting" in meta.article_types or (bool(LIVE_URL.search(url)) and not meta.article_types)


def _is_section(meta: Metadata, url: str, signals: Signals) -> bool:
    """A home page (the end of many a redirect), or a page that calls itself a collection and has little prose."""
    parts = urlsplit(url)
    if parts.hostname and HOME_PATH.fullmatch(parts.path) and not parts.query:
        return True
    return not meta.article_types and (bool(meta.page_types & _SECTION_TYPES) or signals.teasers >= 0.5)


def _is_gallery(meta: Metadata, url: str) -> bool:
    named = meta.page_types & {"imagegallery", "videoobject"} and not meta.article_types
    return bool(GALLERY_URL.search(url) or named)
