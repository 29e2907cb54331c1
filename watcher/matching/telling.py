"""The places in a document where terms stand in; the hits as they are told, each with the sentence around it, out."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.matching.engine import FIELDS, Scan
from watcher.matching.excerpt import Sentences
from watcher.matching.terms import Span
from watcher.model import Hit


class Telling:
    """One document; a hit of several watches is made once, a sentence with several hits looked up once."""

    __slots__ = ("_known", "_scan", "_sentences")

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._known: dict[Span, Hit] = {}
        self._sentences: dict[int, Sentences] = {}  # by field

    def hits(self, spans: Sequence[Span]) -> tuple[Hit, ...]:
        """The hits at these places of the joined fields."""
        known = self._known
        return tuple([known.get(span) or self._hit(span) for span in spans])

    def _hit(self, span: Span) -> Hit:
        number = self._scan.field_at(span.start)
        text, offset = self._scan.fields[number], self._scan.starts[number]
        start, end = span.start - offset, span.end - offset
        sentences = self._sentences.get(number)
        if sentences is None:
            sentences = self._sentences[number] = Sentences(text)
        hit = self._known[span] = Hit(
            field=FIELDS[number],
            term=span.term,
            text=text[start:end],
            start=start,
            end=end,
            excerpt=sentences.around(start, end),
        )
        return hit
