"""A page's tree -> a copy without what is plainly other stories' or other people's: cards, advertisements, boxes. Pure.

Only what says so itself goes: a card is a heading that links away with a paragraph or two; a box bears the name of what
it is. What a reader would drop anyway costs nothing here; what all readers would keep is what this is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from lxml import html

from watcher.stories.asides import CONTAINERS, HEADINGS, Aside, Sign, leads_away
from watcher.stories.blocks import blocks_of
from watcher.stories.headline import agree

_CARD_PARAGRAPHS = 2  # a card has a sentence or two of another story; more is a part of this one
_STORY_SHARE = 0.5
_NOTHING: frozenset[str] = frozenset()


def pruned(tree: html.HtmlElement, beside: Sequence[Aside], *, title: str) -> html.HtmlElement:
    """A copy of the tree without cards and asides. title: the page's headline; a heading that agrees with it stays.

    What holds half of the page's prose stays too, whatever it looks like: it is the story, named or built by mistake.
    """
    copy = deepcopy(tree)
    twins = dict(zip(tree.iter(), copy.iter(), strict=True))
    whole = _prose(copy)
    for heading in [element for element in copy.iter(*HEADINGS) if leads_away(element)]:
        card = heading.getparent()
        if card is not None and card.getparent() is not None and _is_card(card, heading, title):
            _drop(card, whole)
    shaped = {twins[aside.element] for aside in beside if aside.sign is Sign.SHAPE and aside.element.tag != "li"}
    few = sum(map(_prose, shaped)) < whole * _STORY_SHARE  # ten things to buy are shaped like ten teasers
    for aside in beside:
        element = twins[aside.element]
        if element.getparent() is None:  # a card that is gone already
            continue
        if aside.sign is Sign.LABEL or (few and element in shaped):
            element.drop_tree()
        elif aside.sign is Sign.NAME:
            _drop(element, whole)
    return copy


def _drop(element: html.HtmlElement, whole: int) -> None:
    if not whole or _prose(element) < whole * _STORY_SHARE:
        element.drop_tree()


def boxed(beside: Sequence[Aside]) -> frozenset[str]:
    """The texts that stand in asides by name or label, those that hold most of the page's prose included."""
    named = (aside.element for aside in beside if aside.sign is not Sign.SHAPE)
    return frozenset(block.text for element in named for block in blocks_of(element, skipped=_NOTHING))


def _prose(element: html.HtmlElement) -> int:
    """Characters in paragraphs, those one inside another once."""
    return sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def is_teaser(paragraph: html.HtmlElement) -> bool:
    """Whether a paragraph stands right behind a heading that is a link: it tells of the story behind the link."""
    before = paragraph.getprevious()
    return before is not None and before.tag in HEADINGS and leads_away(before)


def _is_card(card: html.HtmlElement, heading: html.HtmlElement, title: str) -> bool:
    if card.tag not in CONTAINERS or agree(str(heading.text_content()), title):
        return False
    if card.tag == "article":  # the next story of an endless page, however long it is
        return next((element for element in card.iter("p", *HEADINGS)), None) is heading
    headings = sum(1 for _ in card.iter(*HEADINGS))
    return headings == 1 and heading.tag != "h1" and sum(1 for _ in card.iter("p")) <= _CARD_PARAGRAPHS
