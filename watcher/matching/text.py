"""A field as a feed or page gives it in; its display text out: HTML removed, entities decoded, Unicode NFC (rule R1).

Everything that is found is told in code points of this text. White space stays as it was written; where a block of HTML
begins or ends, or a line breaks, there is a line feed if nothing else parts the words. Time is linear in the length.
"""

from __future__ import annotations

import html
import re
import unicodedata

from watcher.markup import ATTRIBUTES, BLOCKS, HIDDEN, NAME, is_known, without_plain_tags

_TAG = re.compile(f"<(/?){NAME}{ATTRIBUTES}>")
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
    return any(is_known(match[2]) for match in _TAG.finditer(text))


def _without_tags(raw: str) -> str:
    text = without_plain_tags(raw)
    return _without_any_tags(raw) if text is None else text


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
    if match is None or not is_known(match[2]):
        out.append("<")
        return opening + 1
    name = match[2].lower()
    if name in BLOCKS and out and not out[-1][-1].isspace():
        out.append("\n")
    if name in HIDDEN and not match[1] and not match[0].endswith("/>"):
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(raw, match.end())
        return closing.end() if closing else len(raw)
    return match.end()
