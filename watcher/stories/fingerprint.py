"""Title, lede and text -> what makes stories comparable: words, shingles, a weighted vector, keys for the index."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations

import wordfreq

SHINGLE = 5  # words: long enough that two writers do not hit on the same five, short enough to survive an edit
LEAD_WORDS = 40  # what a reader sees first; an outlet that takes over a text keeps it, a new article does not have it
EVENT_WORDS = 250  # who, what and where stand at the top; below that articles drift into the same background
TEXT_WORDS = 4000  # of a longer text (a live blog, a transcript) only the beginning is compared

SHINGLE_KEYS = 16  # smallest hashes of a text: a cut to a third still shares about five of them
EVENT_TERMS = 6  # heaviest words of title and lead; their 15 pairs find articles on the same event
_KEY_BYTES = 8

# Han, kana and Thai are written without spaces: each character counts as a word.
_WORD = re.compile(r"[぀-ヿ㐀-鿿฀-๿]|(?:(?![぀-ヿ㐀-鿿฀-๿])[^\W_])+(?:['’](?:(?!s\b)[^\W_])+)?")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_UNKNOWN_ZIPF = 2.5  # wordfreq's small lists end at 3.0 (once in a million words): what is not in them is rarer
_TOO_COMMON_ZIPF = 6.4  # "the", "said" and the like say nothing about an event
_NUMBER_WEIGHT = 1.5  # numbers tell events apart a little; wordfreq cannot know them


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A story made comparable. vector (of title, lead and body) and head (of title and lead) have length 1.

    numbers are those of the headline.
    """

    title: tuple[str, ...]
    words: tuple[str, ...]
    shingles: frozenset[str]
    lead: frozenset[str]
    first_half: frozenset[str]
    numbers: frozenset[str]
    vector: dict[str, float]
    head: dict[str, float]


def words_of(text: str) -> list[str]:
    """The words of a text, folded for comparison; a character a word in scripts without spaces."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=512)  # neighbours come again with every story of a busy hour
def fingerprint(title: str, lede: str, text: str, language: str | None) -> Fingerprint:
    """What is compared of a story; the lede stands in for a text that is missing."""
    headline = words_of(title)
    words = words_of(text or lede)[:TEXT_WORDS]
    return Fingerprint(
        title=tuple(headline),
        words=tuple(words),
        shingles=shingles_of(words),
        lead=shingles_of(words[:LEAD_WORDS]),
        first_half=shingles_of(words[: max(len(words) // 2, 2 * LEAD_WORDS)]),
        numbers=frozenset(_NUMBER.findall(title)),
        vector=_vector(headline, words[:EVENT_WORDS], language),
        head=_vector(headline, words[:LEAD_WORDS], language),
    )


def shingles_of(words: list[str]) -> frozenset[str]:
    """Every run of five words."""
    return frozenset(" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1))


def keys_of(print_: Fingerprint) -> tuple[int, ...]:
    """The story's keys in the group index, signed 64 bit: alike texts and alike events share some of them."""
    keys = sorted(_key(shingle) for shingle in print_.shingles)[:SHINGLE_KEYS]
    if print_.title:
        keys.append(_key("title\x1f" + " ".join(print_.title)))
    heaviest = sorted(print_.vector, key=lambda word: (-print_.vector[word], word))[:EVENT_TERMS]
    keys += [_key(f"pair\x1f{one}\x1f{other}") for one, other in combinations(sorted(heaviest), 2)]
    return tuple(dict.fromkeys(keys))


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    """How alike two vectors of length 1 are, 0 to 1."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return min(sum(weight * large.get(word, 0.0) for word, weight in small.items()), 1.0)


def jaccard(one: Iterable[str], other: Iterable[str]) -> float:
    """The share of what either has that both have, 0 to 1."""
    left, right = set(one), set(other)
    return len(left & right) / len(left | right) if left or right else 0.0


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=_KEY_BYTES).digest(), "big", signed=True)


def _vector(title: list[str], words: list[str], language: str | None) -> dict[str, float]:
    known = _frequencies(language or "en")
    counts: Counter[str] = Counter()
    for word in title:
        counts[word] += 3
    for place, word in enumerate(words):
        counts[word] += 2 if place < LEAD_WORDS else 1
    weights = {word: (1 + math.log(count)) * _rarity(word, known) for word, count in counts.items()}
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / norm for word, weight in weights.items() if weight > 0} if norm else {}


def _rarity(word: str, known: dict[str, float]) -> float:
    if word[0].isdigit():
        return _NUMBER_WEIGHT
    frequency = known.get(word)
    zipf = math.log10(frequency) + 9 if frequency else _UNKNOWN_ZIPF
    return max(_TOO_COMMON_ZIPF - zipf, 0.0)


@lru_cache(maxsize=64)
def _frequencies(language: str) -> dict[str, float]:
    code = language.split("-")[0].casefold()
    if code not in wordfreq.available_languages("small"):
        return {}
    return dict(wordfreq.get_frequency_dict(code, "small"))
