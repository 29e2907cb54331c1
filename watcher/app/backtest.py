"""Archived entries x two watchlists -> the alerts that each would have raised: new, gone and same.

Entries are judged as they come; what matched is decided at the end, in the order in which the daemon decided it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from watcher.alerts.decide import AlertPolicy, decide
from watcher.matching.judging import entry_document, judge_story
from watcher.matching.match import Matcher, compile_watches
from watcher.model import (
    Alert,
    Extraction,
    Feed,
    FeedSpec,
    Grouping,
    IndexedStory,
    Match,
    PastAlert,
    Problem,
    Read,
    Story,
    Watchlist,
)
from watcher.model.reports import Archived
from watcher.pipeline import GROUP_WINDOW
from watcher.stories import group
from watcher.stories.feedwords import from_entry

ALERTED = ("alerted", "follow-up-held")  # outcomes of a decision after which somebody is told
EXAMPLES = 5  # of a watch: enough to see what kind of story a rule catches
ONCE_SHARED = 2  # keys that two stories must share to be compared: one alone is nearly always chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One alert of the comparison. change: new, gone or same."""

    watch: str
    change: str
    day: date
    feed: str
    title: str
    url: str


def _no_changes() -> dict[str, int]:
    return {"new": 0, "gone": 0, "same": 0}


@dataclass(slots=True, kw_only=True)
class Report:
    """counts[watch][change] and days[day][change]: how many alerts are new, gone or the same."""

    entries: int = 0
    counts: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(_no_changes))
    days: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(_no_changes))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A version of an entry with what a watchlist finds in it. story: None where its page was never fetched."""

    at: Archived
    story: Story | None
    matches: tuple[Match, ...]

    @property
    def order(self) -> tuple[datetime, str]:
        return (self.story.fetched if self.story else self.at.entry.first_seen, self.at.entry.id)


class Backtest:
    """disk: the watchlist as it stands there; in_force: the one that it is compared with; only: of this watch.

    Where nobody knows what is in force, it is compared with the alerts that were raised.
    """

    def __init__(
        self, *, disk: Watchlist, in_force: Watchlist | None, policy: AlertPolicy, only: str | None = None
    ) -> None:
        self._disk = _Judge(disk, policy)
        self._in_force: _Judge | _Witness = _Judge(in_force, policy) if in_force is not None else _Witness()
        self._only = only
        self.entries = 0

    def add(self, archived: Iterable[Archived]) -> None:
        for one in archived:
            self.entries += 1
            self._disk.judge(one)
            self._in_force.judge(one)

    def report(self) -> Report:
        """What the one would raise and the other does; to be asked for once, after everything was added."""
        would, does = self._disk.decide(), self._in_force.decide()
        report = Report(entries=self.entries)
        known = {(id_, watch): one for raised in (does, would) for (id_, watch), one in raised.items()}
        for key, one in sorted(known.items(), key=lambda item: (*item[1].order, item[0][1])):
            if self._only is None or key[1] == self._only:
                change = "same" if key in would and key in does else "new" if key in would else "gone"
                report.add(_example(one.at, key[1], change))
        return report


class _Witness:
    """What the daemon really raised."""

    def __init__(self) -> None:
        self._raised: dict[tuple[str, str], _Found] = {}

    def judge(self, one: Archived) -> None:
        for decision in one.decisions:
            if decision.outcome in ALERTED:
                story = one.stories[-1] if one.stories else None
                self._raised[one.entry.id, decision.watch] = _Found(at=one, story=story, matches=())

    def decide(self) -> dict[tuple[str, str], _Found]:
        return self._raised


class _Judge:
    """One watchlist, as the daemon would have lived by it."""

    def __init__(self, watchlist: Watchlist, policy: AlertPolicy) -> None:
        self._matcher: Matcher = compile_watches(watchlist.watches)
        self._specs: Mapping[str, FeedSpec] = {spec.id: spec for spec in watchlist.feeds}
        self._policy = policy
        self._found: list[_Found] = []

    def judge(self, one: Archived) -> None:
        spec = self._specs.get(one.feed.id)
        if spec is None:
            return  # it would not have been asked for
        feed = one.feed.evolve(spec=spec)
        document = entry_document(one.entry.entry, id_=one.entry.id, feed=feed, language=feed.language)
        at_once = self._matcher.judge(document).matches
        if not at_once and spec.read is not Read.PAGE:
            return  # its page would never have been fetched
        for story in one.stories or (None,):
            matches = self._whole(one, feed, at_once, story)
            if matches:
                self._found.append(_Found(at=one, story=story, matches=matches))

    def _whole(self, one: Archived, feed: Feed, at_once: tuple[Match, ...], story: Story | None) -> tuple[Match, ...]:
        """What is in the whole text, as far as it was ever read."""
        if story is None and one.page is None:
            return at_once
        extraction = story.extraction if story is not None else _as_read(one)
        return judge_story(self._matcher, one.entry, feed, at_once, extraction)[0]

    def decide(self) -> dict[tuple[str, str], _Found]:
        """(entry, watch) of every alert that is raised."""
        raised: dict[tuple[str, str], _Found] = {}
        past: defaultdict[tuple[str, str], list[PastAlert]] = defaultdict(list)
        groups = _Groups()
        for one in sorted(self._found, key=lambda found: found.order):
            story = _story(one, groups)
            for match in story.matches:
                mine = past[match.watch, story.grouping.group]
                decision = decide(
                    match=match,
                    story=story,
                    alertable=one.at.entry.alertable,
                    past=mine,
                    channels=(),
                    policy=self._policy,
                    path="",
                    now=story.fetched,
                )
                if isinstance(decision, Alert):
                    raised.setdefault((one.at.entry.id, match.watch), one)
                    mine.append(_past(decision))
        return raised


class _Groups:
    """The stories behind matches, as far as they are told apart here: by their pages, or else by the feeds' words."""

    def __init__(self) -> None:
        self._by_key: defaultdict[int | str, list[str]] = defaultdict(list)
        self._known: dict[str, IndexedStory] = {}

    def of(self, story_id: str, extraction: Extraction, when: datetime) -> Grouping:
        """Where a story belongs that the daemon never grouped, since its page was not fetched."""
        shared = Counter(other for key in _keys(extraction) for other in self._by_key[key])
        near = [self._known[other] for other, keys in shared.most_common(50) if keys >= ONCE_SHARED]
        near += [self._known[other] for other in self._by_key.get(extraction.url, ()) if self._known[other] not in near]
        near = [other for other in near if when - other.indexed_at <= GROUP_WINDOW]
        return group.group(story_id=story_id, extraction=extraction, neighbours=near, now=when)

    def add(self, story: Story) -> None:
        extraction = story.extraction
        self._known[story.id] = IndexedStory(
            id=story.id,
            group=story.grouping.group,
            site=extraction.site,
            url=extraction.url,
            canonical_url=extraction.canonical_url,
            title=extraction.title,
            lede=extraction.lede,
            text=extraction.text,
            published=extraction.published,
            indexed_at=story.fetched,
            language=extraction.language,
        )
        for key in _keys(extraction):
            self._by_key[key].append(story.id)


def _keys(extraction: Extraction) -> set[int | str]:
    return {*group.index_keys(extraction), *filter(None, (extraction.url, extraction.canonical_url))}


def _story(one: _Found, groups: _Groups) -> Story:
    """The entry's story; for an entry that was never captured, the one that its feed's words would have made."""
    if one.story is not None:
        story = replace(one.story, matches=one.matches)
    else:
        entry, when = one.at.entry, one.at.entry.first_seen
        extraction = _as_read(one.at)
        story = Story(
            id=entry.story_id,
            entry_id=entry.id,
            feed=one.at.feed.name,
            fetched=when,
            extraction=extraction,
            grouping=groups.of(entry.story_id, extraction, when),
            matches=one.matches,
            path="",
        )
    groups.add(story)
    return story


def _as_read(one: Archived) -> Extraction:
    """What is known of a story that was never captured: the feed's words, and its page's where that was read."""
    extraction = from_entry(one.entry.entry, url=one.entry.entry.link or "", problem=Problem.NOT_FETCHED)
    if one.page is None:
        return extraction
    language, text = one.page
    return replace(extraction, language=language, text=text)


def _past(alert: Alert) -> PastAlert:
    return PastAlert(
        id=alert.id,
        story_id=alert.story.id,
        reason=alert.reason,
        raised=alert.raised,
        held_until=alert.held_until,
    )


def _example(one: Archived, watch: str, change: str) -> Example:
    entry = one.entry.entry
    return Example(
        watch=watch,
        change=change,
        day=one.entry.first_seen.date(),
        feed=one.feed.name,
        title=entry.title,
        url=entry.link or "",
    )
