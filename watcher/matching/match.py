"""Watches in, compiled once; then documents in, and for each the watches that match, with the hits that say why."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from watcher.matching.engine import FIELDS, GENITIVE_LANGUAGES, Engine, Lexicon, Scan
from watcher.matching.evaluate import Outcome, Reading
from watcher.matching.folded import FIELD_BREAK, Folded
from watcher.matching.language import primary
from watcher.matching.plan import Plan
from watcher.matching.rules import Planner, Rule, compile_rule, wanted_patterns
from watcher.matching.telling import Telling
from watcher.model import Document, Match, NoMatch, Rejection, Verdict, Watch

# Longer lists touch most documents, and looking twice would cost more than it spares.
_FEW_PATTERNS = 500

# Of one watch in one document. No story has so many; a page of a million names would fill memory with excerpts.
MOST_HITS = 1000


class Matcher:
    """All watches, compiled. Judging changes nothing but the count of regular expressions that ran out of time.

    It may be used by several threads; pickling takes the watches and compiles them again.
    """

    def __init__(self, watches: Sequence[Watch]) -> None:
        """Raises ValueError or QueryError for watches that the watchlist's reader would have refused."""
        self.watches = tuple(watches)
        self._lexicon = lexicon = Lexicon()
        places = {watch.name: place for place, watch in enumerate(self.watches)}
        with _collector_paused():
            self._rules = tuple([compile_rule(watch, places, lexicon) for watch in self.watches])
            self._engine = Engine(lexicon)
            self._plan = _plan(self._rules, lexicon)
        self._users: dict[int, list[int]] | None = None

    def __reduce__(self) -> tuple[type[Matcher], tuple[tuple[Watch, ...]]]:
        return Matcher, (self.watches,)

    def judge(self, document: Document, *, why: bool = False) -> Verdict:
        """Everything that the watches say of a document; with `why` also why a watch with a hit does not match."""
        scan = Scan(self._engine, (document.title, document.summary, document.body), primary(document.lang))
        places = self._plan.candidates(scan.trace)
        reading: Reading | None = None
        matches: list[Match] = []
        telling = Telling(scan)
        if why:
            places = sorted({*places, *self._touched(scan)})
        rejections: list[Rejection] = []
        for place in places:
            reading = reading or Reading(self._rules, scan, document, why=why)
            outcome = reading.outcome(place)
            if outcome.matched:
                beside = reading.beside(place)
                hits = telling.hits(outcome.spans[:MOST_HITS])
                matches.append(Match(watch=self.watches[place].name, hits=hits, beside=beside))
            elif why and outcome.reason is not None:
                rejections.append(_rejection(self.watches[place], outcome, outcome.reason))
        return Verdict(matches=tuple(matches), rejections=tuple(rejections))

    def untouched(self, documents: Sequence[Document]) -> list[bool]:
        """For each document whether nothing that any watch looks for is in it, so that its verdict is an empty one.

        All are folded at once: with few watches most documents are of this kind, and judging each costs thrice as much.
        False for all where that would not pay, or tells nothing.
        """
        if len(self._lexicon.patterns) > _FEW_PATTERNS or not self._plan.needs_finds:
            return [False] * len(documents)
        fields = [field for one in documents for field in (one.title, one.summary, one.body)]
        parts = Folded(fields).search.split(FIELD_BREAK.encode())
        automata = (self._engine.automaton(primary(document.lang)) for document in documents)
        searches = (b"\0".join(parts[start : start + len(FIELDS)]) for start in range(0, len(parts), len(FIELDS)))
        return [not automaton.finds_any(search) for automaton, search in zip(automata, searches, strict=True)]

    def switched_off(self) -> tuple[str, ...]:
        """The watches with a regular expression that was switched off, in the order of the list."""
        return tuple(
            rule.watch.name
            for rule in self._rules
            if any(one.switched_off for one in (*rule.expressions, *rule.patterns.values()))
        )

    def prepared(self) -> Matcher:
        """This matcher, with what else the first document of a kind would make it work out; for an event loop."""
        self._engine.automaton(next(iter(GENITIVE_LANGUAGES)))
        self._users_of()
        return self

    def _users_of(self) -> dict[int, list[int]]:
        """By pattern the rules of which something is found where it is."""
        if self._users is None:
            users: dict[int, list[int]] = {}
            for place, patterns in enumerate(wanted_patterns(self._rules, self._lexicon)):
                for pattern in patterns:
                    users.setdefault(pattern, []).append(place)
            self._users = users
        return self._users

    def _touched(self, scan: Scan) -> set[int]:
        """The rules of which anything was found that would be a hit."""
        users = self._users_of()
        return {place for pattern in set(scan.trace.numbers.tolist()) for place in users.get(pattern, ())}


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Everything that compiling makes is kept; looking for garbage among it again and again doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def compile_watches(watches: Sequence[Watch]) -> Matcher:
    """All that can be worked out before the first document; heavy for long lists, so do it off the event loop.

    The same watches again give the same Matcher, with its regular expressions still switched off.
    Raises ValueError or QueryError for watches that the watchlist's reader would have refused.
    """
    return _compiled(tuple(watches))


@lru_cache(maxsize=1)
def _compiled(watches: tuple[Watch, ...]) -> Matcher:
    return Matcher(watches)


def _plan(rules: Sequence[Rule], lexicon: Lexicon) -> Plan:
    planner = Planner(rules, lexicon)
    return Plan([planner.clauses(place) for place in range(len(rules))], len(lexicon.patterns))


def _rejection(watch: Watch, outcome: Outcome, reason: NoMatch) -> Rejection:
    return Rejection(watch=watch.name, reason=reason, detail=outcome.detail)
