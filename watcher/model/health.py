"""How a channel does: what it is after a try, and when it may be tried again while it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model.alerts import Outcome, retry_wait

FAILING = 3  # failures of different messages in a row: one may be the message's fault, three are the channel's
SURELY = 4  # then it is no use to probe with yet another message, and the oldest keeps its place


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Of one channel, since it last was well. A channel of which nothing is known is well.

    failures: of different messages in a row; since: the first of them; probes: tries in a row on the schedule.
    """

    failures: int = 0
    failed_id: str | None = None  # the delivery that failed last
    since: datetime | None = None
    probes: int = 0
    probe_at: datetime | None = None
    off: str | None = None  # why it takes nothing until a person has seen to it

    @property
    def failing(self) -> bool:
        """It gets one probe on its schedule instead of its backlog."""
        return self.failures >= FAILING

    @property
    def surely(self) -> bool:
        return self.failures >= SURELY

    def after(self, delivery_id: str, outcome: Outcome, now: datetime) -> Health:
        if self.off is not None:  # this one was under way; only a person switches it on again
            return self
        if outcome.switch_off:
            return Health(off=outcome.told)
        if not outcome.down:  # what was under way when another one failed says less than the probe that is to come
            return self if self.failing and self.probe_at is not None and now < self.probe_at else Health()
        if outcome.rest and not outcome.blameless and not self.failing:
            return self
        failures = self.failures + (delivery_id != self.failed_id)
        probes, probe_at = self.probes, self.probe_at
        if probe_at is None or now >= probe_at:  # else it was under way when another one failed
            probe_at = now + timedelta(seconds=retry_wait(probes))
            probes += 1
        return Health(
            failures=max(failures, SURELY if outcome.blameless else FAILING if outcome.busy else 0),
            failed_id=delivery_id,
            since=self.since or now,
            probes=probes,
            probe_at=max(probe_at, now + timedelta(seconds=outcome.retry_after or 0)),
        )
