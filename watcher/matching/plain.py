"""A query's tree in; what can be asked of its words without a walk through the tree, out.

Most queries are: some words, one of some others, and none of some more, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.matching import tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Terms by their numbers: of each clause at least one must stand, of `without` none may."""

    clauses: tuple[tuple[int, ...], ...]
    without: tuple[int, ...]


def plain_query(query: tree.Node, words: Mapping[str, int]) -> Plain | None:
    """words: the numbers of the query's words as terms. None for a query that asks for more than words."""
    clauses: list[tuple[int, ...]] = []
    without: list[int] = []
    for part in query.parts if isinstance(query, tree.And) else (query,):
        node = part.part if isinstance(part, tree.Not) else part
        leaves = node.parts if isinstance(node, tree.Or) else (node,)
        numbers = tuple([words[leaf.text] for leaf in leaves if isinstance(leaf, tree.Word) and leaf.field is None])
        if len(numbers) < len(leaves):
            return None
        if node is part:
            clauses.append(numbers)
        else:
            without += numbers
    return Plain(clauses=tuple(clauses), without=tuple(without))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Terms by their numbers: one of the left must stand near one of the right."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    words: int


def pairs(query: tree.Node, words: Mapping[str, int]) -> tuple[Pair, ...]:
    """What a query cannot do without of words that stand near one another."""
    found: list[Pair] = []
    for part in query.parts if isinstance(query, tree.And) else (query,):
        if isinstance(part, tree.Near):
            left, right = _either(part.left, words), _either(part.right, words)
            if left and right:
                found.append(Pair(left=left, right=right, words=part.words))
    return tuple(found)


def _either(node: tree.Node, words: Mapping[str, int]) -> tuple[int, ...]:
    """The words of which one must stand; none if it may also be something else."""
    leaves = node.parts if isinstance(node, tree.Or) else (node,)
    numbers = tuple([words[leaf.text] for leaf in leaves if isinstance(leaf, tree.Word)])
    return numbers if len(numbers) == len(leaves) else ()
