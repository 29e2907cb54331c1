"""A text with tags in, the same without them out, for texts that hold none but plain ones; and what HTML's tags are.

What an entry shows (matching) and whether it changed (feeds) are both told from its words, and both ask of the same
texts within a moment: the last answers are kept.
"""

from __future__ import annotations

import re
from functools import lru_cache

# What stands between words when it is shown; every other tag leaves nothing behind.
_BLOCK_NAMES = (
    "address article aside blockquote br button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frame h1 h2 h3 h4 h5 h6 header hgroup hr iframe legend li main menu nav ol option p pre "
    "section select summary table tbody td textarea tfoot th thead title tr ul video audio"
)
_INLINE_NAMES = (
    "a abbr acronym applet area b base basefont bdi bdo big body canvas cite code col colgroup data datalist del dfn "
    "em embed font frameset head html i img input ins kbd label link map mark math meta meter nobr noframes noscript "
    "object optgroup output param path picture portal progress q rb rp rt rtc ruby s samp slot small source span "
    "strike strong sub sup svg template time track tt u var wbr amp"
)
_KNOWN = frozenset(f"{_BLOCK_NAMES} {_INLINE_NAMES} script style".split())
BLOCKS = frozenset(_BLOCK_NAMES.split())
HIDDEN = frozenset({"script", "style", "template"})  # what stands inside is never shown

# A tag ends at the first ">" outside quotes. Quotes are followed for 300 characters at most, and an unquoted "<" ends
# the attempt, so that a text full of tags that never close costs time in proportion to its length.
NAME = "([A-Za-z][A-Za-z0-9]*(?:[:_-][A-Za-z0-9:_-]*)?)"
ATTRIBUTES = r"""(?:[\s/](?:[^<>"']++|"[^"]{0,300}"|'[^']{0,300}')*+)?"""
_INSIDE = re.compile(f"/?{NAME}{ATTRIBUTES}")
_REMEMBERED_TAG = 100  # characters; most tags are of a few kinds, and are looked at once
_REMEMBERED_TAGS = 2_000
_known_tags: dict[str, bool] = {}  # whether it is of a block
_REMEMBERED_TEXT = 16_384  # characters; of most entries all texts are shorter ...
_REMEMBERED_TEXTS = 512  # ... and no feed has so many, so that this takes a megabyte or two


def is_known(name: str) -> bool:
    """Whether HTML knows a tag of this name, or some program made it up as HTML allows."""
    lower = name.lower()
    return lower in _KNOWN or ":" in lower or "-" in lower


def without_plain_tags(raw: str) -> str | None:
    """The text without its tags where every "<" begins a tag that HTML knows, which is so in nearly all feeds.

    None for what takes a closer look: scripts, comments with tags in them, quoted "<" and ">", a bare "<". A third of
    what the closer look costs. Where a block begins or ends there is a line feed if nothing else parts the words.
    """
    return _remembered(raw) if len(raw) <= _REMEMBERED_TEXT else _stripped(raw)


def _stripped(raw: str) -> str | None:
    last, *pieces = raw.split("<")
    out = [last]
    known = _known_tags.get
    for piece in pieces:
        tag, closed, text = piece.partition(">")
        if (block := known(tag)) is None:
            block = _is_block(tag)
        if not closed or block is None:
            return None
        if block and last and not last[-1].isspace():
            last = "\n"
            out.append(last)
        if text:
            last = text
            out.append(last)
    return "".join(out)


def _is_block(tag: str) -> bool | None:
    """Whether a tag (without its angle brackets) parts what stands around it; None for one that is no plain tag."""
    match = _INSIDE.fullmatch(tag)
    if match is None:
        return False if tag.startswith("!--") and tag.endswith("--") and len(tag) >= len("!----") else None
    name = match[1].lower()
    if not is_known(name) or name in HIDDEN:
        return None
    block = name in BLOCKS
    if len(tag) <= _REMEMBERED_TAG:
        if len(_known_tags) >= _REMEMBERED_TAGS:
            _known_tags.clear()
        _known_tags[tag] = block
    return block


_remembered = lru_cache(maxsize=_REMEMBERED_TEXTS)(_stripped)
