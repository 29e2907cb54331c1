"""A watch in; the rule that the engine evaluates, and the terms without which it cannot match, out.

They are in clauses: of each clause at least one pattern must be present. The cheapest clause, the one whose patterns
are probably the rarest, says for which documents the rule is looked at at all (the percolator of Luwak).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watcher.matching import tree
from watcher.matching.engine import FIELDS, Lexicon
from watcher.matching.plain import Pair, Plain, pairs, plain_query
from watcher.matching.query import REFERENCE, leaves, parse_query
from watcher.matching.regexes import Expression
from watcher.matching.terms import Mode
from watcher.matching.weights import weights
from watcher.model import Watch

Clause = frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of `all`: terms, and other watches, any of which will do."""

    written: tuple[str, ...]
    terms: frozenset[int]
    watches: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One watch, its terms as numbers."""

    watch: Watch
    full: frozenset[int]
    short: frozenset[int]
    with_: frozenset[int]
    needs: frozenset[int]
    ignore: frozenset[int]
    never: frozenset[int]
    lines: tuple[Line, ...]
    query: tree.Node | None
    words: Mapping[str, int]  # the words of the query as terms
    expressions: tuple[Expression, ...]  # of `regex`
    patterns: Mapping[tree.Pattern, Expression]  # of the query
    watches: Mapping[str, int]  # the watches that the query refers to
    only_query: bool  # no names, lines or expressions beside the query
    plain: Plain | None  # what stands for the whole rule, if it is a query of words and nothing else
    near: tuple[Pair, ...]  # without which it cannot match


def compile_rule(watch: Watch, places: Mapping[str, int], lexicon: Lexicon) -> Rule:
    """places: where in the list each watch stands. Raises QueryError, or ValueError for a term with nothing to find."""
    only_label = bool(watch.all_ or watch.query is not None or watch.regex)
    names = watch.also if only_label else (watch.name, *watch.also)
    query = parse_query(watch.query) if watch.query is not None else None
    leaf_nodes = leaves(query) if query is not None else ()
    words = {leaf.text: lexicon.number(leaf.text, Mode.WORD) for leaf in leaf_nodes if isinstance(leaf, tree.Word)}
    only_query = query is not None and not (watch.also or watch.short or watch.all_ or watch.regex)
    bounds = watch.needs or watch.ignore or watch.never or watch.feeds or watch.lang or len(watch.where) < len(FIELDS)
    return Rule(
        watch=watch,
        full=lexicon.numbers(names, Mode.NAME),
        short=lexicon.numbers(watch.short, Mode.NAME),
        with_=lexicon.numbers(watch.with_, Mode.ANY),
        needs=lexicon.numbers(watch.needs, Mode.ANY),
        ignore=lexicon.numbers(watch.ignore, Mode.ANY),
        never=lexicon.numbers(watch.never, Mode.WORD),
        lines=tuple(_line(line, places, lexicon) for line in watch.all_),
        query=query,
        words=words,
        expressions=tuple(Expression(watch.name, text, "", lexicon) for text in watch.regex),
        patterns={
            leaf: Expression(watch.name, leaf.text, leaf.flags, lexicon)
            for leaf in leaf_nodes
            if isinstance(leaf, tree.Pattern)
        },
        watches={leaf.watch: _place(leaf.watch, places) for leaf in leaf_nodes if isinstance(leaf, tree.Reference)},
        only_query=only_query,
        plain=plain_query(query, words) if query is not None and only_query and not bounds else None,
        near=pairs(query, words) if query is not None and only_query else (),
    )


def _line(written: tuple[str, ...], places: Mapping[str, int], lexicon: Lexicon) -> Line:
    others = [text.removeprefix(REFERENCE).strip() for text in written if text.startswith(REFERENCE)]
    terms = [text for text in written if not text.startswith(REFERENCE)]
    return Line(
        written=written,
        terms=lexicon.numbers(terms, Mode.NAME),
        watches=tuple(_place(name, places) for name in others),
    )


def _place(name: str, places: Mapping[str, int]) -> int:
    if name not in places:
        raise ValueError(f'there is no watch with the name "{name}"')
    return places[name]


class Planner:
    """Works out for each rule what it cannot do without."""

    def __init__(self, rules: Sequence[Rule], lexicon: Lexicon) -> None:
        self._rules = rules
        self._lexicon = lexicon
        self._weights: list[float] | None = None
        self._known: dict[int, tuple[Clause, ...] | None] = {}

    def clauses(self, place: int) -> tuple[Clause, ...]:
        """The clauses of the rule at a place in the list, the cheapest first; none if it must always be looked at.

        Raises ValueError if watches stand for one another in a circle.
        """
        if place in self._known:
            known = self._known[place]
            if known is None:
                raise ValueError(f'the watch "{self._rules[place].watch.name}" stands for itself')
            return known
        self._known[place] = None
        rule = self._rules[place]
        for other in rule.watches.values():
            self.clauses(other)  # also those under NOT, so that no circle is missed
        ways: list[tuple[Clause, ...]] = []
        if rule.full or rule.short:
            ways.append(self._names(rule))
        if rule.lines:
            ways.append(tuple(clause for line in rule.lines for clause in self._line(line)))
        if rule.query is not None:
            ways.append(self._node(rule.query, rule))
        ways += [expression.clauses for expression in rule.expressions]
        found = self._either(ways)
        if rule.needs:
            found = (*found, self._lexicon.patterns_of(rule.needs))
        if len(found) > 1:
            found = tuple(sorted(dict.fromkeys(found), key=self._cost))
        self._known[place] = found
        return found

    def _names(self, rule: Rule) -> tuple[Clause, ...]:
        """A full name, or a short one and beside it a full name or a word of `with` (R10)."""
        full = self._lexicon.patterns_of(rule.full)
        if not rule.short:
            return (full,)
        return full | self._lexicon.patterns_of(rule.short), full | self._lexicon.patterns_of(rule.with_)

    def _line(self, line: Line) -> tuple[Clause, ...]:
        ways = [self.clauses(other) for other in line.watches]
        return self._either([*ways, (self._lexicon.patterns_of(line.terms),)] if line.terms else ways)

    def _node(self, node: tree.Node, rule: Rule) -> tuple[Clause, ...]:
        match node:
            case tree.Word():
                return (self._lexicon.patterns_of((rule.words[node.text],)),)
            case tree.Pattern():
                return rule.patterns[node].clauses
            case tree.Reference():
                return self.clauses(rule.watches[node.watch])
            case tree.Or():
                return self._either([self._node(part, rule) for part in node.parts])
            case tree.And() | tree.Near():
                return tuple(clause for part in tree.children(node) for clause in self._node(part, rule))
            case _:
                return ()  # NOT, and what is asked of the source, the author, the address, the language

    def _either(self, ways: Sequence[tuple[Clause, ...]]) -> tuple[Clause, ...]:
        if len(ways) == 1:
            return ways[0]
        if not ways or not all(ways):
            return ()
        return (frozenset().union(*(min(way, key=self._cost) for way in ways)),)

    def _cost(self, clause: Clause) -> float:
        if self._weights is None:
            self._weights = weights(self._lexicon.patterns)
        return sum([self._weights[pattern] for pattern in clause])


def wanted_patterns(rules: Sequence[Rule], lexicon: Lexicon) -> list[Clause]:
    """For each rule the patterns whose finds are hits of it, its own and those of the watches that it stands upon.

    Not those of NOT, `with`, `needs`, `never`, `ignore`.
    """
    known: dict[int, Clause] = {}

    def of(place: int) -> Clause:
        if place not in known:
            rule = rules[place]
            below = {*rule.watches.values(), *(other for line in rule.lines for other in line.watches)}
            known[place] = _own_patterns(rule, lexicon).union(*map(of, below))
        return known[place]

    return [of(place) for place in range(len(rules))]


def _own_patterns(rule: Rule, lexicon: Lexicon) -> Clause:
    terms = rule.full | rule.short
    terms = terms.union(*(line.terms for line in rule.lines))
    if rule.query is not None:
        terms = terms.union(rule.words[leaf.text] for leaf in wanted(rule.query) if isinstance(leaf, tree.Word))
    expressions = (*rule.expressions, *rule.patterns.values())
    return lexicon.patterns_of(terms).union(*(clause for one in expressions for clause in one.clauses))


def wanted(node: tree.Node, *, here: bool = True) -> tuple[tree.Node, ...]:
    """The leaves under a node that are asked for: not those under NOT."""
    if isinstance(node, tree.Not):
        return wanted(node.part, here=not here)
    below = tree.children(node)
    if not below:
        return (node,) if here else ()
    return tuple(leaf for child in below for leaf in wanted(child, here=here))
