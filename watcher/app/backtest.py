"""Archived entries x a watchlist -> the alerts that it would have raised, beside those that were raised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from watcher.alerts.decide import decide
from watcher.matching.judging import entry_document, judge_story
from watcher.matching.match import Matcher
from watcher.model import Alert, Grouping, Match, PastAlert, Problem, Read, Relation, Story
from watcher.model.reports import Archived
from watcher.rules import Rules
from watcher.stories.feedwords import from_entry

ALERTED = ("alerted", "follow-up-held")  # outcomes of a decision after which somebody is told
EXAMPLES = 5  # of a watch: enough to see what kind of story a rule catches


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One alert of the comparison. change: new, gone or same."""

    watch: str
    change: str
    day: date
    title: str
    url: str


@dataclass(slots=True, kw_only=True)
class Report:
    """counts[watch][change] and days[day][change]: how many alerts are new, gone or the same."""

    entries: int = 0
    counts: defaultdict[str, defaultdict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    days: defaultdict[str, defaultdict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    changes: list[Example] = field(default_factory=list)

    def add(self, example: Example) -> None:
        self.counts[example.watch][example.change] += 1
        self.days[example.day.isoformat()][example.change] += 1
        self.changes.append(example)

    def examples(self, watch: str) -> list[Example]:
        """What changed first: new ones, gone ones, then a few that stay."""
        order = {"new": 0, "gone": 1, "same": 2}
        mine = sorted((one for one in self.changes if one.watch == watch), key=lambda one: order[one.change])
        return mine[:EXAMPLES]


class Backtest:
    """Judges entries in the order in which they came, as the daemon would have with these rules."""

    def __init__(self, rules: Rules, *, only: str | None = None) -> None:
        self.report = Report()
        self._rules, self._only = rules, only
        self._past: defaultdict[tuple[str, str], list[PastAlert]] = defaultdict(list)

    def add(self, archived: Iterable[Archived]) -> None:
        for one in archived:
            self.report.entries += 1
            would = self._would_raise(one)
            did = {decision.watch for decision in one.decisions if decision.outcome in ALERTED}
            for watch in sorted(would | did):
                if self._only is None or watch == self._only:
                    change = "same" if watch in would and watch in did else "new" if watch in would else "gone"
                    self.report.add(_example(one, watch, change))

    def _would_raise(self, one: Archived) -> set[str]:
        story = _story(one, _matches(self._rules.matcher, one))
        raised = set()
        for match in story.matches:
            group = (match.watch, story.grouping.group)
            decision = decide(
                match=match,
                story=story,
                alertable=one.entry.alertable,
                past=self._past[group],
                channels=(),
                policy=self._rules.policy,
                path="",
                now=one.entry.first_seen,
            )
            if isinstance(decision, Alert):
                raised.add(match.watch)
                self._past[group].append(_past(decision, one.entry.first_seen))
        return raised


def _matches(matcher: Matcher, one: Archived) -> tuple[Match, ...]:
    document = entry_document(one.entry.entry, id_=one.entry.id, feed=one.feed, language=None)
    found = matcher.judge(document).matches
    if one.story is None:
        return found
    if not found and one.feed.spec.read is not Read.PAGE:
        return ()  # its page would never have been fetched
    return judge_story(matcher, one.entry, one.feed, found, one.story.extraction)[0]


def _story(one: Archived, matches: tuple[Match, ...]) -> Story:
    """The entry's story; for an entry that was never captured, the one that its feed's words would have made."""
    if one.story is not None:
        story_id, extraction, grouping = one.story.id, one.story.extraction, one.story.grouping
    else:
        story_id = one.entry.story_id
        extraction = from_entry(one.entry.entry, url=one.entry.entry.link or "", problem=Problem.NOT_FETCHED)
        grouping = Grouping(group=story_id, relation=Relation.FIRST, reason="never captured")
    return Story(
        id=story_id,
        entry_id=one.entry.id,
        feed=one.feed.name,
        fetched=one.entry.first_seen,
        extraction=extraction,
        grouping=grouping,
        matches=matches,
        path="",
    )


def _past(alert: Alert, when: datetime) -> PastAlert:
    return PastAlert(
        id=alert.id,
        story_id=alert.story.id,
        reason=alert.reason,
        raised=when,
        held_until=alert.held_until,
    )


def _example(one: Archived, watch: str, change: str) -> Example:
    entry = one.entry.entry
    return Example(watch=watch, change=change, day=one.entry.first_seen.date(), title=entry.title, url=entry.link or "")
