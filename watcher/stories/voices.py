"""The blocks of a reading -> those that tell the story: not what stands beside it or is the publisher's voice. Pure.

Readers mean well: where a story is missing they take the comments, the author's portrait, the appeal for money or the
teasers for it. What is set aside here says nothing of whether the story is there.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import html

from watcher.stories.asides import Aside
from watcher.stories.blocks import Block, squash, words
from watcher.stories.furniture import is_teaser
from watcher.stories.metadata import Metadata
from watcher.stories.phrases_beside import APPEAL, CREDIT, CUT_OFF
from watcher.stories.telling import share, stems

_APPEAL_CHARS = 500  # a longer paragraph has more to say than to ask
_CAPTION_CHARS = 300
_PORTRAIT_AFTER = 1  # blocks before an author's portrait: a story may begin with the name of who wrote it
_LONG_TEXT = 4_000  # characters: no publisher has so much to ask, and to look for it costs as much as reading
_NAME_CHARS = 100  # within which a publisher's portrait names it
_SPOKEN = 0.5  # share of the headline's words


class Beside:
    """What of a page stands beside its story; asked block by block."""

    def __init__(self, asides: Sequence[Aside], tree: html.HtmlElement, meta: Metadata) -> None:
        beside = (aside.element for aside in asides if not _is_told(aside, meta.title))
        self._aside = "\n".join(squash(element.text_content()) for element in beside)
        self._teasers = {squash(paragraph.text_content()) for paragraph in tree.iter("p") if is_teaser(paragraph)}
        self._body = " ".join(words(meta.body))
        self._authors = tuple(author.casefold() for author in meta.authors if " " in author)
        site = _letters((meta.site or "").rpartition(".")[0] or meta.site or "")  # a site without a name has its host's
        self._publisher = f"{site}is" if site else ""

    def own(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """The blocks that are the story's own, as far as can be told; of a long text only asides are set aside."""
        if sum(len(block.text) for block in blocks) > _LONG_TEXT:
            return tuple(block for block in blocks if not self.is_aside(block))
        return tuple(block for place, block in enumerate(blocks) if not self._has(block, place))

    def is_aside(self, block: Block) -> bool:
        """Whether a block stands in an aside, and JSON-LD does not say that it is of the article."""
        if block.text not in self._aside and block.text not in self._teasers:
            return False
        return not self._body or " ".join(words(block.text)) not in self._body

    def _has(self, block: Block, place: int) -> bool:
        return self.is_aside(block) or speaks_for_publisher(block) or self._is_portrait(block, place)

    def _is_portrait(self, block: Block, place: int) -> bool:
        text = block.text.casefold()
        if self._publisher and _letters(text[:_NAME_CHARS]).startswith(self._publisher):
            return True
        return place >= _PORTRAIT_AFTER and text.startswith(self._authors)


def _is_told(aside: Aside, title: str) -> bool:
    """Whether it is the story that is named or built like an aside: a body of text that speaks of the headline."""
    if not aside.may_be_story:
        return False
    spoken = share(title, stems(str(aside.element.text_content())))
    return spoken is None or spoken >= _SPOKEN


def speaks_for_publisher(block: Block) -> bool:
    """Whether a block asks something of the reader, tells who took a picture, or sends on to the rest of itself."""
    if len(block.text) <= _CAPTION_CHARS and CREDIT.search(block.text):
        return True
    if CUT_OFF.search(block.text[-_CAPTION_CHARS:]):
        return True
    return len(block.text) <= _APPEAL_CHARS and bool(APPEAL.search(block.text))


def _letters(text: str) -> str:
    return "".join(words(text))
