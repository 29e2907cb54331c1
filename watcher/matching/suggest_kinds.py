"""What a suggestion is made of: a name that was found, and its kind; and a test that both kinds need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_CAMEL = re.compile(r"^(?!Mc|Mac|De|Di|Du|La|Le|Van|Fitz|O['’]|D['’]|[A-Z]['’])\w*[a-z]\w*[A-Z]\w*$")


class Kind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    BROAD = "broad"  # an institution that many countries have, or that every second story names


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A name. short, also: its shorter and its other full forms; sentences: numbers of those that hold it."""

    name: str
    kind: Kind
    also: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    sentences: tuple[int, ...] = ()


def has_inner_capital(word: str) -> bool:
    """SpaceX and OpenAI, but not McDonald or DeSantis."""
    return bool(_CAMEL.match(word))
