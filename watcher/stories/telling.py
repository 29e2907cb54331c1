"""A headline or description -> its words that tell what it is about, and how many of them a text has. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

from watcher.stories.blocks import words
from watcher.stories.phrases import COMMON_WORDS

_EAST_ASIAN = 0x2E80  # the first code point of their scripts, in which two or three characters tell something
_NAMING = 3  # telling words of an address by which it names its story
_SLUG = re.compile(r"[^\W\d_]+")
_STEM = 5  # letters that tell a word in any of its forms: resigns, resigned


def stems(text: str) -> set[str]:
    """Every word of a text by its stem."""
    return {stem(word) for word in words(text)}


def share(text: str, own: set[str]) -> float | None:
    """The share of a text's telling words (four letters or more, or of a script without spaces) that are in own."""
    wanted = {stem(word) for word in telling(text)}
    return len(wanted & own) / len(wanted) if len(wanted) > 2 else None


def telling(text: str) -> list[str]:
    return [word for word in words(text) if (len(word) > 3 or ord(word[0]) > _EAST_ASIAN) and word not in COMMON_WORDS]


def stem(word: str) -> str:
    """What a word has in common with its other forms; in Korean two syllables, before the particles."""
    return word[:2] if ord(word[0]) > _EAST_ASIAN else word[:_STEM]


def is_dense(text: str) -> bool:
    """Whether a text is mostly in scripts in which a character is a syllable or a word."""
    return sum(ord(c) > _EAST_ASIAN for c in text) * 2 > len(text)


def is_strange(url: str, text: str) -> bool:
    """Whether an address names a story ("mayor-resigns-over-ferries") of which a text has not one word.

    An address in letters of another script than the text's, or of few words, says nothing.
    """
    parts = [part.rpartition(".")[0] or part for part in unquote(urlsplit(url).path).split("/")]  # without ".html"
    slug = {stem(word) for word in max((telling(_plain(" ".join(_SLUG.findall(part)))) for part in parts), key=len)}
    plain = _plain(text)
    letters = [letter for letter in plain if letter.isalpha()]
    if len(slug) < _NAMING or not letters or sum(letter.isascii() for letter in letters) * 2 < len(letters):
        return False
    return not slug & stems(plain)


def _plain(text: str) -> str:
    """A text in the letters of addresses: without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
