"""A field as a feed or page gives it in; its display text out: HTML removed, entities decoded, Unicode NFC (rule R1).

Everything that is found is told in code points of this text. White space stays as it was written; where a block of HTML
begins or ends, or a line breaks, there is a line feed if nothing else parts the words. Time is linear in the length.
"""

from __future__ import annotations

import html
import re
import unicodedata

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
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HIDDEN = frozenset({"script", "style", "template"})  # what stands inside is never shown

# A tag ends at the first ">" outside quotes. Quotes are followed for 300 characters at most, and an unquoted "<" ends
# the attempt, so that a text full of tags that never close costs time in proportion to its length.
_NAME = "([A-Za-z][A-Za-z0-9]*(?:[:_-][A-Za-z0-9:_-]*)?)"
_ATTRIBUTES = r"""(?:[\s/](?:[^<>"']++|"[^"]{0,300}"|'[^']{0,300}')*+)?"""
_TAG = re.compile(f"<(/?){_NAME}{_ATTRIBUTES}>")
_INSIDE = re.compile(f"/?{_NAME}{_ATTRIBUTES}")
_REMEMBERED_TAG = 100  # characters; most tags are of a few kinds, and are looked at once
_REMEMBERED_TAGS = 2_000
_known_tags: dict[str, bool] = {}  # whether it is of a block
_SLOPPY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*(?:[:_-][A-Za-z0-9:_-]*)?)(?:[\s/][^<>]*+)?>")
_LONGEST_DECLARATION = 1000  # <!DOCTYPE …> and <?xml …?>; bounded, so that many that never end cost no more than one
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SURROGATE = re.compile("[\ud800-\udfff]")


def display_text(raw: str) -> str:
    """The text of a field as a reader sees it."""
    return composed(shown_text(raw))


def shown_text(raw: str) -> str:
    """The same, not yet composed: for whoever looks at each character anyway."""
    text = raw
    if "<" in text or "&" in text:
        text = _unescaped(_without_tags(text))
        if text != raw and (_ENTITY.search(text) or _has_tag(text)):  # the feed escaped twice
            text = _unescaped(_without_tags(text))
    if "\0" in text:
        text = text.replace("\0", "\ufffd")  # as HTML does
    return text


def composed(text: str) -> str:
    """The text in NFC, without halves of surrogate pairs."""
    return text if text.isascii() else unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text))


def _unescaped(text: str) -> str:
    """Entities that end in a semicolon decoded; a bare "&copy=2" in an address is none."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def _has_tag(text: str) -> bool:
    return any(_known(match[2]) for match in _TAG.finditer(text))


def _known(name: str) -> bool:
    lower = name.lower()
    return lower in _KNOWN or ":" in lower or "-" in lower


def _without_tags(raw: str) -> str:
    text = _without_plain_tags(raw)
    return _without_any_tags(raw) if text is None else text


def _without_plain_tags(raw: str) -> str | None:
    """The text without its tags where every "<" begins a tag that HTML knows, which is so in nearly all feeds.

    None for what takes a closer look: scripts, comments with tags in them, quoted "<" and ">", a bare "<". A third of
    what the closer look costs.
    """
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
    if not _known(name) or name in _HIDDEN:
        return None
    block = name in _BLOCKS
    if len(tag) <= _REMEMBERED_TAG:
        if len(_known_tags) >= _REMEMBERED_TAGS:
            _known_tags.clear()
        _known_tags[tag] = block
    return block


def _without_any_tags(raw: str) -> str:
    out: list[str] = []
    position = 0
    while (opening := raw.find("<", position)) >= 0:
        if position < opening:
            out.append(raw[position:opening])
        if raw.startswith("<![CDATA[", opening):
            end = raw.find("]]>", opening)
            if data := raw[opening + 9 : end if end >= 0 else len(raw)]:
                out.append(data)
            position = end + 3 if end >= 0 else len(raw)
        elif raw.startswith(("<!", "<?"), opening):
            position = _after_declaration(raw, opening)
            if position == opening + 1:
                out.append("<")
        else:
            position = _after_tag(raw, opening, out)
    out.append(raw[position:])
    return "".join(out)


def _after_declaration(raw: str, opening: int) -> int:
    """Where the text goes on after a comment, a doctype or a processing instruction."""
    if raw.startswith("<!--", opening):
        end = raw.find("-->", opening + 4)
        return end + 3 if end >= 0 else len(raw)
    following = raw[opening + 2 : opening + 3]
    end = raw.find(">", opening, opening + _LONGEST_DECLARATION) if following.isalpha() else -1
    return end + 1 if end >= 0 else opening + 1


def _after_tag(raw: str, opening: int, out: list[str]) -> int:
    """Where the text goes on after a tag; what is no tag that HTML knows stays as text."""
    match = _TAG.match(raw, opening) or _SLOPPY_TAG.match(raw, opening)
    if match is None or not _known(match[2]):
        out.append("<")
        return opening + 1
    name = match[2].lower()
    if name in _BLOCKS and out and not out[-1][-1].isspace():
        out.append("\n")
    if name in _HIDDEN and not match[1] and not match[0].endswith("/>"):
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(raw, match.end())
        return closing.end() if closing else len(raw)
    return match.end()
