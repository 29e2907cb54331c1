"""Title and text -> what makes stories comparable: vectors weighted by rarity, shingles, keys for the group index."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, pairwise

SHINGLE = 5  # words: long enough that two writers do not hit on the same five, short enough to survive an edit
LEAD_WORDS = 40  # what a reader sees first; an outlet that takes over a text keeps it, a new article does not have it
EVENT_WORDS = 250  # who, what and where stand at the top; below that articles drift into the same background
TEXT_WORDS = 4000  # of a longer text (a live blog, a transcript) only the beginning is compared

SHINGLE_KEYS = 12  # smallest hashes of a text: a cut to a third still shares about four of them
TERMS = 8  # heaviest words of title and text: rare ones find articles on the same event by themselves ...
PAIRED_TERMS = 6  # ... and common ones in pairs, since a key that too many stories share is passed over
BEGINNING = 12 * EVENT_WORDS  # characters: in any language, white space included, enough for so many words

# Han, kana and Thai are written without spaces: each character counts as a word.
_WORD = re.compile(r"[぀-ヿ㐀-鿿฀-๿]|(?:(?![぀-ヿ㐀-鿿฀-๿])[^\W_])+")
_POSSESSIVE = re.compile(r"['’]s\b")
_UNKNOWN_ZIPF = 2.5  # wordfreq's small lists end at 3.0 (once in a million words): what is not in them is rarer
_TOO_COMMON_ZIPF = 6.4  # "the", "said" and the like say nothing about an event
_NUMBER_WEIGHT = 1.0  # numbers tell events apart a little; wordfreq cannot know them
_NAME_FACTOR = 1.5  # a capital inside a sentence: who and where tell events apart better than what
_NAME = re.compile(r"(?<=[\w,;:'’-] )[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐΑ-Ω][^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a story is about. vector (of title, lead and body) and head (of title and lead) have length 1.

    Stems are words as `stem` gives them; the vectors go by them.
    """

    title: tuple[str, ...]
    headline: frozenset[str]  # its stems
    untitled: bool  # the title is the beginning of the text: no one made a headline
    body: frozenset[str]  # the stems of as much text as an event is told in
    names: frozenset[str]  # those with a capital inside a sentence
    name_pairs: frozenset[tuple[str, str]]  # words that stand side by side, one of them such a name
    size: int  # words of that text
    numbers: frozenset[str]  # of the headline
    vector: dict[str, float]
    head: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shingles:
    """A text as its runs of five words. lead: of its beginning; quoted: of what stands in quotation marks."""

    all: frozenset[str]
    lead: frozenset[str]
    first_half: frozenset[str]
    quoted: frozenset[str]
    numbers: frozenset[str]  # of the beginning
    every_number: frozenset[str]
    figures: dict[tuple[str, str], frozenset[str]]  # the words before and behind -> the numbers that stand between
    size: int  # words


def words_of(text: str) -> list[str]:
    """The words of a text, folded for comparison; a character a word in scripts without spaces."""
    return _WORD.findall(_POSSESSIVE.sub("", unicodedata.normalize("NFKC", text)).casefold())


@lru_cache(maxsize=512)  # neighbours come again with every story of a busy hour; about 20 MB
def outline(title: str, text: str, language: str | None) -> Outline:
    """What the story is about, from its title and the beginning of its text."""
    headline = words_of(title)
    start = text[:BEGINNING]
    words = words_of(start)[:EVENT_WORDS]
    names = frozenset(match.casefold() for match in _NAME.findall(start))
    known = language or _guess(words or headline)
    stems = list(map(stem, words))
    title_stems = list(map(stem, headline))
    name_stems = frozenset(map(stem, names))
    side_by_side = {*pairwise(title_stems), *pairwise(stems)}
    return Outline(
        title=tuple(headline),
        headline=frozenset(title_stems),
        untitled=len(headline) > 1 and words[: len(headline) - 1] == headline[:-1],  # its last word may be cut
        body=frozenset(stems),
        names=name_stems,
        name_pairs=frozenset(pair for pair in side_by_side if pair[0] in name_stems or pair[1] in name_stems),
        size=len(words),
        numbers=frozenset(word for word in headline if word[0].isdigit()),
        vector=_vector(headline, words, names, known),
        head=_vector(headline, words[:LEAD_WORDS], names, known),
    )


@lru_cache(maxsize=128)  # about 20 MB
def shingles(text: str) -> Shingles:
    """The runs of five words of a text. Its lead is its first 40 words, of a long text a quarter, at most 80 words."""
    words = words_of(text)[:TEXT_WORDS]
    lead = words[: max(LEAD_WORDS, min(len(words) // 4, 2 * LEAD_WORDS))]
    return Shingles(
        all=runs(words),
        lead=runs(lead),
        first_half=runs(words[: max(len(words) // 2, 2 * LEAD_WORDS)]),
        quoted=frozenset(run for passage in _QUOTED.findall(text) for run in runs(words_of(passage))),
        numbers=frozenset(word for word in lead if word[0].isdigit()),
        every_number=frozenset(word for word in words if word[0].isdigit()),
        figures=_figures(words),
        size=len(words),
    )


# Shorter ones are names of things, and none goes on in the next paragraph without a mark of its own.
_QUOTED = re.compile(r"[\"“„«‘][^\"“”„«»\n]{25,1500}[\"”“»’]")


def _figures(words: Sequence[str]) -> dict[tuple[str, str], frozenset[str]]:
    """Each number, or what stands side by side ("35,234.5"), by the word before it and the word behind it."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    before, number = "", ""
    for word in (*words, ""):
        if word[:1].isdigit():
            number = f"{number} {word}" if number else word
            continue
        if number:
            found[before, word] = found.get((before, word), frozenset()) | {number}
        before, number = word, ""
    return found


def runs(words: Sequence[str]) -> frozenset[str]:
    """Every run of five words."""
    return frozenset(map(" ".join, zip(*(words[start:] for start in range(SHINGLE)), strict=False)))


def keys_of(about: Outline, text: Shingles) -> tuple[int, ...]:
    """The story's keys in the group index, signed 64 bit: alike texts and alike events share some of them."""
    keys = sorted(map(key_of, text.all))[:SHINGLE_KEYS]
    if about.title:
        keys.append(key_of("title\x1f" + " ".join(about.title)))
    heaviest = sorted(about.vector, key=lambda word: (-about.vector[word], word))[:TERMS]
    keys += [key_of(f"word\x1f{word}") for word in heaviest]
    keys += [key_of(f"pair\x1f{one}\x1f{other}") for one, other in combinations(sorted(heaviest[:PAIRED_TERMS]), 2)]
    return tuple(dict.fromkeys(keys))


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    """How alike two vectors of length 1 are, 0 to 1."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return min(sum(weight * large.get(word, 0.0) for word, weight in small.items()), 1.0)


def jaccard(one: Iterable[str], other: Iterable[str]) -> float:
    """The share of what either has that both have, 0 to 1."""
    left, right = set(one), set(other)
    return len(left & right) / len(left | right) if left or right else 0.0


# "and", "in", "for", "the" are written as one with the Arabic word behind them.
_ARABIC_PREFIX = re.compile("^[\u0648\u0641]?(?:[\u0628\u0643]?\u0627\u0644|\u0644\u0644)(?=...)")


@lru_cache(maxsize=1 << 16)  # the words of a language's news come again and again; about 10 MB
def stem(word: str) -> str:
    """The word without the endings that change from sentence to sentence; roughly, and the same for all languages."""
    if word.isascii():
        for ending in ("ing", "ed", "es", "s"):
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                return word.removesuffix(ending).removesuffix("e")
        return word.removesuffix("e") if len(word) > 4 else word
    return _ARABIC_PREFIX.sub("", word)[:5]


def key_of(text: str) -> int:
    """64 bits of a hash, signed: the same on every machine."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def _vector(headline: list[str], words: list[str], names: frozenset[str], language: str) -> dict[str, float]:
    """Stem -> weight, of length 1: the headline's words count three times, those of the lead twice."""
    counts: dict[str, int] = {}
    rarest: dict[str, float] = {}
    for part, weight in ((headline, 3), (words[:LEAD_WORDS], 2), (words[LEAD_WORDS:], 1)):
        for word, number in Counter(part).items():
            stemmed = stem(word)
            if stemmed in counts:
                counts[stemmed] += weight * number
            else:
                counts[stemmed] = weight * number
                rarest[stemmed] = _rarity(word, language) * (_NAME_FACTOR if word in names else 1.0)
    weights = {word: (1 + math.log(count)) * rarest[word] for word, count in counts.items() if rarest[word]}
    norm = math.sqrt(sum([weight * weight for weight in weights.values()]))
    return {word: weight / norm for word, weight in weights.items()}


@lru_cache(maxsize=1 << 16)  # as for stems
def _rarity(word: str, language: str) -> float:
    if word[0].isdigit():
        return _NUMBER_WEIGHT
    frequency = _frequencies(language).get(word)
    zipf = math.log10(frequency) + 9 if frequency else _UNKNOWN_ZIPF
    return max(_TOO_COMMON_ZIPF - zipf, 0.0)


def _guess(words: Sequence[str]) -> str:
    """The language in which these words are least rare, of those of the same script."""
    for script, codes in _SCRIPTS:
        if any(script.match(word) for word in words[:5]):
            return max(codes, key=lambda code: sum(_frequencies(code).get(word, 0.0) for word in words[:60]))
    return "en"


# Where a collection does not say the language of its documents; the first of a script where nothing is known.
_SCRIPTS = (
    (re.compile("[\u0400-\u04ff]"), ("ru", "uk", "bg")),
    (re.compile("[\u0600-\u06ff]"), ("ar", "fa", "ur")),
    (re.compile("[\u0370-\u03ff]"), ("el",)),
    (re.compile("[\u0590-\u05ff]"), ("he",)),
    (re.compile("[a-z\u00df-\u024f]"), ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "tr")),
)


@lru_cache(maxsize=64)
def _frequencies(language: str) -> dict[str, float]:
    import wordfreq  # it takes a tenth of a second to load: a round without a story does without

    code = language.split("-")[0].casefold()
    if code not in wordfreq.available_languages("small"):
        return {}
    return dict(wordfreq.get_frequency_dict(code, "small"))
