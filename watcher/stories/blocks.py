"""A tree (HTML, or what trafilatura makes of it) -> blocks; blocks -> Markdown; how alike two texts are. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree


class Kind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading, item of a list or quotation; text on one line. linked: characters of it inside links."""

    kind: Kind
    text: str
    linked: int = 0


_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "head"), Kind.HEADING),
    **dict.fromkeys(("li", "dt", "dd", "item"), Kind.ITEM),
    **dict.fromkeys(("blockquote", "quote"), Kind.QUOTE),
}
_EDGE_TAGS = (
    "address article aside body br center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul "
    "ab blockquote cell head item lb list quote row"
)
_EDGES = frozenset(_EDGE_TAGS.split())
# Nothing in these is text of a story, whoever reads it.
_SKIPPED_TAGS = (
    "audio button canvas datalist embed figcaption figure footer form iframe input label map math menu nav noscript "
    "object option picture script select source style svg template textarea title video"
)
SKIPPED = frozenset(_SKIPPED_TAGS.split())
_LINKS = frozenset({"a", "ref"})
_FOUR = 4  # words in a shingle, as the public benchmarks of text extraction have it
_WORD = re.compile(r"\w+")


def blocks_of(root: etree._Element, *, skipped: frozenset[str] = SKIPPED, limit: int = 20_000) -> tuple[Block, ...]:
    """The text below an element, block by block in its order, at most `limit`; without elements in `skipped`."""
    gathered = _Gathering()
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if len(gathered.blocks) >= limit:
            break
        tag = element.tag
        if event == "start":
            if tag in skipped and element is not root:
                walker.skip_subtree()
                continue
            gathered.open(str(tag))
            gathered.add(element.text)
        else:
            if event == "end" and tag not in skipped:
                gathered.close(str(tag))
            gathered.add(element.tail if element is not root else None)
    gathered.end_block()
    return tuple(gathered.blocks)


class _Gathering:
    """Text on its way into blocks: what kind the next one is, and how much of it stands inside links."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._kinds: list[Kind] = []
        self._links = self._linked = 0

    def open(self, tag: str) -> None:
        if tag in _EDGES:
            self.end_block()
        if tag in _KINDS:
            self._kinds.append(_KINDS[tag])
        self._links += tag in _LINKS

    def close(self, tag: str) -> None:
        if tag in _EDGES:
            self.end_block()
        if tag in _KINDS:
            self._kinds.pop()
        self._links -= tag in _LINKS

    def add(self, text: str | None) -> None:
        if text:
            self._parts.append(text)
            self._linked += len(text.strip()) if self._links else 0

    def end_block(self) -> None:
        text = squash("".join(self._parts))
        if text:
            kind = self._kinds[-1] if self._kinds else Kind.PARAGRAPH
            self.blocks.append(Block(kind=kind, text=text, linked=min(self._linked, len(text))))
        self._parts.clear()
        self._linked = 0


def squash(text: str) -> str:
    """NFC, every run of white space one space, no zero-width characters of layout, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\u200b", "").replace("\ufeff", "").split())


def markdown(blocks: Sequence[Block]) -> str:
    """The blocks as Markdown, a blank line between two; items of one list stand line by line."""
    lines: list[str] = []
    for place, block in enumerate(blocks):
        if place:
            both_items = block.kind is Kind.ITEM and blocks[place - 1].kind is Kind.ITEM
            lines.append("\n" if both_items else "\n\n")
        lines.append(_MARKS[block.kind] + block.text)
    return "".join(lines)


_MARKS = {Kind.PARAGRAPH: "", Kind.HEADING: "## ", Kind.ITEM: "- ", Kind.QUOTE: "> "}


def words(text: str) -> list[str]:
    """The words of a text in small letters; Han, kana and Thai, which leave no space between words, by the letter."""
    found = _WORD.findall(text.casefold())
    if text.isascii() or not _SPACELESS.search(text):
        return found
    return [part for word in found for part in (_SPLIT.findall(word) if _SPACELESS.search(word) else [word])]


_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SPLIT = re.compile(f"{_SPACELESS.pattern}|[^\\W{_SPACELESS.pattern[1:-1]}]+")

Shingles = Counter[tuple[str, ...]]


def shingles(blocks: Iterable[Block]) -> Shingles:
    """Every run of four words, with how often it occurs; a text of fewer words is one shingle."""
    every = words(" ".join(block.text for block in blocks))
    if not every:
        return Counter()
    return Counter(tuple(every[n : n + _FOUR]) for n in range(max(1, len(every) - _FOUR + 1)))


def agreement(one: Shingles, other: Shingles) -> float:
    """F1 of two texts by their shingles: 1 for the same text, 0 for nothing in common."""
    total = one.total() + other.total()
    if not total:
        return 0.0
    less, more = (one, other) if len(one) < len(other) else (other, one)
    return 2 * sum(min(count, more[key]) for key, count in less.items() if key in more) / total
