"""What is wrong with the watcher, or well again -> a notice over the channels that ask for them, once each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from watcher.alerts.compose import compose_notice
from watcher.alerts.trouble import about, troubles
from watcher.model import Answer, Delivery, Message
from watcher.pipeline import Pipeline
from watcher.rules import Rules

ROOM = "disk:room"  # the key of a notice that the disk takes nothing


async def look_after(pipeline: Pipeline) -> int:
    """Tells of what is new and of what is over, many in one message; how many of both. Raises StoreError."""
    store, rules, now = pipeline.store, pipeline.rules, pipeline.clock.now()
    report = await store.status(now)
    found = {one.key: one for one in troubles(await store.feeds(), report, now=now)}
    known = dict(report.notices)
    new = [one for key, one in found.items() if one.to_tell(report.told_at.get(key), now)]
    worse = {about(one.key) for one in new}  # what took another turn is not well again
    over = [key for key in known if key not in found and key != ROOM]
    well = [key for key in over if about(key) not in worse]
    subject = f"{new[0].what}: in trouble" if len(new) == 1 else f"{len(new)} things are in trouble"
    told = _messages(rules, subject, [one.sentence for one in new], now)
    for one in new:
        await store.raise_notice(one.key, one.sentence, now, told, worse_at=one.worse_at)
        told = ()  # the first carries the message of all
    subject = "well again" if len(well) == 1 else f"{len(well)} things are well again"
    told = _messages(rules, subject, [f"This is over: {known[key]}" for key in well], now)
    for key in over:
        await store.clear_notice(key, told if key in well else ())
        told = () if key in well else told
    return len(new) + len(well)


class RoomTeller:
    """Tells of a disk that takes nothing: past the outbox, which is on that disk, and over it once there is room."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._left: dict[str, Message] | None = None  # channel -> what it has not taken yet; None: all is well

    async def tell(self, trouble: str | None) -> None:
        """To be called again and again while there is trouble; None: it is over. Raises StoreError."""
        pipeline, now = self._pipeline, self._pipeline.clock.now()
        if trouble is None:
            self._left = None
            told = _messages(pipeline.rules, "well again", ["This is over: the disk took nothing."], now)
            await pipeline.store.raise_notice(ROOM, "the disk took nothing", now)
            await pipeline.store.clear_notice(ROOM, told)
            return
        if self._left is None:
            sentence = f"{trouble}. Nothing is polled or sent until there is room; then all goes on by itself."
            made = _messages(pipeline.rules, "the disk takes nothing", [sentence], now)
            self._left = {one.message.channel: one.message for one in made}
        for name, message in list(self._left.items()):
            channel = pipeline.channels.get(name)
            if channel is None or (await channel.send(message, now)).answer is Answer.DELIVERED:
                del self._left[name]


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
