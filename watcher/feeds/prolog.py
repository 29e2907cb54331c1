"""Feed bytes -> the same document in UTF-8, with a short honest prolog and nothing after its end.

What stands before the root and after it in real broken feeds (blank lines, PHP warnings, counters' scripts) is what
many of them are broken by; and in hostile ones a long prolog costs feedparser minutes.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

_ROOT: Final = re.compile(rb"<(?:[A-Za-z][\w.-]{0,30}:)?(?:rss|rdf|feed)(?=[\s>/])", re.IGNORECASE)
_ANY_PART: Final = re.compile(rb"<(?:[A-Za-z][\w.-]{0,30}:)?(?:channel|item|entry)(?=[\s>/])", re.IGNORECASE)
_ANY_ELEMENT: Final = re.compile(rb"<[A-Za-z]")
_DECLARING: Final = re.compile(rb"<[A-Za-z][^<>]{0,2000}?\sxmlns[:=]")  # all namespaces of a root take some 1,500
_ENCODING: Final = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})["']""", re.IGNORECASE)
_DECLARATION: Final = re.compile(rb"<\?xml\s[^>]{0,300}\?>", re.IGNORECASE)
_CHARSET: Final = re.compile(r"""charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)
# Entities are kept if they stand for plain text or for one character, as feedparser does it.
_ENTITY: Final = re.compile(rb"""<!ENTITY\s{1,9}(\w{1,40})\s{1,9}"(&#\w{1,8};|[^&"<>%]{0,1000})"\s{0,9}>""")
_REFERENCE: Final = re.compile(rb"&(\w{1,40});")
_MAX_ENTITIES: Final = 500  # HTML's own list has 253
_MAX_EXPANSION: Final = 1_000_000  # bytes that all uses of a document's entities may come to
_LOOKED_AT: Final = 64 * 1024  # bytes of a prolog in which an encoding and entities are looked for
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00", b"Lo\xa7\x94")  # UTF-16, UTF-32, EBCDIC
_WIDE_NAMES: Final = (b"utf-16", b"utf16", b"utf-32", b"utf32", b"ucs-", b"iso-10646-ucs", b"unicode")
_SOUND: Final = 4  # sound characters beyond ASCII for each damaged byte; another encoding hardly ever gives one
_STRANGE: Final = "watcher.strange"  # the name by which Python's codecs know what is done with a damaged byte
_LEADING: Final = (b"\xc2", b"\xc3", b"\xe2", b"\xd0", b"\xd1")  # of Latin, of quotation marks, of Cyrillic
_UTF8: Final = frozenset(("utf-8", "utf8", "us-ascii", "ascii", ""))
# What feeds are written in besides UTF-8. A codec that is not listed is for feedparser to judge: Python's list holds
# some that are no encodings of text at all (punycode, rot13), and gb2312 is always meant as its superset.
_CODECS: Final = {
    **{f"iso-8859-{number}": f"iso-8859-{number}" for number in (*range(1, 12), *range(13, 17))},
    **{f"windows-{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"cp{number}": f"cp{number}" for number in range(1250, 1259)},
    **dict.fromkeys(("koi8-r", "koi8-u", "big5", "euc-jp", "euc-kr", "shift_jis", "iso-2022-jp", "gb18030")),
    "latin1": "iso-8859-1",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "shift-jis": "shift_jis",
    "ks_c_5601-1987": "cp949",
}


def is_wide(body: bytes) -> bool:
    """Whether the bytes are in an encoding in which an ASCII pattern finds nothing."""
    return body.startswith(_WIDE)


def looks_like_feed(body: bytes) -> bool:
    """Whether there is any element at all that a feed begins with or consists of."""
    return bool(_ROOT.search(body) or _ANY_PART.search(body))


def as_utf8(body: bytes, content_type: str) -> bytes:
    """The document in UTF-8 without a byte order mark, if its encoding is certain; else as it is.

    Bytes that are valid UTF-8 are UTF-8, whatever Content-Type says; else its word goes before the document's.
    """
    body = body.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
    declared = _ENCODING.match(body)
    name = declared[1].decode("ascii").lower() if declared else ""
    told = _CHARSET.search(content_type)
    charset = told[1].lower() if told else ""
    if name in _UTF8 and (charset in _UTF8 or _is_utf8(body)):
        return body
    name = charset if charset not in _UTF8 else name
    if name not in _CODECS:
        return body
    try:
        text = body.decode(_CODECS[name] or name)
    except UnicodeDecodeError:
        return body
    return _declared_as(b"", text.encode()).lstrip()


def mostly_utf8(body: bytes) -> bytes:
    """A document in UTF-8 with a few damaged bytes, with these mended or replaced; any other as it is.

    Taken for another encoding as a whole, as feedparser would, it would be damaged all over.
    """
    try:
        text = body.decode("utf-8", "replace")
        body.decode("ascii")
    except UnicodeDecodeError:
        beyond = sum(1 for character in text if character > "\x7f")
        bad = text.count("\N{REPLACEMENT CHARACTER}")
        if bad and beyond - bad >= _SOUND * bad:
            text = body.decode("utf-8", _STRANGE)
            return _declared_as(b'<?xml version="1.0" encoding="utf-8"?>', text.encode())
    return body


def _strange(error: UnicodeError) -> tuple[str, int]:
    """For a byte that is no UTF-8 what Windows-1252 has, where it was pasted in from there: caf\\xe9, it\\x92s.

    What is left of a character that was cut off has others of its kind before it, or one of the bytes that lead them.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    damaged = error.object[error.start : error.end]
    after_ascii = error.start > 0 and error.object[error.start - 1] < 0x80
    if len(damaged) == 1 and after_ascii and damaged not in _LEADING:
        return damaged.decode("cp1252", "replace"), error.end
    return "\N{REPLACEMENT CHARACTER}", error.end


codecs.register_error(_STRANGE, _strange)


def _declared_as(declaration: bytes, body: bytes) -> bytes:
    """The document with another declaration in the place of its own, if it has one."""
    own = _DECLARATION.search(body, 0, _LOOKED_AT)
    return body[: own.start()] + declaration + body[own.end() :] if own else body


def bare(body: bytes) -> bytes:
    """The document from its root on to the root's end, after a declaration of its encoding and harmless entities."""
    root, part = _ROOT.search(body), _ANY_PART.search(body)
    top = root or _DECLARING.search(body)  # a root whose name is damaged still says what its prefixes mean
    first = min((found for found in (top, part) if found), key=re.Match.start, default=_ANY_ELEMENT.search(body))
    if first is None:
        return body.strip()
    prolog, rest = body[: first.start()][:_LOOKED_AT], body[first.start() :]
    end = rest.rfind(b"</" + root[0][1:]) if root else -1
    if end > 0 and (close := rest.find(b">", end)) > 0 and not looks_like_feed(rest[close:]):
        rest = rest[: close + 1]
    encoding = _ENCODING.search(prolog)
    if encoding and encoding[1].lower().startswith(_WIDE_NAMES) and not is_wide(body):
        encoding = None  # "<" stands in one byte, so that it is none of these, whatever it says
    name = encoding[1] if encoding else (b"utf-8" if body.startswith(codecs.BOM_UTF8) else b"")
    declaration = b'<?xml version="1.0" encoding="' + name + b'"?>\n' if name else b""
    return declaration + _without_entities(prolog, rest)


def breaks_off_in_entry(body: bytes) -> bool:
    """Whether the document ends before its last entry does."""
    body = body.lower()
    begun = max(body.rfind(b"<item"), body.rfind(b"<entry"))
    return begun > max(body.rfind(b"</item"), body.rfind(b"</entry"))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _without_entities(prolog: bytes, rest: bytes) -> bytes:
    """The document with the harmless entities that its prolog declares written out, until they come to too much."""
    values: dict[bytes, bytes] = dict(_ENTITY.findall(prolog)[:_MAX_ENTITIES])
    room = _MAX_EXPANSION

    def written_out(reference: re.Match[bytes]) -> bytes:
        nonlocal room
        value = values.get(reference[1])
        if value is None or len(value) > room:
            return reference[0]
        room -= len(value)
        return value

    return _REFERENCE.sub(written_out, rest) if values else rest


__all__ = ["as_utf8", "bare", "breaks_off_in_entry", "is_wide", "looks_like_feed", "mostly_utf8"]
