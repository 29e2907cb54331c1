"""A query's tree and a scanned document in; whether it holds, and the hits that make it so, out (Q2 to Q5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from watcher.matching import tree
from watcher.matching.engine import FIELDS
from watcher.matching.finds import Finds, Sorted
from watcher.matching.fold import keep_fold
from watcher.matching.language import speaks
from watcher.matching.near import Place, near
from watcher.matching.query import leaves
from watcher.matching.rules import Rule, wanted
from watcher.matching.terms import Span
from watcher.model import Document, Field

_NO_SPANS: Sequence[Span] = ()


class Asking:
    """One query about one document."""

    __slots__ = ("_document", "_finds", "_language", "_rule", "_watches")

    def __init__(
        self,
        rule: Rule,
        finds: Finds,
        document: Document,
        watches: Mapping[str, Sequence[Span] | None],
        language: Callable[[], str | None],
    ) -> None:
        """watches: the hits of those that the query refers to; None for one that does not match."""
        self._rule = rule
        self._finds = finds
        self._document = document
        self._watches = watches
        self._language = language

    def spans(self, node: tree.Node, where: Collection[Field]) -> Sequence[Span] | None:
        """The hits that make a part of the query hold, perhaps none; None if it does not hold."""
        if isinstance(node, tree.Word):
            return self._word(node, where) or None
        if isinstance(node, tree.And):
            return self._all(node, where)
        if isinstance(node, tree.Or):
            held = [spans for part in node.parts if (spans := self.spans(part, where)) is not None]
            return [span for spans in held for span in spans] if held else None
        if isinstance(node, tree.Not):
            return None if self._stands(node.part, where) else _NO_SPANS
        if isinstance(node, tree.Near):
            return [span for place in self._places(node, where) for span in place.spans] or None
        if isinstance(node, tree.Meta):
            return _NO_SPANS if self._is(node) else None
        if isinstance(node, tree.Reference):
            spans = self._watches[node.watch]
            return spans if not spans else self._referred(node, where) or None
        return self._pattern(node, where).good or None

    def met(self, query: tree.Node, where: Collection[Field]) -> tuple[Sorted, list[Span]]:
        """What stands of a query that does not hold: within the fields that are looked at, and what is outside them."""
        met, elsewhere = Sorted([], [], []), []
        for leaf in wanted(query):
            if isinstance(leaf, tree.Reference):
                met.good.extend(self._referred(leaf, where))
            elif isinstance(leaf, tree.Word | tree.Pattern):
                found = (
                    self._finds.sorted(frozenset({self._rule.words[leaf.text]}), self._rule.ignore)
                    if isinstance(leaf, tree.Word)
                    else self._pattern(leaf, FIELDS)
                )
                within = self._within(found.good, leaf.field, where)
                met.good.extend(within)
                met.ignored.extend(found.ignored)
                met.wrong_case.extend(found.wrong_case)
                if len(within) < len(found.good):
                    elsewhere.extend(found.good)
        return met, elsewhere

    def _all(self, node: tree.And, where: Collection[Field]) -> Sequence[Span] | None:
        together: list[Span] = []
        for part in node.parts:
            spans = self.spans(part, where)
            if spans is None:
                return None
            together += spans
        return together

    def _stands(self, node: tree.Node, where: Collection[Field]) -> bool:
        """For NOT: what must not stand in a field that is named must not stand there, wherever the watch looks."""
        if len(where) < len(FIELDS) and all(getattr(leaf, "field", None) is not None for leaf in leaves(node)):
            where = FIELDS
        return self.spans(node, where) is not None

    def _places(self, node: tree.Node, where: Collection[Field]) -> list[Place]:
        """Where something stands that has a place: a word, a pattern, any of several, two near each other."""
        match node:
            case tree.Near():
                left = self._places(node.left, where)
                right = self._places(node.right, where) if left else []
                scan = self._finds.scan
                return near(left, right, words=node.words, text=scan.folded.display, field_at=scan.field_at)
            case tree.Or():
                return [place for part in node.parts for place in self._places(part, where)]
            case tree.Word() | tree.Pattern():
                return [Place(span.start, span.end, (span,)) for span in self.spans(node, where) or ()]
            case _:
                return []

    def _word(self, node: tree.Word, where: Collection[Field]) -> Sequence[Span]:
        found = self._finds.scan.stands(self._rule.words[node.text]).right
        if found and self._rule.ignore:
            found, _ = self._finds.outside(found, self._rule.ignore)
        return self._within(found, node.field, where) if found else found

    def _pattern(self, node: tree.Pattern, where: Collection[Field]) -> Sorted:
        spans = [Span(*place, node.text) for place in self._rule.patterns[node].finds(self._finds.scan)]
        good, ignored = self._finds.outside(spans, self._rule.ignore)
        return Sorted(list(self._within(good, node.field, where)), ignored, [])

    def _referred(self, node: tree.Reference, where: Collection[Field]) -> Sequence[Span]:
        good, _ = self._finds.outside(self._watches[node.watch] or (), self._rule.ignore)
        return self._finds.within(good, where)

    def _within(self, spans: Sequence[Span], field: Field | None, where: Collection[Field]) -> Sequence[Span]:
        if field is not None:
            where = {field}.intersection(where)
        elif len(where) == len(FIELDS):
            return spans
        return self._finds.within(spans, where)

    def _is(self, node: tree.Meta) -> bool:
        document = self._document
        if node.key is tree.MetaKey.LANG:
            language = self._language()
            return language is not None and speaks(language, node.value)
        if node.key is tree.MetaKey.URL:
            return node.value.casefold() in (document.url or "").casefold()
        text = document.source if node.key is tree.MetaKey.SOURCE else document.author
        return keep_fold(node.value) in keep_fold(text or "")
