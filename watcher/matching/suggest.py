"""An article in; a watchlist in YAML for the persons and organisations that it names, out."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from dataclasses import replace

from wordfreq import zipf_frequency

from watcher.matching.edit import watch_lines
from watcher.matching.suggest_found import find_names
from watcher.matching.suggest_kinds import Found, Kind
from watcher.matching.suggest_russian import Russian, in_nominative
from watcher.matching.suggest_text import Sentence, sentences
from watcher.matching.suggest_words import ROLES
from watcher.matching.terms import findable
from watcher.matching.watchlist_terms import term_problem
from watcher.model import Watch

_WIDTH = 110  # columns of a comment
_LONGEST_QUOTE = 240  # characters of the sentence that is quoted
_MOST_NAMES = 2  # other names among the context of a short name
_MOST_WORDS = 3  # words among it
# wordfreq's Zipf scale: the 1, people 5.8, political 5.2, asylum 4.0, starlink 2.6. Above this a word is in every story
_COMMON = 4.9
_RARE = 2.0  # and below it a misprint


def suggest(text: str, *, title: str = "") -> str:
    """A watchlist that `read_watchlist` accepts, for a person to look through.

    text: the article, one paragraph a line, also in the seed's form.
    """
    russian = in_nominative(sentences(text, title=title))
    article = russian.sentences
    names = [one for one in find_names(article) if term_problem(one.name) is None]
    watches = [one for one in names if one.kind is not Kind.BROAD]
    lines = [
        "# A suggestion, made from the names in an article. Look through it; move what you want to watchlist.yaml.",
        *([f"# The article: {_line(title)}"] if title.strip() else []),
        "",
        "watches:" if watches else "watches: []",
    ]
    for one in watches:
        lines += [*_quote(one, article), *watch_lines(_in_all_cases(_watch(one, names, article), russian))]
    broad = [one for one in names if one.kind is Kind.BROAD]
    if broad:
        lines += ["", '  # Named too, but told by many stories of many countries; take the "#" away to watch them.']
        lines += [f"  # {line.strip()}" for one in broad for line in watch_lines(Watch(name=one.name))]
    return "\n".join(lines) + "\n"


def _watch(one: Found, names: list[Found], article: tuple[Sentence, ...]) -> Watch:
    short = tuple(text for text in one.short if findable(text))
    context = _context(one, names, article) if short else ()
    return Watch(name=one.name, also=one.also, short=short, with_=context, ignore=_namesakes(one, names))


def _in_all_cases(watch: Watch, russian: Russian) -> Watch:
    also = (*watch.also, *russian.names.get(watch.name, ()))
    short = (*watch.short, *(form for name in watch.short for form in russian.surnames.get(name, ())))
    return replace(watch, also=tuple(dict.fromkeys(also)), short=tuple(dict.fromkeys(short)))


def _namesakes(one: Found, names: list[Found]) -> tuple[str, ...]:
    """Other names in the article that hold this one, or its short form: Melania Trump, Donald Trump Jr."""
    forms = [f" {form} " for form in (one.name, *one.short)]
    return tuple(other.name for other in names if other is not one and any(form in f" {other.name} " for form in forms))


def _quote(one: Found, article: tuple[Sentence, ...]) -> list[str]:
    """The first sentence with the full name, as a comment."""
    told = [_line(article[number].text) for number in one.sentences]
    full = [sentence for sentence in told if one.name in sentence] or told
    text = next((sentence for sentence in full if len(sentence) <= _LONGEST_QUOTE), full[0])
    if len(text) > _LONGEST_QUOTE:
        text = _around(text, max(0, text.find(one.name)))
    return ["", *textwrap.wrap(text, _WIDTH, initial_indent="  # ", subsequent_indent="  # ")]


def _around(text: str, place: int) -> str:
    """Whole words of a long sentence around a place."""
    start = max(0, min(place - _LONGEST_QUOTE // 2, len(text) - _LONGEST_QUOTE))
    start = text.find(" ", start) + 1 if start else 0
    end = text.rfind(" ", start, start + _LONGEST_QUOTE) if start + _LONGEST_QUOTE < len(text) else len(text)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def _context(one: Found, names: list[Found], article: tuple[Sentence, ...]) -> tuple[str, ...]:
    """Other names and telling words of the sentences that the name stands in."""
    here = set(one.sentences)
    beside = Counter({other.name: len(here & set(other.sentences)) for other in names if other is not one})
    organisations_first = sorted(
        (name for name, count in beside.items() if count),
        key=lambda name: (not _is_organisation(name, names), -beside[name]),
    )
    near = Counter(word for number in here for word in _telling(article[number]))
    whole = Counter(word for sentence in article for word in _telling(sentence))
    own = {part.casefold() for text in (one.name, *one.short) for part in text.split()}
    ranked = sorted(
        (word for word in near if word not in own and whole[word] > 1),
        key=lambda word: (-near[word] * (_COMMON - zipf_frequency(word, "en")), word),
    )
    words = dict.fromkeys([*_roles(one, article), *ranked])
    return (*organisations_first[:_MOST_NAMES], *list(words)[:_MOST_WORDS])


def _roles(one: Found, article: tuple[Sentence, ...]) -> list[str]:
    """What the person is called right before the name: whistleblower Edward Snowden."""
    pattern = re.compile(rf"\b([a-z-]{{4,}}) {re.escape(one.name)}\b")
    found = (pattern.search(article[number].text) for number in one.sentences)
    return [role[1] for role in found if role and role[1] in ROLES]


def _is_organisation(name: str, names: list[Found]) -> bool:
    return any(one.name == name and one.kind is Kind.ORGANISATION for one in names)


def _telling(sentence: Sentence) -> set[str]:
    """The words written small that say what a story is about."""
    small = {word.text for word in sentence.words if word.text.islower() and word.text.isalpha() and len(word.text) > 4}
    return {
        word
        for word in small
        if _RARE < zipf_frequency(word, "en") < _COMMON and not word.endswith(("ed", "ing", "ly"))
    }


def _line(text: str) -> str:
    """On one line and without characters that a comment cannot hold."""
    return "".join(character if character.isprintable() else " " for character in " ".join(text.split()))
