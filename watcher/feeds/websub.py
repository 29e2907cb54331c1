"""What a publisher offers, what a hub says, the time -> the subscription as it is then (W3C WebSub); sends nothing.

    wanted -> asked -> verified -> asked (again, while the lease still runs) -> verified -> ...
    asked  -> failed or denied -> asked, after a while, and of several hubs the next one
    any    -> leaving -> gone, once the hub has verified that, or was told three times

A lease counts from the hub's verification to its end, whatever is asked meanwhile. It is relied upon as far as it has
proved itself: for each push that brought news, polls are an hour rarer, up to six; when a poll finds what no push had
brought, all of that is gone, and the feed is polled by its own pace until the next push brings news.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from watcher.feeds.fields import absolute
from watcher.feeds.schedule import JITTER
from watcher.model import Feed, FetchError, ParsedFeed, Response, Subscription, SubscriptionState

LEASE: Final = timedelta(days=10)  # asked for, and assumed of a hub that names none: what large hubs give by default
LONGEST_LEASE: Final = timedelta(days=30)  # of a longer one we are not sure for longer: it is renewed all the same
RENEW_AFTER: Final = 0.8  # of a lease: of ten days two are left for a hub that is out of order
RENEW_BEFORE: Final = timedelta(seconds=10)  # of a short one so long, up to half: a turn at the hub takes seconds
PATIENCE: Final = timedelta(minutes=15)  # for a hub to verify; those seen take seconds, some wait for a queue
FIRST_RETRY: Final = timedelta(minutes=1)  # doubled with each failure ...
LONGEST_RETRY: Final = timedelta(days=1)  # ... up to a day; a denial waits that long at once
GOODBYES: Final = 3  # times that a hub is told that we leave; then its next push is told 410
ASK_AGAIN: Final = timedelta(
    hours=1
)  # after a verification, a poll that found more than was pushed has the hub asked anew
RARER: Final = 3600.0  # seconds between two polls for each push that brought news ...
RARER_MOST: Final = 6  # ... up to so many: a feed is still looked at four times a day
MOST_HUBS: Final = 3  # of those that a feed names
MOST_PROBLEM: Final = 200  # characters of what a hub says
UNSIGNED: Final = "a push came that was not signed as agreed, and was ignored"
_LINK: Final = re.compile(r"<([^<>]{1,2048})>([^<>]{0,2048})")  # a target and its parameters, up to the next target
_REL: Final = re.compile(r';\s{0,9}rel\s{0,9}=\s{0,9}(?:"([^"]{0,200})"|([^\s;,"]{1,200}))', re.IGNORECASE)
_DIGESTS: Final = frozenset(("sha1", "sha256", "sha384", "sha512"))  # what the Recommendation knows


@dataclass(frozen=True, slots=True, kw_only=True)
class HubCall:
    """A hub's GET of a callback. lease: seconds; None where it says nothing, 0 where it says nonsense."""

    mode: str
    topic: str
    challenge: str = ""
    lease: int | None = None
    reason: str = ""


# ------------------------------------------------------------------------------------------------------ what is offered


def offered(feed: Feed, response: Response, parsed: ParsedFeed) -> Feed:
    """The feed with the hubs that it names and its own address, by its Link header, else by the document."""
    links = _links(response)
    hubs = links.get("hub") or parsed.hubs
    topic = next(iter(links.get("self", ())), None) or parsed.own_url or response.url
    return replace(feed, hubs=tuple(dict.fromkeys(hubs))[:MOST_HUBS], topic=topic if hubs else None)


def _links(response: Response) -> dict[str, tuple[str, ...]]:
    """The addresses in the Link header by relation, as RFC 8288 has it."""
    found: dict[str, tuple[str, ...]] = {}
    for target, parameters in _LINK.findall(response.headers.get("link", "")):
        address = absolute(response.url, target)
        relation = _REL.search(parameters)
        if address is None or relation is None:
            continue
        for name in (relation[1] or relation[2] or "").lower().split():
            found[name] = (*found.get(name, ()), address)
    return found


# -------------------------------------------------------------------------------------------------------- what is asked


def begun(subscription: Subscription, now: datetime) -> Subscription | None:
    """The subscription when what was due is begun; None when it is over. A `asked_at` of now: the hub is to be asked.

    What is not due is as it was, so that of two who begin at once one does.
    """
    if subscription.due_at > now:
        return subscription
    if subscription.until is not None and subscription.until <= now:
        subscription = _lapsed(subscription)
    if subscription.state is SubscriptionState.LEAVING:
        if subscription.until is None or subscription.tries >= GOODBYES:
            return None
        tries = subscription.tries + 1
        return replace(subscription, asked_at=now, ask_at=now + PATIENCE, tries=tries)
    if subscription.ask_at > now:
        return subscription
    if subscription.state is SubscriptionState.ASKED:
        return _failed(subscription, "the hub took the request and never verified it", now)
    return replace(subscription, state=SubscriptionState.ASKED, asked_at=now, ask_at=now + PATIENCE)


def form(subscription: Subscription) -> dict[str, str]:
    """What the hub is asked, as the fields of a form."""
    fields = {"hub.callback": subscription.callback, "hub.topic": subscription.topic}
    if subscription.state is SubscriptionState.LEAVING:
        return {"hub.mode": "unsubscribe", **fields}
    lease = str(int(LEASE.total_seconds()))
    return {"hub.mode": "subscribe", **fields, "hub.lease_seconds": lease, "hub.secret": subscription.secret}


def refused(subscription: Subscription, error: FetchError, *, asked_at: datetime, now: datetime) -> Subscription:
    """After a request that failed; one that was answered meanwhile by a verification is as it was."""
    if subscription.asked_at != asked_at:
        return subscription
    return _failed(subscription, str(error), now, least=timedelta(seconds=error.retry_after or 0.0))


def left(subscription: Subscription, now: datetime) -> Subscription | None:
    """No longer wanted: the hub is to be told where it pushes; None where there is nobody to tell."""
    if subscription.until is None or subscription.until <= now:
        return None
    return replace(subscription, state=SubscriptionState.LEAVING, ask_at=now, asked_at=None, tries=0)


def wanted_again(subscription: Subscription, now: datetime) -> Subscription:
    """Wanted once more, before the hub had let go of it."""
    if subscription.state is not SubscriptionState.LEAVING:
        return subscription
    return replace(subscription, state=SubscriptionState.WANTED, ask_at=now, asked_at=None, tries=0)


def _lapsed(subscription: Subscription) -> Subscription:
    verified = subscription.state is SubscriptionState.VERIFIED
    state = SubscriptionState.WANTED if verified else subscription.state
    return replace(subscription, state=state, until=None, streak=0)


def _failed(
    subscription: Subscription, problem: str, now: datetime, *, least: timedelta = timedelta(0)
) -> Subscription:
    """Asked again later: of several hubs the next one, unless this one still pushes."""
    round_ = subscription.tries // len(subscription.hubs)
    wait = max(min(FIRST_RETRY * 2 ** min(round_, 12), LONGEST_RETRY), min(least, LONGEST_RETRY))
    failed = replace(subscription, tries=subscription.tries + 1, ask_at=now + wait, problem=problem[:MOST_PROBLEM])
    if subscription.state is SubscriptionState.LEAVING:
        return replace(failed, tries=subscription.tries)  # counted when it began
    failed = replace(failed, state=SubscriptionState.FAILED)
    return failed if subscription.until is not None else _next_hub(failed)


def _next_hub(subscription: Subscription) -> Subscription:
    if len(subscription.hubs) == 1:
        return subscription
    return replace(subscription, turn=subscription.turn + 1, asked_at=None)


# ---------------------------------------------------------------------------------------------- what the hub says of it


def read_call(query: Mapping[str, str]) -> HubCall:
    """A hub's call from the query of its address."""
    return HubCall(
        mode=query.get("hub.mode", "").lower(),
        topic=query.get("hub.topic", ""),
        challenge=query.get("hub.challenge", ""),
        lease=_seconds(query["hub.lease_seconds"]) if "hub.lease_seconds" in query else None,
        reason=query.get("hub.reason", ""),
    )


def expected(subscription: Subscription, call: HubCall) -> bool:
    """Whether it answers a request of ours that has no answer yet, or denies a subscription."""
    if call.topic != subscription.topic:
        return False
    leaving = subscription.state is SubscriptionState.LEAVING
    if call.mode == "denied":
        return not leaving
    if not call.challenge or subscription.asked_at is None:
        return False
    if call.mode == "unsubscribe":
        return leaving
    return call.mode == "subscribe" and not leaving and call.lease != 0


def after_call(subscription: Subscription, call: HubCall, now: datetime) -> Subscription | None:
    """After a hub's call, as it was if that was not expected; None when it is over. One request is verified once."""
    if not expected(subscription, call):
        return subscription
    if call.mode == "unsubscribe":
        return None
    if call.mode == "denied":
        said = f"the hub says no: {call.reason}" if call.reason else "the hub says no"
        tries, wait = subscription.tries + 1, LONGEST_RETRY
        denied = replace(subscription, state=SubscriptionState.DENIED, problem=said[:MOST_PROBLEM], tries=tries)
        return _next_hub(replace(denied, until=None, streak=0, asked_at=None, ask_at=now + wait))
    lease = min(LEASE if call.lease is None else timedelta(seconds=call.lease), LONGEST_LEASE)
    return replace(
        subscription,
        state=SubscriptionState.VERIFIED,
        asked_at=None,
        verified_at=now,
        until=now + lease,
        ask_at=now + max(min(lease * RENEW_AFTER, lease - RENEW_BEFORE), lease / 2),
        tries=0,
        problem=None,
    )


def _seconds(text: str) -> int:
    return int(text[:12]) if text.isascii() and text.isdigit() else 0


# ------------------------------------------------------------------------------------------ pushes, and what they allow


def signed(secret: str, header: str, body: bytes) -> bool:
    """Whether X-Hub-Signature is of this body by this secret; compared in constant time."""
    method, _, figures = header.strip().partition("=")
    if method.lower() not in _DIGESTS:
        return False
    made = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(made.encode(), figures.strip().lower().encode())


def takes_pushes(subscription: Subscription) -> bool:
    """Whether pushes are read: a hub that once verified may be late, or early with the next lease."""
    return subscription.verified_at is not None and subscription.state is not SubscriptionState.LEAVING


def pushed(subscription: Subscription, *, news: bool, now: datetime) -> Subscription:
    problem = None if subscription.problem == UNSIGNED else subscription.problem
    return replace(subscription, pushed_at=now, streak=subscription.streak + news, problem=problem)


def unsigned(subscription: Subscription) -> Subscription:
    """After a push that is ignored: all that is left of it is that it can be seen."""
    return replace(subscription, problem=subscription.problem or UNSIGNED)


def missed(subscription: Subscription, now: datetime) -> Subscription:
    """After a poll that found what no push had brought: the hub may have lost us, so it is asked anew."""
    fresh = subscription.verified_at is not None and now - subscription.verified_at < ASK_AGAIN
    verified = subscription.state is SubscriptionState.VERIFIED and not fresh
    return replace(subscription, streak=0, ask_at=min(subscription.ask_at, now) if verified else subscription.ask_at)


def works(subscription: Subscription, now: datetime) -> bool:
    """Whether pushes are to be expected: the lease runs, and nobody ended it."""
    ended = subscription.state in (SubscriptionState.DENIED, SubscriptionState.LEAVING)
    return subscription.until is not None and subscription.until > now and not ended


def put_off(feed: Feed, subscription: Subscription, *, now: datetime, jitter: float) -> Feed:
    """The feed with its next poll as far off as pushes have earned it, counted from the last poll.

    A pace that the owner set stays. jitter: 0 to 1.
    """
    if feed.spec.every is not None or not subscription.streak or not works(subscription, now):
        return feed
    wait = RARER * min(subscription.streak, RARER_MOST) * (1 + JITTER * jitter)
    later = (feed.polled_at or now) + timedelta(seconds=wait)
    return feed if later <= feed.due_at else replace(feed, due_at=later, plain_due=feed.plain_due or feed.due_at)


def fall_back(feed: Feed, now: datetime) -> Feed:
    """The feed due when it would be if no hub told what is new; never before its publisher wants to be asked."""
    if feed.plain_due is None:
        return feed
    soonest = max(filter(None, (feed.plain_due, feed.quiet_until, now)))
    return replace(feed, due_at=min(feed.due_at, soonest), plain_due=None)
