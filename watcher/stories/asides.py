"""A page's tree -> the elements that stand beside its story: by their names, by what heads them, by shape. Pure.

An aside says what it is in one of three ways. Its class or id has the word (`post-comments`, `author-bio`); it begins
with a label ("Most read", "12 comments", "About the author"); or it is one of several cards: a linked headline with a
sentence. Who asks must know that a story can be called like an aside: see furniture.pruned and voices.Beside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from lxml import html

from watcher.stories.blocks import squash
from watcher.stories.headline import agree
from watcher.stories.phrases_beside import ASIDE_LABEL

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
CONTAINERS = frozenset({"article", "aside", "div", "footer", "li", "ol", "section", "table", "td", "ul"})
_LINK_SHARE = 0.6  # a heading that is a link for more than this leads to what it heads
# Words of a class or id, each enough on its own.
_WORD_LIST = (
    "ad ads advert adverts advertisement advertising advertorial bio breadcrumb breadcrumbs caption captions colophon "
    "comment comments commentlist cookie cookies copyright discussion disqus donate donation epic masthead mostread "
    "newsletter newsletters outbrain poll polls popular promo promos promobox promoted reactions recirc recirculation "
    "recommendation recommendations recommended related sharedaddy sharing signup sponsor sponsored subscribe taboola "
    "teaser teasers trending"
)
_WORDS = frozenset(_WORD_LIST.split())
# Words that are enough side by side.
_PAIRS = frozenset(
    {
        ("most", "read"), ("most", "viewed"), ("more", "stories"), ("read", "next"), ("read", "more"), ("up", "next"),
        ("author", "bio"), ("author", "box"), ("author", "info"), ("author", "card"), ("author", "description"),
        ("author", "profile"), ("about", "author"), ("also", "like"), ("see", "also"), ("read", "also"),
        ("blog", "archive"), ("email", "capture"), ("image", "credit"), ("photo", "credit"), ("article", "tags"),
    }
)  # fmt: skip
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MAX_NAME = 400  # characters of class and id that are looked at; style sheets made of classes write thousands
_LABEL_CHARS = 80
_LONG, _BODY = 80, 3  # characters of a paragraph, and so many of them, that make the body of a story
_STORY_CHARS = 600  # of long paragraphs side by side: more than the teasers of a box
_LISTING = frozenset({"div", "ol", "p", "ul"})  # what links stand in, and no headline above a teaser
_CARDS = 3  # two things of one shape may be anything
_CARD_CHARS = 600  # of text in a card; a longer one is an article
_RAW_CHARS = 10 * _CARD_CHARS  # with the white space between its tags
_CARD_PARAGRAPHS = 2
_HEADLINE_CHARS = 8  # a shorter link is a label


class Sign(StrEnum):
    """What tells an aside, the surest first."""

    LABEL = "label"  # a heading that says so
    NAME = "name"
    SHAPE = "shape"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    element: html.HtmlElement
    sign: Sign

    @property
    def may_be_story(self) -> bool:
        """Whether it holds several long paragraphs side by side, and no heading says what it is."""
        if self.sign is Sign.LABEL:
            return False
        parents = Counter(p.getparent() for p in self.element.iter("p") if len(p.text_content()) >= _LONG)
        return max(parents.values(), default=0) >= _BODY


def asides(tree: html.HtmlElement, *, title: str) -> list[Aside]:
    """The elements beside the story, outermost alone. title: the page's headline; what holds it is no aside."""
    holding = {above for heading in _own_headings(tree, title) for above in (heading, *heading.iterancestors())}
    cards = _cards(tree)
    found: list[Aside] = []
    inside: set[html.HtmlElement] = set()
    for element in tree.iter(*CONTAINERS, *HEADINGS, "b", "p", "span", "strong"):
        if element.getparent() in inside:
            inside.add(element)
        elif element not in holding and element not in inside:
            below = _headed(element) if _is_heading(element) and is_label(element) else ()
            for follower in below:
                if follower not in holding:
                    found.append(Aside(element=follower, sign=Sign.LABEL))
                    inside.add(follower)
            sign = _sign(element)
            if sign is None and (element in cards or _is_next_article(element)):
                sign = Sign.SHAPE
            if sign is not None:
                found.append(Aside(element=element, sign=sign))
                inside.add(element)
    return found


def _is_heading(element: html.HtmlElement) -> bool:
    return element.tag in HEADINGS or element.tag in ("b", "strong")


def _sign(element: html.HtmlElement) -> Sign | None:
    first = _first_thing(element) if element.tag in CONTAINERS else None
    if first is not None and is_label(first) and not _has_story(element, first):
        return Sign.LABEL if _is_heading(first) else Sign.NAME
    return Sign.NAME if named(element) else None


def named(element: html.HtmlElement) -> bool:
    """Whether the class or id says that this is an aside."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAME]
    if len(names) < 2:
        return False
    for name in names.split():
        parts = [part.lower() for part in _PART.findall(name)]
        if not _WORDS.isdisjoint(parts) or not _PAIRS.isdisjoint(pairwise(parts)):
            return True
    return False


def is_label(heading: html.HtmlElement) -> bool:
    """Whether a heading is the label of an aside: "Most read", "3 comments"."""
    text = squash(heading.text_content()[: 2 * _LABEL_CHARS])
    return 0 < len(text) <= _LABEL_CHARS and bool(ASIDE_LABEL.fullmatch(text.strip(" :.…»>|-–—")))


def leads_away(heading: html.HtmlElement) -> bool:
    """Whether a heading is mostly a link to elsewhere; one to a place in the page is the heading's own anchor."""
    away = (link for link in heading.iter("a") if "#" not in (link.get("href") or "#"))
    linked = sum(len(link.text_content()) for link in away)
    return linked > _LINK_SHARE * len(heading.text_content().strip() or " ")


def _own_headings(tree: html.HtmlElement, title: str) -> Iterable[html.HtmlElement]:
    return [h for h in tree.iter(*HEADINGS) if h.tag == "h1" or (title and agree(h.text_content(), title))]


def _first_thing(element: html.HtmlElement) -> html.HtmlElement | None:
    """What stands first in an element, where nothing but containers comes before it."""
    if (element.text or "").strip():
        return None
    for below in element.iterdescendants():
        if below.tag in HEADINGS or below.tag in ("a", "b", "p", "span", "strong"):
            if below.text_content().strip():
                return below
        elif isinstance(below.tag, str) and (below.text or "").strip():
            return below if below.tag == "div" else None
    return None


def _has_story(element: html.HtmlElement, label: html.HtmlElement) -> bool:
    """Whether prose stands in an element behind what its first label heads: "Share this" stands over many a story.

    A label heads the smallest box that holds it and something else; bare in the element, the links that follow it.
    """
    own, box = label, label.getparent()
    while box is not None and box is not element and box.text_content().strip() == own.text_content().strip():
        own, box = box, box.getparent()
    following = own.getnext()
    if box is not element and box is not None:
        own = box
    elif following is not None and following.tag in _LISTING and leads_away(following):
        own = following
    else:
        return False
    inside = set(own.iter())
    told: Counter[html.HtmlElement | None] = Counter()
    for paragraph in element.iter("p"):
        if paragraph not in inside and len(text := paragraph.text_content()) >= _LONG and not leads_away(paragraph):
            told[paragraph.getparent()] += len(text)
    return max(told.values(), default=0) >= _STORY_CHARS


def _headed(heading: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """What follows a label among its siblings, up to the next heading of its kind, or to prose behind its links."""
    linked = False
    for below in heading.itersiblings():
        if below.tag in HEADINGS and below.tag <= (heading.tag if heading.tag in HEADINGS else "h6"):
            return
        if linked and below.tag == "p" and len(below.text_content()) >= _LONG and not leads_away(below):
            return
        if isinstance(below.tag, str):
            yield below
            if below.text_content().strip():  # a place for an advertisement is nothing
                linked = below.tag in _LISTING and leads_away(below)


def _cards(tree: html.HtmlElement) -> set[html.HtmlElement]:
    """Elements that are one of several of their kind side by side, each a linked headline with little below it."""
    kinds: dict[tuple[html.HtmlElement, str, str], list[html.HtmlElement]] = {}
    for element in tree.iter("article", "div", "li", "section", "td"):
        if (parent := element.getparent()) is not None:
            kinds.setdefault((parent, element.tag, element.get("class") or ""), []).append(element)
    found: set[html.HtmlElement] = set()
    for alike in kinds.values():
        if len(alike) >= _CARDS:
            shaped = [element for element in alike if _is_card(element)]
            if len(shaped) * 2 > len(alike):
                found.update(shaped)
    return found


def _is_next_article(element: html.HtmlElement) -> bool:
    """The next story of an endless page, however long it is."""
    if element.tag != "article":
        return False
    first = next((below for below in element.iter("p", *HEADINGS)), None)
    return first is not None and first.tag in HEADINGS and leads_away(first)


def _is_card(element: html.HtmlElement) -> bool:
    link = next((link for link in element.iter("a") if "#" not in (link.get("href") or "#") and _words(link)), None)
    if link is None:
        return False
    text, first = _words(element), _words(link)
    if len(text) > _CARD_CHARS or len(first) < _HEADLINE_CHARS or not text.startswith(first):
        return False
    return sum(1 for _ in element.iter("p")) <= _CARD_PARAGRAPHS


def _words(element: html.HtmlElement) -> str:
    """The text of an element on one line, as far as it matters: an outer element holds all of those in it."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(str(part))
        length += len(part)
        if length > _RAW_CHARS:
            break
    return " ".join("".join(parts).split())
