"""A damaged document -> its whole entries in a well-formed document, and all that stands around them in another.

feedparser takes one to two seconds a megabyte for tags in disorder, so that a large document would be given up for a
few bytes of damage, or for its missing end. Read so, it costs what a sound one does, and feedparser sees the damage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

MOST_FAULTS: Final = 200  # damaged stretches that are looked for; what is damaged all over is left as it is
_MARK: Final = re.compile(rb"<!\[CDATA\[|<!--|<(?:item|entry)(?=[\s>/])|</(?:item|entry)\s{0,9}>")
_ENDS: Final = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}  # what stands inside is no entry
_ROOT: Final = re.compile(rb"<(rss|feed|[A-Za-z]{1,30}:RDF)(?=[\s>])[^<>]{0,8000}>")
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """headed: the whole entries under the document's own head; bare: under its root alone; rest: the document without
    them."""

    headed: bytes
    bare: bytes
    rest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """From the start of an entry to that of the next. end: where the entry itself ends; its start, if it does not."""

    start: int
    end: int
    next_: int


def split(body: bytes) -> Parts | None:
    """The parts of a document in UTF-8; None where there is no root, or no whole entry.

    It is read a few times for each fault in it, up to MOST_FAULTS, and each time less of it.
    """
    pieces = list(_pieces(body))
    root = _ROOT.search(body, 0, pieces[0].start) if pieces else None
    if root is None:
        return None
    opening, closing = root[0], b"</" + root[1] + b">"
    whole = [body[piece.start : piece.end] for piece in pieces]
    sound = _sound(whole, opening, closing)
    entries = b"".join(entry for entry, good in zip(whole, sound, strict=True) if good)
    if not entries:
        return None
    head = body[: pieces[0].start]
    around = (body[piece.end if good else piece.start : piece.next_] for piece, good in zip(pieces, sound, strict=True))
    inner, after = (b"<channel>", b"</channel>") if root[1] == b"rss" else (b"", b"")
    return Parts(
        headed=head + entries + after + closing,
        bare=opening + inner + entries + after + closing,
        rest=head + b"".join(around),
    )


def _pieces(body: bytes) -> Iterator[_Piece]:
    start, end = -1, -1
    mark = _MARK.search(body)
    while mark is not None:
        found, place = mark[0], mark.end()
        if found in _ENDS:
            place = body.find(_ENDS[found], place)
            if place < 0:
                break
        elif found.startswith(b"</"):
            end = place
        else:
            if start >= 0:
                yield _Piece(start=start, end=end, next_=mark.start())
            start = end = mark.start()
        mark = _MARK.search(body, place)
    if start >= 0:
        yield _Piece(start=start, end=end, next_=len(body))


def _sound(entries: Sequence[bytes], opening: bytes, closing: bytes) -> list[bool]:
    """For each whether it is well-formed under the root, by halving what is not until the damage is found."""
    sound = [False] * len(entries)
    stretches, faults = [(0, len(entries))], 0
    while stretches and faults < MOST_FAULTS:
        first, last = stretches.pop()
        if _is_well_formed(b"".join((opening, *entries[first:last], closing))):
            sound[first:last] = [True] * (last - first)
            continue
        faults += 1
        if last - first > 1:
            middle = (first + last) // 2
            stretches += [(middle, last), (first, middle)]
    return sound


def _is_well_formed(document: bytes) -> bool:
    try:
        etree.fromstring(document, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True
