"""The tree of a one-line query: what `parse_query` gives and what the engine evaluates; frozen, nothing else.

Offsets are code points into the text of the query. A leaf knows the field prefix it stands under (None: every field).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from watcher.model import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or a phrase in quotes, as written, without the quotes; `*` at its end: any further letters."""

    text: str
    field: Field | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A regular expression on the display text. flags: letters out of "ims"."""

    text: str
    flags: str = ""
    field: Field | None = None
    offset: int = 0


class MetaKey(StrEnum):
    """What a query may ask of a document beside its three fields."""

    SOURCE = "source"
    AUTHOR = "author"
    URL = "url"
    LANG = "lang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    key: MetaKey
    value: str
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Stands for another watch's own rule."""

    watch: str
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Both, in the same field, in any order, with at most `words` words between."""

    left: Node
    right: Node
    words: int
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    parts: tuple[Node, ...]
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    parts: tuple[Node, ...]
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    part: Node
    offset: int = 0


Node = Word | Pattern | Meta | Reference | Near | And | Or | Not


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case And() | Or():
            return node.parts
        case Not():
            return (node.part,)
        case Near():
            return (node.left, node.right)
        case _:
            return ()
