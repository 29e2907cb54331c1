"""The runs of capitalised words of an article in; the persons among them, with their short names, out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from wordfreq import zipf_frequency

from watcher.matching.suggest_kinds import Found, Kind, has_inner_capital
from watcher.matching.suggest_names import BROAD, GIVEN, KNOWN, PLACES
from watcher.matching.suggest_runs import Run
from watcher.matching.suggest_words import (
    CROWNED,
    ORG_ENDS,
    PARTICLES,
    PLAIN_ORG_WORDS,
    SUFFIXES,
    THING_NOUNS,
    is_title,
)

# What a person's name must show; a given name that is known, or a title, is enough
_ENOUGH = 2
# On wordfreq's Zipf scale; "of" has 7.4, "house" 5.5, "library" 4.9, "maxwell" 3.8, "karikó" none
_RARE = 3.6


def find_people(found: list[Run]) -> list[Found]:
    alone = Counter(run.words[0] for run in found if len(run.words) == 1)
    spoken = {run.words[0] for run in found if len(run.words) == 1 and (run.human or run.titled)}
    by_name: dict[tuple[str, ...], list[Run]] = defaultdict(list)
    for run in found:
        words = person_words(run)
        if words:
            by_name[_key(words)].append(run)
    accepted = {key: group for key, group in by_name.items() if _score(group, alone, spoken) >= _ENOUGH}
    people = [_person(group, alone) for group in accepted.values()]
    people = [person for person in people if not _is_part_of_another(person, people)]
    known = {word for person in people for word in person.name.split()}
    titled = [run for run in found if len(run.words) == 1 and run.titled and run.words[0] not in known]
    people += _single_names(titled, found)
    return [_with_mentions(person, people, found) for person in people]


def person_words(run: Run) -> tuple[str, ...]:
    """The words of a run if they may be the name of a person; a place before the name is left away."""
    words = run.words
    while len(words) > 2 and not _is_given(words[0]) and (words[0] in PLACES or " ".join(words[:2]) in PLACES):
        words = words[2 if " ".join(words[:2]) in PLACES and len(words) > 3 else 1 :]
    if words[0] in CROWNED and len(words) > 1:
        return words
    words = _without_office(words)
    full = [word for word in words if word.lower() not in PARTICLES and word not in SUFFIXES]
    if not 2 <= len(full) <= 4 or len(full[-1]) < 2 or run.text in PLACES or run.text in KNOWN or run.text in BROAD:
        return ()
    if words[-1] in THING_NOUNS or words[-1] in ORG_ENDS or any(_no_person(word) for word in full):
        return ()
    if all(word in PLAIN_ORG_WORDS for word in full):
        return ()
    return words


def _without_office(words: tuple[str, ...]) -> tuple[str, ...]:
    """The name without the office before it: (Minister for) Foreign Affairs Penny Wong."""
    for place, word in enumerate(words):
        if word in GIVEN:
            office = all(lead in PLAIN_ORG_WORDS or lead.isupper() for lead in words[:place])
            return words[place:] if office else words
    return words


def _is_given(word: str) -> bool:
    return word in GIVEN or word.partition("-")[0] in GIVEN


def _no_person(word: str) -> bool:
    """Whether a word speaks against a person's name."""
    shouted = word.isupper() and len(word.rstrip(".")) > 2
    return (
        shouted
        or has_inner_capital(word)
        or any(character.isdigit() for character in word)
        or word in KNOWN
        or (word in PLACES and not _is_given(word))
        or word in {"of", "for", "and", "the", "&"}
    )


def _key(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same for Donald Trump and Donald J. Trump, and another for his son."""
    return tuple(word.casefold() for word in words if len(word) > 1 and "." not in word)


def _score(group: list[Run], alone: Counter[str], spoken: set[str]) -> int:
    words = person_words(group[0])
    last = next((word for word in reversed(words) if word not in SUFFIXES), words[-1])
    score = 3 if any(run.titled for run in group) or words[0] in CROWNED else 0
    score += 2 if _is_given(words[0]) else 0
    score += 2 if any(run.human for run in group) else 0
    score += 2 if last in spoken or (words[0] in spoken and not _is_given(words[0])) else 0
    score += 1 if alone[last] or len(group) > 1 else 0
    score += 1 if all(zipf_frequency(word, "en") < _RARE for word in words) else 0
    if any(run.kind or run.owner or run.article for run in group):  # carmaker Rolls Royce; Goldman Sachs shares
        score -= 3
    return score


def _person(group: list[Run], alone: Counter[str]) -> Found:
    forms = Counter(person_words(run) for run in group)
    words = min(forms, key=lambda form: (-forms[form], len(form)))
    name = " ".join(words)
    also = tuple(sorted({" ".join(form) for form in forms} - {name}))
    return Found(
        name=name,
        kind=Kind.PERSON,
        also=also,
        short=_short(words, alone),
        sentences=tuple(sorted({run.sentence for run in group})),
    )


def _short(words: tuple[str, ...], alone: Counter[str]) -> tuple[str, ...]:
    """The surname, with its particles; where only the first word stands alone (Xi said), that one."""
    if words[0] in CROWNED:
        return ()
    bare = [word for word in words if word not in SUFFIXES]
    if alone[bare[0]] and not alone[bare[-1]]:
        return (bare[0],)
    start = len(bare) - 1
    while start > 1 and bare[start - 1].lower() in PARTICLES:
        start -= 1
    return (" ".join(bare[start:]),)


def _is_part_of_another(person: Found, people: list[Found]) -> bool:
    """Whether it is a shorter form of a longer name: King of Martin Luther King."""
    longer = (" ".join(word for word in other.name.split() if word not in SUFFIXES) for other in people)
    return any(f" {person.name} " in f" {other} " and other != person.name for other in longer)


def _single_names(titled: list[Run], found: list[Run]) -> list[Found]:
    """Those who are named by title and surname alone: President Zelenskyy."""
    names = dict.fromkeys(run.words[0] for run in titled if _may_stand_alone(run.words[0]))
    return [
        Found(
            name=name,
            kind=Kind.PERSON,
            sentences=tuple(sorted({run.sentence for run in found if run.words == (name,)})),
        )
        for name in names
    ]


def _may_stand_alone(word: str) -> bool:
    plain = word in PLACES or word in KNOWN or word in BROAD or word in ORG_ENDS or word in PLAIN_ORG_WORDS
    if word in THING_NOUNS or word.isupper() or is_title(word) or len(word) < 3:
        return False
    return not plain and word[0] < "Ͱ"  # in Russian, what follows a title is as often its object: депутат Госдумы


def _with_mentions(person: Found, people: list[Found], found: list[Run]) -> Found:
    """The person with the sentences that name only the short form; two of one surname: it is the first one's."""
    rivals = [other for other in people if other.short == person.short]
    if not person.short or not rivals:
        return person
    if min(rivals, key=lambda other: (-len(other.sentences), other.sentences)) is not person:
        return Found(name=person.name, kind=person.kind, also=person.also, sentences=person.sentences)
    short = tuple(person.short[0].split())
    mentions = [run.sentence for run in found if tuple(word.casefold() for word in run.words) == _fold(short)]
    sentences = tuple(sorted({*person.sentences, *mentions}))
    return Found(name=person.name, kind=person.kind, also=person.also, short=person.short, sentences=sentences)


def _fold(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)
