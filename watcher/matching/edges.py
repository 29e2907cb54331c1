"""A place in a display text in; whether a name may begin or end there, out (rules R4 and R5)."""

from __future__ import annotations

from watcher.matching.fold import Kind, kept, kind

# One-letter words of Arabic and Hebrew that are written on to the next word: and, so, in, like, to; and, in, to, from,
# that, the, as. Two of them may stand together.
_PREFIXES = frozenset("وفبكلובלמשהכ")
_MOST_PREFIXES = 2

_UNPARTED = frozenset({Kind.FREE, Kind.KATAKANA, Kind.HANGUL})


def begins(display: str, place: int, first: Kind) -> bool:
    """Whether a name whose first character is of kind `first` may begin at `place`."""
    character, kind_before, _ = _before(display, place)
    if kind_before in {Kind.APART, Kind.SIGN} or first in {Kind.FREE, Kind.SIGN}:
        return True
    if first is Kind.KATAKANA:
        return kind_before is not Kind.KATAKANA
    if first is Kind.HANGUL:
        return kind_before is not Kind.HANGUL and not character.isdecimal()
    if kind_before is Kind.RIGHT_TO_LEFT:
        return _behind_prefixes(display, place)
    return kind_before in _UNPARTED


def ends(display: str, place: int, last: Kind) -> bool:
    """Whether a name whose last character is of kind `last` may end at `place`."""
    while place < len(display) and not kept(display[place]):
        place += 1
    if place >= len(display):
        return True
    following = kept(display[place])[0]
    kind_after = kind(following)
    if kind_after in {Kind.APART, Kind.SIGN} or last is Kind.SIGN:
        return True
    if last in {Kind.FREE, Kind.HANGUL}:
        return following.isalnum()  # not before a mark that belongs to the last letter
    if last is Kind.KATAKANA:
        return kind_after is not Kind.KATAKANA
    return kind_after in _UNPARTED


def _before(display: str, place: int) -> tuple[str, Kind, int]:
    """The folded character before a place, its kind, and where it stands; what is not seen is passed over."""
    while place > 0:
        place -= 1
        if folded := kept(display[place]):
            return folded[-1], kind(folded[-1]), place
    return "", Kind.APART, 0


def _behind_prefixes(display: str, place: int) -> bool:
    for _ in range(_MOST_PREFIXES):
        character, _, place = _before(display, place)
        if character not in _PREFIXES:
            return False
        further = _before(display, place)[1]
        if further is not Kind.RIGHT_TO_LEFT:
            return further is not Kind.LETTER
    return False
