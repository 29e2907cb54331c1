"""Header fields as they came -> what we read in them, and who we say we are; no network here."""

from __future__ import annotations

import re
from http import HTTPStatus

from watcher import __version__

Headers = tuple[tuple[bytes, bytes], ...]

_PHRASES = {int(status): status.phrase for status in HTTPStatus}


def user_agent(contact: str) -> bytes:
    """Who we are, for publishers; a contact may hold any text, so it is made fit for a header."""
    told = re.sub(r"[^\x20-\x7e]|[()\\]", "", contact).strip()
    return f"watcher/{__version__} (news monitor{'; contact: ' + told if told else ''})".encode("ascii")


def status_words(status: int) -> str:
    """What the standard calls this status; empty for one that it does not know."""
    return _PHRASES.get(status, "")


def joined(raw: Headers) -> dict[str, str]:
    """The fields by name in small letters, those given several times joined by commas."""
    fields: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        fields[key] = f"{fields[key]}, {text}" if key in fields else text
    return fields


def last(raw: Headers, name: bytes) -> bytes | None:
    """The value, byte for byte, of the last field of this name (in small letters) that has one."""
    found = [value for key, value in raw if key.lower() == name and value]
    return found[-1] if found else None
