"""Fifty papers on loopback with faults, their truth, and sinks for mail and webhooks; `watcher` is driven from outside.

The papers run in a thread with a loop of its own, so that tests can wait for the command as a person does.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import json
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from standardwebhooks import Webhook

from watcher.demo import press
from watcher.demo.outlets import Fault, Format, Outlet, Story
from watcher.demo.press import Edition
from watcher.demo.server import LOOPBACK, Reply, Request, read_request, serve
from watcher.demo.sinks import open_mail_sink

PAPERS = 50
ARTICLES = 300
SECRET = "whsec_" + base64.b64encode(b"only for the tests, no one else").decode()
WATCHES = (
    "Elon Musk", "Donald Trump", "Dmitry Peskov", "Edward Snowden", "Steve Bannon", "SpaceX", "TASS", "State Duma",
)  # fmt: skip
LOOKALIKES = ("Elon Muskens", "SpaceXplorer", "Tassman", "Trumpeter", "the elonmusk")  # no watch is in any of them
VERBS = ("visits", "opens", "praises", "defends", "discusses", "rejects", "announces", "welcomes", "delays")
THINGS = (
    "a factory", "a school", "a bridge", "a trade plan", "a treaty", "a museum", "a stadium", "a railway", "a hospital",
)  # fmt: skip
FILLING = (
    "The authorities have been informed, and details will be published as soon as they are available to the public.",
    "Residents said that they had not noticed anything unusual during the day and went about their business.",
    "The weather is expected to remain calm over the next few days, according to the forecast of this morning.",
    "This is a developing story and will be updated. Readers who know more are invited to write to the editors.",
)


class Mode(StrEnum):
    """How a paper's server behaves. Those up to SLOW can be read, the others cannot."""

    GOOD = "good"
    GZIP = "gzip"
    REDIRECT = "redirect"
    WRONG_TYPE = "wrong type"
    MALFORMED = "malformed"
    SLOW = "slow"
    ERROR = "500"
    MISSING = "404"
    HANG = "hang"
    CUT = "cut"
    EMPTY = "empty"
    HTML = "html"
    HUGE = "huge"
    BAD_GZIP = "bad gzip"


READABLE = frozenset({Mode.GOOD, Mode.GZIP, Mode.REDIRECT, Mode.WRONG_TYPE, Mode.MALFORMED, Mode.SLOW})
_ODD = [mode for mode in Mode if mode is not Mode.GOOD]
EVERY_MODE = [*_ODD, *[Mode.GOOD] * (PAPERS - len(_ODD))]
HANG_SECONDS = 3.0  # then it hangs up without a word; the fetcher's own deadline has its own test
SLOW_SECONDS = 0.5  # over the whole body, in pieces


def _words(chance: random.Random, vocabulary: list[str], count: int) -> str:
    return " ".join(chance.choices(vocabulary, k=count))


def _vocabulary(chance: random.Random) -> list[str]:
    syllables = [a + b for a in "bdfgklmnprstv" for b in "aeiou"]
    return sorted({"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(3000)})


Writer = Callable[[random.Random, list[str], str, int], Story]


def _names(chance: random.Random) -> list[str]:
    return chance.sample(WATCHES, chance.choices((0, 1, 2), (6, 3, 1))[0])


def unlike(chance: random.Random, vocabulary: list[str], outlet: str, number: int) -> Story:
    """An article like no other, with no watch, one or two in title or summary; one in twenty is too old to alert."""
    names = _names(chance)
    title, summary = _words(chance, vocabulary, 7).capitalize(), _words(chance, vocabulary, 16).capitalize() + "."
    for name in names:
        if chance.random() < 0.5:
            title = f"{title} {name}"
        else:
            summary = f"{summary} As {name} said."
    if not names and chance.random() < 0.2:
        title = f"{title} {chance.choice(LOOKALIKES)}"
    old = chance.random() < 0.05
    return Story(
        outlet=outlet,
        slug=f"article-{number}",
        title=title,
        author="Our reporter",
        summary=summary,
        text="\n".join(f"{_words(chance, vocabulary, 35).capitalize()}." for _ in range(4)),
        hours=90 if old else chance.uniform(0.1, 20),
        alerts=() if old else tuple(names),
    )


def _form(outlet: str, number: int, title: str, summary: str, text: str, names: list[str], age: float) -> Story:
    return Story(
        outlet=outlet,
        slug=f"article-{number}",
        title=title,
        author="Our reporter",
        summary=summary,
        text=text,
        hours=age,
        alerts=tuple(names),
    )


def _also(names: list[str]) -> str:
    return f" {names[1]} was there as well." if names[1:] else ""


def placed(chance: random.Random, vocabulary: list[str], outlet: str, number: int) -> Story:
    """A form: who does what in a place of its own; the rest stands in all of them."""
    names = _names(chance)
    place, verb, thing = vocabulary[number].capitalize(), chance.choice(VERBS), chance.choice(THINGS)
    title = f"{names[0] if names else 'The mayor'} {verb} {thing} in {place}"
    summary = f"Report {number}: officials in {place} said that it was well attended.{_also(names)}"
    text = "\n".join((f"{title}.", summary, *FILLING))
    return _form(outlet, number, title, summary, text, names, chance.uniform(0.1, 20))


def crowded(chance: random.Random, vocabulary: list[str], outlet: str, number: int) -> Story:
    """The same form with few places: strangers do other things in the same town."""
    names = _names(chance)
    place, verb, thing = vocabulary[number % 12].capitalize(), chance.choice(VERBS), chance.choice(THINGS)
    title = f"{names[0] if names else 'The mayor'} {verb} {thing} in {place}"
    summary = f"Report {number}: officials in {place} said that it was well attended.{_also(names)}"
    text = "\n".join((f"{title}.", summary, *FILLING))
    return _form(outlet, number, title, summary, text, names, chance.uniform(0.1, 20))


def numbered(chance: random.Random, _vocabulary: list[str], outlet: str, number: int) -> Story:
    """A form in which only a number differs, and a name."""
    names = _names(chance)
    title = f"{names[0] if names else 'Nobody'}: story number {number}"
    summary = f"This is the summary of story {number}.{_also(names)}"
    text = "\n".join(f"Paragraph {part} of story {number}. {filling}" for part, filling in enumerate(FILLING, 1))
    return _form(outlet, number, title, summary, text, names, chance.uniform(0.1, 20))


def make_papers(
    seed: int, modes: list[Mode], write: Writer = unlike, articles: int = ARTICLES
) -> list[tuple[Outlet, Mode]]:
    """Papers in these modes, three and more formats, with so many articles among those that can be read."""
    chance = random.Random(seed)  # noqa: S311  the same papers each time, no secrets
    vocabulary = _vocabulary(chance)
    readable = [number for number, mode in enumerate(modes) if mode in READABLE]
    stories: dict[int, list[Story]] = {number: [] for number in range(len(modes))}
    for number in range(articles):
        paper = readable[number % len(readable)]
        stories[paper].append(write(chance, vocabulary, f"paper-{paper}", number))
    formats = (Format.RSS2, Format.ATOM, Format.RSS1, Format.JSON)
    return [
        (
            Outlet(
                slug=f"paper-{number}",
                name=f"Paper {number}",
                format=Format.RSS2 if mode is Mode.MALFORMED else formats[number % len(formats)],
                stories=tuple(stories[number]),
                fault=Fault.MALFORMED if mode is Mode.MALFORMED else Fault.NONE,
            ),
            mode,
        )
        for number, mode in enumerate(modes)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One webhook call that was received and whose signature held."""

    id: str
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.body)
        assert said["type"] == "alert.raised"
        return dict(said["data"])


@dataclass(slots=True)
class World:
    """The papers and sinks while they run. polls: (paper, status) of each request for a feed."""

    papers: list[tuple[Outlet, Mode]]
    polls: Counter[tuple[str, int]] = field(default_factory=Counter)
    calls: list[Call] = field(default_factory=list)
    mail_port: int = 0
    mails: list[Any] = field(default_factory=list)
    hook: str = ""
    editions: dict[str, Edition] = field(default_factory=dict)
    events: int = 0
    _moved: threading.Condition = field(default_factory=threading.Condition)

    @property
    def truth(self) -> frozenset[tuple[str, str]]:
        """(watch, address of the story) of every alert that is to come."""
        return frozenset(
            (watch, self.editions[outlet.slug].link(story))
            for outlet, _ in self.papers
            for story in outlet.stories
            for watch in story.alerts
        )

    def messages(self) -> list[EmailMessage]:
        return [mail.message for mail in self.mails]

    def happened(self) -> None:
        with self._moved:
            self.events += 1
            self._moved.notify_all()

    def wait_for_events(self, more: int, process: subprocess.Popen[bytes]) -> None:
        """Wait until so many more requests, calls and mails have come, or the process has ended."""
        with self._moved:
            goal = self.events + more
            while self.events < goal and process.poll() is None:
                self._moved.wait(0.05)  # the end of a process notifies nobody

    # ------------------------------------------------------------------------------------------------------- the papers

    async def talk(
        self, outlet: Outlet, mode: Mode, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while request := await read_request(reader):
                self.happened()
                if not await self._answer(outlet, mode, request, writer) or not request.stays:
                    break
        writer.close()

    async def _answer(self, outlet: Outlet, mode: Mode, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is of no more use."""
        edition = self.editions[outlet.slug]
        if not request.path.startswith(("/feed", "/moved")):
            reply = _page(edition, request)
        else:
            if mode is Mode.HANG:
                await asyncio.sleep(HANG_SECONDS)
                return False
            reply = _feed(edition, mode, request)
            self.polls[outlet.slug, reply.status] += 1
        writer.write(reply.head())
        if mode is Mode.CUT and reply.body:
            writer.write(reply.body[: len(reply.body) // 2])
            return False
        for piece in _pieces(reply.body, 10 if mode is Mode.SLOW else 1):
            writer.write(piece)
            await writer.drain()
            if mode is Mode.SLOW:
                await asyncio.sleep(SLOW_SECONDS / 10)
        return True

    def receive(self, request: Request) -> Reply:
        Webhook(SECRET).verify(request.body, dict(request.headers))
        self.calls.append(Call(id=request.headers["webhook-id"], body=request.body))
        self.happened()
        return Reply(status=204)


def _pieces(body: bytes, count: int) -> list[bytes]:
    size = max(1, -(-len(body) // count))
    return [body[start : start + size] for start in range(0, len(body), size)]


def _page(edition: Edition, request: Request) -> Reply:
    """The page of an article; every eleventh is missing, so that the feed's own words must do."""
    for story in edition.outlet.stories:
        if edition.link(story) == edition.address + request.path and int(story.slug.rsplit("-", 1)[1]) % 11:
            return Reply(headers={"Content-Type": "text/html; charset=utf-8"}, body=press.page(edition, story))
    return Reply(status=404, headers={"Content-Type": "text/plain"}, body=b"not here\n")


def _feed(edition: Edition, mode: Mode, request: Request) -> Reply:
    if mode is Mode.ERROR:
        return Reply(status=500, body=b"out of order\n")
    if mode is Mode.MISSING:
        return Reply(status=404, body=b"not here\n")
    if mode is Mode.REDIRECT and request.path.startswith("/feed"):
        return Reply(status=302, headers={"Location": "/moved" + request.path.removeprefix("/feed")})
    body = {
        Mode.EMPTY: b"",
        Mode.HTML: b"<!DOCTYPE html><html><head><title>Moved</title></head><body><p>We have moved.</p></body></html>",
        Mode.HUGE: b"<rss version='2.0'><channel><title>big</title><!--" + b"x" * 12_000_000,
    }.get(mode) or (press.feed(edition) if mode is not Mode.EMPTY else b"")
    etag = press.etag(body)
    if request.headers.get("if-none-match") == etag:
        return Reply(status=304, headers={"ETag": etag})
    kind = "text/html" if mode in (Mode.WRONG_TYPE, Mode.HTML) else press.CONTENT_TYPES[edition.outlet.format]
    headers = {"Content-Type": f"{kind}; charset=utf-8", "ETag": etag}
    if mode is Mode.GZIP:
        headers, body = {**headers, "Content-Encoding": "gzip"}, gzip.compress(body)
    if mode is Mode.BAD_GZIP:
        headers = {**headers, "Content-Encoding": "gzip"}
    return Reply(headers=headers, body=body)


# ------------------------------------------------------------------------------------------------------- running it all


async def _live(world: World, ready: threading.Event, stop: asyncio.Event) -> None:
    start = datetime.now(UTC).replace(microsecond=0)
    async with contextlib.AsyncExitStack() as stack:
        sink = await stack.enter_async_context(open_mail_sink())
        world.mail_port, world.mails = sink.port, sink.mails
        world.hook = await stack.enter_async_context(serve(world.receive))
        tasks: set[asyncio.Task[None]] = set()
        for outlet, mode in world.papers:

            def connected(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, outlet: Outlet = outlet, mode: Mode = mode
            ) -> None:
                task = asyncio.get_running_loop().create_task(world.talk(outlet, mode, reader, writer))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

            server = await asyncio.start_server(connected, LOOPBACK, 0)
            stack.callback(server.close)
            address = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
            world.editions[outlet.slug] = Edition(outlet=outlet, address=address, start=start, seconds=0)
        ready.set()
        await stop.wait()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.contextmanager
def running(papers: list[tuple[Outlet, Mode]]) -> Iterator[World]:
    """The world of these papers, in a thread of its own, while the block runs."""
    world, ready = World(papers=papers), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_live(world, ready, stop)), daemon=True)
    thread.start()
    try:
        assert ready.wait(20)
        yield world
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


class Installation:
    """One configuration and archive, and the command that works with them."""

    def __init__(self, folder: Path, world: World) -> None:
        self.config, self.archive, self.world = folder / "config", folder / "archive", world
        self.config.mkdir(parents=True)
        feeds = [{"url": edition.feed_link(), "name": edition.outlet.name} for edition in world.editions.values()]
        mail = {"to": ["desk@example.org"], "from": "watcher@example.org", "host": LOOPBACK, "port": world.mail_port}
        settings = {
            "archive": "../archive",
            "polling": {"gap": "0s", "contact": "test@example.org"},
            "allow_private": ["127.0.0.0/8"],
            "channels": {
                "desk": {"email": {**mail, "tls": "none"}},
                "hook": {"webhook": {"url": f"{world.hook}/hook", "secret_file": "hook-secret"}},
            },
        }
        self._write("watchlist.yaml", yaml.safe_dump({"feeds": feeds, "watches": list(WATCHES)}))
        self._write("watcher.yaml", yaml.safe_dump(settings))
        self._write("hook-secret", SECRET + "\n")
        (self.config / "hook-secret").chmod(0o600)

    def _write(self, name: str, text: str) -> None:
        (self.config / name).write_text(text, "utf-8")

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "watcher", "--config", str(self.config), *words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ask(self, *words: str) -> Any:
        """What `watcher … --json` says."""
        process = self.start(*words, "--json")
        out, err = process.communicate(timeout=80)
        assert process.returncode == 0, err.decode(errors="replace")[-4000:]
        return json.loads(out)

    def alert_files(self) -> list[dict[str, Any]]:
        """The front matter of every alert in the archive."""
        files = sorted((self.archive / "alerts").rglob("*.md"))
        return [yaml.safe_load(file.read_text("utf-8").split("---\n", 2)[1]) for file in files]
