"""A channel as composing needs to know it; nothing secret in it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from watcher.model import ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFace:
    """sender: an email's From, "Name <address>" or an address; recipients: the same; timezone: an IANA name."""

    name: str
    kind: ChannelKind
    sender: str = ""
    recipients: tuple[str, ...] = ()
    timezone: str = "UTC"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this channel's times are told. Raises ZoneInfoNotFoundError for a name that is none."""
        return ZoneInfo(self.timezone)
