"""All terms of all watches in, compiled once; for a document, every place where each of them stands, out.

One pass of one automaton over the search form finds what may be a term. What is not needed is not checked: a find is
looked up in the display text only when somebody asks for the finds of its term.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

import ahocorasick_rs
import regex

from watcher.matching.fold import RIGHT_TO_LEFT_RANGE
from watcher.matching.folded import FIELD_BREAK, Folded
from watcher.matching.terms import Case, Found, Mode, Term, check, compile_term
from watcher.model import Field

FIELDS = (Field.TITLE, Field.SUMMARY, Field.BODY)

# The languages that write a genitive -s on to a name without an apostrophe (R5).
GENITIVE_LANGUAGES = frozenset({"de", "nl", "sv", "da", "no", "nb"})

_SMALL = regex.compile(r"[\p{Ll}\p{Lt}\p{Lo}]")
_RIGHT_TO_LEFT = regex.compile(f"[{RIGHT_TO_LEFT_RANGE}]")


class Lexicon:
    """Collects the terms of all watches; the same words by the same rule are one term, with one number."""

    def __init__(self) -> None:
        self.terms: list[Term | None] = []  # None: a literal of a regular expression, of which only the presence counts
        self.patterns: dict[bytes, list[int]] = {}
        self.genitives: dict[bytes, list[int]] = {}
        self._numbers: dict[tuple[str, Mode], int] = {}
        self._literals: dict[bytes, int] = {}

    def number(self, text: str, mode: Mode) -> int:
        """The number of a term. Raises ValueError if there is nothing to find in it."""
        known = self._numbers.get((text, mode))
        if known is not None:
            return known
        term = compile_term(text, mode)
        number = self._numbers[text, mode] = len(self.terms)
        self.terms.append(term)
        for pattern in term.patterns:
            self.patterns.setdefault(pattern, []).append(number)
        for pattern in term.genitives:
            self.genitives.setdefault(pattern, []).append(number)
        return number

    def numbers(self, texts: Iterable[str], mode: Mode) -> frozenset[int]:
        return frozenset(self.number(text, mode) for text in texts)

    def literal(self, search_form: bytes) -> int:
        """The number of a piece of search form, wherever it stands, also within words."""
        number = self._literals.get(search_form)
        if number is None:
            number = self._literals[search_form] = len(self.terms)
            self.terms.append(None)
            self.patterns.setdefault(search_form, []).append(number)
        return number


class Engine:
    """The compiled terms; holds nothing of any document."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.terms = lexicon.terms
        self._genitives = lexicon.genitives
        self._patterns = lexicon.patterns
        self.plain = Automaton(lexicon.patterns, {})
        self._germanic: Automaton | None = None

    def automaton(self, language: str | None) -> Automaton:
        """The one for a language; that with genitives is built when its first document comes."""
        if language not in GENITIVE_LANGUAGES or not self._genitives:
            return self.plain
        if self._germanic is None:
            self._germanic = Automaton(self._patterns, self._genitives)
        return self._germanic


class Automaton:
    """The patterns as ahocorasick_rs has them, and what each of them stands for."""

    __slots__ = ("entries", "find", "users")

    def __init__(self, patterns: dict[bytes, list[int]], genitives: dict[bytes, list[int]]) -> None:
        """entries[i]: whether pattern i begins and ends with an edge, whether it is a genitive; users[i]: its terms."""
        texts = [*patterns, *genitives]
        self.users: list[Sequence[int]] = [*patterns.values(), *genitives.values()]
        self.entries = [(text[:1] == b" ", text[-1:] == b" ", False) for text in patterns]
        self.entries += [(text[:1] == b" ", True, True) for text in genitives]
        self.find = ahocorasick_rs.BytesAhoCorasick(texts).find_matches_as_indexes


class Scan:
    """One document, read once by the automaton."""

    def __init__(self, engine: Engine, fields: Sequence[str], language: str | None) -> None:
        self.fields = fields
        self.starts = [0, *accumulate(len(field) + 1 for field in fields[:-1])]
        self.folded = Folded(FIELD_BREAK.join(fields))
        self._terms = engine.terms
        self._automaton = engine.automaton(language)
        self._raw = self._automaton.find(self.folded.search, overlapping=True)
        users = self._automaton.users
        self.patterns = {match[0] for match in self._raw}
        self.present = {number for pattern in self.patterns for number in users[pattern]}
        self._places: dict[int, list[tuple[int, int, bool]]] | None = None
        self._found: dict[int, tuple[Found, ...]] = {}
        self._shouting: dict[int, int] = {}  # by field: how many letters, if all of them are capitals
        self._strict: bool | None = None

    def finds(self, number: int) -> tuple[Found, ...]:
        """Every place where a term stands, in the order of the text, in code points of the joined fields."""
        found = self._found.get(number)
        if found is None:
            found = self._found[number] = tuple(self._checked(number)) if number in self.present else ()
        return found

    def field_at(self, place: int) -> int:
        return bisect_right(self.starts, place) - 1

    def literal_fields(self, numbers: frozenset[int]) -> frozenset[int]:
        """The fields in which one of these literals occurs."""
        search = self.folded.search
        places = (place for number in numbers & self.present for place in self._places_of(number))
        return frozenset(search.count(b"\0", 0, start) for start, _, _ in places)

    def _places_of(self, number: int) -> list[tuple[int, int, bool]]:
        places = self._places
        if places is None:
            places = self._places = {}
            users, entries = self._automaton.users, self._automaton.entries
            for pattern, start, end in self._raw:
                left, right, genitive = entries[pattern]
                place = (start + left, end - right, genitive)
                for user in users[pattern]:
                    if user in places:
                        places[user].append(place)
                    else:
                        places[user] = [place]
        return places.get(number, [])

    def _checked(self, number: int) -> list[Found]:
        term = self._terms[number]
        if term is None:
            return []
        simple = term.simple and not self._is_strict()
        found = []
        for start, end, genitive in self._places_of(number):
            if simple:
                found.append(Found(*self.folded.span(start, end), True))
            elif (one := check(term, self.folded, start, end, genitive=genitive)) is not None:
                if term.case is Case.EXACT and one.case_holds and self._is_shouted(one):
                    one = Found(one.start, one.end, False)
                found.append(one)
        return sorted(set(found), key=_place) if len(found) > 1 else found

    def _is_strict(self) -> bool:
        """Arabic and Hebrew letters may touch a Latin name, which is no edge, though the search form parts them."""
        if self._strict is None:
            shown = self.folded.display
            self._strict = not shown.isascii() and _RIGHT_TO_LEFT.search(shown) is not None
        return self._strict

    def _is_shouted(self, found: Found) -> bool:
        """Whether a find stands among other words in a field of capitals (R7); letters without case are no capitals."""
        number = self.field_at(found.start)
        if number not in self._shouting:
            field = self.fields[number]
            self._shouting[number] = 0 if _SMALL.search(field) else sum(map(str.isalpha, field))
        return self._shouting[number] > sum(map(str.isalpha, self.folded.display[found.start : found.end]))


def _place(found: Found) -> tuple[int, int]:
    return found.start, found.end
