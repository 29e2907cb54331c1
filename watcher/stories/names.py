"""Bylines as pages write them -> the names of people: no "By", no roles, no addresses, each once. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BY = re.compile(
    r"^\s*(?:(?:written|reported|posted|story|words|edited|text|reporting|analysis|article|review|report|published|compiled)\s+)?"
    r"(?:by|von|par|por|di|da|door|av|af|przez|od|автор(?:ы)?|текст|autor(?:in|es|a)?|auteur|author(?:s)?|redac(?:ción|cao))\b\s*[:,-]?\s*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S+@\S+\.\S+|(?:https?:)?//\S+|www\.\S+|(?<!\w)@\w+")
_BEAT = (
    r"(?:(?:political|business|economics|economy|foreign|science|health|sports?|diplomatic|senior|deputy|world|europe|asia|"
    r"africa|us|uk|technology|environment|security|defen[cs]e|education|culture|arts|legal|media|transport|home|affairs)\s+)*"
)
_ROLE = re.compile(
    rf"\b{_BEAT}(?:correspondent|editor|reporter|writer|journalist|columnist|producer|contributor|contributing|staff|bureau|chief|"
    r"analyst|desk|presenter|reporting|fellow|professor|lecturer|director|photographer|critic|redakteur(?:in)?|korrespondent(?:in)?|"
    r"journaliste|correspondante?|envoyée?|spécial|redactor|corresponsal|corrispondente|inviato|корреспондент|редактор|"
    r"updated|published|posted|submitted|min(?:ute)?s?\s+read|in\s+(?:washington|london|paris|berlin|brussels|moscow|new\s+york))\b",
    re.IGNORECASE,
)
# Single letters join names in small letters only: "Michael E Smith" is one.
_SEPARATOR = re.compile(r"\s*(?:[;|•·/\n]|\s&\s|,?\s(?:(?i:and|und|et|og|och)|en|y|e|i|и)\s)\s*")
_TITLE_AFTER = re.compile(r"^(?:jr|sr|ph\.?d|md|m\.d|ii|iii|iv|esq|dr)\.?$", re.IGNORECASE)
_WITH = re.compile(r"(?:avec|with|mit|con|com|met|med)\s", re.IGNORECASE)  # (with an agency)
_LONE = re.compile(r"[^\W\d_][^\W\d_A-Z]+(?:['’-]\w+)?")  # one word that is no agency in capitals
_DIGITS = re.compile(r"\d{2,}")
_MAX_NAME = 60  # characters; a longer one is a sentence
_MAX_WORDS = 6
_MAX_NAMES = 20
# What content systems write where nobody set a name.
_NOBODY = frozenset(
    {
        "admin",
        "administrator",
        "none",
        "null",
        "undefined",
        "unknown",
        "editor",
        "author",
        "staff",
        "guest",
        "n/a",
        "user",
    }
)


def clean_names(bylines: Iterable[str], *, site: str | None = None) -> tuple[str, ...]:
    """The names in the bylines, in their order, each once; the site's own name is nobody's, unless it stands alone."""
    found: dict[str, str] = {}
    for byline in bylines:
        for name in _names(byline):
            found.setdefault(name.casefold(), name)
    own = (site or "").casefold()
    others = [name for key, name in found.items() if key != own]
    return tuple((others or list(found.values()))[:_MAX_NAMES])


def _names(byline: str) -> Iterable[str]:
    text = _ADDRESS.sub(" ", " ".join(byline.replace("\xa0", " ").split(" ")))
    for part in _SEPARATOR.split(_BY.sub("", text.strip())):
        for name in _comma_parts(part):
            clean = _BY.sub("", " ".join(name.split())).strip(" ,.-–—:()[]\"'")
            if clean and _is_name(clean):
                yield _cased(clean)


def _comma_parts(part: str) -> list[str]:
    """`A B, C D` are two; `A B, Political Editor` is one with her role; `A B, Jr.` is one."""
    pieces = [piece for piece in re.split(r"\s*,\s*|\s+[-–—]\s+|\s*\(|\)\s*", part) if piece and not _WITH.match(piece)]
    if len(pieces) == 2 and all(_LONE.fullmatch(piece) for piece in pieces) and "," in part:
        return [f"{pieces[1]} {pieces[0]}"]  # "Reed, Anna"
    names: list[str] = []
    for piece in pieces:
        if names and " " in names[0] and " " not in piece and not _TITLE_AFTER.match(piece):
            continue  # the place that she writes from, or her paper
        if _TITLE_AFTER.match(piece) and names:
            names[-1] = f"{names[-1]} {piece}"
        elif piece and not _ROLE.search(piece):
            names.append(piece)
        elif piece and not names and len(before := _ROLE.split(piece)[0].split()) > 1:
            names.append(" ".join(before))  # "Anna Reed Political Editor"
    return names


def _is_name(text: str) -> bool:
    return (
        len(text) <= _MAX_NAME
        and len(text.split()) <= _MAX_WORDS
        and text.casefold() not in _NOBODY
        and not _DIGITS.search(text)
        and any(c.isalpha() for c in text)
    )


def _cased(name: str) -> str:
    """`JOHN SMITH` and `john smith` as `John Smith`; one word in capitals is an agency and stays."""
    if len(name.split()) > 1 and (name.isupper() or name.islower()):
        return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), name)
    return name
