"""The runs of capitalised words that are no persons in; the organisations among them, with their acronyms, out."""

from __future__ import annotations

import re
from collections import defaultdict

from wordfreq import zipf_frequency

from watcher.matching.suggest_kinds import Found, Kind, has_inner_capital
from watcher.matching.suggest_names import BROAD, KNOWN, PLACES, WITHOUT_ARTICLE
from watcher.matching.suggest_runs import Run
from watcher.matching.suggest_text import Sentence
from watcher.matching.suggest_words import (
    DIRECTIONS,
    FUNCTION,
    KINDS,
    NO_ORGS,
    ORG_ENDS,
    OWN_ORGS,
    PLAIN_ORG_WORDS,
    THING_NOUNS,
    UNITS,
    is_title,
)

_IN_BRACKETS = re.compile(r"\(([A-Z]{2,7})\)")
_NAME_BEFORE = re.compile(r"(?:[A-Z][\w'-]* (?:(?:of|for|and|the|on) )*)+$")
# On wordfreq's Zipf scale: READ, LIVE and BEST are words in a loud voice; BBC has 4.6, ICE 5.0
_SHOUTED = 5.1
_LOOK_BACK = 120  # characters before the bracket; a longer name is none


def acronyms_of(article: tuple[Sentence, ...]) -> dict[str, str]:
    """World Health Organization (WHO): the acronym of each name that is followed by one in brackets."""
    explained: dict[str, str] = {}
    for sentence in article:
        for acronym in _IN_BRACKETS.finditer(sentence.text):
            before = _NAME_BEFORE.search(sentence.text[max(0, acronym.start() - _LOOK_BACK) : acronym.start()])
            if before and _spells(before[0], acronym[1]):
                explained[" ".join(before[0].split())] = acronym[1]
    return explained


def _spells(name: str, acronym: str) -> bool:
    initials = "".join(word[0] for word in name.split() if word[0].isupper())
    return initials.endswith(acronym) or acronym[0] in initials


def find_organisations(found: list[Run], surnames: set[str], acronyms: dict[str, str]) -> list[Found]:
    middle = {run.words[0] for run in found if len(run.words) == 1 and not run.first}
    by_name: dict[str, list[Run]] = defaultdict(list)
    for run in found:
        for name in _organisation_names(run, middle, surnames):
            by_name[name].append(run)
    explained = {short for long, short in acronyms.items() if any(long.endswith(name) for name in by_name)}
    made = []
    for name, group in by_name.items():
        if name in explained:
            continue
        short = tuple(dict.fromkeys(acronym for long, acronym in acronyms.items() if long.endswith(name)))
        kind = Kind.BROAD if _is_broad(name) else Kind.ORGANISATION
        numbers = tuple(sorted({run.sentence for run in group}))
        made.append(Found(name=name, kind=kind, short=short, sentences=numbers))
    return made


def _organisation_names(run: Run, middle: set[str], surnames: set[str]) -> list[str]:
    if run.titled or run.text in PLACES or run.text.title() in PLACES:
        return []
    if run.text in WITHOUT_ARTICLE and run.article and not run.owner:
        return []
    if run.text in KNOWN or run.text in BROAD:
        return [run.text]
    if len(run.words) == 1:
        return [run.text] if _is_single_organisation(run, middle, surnames) else []
    words = list(run.words)
    opened = any(word in ORG_ENDS for word in words) and bool({"of", "for", "on"} & set(words))
    if (words[-1] in THING_NOUNS - ORG_ENDS and not opened) or (words[0] in DIRECTIONS and words[-1] not in ORG_ENDS):
        return [word for word in words if word in KNOWN or word in OWN_ORGS]
    if words[-1] in ORG_ENDS or opened or "&" in words or run.kind or run.owner or (run.article and run.tells):
        return _organisation(words)
    return [word for word in words if _shows_organisation(word)]


def _is_single_organisation(run: Run, middle: set[str], surnames: set[str]) -> bool:
    word = run.words[0]
    if (
        len(word) < 2
        or word in surnames
        or word in PLACES
        or word in PLAIN_ORG_WORDS
        or is_title(word)
        or word.lower() in KINDS
    ):
        return False
    if _shows_organisation(word):
        return True
    if word in ORG_ENDS or word in THING_NOUNS or word.lower() in FUNCTION or (run.first and word not in middle):
        return False
    return run.owner or run.kind or (run.article and run.tells)


def _shows_organisation(word: str) -> bool:
    """Whether the word itself says that it is one: known, in capitals, or with a capital inside."""
    if word in KNOWN or word in OWN_ORGS or word in {"EU", "UN"}:
        return True
    letters = word.replace(".", "")
    if letters.isupper() and letters.isalpha():
        plain = letters in NO_ORGS or letters.lower() in FUNCTION or zipf_frequency(letters, "en") > _SHOUTED
        return 3 <= len(letters) <= 6 and not plain
    return has_inner_capital(word) and "-" not in word


def _organisation(words: list[str]) -> list[str]:
    """The name of an organisation, without what only belongs to it: State Duma (Committee on International Affairs)."""
    for place, word in enumerate(words[:-1]):
        if place and (word in OWN_ORGS or word in KNOWN) and any(unit in UNITS for unit in words[place + 1 :]):
            return [" ".join(words[: place + 1])]
    lead = 0
    while lead < len(words) - 1 and words[lead] in PLACES:
        lead += 1
    rest = " ".join(words[lead:])
    if lead and (rest in KNOWN or (words[lead:] and any(word in OWN_ORGS for word in words[lead:]))):
        return [rest]
    if all(word in PLACES or word in {"of", "the", "and"} for word in words) or len(words) > 9:
        return []
    return [" ".join(words)]


def _is_broad(name: str) -> bool:
    """Whether nothing in it says whose it is: Supreme Court, but not US Supreme Court or World Health Organization."""
    if name in KNOWN:
        return False
    return name in BROAD or all(word in PLAIN_ORG_WORDS or word in ORG_ENDS - OWN_ORGS for word in name.split())
