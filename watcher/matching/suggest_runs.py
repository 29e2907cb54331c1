"""A sentence in; the runs of capitalised words that may be names, each with what stands around it, out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wordfreq import zipf_frequency

from watcher.matching.suggest_names import BROAD, GIVEN, KNOWN, PLACES
from watcher.matching.suggest_text import Sentence, Word
from watcher.matching.suggest_words import (
    BELONGINGS,
    CROWNED,
    FUNCTION,
    HEADS,
    KINDS,
    ORG_ENDS,
    OWNED,
    PARTICLES,
    PLAIN_ORG_WORDS,
    ROLES,
    SAYS,
    SPEECH,
    SUFFIXES,
    TELLS,
    UNITS,
    is_title,
)

_ARABIC_ARTICLE = re.compile(r"(?:al|el|ul|ibn|bin)[-'’][^\W\d_]|[dl][-'’][A-ZÀ-Þ]")
_OF_THE = frozenset({"der", "des", "den", "die", "du", "de", "del"})  # what follows is what the title is of
_A_WORD = 3.0  # on wordfreq's Zipf scale: what is rarer at the start of a sentence is rather a name
_LONGEST_NAME = 9  # words; "Department of Health and Social Care of Northern Ireland" is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words that may be a name. titled: a title before; human, owner, kind: a word before or after that says so."""

    words: tuple[str, ...]
    sentence: int
    first: bool = False  # begins a sentence or quotation: the capital of its first word says nothing
    titled: bool = False
    human: bool = False  # a role before, a verb of speech or an age after
    owner: bool = False  # a belonging after: spokesman, shares
    kind: bool = False  # a kind of organisation before: agency, carmaker
    article: bool = False  # "the" before: no person's name
    tells: bool = False  # a verb of speech after that organisations take too

    @property
    def text(self) -> str:
        return " ".join(self.words)


def runs(sentence: Sentence, number: int, small: frozenset[str]) -> Iterator[Run]:
    """The runs of a sentence. small: words that the article also writes with a small first letter."""
    words = sentence.words
    start = 0
    while start < len(words):
        if not _begins(words, start):
            start += 1
            continue
        end = _extent(words, start)
        yield from _parts(words, start, end, number, small)
        start = end


def _begins(words: tuple[Word, ...], place: int) -> bool:
    word = words[place]
    return word.capital and word.text != "I" and (_is_name_word(word) or _is_given_before_name(words, place))


def _is_name_word(word: Word) -> bool:
    return word.text.lower() not in FUNCTION or (word.text.isupper() and len(word.text) > 2)


def _is_given_before_name(words: tuple[Word, ...], place: int) -> bool:
    """Will Smith, and not: Will Russia …"""
    following = words[place + 1 : place + 2]
    return (
        words[place].text in GIVEN
        and bool(following)
        and following[0].joined
        and following[0].capital
        and following[0].text not in PLACES
        and _is_name_word(following[0])
    )


def _extent(words: tuple[Word, ...], start: int) -> int:
    """Where the run that begins there ends."""
    end = start + 1
    while end < len(words) and end - start < _LONGEST_NAME and not words[end - 1].possessive:
        word = words[end]
        if word.gap == " & " and word.capital:
            end += 1
        elif not word.joined:
            break
        elif _continues(words, end):
            end += 1
        else:
            bridge = _bridge(words, start, end)
            if not bridge:
                break
            end += bridge
    return end


def _continues(words: tuple[Word, ...], place: int) -> bool:
    word = words[place]
    if _ARABIC_ARTICLE.match(word.text):
        return True
    if not word.capital or word.text == "I":
        return False
    return (
        _is_name_word(word)
        or word.text in ORG_ENDS
        or words[place - 1].text in GIVEN
        or _is_given_before_name(words, place)
    )


def _bridge(words: tuple[Word, ...], start: int, place: int) -> int:
    """How many words the run takes over a small word: Ursula von der Leyen, Bank of England. 0: it ends here."""
    ahead = place
    while ahead < len(words) and ahead - place < 3 and words[ahead].joined and not words[ahead].capital:
        ahead += 1
    if ahead >= len(words) or not words[ahead].joined or not words[ahead].capital or ahead == place:
        return 0
    between = [word.text for word in words[place:ahead]]
    taken = [word.text for word in words[start:place]]
    following = words[ahead].text
    if all(word in PARTICLES for word in between):
        if len(between) > 1 and len(taken) > 1 and taken[0] in GIVEN:
            return 0  # Robert Habeck von den Grünen: he has a surname already
        return 0 if taken[-1] in PLACES else ahead - place + 1
    opens = any(word in ORG_ENDS for word in taken)
    if taken[-1] in ORG_ENDS and between in (["of"], ["of", "the"], ["for"], ["for", "the"]):
        return ahead - place + 1
    if taken[-1] in UNITS and between in (["on"], ["on", "the"]):
        return ahead - place + 1
    if opens and {"of", "for", "on"} & set(taken) and between in (["and"], ["of"], ["of", "the"]):
        return 0 if is_title(following) or following in GIVEN or following in PLACES else ahead - place + 1
    return 0


def _parts(words: tuple[Word, ...], start: int, end: int, number: int, small: frozenset[str]) -> Iterator[Run]:
    """The run cut at its titles: Tesla CEO Elon Musk is Tesla, and Elon Musk."""
    texts = [part for word in words[start:end] for part in (["&", word.text] if word.gap == " & " else [word.text])]
    texts = texts[1:] if texts[0] == "&" else texts
    before = words[start - 1].text if start and words[start].joined else ""
    whole = Run(
        words=tuple(texts),
        sentence=number,
        first=words[start].first,
        human=before.lower() in ROLES or before in SAYS or _speaks(words, end),
        owner=_is_owner(words, start, end),
        kind=before.lower() in KINDS,
        article=before.lower() == "the",
        tells=end < len(words) and words[end].gap == " " and words[end].text in TELLS,
    )
    if person := _behind_office(words, start, texts):
        yield replace(whole, words=person, first=False, titled=True, article=False)
        return
    if whole.text in KNOWN or whole.text in BROAD or whole.text in PLACES or _is_organisation(texts):
        yield _without_start(whole, small)
        return
    cut = _last_title(texts)
    if cut is None:
        yield _without_start(whole, small)
        return
    if texts[cut] in CROWNED and len([text for text in texts[cut + 1 :] if text not in SUFFIXES]) == 1:
        yield replace(whole, words=tuple(texts[cut:]), first=False, titled=True, kind=False, article=False)
    elif cut + 1 < len(texts) and texts[cut + 1] not in _OF_THE:
        rest = texts[cut + 1 :]
        kind = texts[cut].lower() in KINDS
        yield replace(whole, words=tuple(rest), first=False, titled=not kind, kind=kind, article=False)
    lead = texts[:cut]
    while lead and " ".join(lead) not in KNOWN and (is_title(lead[-1]) or lead[-1] in PLAIN_ORG_WORDS):
        lead.pop()
    if lead:
        yield _without_start(replace(whole, words=tuple(lead), human=False, owner=True), small)


def _behind_office(words: tuple[Word, ...], start: int, texts: list[str]) -> tuple[str, ...]:
    """The person behind what a title is of: Secretary of (State) Antony Blinken, Minister for (Defence) John Healey."""
    before = words[max(0, start - 2) : start]
    if len(before) < 2 or before[1].text not in {"of", "for"} or not (before[0].capital and is_title(before[0].text)):
        return ()
    lead = 0
    while lead < len(texts) and texts[lead] in PLAIN_ORG_WORDS:
        lead += 1
    behind = texts[lead:]
    named = lead and len(behind) > 1 and all(word[:1].isupper() for word in behind) and behind[-1] not in ORG_ENDS
    return tuple(behind) if named and words[start].joined and not is_title(behind[0]) else ()


def _is_owner(words: tuple[Word, ...], start: int, end: int) -> bool:
    """Whether something belongs to it that belongs to organisations: Kremlin spokesman, shares of Deutsche Telekom."""
    if end < len(words) and words[end].gap == " " and words[end].text in BELONGINGS:
        return True
    if start < 2 or words[start - 1].text not in {"for", "of", "at", "from", "the"}:
        return False
    place = start - 2 if words[start - 1].text != "the" else start - 3
    return words[start].joined and place >= 0 and words[place].text.lower() in OWNED | HEADS


def _speaks(words: tuple[Word, ...], end: int) -> bool:
    """Whether what follows is said of a person: a verb of speech, who, or an age between commas."""
    following = words[end : end + 2]
    if not following or words[end - 1].possessive:
        return False
    word = following[0]
    gap = word.gap.lstrip(".")  # behind Jr.
    if gap in {" ", ", "} and word.text in SPEECH:
        return True
    if gap == ", " and word.text in {"a", "an", "the", "former"}:  # Robert Redford, the actor
        return any(one.text.lower() in ROLES or is_title(one.text) for one in words[end + 1 : end + 5] if one.joined)
    return gap == ", " and word.text.isdigit() and len(word.text) == 2


def _is_organisation(texts: list[str]) -> bool:
    if len(texts) < 2 or any(text in GIVEN for text in texts[1:]):
        return False
    opened = any(text in ORG_ENDS for text in texts) and bool({"of", "for", "on"} & set(texts))
    return opened or texts[-1] in ORG_ENDS


def _last_title(texts: list[str]) -> int | None:
    """The last word that is a title, or a kind of organisation, with something after it; else any title at the end."""
    places = [
        place
        for place, text in enumerate(texts)
        if (is_title(text) or text in CROWNED or (place == 0 and text.lower() in KINDS))
        and not _is_first_name(texts, place)
    ]
    return places[-1] if places else None


def _is_first_name(texts: list[str], place: int) -> bool:
    """Whether a word that could be a title is part of a name: Judith Butler's sister Marshal, but not Marshal Foch."""
    return place > 0 and texts[place - 1] in GIVEN


def _without_start(run: Run, small: frozenset[str]) -> Run:
    """Without a first word whose capital comes from the start of the sentence."""
    if not run.first or len(run.words) < 2:
        return run
    head, following = run.words[0], run.words[1]
    if head in GIVEN or head in PLACES or run.text in KNOWN or run.text in BROAD:
        return run
    begins = re.search(r"(?:ing|ed|ly)$", head) and zipf_frequency(head, "en") >= _A_WORD  # Meeting; not Erling
    if head.lower() in small or following in GIVEN or begins:
        return replace(run, words=run.words[1:], first=False)
    return run
