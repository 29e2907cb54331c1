"""A publisher and a hub on loopback, after the W3C Recommendation: they ask, verify and push over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import html
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlencode

import httpx

from watcher.demo.server import Reply, Request, serve


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """What the hub keeps of one: where to push, and what to sign with."""

    topic: str
    secret: str
    lease: int


@dataclass(slots=True)
class Hub:
    """answers: the status of its answers to requests, one after the other, then 202; lease: what it grants.

    verifies: whether it ever does; verdicts: what its verifications and denials were answered with.
    """

    address: str = ""
    answers: list[Reply] = field(default_factory=list)
    lease: int | None = 864_000
    verifies: bool = True
    requests: list[dict[str, str]] = field(default_factory=list)
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    verdicts: list[tuple[str, int]] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    happened: asyncio.Condition = field(default_factory=asyncio.Condition)

    def receive(self, request: Request) -> Reply:
        form = dict(parse_qsl(request.body.decode()))
        self.requests.append(form)
        reply = self.answers.pop(0) if self.answers else Reply(status=202)
        if reply.status == 202 and self.verifies:
            task = asyncio.get_running_loop().create_task(self._verify(form))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return reply

    async def _verify(self, form: Mapping[str, str]) -> None:
        callback, mode, topic = form["hub.callback"], form["hub.mode"], form["hub.topic"]
        challenge = secrets.token_hex(20)
        answer = await self.ask(callback, mode=mode, topic=topic, challenge=challenge, lease=self.lease)
        if answer.status_code // 100 == 2 and answer.text == challenge:
            if mode == "unsubscribe":
                self.subscribers.pop(callback, None)
            else:
                kept = Subscriber(topic=topic, secret=form["hub.secret"], lease=self.lease or 0)
                self.subscribers[callback] = kept
        async with self.happened:
            self.happened.notify_all()

    async def ask(
        self, callback: str, *, mode: str, topic: str, challenge: str = "", lease: int | None = None, reason: str = ""
    ) -> httpx.Response:
        """One call of a callback, as a hub makes it; or as somebody who would like to be one."""
        query = {"hub.mode": mode, "hub.topic": topic}
        query |= {"hub.challenge": challenge} if challenge else {}
        query |= {"hub.reason": reason} if reason else {}
        query |= {} if lease is None else {"hub.lease_seconds": str(lease)}
        async with httpx.AsyncClient(trust_env=False) as web:
            answer = await web.get(f"{callback}?{urlencode(query)}")
        self.verdicts.append((mode, answer.status_code))
        return answer

    async def until(self, subscribers: int) -> str:
        """Waits until there are so many, and gives a callback of theirs, if there is one."""
        async with asyncio.timeout(40), self.happened:
            await self.happened.wait_for(lambda: len(self.subscribers) == subscribers)
        return next(iter(self.subscribers), "")

    async def push(
        self, callback: str, body: bytes, *, method: str = "sha256", secret: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:  # fmt: skip
        """One push to one subscriber, signed with what was agreed on, or with another secret."""
        key = self.subscribers[callback].secret if secret is None else secret
        signature = f"{method}={hmac.new(key.encode(), body, getattr(hashlib, method)).hexdigest()}"
        sent = {"Content-Type": "application/atom+xml", "X-Hub-Signature": signature, **(headers or {})}
        async with httpx.AsyncClient(trust_env=False, timeout=20) as web:
            return await web.post(callback, content=body, headers=sent)


@dataclass(slots=True)
class Paper:
    """A feed that names a hub in its document (or in its Link header), with a page for each of its titles."""

    hubs: list[str] = field(default_factory=list)
    by_header: bool = False
    address: str = ""
    titles: list[str] = field(default_factory=list)
    polls: list[datetime] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def topic(self) -> str:
        return f"{self.address}/topic"

    def feed(self, *titles: str) -> bytes:
        """The feed with these titles, or with all."""
        named = "" if self.by_header else "".join(f'<link rel="hub" href="{hub}"/>' for hub in self.hubs)
        date = format_datetime(datetime.now(UTC))
        moment = datetime.now(UTC).isoformat()
        entries = "".join(
            f"<entry><id>{self.address}/{_slug(title)}</id><title>{html.escape(title)}</title>"
            f'<link href="{self.address}/{_slug(title)}"/><updated>{moment}</updated></entry>'
            for title in titles or self.titles
        )
        head = f'<title>Paper</title><link rel="self" href="{self.topic}"/><link href="{self.address}/"/>{named}'
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><!-- {date} -->{head}{entries}</feed>'.encode()

    def answer(self, request: Request) -> Reply:
        self.asked.append(request.path)
        if request.path == "/feed":
            self.polls.append(datetime.now(UTC))
            link = ", ".join(f'<{hub}>; rel="hub"' for hub in self.hubs) + f', <{self.topic}>; rel="self"'
            headers = {"Content-Type": "application/atom+xml", **({"Link": link} if self.by_header else {})}
            return Reply(headers=headers, body=self.feed())
        title = next((one for one in self.titles if request.path == f"/{_slug(one)}"), None)
        if title is None:
            return Reply(status=404)
        text = (
            f"<p>{html.escape(title)}. It was said at noon, before many who had come to hear it, in the old town.</p>"
        )
        page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text * 6}</article></body>"
        return Reply(headers={"Content-Type": "text/html"}, body=page.encode())


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")


@contextlib.asynccontextmanager
async def open_hub(**knobs: object) -> AsyncIterator[Hub]:
    hub = Hub(**knobs)  # type: ignore[arg-type]
    async with serve(hub.receive) as address:
        hub.address = f"{address}/hub"
        yield hub


@contextlib.asynccontextmanager
async def open_paper(*hubs: str, **knobs: object) -> AsyncIterator[Paper]:
    paper = Paper(hubs=list(hubs), **knobs)  # type: ignore[arg-type]
    async with serve(paper.answer) as address:
        paper.address = address
        yield paper
