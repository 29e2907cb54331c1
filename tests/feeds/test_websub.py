"""Subscriptions, situation by situation: what is offered, what hubs say, what time does, how far push is relied on."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watcher.feeds import websub
from watcher.model import (
    Feed,
    FeedSpec,
    FeedState,
    FetchError,
    FetchReason,
    ParsedFeed,
    Response,
    Subscription,
    SubscriptionState,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOPIC = "https://paper.example/feed"
FEED = Feed(spec=FeedSpec(url=TOPIC), url=TOPIC, state=FeedState.ACTIVE, due_at=NOW + 5 * MINUTE, polled_at=NOW)
WANTED = Subscription(
    id="s", feed_id="f", topic=TOPIC, hubs=("https://hub.example/",), callback="https://w.example/websub/token",
    token="token", secret="secret", ask_at=NOW,
)  # fmt: skip
ASKED = replace(WANTED, state=SubscriptionState.ASKED, asked_at=NOW, ask_at=NOW + 15 * MINUTE)
VERIFIED = replace(
    WANTED, state=SubscriptionState.VERIFIED, verified_at=NOW, until=NOW + 10 * DAY, ask_at=NOW + 8 * DAY
)
FAILED = replace(WANTED, state=SubscriptionState.FAILED, ask_at=NOW + HOUR, tries=3)
LEAVING = replace(VERIFIED, state=SubscriptionState.LEAVING, ask_at=NOW)


def call(**said: Any) -> websub.HubCall:
    return websub.HubCall(**{"mode": "subscribe", "topic": TOPIC, "challenge": "c", "lease": 864_000, **said})


# -- what is offered


@pytest.mark.parametrize(
    ("situation", "link", "parsed", "hubs", "topic"),
    [
        ("nothing", "", ParsedFeed(), (), None),
        ("self alone", '<https://p.example/self>; rel="self"', ParsedFeed(own_url="https://p.example/own"), (), None),
        ("the document", "", ParsedFeed(hubs=("https://h.example/",), own_url="https://p.example/own"),
         ("https://h.example/",), "https://p.example/own"),
        ("the document, with no address of its own", "", ParsedFeed(hubs=("https://h.example/",)),
         ("https://h.example/",), "https://p.example/came-from"),
        ("the header before the document", '<https://a.example/>; rel="hub", <https://p.example/self>; rel=self',
         ParsedFeed(hubs=("https://h.example/",), own_url="https://p.example/own"),
         ("https://a.example/",), "https://p.example/self"),
        ("relations together, other parameters", '<https://a.example/?x=1,2>; title="a; b"; REL="preload Hub"',
         ParsedFeed(), ("https://a.example/?x=1,2",), "https://p.example/came-from"),
        ("a relative address", "</hub>; rel=hub", ParsedFeed(), ("https://p.example/hub",), "https://p.example/came-from"),
        ("no address of the web", '<javascript:alert(1)>; rel="hub"', ParsedFeed(), (), None),
        ("damaged", '<<<>; rel="hub', ParsedFeed(), (), None),
        ("many, some twice", ", ".join(f"<https://h{n % 5}.example/>; rel=hub" for n in range(40)), ParsedFeed(),
         ("https://h0.example/", "https://h1.example/", "https://h2.example/"), "https://p.example/came-from"),
    ],
)  # fmt: skip
def test_what_a_publisher_offers(
    situation: str, link: str, parsed: ParsedFeed, hubs: tuple[str, ...], topic: str | None
) -> None:
    headers = {"link": link} if link else {}
    response = Response(url="https://p.example/came-from", status=200, headers=headers, body=b"", fetched_at=NOW)
    feed = websub.offered(FEED, response, parsed)
    assert (feed.hubs, feed.topic) == (hubs, topic), situation
    assert (feed.subscription_id is None) == (not hubs)


def test_another_hub_or_another_address_is_another_subscription() -> None:
    one = replace(FEED, hubs=("https://a.example/",), topic=TOPIC)
    others = (replace(one, hubs=("https://b.example/",)), replace(one, topic=TOPIC + "?"))
    assert len({feed.subscription_id for feed in (one, *others)}) == 3


# -- what time does


@pytest.mark.parametrize(
    ("situation", "before", "after", "state", "asks"),
    [
        ("wanted", WANTED, NOW, SubscriptionState.ASKED, True),
        ("asked, and the hub may still verify", ASKED, NOW + 14 * MINUTE, SubscriptionState.ASKED, False),
        ("asked, and the hub never did", ASKED, NOW + 15 * MINUTE, SubscriptionState.FAILED, False),
        ("verified", VERIFIED, NOW + 7 * DAY, SubscriptionState.VERIFIED, False),
        ("time to renew", VERIFIED, NOW + 8 * DAY, SubscriptionState.ASKED, True),
        ("failed, not yet again", FAILED, NOW + 59 * MINUTE, SubscriptionState.FAILED, False),
        ("failed, again", FAILED, NOW + HOUR, SubscriptionState.ASKED, True),
        ("leaving", LEAVING, NOW, SubscriptionState.LEAVING, True),
        ("leaving, told three times", replace(LEAVING, tries=3), NOW, None, False),
        ("leaving, and the lease is over", LEAVING, NOW + 10 * DAY, None, False),
        ("a lease that ended before its renewal", replace(VERIFIED, until=NOW + MINUTE, ask_at=NOW + 5 * MINUTE),
         NOW + 2 * MINUTE, SubscriptionState.WANTED, False),
    ],
)  # fmt: skip
def test_what_is_begun(
    situation: str, before: Subscription, after: datetime, state: SubscriptionState | None, asks: bool
) -> None:
    begun = websub.begun(before, after)
    assert (begun and begun.state) == state, situation
    assert (begun is not None and begun.asked_at == after) == asks
    if begun is not None:
        assert begun.due_at > after  # nobody else begins it, and nothing is asked twice


def test_a_lease_that_ends_while_it_is_renewed_has_ended() -> None:
    failing = replace(VERIFIED, state=SubscriptionState.FAILED, ask_at=NOW + 11 * DAY, streak=7)
    assert failing.due_at == NOW + 10 * DAY
    ended = websub.begun(failing, NOW + 10 * DAY)
    assert ended is not None
    assert (ended.state, ended.until, ended.streak) == (SubscriptionState.FAILED, None, 0)


@pytest.mark.parametrize(
    ("situation", "tries", "hubs", "retry_after", "wait"),
    [
        ("the first time", 0, 1, None, MINUTE),
        ("the third time", 2, 1, None, 4 * MINUTE),
        ("for weeks", 60, 1, None, DAY),
        ("three hubs in turn", 2, 3, None, MINUTE),
        ("as the hub asks", 0, 1, 7200.0, 2 * HOUR),
        ("as no hub may ask", 0, 1, 1e9, DAY),
    ],
)
def test_a_hub_that_refuses_is_asked_again_later(
    situation: str, tries: int, hubs: int, retry_after: float | None, wait: timedelta
) -> None:
    asked = replace(ASKED, tries=tries, hubs=tuple(f"https://h{n}.example/" for n in range(hubs)))
    error = FetchError(FetchReason.STATUS, "h answered 503", status=503, retry_after=retry_after)
    failed = websub.refused(asked, error, asked_at=NOW, now=NOW)
    assert (failed.state, failed.ask_at - NOW) == (SubscriptionState.FAILED, wait), situation
    assert failed.problem == "status: h answered 503"
    assert failed.hub == ("https://h1.example/" if hubs > 1 else "https://h0.example/")


def test_a_hub_that_pushes_is_kept_though_a_renewal_fails() -> None:
    renewing = replace(
        VERIFIED, state=SubscriptionState.ASKED, asked_at=NOW, hubs=("https://a.example/", "https://b.example/")
    )
    failed = websub.refused(renewing, FetchError(FetchReason.TIMEOUT, "late"), asked_at=NOW, now=NOW)
    assert failed.hub == "https://a.example/"
    assert websub.works(failed, NOW)


def test_a_refusal_after_the_verification_changes_nothing() -> None:
    """Some hubs verify before they answer, and then lose the connection."""
    assert websub.refused(VERIFIED, FetchError(FetchReason.TIMEOUT, "late"), asked_at=NOW, now=NOW) == VERIFIED


# -- what hubs say


@pytest.mark.parametrize(
    ("situation", "before", "said", "state"),
    [
        ("asked", ASKED, call(), SubscriptionState.VERIFIED),
        ("late, but nobody was asked since", replace(FAILED, asked_at=NOW), call(), SubscriptionState.VERIFIED),
        ("no lease is named", ASKED, call(lease=None), SubscriptionState.VERIFIED),
        ("a lease of nothing", ASKED, call(lease=0), None),
        ("not asked", WANTED, call(), None),
        ("verified already", VERIFIED, call(), None),
        ("another topic", ASKED, call(topic=TOPIC + "/"), None),
        ("no challenge", ASKED, call(challenge=""), None),
        ("to leave, though we want to stay", ASKED, call(mode="unsubscribe"), None),
        ("to stay, though we leave", replace(LEAVING, asked_at=NOW), call(), None),
        ("denied", ASKED, call(mode="denied", challenge="", reason="no"), SubscriptionState.DENIED),
        ("denied after all", VERIFIED, call(mode="denied", challenge=""), SubscriptionState.DENIED),
        ("denied while we leave", LEAVING, call(mode="denied"), None),
    ],
)  # fmt: skip
def test_what_a_hub_says(
    situation: str, before: Subscription, said: websub.HubCall, state: SubscriptionState | None
) -> None:
    after = websub.after_call(before, said, NOW + MINUTE)
    assert websub.expected(before, said) == (state is not None), situation
    assert after == before if state is None else (after is not None and after.state is state)


def test_a_hub_that_verifies_that_we_leave_ends_it() -> None:
    asked = replace(LEAVING, asked_at=NOW)
    assert websub.after_call(asked, call(mode="unsubscribe"), NOW) is None
    assert websub.after_call(LEAVING, call(mode="unsubscribe"), NOW) == LEAVING  # not before it was asked to


@pytest.mark.parametrize(
    ("query", "lease"),
    [({}, None), ({"hub.lease_seconds": "60"}, 60), ({"hub.lease_seconds": "0"}, 0), ({"hub.lease_seconds": "-5"}, 0),
     ({"hub.lease_seconds": "1e9"}, 0), ({"hub.lease_seconds": "9" * 5000}, 999_999_999_999),
     ({"hub.lease_seconds": "٣"}, 0)],
)  # fmt: skip
def test_leases_as_hubs_write_them(query: dict[str, str], lease: int | None) -> None:
    assert websub.read_call(query).lease == lease


@pytest.mark.parametrize(
    ("lease", "until", "renewed"),
    [
        (864_000, 10 * DAY, 8 * DAY),
        (None, 10 * DAY, 8 * DAY),
        (999_999_999_999, 30 * DAY, 24 * DAY),
        (60, MINUTE, 48 * SECOND),
        (30, 30 * SECOND, 20 * SECOND),
        (10, 10 * SECOND, 5 * SECOND),
    ],
)
def test_leases_are_renewed_in_time(lease: int | None, until: timedelta, renewed: timedelta) -> None:
    after = websub.after_call(ASKED, call(lease=lease), NOW)
    assert after is not None
    assert after.until is not None
    assert (after.until - NOW, after.ask_at - NOW) == (until, renewed)


# -- signatures


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ("sha256={}", True),
        ("SHA256={}", True),
        (" sha256={} ", True),
        ("sha512={}", False),
        ("sha256=", False),
        ("sha256", False),
        ("{}", False),
        ("", False),
        ("md5={}", False),
        ("blake2b={}", False),
        ("sha256=é{}", False),
    ],
)
def test_a_signature(header: str, holds: bool) -> None:
    figures = hmac.new(b"secret", b"body", hashlib.sha256).hexdigest()
    assert websub.signed("secret", header.format(figures), b"body") == holds
    assert websub.signed("secret", header.format(figures.upper()), b"body") == holds
    assert not websub.signed("secret", header.format(figures), b"body ")
    assert not websub.signed("Secret", header.format(figures), b"body")


# -- how far push is relied on


@pytest.mark.parametrize(
    ("situation", "streak", "before", "hours"),
    [
        ("it has not pushed yet", 0, VERIFIED, None),
        ("one push", 1, VERIFIED, 1),
        ("many pushes", 100, VERIFIED, 6),
        ("the lease is over", 100, replace(VERIFIED, until=NOW), None),
        ("denied", 100, replace(VERIFIED, state=SubscriptionState.DENIED), None),
        ("a renewal is under way", 3, replace(VERIFIED, state=SubscriptionState.ASKED), 3),
    ],
)
def test_polls_are_as_rare_as_push_has_earned(
    situation: str, streak: int, before: Subscription, hours: int | None
) -> None:
    feed = websub.put_off(FEED, replace(before, streak=streak), now=NOW, jitter=0.0)
    assert feed.due_at == (FEED.due_at if hours is None else NOW + hours * HOUR), situation
    assert websub.fall_back(feed, NOW).due_at == FEED.due_at


def test_a_busy_hub_does_not_put_polls_off_for_ever() -> None:
    feed = FEED
    for hour in range(24):
        feed = websub.put_off(feed, replace(VERIFIED, streak=50), now=NOW + hour * HOUR, jitter=1.0)
    assert feed.due_at == NOW + 6.6 * HOUR


def test_a_pace_that_the_owner_set_stays() -> None:
    feed = replace(FEED, spec=FeedSpec(url=TOPIC, every=10 * MINUTE))
    assert websub.put_off(feed, replace(VERIFIED, streak=9), now=NOW, jitter=0.0) == feed


def test_falling_back_is_never_sooner_than_the_publisher_wants() -> None:
    feed = replace(FEED, due_at=NOW + 6 * HOUR, plain_due=NOW, quiet_until=NOW + HOUR)
    assert websub.fall_back(feed, NOW).due_at == NOW + HOUR


@pytest.mark.parametrize(("ago", "asked_anew"), [(MINUTE, False), (2 * HOUR, True)])
def test_what_a_poll_finds_that_no_push_brought_ends_all_trust(ago: timedelta, asked_anew: bool) -> None:
    missed = websub.missed(replace(VERIFIED, streak=9, verified_at=NOW - ago), NOW)
    assert missed.streak == 0
    assert (missed.due_at <= NOW) == asked_anew
    assert websub.pushed(missed, news=False, now=NOW).streak == 0  # the same news, late
    assert websub.pushed(missed, news=True, now=NOW).streak == 1
