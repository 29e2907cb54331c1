"""alerts -> what the templates show of them: plain words, cleaned, in the channel's time zone.

These names are what a user's own templates in config/templates/ rely on: adding one is free, renaming one is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from watcher.alerts import words
from watcher.alerts.words import Excerpt, Piece
from watcher.model import Alert, Field, Tally

HEADLINE_SHOWN = 300  # characters: a longer one is a fault of the page, and would fill the screen
LEDE_SHOWN = 400  # characters: a standfirst is rarely longer, and a whole story would bury the found sentences
COPIES_SHOWN = 12  # outlets by name; an agency's text may run at a hundred
FULL_ITEMS = 60  # of a digest: further stories come as headline and link, or Gmail would cut the mail at 102 KB


class Cause(StrEnum):
    """Why several alerts come in one message."""

    DIGEST = "digest"
    QUIET = "quiet"
    SILENCE = "silence"
    LIMIT = "limit"
    FOLLOW_UPS = "follow-ups"


CAUSES = {
    Cause.DIGEST: "Your digest.",
    Cause.QUIET: "What came during your quiet hours.",
    Cause.SILENCE: "What came while this was silenced.",
    Cause.FOLLOW_UPS: "More on stories that you were told of.",
    Cause.LIMIT: "More came than this channel's limit allows one by one.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert, ready to be shown. href: the link if it is one to follow, else empty."""

    id: str
    watch: str
    headline: tuple[Piece, ...]
    title: str
    url: str
    href: str
    site: str
    published: str  # empty if the page does not say
    raised: str
    reason: str  # first, follow-up, revision or copy
    relation: str  # a sentence on how it stands to earlier alerts; empty for a first
    why: str
    excerpts: tuple[Excerpt, ...]
    more: int  # sentences with a hit that are not shown
    lede: str  # empty if an excerpt shows it already
    incomplete: str  # a sentence if not all of the story was read
    copies: tuple[str, ...]
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """The alerts of one watch that are one story. newest: the one to show; before: the others, newest first."""

    newest: AlertView
    before: tuple[AlertView, ...]
    full: bool  # with its sentences; else headline and link


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchView:
    """One watch of a digest, its stories newest first."""

    name: str
    stories: tuple[StoryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """A digest. stories: how many different ones; summary: counts in words; cause: why it came in one."""

    cause: str
    summary: str
    stories: int
    watches: tuple[WatchView, ...]
    tally: str = ""  # a sentence on all that matched since the digest before


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Words that flow, or (as_is) lines that stay as they are, such as a line of a file with a caret under it."""

    text: str
    as_is: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """What the watcher writes about itself."""

    subject: str
    paragraphs: tuple[Paragraph, ...]
    raised: str


def notice(subject: str, text: str, raised: datetime, zone: ZoneInfo) -> NoticeView:
    """The notice as the templates see it. text: paragraphs, empty lines between; one with an indented line is kept."""
    return NoticeView(
        subject=words.clean(subject),
        paragraphs=tuple(filter(None, map(_paragraph, re.split(r"\n[ \t]*\n", text)))),
        raised=words.moment(raised, zone),
    )


def _paragraph(text: str) -> Paragraph | None:
    lines = [line.expandtabs(4) for line in text.splitlines()]
    if any(line.startswith("  ") for line in lines):
        indented = (line[: len(line) - len(line.lstrip())] + words.printable(line.lstrip()) for line in lines)
        return Paragraph(text="\n".join(indented).rstrip(), as_is=True)
    flowing = words.clean(text)
    return Paragraph(text=flowing) if flowing else None


def view(alert: Alert, zone: ZoneInfo) -> AlertView:
    """The alert as the templates see it."""
    page = alert.story.extraction
    excerpts, more = words.excerpts(alert)
    title = words.clip(headline(alert), HEADLINE_SHOWN)
    url = "".join(words.clean(page.url).split())
    return AlertView(
        id=alert.id,
        watch=words.apart(words.clean(alert.watch)),
        headline=words.marked(title, _found_in(title, alert)),
        title=title,
        url=url,
        href=url if _scheme(url) in ("http", "https") else "",
        site=words.apart(site(alert)),
        published=words.moment(page.published, zone) if page.published else "",
        raised=words.moment(alert.raised, zone),
        reason=alert.reason.value,
        relation=words.relation(alert),
        why=words.why(alert.watch, alert.hits, alert.beside),
        excerpts=excerpts,
        more=more,
        lede=_lede(words.clean(page.lede), title, excerpts),
        incomplete=words.incomplete(page.problem),
        copies=_copies(alert.copies),
        path=alert.path,
    )


def _copies(sites: Sequence[str]) -> tuple[str, ...]:
    named = tuple(words.apart(name) for name in map(words.clean, sites) if name)
    more = len(named) - COPIES_SHOWN
    return named if more <= 0 else (*named[:COPIES_SHOWN], f"{more} more")


def headline(alert: Alert) -> str:
    """The story's title on one line; where it has none, the start of its lede."""
    page = alert.story.extraction
    return words.clean(page.title) or words.clip(words.clean(page.lede), 120) or "(no headline)"


def site(alert: Alert) -> str:
    """The name of the story's site, else its host, else the feed's name."""
    page = alert.story.extraction
    return words.clean(page.site or "") or _host(page.url) or words.clean(alert.story.feed)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:  # e.g. an open bracket in the host
        return ""


def _host(url: str) -> str:
    try:
        return words.clean((urlsplit(url).hostname or "").removeprefix("www."))
    except ValueError:
        return ""


def _found_in(title: str, alert: Alert) -> list[str]:
    """What to mark in the headline: what was found in it; what was found elsewhere if it stands here on its own."""
    return [hit.text for hit in alert.hits if hit.field is Field.TITLE or words.stands_in(words.clean(hit.text), title)]


def _lede(lede: str, title: str, excerpts: Sequence[Excerpt]) -> str:
    shown = [title, *("".join(piece.text for piece in excerpt.pieces).strip("… ") for excerpt in excerpts)]
    if not lede or any(lede in text or (len(text) > len(lede) // 2 and text in lede) for text in shown):
        return ""
    return words.clip(lede, LEDE_SHOWN)


# --------------------------------------------------------------------------------------------------------------- digest


def digest(alerts: Sequence[Alert], zone: ZoneInfo, cause: Cause, tally: Tally | None = None) -> DigestView:
    """The alerts, which come newest first, grouped by watch, then story, so that the newest stays first everywhere."""
    by_watch: dict[str, dict[str, list[Alert]]] = {}
    for alert in alerts:
        by_watch.setdefault(alert.watch, {}).setdefault(alert.story.grouping.group, []).append(alert)
    number = iter(range(len(alerts)))
    watches = tuple(
        WatchView(
            name=words.apart(words.clean(name)),
            stories=tuple(_story(group, zone, full=next(number) < FULL_ITEMS) for group in groups.values()),
        )
        for name, groups in by_watch.items()
    )
    stories = len({alert.story.grouping.group for alert in alerts})
    return DigestView(
        cause=CAUSES[cause],
        summary=_summary(stories, watches),
        stories=stories,
        watches=watches,
        tally=words.tally(tally, zone) if tally is not None else "",
    )


def _story(group: Sequence[Alert], zone: ZoneInfo, *, full: bool) -> StoryView:
    newest, *before = (view(alert, zone) for alert in group)
    return StoryView(newest=newest, before=tuple(before), full=full)


def _summary(stories: int, watches: Iterable[WatchView]) -> str:
    """12 stories: Elon Musk 9, SpaceX 4."""
    counts = ", ".join(f"{watch.name} {len(watch.stories)}" for watch in watches)
    return f"{stories} {'story' if stories == 1 else 'stories'}: {counts}"
