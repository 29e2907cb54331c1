"""Sentences in Russian in; the same with the names in the nominative, and the other cases of each name, out.

A Russian text names a person in any of six cases: Илону Маску, с Дональдом Трампом. A given name and the word behind it
agree in case and gender; that tells which of the many readings of either is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import pymorphy3
from pymorphy3.analyzer import Parse

from watcher.matching.suggest_names import GIVEN, KNOWN, PLACES
from watcher.matching.suggest_text import Sentence, Word
from watcher.matching.suggest_words import OWN_ORGS

_RUSSIAN = re.compile(r"[А-Яа-яЁё]")
_NOT_RUSSIAN = re.compile(r"[ІіЇїЄєҐґЎў]")  # Ukrainian and Belarusian have other cases
_WORD = re.compile(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)*")
_CASES = ("gent", "datv", "accs", "ablt", "loct")
_GIVEN_OF_WOMEN = re.compile(r"[ая]$")
# Of a man's name that ends in a consonant and stands in no dictionary
_ENDINGS = {"nomn": "", "gent": "а", "datv": "у", "accs": "а", "ablt": "ом", "loct": "е"}
# Beside the dictionary's scores, which are at most 1: a name from the list with a guessed surname is surer than a rare
# name with a common noun (Илону Маску is no Илона)
_LISTED, _GUESSED = 3.0, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Russian:
    """sentences: with the names in the nominative. names, surnames: a nominative -> its other cases."""

    sentences: tuple[Sentence, ...]
    names: dict[str, tuple[str, ...]]
    surnames: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One way to read a word. forms: by case."""

    case: str
    gender: str
    forms: dict[str, str]
    surname: bool = False
    score: float = 0.0


def in_nominative(article: tuple[Sentence, ...]) -> Russian:
    """An article that is not in Russian comes back as it is."""
    text = " ".join(sentence.text for sentence in article)
    if len(_RUSSIAN.findall(text)) * 2 < sum(map(str.isalpha, text)) or _NOT_RUSSIAN.search(text):
        return Russian(sentences=article, names={}, surnames={})
    names: dict[str, tuple[str, ...]] = {}
    surnames: dict[str, tuple[str, ...]] = {}
    told = [_people(sentence, names, surnames) for sentence in article]
    alone = {form: surname for surname, forms in surnames.items() for form in forms}
    return Russian(
        sentences=tuple(replace(one, words=tuple(_alone(word, alone) for word in one.words)) for one in told),
        names=names,
        surnames=surnames,
    )


def _people(sentence: Sentence, names: dict[str, tuple[str, ...]], surnames: dict[str, tuple[str, ...]]) -> Sentence:
    """Given names and surnames that stand together, in the nominative; their cases are added to what is known."""
    words = list(sentence.words)
    for place in range(len(words) - 1):
        given, surname = words[place], words[place + 1]
        pair = _agreeing(given, surname)
        if pair is None:
            continue
        first, last = (reading.forms["nomn"] for reading in pair)
        words[place], words[place + 1] = replace(given, text=first), replace(surname, text=last)
        cases = [(pair[0].forms[case], pair[1].forms[case]) for case in _CASES]
        names[f"{first} {last}"] = tuple(dict.fromkeys(" ".join(both) for both in cases if both != (first, last)))
        surnames[last] = tuple(dict.fromkeys(form for _, form in cases if form != last))
    return replace(sentence, words=tuple(words))


def _agreeing(given: Word, surname: Word) -> tuple[_Reading, _Reading] | None:
    """A given name and a surname behind it, read in the same case and gender."""
    if not surname.joined or not _WORD.fullmatch(given.text) or not _WORD.fullmatch(surname.text):
        return None
    pairs = [
        (one, other)
        for one in _given(given.text)
        for other in _surnames(surname.text, one.case, one.gender)
        if (one.case, one.gender) == (other.case, other.gender)
    ]
    return max(pairs, key=lambda pair: (pair[1].surname, pair[0].score * pair[1].score), default=None)


def _given(word: str) -> Iterator[_Reading]:
    """The readings of a word as a given name; one from the list counts before the dictionary's."""
    listed = [name for name in (word, word[:-1], word[:-2]) if name in GIVEN and not _GIVEN_OF_WOMEN.search(name)]
    found = [parse for parse in _parses(word) if "Name" in parse.tag]
    for name in listed:
        for case, ending in _ENDINGS.items():
            if word == name + ending and not any(parse.normal_form == name.lower() for parse in found):
                yield _Reading(case=case, gender="masc", forms=_regular(name), score=_LISTED)
    yield from (reading for parse in found if (reading := _reading(parse)) is not None)


def _surnames(word: str, case: str, gender: str) -> Iterator[_Reading]:
    found = [reading for parse in _parses(word) if (reading := _reading(parse)) is not None]
    agreeing = [reading for reading in found if (reading.case, reading.gender) == (case, gender)]
    yield from agreeing
    ending = _ENDINGS.get(case)
    if not agreeing and gender == "masc" and ending is not None and word.endswith(ending):
        bare = word.removesuffix(ending) if ending else word
        if not _GIVEN_OF_WOMEN.search(bare):
            yield _Reading(case=case, gender=gender, forms=_regular(bare), score=_GUESSED)


def _regular(name: str) -> dict[str, str]:
    return {case: name + ending for case, ending in _ENDINGS.items()}


def _reading(parse: Parse) -> _Reading | None:
    """What the dictionary says, if it is a singular with a case and a gender that has all its forms."""
    tag = parse.tag
    if tag.POS not in {"NOUN", "ADJF"} or tag.number != "sing" or tag.gender not in {"masc", "femn"}:
        return None
    forms = {}
    for case in ("nomn", *_CASES):
        inflected = parse.inflect({case, "sing", tag.gender})
        if inflected is None:
            return None
        forms[case] = _capitalised(inflected.word)
    return _Reading(case=tag.case, gender=tag.gender, forms=forms, surname="Surn" in tag, score=parse.score)


def _capitalised(word: str) -> str:
    return "-".join(part.capitalize() for part in word.split("-"))


def _alone(word: Word, surnames: dict[str, str]) -> Word:
    """A surname by itself, an institution or a place, in the nominative."""
    if word.text in surnames:
        return replace(word, text=surnames[word.text])
    if not _WORD.fullmatch(word.text) or word.text in KNOWN or word.text in PLACES:
        return word
    plain = (_capitalised(parse.normal_form) for parse in _parses(word.text))
    known = next((form for form in plain if form in KNOWN or form in PLACES or form in OWN_ORGS), None)
    return word if known is None else replace(word, text=known)


def _parses(word: str) -> tuple[Parse, ...]:
    return tuple(_dictionary().parse(word))


@lru_cache(maxsize=1)
def _dictionary() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")
