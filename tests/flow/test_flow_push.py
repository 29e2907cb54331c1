"""A hub, a paper and a watcher over real HTTP: what is pushed alerts once, whatever happens around it."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hub import Subscriber, open_hub, open_paper
from pushed import World, free_port, pushed_world, write_config

from watcher.app import read_config
from watcher.app.reload import Reloader
from watcher.demo.server import Reply, Request, serve
from watcher.feeds import websub
from watcher.model import FeedState, StoreError, SubscriptionState

NEWS = "Elon Musk opens a lighthouse in Brest"
MORE = "Elon Musk sells vineyards near Porto"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with pushed_world(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("by_header", [False, True], ids=["named in the document", "named in the Link header"])
async def test_a_push_is_an_alert(tmp_path: Path, by_header: bool) -> None:
    async with pushed_world(tmp_path, by_header=by_header) as world:
        callback = await world.subscribed()
        (asked,) = world.hub.requests
        assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", world.paper.topic)
        assert len(asked["hub.secret"]) == 64
        assert world.hub.verdicts == [("subscribe", 200)]
        world.paper.titles.insert(0, NEWS)
        assert (await world.hub.push(callback, world.paper.feed(NEWS))).status_code == 202
        await world.round()
        assert await world.alerted() == [NEWS]
        assert len(world.paper.polls) == 1  # nobody asked


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_every_signature_of_the_recommendation_holds(world: World, method: str) -> None:
    callback = await world.subscribed()
    await world.hub.push(callback, world.paper.feed(NEWS), method=method)
    await world.round()
    assert await world.alerted() == [NEWS]


async def test_a_push_twice_and_a_poll_after_it_are_one_alert(world: World) -> None:
    callback = await world.subscribed()
    world.paper.titles.insert(0, NEWS)
    pushes = [world.hub.push(callback, world.paper.feed(NEWS)) for _ in range(4)]
    assert [one.status_code for one in await asyncio.gather(*pushes)] == [202] * 4
    await world.poll()
    assert await world.alerted() == [NEWS]
    after = await world.subscription()
    assert after is not None
    assert after.streak == 1  # of four pushes one brought news, and the poll brought none


async def test_pushes_while_polls_are_under_way_lose_and_double_nothing(world: World) -> None:
    """Every poll and push reads what is known, then records: some of them must decide again."""
    callback = await world.subscribed()
    titles = [
        f"Elon Musk at stop {number} of {word}"
        for number, word in enumerate(["abc", "def", "ghi", "jkl", "mno", "pqr"])
    ]
    for title in titles:
        world.paper.titles.insert(0, title)
        await asyncio.gather(
            world.poll(),
            world.hub.push(callback, world.paper.feed(title)),
            world.hub.push(callback, world.paper.feed(title)),
        )
    await world.round()
    found = await world.watcher.store.stories(limit=100)
    assert sorted(one.extraction.title for one in found if one.matches) == sorted(titles)
    assert len({one.entry_id for one in found}) == len(titles)


async def test_polls_are_rare_while_pushes_come_and_the_feeds_own_again_when_one_is_missed(world: World) -> None:
    callback = await world.subscribed()
    before = await world.feed()
    for number in range(8):
        await world.hub.push(callback, world.paper.feed(f"Item {number} of the day"))
    earned = await world.feed()
    assert earned.polled_at is not None
    assert timedelta(hours=6) <= earned.due_at - earned.polled_at <= timedelta(hours=6.7)
    assert (earned.etag, earned.body_hash) == (before.etag, before.body_hash)  # those are the polls'
    world.paper.titles = ["What nobody pushed"]
    world.clock.move(hours=7)
    await world.round()
    after, subscription = await world.feed(), await world.subscription()
    assert subscription is not None
    assert (subscription.streak, subscription.ask_at <= world.clock.now()) == (0, True)  # and the hub is asked anew
    assert after.due_at - world.clock.now() < timedelta(hours=2)


async def test_a_lease_is_renewed_before_it_ends_and_its_end_brings_polls_back(world: World) -> None:
    callback = await world.subscribed()
    for number in range(8):
        await world.hub.push(callback, world.paper.feed(f"Item {number} of the day"))
    world.clock.move(days=8.1)
    await world.ask()
    async with asyncio.timeout(5), world.hub.happened:
        await world.hub.happened.wait_for(lambda: len(world.hub.verdicts) == 2)
    assert [one["hub.secret"] for one in world.hub.requests] == [world.hub.requests[0]["hub.secret"]] * 2
    renewed = await world.subscription()
    assert renewed is not None
    assert renewed.until is not None
    assert renewed.until > world.clock.now() + timedelta(days=9)
    await world.hub.push(callback, world.paper.feed("One more of the day"))
    world.hub.answers = [Reply(status=500)] * 50
    for _ in range(12):
        world.clock.move(days=1)
        await world.ask()
    lapsed, feed = await world.subscription(), await world.feed()
    assert lapsed is not None
    assert (lapsed.state, lapsed.until, websub.works(lapsed, world.clock.now())) == (
        SubscriptionState.FAILED, None, False,
    )  # fmt: skip
    assert feed.plain_due is None


async def test_a_feed_that_leaves_the_watchlist_leaves_its_hub(world: World) -> None:
    callback = await world.subscribed()
    text = "feeds: [https://other.example/feed]\nwatches: [Elon Musk]\n"
    (world.watcher.config.folder / "watchlist.yaml").write_text(text, encoding="utf-8")
    await Reloader(world.watcher).reload()
    world.hub.verifies = False
    await world.ask()
    assert world.hub.requests[-1]["hub.mode"] == "unsubscribe"
    assert (await world.hub.push(callback, world.paper.feed(NEWS))).status_code == 410
    verdict = await world.hub.ask(callback, mode="unsubscribe", topic=world.paper.topic, challenge="c")
    assert (verdict.status_code, verdict.text) == (200, "c")
    assert await world.subscription() is None
    assert (await world.hub.push(callback, world.paper.feed(NEWS))).status_code == 410
    assert await world.alerted() == []


async def test_without_a_public_address_nothing_is_subscribed_to_and_no_call_is_heard(world: World) -> None:
    callback = await world.subscribed()
    settings = world.watcher.config.folder / "watcher.yaml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "websub" not in line and "public_url" not in line]
    settings.write_text("\n".join(kept), encoding="utf-8")
    assert read_config(world.watcher.config.folder).settings.websub.public_url is None
    await Reloader(world.watcher).reload()
    assert (await world.hub.push(callback, world.paper.feed(NEWS))).status_code == 404
    await world.ask()
    assert await world.subscription() is None


async def test_a_hub_that_denies_is_left_alone_for_a_day(world: World) -> None:
    callback = await world.subscribed()
    await world.hub.push(callback, world.paper.feed("Item of the day"))
    put_off = await world.feed()
    answer = await world.hub.ask(callback, mode="denied", topic=world.paper.topic, reason="closed")
    assert answer.status_code == 200
    denied, feed = await world.subscription(), await world.feed()
    assert denied is not None
    assert (denied.state, denied.problem) == (SubscriptionState.DENIED, "the hub says no: closed")
    assert feed.due_at < put_off.due_at
    world.clock.move(hours=23)
    await world.ask()
    assert len(world.hub.requests) == 1
    world.clock.move(hours=2)
    await world.ask()
    assert len(world.hub.requests) == 2


async def test_a_start_asks_what_was_pushed_while_nobody_listened(world: World) -> None:
    callback = await world.subscribed()
    for number in range(8):
        await world.hub.push(callback, world.paper.feed(f"Item {number} of the day"))
    world.clock.move(hours=3)
    await world.subscriber.resume()
    assert (await world.feed()).due_at <= world.clock.now() + timedelta(minutes=15)


async def test_what_a_page_would_wait_for_is_at_hand_before_the_hub_is_asked(world: World) -> None:
    callback = await world.subscribed()
    await world.subscriber.prepare()
    assert world.paper.asked == ["/feed", "/robots.txt"]
    world.paper.titles.insert(0, NEWS)
    await world.hub.push(callback, world.paper.feed(NEWS))
    await world.round()
    assert world.paper.asked == ["/feed", "/robots.txt", "/elon-musk-opens-a-lighthouse-in-brest"]


async def test_a_feed_that_is_gone_is_pushed_no_more(world: World) -> None:
    callback = await world.subscribed()
    feed = await world.feed()
    await world.watcher.store.change_feed(feed.id, lambda one: one.evolve(state=FeedState.GONE))
    assert (await world.hub.push(callback, world.paper.feed(NEWS))).status_code == 410
    await world.ask()
    await world.hub.until(0)
    assert await world.subscription() is None


async def test_a_push_that_is_not_signed_can_be_seen_until_one_is(world: World) -> None:
    callback = await world.subscribed()
    for secret, problem in (("guessed", websub.UNSIGNED), (None, None)):
        await world.hub.push(callback, world.paper.feed(NEWS), secret=secret)
        after = await world.subscription()
        assert after is not None
        assert after.problem == problem


async def test_a_packed_push_is_read(world: World) -> None:
    callback = await world.subscribed()
    packed = gzip.compress(world.paper.feed(NEWS))
    await world.hub.push(callback, packed, headers={"Content-Encoding": "gzip"})
    await world.round()
    assert await world.alerted() == [NEWS]


async def test_a_push_that_cannot_be_kept_is_to_come_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    callback = await world.subscribed()

    async def full(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(world.watcher.store, "record_push", full)
        answer = await world.hub.push(callback, world.paper.feed(NEWS))
        assert (answer.status_code, "disk" in answer.text) == (503, False)
    assert (await world.hub.push(callback, world.paper.feed(NEWS))).status_code == 202
    await world.round()
    assert await world.alerted() == [NEWS]


async def test_a_hub_that_never_verifies_is_asked_ever_more_rarely_and_pushes_nothing(world: World) -> None:
    world.hub.verifies = False
    await world.poll()
    await world.ask()
    callback = world.hub.requests[0]["hub.callback"]
    world.hub.subscribers[callback] = Subscriber(topic="", secret=world.hub.requests[0]["hub.secret"], lease=1)
    assert (await world.hub.push(callback, world.paper.feed(NEWS))).status_code == 404
    for _ in range(48):
        world.clock.move(minutes=30)
        await world.ask()
    assert 8 <= len(world.hub.requests) <= 12
    after = await world.subscription()
    assert after is not None
    assert after.problem == "the hub took the request and never verified it"


async def test_the_daemon_does_all_of_it_by_itself(tmp_path: Path) -> None:
    """The real command: it subscribes, is pushed to, calls the webhook, and tells how push stands."""
    called: asyncio.Queue[Request] = asyncio.Queue()

    def answer(request: Request) -> Reply:
        called.put_nowait(request)
        return Reply(status=204)

    async with open_hub() as hub, open_paper(hub.address) as paper, serve(answer) as hook:
        paper.titles = ["A quiet day in the harbour"]
        port, channel = free_port(), {"webhook": {"url": f"{hook}/hook", "secret_file": "hook-secret"}}
        write_config(tmp_path, port=port, feeds=[paper.address + "/feed"], channels={"hook": channel})
        (tmp_path / "hook-secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", encoding="ascii")
        (tmp_path / "hook-secret").chmod(0o600)
        command = (sys.executable, "-m", "watcher", "--config", str(tmp_path))
        daemon = await asyncio.create_subprocess_exec(*command, "run", stderr=asyncio.subprocess.DEVNULL)
        try:
            callback = await hub.until(1)
            await hub.push(callback, paper.feed(NEWS))
            async with asyncio.timeout(40):
                request = await called.get()
            assert json.loads(request.body)["data"]["story"]["title"] == NEWS
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as web:
                numbers, page = (await web.get("/metrics")).text, (await web.get("/status")).text
            asked = await asyncio.create_subprocess_exec(
                *command, "feeds", "list", "--json", stdout=asyncio.subprocess.PIPE
            )
            told = json.loads((await asked.communicate())[0])[0]["push"]
        finally:
            daemon.terminate()
            await daemon.wait()
    assert (told["state"], told["works"], told["hub"], told["problem"]) == ("verified", True, hub.address, None)
    assert 'watcher_subscriptions{state="verified"} 1.0' in numbers.splitlines()
    assert "<th>push</th><td>1 verified</td>" in page
    assert hub.requests[0]["hub.secret"] not in json.dumps(told)
    assert callback.rsplit("/", 1)[1] not in json.dumps(told)
    assert len(paper.polls) == 1
