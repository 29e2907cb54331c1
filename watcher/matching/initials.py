"""A term as written in; all the ways in which its initials may be written out (rule R3).

"J. K. Rowling" is also "J.K. Rowling", "J K Rowling" and "JK Rowling"; "US Senate" is also "U.S. Senate".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

_DOTTED = re.compile(r"((?:[^\W\d_]\.)+)([^\W\d_]?)(\.?)")
_GLUED = re.compile(r"((?:[^\W\d_]\.)+)([^\W_][\w'’.]+)")

# Acronyms of up to four letters are also written with full stops (U.S., B.B.C., N.A.T.O.); longer ones hardly are.
_LONGEST_ACRONYM = 4
# Two long runs of initials in one name already make 144 ways; more are written by nobody.
_MOST_WAYS = 200


@dataclass(frozen=True, slots=True)
class Writings:
    """texts: every way to write the term, the given one first. run_at_end: it ends in several initials (U.S.)."""

    texts: tuple[str, ...]
    run_at_end: bool


def writings(term: str) -> Writings:
    """Every way to write a term (NFC, white space single)."""
    if not _worth_a_look(term):
        return Writings((term,), False)
    parts = _parts(term)
    options: list[tuple[str, ...]] = []
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if isinstance(part, str):
            options.append((part if last else f"{part} ",))
        else:
            options.append(_ways(part, last=last))
    ways = ["".join(choice) for choice in product(*options)] if _count(options) <= _MOST_WAYS else []
    ends = isinstance(parts[-1], tuple) and len(parts[-1]) > 1
    return Writings(tuple(dict.fromkeys([term, *ways])), ends)


def _worth_a_look(term: str) -> bool:
    return any(len(word) <= _LONGEST_ACRONYM or "." in word for word in term.split(" ")) and not term.islower()


def _count(options: list[tuple[str, ...]]) -> int:
    count = 1
    for option in options:
        count *= len(option)
    return count


def _parts(term: str) -> list[str | tuple[str, ...]]:
    """The words of a term; a run of initials as the tuple of its letters."""
    parts: list[str | tuple[str, ...]] = []
    runs_on = False
    for word in re.sub(r"(?<=\.)-(?=[^\W\d_]\.)", " ", term).split(" "):
        letters, rest, joins = _initials(word)
        if letters and runs_on and joins and isinstance(parts[-1], tuple):
            parts[-1] = (*parts[-1], *letters)
        elif letters:
            parts.append(letters)
        runs_on = bool(letters) and joins and not rest
        if rest:
            parts.append(rest)
    return parts


def _initials(word: str) -> tuple[tuple[str, ...], str, bool]:
    """The initials that a word begins with, what is left of it, and whether more initials may join them."""
    if _DOTTED.fullmatch(word):
        return tuple(letter for letter in word if letter != "."), "", True
    if glued := _GLUED.fullmatch(word):
        return tuple(letter for letter in glued[1] if letter != "."), glued[2], True
    if len(word) == 1 and word.isupper():
        return (word,), "", True
    if 2 <= len(word) <= _LONGEST_ACRONYM and word.isalpha() and word.isupper():
        return tuple(word), "", False
    return (), word, False


def _ways(letters: tuple[str, ...], *, last: bool) -> tuple[str, ...]:
    if last:
        between = (".", ". ", " ", "") if len(letters) > 1 else ("",)
        return tuple(style.join(letters) for style in between)
    styles = (". ", ".", " ", "") if len(letters) > 1 else ("",)
    return tuple(style.join(letters) + end for style in styles for end in (". ", " ", "."))
