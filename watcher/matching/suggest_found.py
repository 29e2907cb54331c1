"""The sentences of an article in; the persons and organisations that it names, each with its sentences, out."""

from __future__ import annotations

from watcher.matching.suggest_kinds import Found
from watcher.matching.suggest_organisations import acronyms_of, find_organisations
from watcher.matching.suggest_people import find_people, person_words
from watcher.matching.suggest_runs import runs
from watcher.matching.suggest_text import Sentence


def find_names(article: tuple[Sentence, ...]) -> tuple[Found, ...]:
    """The names in the order of their first sentence; headlines are not read for names, only for their repeats."""
    small = frozenset(
        word.text for sentence in article if not sentence.heading for word in sentence.words if not word.capital
    )
    found = [run for number, one in enumerate(article) if not one.heading for run in runs(one, number, small)]
    people = find_people(found)
    surnames = {word for person in people for word in (*person.short, *person.name.split())}
    others = [run for run in found if not any(person_words(run) == tuple(one.name.split()) for one in people)]
    names = [*people, *find_organisations(others, surnames, acronyms_of(article))]
    return tuple(sorted(names, key=lambda one: (one.sentences[0], _place(one, article[one.sentences[0]].text))))


def _place(one: Found, text: str) -> int:
    """Where a name begins in its first sentence."""
    places = [place for form in (one.name, *one.also, *one.short) if (place := text.find(form)) >= 0]
    return min(places, default=len(text))
