"""A regular expression that a person wrote in; where it is found in a field out, within a limit of time.

It is run only where a literal stands without which it cannot be found; the literals are in the same automaton as all
terms. After three time-outs it is switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from watcher.matching.engine import Lexicon, Scan
from watcher.matching.folded import Folded
from watcher.matching.literals import required_literals

TIME_LIMIT = 0.05  # seconds a field
MOST_TIME_OUTS = 3

_FLAGS = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL}


class Expression:
    """One regular expression of one watch. The only thing in this room that changes: how often it ran out of time."""

    def __init__(self, watch: str, text: str, flags: str, lexicon: Lexicon) -> None:
        """Raises ValueError if it cannot be read."""
        self.watch = watch
        self.text = text
        self.time_outs = 0
        options = regex.VERSION0
        for flag in flags:
            options |= _FLAGS[flag]
        try:
            self._compiled = regex.compile(text, options)
        except regex.error as error:
            raise ValueError(f'the regular expression "{text}" cannot be read: {error}') from error
        pieces = [_longest_piece(literal) for literal in required_literals(text)]
        patterns = frozenset(lexicon.pattern(piece) for piece in pieces if piece)
        self.clauses = (patterns,) if pieces and all(pieces) else ()

    @property
    def switched_off(self) -> bool:
        return self.time_outs >= MOST_TIME_OUTS

    def finds(self, scan: Scan) -> Iterator[tuple[int, int]]:
        """Every place where it is found, field by field, in code points of the joined fields."""
        fields = scan.fields_of(self.clauses[0]) if self.clauses else frozenset(range(len(scan.fields)))
        for number in sorted(fields):
            if self.switched_off:
                return
            yield from self._within(scan.fields[number], scan.starts[number])

    def _within(self, field: str, offset: int) -> list[tuple[int, int]]:
        try:
            found = [match.span() for match in self._compiled.finditer(field, timeout=TIME_LIMIT)]
        except TimeoutError:
            self.time_outs += 1
            return []
        return [(offset + start, offset + end) for start, end in found if end > start]


def _longest_piece(literal: str) -> bytes:
    """The longest run of letters and digits in a literal, in search form; empty if there is none."""
    pieces = Folded((literal,)).search.split()
    return max(pieces, key=len, default=b"")
