"""alert -> the JSON of a webhook: `{"type", "timestamp", "data"}`; data as in its file's front matter, and the lede."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from watcher.model import Alert, Hit, MessageType, Tally


def write_json(type_: MessageType, data: Mapping[str, Any], now: datetime) -> bytes:
    """The body that is signed and sent. A lone half character, which UTF-8 cannot hold, becomes a question mark."""
    body = {"type": type_.value, "timestamp": rfc3339(now), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def alert_data(alert: Alert) -> dict[str, Any]:
    """The alert as in its front matter (the same keys as stories.frontmatter writes), and the story's lede."""
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
        "hits": [_hit_data(hit) for hit in alert.hits],
        "beside": list(alert.beside),
        "group": {
            "id": grouping.group,
            "relation": grouping.relation.value,
            "of": grouping.of,
            "similarity": round(grouping.similarity, 4),
            "reason": grouping.reason,
            "copies": list(alert.copies),
        },
        "deliveries": list(alert.channels),
        "thread": list(alert.thread),
        "seed_similarity": round(alert.story.seed_similarity, 4),
        "lede": page.lede,
        "complete": page.complete,
        "problem": page.problem.value if page.problem else None,
    }


def tally_data(tally: Tally) -> dict[str, Any]:
    """What became of all that matched since the digest before; the outcomes add up to the total."""
    since = rfc3339(tally.since) if tally.since else None
    return {"since": since, "total": tally.matched, "outcomes": dict(tally.outcomes)}


def rfc3339(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _hit_data(hit: Hit) -> dict[str, Any]:
    return {
        "field": hit.field.value,
        "term": hit.term,
        "text": hit.text,
        "start": hit.start,
        "end": hit.end,
        "excerpt": hit.excerpt,
    }
