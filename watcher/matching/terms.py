"""What a person wrote to be found in; what the automaton looks for, and how a find is checked against the text, out.

The search form has words alone. What it finds is checked here in the display text: the punctuation between the words
(R3), edges (R4), possessive and genitive (R5), star (R6) and case (R7).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

import regex

from watcher.matching.edges import begins, ends
from watcher.matching.faults import QueryFault
from watcher.matching.fold import Kind, keep_fold, kept, kind
from watcher.matching.folded import Folded
from watcher.matching.initials import writings

# R7: an acronym of up to so many letters is found only as it is written.
_EXACT_UP_TO = 3


class Mode(Enum):
    """By which rule the case of a term is read."""

    NAME = "name"  # R7
    ANY = "any"  # R8, R10, R11: with, needs, ignore
    WORD = "word"  # Q2, and `never`: any case, but acronyms of up to three letters as written


class Case(Enum):
    """What the case of a find must be."""

    ANY = "any"
    CAPITAL = "capital"  # a capital first letter
    INNER = "inner"  # a capital somewhere, as in iPhone
    EXACT = "exact"  # capitals alone, and not in a field of capitals
    ACRONYMS = "acronyms"  # the letters at Term.exact are capitals


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term, ready to be looked for and checked."""

    text: str
    patterns: tuple[bytes, ...]  # search forms, with a space where an edge must be
    genitives: tuple[bytes, ...]  # the same with -s, for the languages that write so
    keeps: frozenset[str]  # kept forms of all its writings, without punctuation at the ends
    before: str  # punctuation that must stand before and after, in kept form
    after: str
    dot: bool  # a full stop behind it belongs to it (Jr., George W.)
    run_at_end: bool  # ends in initials: the full stop behind it belongs to it where they have full stops (U.S.)
    star: bool
    case: Case
    exact: frozenset[int] = frozenset()  # which letters, counted from 0
    first: Kind
    last: Kind
    simple: bool  # every find of a pattern is a find of the term


def findable(text: str) -> bool:
    """Whether a term has anything in it that a text could show: a letter, a figure or a picture sign."""
    return any(kind(part) is not Kind.APART for character in text for part in kept(character))


def check_regex(text: str) -> QueryFault | None:
    """What is wrong with a regular expression, with its place in it; None if it can be used."""
    try:
        compiled = regex.compile(text, regex.VERSION0)
    except regex.error as error:
        trouble, _, place = str(error).partition(" at position ")  # the only form in which regex tells the place
        offset = _opening(text, trouble, int(place) if place.isdecimal() else 0)
        return QueryFault(offset=offset, message=f"this regular expression cannot be read: {trouble}.")
    if compiled.fullmatch(""):
        return QueryFault(offset=0, message="this regular expression is also found where there is nothing at all.")
    return None


def _opening(text: str, trouble: str, offset: int) -> int:
    """The bracket that is never closed: regex tells where it misses the end of it, re where it began."""
    try:
        re.compile(text)
    except re.error as error:
        if error.pos is not None and error.msg.startswith((trouble, f"{trouble}, unterminated")):
            return error.pos
    return offset


_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_HYPHENS = frozenset("-\u2010\u2011")
_PLAIN = re.compile(r"[A-Za-z][a-z]+(?: [A-Za-z][a-z]+)*")


def compile_term(text: str, mode: Mode) -> Term:
    """Raises ValueError if there is nothing to find in it."""
    written = " ".join(unicodedata.normalize("NFC", text).split())
    star = written.endswith("*")
    bare = written.rstrip("* ") if star else written
    if _PLAIN.fullmatch(bare) and not star:
        return _plain_term(text, bare, mode)
    if not findable(bare):
        raise ValueError(f'there is nothing to find in "{text}"')
    known = writings(bare)
    folds = [_core(keep_fold(way)) for way in known.texts]
    before, core, after = folds[0]
    dot = after == "." and not known.run_at_end
    keeps = frozenset(fold[1] for fold in folds)
    searches = tuple(dict.fromkeys(_search_form(keep) for keep in keeps))
    first, last = kind(core[0]), kind(core[-1])
    case, exact = _case(bare, mode)
    left = b"" if first in {Kind.FREE, Kind.KATAKANA, Kind.RIGHT_TO_LEFT} else b" "
    right = b"" if star or last in {Kind.FREE, Kind.KATAKANA, Kind.HANGUL} else b" "
    return Term(
        text=text,
        patterns=tuple(left + form + right for form in searches),
        genitives=tuple(left + form + b"s " for form in searches) if right and last is Kind.LETTER else (),
        keeps=keeps,
        before=before,
        after="" if star or after == "." else after,
        dot=dot,
        run_at_end=known.run_at_end,
        star=star,
        case=case,
        exact=exact,
        first=first,
        last=last,
        simple=(len(keeps) == 1 and case is Case.ANY and first is Kind.LETTER and last is Kind.LETTER)
        and not (before or after or star)
        and all(kind(character) is Kind.LETTER for character in core),
    )


def _plain_term(text: str, bare: str, mode: Mode) -> Term:
    """The same for nearly all names: words in Latin letters without marks, short of acronyms."""
    keep = bare.lower()
    form = keep.encode()
    case = Case.CAPITAL if mode is Mode.NAME and " " not in bare and bare != keep else Case.ANY
    return Term(
        text=text,
        patterns=(b" %b " % form,),
        genitives=(b" %bs " % form,),
        keeps=frozenset({keep}),
        before="",
        after="",
        dot=False,
        run_at_end=False,
        star=False,
        case=case,
        first=Kind.LETTER,
        last=Kind.LETTER,
        simple=case is Case.ANY and " " not in bare,
    )


def _core(keep: str) -> tuple[str, str, str]:
    """A kept form without the punctuation at its ends: (before, core, after)."""
    inner = [index for index, character in enumerate(keep) if kind(character) is not Kind.APART]
    start, end = inner[0], inner[-1] + 1
    return keep[:start].strip(), keep[start:end], keep[end:].strip()


def _search_form(keep: str) -> bytes:
    return Folded((keep,)).search.strip()


def _case(bare: str, mode: Mode) -> tuple[Case, frozenset[int]]:
    letters = [character for character in bare if character.isalpha()]
    if mode is Mode.ANY or not any(map(_capital, letters)):
        return Case.ANY, frozenset()
    if mode is Mode.WORD:
        exact = _acronym_letters(bare)
        return (Case.ACRONYMS, exact) if exact else (Case.ANY, exact)
    words = keep_fold(bare).split(" ")
    if len(words) > 1 and not all(len(word.strip(".")) == 1 for word in words):
        return Case.ANY, frozenset()
    if all(map(_capital, letters)):
        return (Case.EXACT if len(letters) <= _EXACT_UP_TO else Case.CAPITAL), frozenset()
    return (Case.CAPITAL if _capital(letters[0]) else Case.INNER), frozenset()


def _acronym_letters(bare: str) -> frozenset[int]:
    """The letters in words of capitals of up to three; neither the O of O'Brien nor the X of X-ray is such a word."""
    exact: set[int] = set()
    count = 0
    text = bare.replace(".", "")
    for word in _WORD.finditer(text):
        letters = [character for character in word[0] if character.isalpha()]
        hyphens = {text[max(0, word.start() - 1) : word.start()], text[word.end() : word.end() + 1]} & _HYPHENS
        if 0 < len(letters) <= _EXACT_UP_TO and all(map(_capital, letters)) and not (len(letters) == 1 and hyphens):
            exact.update(range(count, count + len(letters)))
        count += len(letters)
    return frozenset(exact)


def _capital(character: str) -> bool:
    return character.isupper() or character.istitle()


_keep_fold = lru_cache(maxsize=16384)(keep_fold)  # the same names are found again and again


class Span(NamedTuple):
    """A place where a term stands: code points of the joined fields, and the term as the watchlist writes it."""

    start: int
    end: int
    term: str


class Found(NamedTuple):
    """A find in the display text, and what stands against it: False if its case is wrong."""

    start: int
    end: int
    case_holds: bool


def check(term: Term, display: str, first: int, last: int, *, genitive: bool) -> Found | None:
    """What the automaton found, at a place of the display text, as a find of the term; None if it is none."""
    core = display[first : last - 1] if genitive else display[first:last]
    if core.lower() not in term.keeps and _keep_fold(core) not in term.keeps:
        return None
    case_holds = _case_holds(term, core)
    if term.star:
        last = _further(display, last, term.last)
    if not ends(display, last, term.last) or not begins(display, first, term.first):
        return None
    if term.before or term.after:
        outer = _with_punctuation(term, display, first, last)
        if outer is None:
            return None
        first, last = outer
    if term.dot or (term.run_at_end and "." in core):
        after_dot = _behind_dot(display, last)
        if after_dot is None and term.run_at_end:
            return None  # U.S in U.S.A.
        last = after_dot or last
    return Found(first, last, case_holds)


def _case_holds(term: Term, core: str) -> bool:
    """All of R7 but the field of capitals."""
    if term.case is Case.ANY:
        return True
    letters = [character for character in core if character.isalpha()]
    if term.case is Case.CAPITAL:
        return _capital(letters[0]) if letters else True
    if term.case is Case.INNER:
        return any(map(_capital, letters))
    if term.case is Case.EXACT:
        return all(map(_capital, letters))
    return all(_capital(letter) for index, letter in enumerate(letters) if index in term.exact)


def _further(display: str, place: int, last: Kind) -> int:
    """Where the letters end that a star takes in: those of the same kind, no figures."""
    end = place
    for index in range(place, len(display)):
        folded = kept(display[index])
        if not folded:
            continue
        if kind(folded[0]) is not last or folded[0].isdecimal():
            break
        end = index + 1
    return end


def _with_punctuation(term: Term, display: str, first: int, last: int) -> tuple[int, int] | None:
    start, end = first - len(term.before), last + len(term.after)
    if start < 0 or keep_fold(display[start:first]) != term.before or keep_fold(display[last:end]) != term.after:
        return None
    if not ends(display, end, term.last) or not begins(display, start, term.first):
        return None
    return start, end


def _behind_dot(display: str, place: int) -> int | None:
    """Behind the full stop at a place, or the place itself if there is none; None where a letter follows the stop."""
    if display[place : place + 1] != ".":
        return place
    return place + 1 if ends(display, place + 1, Kind.LETTER) else None
