"""What is wrong with the watcher, or well again -> a notice over the channels that ask for them, once each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from watcher.alerts.compose import compose_notice
from watcher.alerts.trouble import troubles
from watcher.model import Delivery
from watcher.pipeline import Pipeline, Rules


async def look_after(pipeline: Pipeline) -> int:
    """Tells of what is new and of what is over, many in one message; how many of both. Raises StoreError."""
    store, rules, now = pipeline.store, pipeline.rules, pipeline.clock.now()
    report = await store.status(now)
    found = {one.key: one for one in troubles(await store.feeds(), report, now=now)}
    known = dict(report.notices)
    new = [one for key, one in found.items() if one.to_tell(report.told_at.get(key), now)]
    over = [key for key in known if key not in found]
    subject = f"{new[0].what}: in trouble" if len(new) == 1 else f"{len(new)} things are in trouble"
    told = _messages(rules, subject, [one.sentence for one in new], now)
    for one in new:
        await store.raise_notice(one.key, one.sentence, now, told, worse_at=one.worse_at)
        told = ()  # the first carries the message of all
    subject = "well again" if len(over) == 1 else f"{len(over)} things are well again"
    told = _messages(rules, subject, [f"This is over: {known[key]}" for key in over], now)
    for key in over:
        await store.clear_notice(key, told)
        told = ()
    return len(new) + len(over)


def _messages(rules: Rules, subject: str, sentences: Sequence[str], now: datetime) -> tuple[Delivery, ...]:
    if not sentences:
        return ()
    text = "\n\n".join(sentences)
    key = hashlib.sha256(text.encode()).hexdigest()
    messages = [
        compose_notice(subject, text, rules.faces[name], key=key, now=now, templates=rules.templates)
        for name in rules.notices
    ]
    return tuple(Delivery(message=message, created=now, due_at=now) for message in messages)
