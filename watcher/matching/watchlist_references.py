"""The watches of a list in; what is wrong in how they stand for one another (watch:Name) out, as faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.marks import Node, did_you_mean
from watcher.matching.query import leaves, parse_query, references
from watcher.matching.tree import Reference
from watcher.matching.watchlist_terms import Faults
from watcher.matching.watchlist_watches import REFERENCE, WrittenWatch
from watcher.model import Watch

# A person needs two or three; what stands for others is evaluated recursively, and Python's own limit lies at 1,000
_DEEPEST = 50


def check_references(written: tuple[WrittenWatch, ...], names: Mapping[str, WrittenWatch], faults: Faults) -> None:
    """Unknown watches in `all` (those in queries are told with the query), circles, and chains that are too long."""
    for one in written:
        for node, name in _reference_nodes(one):
            if name and name not in names and not any(other.name_node.hidden for other in names.values()):
                faults.tell(node, f'there is no watch "{name}".{did_you_mean(name, names)}')
    graph = {one.watch.name: [name for name in _stands_upon(one.watch) if name in names] for one in written}
    depths: dict[str, int] = {}
    for start in graph:
        if start not in depths:
            _walk(start, graph, depths, names, faults)


def _walk(
    start: str,
    graph: Mapping[str, list[str]],
    depths: dict[str, int],
    names: Mapping[str, WrittenWatch],
    faults: Faults,
) -> None:
    """All that a watch stands upon, depth first and without recursion; each circle is told at its first watch."""
    path = {start: iter(graph[start])}  # in order: from the start to where the walk is
    while path:
        here = next(reversed(path))
        following = next(path[here], None)
        if following is None:
            del path[here]
            depths[here] = 1 + max((depths.get(name, 0) for name in graph[here]), default=0)
            if depths[here] == _DEEPEST + 1:
                faults.tell(names[here].name_node, f"this watch stands upon others in a chain of more than {_DEEPEST}.")
        elif following in path:
            walked = list(path)
            _tell_circle(walked[walked.index(following) :], names, faults)
        elif following not in depths:
            path[following] = iter(graph[following])


def _stands_upon(watch: Watch) -> tuple[str, ...]:
    """The watches that it refers to; a query without the word is not read for it a second time."""
    return references(watch) if watch.all_ or REFERENCE in (watch.query or "") else ()


def _reference_nodes(one: WrittenWatch) -> Iterator[tuple[Node, str]]:
    """The places in `all` that stand for another watch, and its name."""
    if not one.watch.all_:
        return
    for node in one.node.at(("all",)).scalars():
        text = node.text.strip()
        if text.startswith(REFERENCE):
            yield node, text.removeprefix(REFERENCE).strip()


def _tell_circle(circle: list[str], names: Mapping[str, WrittenWatch], faults: Faults) -> None:
    first = min(circle, key=lambda name: names[name].node.start)
    turn = circle.index(first)
    ordered = [*circle[turn:], *circle[:turn], first]
    one, target = names[first], ordered[1]
    node = next((node for node, name in _reference_nodes(one) if name == target), None)
    offset = None
    if node is None:
        node = one.node.at(("query",))
        offset = _query_offset(node.text, target)
    around = " -> ".join(f'"{name}"' for name in ordered)
    faults.tell(
        node, f"these watches stand for one another in a circle: {around}. Take one of them out.", offset=offset
    )


def _query_offset(query: str, target: str) -> int:
    """Where in a query the other watch is named."""
    named = (leaf for leaf in leaves(parse_query(query)) if isinstance(leaf, Reference) and leaf.watch == target)
    return next(named).offset
