"""What a person wrote to be found in; whether it can be found at all, out."""

from __future__ import annotations

import regex

from watcher.matching.faults import QueryFault


def findable(text: str) -> bool:
    """Whether a term has anything in it that a text could show: a letter, a figure or a sign."""
    return any(character.isalnum() for character in text)


def check_regex(text: str) -> QueryFault | None:
    """What is wrong with a regular expression, with its place in it; None if it can be used."""
    try:
        compiled = regex.compile(text, regex.VERSION0)
    except regex.error as error:
        trouble, _, place = str(error).partition(" at position ")  # the only form in which regex tells the place
        offset = int(place) if place.isdecimal() else 0
        return QueryFault(offset=offset, message=f"this regular expression cannot be read: {trouble}.")
    if compiled.fullmatch(""):
        return QueryFault(offset=0, message="this regular expression is also found where there is nothing at all.")
    return None
