"""The blocks that a reader took for the story -> those without repeated headline, "Read more" lines and tails. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.stories.blocks import Block, Kind, words
from watcher.stories.phrases import POINTER, PROMPT, TAIL

_POINTER_CHARS = 160  # a longer line is prose, even if it begins with "See also"
_TAIL_CHARS = 300
_TAIL_SHARE = 0.6  # a tail stands behind this share of the story's characters
_ALIKE = 0.85  # share of its words that a line shares with the headline to be a repetition of it
_HEAD_BLOCKS = 4  # blocks at the start among which the headline is repeated
_BYLINE_WORDS = 20
_BYLINE_OTHERS = 2  # "By" and "and"; three are a role or a sentence
_REPEATED_WORDS = 8  # a paragraph of so many words that stands twice is a pull quote or a slip of the page


def clean(blocks: Sequence[Block], *, title: str, authors: Sequence[str] = ()) -> tuple[Block, ...]:
    """The story's own blocks, in their order. title, authors: its headline and byline, which are kept elsewhere."""
    kept = [block for block in blocks if not _points_away(block)]
    kept = _without_repeats(_without_byline(_without_headline(kept, title), authors))
    kept = _without_tail(kept)
    while kept and kept[-1].kind is Kind.HEADING:
        kept.pop()
    return tuple(block for n, block in enumerate(kept) if not _empty_heading(kept, n))


def _points_away(block: Block) -> bool:
    if len(block.text) > _POINTER_CHARS:
        return False
    line = block.text.strip(" \t-–—•»>|*:.")
    if PROMPT.fullmatch(line):
        return True
    if not POINTER.fullmatch(line):
        return False
    # A sentence of the story may begin so ("Share prices fell."): furniture is linked, has no full stop, or is short.
    return (
        block.linked * 2 > len(block.text) or not block.text.endswith((".", "!", "?", "”", '"')) or len(block.text) < 40
    )


def _without_headline(blocks: list[Block], title: str) -> list[Block]:
    wanted = words(title)
    if not wanted:
        return blocks
    head = [block for block in blocks[:_HEAD_BLOCKS] if not _alike(words(block.text), wanted)]
    return head + blocks[_HEAD_BLOCKS:]


def _without_byline(blocks: list[Block], authors: Sequence[str]) -> list[Block]:
    """Without a line of the head that is nothing but the authors' names, with their "By" and "and"."""
    names = {word for author in authors for word in words(author)}
    if not names:
        return blocks
    head = [block for block in blocks[:_HEAD_BLOCKS] if not _is_byline(words(block.text), names)]
    return head + blocks[_HEAD_BLOCKS:]


def _is_byline(line: list[str], names: set[str]) -> bool:
    others = [word for word in line if word not in names]
    return len(others) < len(line) and len(line) <= _BYLINE_WORDS and len(others) <= _BYLINE_OTHERS


def _alike(some: list[str], others: list[str]) -> bool:
    common = len(set(some) & set(others))
    return common >= _ALIKE * len(set(some)) and common >= _ALIKE * len(set(others))


def _without_repeats(blocks: list[Block]) -> list[Block]:
    seen: set[tuple[str, ...]] = set()
    kept = []
    for block in blocks:
        key = tuple(words(block.text))
        if len(key) >= _REPEATED_WORDS and key in seen:
            continue
        seen.add(key)
        kept.append(block)
    return kept


def _without_tail(blocks: list[Block]) -> list[Block]:
    total = sum(len(block.text) for block in blocks)
    before = 0
    for place, block in enumerate(blocks):
        if before >= total * _TAIL_SHARE and len(block.text) <= _TAIL_CHARS and TAIL.fullmatch(block.text):
            rest = blocks[place + 1 :]
            if sum(len(after.text) for after in rest if after.kind is Kind.PARAGRAPH) <= total * (1 - _TAIL_SHARE) / 2:
                return blocks[:place]
        before += len(block.text)
    return blocks


def _empty_heading(blocks: list[Block], place: int) -> bool:
    """A heading straight before another one of the same words, or two headings where the first headed furniture."""
    if blocks[place].kind is not Kind.HEADING or place + 1 >= len(blocks):
        return False
    after = blocks[place + 1]
    return after.kind is Kind.HEADING and words(after.text) == words(blocks[place].text)
