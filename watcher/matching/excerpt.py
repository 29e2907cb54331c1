"""A hit in a field in; the sentence around it out, short enough to be read at a glance.

It is on one line, but for white space inside the hit: the text that was found is to be found in the sentence too.
"""

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
_PLACE = re.compile(r"[.!?…。！？\n]+[\"'”’»)\]」』）]*\s*")
_STOPS = ".!?…。！？\n"
_UP_TO_LAST_STOP = re.compile(f".*[{_STOPS}]", re.DOTALL)
_ENDS_ALONE = frozenset("\n。！？")  # a line break, and the stops of scripts without spaces, need nothing behind them
_OPENING = "\"'“‘«„([¿¡「『（"
_SPACE = re.compile(r"\s")
_SPACES = re.compile(r"\s+")
_LONGER_THAN_SHORT = 1 + max(map(len, _SHORT_WORDS))
_LAST_WORD = re.compile(r"([^\W_](?:[\w.]*[^\W_])?)\.$")


def excerpt(field: str, start: int, end: int) -> str:
    """The sentence of `field` around start to end, at most LONGEST code points unless the hit itself is longer."""
    left, right = max(0, start - _REACH), min(len(field), end + _REACH)
    beginning, ending = _last_end(field, left, start), _first_end(field, end, right)
    first = beginning.end() if beginning else left
    last = ending.start() + len(ending[0].rstrip()) if ending else right
    whole_before, whole_after = beginning is not None or not left, ending is not None or right == len(field)
    if last - first > LONGEST:
        room = max(LONGEST - (end - start) - 2, 0)  # 2: the dots at both ends
        before = min(start - first, max(room // 2, room - (last - end)))
        after = min(last - end, room - before)
        whole_before, whole_after = whole_before and start - before == first, whole_after and end + after == last
        first = _word_start(field, start - before, start, first)
        last = _word_end(field, end + after, end, last)
    shown, hit = " ".join(field[first:last].split()), field[start:end]
    if hit not in shown:
        shown = f"{_one_line(field[first:start])}{hit}{_one_line(field[end:last])}".strip()
    return f"{'' if whole_before else '…'}{shown}{'' if whole_after else '…'}"


def _last_end(field: str, left: int, place: int) -> re.Match[str] | None:
    """The end of a sentence that is nearest before a place."""
    until = place
    while (stop := _UP_TO_LAST_STOP.match(field, left, until)) is not None:
        until = stop.end() - 1
        while until > left and field[until - 1] in _STOPS:
            until -= 1
        found = _PLACE.match(field, until, place)
        if found is not None and _ends_here(field, *found.span()):
            return found
    return None


def _first_end(field: str, place: int, right: int) -> re.Match[str] | None:
    """The end of a sentence that is nearest behind a place."""
    while (found := _PLACE.search(field, place, right)) is not None:
        if _ends_here(field, *found.span()):
            return found
        place = found.end()
    return None


def _one_line(text: str) -> str:
    """With single spaces, also where there is white space at an end."""
    return _SPACES.sub(" ", text)


def _ends_here(field: str, start: int, end: int) -> bool:
    stop = field[start:end]
    if not _ENDS_ALONE.isdisjoint(stop):
        return True
    following = field[end : end + 3].lstrip(_OPENING)[:1]
    if not stop[-1].isspace() or following.islower() or not following.isalnum():
        return False
    if not stop.startswith(".") or stop.startswith(".."):
        return True
    before = field[start - _LONGER_THAN_SHORT : start]
    if len(before) == _LONGER_THAN_SHORT and before.isalpha():
        return True
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
