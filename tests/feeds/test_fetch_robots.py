"""robots.txt for story pages: what it says, when it is asked for, and what follows when it cannot be had."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from watcher.feeds.fetch import WebFetcher
from watcher.feeds.robots import _parse, ours_alone
from watcher.model import FetchError, FetchReason


def answer(status: str, body: bytes = b"", *fields: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + status.encode(), *fields, b"Content-Length: %d" % len(body), b"", body])


async def verdict(fetcher: WebFetcher, url: str) -> str:
    try:
        await fetcher.page(url)
    except FetchError as error:
        return str(error.reason)
    return "read"


@pytest.mark.parametrize(
    ("robots", "path", "expected"),
    [
        (b"User-agent: *\nDisallow: /private", "/story", "read"),
        (b"User-agent: *\nDisallow: /private", "/private/story", "robots"),
        (b"User-agent: *\nDisallow: /", "/story", "robots"),
        (b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /\r\nAllow: /story$", "/story", "read"),
        (b"User-agent: watcher\nDisallow: /\n\nUser-agent: *\nAllow: /", "/story", "robots"),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: Watcher/1.0\nAllow: /", "/story", "robots"),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: WATCHER\nAllow: /", "/story", "read"),
        (b"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /", "/story", "read"),
        (b"User-agent: GPTBot\nUser-agent: watcher # us\nDisallow: /", "/story", "robots"),
        (b"User-agent: *\nDisallow: /*.pdf$\nDisallow: /a*b*c", "/axbxc", "robots"),
        (b"Disallow: /", "/story", "read"),  # no group: nobody is meant
        (b"<html>not a robots.txt</html>", "/story", "read"),
        (b"", "/story", "read"),
        (b"User-agent: *\nDisallow: /story\n" + b"# filling\n" * 60_000 + b"Allow: /story\n", "/story", "robots"),
    ],
)
async def test_what_it_says(web: Any, fetcher: WebFetcher, robots: bytes, path: str, expected: str) -> None:
    web.answers |= {"/robots.txt": answer("200 OK", robots), path: answer("200 OK", b"<p>story")}
    assert await verdict(fetcher, web.url(path)) == expected
    assert web.paths == ["/robots.txt", path] if expected == "read" else ["/robots.txt"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (answer("404 Not Found"), "read"),
        (answer("403 Forbidden"), "read"),  # RFC 9309 2.3.1.3: no file that may be read is no file
        (answer("301 Moved", b"", b"Location: /robots.txt"), "read"),  # for ever: likewise
        (answer("500 Oops"), "robots"),
        (answer("503 Down"), "robots"),
        (answer("429 Slow down"), "robots"),
        (b"", "network"),
        (answer("200 OK", b"x", b"Content-Encoding: br"), "encoding"),
    ],
)
async def test_when_it_cannot_be_had(web: Any, fetcher: WebFetcher, sent: bytes, expected: str) -> None:
    web.answers |= {"/robots.txt": sent, "/story": answer("200 OK")}
    assert await verdict(fetcher, web.url("/story")) == expected


async def test_a_closed_site_says_when_to_come_again_and_is_not_asked_before(
    web: Any, open_fetcher: Callable[..., WebFetcher]
) -> None:
    now = [0.0]
    fetcher = open_fetcher(clock=lambda: now[0])
    web.answers |= {"/robots.txt": answer("500 Oops"), "/story": answer("200 OK")}
    for _ in range(3):
        with pytest.raises(FetchError, match="cannot be read") as failure:
            await fetcher.page(web.url("/story"))
        assert (failure.value.reason, failure.value.status, failure.value.retry_after) == (FetchReason.ROBOTS, 500, 600)
    assert web.paths == ["/robots.txt"]
    web.answers["/robots.txt"] = answer("200 OK")
    now[0] = 600.0
    assert await verdict(fetcher, web.url("/story")) == "read"


async def test_it_is_asked_for_once_a_day_and_an_old_copy_holds_while_there_is_no_new_one(
    web: Any, open_fetcher: Callable[..., WebFetcher]
) -> None:
    now = [0.0]
    fetcher = open_fetcher(clock=lambda: now[0])
    web.answers |= {"/robots.txt": answer("200 OK", b"User-agent: *\nDisallow: /no"), "/yes": answer("200 OK")}
    await asyncio.gather(*(fetcher.page(web.url("/yes")) for _ in range(5)))
    now[0] = 24 * 3600 - 1.0
    assert await verdict(fetcher, web.url("/no")) == "robots"
    assert web.paths.count("/robots.txt") == 1
    web.answers["/robots.txt"] = answer("500 Oops")
    now[0] = 24 * 3600.0
    assert [await verdict(fetcher, web.url(path)) for path in ("/no", "/yes")] == ["robots", "read"]
    assert web.paths.count("/robots.txt") == 2


async def test_each_hop_and_each_site_has_its_own(web: Any, fetcher: WebFetcher) -> None:
    web.answers |= {
        "/robots.txt": answer("200 OK", b"User-agent: *\nDisallow: /no"),
        "/go": answer("302 Found", b"", b"Location: " + web.url("/no", host="127.0.0.2").encode()),
    }
    assert await verdict(fetcher, web.url("/go")) == "robots"
    assert [(asked.host.split(":")[0], asked.path) for asked in web.log] == [
        ("127.0.0.1", "/robots.txt"),
        ("127.0.0.1", "/go"),
        ("127.0.0.2", "/robots.txt"),
    ]


async def test_feeds_are_published_to_be_polled_and_ask_nobody(web: Any, fetcher: WebFetcher) -> None:
    web.answers |= {"/robots.txt": answer("200 OK", b"User-agent: *\nDisallow: /"), "/f": answer("200 OK")}
    await fetcher.feed(web.url("/f"), etag=None, last_modified=None)
    assert web.paths == ["/f"]


async def test_a_host_that_is_paused_is_not_asked_for_it(web: Any, fetcher: WebFetcher) -> None:
    web.answers["/f"] = answer("429 Slow down", b"", b"Retry-After: 60")
    with pytest.raises(FetchError):
        await fetcher.feed(web.url("/f"), etag=None, last_modified=None)
    with pytest.raises(FetchError, match="left alone") as failure:
        await fetcher.page(web.url("/story"))
    assert (failure.value.reason, failure.value.status) == (FetchReason.PAUSED, 429)
    assert web.paths == ["/f"]


async def test_crawl_delay_is_kept_up_to_a_minute(web: Any, open_fetcher: Callable[..., WebFetcher]) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    now = [0.0]
    fetcher = open_fetcher(clock=lambda: now[0], sleep=sleep)
    web.answers |= {"/robots.txt": answer("200 OK", b"User-agent: *\nCrawl-delay: 600"), "/s": answer("200 OK")}
    for _ in range(3):
        await fetcher.page(web.url("/s"))
    assert waits == [60.0, 60.0]


def test_many_names_over_many_rules_are_few_groups() -> None:
    text = ours_alone("".join(f"User-agent: bot{number}\n" for number in range(9)) + "User agent: watch* # x\nAllow: /")
    assert text.splitlines() == ["User-agent: another"] * 9 + ["User-agent: watch*", "Allow: /"]


def test_a_robots_txt_that_multiplies_names_by_rules_stays_small() -> None:
    rules = _parse(b"".join(b"User-agent: bot%d\n" % number for number in range(900)) + b"Disallow: /x\n" * 900)
    assert len(rules._user_agents) == 1
