"""subscribe, verify, push: hubs are asked to push, what they say is answered, what they push is recorded like a poll.

    ask(subscription)   POST to the hub -> asked, or why not
    verify(token)       the hub asks whether it was us -> its challenge back, or nothing
    push(token)         what the hub sends, if it is signed -> parse -> what is new -> judge by the watches
                        -> entries and matches recorded with the feed's next due time

A hub's call is answered once what it brought is kept, so that it comes again if that fails.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial

from watcher.feeds import schedule, websub
from watcher.model import (
    Feed,
    FeedState,
    FetchError,
    ParsedFeed,
    PollReport,
    PollResult,
    PushAnswer,
    Response,
    StaleFeedError,
    Subscription,
    SubscriptionState,
)
from watcher.pipeline import Pipeline
from watcher.ports import Door

PATH = "/websub/"  # where on the page's server the callbacks are
AT_ONE_HUB = 2  # requests on their way to one hub: a slow one holds up no other
SPREAD = 900.0  # seconds over which the feeds that were relied upon are asked after a start
SITES = 500  # whose robots.txt is kept at hand: half of those that the door remembers
REST = 10.0  # seconds that a site gets to rest before its hub is asked: a push may bring a page to fetch at once
# An article of nothing, for a reader to load what it reads articles with.
PAGE = b"<html><head><title>t</title></head><body><article><h1>t</h1>" + b"<p>One, two, three.</p>" * 20
POLLED = (FeedState.ACTIVE, FeedState.FAILING)


class Subscriber:
    """The watcher as hubs see it. public_url: where hubs reach the page's server; None: nothing is subscribed to.

    told: called with what each push came to.
    """

    def __init__(self, pipeline: Pipeline, *, door: Door, public_url: str | None) -> None:
        self.pipeline, self.door, self.public_url = pipeline, door, public_url
        self.told: Callable[[PollReport], None] = lambda _: None
        self._asking: Counter[str] = Counter()  # hub -> requests under way
        self._reader_at_hand = False

    @property
    def callbacks(self) -> str | None:
        """What each callback's address begins with."""
        return None if self.public_url is None else self.public_url.rstrip("/") + PATH

    # ------------------------------------------------------------------------------------------------------------- ask

    async def due(self, limit: int) -> list[str]:
        """Subscriptions with something to do: feeds that came, left or named another hub have theirs by now."""
        store, now = self.pipeline.store, self.pipeline.clock.now()
        leave, again = partial(websub.left, now=now), partial(websub.wanted_again, now=now)
        for feed_id in await store.sync_subscriptions(self.callbacks, now, leave=leave, again=again):
            await store.change_feed(feed_id, partial(websub.fall_back, now=now))
        if self.callbacks is None:
            return []
        waiting = await store.due_subscriptions(now, limit)
        return [one.id for one in waiting if self._asking[one.hub] < AT_ONE_HUB]

    async def ask(self, subscription_id: str) -> Subscription | None:
        """Does what is due for one subscription; the subscription as it then is, None when it is over."""
        store, now = self.pipeline.store, self.pipeline.clock.now()
        before, after = await store.change_subscription(subscription_id, partial(websub.begun, now=now))
        if before is not None and before.until is not None and (after is None or after.until is None):
            await store.change_feed(before.feed_id, partial(websub.fall_back, now=now))
        if after is None or after == before or after.asked_at != now:
            return after
        self._asking[after.hub] += 1
        try:
            if after.verified_at is None and after.site is not None:
                await self._have_at_hand(after.site)
                await self.door.rest(after.site, at_most=REST)
            await self.door.post(after.hub, websub.form(after))
        except FetchError as error:
            refused = partial(websub.refused, error=error, asked_at=now, now=self.pipeline.clock.now())
            return (await store.change_subscription(after.id, refused))[1]
        finally:
            self._asking[after.hub] -= 1
        return after

    async def resume(self) -> None:
        """After a start: what was pushed while nobody listened is asked for, at each feed's own pace."""
        store, now = self.pipeline.store, self.pipeline.clock.now()
        for one in await store.subscriptions():
            spread = timedelta(seconds=SPREAD * self.pipeline.chance.random())
            await store.change_feed(one.feed_id, partial(websub.fall_back, now=now + spread))

    async def prepare(self) -> None:
        """Has at hand what the page of the next push would have to wait for."""
        store, now = self.pipeline.store, self.pipeline.clock.now()
        working = [one for one in await store.subscriptions(SITES) if websub.works(one, now)]
        for site in dict.fromkeys(one.site for one in working if one.site):
            await self._have_at_hand(site)

    async def _have_at_hand(self, site: str) -> None:
        """A reader of pages, which takes two seconds to load, and the site's robots.txt."""
        if not self._reader_at_hand:
            self._reader_at_hand = True
            now = self.pipeline.clock.now()
            page = Response(url=site, status=200, headers={}, body=PAGE, fetched_at=now)
            await self.pipeline.workshop.extract(page)
        with suppress(FetchError):  # its pages will be told so when they are asked for
            await self.door.prepare(site)

    # ---------------------------------------------------------------------------------------------------------- answer

    async def verify(self, token: str, query: Mapping[str, str]) -> str | None:
        """What to answer the hub; None where it asks for what we did not."""
        store, now = self.pipeline.store, self.pipeline.clock.now()
        found = await store.subscription_at(token) if self.callbacks is not None else None
        if found is None:
            return None
        call = websub.read_call(query)
        change = partial(websub.after_call, call=call, now=now)
        before, after = await store.change_subscription(found.id, change)
        if before is None or not websub.expected(before, call):
            return None
        if after is not None and after.state is SubscriptionState.DENIED:
            await store.change_feed(after.feed_id, partial(websub.fall_back, now=now))
        return call.challenge

    async def expects(self, token: str) -> PushAnswer:
        """Whether a push to this callback is read at all: TAKEN, or what to say instead."""
        if self.callbacks is None:
            return PushAnswer.UNKNOWN
        found = await self.pipeline.store.subscription_at(token)
        if found is None or found.state is SubscriptionState.LEAVING:
            return PushAnswer.GONE  # tells the hub to stop
        return PushAnswer.TAKEN if websub.takes_pushes(found) else PushAnswer.UNKNOWN

    async def push(self, token: str, body: bytes, *, signature: str, wire: bytes, content_type: str) -> PushAnswer:
        """Records what a hub sent. wire: the body as it came, which the signature is of. Raises StoreError."""
        store = self.pipeline.store
        found = await store.subscription_at(token)
        if found is None:
            return PushAnswer.GONE
        if not await asyncio.to_thread(websub.signed, found.secret, signature, wire):
            await store.change_subscription(found.id, websub.unsigned)
            return PushAnswer.TAKEN  # whoever guesses is not told that it was wrong
        parsed = await self.pipeline.workshop.parse(body, url=found.topic, content_type=content_type)
        if parsed.problem and not parsed.entries:
            await store.change_feed(found.feed_id, partial(websub.fall_back, now=self.pipeline.clock.now()))
            self.told(PollReport(result=PollResult.PUSHED, feed=found.topic, problem=f"a push: {parsed.problem}"))
            return PushAnswer.TAKEN
        while True:
            feed = await store.feed(found.feed_id)
            if feed is None or feed.state not in POLLED:
                return PushAnswer.GONE
            try:
                report = await self._record(feed, found, parsed)
            except StaleFeedError:
                continue  # a poll, or another push, recorded something meanwhile: decide again
            self.told(report)
            return PushAnswer.TAKEN

    async def _record(self, feed: Feed, subscription: Subscription, parsed: ParsedFeed) -> PollReport:
        pipeline, now = self.pipeline, self.pipeline.clock.now()
        news = await pipeline.sort_out(feed, parsed, now)
        pushed = partial(websub.pushed, news=news.new > 0, now=now)
        after = schedule.after_push(feed, new=news.new, now=now)
        after = websub.put_off(after, pushed(subscription), now=now, jitter=pipeline.chance.random())
        record = await pipeline.judged(after, parsed, news, now)
        await pipeline.store.record_push(record)
        await pipeline.store.change_subscription(subscription.id, pushed)
        return PollReport(
            result=PollResult.PUSHED,
            feed=after.name,
            new=news.new,
            seen=news.seen,
            matches=record.matched,
            flood=news.flood,
            problem=parsed.warning,
        )
