"""alert -> the mapping that its file and a webhook carry, with the keys that others rely on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from watcher.model import Alert


def alert_data(alert: Alert, channels: Sequence[str] = ()) -> dict[str, Any]:
    """The alert in plain values. channels: that it really went out over; else those that it was meant for."""
    story, page, grouping = alert.story, alert.story.extraction, alert.story.grouping
    return {
        "id": alert.id,
        "raised": rfc3339(alert.raised),
        "watch": alert.watch,
        "reason": alert.reason.value,
        "story": {
            "id": story.id,
            "title": page.title,
            "url": page.url,
            "via": page.via.value if page.via else None,
            "site": page.site,
            "published": rfc3339(page.published) if page.published else None,
            "path": story.path,
        },
        "hits": [hit.plain() for hit in alert.hits],
        "beside": list(alert.beside),
        "group": {
            "id": grouping.group,
            "relation": grouping.relation.value,
            "of": grouping.of,
            "similarity": round(grouping.similarity, 4),
            "reason": grouping.reason,
            "copies": list(alert.copies),
        },
        "deliveries": list(dict.fromkeys(channels or alert.channels)),
        "thread": list(alert.thread),
        "seed_similarity": round(story.seed_similarity, 4),
        "lede": page.lede,
        "complete": page.complete,
        "problem": page.problem.value if page.problem else None,
    }


def rfc3339(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
