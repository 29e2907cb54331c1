"""A rule and a document that was scanned in; its hits, or the reason why it does not match, out. Pure.

A find is a place where a term stands. It counts if its case is right (R7), if it is not inside an `ignore` phrase (R8),
if it has its context where it is a short name (R10), and if it stands in one of the rule's places (`where`). Of what
counts, one hit is kept at each place (R9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from watcher.matching import tree
from watcher.matching.ask import Asking
from watcher.matching.engine import Scan
from watcher.matching.finds import Finds, Sorted, one_a_place
from watcher.matching.language import detect, speaks
from watcher.matching.rules import Line, Rule
from watcher.matching.terms import Span
from watcher.model import Document, NoMatch


class Outcome(NamedTuple):
    """What came of a rule. Not matched and without a reason: nothing of it was found at all."""

    spans: tuple[Span, ...] = ()
    matched: bool = False
    reason: NoMatch | None = None
    detail: str = ""


NOTHING = Outcome()
_NO_WATCHES: Mapping[str, Sequence[Span] | None] = {}


class Reading:
    """One document against the rules of a list; what is worked out for one rule is kept for those that refer to it."""

    def __init__(self, rules: Sequence[Rule], scan: Scan, document: Document, *, why: bool) -> None:
        """why: whether anybody wants to know why a rule does not match; it costs time to say."""
        self._rules = rules
        self._finds = Finds(scan)
        self._document = document
        self._why = why
        self._known: dict[int, Outcome] = {}
        self._language = document.lang or None
        self._detected = bool(document.lang)

    def outcome(self, place: int) -> Outcome:
        """What comes of the rule at a place in the list."""
        known = self._known.get(place)
        if known is None:
            rule = self._rules[place]
            known = self._known[place] = self._quickly(rule) or self._bounded(rule)
        return known

    def _quickly(self, rule: Rule) -> Outcome | None:
        """The rule's outcome, if it can be told from its words alone; not why it does not match."""
        if rule.plain is not None:
            spans = self._finds.together(rule.plain)
            if spans is not None:
                return Outcome(one_a_place(spans), matched=True)
            return None if self._why else NOTHING
        if rule.near and not self._why and not all(map(self._finds.may_be_near, rule.near)):
            return NOTHING
        return None

    def beside(self, place: int) -> tuple[str, ...]:
        """The words of `with` and `needs` of the rule at a place that stand in the document, in their order there."""
        rule = self._rules[place]
        if not rule.with_ and not rule.needs:
            return ()
        found = sorted({*self._finds.of(rule.with_), *self._finds.of(rule.needs)})
        return tuple(dict.fromkeys(span.term for span in found))

    def language(self) -> str | None:
        """The document's language as it was told, else as its text looks; None if that cannot be told."""
        if not self._detected:
            self._detected = True
            self._language = detect(" ".join(self._finds.scan.fields))
        return self._language

    def _bounded(self, rule: Rule) -> Outcome:
        """The rule's own outcome, within feeds, lang, never and needs."""
        found = self._found(rule)
        if not found.matched:
            return found
        watch = rule.watch
        if watch.feeds and not set(watch.feeds).intersection(self._document.feed):
            return Outcome(reason=NoMatch.FEED, detail=f"only for the feeds {_listed(watch.feeds)}")
        if watch.lang:
            language = self.language()
            if language is not None and not any(speaks(language, wanted) for wanted in watch.lang):
                return Outcome(
                    reason=NoMatch.LANGUAGE, detail=f"the text is in {language}, not in {_listed(watch.lang)}"
                )
        if rule.never and (forbidden := self._finds.first(rule.never)) is not None:
            return Outcome(reason=NoMatch.NEVER, detail=self._stands(forbidden))
        if rule.needs and self._finds.first(rule.needs) is None:
            return Outcome(reason=NoMatch.NO_CONTEXT, detail=f"needs one of {_listed(watch.needs)}")
        return found

    def _found(self, rule: Rule) -> Outcome:
        """Any of the ways in which the rule can match; the hits of all that do."""
        if rule.query is not None and rule.only_query:
            found = self._query(rule, rule.query)
            return Outcome(one_a_place(found.spans), matched=True) if found.matched else found
        ways: list[Outcome] = []
        if rule.full or rule.short:
            ways.append(self._names(rule))
        if rule.lines:
            ways.append(self._lines(rule))
        if rule.query is not None:
            ways.append(self._query(rule, rule.query))
        if rule.expressions:
            spans = [Span(*place, one.text) for one in rule.expressions for place in one.finds(self._finds.scan)]
            ways.append(self._counted(rule, Sorted(*self._finds.outside(spans, rule.ignore), [])))
        matched = [way for way in ways if way.matched]
        if matched:
            return Outcome(matched=True, spans=one_a_place(span for way in matched for span in way.spans))
        return next((way for way in ways if way.reason is not None), NOTHING)

    def _names(self, rule: Rule) -> Outcome:
        full = self._finds.sorted(rule.full, rule.ignore)
        short = self._finds.sorted(rule.short, rule.ignore)
        spans = full.good + short.good if full.good else []
        if short.good and not full.good:
            context = list(self._finds.of(rule.with_))
            spans = [span for span in short.good if any(_apart(span, other) for other in context)]
            if not spans:
                also = f" and none of {_listed(rule.watch.with_)}" if rule.watch.with_ else ""
                detail = f"{self._stands(short.good[0])}, but no full name{also}"
                return Outcome(reason=NoMatch.NO_CONTEXT, detail=detail)
        return self._counted(rule, Sorted(spans, full.ignored + short.ignored, full.wrong_case + short.wrong_case))

    def _lines(self, rule: Rule) -> Outcome:
        spans: list[Span] = []
        missing: list[tuple[tuple[str, ...], Outcome]] = []
        for line in rule.lines:
            outcome = self._counted(rule, self._line(line, rule))
            spans += outcome.spans
            if not outcome.matched:
                missing.append((line.written, outcome))
        if not missing:
            return Outcome(matched=True, spans=tuple(spans))
        against = next((outcome for _, outcome in missing if outcome.reason is not None), None)
        if against is not None:
            return against
        return Outcome(reason=NoMatch.NO_CONTEXT, detail=f"none of {_listed(missing[0][0])}") if spans else NOTHING

    def _line(self, line: Line, rule: Rule) -> Sorted:
        found = self._finds.sorted(line.terms, rule.ignore)
        for other in line.watches:
            good, ignored = self._finds.outside(list(self.outcome(other).spans), rule.ignore)
            found.good.extend(good)
            found.ignored.extend(ignored)
        return found

    def _query(self, rule: Rule, query: tree.Node) -> Outcome:
        others: Mapping[str, Sequence[Span] | None] = _NO_WATCHES
        if rule.watches:
            referred = {name: self.outcome(place) for name, place in rule.watches.items()}
            others = {name: outcome.spans if outcome.matched else None for name, outcome in referred.items()}
        asking = Asking(rule, self._finds, self._document, others, self.language)
        spans = asking.spans(query, rule.watch.where)
        if spans is not None:
            return Outcome(matched=True, spans=tuple(spans))
        if not self._why:
            return NOTHING
        met, elsewhere = asking.met(query, rule.watch.where)
        if not met.good:
            return self._against(rule, Sorted(elsewhere, met.ignored, met.wrong_case))
        detail = f"{self._stands(met.good[0])}, but not all that the query asks for: {rule.watch.query}"
        return Outcome(reason=NoMatch.QUERY, detail=detail)

    def _counted(self, rule: Rule, found: Sorted) -> Outcome:
        """Those of the finds that stand in the rule's places, else the reason why none counts."""
        spans = self._finds.within(found.good, rule.watch.where)
        if spans:
            return Outcome(matched=True, spans=tuple(spans))
        return self._against(rule, found)

    def _against(self, rule: Rule, found: Sorted) -> Outcome:
        """Why none of the finds counts, given that none stands in the rule's places."""
        if found.good:
            detail = f"{self._stands(found.good[0])}, not in {_listed(rule.watch.where)}"
            return Outcome(reason=NoMatch.PLACE, detail=detail)
        if found.ignored:
            detail = f"{self._stands(found.ignored[0])}, but only inside one of {_listed(rule.watch.ignore)}"
            return Outcome(reason=NoMatch.IGNORED, detail=detail)
        if found.wrong_case:
            span = found.wrong_case[0]
            text = self._finds.text(span)
            among = (
                "stands in a text that is all capitals" if text == span.term else f'is not written like "{span.term}"'
            )
            detail = f'"{text}" {among}'
            return Outcome(reason=NoMatch.CASE, detail=detail)
        return NOTHING

    def _stands(self, span: Span) -> str:
        return f'"{self._finds.text(span)}" stands in the {self._finds.field(span).value}'


def _apart(one: Span, other: Span) -> bool:
    return one.end <= other.start or other.end <= one.start


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)
