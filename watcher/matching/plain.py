"""A query's tree in; what it asks for as clauses, if it is one of words alone, out.

Most queries are: some words, one of some others, and none of some more, wherever they stand. What they need is told by
a few numbers, without a walk through the tree.
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
