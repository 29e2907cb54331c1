"""Reports of steps -> what a run came to, in numbers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from watcher.model import Answer, CaptureReport, Outcome, PollReport, PollResult


@dataclass(slots=True)
class Summary:
    """What a run came to; `as_json` is the shape of `watcher run --once --json`."""

    due: int = 0
    changed: int = 0
    unchanged: int = 0
    poll_failed: int = 0
    new: int = 0
    seen: int = 0
    matches: int = 0
    captured: int = 0
    incomplete: int = 0
    page_failed: int = 0
    alerts: int = 0
    delivered: int = 0
    deferred: int = 0
    dead: int = 0
    broken: int = 0  # steps that ended in a fault of this program or of the store
    started: float = field(default_factory=time.monotonic)

    def add(self, report: object) -> None:
        if isinstance(report, PollReport):
            self._add_poll(report)
        elif isinstance(report, CaptureReport):
            self.captured += report.captured
            self.incomplete += report.incomplete
            self.page_failed += report.failed
            self.alerts += len(report.alerts)
        elif isinstance(report, Outcome):
            self.delivered += report.answer is Answer.DELIVERED
            self.deferred += report.answer is Answer.DEFERRED
            self.dead += 1 if report.answer is Answer.REJECTED else len(report.refused)  # each a letter of its own

    def _add_poll(self, report: PollReport) -> None:
        self.changed += report.result is PollResult.CHANGED
        self.unchanged += report.result is PollResult.UNCHANGED
        self.poll_failed += report.result in (PollResult.FAILED, PollResult.OFFLINE)
        self.new += report.new
        self.seen += report.seen
        self.matches += report.matches

    def as_json(self) -> dict[str, Any]:
        return {
            "polls": {
                "due": self.due,
                "changed": self.changed,
                "unchanged": self.unchanged,
                "failed": self.poll_failed,
            },
            "entries": {"new": self.new, "seen": self.seen},
            "matches": self.matches,
            "stories": {"captured": self.captured, "incomplete": self.incomplete, "failed": self.page_failed},
            "alerts": self.alerts,
            "deliveries": {"delivered": self.delivered, "deferred": self.deferred, "dead": self.dead},
            "seconds": round(time.monotonic() - self.started, 3),
        }
