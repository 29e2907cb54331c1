"""What was read of a page -> the reason why it is not the whole story, or None. Pure.

The signals for a page whose story is missing were measured on real pages: length, long paragraphs, words shared with
the headline, words shared with the description, agreement of the readers. Each alone errs; a point for each decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import html

from watcher.model import Problem
from watcher.stories.blocks import Block, Kind, words
from watcher.stories.metadata import Metadata
from watcher.stories.phrases import (
    CONSENT,
    CONSENT_TITLE,
    CONSENT_URL,
    GALLERY_URL,
    LIVE_URL,
    NEEDS_SCRIPT,
    NOT_FOUND,
    PAYWALL,
    PAYWALL_CLASS,
)

_SECTION_TYPES = frozenset(
    {"collectionpage", "searchresultspage", "profilepage", "aboutpage", "contactpage", "itemlist"}
)

_SHORT = 60  # words: a brief of an agency has 60 to 120
_CUT = 260  # words: what a paywall leaves to be read is under this on nearly all sites
_LONG = 80  # characters of a paragraph that is prose and not a teaser
_TITLE_SHARE = 0.35
_DESCRIPTION_SHARE = 0.4
_SUPPORT = 0.4
_MANY = 3  # points of five at which the story is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """The five signals, each as measured. None: the page gives nothing to measure it by."""

    length: int  # words
    long_paragraphs: int
    title_share: float | None
    description_share: float | None
    support: float | None


def measure(blocks: Sequence[Block], meta: Metadata, *, support: float, opinions: int) -> Signals:
    """The signals of a reading. support and opinions: as in vote.Reading."""
    own = set(words(" ".join(block.text for block in blocks)))
    return Signals(
        length=len(words(" ".join(block.text for block in blocks))),
        long_paragraphs=sum(
            len(block.text) >= _LONG and block.linked * 2 < len(block.text) and block.kind is not Kind.HEADING
            for block in blocks
        ),
        title_share=_share(meta.title, own),
        description_share=_share(meta.description, own),
        support=support if opinions > 1 else None,
    )


def _share(text: str, own: set[str]) -> float | None:
    """The share of a text's telling words (four letters or more, or of a script without spaces) that are in own."""
    telling = {word for word in words(text) if len(word) > 3 or ord(word[0]) > 0x2E80}
    return len(telling & own) / len(telling) if len(telling) > 2 else None


def missing(signals: Signals) -> bool:
    """Whether the signals together say that this is not the story of this page."""
    if signals.length < _SHORT // 3 or not signals.long_paragraphs:
        return True
    points = (
        (signals.length < _SHORT)
        + (signals.long_paragraphs < 2)
        + (signals.title_share is not None and signals.title_share < _TITLE_SHARE)
        + (signals.description_share is not None and signals.description_share < _DESCRIPTION_SHARE)
        + (signals.support is not None and signals.support < _SUPPORT)
    )
    return points >= _MANY


def judge(
    blocks: Sequence[Block], meta: Metadata, tree: html.HtmlElement, signals: Signals, *, url: str
) -> Problem | None:
    """The one reason that tells a person most, or None for a whole story."""
    seen = _visible(tree)
    gone = missing(signals)
    few = len(words(seen)) < _CUT
    if gone or few or signals.length < _CUT:
        if _is_not_found(meta, tree):
            return Problem.SOFT_404
        if _is_consent(meta, seen, url, gone=gone):
            return Problem.CONSENT
        if _is_paywall(meta, tree, seen, signals):
            return Problem.PAYWALL
    if _is_no_article(meta, url, signals, gone=gone):
        return Problem.NOT_AN_ARTICLE
    if not gone:
        return None
    if len(words(seen)) < _SHORT and (tree.xpath("//script") or NEEDS_SCRIPT.search(_noscript(tree))):
        return Problem.SCRIPT_ONLY
    return Problem.EMPTY


def _is_not_found(meta: Metadata, tree: html.HtmlElement) -> bool:
    headings = [h.text_content() for h in tree.xpath("//h1")[:3]]
    return any(NOT_FOUND.search(text[:200]) for text in (meta.page_title, meta.title, *headings) if text)


def _is_consent(meta: Metadata, seen: str, url: str, *, gone: bool) -> bool:
    if CONSENT_URL.search(url) or (
        CONSENT_TITLE.search(meta.page_title) and not meta.types & {"article", "newsarticle"}
    ):
        return True
    count = len(CONSENT.findall(seen))
    return (
        gone and count >= 4 and count * 25 >= len(words(seen))
    )  # one word in 25 is about consent: nothing else is there


def _is_paywall(meta: Metadata, tree: html.HtmlElement, seen: str, signals: Signals) -> bool:
    """Paid for by its own word or its markup, and short; or it asks for a subscription just where the text ends."""
    if signals.length >= _CUT:
        return False
    whole = len(words(meta.body))
    if whole > 2 * signals.length + _SHORT:
        return meta.is_free is False or bool(PAYWALL.search(seen))
    marked = any(PAYWALL_CLASS.search(str(name)) for name in tree.xpath("//@class | //@id")[:20_000])
    return bool(PAYWALL.search(seen)) or (meta.is_free is False and (marked or signals.length < _CUT // 2))


def _is_no_article(meta: Metadata, url: str, signals: Signals, *, gone: bool) -> bool:
    path = urlsplit(url).path.strip("/")
    news = bool(meta.types & {"article", "newsarticle", "reportagenewsarticle", "blogposting", "analysisnewsarticle"})
    if "liveblogposting" in meta.types or (LIVE_URL.search(url) and not news):
        return True
    if not path and not urlsplit(url).query:
        return True
    if meta.types & _SECTION_TYPES and not news and signals.long_paragraphs < 3:
        return True
    return gone and bool(GALLERY_URL.search(url) or (meta.types & {"imagegallery", "videoobject"} and not news))


def _visible(tree: html.HtmlElement) -> str:
    texts = tree.xpath(
        "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template)]"
    )
    return " ".join(" ".join(texts).split())


def _noscript(tree: html.HtmlElement) -> str:
    return " ".join(tree.xpath("//noscript//text()"))[:5000]
