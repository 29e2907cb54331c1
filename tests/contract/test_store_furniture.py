"""Lines that a site repeats: when they are its own, that a second process knows them, and when they are forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from storeworld import NOW, captured, entry, polled, story

from watcher.model import Capture
from watcher.model.reports import Retention
from watcher.store import SqlStore

ABOUT_US, ADVERT = 7, -(2**63)  # keys of lines


async def tell(store: SqlStore, key: str, *, group: str, lines: tuple[int, ...]) -> None:
    """A story with these lines at its edges, in this group."""
    one = entry(key, capture=Capture.PENDING)
    await polled(store, one)
    await captured(store, one, story(one, group=group), lines=lines)
    await store.release_all_claims()


@pytest.mark.parametrize(
    ("situation", "groups", "own"),
    [
        ("once", ["g1"], False),
        ("in two stories", ["g1", "g2"], False),
        ("in three stories", ["g1", "g2", "g3"], True),
        ("in three versions of one story", ["g1", "g1", "g1"], False),
    ],
)
async def test_a_line_of_three_groups_is_its_sites_own(
    store: SqlStore, situation: str, groups: list[str], own: bool
) -> None:
    for number, group in enumerate(groups):
        await tell(store, f"guid-{number}", group=group, lines=(ABOUT_US,))
    assert await store.furniture({ABOUT_US, ADVERT}) == (frozenset({ABOUT_US}) if own else frozenset()), situation


async def test_what_is_asked_for_in_hundreds_is_answered(store: SqlStore) -> None:
    for number in range(3):
        await tell(store, f"guid-{number}", group=f"g{number}", lines=tuple(range(600)))
    assert await store.furniture(range(2_000)) == frozenset(range(600))


async def test_a_line_that_stays_away_is_forgotten_the_sites_own_later(store: SqlStore) -> None:
    for number in range(3):
        lines = (ABOUT_US, ADVERT) if number == 0 else (ABOUT_US,)
        await tell(store, f"guid-{number}", group=f"g{number}", lines=lines)
    await store.prune(NOW + timedelta(days=15), Retention())
    for number in range(2):
        await tell(store, f"guid-{number + 3}", group=f"h{number}", lines=(ADVERT,))
    assert await store.furniture({ABOUT_US, ADVERT}) == {ABOUT_US}, (
        "what was counted of the advert went after two weeks"
    )
    await store.prune(NOW + timedelta(days=100), Retention())
    assert await store.furniture({ABOUT_US}) == frozenset()
