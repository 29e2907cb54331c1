"""Ids derived from content: the same work done again after a crash gives the same ids."""

from __future__ import annotations

import uuid
from functools import lru_cache
from hashlib import sha1

_NAMESPACE = uuid.UUID("6063b363-d31a-52d8-8000-000000000000").bytes  # after the name of the seed article


@lru_cache(maxsize=2048)  # a poll asks for the id of each of its entries again and again, and of its feed
def derive_id(kind: str, *parts: str) -> str:
    """The id of a thing by its kind and the parts that make it that thing: UUIDv5 in hex, 32 characters."""
    name = "\x1f".join((kind, *parts)).encode("utf-8", "replace")
    # As RFC 9562 has it; uuid.uuid5 costs five times.
    figures = sha1(_NAMESPACE + name, usedforsecurity=False).hexdigest()
    return f"{figures[:12]}5{figures[13:16]}{_VARIANT[figures[16]]}{figures[17:32]}"


_VARIANT = {figure: f"{int(figure, 16) & 0x3 | 0x8:x}" for figure in "0123456789abcdef"}
