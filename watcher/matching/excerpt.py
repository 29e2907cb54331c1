"""A hit in a field in; the sentence around it out, on one line and short enough to be read at a glance."""

from __future__ import annotations

import re

LONGEST = 240  # code points; about three lines of a mail

# How far the ends of the sentence are looked for: a sentence that is longer is cut anyway.
_REACH = 300

# A full stop ends no sentence behind an initial or behind these; in other languages the case of the next letter tells.
_SHORT_WORDS = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "sen",
        "rep",
        "gov",
        "gen",
        "col",
        "lt",
        "sgt",
        "st",
        "jr",
        "sr",
        "vs",
        "no",
        "inc",
    }
    | {"corp", "ltd", "co", "jan", "feb", "aug", "sept", "oct", "nov", "dec", "mme", "mlle", "sra", "ca", "nr", "bzw"}
    | {"ул", "им", "тыс", "млн", "млрд", "руб", "ee.uu"}
)
# Where a sentence may end; whether it does is asked of the few places that are found (`_ends_here`).
_END = re.compile(r"[.!?…。！？\n]+[\"'”’»)\]」』）]*\s*")
_ENDS_ALONE = frozenset("\n。！？")  # a line break, and the stops of scripts without spaces, need nothing behind them
_OPENING = "\"'“‘«„([¿¡「『（"
_LAST_WORD = re.compile(r"([^\W_](?:[\w.]*[^\W_])?)\.$")


def excerpt(field: str, start: int, end: int) -> str:
    """The sentence of `field` around start to end, at most LONGEST code points unless the hit itself is longer."""
    left, right = max(0, start - _REACH), min(len(field), end + _REACH)
    before = [boundary for boundary in _END.finditer(field, left, start) if boundary.end() <= start]
    first = next((one.end() for one in reversed(before) if _ends_here(field, one)), left)
    ending = next((one for one in _END.finditer(field, end, right) if _ends_here(field, one)), None)
    last = ending.start() + len(ending[0].rstrip()) if ending else right
    return _cut(field, first, last, start, end)


def _ends_here(field: str, boundary: re.Match[str]) -> bool:
    stop = boundary[0]
    if not _ENDS_ALONE.isdisjoint(stop):
        return True
    following = field[boundary.end() : boundary.end() + 3].lstrip(_OPENING)[:1]
    if not stop[-1].isspace() or following.islower() or not following.isalnum():
        return False
    if not stop.startswith(".") or stop.startswith(".."):
        return True
    word = _LAST_WORD.search(field, max(0, boundary.start() - 12), boundary.start() + 1)
    return word is None or not (len(word[1].rpartition(".")[2]) == 1 or word[1].lower() in _SHORT_WORDS)


def _cut(field: str, first: int, last: int, start: int, end: int) -> str:
    room = max(LONGEST - (end - start) - 2, 0)  # 2: the dots at both ends
    if last - first > LONGEST:
        before = min(start - first, max(room // 2, room - (last - end)))
        after = min(last - end, room - before)
        first = _whole_word(field, start - before, start, first)
        last = _whole_word_end(field, end + after, end, last)
    shown = " ".join(field[first:last].split())
    lead = "…" if field[:first].strip() and not _starts_a_sentence(field, first) else ""
    tail = "…" if field[last:].strip() and not _ends_a_sentence(field, last) else ""
    return f"{lead}{shown}{tail}"


def _starts_a_sentence(field: str, first: int) -> bool:
    before = field[max(0, first - 4) : first]
    return "\n" in before or before.rstrip("\"'”’»)]」』） \t\u00a0")[-1:] in tuple(".!?…。！？")


def _ends_a_sentence(field: str, last: int) -> bool:
    behind = field[last : last + 1]
    return behind == "\n" or field[:last].rstrip("\"'”’»)]」』）")[-1:] in tuple(".!?…。！？")


def _whole_word(field: str, place: int, until: int, first: int) -> int:
    """Forward to the next start of a word, unless that would eat into the hit."""
    if place <= first or field[place - 1].isspace():
        return max(place, first)
    space = re.compile(r"\s").search(field, place, until)
    return space.end() if space else place


def _whole_word_end(field: str, place: int, until: int, last: int) -> int:
    if place >= last or field[place : place + 1].isspace():
        return min(place, last)
    space = max(field.rfind(" ", until, place), field.rfind("\n", until, place))
    return space if space > until else place
