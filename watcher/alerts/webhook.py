"""what a message tells, as a mapping -> the JSON of a webhook: `{"type", "timestamp", "data"}`. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from watcher.alerts.data import rfc3339
from watcher.model import MessageType, Tally


def write_json(type_: MessageType, data: Mapping[str, Any], now: datetime) -> bytes:
    """The body that is signed and sent. A lone half character, which UTF-8 cannot hold, becomes a question mark."""
    body = {"type": type_.value, "timestamp": rfc3339(now), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def tally_data(tally: Tally) -> dict[str, Any]:
    """What became of all that matched since the digest before; the outcomes add up to the total."""
    since = rfc3339(tally.since) if tally.since else None
    return {"since": since, "total": tally.matched, "outcomes": dict(tally.outcomes)}
