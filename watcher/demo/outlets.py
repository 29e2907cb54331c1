"""Story files in, outlets with their stories and the truth about them out.

Each file in stories/ is one outlet. A story says when it stands in the feed (`hours` before the start, or `at` so many
seconds after it), and which watches are to alert on it (`alerts`); `special` says what it is there for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files
from typing import Any

import yaml


class Format(StrEnum):
    RSS2 = "rss2"
    RSS1 = "rss1"
    ATOM = "atom"
    JSON = "json"


class Fault(StrEnum):
    NONE = "none"
    MALFORMED = "malformed"  # a feed that no strict parser takes
    DOWN = "down"  # a feed that answers 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The same article, rewritten in place `at` seconds after the start."""

    at: float
    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article. hours: age at the start; at: seconds after the start (0: stands in the feed from the start)."""

    outlet: str
    slug: str
    title: str
    author: str
    summary: str
    text: str = ""  # paragraphs, one a line
    hours: float = 0
    at: float = 0
    paywall: bool = False
    copy_of: str | None = None
    special: str = ""
    alerts: tuple[str, ...] = ()
    update: Update | None = None

    @property
    def key(self) -> str:
        return f"{self.outlet}/{self.slug}"

    @property
    def root(self) -> str:
        """The story that this one is a copy of, else itself: all copies together alert once."""
        return self.copy_of or self.key

    @property
    def paragraphs(self) -> list[str]:
        return [line for line in self.text.splitlines() if line.strip()]

    def after(self, seconds: float) -> Story:
        """The story as it stands so many seconds after the start."""
        if self.update is None or seconds < self.update.at:
            return self
        return replace(self, title=self.update.title, summary=self.update.summary, text=self.update.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One paper: its feed, how it is served, and its stories."""

    slug: str
    name: str
    format: Format
    stories: tuple[Story, ...]
    language: str = "en"
    encoding: str = "utf-8"  # of the feed; pages are always UTF-8
    read: str = "entry"  # as the demo's watchlist has it
    tags: tuple[str, ...] = ()
    full_text: bool = False  # the feed carries the whole text
    fault: Fault = Fault.NONE
    furniture: tuple[str, ...] = ()  # teasers beside every story


def read_outlets() -> tuple[Outlet, ...]:
    """All outlets in the order of their files. Raises ValueError when a story file says something impossible."""
    folder = files("watcher.demo") / "stories"
    found = sorted((path for path in folder.iterdir() if path.name.endswith(".yaml")), key=lambda path: path.name)
    outlets = [_outlet(path.name.removesuffix(".yaml"), yaml.safe_load(path.read_text("utf-8"))) for path in found]
    texts = {story.key: story.text for outlet in outlets for story in outlet.stories}
    return tuple(replace(o, stories=tuple(_with_text(s, texts) for s in o.stories)) for o in outlets)


def expected_alerts(outlets: Iterable[Outlet]) -> frozenset[tuple[str, str]]:
    """The truth: (watch, root of the story) of every alert that is to come, each once."""
    return frozenset((watch, story.root) for o in outlets for story in o.stories for watch in story.alerts)


def last_event(outlets: Iterable[Outlet]) -> float:
    """Seconds after the start at which the last story is published or rewritten."""
    times = [max(s.at, s.update.at if s.update else 0) for o in outlets for s in o.stories]
    return max(times, default=0)


def _outlet(slug: str, raw: dict[str, Any]) -> Outlet:
    try:
        stories = tuple(_story(slug, story) for story in raw.pop("stories"))
        raw |= {"format": Format(raw["format"]), "fault": Fault(raw.pop("fault", "none"))}
        raw |= {"tags": tuple(raw.pop("tags", ())), "furniture": tuple(raw.pop("furniture", ()))}
        return Outlet(**{"slug": slug, **raw}, stories=stories)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"watcher/demo/stories/{slug}.yaml: {error!r}") from error


def _story(outlet: str, raw: dict[str, Any]) -> Story:
    update = Update(**raw.pop("update")) if "update" in raw else None
    return Story(**{**raw, "alerts": tuple(raw.get("alerts", ()))}, outlet=outlet, update=update)


def _with_text(story: Story, texts: dict[str, str]) -> Story:
    return replace(story, text=texts[story.copy_of]) if story.copy_of else story
