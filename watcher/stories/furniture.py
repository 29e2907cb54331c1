"""A page's tree -> a copy without what is plainly other stories' or other people's: cards, advertisements, boxes. Pure.

Only what says so itself goes: a card is a heading that links away with a paragraph or two; a box bears the name of what
it is. What a reader would drop anyway costs nothing here; what all readers would keep is what this is for.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import html

from watcher.stories.blocks import blocks_of
from watcher.stories.headline import agree

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CONTAINERS = frozenset({"article", "aside", "div", "li", "section", "td"})
_LINK_SHARE = 0.6  # a heading that is a link for more than this leads to what it heads
_CARD_PARAGRAPHS = 2  # a card has a sentence or two of another story; more is a part of this one
# Whole names (of a class or id) of boxes that no publisher puts a story's own text in.
_BOX_NAMES = (
    "ad ads advert adverts advertisement advertising advertorial sponsor sponsored promo promobox promotion related "
    "related-articles related-content related-links related-posts related-stories relatedposts jp-relatedposts "
    "most-read mostread most-popular most-viewed trending recommended recommendations recirc recirculation teasers "
    "more-stories read-next readnext newsletter newsletter-signup newsletter-box signup subscribe outbrain taboola "
    "share sharing social social-share share-tools author-bio author-box about-author comments comment-list "
    "disqus_thread"
)
_BOXES = frozenset(_BOX_NAMES.split())
_STORY_SHARE = 0.5
_NOTHING: frozenset[str] = frozenset()


def pruned(tree: html.HtmlElement, *, title: str) -> html.HtmlElement:
    """A copy of the tree without cards and boxes. title: the page's headline; a heading that agrees with it stays.

    What holds half of the page's prose stays too, whatever it looks like: it is the story, named or built by mistake.
    """
    copy = deepcopy(tree)
    whole = _prose(copy)
    for heading in [element for element in copy.iter(*_HEADINGS) if _leads_away(element)]:
        card = heading.getparent()
        if card is not None and card.getparent() is not None and _is_card(card, heading, title):
            _drop(card, whole)
    for box in [element for element in copy.iter(*_CONTAINERS, "ul", "ol") if _names(element) & _BOXES]:
        if box.getparent() is not None and next(box.iter("h1"), None) is None:
            _drop(box, whole)
    return copy


def _drop(element: html.HtmlElement, whole: int) -> None:
    if not whole or _prose(element) < whole * _STORY_SHARE:
        element.drop_tree()


def boxed(tree: html.HtmlElement) -> frozenset[str]:
    """The texts that stand in boxes by their names, those that hold most of the page's prose included."""
    boxes: set[html.HtmlElement] = set()
    texts: set[str] = set()
    for element in tree.iter(*_CONTAINERS, "ul", "ol"):
        if not _names(element) & _BOXES or any(above in boxes for above in element.iterancestors()):
            continue
        if next(element.iter("h1"), None) is None:
            boxes.add(element)
            texts.update(block.text for block in blocks_of(element, skipped=_NOTHING))
    return frozenset(texts)


def _prose(element: html.HtmlElement) -> int:
    """Characters in paragraphs, those one inside another once."""
    return sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def is_teaser(paragraph: html.HtmlElement) -> bool:
    """Whether a paragraph stands right behind a heading that is a link: it tells of the story behind the link."""
    before = paragraph.getprevious()
    return before is not None and before.tag in _HEADINGS and _leads_away(before)


def _is_card(card: html.HtmlElement, heading: html.HtmlElement, title: str) -> bool:
    if card.tag not in _CONTAINERS or agree(str(heading.text_content()), title):
        return False
    if card.tag == "article":  # the next story of an endless page, however long it is
        return next((element for element in card.iter("p", *_HEADINGS)), None) is heading
    headings = sum(1 for _ in card.iter(*_HEADINGS))
    return headings == 1 and heading.tag != "h1" and sum(1 for _ in card.iter("p")) <= _CARD_PARAGRAPHS


def _leads_away(heading: html.HtmlElement) -> bool:
    """Whether a heading is mostly a link to elsewhere; one to a place in the page is the heading's own anchor."""
    away = (link for link in heading.iter("a") if "#" not in (link.get("href") or "#"))
    linked = sum(len(link.text_content()) for link in away)
    return linked > _LINK_SHARE * len(heading.text_content().strip() or " ")


def _names(element: html.HtmlElement) -> set[str]:
    return {name.lower() for name in f"{element.get('class') or ''} {element.get('id') or ''}".split()}
