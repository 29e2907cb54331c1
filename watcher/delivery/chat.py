"""message -> title and text for one of the services that Apprise knows, cut to its limit at a sentence -> outcome."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import requests.sessions
from apprise import Apprise, AppriseAsset, AppriseResultStatus, NotifyBase, NotifyFormat
from requests.adapters import HTTPAdapter

from watcher.delivery import outcomes
from watcher.model import Message, Outcome

TIMEOUT = (
    60.0  # seconds: Apprise bounds each of its requests itself (4 s to connect, 4 s between bytes); some make several
)
ROOM = 0.95  # of the service's limit: escaping for the service's own markup makes a text a little longer
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？]|\n")

SECRET_PART = 4  # characters: a shorter part of an address is no secret, and would be found in every sentence

# Their lines show addresses whole. What Apprise says of a failure comes back with its result (which takes it from its
# logger, so that one must stay at work) and is told from there.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)
logging.getLogger("apprise").setLevel(logging.WARNING)
logging.getLogger("apprise").propagate = False

ANSWER_READ = 1_000_000  # bytes: some services answer with what they made of a message, none with a book

_STATUS = re.compile(r"\berror[ =:]+(\d{3})\b")


class _Bounded(HTTPAdapter):
    """Reads no more of an answer than it can have, nor for longer: Apprise reads whatever comes into the memory.

    That in a thread which nobody can stop, so that an answer without an end would end the whole program.
    """

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        response = super().send(*args, **kwargs)
        chunks, until = response.raw.stream, time.monotonic() + TIMEOUT

        def bounded(size: int, *, decode_content: bool = True) -> Iterator[bytes]:
            read = 0
            for chunk in chunks(min(size, ANSWER_READ), decode_content=decode_content):
                read += len(chunk)
                yield chunk
                if read >= ANSWER_READ or time.monotonic() > until:
                    return

        response.raw.stream = bounded
        return response


# What every session starts with. Apprise makes its sessions itself, and offers no other way in.
requests.sessions.HTTPAdapter = _Bounded  # type: ignore[attr-defined]


class ChatChannel:
    """One Apprise address, secret as a whole: no message shows it.

    Raises ValueError for an address that Apprise cannot use.
    """

    def __init__(self, *, name: str, url: str, timeout: float = TIMEOUT) -> None:
        self.name, self._url, self._timeout = name, url.strip(), timeout
        # A redirect that is followed turns a POST into a GET, and its good answer into a message that nobody has.
        self._apprise = Apprise(asset=AppriseAsset(app_id="watcher", app_desc="watcher", http_redirects=False))
        known = self._apprise.add(self._url)
        service = self._apprise[0] if known and len(self._apprise) == 1 else None
        if not isinstance(service, NotifyBase):
            raise ValueError("it is not one address of a service that Apprise knows")  # noqa: TRY004 - no wrong type
        self._limits = service.title_maxlen, service.body_maxlen
        self._lock = asyncio.Lock()  # the messages of a channel stay in order

    async def send(self, message: Message, now: datetime) -> Outcome:
        """One notification. Raises nothing for what the service does."""
        title, text = fit(message.subject, message.body.decode(), *self._limits)
        async with self._lock:
            result = await self._apprise.async_notify(
                title=title, body=text, body_format=NotifyFormat.TEXT, timeout=self._timeout
            )
        if result.status is AppriseResultStatus.TIMEOUT:
            return outcomes.of_silence(f"no answer within {self._timeout:g} s")
        said = "; ".join(entry.message for entry in result.logs())
        status = _STATUS.search(said)
        return outcomes.of_chat(
            sent=bool(result), status=int(status[1]) if status else None, said=self._hushed(said), now=now
        )

    async def greet(self) -> str | None:
        """Nothing: a service has no greeting but a message; the address itself was read when the channel was made."""
        return None

    async def close(self) -> None:
        """Nothing: Apprise opens a connection for each message."""

    def _hushed(self, said: str) -> str:
        """What Apprise logged without any part of the address, most of which are tokens and passwords."""
        for part in sorted(re.split(r"[/:@?&=,]+", unquote(self._url)), key=len, reverse=True):
            if len(part) >= SECRET_PART:
                said = said.replace(part, "…")
        return said


def fit(title: str, text: str, title_limit: int, text_limit: int) -> tuple[str, str]:
    """Title and text within the limits of a service. title_limit: 0 where the title becomes the text's first line."""
    room = int(text_limit * ROOM) - (0 if title_limit else len(title) + 1)
    return (cut(title, title_limit) if title_limit else title), cut(text, max(room, 1))


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` characters, ended after a whole sentence where one ends in its later two thirds."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - 2, 0)]
    ends = [match.end() for match in SENTENCE_END.finditer(text, 0, limit - 1) if match.end() <= len(head)]
    if ends and ends[-1] > limit // 3:
        return f"{head[: ends[-1]].rstrip()} …"
    between_words = head.rpartition(" ")[0]
    return f"{between_words if len(between_words) > limit // 2 else head}…"
