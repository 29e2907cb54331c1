"""A query's tree and a scanned document in; whether it holds, and the hits that make it so, out (Q2 to Q5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from watcher.matching import tree
from watcher.matching.engine import FIELDS
from watcher.matching.finds import Finds, Sorted, Span
from watcher.matching.fold import keep_fold
from watcher.matching.language import speaks
from watcher.matching.near import Place, near
from watcher.matching.query import leaves
from watcher.matching.rules import Rule
from watcher.model import Document, Field


class Asked(NamedTuple):
    """Whether a part of a query holds, and its hits."""

    held: bool
    spans: list[Span]


class Asking:
    """One query about one document. met: what was found of it on the way, whether or not the whole holds."""

    def __init__(
        self,
        rule: Rule,
        finds: Finds,
        document: Document,
        watches: Mapping[str, Asked],
        language: Callable[[], str | None],
    ) -> None:
        self._rule = rule
        self._words = rule.words
        self._finds = finds
        self._document = document
        self._watches = watches
        self._language = language
        self.met = Sorted([], [], [])
        self.elsewhere: list[Span] = []  # outside the fields that are looked at

    def holds(self, node: tree.Node, where: Collection[Field]) -> Asked:
        match node:
            case tree.And():
                parts = [self.holds(part, where) for part in node.parts]
                return Asked(all(part.held for part in parts), _together(parts))
            case tree.Or():
                parts = [self.holds(part, where) for part in node.parts]
                return Asked(any(part.held for part in parts), _together(parts))
            case tree.Not():
                return Asked(not self._stands(node.part, where), [])
            case tree.Meta():
                return Asked(self._is(node), [])
            case tree.Reference():
                other = self._watches[node.watch]
                good, _ = self._finds.outside(other.spans, self._rule.ignore)
                spans = self._finds.within(good, where)
                self.met.good.extend(spans)
                return Asked(bool(spans) or (other.held and not other.spans), spans)
            case _:
                return self._found(node, where)

    def _found(self, node: tree.Word | tree.Pattern | tree.Near, where: Collection[Field]) -> Asked:
        if isinstance(node, tree.Near):
            places = self._places(node, where)
            return Asked(bool(places), [span for place in places for span in place.spans])
        spans = self._leaf(node, where)
        return Asked(bool(spans), spans)

    def _stands(self, node: tree.Node, where: Collection[Field]) -> bool:
        """For NOT: what must not stand in a field that is named must not stand there, wherever the watch looks."""
        met, elsewhere = self.met, self.elsewhere
        self.met, self.elsewhere = Sorted([], [], []), []
        named = all(getattr(leaf, "field", None) is not None for leaf in leaves(node))
        held = self.holds(node, FIELDS if named else where).held
        self.met, self.elsewhere = met, elsewhere
        return held

    def _places(self, node: tree.Node, where: Collection[Field]) -> list[Place]:
        """Where something stands that has a place: a word, a pattern, any of several, two near each other."""
        match node:
            case tree.Near():
                left, right = self._places(node.left, where), self._places(node.right, where)
                scan = self._finds.scan
                return near(left, right, words=node.words, text=scan.folded.display, field_at=scan.field_at)
            case tree.Or():
                return [place for part in node.parts for place in self._places(part, where)]
            case tree.Word() | tree.Pattern():
                return [Place(span.start, span.end, (span,)) for span in self._leaf(node, where)]
            case _:
                return []

    def _leaf(self, node: tree.Word | tree.Pattern, where: Collection[Field]) -> list[Span]:
        if isinstance(node, tree.Pattern):
            spans = [Span(*place, node.text) for place in self._rule.patterns[node].finds(self._finds.scan)]
            found = Sorted(*self._finds.outside(spans, self._rule.ignore), [])
        else:
            found = self._finds.sorted(self._words[node.text], self._rule.ignore)
            if not any(found):
                return []
        within = self._finds.within(found.good, where if node.field is None else {node.field}.intersection(where))
        self.met.good.extend(within)
        self.met.ignored.extend(found.ignored)
        self.met.wrong_case.extend(found.wrong_case)
        if len(within) < len(found.good):
            self.elsewhere.extend(found.good)
        return within

    def _is(self, node: tree.Meta) -> bool:
        document = self._document
        if node.key is tree.MetaKey.LANG:
            language = self._language()
            return language is not None and speaks(language, node.value)
        if node.key is tree.MetaKey.URL:
            return node.value.casefold() in (document.url or "").casefold()
        text = document.source if node.key is tree.MetaKey.SOURCE else document.author
        return keep_fold(node.value) in keep_fold(text or "")


def _together(parts: list[Asked]) -> list[Span]:
    return [span for part in parts if part.held for span in part.spans]
