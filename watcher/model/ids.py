"""Ids derived from content: the same work done again after a crash gives the same ids."""

from __future__ import annotations

import uuid

_NAMESPACE = uuid.UUID("6063b363-d31a-52d8-8000-000000000000")  # after the name of the seed article


def derive_id(kind: str, *parts: str) -> str:
    """The id of a thing by its kind and the parts that make it that thing: UUIDv5 in hex, 32 characters."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join((kind, *parts))).hex
