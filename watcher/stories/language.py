"""A text and what its page says its language is -> its language (ISO 639-1 in small letters), or None. Pure."""

from __future__ import annotations

import re

import py3langid

_CHARS = 2_000  # enough to tell a language by; detection costs by the character
_LEAST = 150  # below it the page's own word is better
_CONFIRMED = 0.12  # share of the words that must be among the few commonest of the stated language ...
_AHEAD = 1.3  # ... and by so much more than among those of any other: neighbours share half of them
# The commonest words of each language: they bear the page's word out without the detector, whose model takes half a
# second of CPU to load, and which is wrong on one text in a hundred.
_COMMONEST = {
    "cs": "a se na v že je to s z o do by jako který ale pro po",
    "da": "og i at det er en til på som af for de med den har ikke et",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als",
    "en": "the of and to in a that is was for on with as it at by he from his an be has",
    "es": "de la que el en y a los se del las un por con una su para es al lo",
    "fi": "ja on ei että se hän oli mutta ovat kun myös joka sen mukaan kuin",
    "fr": "de la le et les des en un du une que est pour qui dans a par au sur pas plus",
    "hu": "a az és hogy nem is egy meg de ez csak volt azt már mint",
    "it": "di e il la che in a per un del non è una sono con le i della da si al",
    "nl": "de van het een en in is dat op te zijn met voor niet die aan er ook door",
    "no": "og i det er på en som for til av at med de har ikke den et om",
    "pl": "w i na z się nie do że to jest o jak po co za od przez ale",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as",
    "ro": "de și în la a că cu pe un o din nu care pentru mai este",
    "ru": "и в не на что с по как это а из к за от о но для у его",
    "sv": "och i att det som en på är av för med den till inte har de ett om",
    "tr": "ve bir bu da de için ile olarak çok daha olan ne gibi kadar ancak",
    "uk": "і в на не що з у до за як це та від для про його",
}
_SETS = {language: frozenset(words.split()) for language, words in _COMMONEST.items()}
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str, stated: str | None) -> str | None:
    """The language of the text where there is enough of it, else what the page says."""
    if len(text) < _LEAST:
        return stated
    start = text[:_CHARS]
    if stated in _SETS and _is_confirmed(start, stated):
        return stated
    found, _ = py3langid.classify(start)
    return str(found)


def _is_confirmed(text: str, stated: str) -> bool:
    words = _WORD.findall(text.lower())
    counts = {language: sum(word in common for word in words) for language, common in _SETS.items()}
    own = counts.pop(stated)
    return own >= _CONFIRMED * len(words) and own >= _AHEAD * max(counts.values())
