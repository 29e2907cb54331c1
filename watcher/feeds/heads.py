"""The head of an answer that is not as HTTP has it -> the same without what is wrong in it; None where nothing helps.

Servers and what stands before them write lines that are no header fields: names with spaces, words without a colon,
what a script printed too early. Browsers and other readers overlook such a line, and so do we: it costs the line and
not the feed. What says where the body ends is another matter: a length that contradicts itself is not mended.
"""

from __future__ import annotations

import re
from typing import Final

_END: Final = re.compile(rb"\r?\n\r?\n")
_BREAK: Final = re.compile(rb"\r?\n")
_STATUS: Final = re.compile(rb"HTTP/1(?:\.([01]))?[ \t]{1,9}([1-9][0-9]{2})(?:[ \t]{1,9}([^\0\r\n]*))?", re.IGNORECASE)
_FIELD: Final = re.compile(rb"([-!#$%&'*+.^_`|~0-9A-Za-z]+)[ \t]*:([^\0\r\n]*)")
_FRAMING: Final = b"transfer-encoding"


def mended_head(received: bytes) -> bytes | None:
    """What was received, with a head of sound lines. The bytes after the head stay as they came."""
    end = _END.search(received)
    if end is None:
        return None
    first, *lines = _BREAK.split(received[: end.start()])
    status = _STATUS.fullmatch(first)
    if status is None:
        return None
    said = b"HTTP/1.%s %s %s" % (status[1] or b"1", status[2], status[3] or b"")
    return b"\r\n".join((said, *_fields(lines), b"", received[end.end() :]))


def _fields(lines: list[bytes]) -> list[bytes]:
    """The lines that are header fields, with those that continue one; a framing that is said twice is one."""
    kept: list[bytes] = []
    continued = False
    framed = False
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if continued and b"\0" not in line:
                kept.append(line)
            continue
        field = _FIELD.fullmatch(line)
        continued = field is not None
        if field is None:
            continue
        if field[1].lower() == _FRAMING:
            way = field[2].strip().lower()
            if way == b"identity" or (way == b"chunked" and framed):  # "as it is" says nothing
                continued = False
                continue
            framed = way == b"chunked"
        kept.append(field[1] + b":" + field[2])
    return kept


__all__ = ["mended_head"]
