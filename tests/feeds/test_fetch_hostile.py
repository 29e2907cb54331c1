"""Whatever a server sends and wherever it points, there is an answer or a FetchError, soon."""

from __future__ import annotations

import asyncio
import gzip
import random
from collections.abc import Callable
from typing import Any

import pytest

from watcher.feeds.body import Limits
from watcher.feeds.fetch import WebFetcher
from watcher.model import FetchError, Response

GOOD = (
    b'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nETag: "a"\r\nContent-Length: 11\r\n\r\n<rss></rss>',
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n<rss></rss>\r\n0\r\n\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: /next?a=1#b\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 429 Slow\r\nDate: Mon, 23 Nov 2026 10:00:00 GMT\r\nRetry-After: Mon, 23 Nov 2026 10:10:00 GMT\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"<rss></rss>" * 50),
    b'HTTP/1.1 304 Not Modified\r\nETag: W/"a"\r\n\r\n',
    b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<rss></rss>",
)

BAD = (
    b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\nx",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 5_000 + b"\r\nx",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" * 200,
    b"HTTP/1.1 000 Zero\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n Folded: first\r\nContent-Length: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nName With Space: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"HTTP/1.1 100 Continue\r\nName With Space: x\r\n\r\n" * 200,
    b"HTTP/1.1 200 OK\r\nContent-Encoding: \xff\xfe\r\nContent-Length: 1\r\n\r\nx",
    b"HTTP/1.1 503 Down\r\nRetry-After: 99999999999999999999999\r\n\r\n",
    b"HTTP/1.1 503 Down\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 -2359\r\nDate: Mon, 01 Jan 0001 00:00:00 +2359\r\n"
    b"\r\n",
    b"\0" * 100_000,
    b"\r\n" * 100_000,
)

LOCATIONS = (
    *(
        b"http://",
        b"http:///x",
        b"http://:80/",
        b"https://.example.org/",
        b"http://a..b/",
        b"http://" + b"a" * 300 + b"/",
    ),
    *(b"http://%00/", b"http://[::1%25lo]/", b"http://exa mple/", b"http://ex\xc3\xa4mple.invalid/", b"http://xn--a/"),
    *(
        b"\xff\xfe",
        b"http:\\\\10.0.0.1\\",
        b"javascript:alert(1)",
        b"data:,x",
        b"///",
        b"?" * 3_000,
        b"http://\xe2\x84\x80/",
    ),
    *(b"http://0/", b"http://0300.0250.1.1/", b"http://127.0.0.1:0/", b"http://\xef\xbc\x91\xef\xbc\x90.0.0.1/"),
)


async def outcome(fetcher: WebFetcher, url: str) -> Response | FetchError:
    """The answer or the fault; anything else that is raised fails the test, and so does a wait."""
    async with asyncio.timeout(5):
        try:
            return await fetcher.feed(url, etag=None, last_modified=None)
        except FetchError as error:
            return error


@pytest.mark.parametrize("sent", BAD)
async def test_bad_answers(web: Any, open_fetcher: Callable[..., WebFetcher], sent: bytes) -> None:
    web.answers["/f"] = sent
    found = await outcome(open_fetcher(deadline=2.0), web.url("/f"))
    assert isinstance(found, FetchError)
    assert len(found.detail) < 400


@pytest.mark.parametrize("location", LOCATIONS)
async def test_bad_locations(web: Any, open_fetcher: Callable[..., WebFetcher], location: bytes) -> None:
    web.answers["/f"] = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    found = await outcome(open_fetcher(deadline=2.0), web.url("/f"))
    assert isinstance(found, FetchError)
    assert len(found.detail) < 400
    assert all(asked.host.startswith("127.0.0.1") for asked in web.log)


async def test_damaged_answers(web: Any, open_fetcher: Callable[..., WebFetcher]) -> None:
    dice = random.Random(23)  # noqa: S311 - the same damage on every run
    fetcher = open_fetcher(deadline=2.0, feed_limits=Limits(wire=2_000, decoded=4_000))
    seen: set[str] = set()
    for number in range(400):
        sent = bytearray(dice.choice(GOOD))
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(sent))
            match dice.randrange(4):
                case 0:
                    sent[at] = dice.randrange(256)
                case 1:
                    del sent[at : at + dice.randint(1, 20)]
                case 2:
                    sent[at:at] = sent[: dice.randint(1, 60)] * dice.randint(1, 40)
                case _:
                    sent[at:at] = bytes(dice.randrange(256) for _ in range(5))
            sent = sent or bytearray(b"x")
        web.answers["/f"] = bytes(sent)
        host = f"127.0.{number // 200}.{number % 200 + 1}"  # each its own, so that a pause ends nothing
        found = await outcome(fetcher, web.url("/f", host=host))
        seen.add(str(found.reason) if isinstance(found, FetchError) else "answer")
    assert {"answer", "network", "status", "encoding", "too-large"} <= seen
