"""A page's bytes and its Content-Type -> its text: by BOM, header, meta, then detection. Never fails. Pure."""

from __future__ import annotations

import codecs
import re

import cchardet

# Browsers read these labels as their Windows supersets, and so do the pages that carry them (WHATWG Encoding).
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(
    rb"<(?:meta\b[^>]{0,300}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_META_WITHIN = 4096  # bytes; HTML asks for 1024, real pages put scripts before it
_DETECT_WITHIN = 200_000  # bytes that detection looks at: enough for any page, and it costs by the byte
_MANY_BYTES = frozenset({"utf-8", "utf-16", "utf-32", "gb18030", "cp949", "cp932", "big5hkscs", "euc_jp", "iso2022_jp"})
_TAGS = re.compile(rb"<[^<>]*>")
_ASCII = bytes(range(128))
_SPARSE = 100  # one character in so many: English has one in two hundred, Polish one in fifteen
_BAD = "\ufffd"
# A declared charset that leaves more than this share of unreadable characters is wrong; single bad bytes are common.
_BAD_SHARE = 0.001
# What no web page is written in, though Python knows it: transformations, and codecs that cost or risk something.
_NEVER = frozenset({"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})


def decode(body: bytes, content_type: str) -> tuple[str, str]:
    """The text, and what told its charset: bom, header, meta, utf-8, detected or guess.

    UTF-8 that reads without a fault is UTF-8 whatever a label says: no other charset looks like it by chance.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace"), "bom"
    declared = [("header", label) for label in _HEADER.findall(content_type)[:1]]
    declared += [("meta", label.decode("ascii", "ignore")) for label in _META.findall(body[:_META_WITHIN])[:1]]
    if not body.isascii() and (text := _strict_utf8(body)) is not None:
        return text, "utf-8" if not any(_codec(label) == "utf-8" for _, label in declared) else declared[0][0]
    for origin, label in declared:
        text = _readable(body, _codec(label))
        if text is not None:
            return text, origin
    start = body[:_DETECT_WITHIN]
    found = cchardet.detect(start).get("encoding")
    if found and not start.isascii() and _codec(found) not in _MANY_BYTES and _is_sparse(start):
        found = None  # so few letters say nothing: what detection makes of them is chance
    if found and (text := _readable(body, _codec(found))) is not None:
        return text, "detected"
    return body.decode("cp1252" if b"\x00" not in body else "utf-8", "replace"), "guess"


def _is_sparse(body: bytes) -> bool:
    """Whether hardly any character outside ASCII stands between the tags: dashes and quotation marks, a name."""
    text = _TAGS.sub(b"", body)
    return len(text.translate(None, _ASCII)) * _SPARSE < len(text)


def _strict_utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _codec(label: str) -> str | None:
    """Python's own name of the charset, or None where it is no charset of web pages."""
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    if not info._is_text_encoding or info.name in _NEVER:
        return None
    return _SUPERSETS.get(info.name, info.name)


def _readable(body: bytes, codec: str | None) -> str | None:
    if codec is None:
        return None
    text = body.decode(codec, "replace")
    return text if text.count(_BAD) <= max(3, len(text) * _BAD_SHARE) else None
