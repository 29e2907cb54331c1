"""One character in; what stands for it when texts are compared out (rules R2 to R4).

Two forms. The kept form has punctuation: what lies between words is one space, all apostrophes and all quotes are one.
The search form has words only: everything that is no letter, mark, digit or picture sign is a space.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

# Latin letters that Unicode does not take apart, as R2 lists them, and their nearest kin (ð, ħ).
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"}
_OWN_LETTERS = frozenset("йўїЙЎЇ")  # letters of their own: the mark stays
_APOSTROPHES = frozenset("'`´‘’‚‛′ʹʻʼʽˈ׳＇\u055a\ua78c")
_QUOTES = frozenset('"“”„‟«»″〝〞＂״')
_HYPHENS = frozenset("-\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2212\u2e17\u2e1a\u30a0\ufe63\uff0d")
_MIDDLE_DOTS = frozenset("·\u0387\u2022\u2027\u2219\u22c5\u2e31\u2e33\u30fb\uff65")

# Marks of Latin, Greek, Cyrillic, Arabic and Hebrew letters; those of other scripts are part of the word.
_DROPPED_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufb1e\ufe20-\ufe2f]"
)
# Not seen: tatweel, the grapheme joiner, variation selectors, Hangul fillers (Cf, the format characters, beside them).
_UNSEEN = re.compile("[\u0640\u034f\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u115f\u1160\u3164\uffa0]")
# Compatibility forms that are the same letter in another shape; not <super>, <sub>, <circle>, <square>, <fraction>.
_SHAPES = ("<font>", "<initial>", "<medial>", "<final>", "<isolated>", "<compat>")
_WIDTHS = ("<wide>", "<narrow>")


class Kind(IntEnum):
    """What a folded character is for the edges of a word."""

    APART = 0  # no part of a word
    LETTER = 1  # letters, marks and digits of a script that parts words
    FREE = 2  # Han, hiragana, Thai and others that part no words
    KATAKANA = 3
    HANGUL = 4
    SIGN = 5  # a picture or currency sign, a word of its own
    RIGHT_TO_LEFT = 6  # Arabic and Hebrew, whose short words are written on to the next


FREE_RANGE = (
    "\u3005-\u3007\u3021-\u3029\u3041-\u309f\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f\U00020000-\U0003ffff"
)
KATAKANA_RANGE = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
HANGUL_RANGE = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff"
RIGHT_TO_LEFT_RANGE = "\u05d0-\u05f2\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee-\u06ff\u0750-\u077f"
_KINDS = (
    (Kind.FREE, re.compile(f"[{FREE_RANGE}]")),
    (Kind.KATAKANA, re.compile(f"[{KATAKANA_RANGE}]")),
    (Kind.HANGUL, re.compile(f"[{HANGUL_RANGE}]")),
    (Kind.RIGHT_TO_LEFT, re.compile(f"[{RIGHT_TO_LEFT_RANGE}]")),
)


@lru_cache(maxsize=65536)
def kept(character: str) -> str:
    """The kept form of one character: "", " ", or one or more characters that fold to themselves."""
    if character in _OWN_LETTERS:
        return character.lower()
    if character in _APOSTROPHES:
        return "'"
    if character in _QUOTES:
        return '"'
    category = unicodedata.category(character)
    if category == "Cf" or _UNSEEN.match(character) or _DROPPED_MARKS.match(character):
        return ""
    if character.isspace() or category[0] == "Z" or character in _HYPHENS or character in _MIDDLE_DOTS:
        return " "
    if character in _LETTERS:
        return _LETTERS[character]
    return _taken_apart(character, category)


def _taken_apart(character: str, category: str) -> str:
    shape, _, rest = unicodedata.decomposition(character).partition(" ")
    if shape in _WIDTHS or (shape in _SHAPES and category[0] in "LN"):
        parts = "".join(chr(int(code, 16)) for code in rest.split())
    else:
        parts = unicodedata.normalize("NFD", character)
        if len(parts) > 1 and not any(_DROPPED_MARKS.match(part) for part in parts):
            parts = character  # Hangul syllables, kana with their voicing, Indic letters: one letter each
    folded = "".join(part for part in parts if not _DROPPED_MARKS.match(part)).casefold()
    if folded == character or not folded:
        return folded
    return unicodedata.normalize("NFC", "".join(kept(part) for part in folded))


def is_dropped_mark(character: str) -> bool:
    """Whether it is a mark that makes no difference to the letter that it stands upon."""
    return _DROPPED_MARKS.match(character) is not None


@lru_cache(maxsize=65536)
def kind(character: str) -> Kind:
    """What a folded character is for the edges of a word."""
    category = unicodedata.category(character)
    if category[0] in "LM" or category in {"Nd", "Nl"}:
        return next((kind for kind, among in _KINDS if among.match(character)), Kind.LETTER)
    return Kind.SIGN if category in {"So", "Sc"} and not character.isascii() else Kind.APART


@lru_cache(maxsize=65536)
def searched(character: str) -> str:
    """The search form of one character: "", or spaces and characters that stand for themselves."""
    return "".join(part if kind(part) is not Kind.APART else " " for part in kept(character))


_TIGHT_DASH = re.compile(r"(?<=\w)\u2013(?=\w)")  # written tight it joins two names; with spaces it parts two clauses
# A half-width kana and the voicing behind it, two characters that are one kana.
VOICED = re.compile("[\uff66\uff73\uff76-\uff84\uff8a-\uff8e\uff9c]\uff9e|[\uff8a-\uff8e]\uff9f")


def keep_fold(text: str) -> str:
    """The kept form of a whole text, without space at its ends."""
    if text.isascii():
        folded = text.lower().replace("-", " ")
        folded = folded if "`" not in folded else folded.replace("`", "'")
    else:
        text = VOICED.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
        folded = "".join(map(kept, _TIGHT_DASH.sub("-", text)))
    return " ".join(folded.split())
