"""A document's language as it was told, or its text, in; a language tag to compare out."""

from __future__ import annotations

from functools import lru_cache

import py3langid

# Shorter texts are mostly names, in which every language looks like every other (a headline has 40 letters and more).
_ENOUGH_LETTERS = 40
_SAMPLE = 2000  # code points; more do not make py3langid surer

_BOKMAL = {"nb": "no", "nn": "no"}  # a feed in Bokmål calls itself either


def tag(language: str) -> str:
    """en_GB, EN-gb -> en-gb."""
    return language.strip().replace("_", "-").lower()


@lru_cache(maxsize=1024)  # asked for every document, and told in a few ways
def primary(language: str | None) -> str | None:
    """en-GB -> en."""
    return tag(language).partition("-")[0] if language else None


def speaks(language: str, wanted: str) -> bool:
    """Whether a document in `language` is one in `wanted`: en-GB is in en, en is not in en-GB; nb and nn are in no."""
    given, asked = tag(language), tag(wanted)
    return given == asked or given.startswith(f"{asked}-") or _BOKMAL.get(given.partition("-")[0]) == asked


def detect(text: str) -> str | None:
    """The language of a text, or None if there is too little of it to tell."""
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample)) < _ENOUGH_LETTERS:
        return None
    found: str = py3langid.classify(sample)[0]
    return found
