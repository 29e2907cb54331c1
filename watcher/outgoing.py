"""alerts + how loud each channel may be -> messages on their way, and what waits for its time; what waited, in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from watcher.alerts.compose import Cause, alert_message_id, compose_alert, compose_digest, digest_message_id
from watcher.alerts.volume import Wait, wait
from watcher.model import Alert, ChannelKind, Delivery, Hold
from watcher.ports import Store
from watcher.rules import Rules


async def address(
    alerts: Sequence[Alert], *, store: Store, rules: Rules, now: datetime
) -> tuple[tuple[Delivery, ...], tuple[Hold, ...]]:
    """Each alert on each of its channels: on its way now, or waiting for its time."""
    deliveries: list[Delivery] = []
    holds: list[Hold] = []
    for alert in alerts:
        for channel in alert.channels:
            beside = [one.id for one in deliveries if one.message.channel == channel]  # of the same story
            waits = await _wait(alert, channel, store=store, rules=rules, now=now, beside=len(beside))
            if waits is not None:
                holds.append(Hold(alert_id=alert.id, channel=channel, until=waits.until, cause=waits.cause.value))
            else:
                thread = [*await _thread(alert, channel, store=store, rules=rules), *beside]
                message = compose_alert(alert, rules.faces[channel], now=now, answers=thread, templates=rules.templates)
                deliveries.append(Delivery(message=message, alerts=(alert.id,), created=now, due_at=now))
    return tuple(deliveries), tuple(holds)


async def release(channel: str, *, store: Store, rules: Rules, now: datetime) -> Delivery | None:
    """What waited on the channel goes out in one message. Raises LeaseLostError when another process was first."""
    waiting = await _still_to_go(channel, store=store, rules=rules, now=now)
    if not waiting:
        return None
    face, alerts = rules.faces[channel], [alert for alert, _ in waiting]
    causes = {Cause(hold.cause) for _, hold in waiting}
    if len(alerts) == 1 and Cause.DIGEST not in causes:
        thread = await _thread(alerts[0], channel, store=store, rules=rules)
        message = compose_alert(alerts[0], face, now=now, answers=thread, templates=rules.templates)
    else:
        cause = causes.pop() if len(causes) == 1 else Cause.DIGEST
        told = {watch for watch, channels in rules.channels_of.items() if channel in channels}
        tally = await store.tally(channel, told | {alert.watch for alert in alerts})
        message = compose_digest(alerts, face, now=now, cause=cause, tally=tally, templates=rules.templates)
    delivery = Delivery(message=message, alerts=tuple(alert.id for alert in alerts), created=now, due_at=now)
    await store.record_release(delivery)
    return delivery


async def _thread(alert: Alert, channel: str, *, store: Store, rules: Rules) -> tuple[str, ...]:
    """Ids of the mails that told of the alert's group over this channel, oldest first, under whatever watch.

    Not those of refused recipients: their dead letters are the same mails.
    """
    if rules.faces[channel].kind is not ChannelKind.EMAIL:
        return ()
    told = await store.told(channel, alert.story.grouping.group)
    own = alert_message_id(alert.id, channel)
    return tuple(
        id_
        for id_, alerts in told.items()
        if id_ != own and id_ in (alert_message_id(alerts[0], channel), digest_message_id(alerts, channel))
    )


async def _wait(alert: Alert, channel: str, *, store: Store, rules: Rules, now: datetime, beside: int) -> Wait | None:
    """beside: messages of the same capture that go out over this channel."""
    volume = rules.volumes[channel]
    waits = await _silence(alert, store, now)
    if alert.held_until is not None:
        waits.append(Wait(until=alert.held_until, cause=Cause.FOLLOW_UPS))
    if volume.limit is None:
        return wait(volume, now=now, waits=waits)
    queue = await store.held_until(channel, Cause.LIMIT)
    if queue is not None:  # others wait for room already: it goes with them, not before them
        waits.append(Wait(until=queue, cause=Cause.LIMIT))
    sent = await store.sent(channel, now - volume.limit[1])
    return wait(volume, now=now, sent=(*sent, *[now] * beside), waits=waits)


async def _silence(alert: Alert, store: Store, now: datetime) -> list[Wait]:
    silenced = await store.silenced_until(alert.watch, now)
    return [] if silenced is None else [Wait(until=silenced, cause=Cause.SILENCE)]


async def _still_to_go(channel: str, *, store: Store, rules: Rules, now: datetime) -> list[tuple[Alert, Hold]]:
    """Those whose time has come; what a silence, quiet hours or a limit of today holds back goes on waiting."""
    volume = replace(rules.volumes[channel], digest=())
    sent = await store.sent(channel, now - volume.limit[1]) if volume.limit is not None else ()
    going, staying = [], []
    for alert, hold in await store.held(channel, now):
        longer = wait(volume, now=now, sent=sent, waits=await _silence(alert, store, now))
        if longer is None:
            going.append((alert, hold))
        else:
            staying.append(replace(hold, until=longer.until, cause=longer.cause.value))
    if staying:
        await store.put_off(staying)
    return going
