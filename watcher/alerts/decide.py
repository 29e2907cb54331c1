"""match + group + history -> an alert, or the named reason for none.

The ladder, first that fits: an entry that stood in its feed at the baseline never alerts; a watch is told once of a
group; a copy folds into what was told; a revision is told only where the owner asks; a follow-up is told, and at most
once in `follow_up_every`: the rest wait, and come in one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model import Alert, Match, NoAlert, PastAlert, Relation, Silenced, Story, derive_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPolicy:
    """What the owner asks for in watcher.yaml under `alerts`. fold_copies: False to be told of each copy too."""

    revisions: bool = False
    follow_up_every: timedelta = timedelta(hours=6)
    fold_copies: bool = True


def alert_id(watch: str, story_id: str) -> str:
    """The id of the alert that tells of this story under this watch; at most one ever."""
    return derive_id("alert", watch, story_id)


def decide(
    *,
    match: Match,
    story: Story,
    alertable: bool,
    past: Sequence[PastAlert],
    channels: tuple[str, ...],
    policy: AlertPolicy,
    path: str,
    now: datetime,
) -> Alert | Silenced:
    """The alert that this match raises, or why it raises none. past: earlier alerts of this watch and group."""
    reason = _reason(story=story, alertable=alertable, past=past, policy=policy)
    if isinstance(reason, tuple):
        return Silenced(watch=match.watch, reason=reason[0], detail=reason[1])
    held = reason is Relation.FOLLOW_UP and story.grouping.sure
    held_until = _held_until(past, policy, now) if held else None
    return Alert(
        id=alert_id(match.watch, story.id),
        raised=now,
        watch=match.watch,
        reason=reason,
        story=story,
        hits=match.hits,
        beside=match.beside,
        thread=tuple(alert.id for alert in sorted(past, key=lambda alert: alert.raised)),
        channels=channels,
        held_until=held_until,
        path=path,
    )


def _reason(
    *, story: Story, alertable: bool, past: Sequence[PastAlert], policy: AlertPolicy
) -> Relation | tuple[NoAlert, str]:
    if any(alert.story_id == story.id for alert in past):
        return NoAlert.ALREADY, "this watch was already told of this very article"
    if not alertable:
        return NoAlert.BASELINE, "it stood in the feed at its first poll, and is older than first_poll_alerts"
    relation = story.grouping.relation
    if relation is Relation.FOLLOW_UP:
        return Relation.FOLLOW_UP
    if not past:
        return Relation.FIRST  # whatever it is to other stories, this watch hears of the group for the first time
    if relation is Relation.COPY and policy.fold_copies:
        return NoAlert.COPY, f"{story.grouping.reason}; the first was told at {past[0].raised:%Y-%m-%d %H:%M}Z"
    if relation is Relation.REVISION and not policy.revisions:
        return NoAlert.REVISION, f"{story.grouping.reason}; alerts.revisions is off"
    return relation


def _held_until(past: Sequence[PastAlert], policy: AlertPolicy, now: datetime) -> datetime | None:
    """When a follow-up may be told, if that is not now: at most one message in `follow_up_every`."""
    told_at = [alert.held_until or alert.raised for alert in past if alert.reason == Relation.FOLLOW_UP]
    last = max((moment for moment in told_at if moment <= now), default=None)
    return last + policy.follow_up_every if last is not None and now - last < policy.follow_up_every else None
