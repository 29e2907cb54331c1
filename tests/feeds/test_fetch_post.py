"""A form posted through the door: to hubs, by the same rules as what is fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from watcher.demo.server import Reply, Request, serve
from watcher.feeds.fetch import WebFetcher
from watcher.model import FetchError, FetchReason

FORM = {"hub.mode": "subscribe", "hub.topic": "https://paper.example/?a=1&b=ö"}


@dataclass(slots=True)
class Site:
    address: str = ""
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        return self.replies.get(request.path, Reply(status=202))


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    async with serve(made.answer) as made.address:
        yield made


async def test_a_form_as_hubs_expect_it(site: Site, fetcher: WebFetcher) -> None:
    response = await fetcher.post(site.address + "/hub", FORM)
    assert response.status == 202
    (asked,) = site.asked
    assert asked.method == "POST"
    assert asked.body == b"hub.mode=subscribe&hub.topic=https%3A%2F%2Fpaper.example%2F%3Fa%3D1%26b%3D%C3%B6"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "a-im" not in asked.headers


@pytest.mark.parametrize(
    ("situation", "reply", "reason", "asked"),
    [
        ("moved, and to be posted there", Reply(status=308, headers={"Location": "/there"}), None, 2),
        ("elsewhere for now", Reply(status=307, headers={"Location": "/there"}), None, 2),
        ("elsewhere, by a GET", Reply(status=302, headers={"Location": "/there"}), FetchReason.STATUS, 1),
        ("see other", Reply(status=303, headers={"Location": "/there"}), FetchReason.STATUS, 1),
        ("round in circles", Reply(status=307, headers={"Location": "/hub"}), FetchReason.REDIRECTS, 1),
        ("to where nobody may go", Reply(status=307, headers={"Location": "http://10.0.0.1/"}), FetchReason.ADDRESS, 1),
        ("to another scheme", Reply(status=307, headers={"Location": "file:///etc/passwd"}), FetchReason.ADDRESS, 1),
        ("refused", Reply(status=400, body=b"no such topic"), FetchReason.STATUS, 1),
        ("out of order", Reply(status=500), FetchReason.STATUS, 1),
        ("more to say than anybody reads", Reply(status=202, body=b"x" * 1_000_000), None, 1),
    ],
)
async def test_what_hubs_answer(
    site: Site, fetcher: WebFetcher, situation: str, reply: Reply, reason: FetchReason | None, asked: int
) -> None:
    site.replies["/hub"] = reply
    if reason is None:
        assert (await fetcher.post(site.address + "/hub", FORM)).status == 202, situation
    else:
        with pytest.raises(FetchError) as failure:
            await fetcher.post(site.address + "/hub", FORM)
        assert failure.value.reason is reason, situation
    assert [one.method for one in site.asked] == ["POST"] * asked
    assert len({one.body for one in site.asked}) == 1


async def test_a_hub_must_be_on_the_public_internet(open_fetcher: Callable[..., WebFetcher], site: Site) -> None:
    with pytest.raises(FetchError, match="not a public address"):
        await open_fetcher(allow_private=[]).post(site.address + "/hub", FORM)
    assert site.asked == []


async def test_a_robots_txt_that_was_prepared_is_not_asked_for_again(site: Site, fetcher: WebFetcher) -> None:
    site.replies["/robots.txt"] = Reply(status=200, body=b"User-agent: *\nDisallow: /private\n")
    await fetcher.prepare(site.address + "/")
    await fetcher.prepare(site.address + "/")
    await fetcher.page(site.address + "/story")
    assert [one.path for one in site.asked] == ["/robots.txt", "/story"]


@pytest.mark.parametrize(("at_most", "slept"), [(10.0, 5.0), (3.0, 3.0)])
async def test_a_site_rests_before_its_next_page(
    open_fetcher: Callable[..., WebFetcher], site: Site, at_most: float, slept: float
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    fetcher = open_fetcher(gap=5.0, clock=lambda: 100.0, sleep=sleep)
    await fetcher.prepare(site.address + "/")
    await fetcher.rest(site.address + "/any", at_most=at_most)
    assert waits == [slept]
    assert len(site.asked) == 1
