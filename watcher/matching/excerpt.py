"""A hit in a field in; the sentence around it out, short enough to be read at a glance.

It is on one line, but for white space inside the hit: the text that was found is to be found in the sentence too.
"""

from __future__ import annotations

import re
from bisect import bisect_right

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
_PLACE = re.compile(r"[.!?…。！？\n]+[\"'”’»)\]」』）]*\s*")
_STOPS = ".!?…。！？\n"
_STOP = re.compile(f"[{_STOPS}]")
_UP_TO_LAST_STOP = re.compile(f".*[{_STOPS}]", re.DOTALL)
_ENDS_ALONE = frozenset("\n。！？")  # a line break, and the stops of scripts without spaces, need nothing behind them
_OPENING = "\"'“‘«„([¿¡「『（"
_SPACE = re.compile(r"\s")
_SPACES = re.compile(r"\s+")
_LONGER_THAN_SHORT = 1 + max(map(len, _SHORT_WORDS))
_LAST_WORD = re.compile(r"([^\W_](?:[\w.]*[^\W_])?)\.$")


class Sentences:
    """The sentences of one field; each is looked up when the first hit in it is asked about."""

    __slots__ = ("_field", "_firsts", "_known")

    def __init__(self, field: str) -> None:
        self._field = field
        self._firsts: list[int] = []  # where each known sentence begins, in the order of the text
        self._known: list[tuple[int, str]] = []  # and where it ends, and how it is shown

    def around(self, start: int, end: int) -> str:
        """The sentence around start to end, at most LONGEST code points unless the hit itself is longer."""
        place = bisect_right(self._firsts, start)
        if place:
            until, shown = self._known[place - 1]
            hit = self._field[start:end]
            if end <= until and hit in shown and hit[-1:] not in _STOPS:  # behind "U.S." other rules hold than before
                return shown
        return self._looked_up(start, end, place)

    def _looked_up(self, start: int, end: int, place: int) -> str:
        field = self._field
        left, right = max(0, start - _REACH), min(len(field), end + _REACH)
        beginning, ending = _last_end(field, left, start), _first_end(field, end, right)
        first = left if beginning is None else beginning
        until, last = (right, right) if ending is None else ending
        whole_before, whole_after = beginning is not None or not left, ending is not None or right == len(field)
        fits = last - first <= LONGEST
        if not fits:
            before, after = _room_around(first, start, end, last)
            whole_before, whole_after = whole_before and start - before == first, whole_after and end + after == last
            first = _word_start(field, start - before, start, first)
            last = _word_end(field, end + after, end, last)
        shown, hit = " ".join(field[first:last].split()), field[start:end]
        if hit not in shown:
            shown = f"{_one_line(field[first:start])}{hit}{_one_line(field[end:last])}".strip()
        elif fits and whole_before and whole_after and hit[:1].isalnum() and not _STOP.search(hit):
            self._firsts.insert(place, first)
            self._known.insert(place, (until, shown))
        return f"{'' if whole_before else '…'}{shown}{'' if whole_after else '…'}"


def _room_around(first: int, start: int, end: int, last: int) -> tuple[int, int]:
    """How much of a sentence that is too long is shown before a hit, and behind it."""
    room = max(LONGEST - (end - start) - 2, 0)  # 2: the dots at both ends
    before = min(start - first, max(room // 2, room - (last - end)))
    return before, min(last - end, room - before)


def _last_end(field: str, left: int, place: int) -> int | None:
    """Behind the end of a sentence that is nearest before a place."""
    until = place
    while (stop := _UP_TO_LAST_STOP.match(field, left, until)) is not None:
        until = stop.end() - 1
        while until > left and field[until - 1] in _STOPS:
            until -= 1
        found = _PLACE.match(field, until, place)
        if found is not None and _ends_here(field, until, found.end()):
            return found.end()
    return None


def _first_end(field: str, place: int, right: int) -> tuple[int, int] | None:
    """The end of a sentence that is nearest behind a place: where its stop begins, and where the sentence is over."""
    while (found := _PLACE.search(field, place, right)) is not None:
        start, place = found.span()
        if _ends_here(field, start, place):
            return start, start + len(found[0].rstrip())
    return None


def _one_line(text: str) -> str:
    """With single spaces, also where there is white space at an end."""
    return _SPACES.sub(" ", text)


def _ends_here(field: str, start: int, end: int) -> bool:
    following = field[end : end + 1]
    if field[start:end] != ". " or not following.isalnum():  # what is below holds for these as well, but takes longer
        stop = field[start:end]
        if not _ENDS_ALONE.isdisjoint(stop):
            return True
        following = field[end : end + 3].lstrip(_OPENING)[:1]
        if not stop[-1].isspace() or following.islower() or not following.isalnum():
            return False
        if not stop.startswith(".") or stop.startswith(".."):
            return True
    elif following.islower():
        return False
    before = field[max(0, start - _LONGER_THAN_SHORT) : start]
    last = before[before.rfind(" ") + 1 :]
    if last.isalpha() and len(before) == _LONGER_THAN_SHORT:
        return len(last) == len(before) or not (len(last) == 1 or last.lower() in _SHORT_WORDS)
    word = _LAST_WORD.search(field, max(0, start - 12), start + 1)
    return word is None or not (len(word[1].rpartition(".")[2]) == 1 or word[1].lower() in _SHORT_WORDS)


def _word_start(field: str, place: int, until: int, first: int) -> int:
    """Forward to the next start of a word, unless that would eat into the hit."""
    if place <= first or field[place - 1].isspace():
        return max(place, first)
    space = _SPACE.search(field, place, until)
    return space.end() if space else place


def _word_end(field: str, place: int, until: int, last: int) -> int:
    """Back to the last end of a word, unless that would eat into the hit."""
    if place >= last or field[place].isspace():
        return min(place, last)
    space = max(field.rfind(" ", until, place), field.rfind("\n", until, place))
    return space if space > until else place
