"""A page's tree -> the blocks of its story, by agreement of several readers, and how well they agreed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

import trafilatura
from lxml import html
from readability import Document as ReadabilityDocument

from watcher.stories.blocks import SKIPPED, Block, Kind, Shingles, agreement, blocks_of, shingles, words
from watcher.stories.clean import clean
from watcher.stories.furniture import is_teaser
from watcher.stories.short import is_sentence, leavings

Reader = Callable[["PageTree"], tuple[Block, ...]]

# Two texts alike to this degree differ in lines, not in which part of the page they are: no third opinion is needed.
ENOUGH = 0.9
_CONFIRMED = 0.8  # share of a block's shingles that must stand in JSON-LD's articleBody
_ASIDE = SKIPPED | {"aside"}
_LINK_SHARE = 0.6  # a paragraph that is links for more than this is a teaser
_LINK_CHARS = 150  # a longer line is prose, linked or not
_FEW = 2  # lines of the page that a reader may run together
_HIDDEN = frozenset({"head", "script", "style"})
# Elements of a page beyond which only the naive reader is asked: the longest live blogs have 20,000, and the others'
# cost grows with the square of it on pages made to hurt.
_MAX_TREE = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTree:
    """A page parsed once for all its readers. body: articleBody as JSON-LD states it, as plain text."""

    tree: html.HtmlElement
    title: str
    authors: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the readers made of a page.

    reader: whose text it is ("" if none found any); support: mean agreement (0 to 1) of the readers that had a say with
    it; opinions: how many had one; failed: reader -> the error that it ended with.
    """

    blocks: tuple[Block, ...] = ()
    reader: str = ""
    support: float = 0.0
    opinions: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)


def read(page: PageTree) -> Reading:
    """The story's blocks, cleaned: the careful and the naive reader agree, or the most central of five is taken.

    A page in which no reader found a sentence is read for those that are there.
    """
    found: dict[str, tuple[Block, ...]] = {}
    failed: dict[str, str] = {}
    if sum(1 for _ in page.tree.iter()) > _MAX_TREE:
        _ask(page, ("naive",), found, failed)
        return Reading(
            blocks=found.get("naive", ()), reader="naive" if found else "", opinions=len(found), failed=failed
        )
    _ask(page, ("precise", "naive"), found, failed)
    prints = {name: shingles(blocks) for name, blocks in found.items()}
    if len(prints) == 2 and (alike := agreement(prints["precise"], prints["naive"])) >= ENOUGH:
        agreed = _without_links(found["precise"], page)
        return Reading(blocks=agreed, reader="precise", support=alike, opinions=2, failed=failed)
    _ask(page, ("default", "readability", "json-ld"), found, failed)
    if not any(is_sentence(block) for blocks in found.values() for block in blocks):
        left: dict[str, tuple[Block, ...]] = {}
        _ask(page, ("leavings",), left, failed)
        found = left or found
    prints = {name: shingles(blocks) for name, blocks in found.items()}
    if not prints:
        return Reading(failed=failed)
    support = {name: _support(name, prints) for name in prints}
    winner = max(support, key=lambda name: support[name])  # of equals the first: the careful one
    chosen = _without_links(found[winner], page)
    return Reading(blocks=chosen, reader=winner, support=support[winner], opinions=len(found), failed=failed)


def _ask(page: PageTree, readers: tuple[str, ...], found: dict[str, tuple[Block, ...]], failed: dict[str, str]) -> None:
    for name in readers:
        try:
            blocks = clean(_READERS[name](page), title=page.title, authors=page.authors)
        except Exception as error:  # noqa: BLE001 - hostile pages reach every line of three libraries; one reader is lost
            failed[name] = f"{type(error).__name__}: {error}"[:200]
        else:
            if blocks:
                found[name] = blocks


def _support(name: str, prints: Mapping[str, Shingles]) -> float:
    others = [agreement(prints[name], prints[other]) for other in prints if other != name]
    return sum(others) / len(others) if others else 0.0


def _precise(page: PageTree) -> tuple[Block, ...]:
    return _trafilatura(page, precise=True)


def _default(page: PageTree) -> tuple[Block, ...]:
    """Where it finds nothing it gives all the words of the page in one block: that is no reading."""
    found = _trafilatura(page, precise=False)
    return () if len(found) == 1 and _is_heap(found[0], page) else found


def _is_heap(block: Block, page: PageTree) -> bool:
    """Whether a block swallowed the headline or links that stand on lines of their own, and more."""
    inside = [one for one in blocks_of(page.tree, skipped=_HIDDEN) if one.text in block.text]
    return len(inside) > _FEW and any(one.kind is Kind.HEADING or is_link(one) for one in inside)


def _trafilatura(page: PageTree, *, precise: bool) -> tuple[Block, ...]:
    found = trafilatura.bare_extraction(
        deepcopy(page.tree),
        favor_precision=precise,
        include_comments=False,
        with_metadata=False,
        include_formatting=False,
        max_tree_size=None,
    )
    body = getattr(found, "body", None)
    return blocks_of(body, skipped=frozenset()) if body is not None else ()


def _readability(page: PageTree) -> tuple[Block, ...]:
    summary = ReadabilityDocument(html.tostring(page.tree, encoding="unicode")).summary(html_partial=True)
    return blocks_of(html.fragment_fromstring(summary, create_parent="div"))


def _naive(page: PageTree) -> tuple[Block, ...]:
    """The paragraphs of the <article> that has the most of them, else of the page: what a child would take."""
    places = page.tree.xpath("//article") or page.tree.xpath("//main") or [page.tree]
    return max((_prose(place) for place in places), key=_length)


def is_link(block: Block) -> bool:
    """Whether a block is a link and little more."""
    return block.linked > _LINK_SHARE * len(block.text)


def _prose(place: html.HtmlElement) -> tuple[Block, ...]:
    """The blocks of the <p> below an element that are in no aside or nested article, and are not all links."""
    found: list[Block] = []
    for paragraph in place.iter("p"):
        if is_teaser(paragraph) or any(
            above.tag in _ASIDE or above.tag == "article" for above in _between(paragraph, place)
        ):
            continue
        found.extend(block for block in blocks_of(paragraph) if not is_link(block))
    return tuple(found)


def _between(element: html.HtmlElement, place: html.HtmlElement) -> list[html.HtmlElement]:
    above = []
    for ancestor in element.iterancestors():
        if ancestor is place:
            break
        above.append(ancestor)
    return above


def _confirmed(page: PageTree) -> tuple[Block, ...]:
    """The blocks of the page whose words stand in JSON-LD's articleBody: a voter that the page itself bears out."""
    if not page.body:
        return ()
    stated = words(page.body)
    known = shingles([Block(kind=Kind.PARAGRAPH, text=page.body)])
    whole = f" {' '.join(stated)} "
    kept = []
    for block in blocks_of(page.tree):
        if len(own := words(block.text)) < 4:
            if own and f" {' '.join(own)} " in whole and block.kind is not Kind.PARAGRAPH:
                kept.append(block)
            continue
        prints = shingles([block])
        if sum(count for key, count in prints.items() if key in known) >= _CONFIRMED * prints.total():
            kept.append(block)
    return tuple(kept)


def _leavings(page: PageTree) -> tuple[Block, ...]:
    return leavings(page.tree)


def _without_links(blocks: tuple[Block, ...], page: PageTree) -> tuple[Block, ...]:
    """The blocks without lines that are a link and nothing else on the page: a menu, or the headline of another story.

    Two of the readers forget what was a link, so the page is asked again.
    """
    if not any(_may_be_link(block) for block in blocks):
        return blocks
    links = {block.text for block in blocks_of(page.tree) if is_link(block)}
    kept = tuple(block for block in blocks if not _may_be_link(block) or block.text not in links)
    return kept or blocks


def _may_be_link(block: Block) -> bool:
    """Whether a line is short and ends without a stop."""
    return block.kind is Kind.PARAGRAPH and len(block.text) <= _LINK_CHARS and block.text[-1:].isalnum()


def _length(blocks: tuple[Block, ...]) -> int:
    return sum(len(block.text) for block in blocks)


_READERS: Mapping[str, Reader] = {
    "precise": _precise,
    "naive": _naive,
    "default": _default,
    "readability": _readability,
    "json-ld": _confirmed,
    "leavings": _leavings,
}
