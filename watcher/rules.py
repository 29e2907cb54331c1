"""All that the owner's files say, as the flow goes by it; replaced whole when they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from watcher.alerts.compose import ChannelFace
from watcher.alerts.decide import AlertPolicy
from watcher.alerts.volume import Volume
from watcher.matching.match import Matcher

if TYPE_CHECKING:
    from watcher.alerts.rendering import Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that the owner's files say, compiled; replaced whole when they change."""

    matcher: Matcher
    channels_of: Mapping[str, tuple[str, ...]]  # watch -> names of its channels
    faces: Mapping[str, ChannelFace]
    volumes: Mapping[str, Volume]
    policy: AlertPolicy
    first_poll_alerts: timedelta
    pages_per_hour: int  # of one host, for feeds with `read: page`
    templates: Templates | None = None  # the owner's own, before the shipped ones
    notices: tuple[str, ...] = ()  # channels over which the watcher writes about itself
