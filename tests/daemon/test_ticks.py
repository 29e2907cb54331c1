"""The clock of the machine is set while the daemon runs: what waits goes on waiting for as long as it had to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watcher.daemon.lanes import Lane
from watcher.daemon.ticks import ClockWatch

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("situation", "passed", "wall", "step"),
    [
        ("nothing", 1.0, timedelta(seconds=1), timedelta(0)),
        ("an hour ahead", 1.0, HOUR + timedelta(seconds=1), HOUR),
        ("an hour back", 1.0, timedelta(seconds=1) - HOUR, -HOUR),
        ("a machine that slept for an hour", 3600.0, HOUR, timedelta(0)),
        ("a little, as clocks are put right", 1.0, timedelta(seconds=4), timedelta(0)),
    ],
)
def test_a_step_of_the_clock_is_told_from_time_that_passed(
    situation: str, passed: float, wall: timedelta, step: timedelta
) -> None:
    steady = iter([100.0, *[100.0 + passed] * 3])
    watch = ClockWatch(NOW, lambda: next(steady))
    assert watch.step(NOW + wall) == step, situation
    assert watch.step(NOW + wall) == step, "the store could not take it in, and is asked again"
    watch.took(step)
    assert watch.step(NOW + wall) == timedelta(0)


async def test_a_lane_hangs_when_none_of_its_steps_ends() -> None:
    now = 0.0

    async def nothing(_: object) -> tuple[str, ...]:
        return ()

    lane = Lane(name="deliver", claim=nothing, step=nothing, limit=2, clock=lambda: now)
    now = 1000.0
    assert not lane.hangs(300)  # nothing to do
    first, second = object(), object()
    lane.start(first)  # type: ignore[arg-type]
    now += 200
    lane.start(second)  # type: ignore[arg-type]
    now += 200
    assert lane.hangs(300)
    lane.end(second)  # type: ignore[arg-type]
    assert not lane.hangs(300)
