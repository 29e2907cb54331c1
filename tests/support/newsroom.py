"""A newsroom on loopback with a fault in each paper, which remembers every request; and a judge of their manners.

Every paper has a host of its own, 127.0.x.y. Time is what the test says it is, so that days pass in seconds.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from itertools import pairwise

NEWS_EVERY = timedelta(hours=2)
HELD = 0.1  # seconds that a paper which is slow takes in all; the fetcher's deadline has its own test
CONTACT = "desk@example.org"


@dataclass(slots=True)
class Ask:
    """One request as it came, and what was answered. at, ended: by the newsroom's time; fields: names small."""

    host: str
    path: str
    fields: tuple[tuple[str, bytes], ...]
    at: datetime
    ended: datetime | None = None
    answer: bytes = b""
    number: int = 0  # of this path, from 1

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key == name]

    def one(self, name: str) -> bytes | None:
        return next(iter(self.all(name)), None)

    @property
    def status(self) -> int:
        found = re.match(rb"HTTP/1\.1 (\d{3})", self.answer)
        return int(found[1]) if found else 0

    def told(self, name: str) -> bytes | None:
        """A field of the answer."""
        head = self.answer.partition(b"\r\n\r\n")[0]
        found = re.search(rb"(?im)^" + name.encode() + rb":[ \t]*([^\r\n]*)", head)
        return found[1] if found else None


Play = Callable[["Paper", Ask], "bytes | Awaitable[bytes]"]


@dataclass(slots=True)
class Paper:
    """One paper. play: what it answers for its feed; readable: whether its entries can be had at all."""

    name: str
    play: Play
    room: Newsroom
    host: str = ""
    readable: bool = True
    feeds: tuple[str, ...] = ("/feed",)

    def url(self, path: str = "/feed") -> str:
        return f"http://{self.host}:{self.room.port}{path}"

    def items(self, at: datetime, *, shown: int = 10) -> list[tuple[str, str]]:
        """(guid, title), newest first: one for every NEWS_EVERY since the day before it opened."""
        count = int((at - self.room.opened + timedelta(days=1)) / NEWS_EVERY)
        return [(f"{self.name}-{n}", f"Story {n} of {self.name}") for n in range(count, max(0, count - shown), -1)]

    def body(self, at: datetime, *, inside: str = "", guid: str = "", only: int = 10) -> bytes:
        items = "".join(
            f"<item><guid isPermaLink='false'>{guid}{id_}</guid><title>{title}</title>"
            f"<link>{self.url('/story/' + id_)}</link></item>"
            for id_, title in self.items(at)[:only]
        )
        feed = f"<rss version='2.0'><channel><title>{self.name}</title>{inside}{items}</channel></rss>"
        return feed.encode()


def reply(status: str, body: bytes = b"", *fields: bytes, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}".encode(), *fields]
    if not status.startswith("304"):
        lines.append(b"Content-Length: %d" % (len(body) if length is None else length))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def tag(body: bytes) -> bytes:
    return b'"' + hashlib.sha256(body).hexdigest()[:12].encode() + b'"'


def conditional(ask: Ask, body: bytes, *fields: bytes, etag: bytes | None = None) -> bytes:
    """304 for who has it, else the body; the other fields with both."""
    etag = tag(body) if etag is None else etag
    if ask.one("if-none-match") == etag:
        return reply("304 Not Modified", b"", b"ETag: " + etag, *fields)
    return reply("200 OK", body, b"ETag: " + etag, *fields)


def http_date(at: datetime) -> bytes:
    return format_datetime(at.replace(microsecond=0), usegmt=True).encode()


class Newsroom:
    """now: the time. papers: by name; log: every request in order of its coming."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now, self.opened = now, now()
        self.port = 0
        self.papers: dict[str, Paper] = {}
        self.log: list[Ask] = []
        self._hosts: dict[str, Paper] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._others: dict[tuple[str, str], Play] = {}

    def add(self, name: str, play: Play, *, readable: bool = True, feeds: tuple[str, ...] = ("/feed",)) -> Paper:
        number = len(self.papers) + 1
        paper = Paper(
            name=name, play=play, room=self, host=f"127.0.{1 + number // 200}.{1 + number % 200}", readable=readable,
            feeds=feeds,
        )  # fmt: skip
        self.papers[name] = self._hosts[paper.host] = paper
        return paper

    def also(self, paper: Paper, path: str, play: Play) -> None:
        """What another path of this paper answers; one that ends in * stands for all that begin so."""
        self._others[paper.host, path] = play

    @property
    def feeds(self) -> list[str]:
        return [paper.url(path) for paper in self.papers.values() for path in paper.feeds]

    def asked(self, name: str, path: str = "/feed") -> list[Ask]:
        return [ask for ask in self.log if ask.host == self.papers[name].host and ask.path == path]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Newsroom]:
        tasks: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.get_running_loop().create_task(self._talk(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(connected, "0.0.0.0", self.port)  # 0 at first: any that is free
        self.port = server.sockets[0].getsockname()[1]
        yield self
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
            fields = tuple(
                (name.decode().lower(), value.strip())
                for name, _, value in (line.partition(b":") for line in head[1:] if line)
            )
            host = dict(fields)["host"].decode().partition(":")[0]
            ask = Ask(host=host, path=head[0].split(b" ")[1].decode(), fields=fields, at=self.now())
            self._counts[host, ask.path] += 1
            ask.number = self._counts[host, ask.path]
            self.log.append(ask)
            await self._answer(self._hosts[host], ask, writer)
            ask.ended = self.now()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # a client may go, and one that speaks TLS says nothing that can be read
        finally:
            writer.close()

    async def _answer(self, paper: Paper, ask: Ask, writer: asyncio.StreamWriter) -> None:
        given = self._play(paper, ask)(paper, ask)
        if isinstance(given, bytes):
            ask.answer = given
            writer.write(given)
        else:
            ask.answer = await given
            head, end, body = ask.answer.partition(b"\r\n\r\n")
            writer.write(head + end)
            for byte in body[:20]:  # slowly, and never to the end
                writer.write(bytes((byte,)))
                await writer.drain()
                await asyncio.sleep(HELD / 20)
        await writer.drain()

    def _play(self, paper: Paper, ask: Ask) -> Play:
        if ask.path in paper.feeds:
            return paper.play
        for (host, path), play in self._others.items():
            if host == paper.host and (ask.path == path or (path.endswith("*") and ask.path.startswith(path[:-1]))):
                return play
        return lambda _paper, _ask: reply("404 Not Found")


# --------------------------------------------------------------------------------------------------------------- faults


def redirect(status: str, to: str) -> Play:
    return lambda _paper, _ask: reply(status, b"", b"Location: " + to.encode())


def always(sent: bytes) -> Play:
    return lambda _paper, _ask: sent


def with_fields(*fields: bytes) -> Play:
    return lambda paper, ask: conditional(ask, paper.body(ask.at), *fields)


def stale_etag(shape: bytes) -> Play:
    """An ETag of an unusual shape, of which %s is the hash."""
    return lambda paper, ask: conditional(
        ask, body := paper.body(ask.at), etag=shape.replace(b"%s", tag(body).strip(b'"'))
    )


def by_date(paper: Paper, ask: Ask, shown: Callable[[datetime], bytes] = http_date) -> bytes:
    newest = paper.room.opened + int((ask.at - paper.room.opened) / NEWS_EVERY) * NEWS_EVERY
    stamp = shown(newest)
    if ask.one("if-modified-since") == stamp:
        return reply("304 Not Modified")
    return reply("200 OK", paper.body(ask.at), b"Last-Modified: " + stamp)


def ever_304(paper: Paper, ask: Ask) -> bytes:
    if ask.one("if-none-match"):
        return reply("304 Not Modified", b"", b'ETag: "first"')
    return reply("200 OK", paper.body(ask.at), b'ETag: "first"')


def new_at_304(paper: Paper, ask: Ask) -> bytes:
    etag = b'ETag: "%d"' % ask.number
    if ask.number > 1 and ask.one("if-none-match") == b'"%d"' % (ask.number - 1) and ask.number % 4:
        return reply("304 Not Modified", b"", etag)
    return reply("200 OK", paper.body(ask.at), etag)


def sometimes(every: int, bad: bytes) -> Play:
    """This answer for each request whose number can be divided so, the feed for the others."""
    return lambda paper, ask: bad if ask.number % every == 0 else conditional(ask, paper.body(ask.at))


def at_first(times: int, bad: bytes) -> Play:
    return lambda paper, ask: bad if ask.number <= times else conditional(ask, paper.body(ask.at))


def for_hours(start: float, end: float, bad: bytes) -> Play:
    def play(paper: Paper, ask: Ask) -> bytes:
        hours = (ask.at - paper.room.opened) / timedelta(hours=1)
        return bad if start <= hours < end else conditional(ask, paper.body(ask.at))

    return play


def wrong_clock(paper: Paper, ask: Ask) -> bytes:
    wrong = ask.at + timedelta(days=400)
    expires = b"Expires: " + http_date(wrong + timedelta(hours=3))
    return conditional(ask, paper.body(ask.at), expires, b"Date: " + http_date(wrong))


def refused_until(paper: Paper, ask: Ask) -> bytes:
    bad = reply("503 Service Unavailable", b"", b"Retry-After: " + http_date(ask.at + timedelta(hours=2)))
    return bad if ask.number % 3 == 0 else conditional(ask, paper.body(ask.at))


async def drip(paper: Paper, ask: Ask) -> bytes:
    await asyncio.sleep(0)
    return reply("200 OK", paper.body(ask.at))


def moved_guids(paper: Paper, ask: Ask) -> bytes:
    moved = ask.at - paper.room.opened > timedelta(hours=5)
    return conditional(ask, paper.body(ask.at, guid="new-" if moved else ""))


def delta(paper: Paper, ask: Ask) -> bytes:
    etag = b'"%d"' % len(paper.items(ask.at)) + b"-" + paper.items(ask.at)[0][0].encode()
    if ask.one("if-none-match") == etag:
        return reply("304 Not Modified", b"", b"ETag: " + etag)
    if ask.one("if-none-match") and ask.one("a-im") == b"feed":
        return reply("226 IM Used", paper.body(ask.at, only=2), b"IM: feed", b"ETag: " + etag)
    return reply("200 OK", paper.body(ask.at), b"ETag: " + etag)


def told_to_go(paper: Paper, ask: Ask) -> bytes:
    inside = (
        "<itunes:new-feed-url xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>"
        f"{paper.url('/moved')}</itunes:new-feed-url>"
    )
    return conditional(ask, paper.body(ask.at, inside=inside))


def inside(words: str) -> Play:
    return lambda paper, ask: conditional(ask, paper.body(ask.at, inside=words))


NOTHING_NEW = reply("304 Not Modified", b"", b'ETag: "first"')
BOMB = gzip.compress(bytes(30_000_000))
HTML = b"<!doctype html><html><head><title>Sign in</title></head><body><p>Sign in</p></body></html>"
GOOD: dict[str, Play] = {
    "plain": with_fields(),
    "weak etag": stale_etag(b'W/"%s"'),
    "etag of no encoding": stale_etag(b'"\xe9\xff%s"'),
    "etag without quotes": stale_etag(b"%s, x; y"),
    "a date alone": by_date,
    "a date that is none": lambda paper, ask: by_date(paper, ask, lambda at: b"about " + http_date(at)[:20]),
    "no validators": lambda paper, ask: reply("200 OK", paper.body(ask.at)),
    "validators ignored": lambda paper, ask: reply("200 OK", paper.body(ask.at), b'ETag: "same"'),
    "304 for ever": ever_304,
    "304 to whatever is asked": lambda paper, ask: ever_304(paper, ask) if ask.number == 1 else NOTHING_NEW,
    "304 with a new etag": new_at_304,
    "a new etag each time": lambda paper, ask: reply("200 OK", paper.body(ask.at), b'ETag: "%d"' % ask.number),
    "fresh for two hours": with_fields(b"Cache-Control: public, max-age=7200"),
    "fresh by quoted words": with_fields(b'CACHE-CONTROL: private,Max-Age="5400"'),
    "expired in 1970": with_fields(b"Expires: Thu, 01 Jan 1970 00:00:00 GMT"),
    "expires: 0": with_fields(b"Expires: 0"),
    "a clock of its own": wrong_clock,
    "no-cache": with_fields(b"Cache-Control: no-cache, max-age=99999"),
    "retry-after with 200": with_fields(b"Retry-After: 5400"),
    "429, seconds": sometimes(3, reply("429 Too Many Requests", b"", b"Retry-After: 7200")),
    "429, no word": sometimes(4, reply("429 Too Many Requests")),
    "429, garbage": sometimes(4, reply("429 Too Many Requests", b"", b"Retry-After: a while")),
    "429 at first": at_first(2, reply("429 Too Many Requests", b"", b"Retry-After: 3600")),
    "503, a date": refused_until,
    "503 for two hours": for_hours(3, 5, reply("503 Service Unavailable")),
    "500 for six hours": for_hours(4, 10, reply("500 Oops")),
    "404 now and then": sometimes(2, reply("404 Not Found", b"", b"Cache-Control: max-age=2000")),
    "cookies": with_fields(b"Set-Cookie: a=b; Path=/", b"Set-Cookie: c=d"),
    "guids change at once": moved_guids,
    "deltas": delta,
    "a ttl of three hours": inside("<ttl>180</ttl>"),
    "hours to skip": inside("<skipHours><hour>1</hour><hour>2</hour><hour>3</hour></skipHours>"),
    "a new address": told_to_go,
    "wrong charset": lambda paper, ask: conditional(
        ask, b"<?xml version='1.0' encoding='utf-16'?>" + paper.body(ask.at), b"Content-Type: text/plain; charset=x-y"
    ),
    "broken at first": at_first(1, reply("200 OK", b"<rss><channel><title>", b'ETag: "broken"')),
}  # fmt: skip
BAD: dict[str, Play] = {
    "500": always(reply("500 Oops")),
    "410": always(reply("410 Gone")),
    "307 in a circle": redirect("307 Temporary Redirect", "/feed?again"),
    "to a file": redirect("302 Found", "file:///etc/passwd"),
    "to a private network": redirect("301 Moved", "http://10.0.0.1/feed"),
    "a byte now and then": drip,
    "half, then cut": lambda paper, ask: reply("200 OK", paper.body(ask.at)[:300], length=5000),
    "garbage in chunks": always(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
    "a gzip bomb": always(reply("200 OK", BOMB, b"Content-Encoding: gzip")),
    "packed twice": always(reply("200 OK", gzip.compress(gzip.compress(b"x")), b"Content-Encoding: gzip, gzip")),
    "brotli": always(reply("200 OK", b"\x0b\x02\x80x\x03", b"Content-Encoding: br")),
    "gzip that breaks off": always(reply("200 OK", gzip.compress(b"x" * 999)[:-9], b"Content-Encoding: gzip")),
    "deflate": always(reply("200 OK", zlib.compress(b"x"), b"Content-Encoding: deflate")),
    "huge headers": always(reply("200 OK", b"x", b"X-Much: " + b"y" * 300_000)),
    "a page to sign in": always(reply("302 Found", b"", b"Location: /login", b"Set-Cookie: session=1")),
    "a page instead": lambda _paper, ask: conditional(ask, HTML, b"Content-Type: text/html"),
    "a page that is fresh": lambda _paper, ask: conditional(ask, HTML, b"Cache-Control: max-age=3600"),
    "nothing": always(reply("200 OK", b"", b"Content-Type: application/rss+xml")),
    "no HTTP": always(b"220 mail.example ESMTP\r\n\r\n"),
    "304 to all": always(reply("304 Not Modified", b"", b'ETag: "x"')),
}  # fmt: skip


def open_papers(room: Newsroom) -> None:
    """A paper for each fault; those that concern a whole host have several feeds."""
    several = ("/feed", "/sport", "/world")
    for name, play in GOOD.items():
        room.add(name, play, feeds=several if name.startswith(("429", "503")) else ("/feed",))
    for name, play in BAD.items():
        room.add(name, play, readable=False)
    room.also(room.papers["a new address"], "/moved", with_fields())
    room.also(room.papers["307 in a circle"], "/feed?again", redirect("307 Temporary Redirect", "/feed"))
    room.also(room.papers["a page to sign in"], "/login", redirect("302 Found", "/feed"))
    chain = room.add("301 for good", redirect("301 Moved", "/two"))
    room.also(chain, "/two", redirect("308 Permanent Redirect", "/three"))
    room.also(chain, "/three", with_fields())
    room.also(room.papers["fresh for two hours"], "/other", with_fields())
    away = room.add("302 to another paper", lambda paper, _: reply("302 Found", b"", b"Location: " + away_to(paper)))
    room.also(away, "/robots.txt", always(reply("404 Not Found")))
    closed = room.add("robots", with_fields())
    room.also(closed, "/robots.txt", always(reply("200 OK", b"User-agent: *\nDisallow: /story/")))
    busy = room.add("pages are refused", with_fields())
    room.also(busy, "/story/*", always(reply("429 Too Many Requests", b"", b"Retry-After: 5000")))
    gone = room.add("pages are gone", with_fields())
    room.also(gone, "/story/*", always(reply("410 Gone")))


def away_to(paper: Paper) -> bytes:
    return paper.room.papers["fresh for two hours"].url("/other").encode()


# ---------------------------------------------------------------------------------------------------------------- judge


def misdeeds(room: Newsroom, *, gap: float = 0.0) -> list[str]:
    """Every breach of manners in the log, in words; gap: real seconds between two starts at one host."""
    by_host: dict[str, list[Ask]] = defaultdict(list)
    by_path: dict[tuple[str, str], list[Ask]] = defaultdict(list)
    for ask in room.log:
        by_host[ask.host].append(ask)
        by_path[ask.host, ask.path].append(ask)
    names = {paper.host: paper.name for paper in room.papers.values()}
    found = [f"{names[host]}: {text}" for host, asks in by_host.items() for text in _at_host(asks, gap)]
    found += [f"{names[host]}{path}: {text}" for (host, path), asks in by_path.items() for text in _at_path(asks)]
    return found


def _at_host(asks: list[Ask], gap: float) -> Iterator[str]:
    quiet = asks[0].at
    for before, ask in pairwise(asks):
        if before.status in (429, 503):
            quiet = max(quiet, before.at + (_retry_after(before) or timedelta(minutes=5)))
        if ask.at < quiet:
            yield f"asked for {ask.path} {quiet - ask.at} before the end of a pause"
        if before.ended is None or before.ended > ask.at:
            yield f"two at once: {before.path} and {ask.path}"
        if (ask.at - before.at).total_seconds() < gap:
            yield f"{before.path} and {ask.path} start {ask.at - before.at} apart"
    for ask in asks:
        agent = ask.one("user-agent") or b""
        if CONTACT.encode() not in agent or not agent.startswith(b"watcher/"):
            yield f"does not say who asks: {agent!r}"
        if ask.one("accept-encoding") != b"gzip":
            yield "offers what it should not"
        for name in ("cookie", "referer", "authorization", "from", "x-forwarded-for"):
            if ask.all(name):
                yield f"sends {name}"


def _at_path(asks: list[Ask]) -> Iterator[str]:
    etag = date = None
    unasked = 0
    for before, ask in pairwise(asks):
        if before.status in (200, 226):
            etag, date = before.told("etag"), before.told("last-modified")
        elif before.status == 304:
            etag, date = before.told("etag") or etag, before.told("last-modified") or date
        sent = (ask.one("if-none-match"), ask.one("if-modified-since"))
        if before.status in (301, 302, 307, 308):
            continue  # what is sent there is for where it leads
        if (etag or date) and sent == (None, None):
            unasked += 1
        elif sent != (etag, date):
            yield f"sends {sent} for {(etag, date)}"
        fresh = _freshness(before)
        if ask.at < before.at + fresh:
            yield f"asks {before.at + fresh - ask.at} too soon"
    if unasked > 1 + sum(_is_stuck(asks, number) for number in range(len(asks))):
        yield f"asks {unasked} times more without validators"
    gone = [ask for ask in asks if ask.status == 410]
    if len(gone) > 2 or (len(gone) > 1 and gone[1].at - gone[0].at < timedelta(hours=20)):
        yield f"asks {len(gone)} times for what is gone"


def _is_stuck(asks: list[Ask], number: int) -> bool:
    """Whether the last whole answer to this request is ten hours old, ten gaps of a feed that is not known better."""
    unasked = (None, None)
    whole = [
        ask.at for ask in asks[:number]
        if ask.status != 304 or (ask.one("if-none-match"), ask.one("if-modified-since")) == unasked
    ]  # fmt: skip
    return bool(whole) and asks[number].at - whole[-1] >= timedelta(hours=10)


def _retry_after(ask: Ask) -> timedelta | None:
    told = (ask.told("retry-after") or b"").decode("latin-1")
    if told.isdigit():
        return timedelta(seconds=int(told))
    try:
        return parsedate_to_datetime(told).astimezone(UTC) - ask.at
    except (ValueError, TypeError):
        return None


def _freshness(ask: Ask) -> timedelta:
    control = (ask.told("cache-control") or b"").decode().lower().replace('"', "")
    found = re.search(r"max-age=(\d+)", control)
    wait = timedelta(0)
    if found and "no-cache" not in control:
        wait = timedelta(seconds=int(found[1]))
    elif not control and (expires := ask.told("expires")) and expires != b"0":
        date = ask.told("date")
        start = parsedate_to_datetime(date.decode()) if date else ask.at
        wait = parsedate_to_datetime(expires.decode()) - start
    return max(wait, _retry_after(ask) or timedelta(0)) if ask.status not in (429, 503) else wait
