"""outbox, send-test, silence: deliveries, a try of a channel, and quiet for a watch."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli.say import AsJson, Call, Limit, cards, plain, put_json, put_text, say, shown

if TYPE_CHECKING:
    from watcher.model import Delivery


def add_to(command: typer.Typer) -> None:
    command.command()(outbox)
    command.command("send-test")(send_test)
    command.command()(silence)


def outbox(
    context: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="Only what was given up.")] = False,
    retry: Annotated[str | None, typer.Option(metavar="KEY", help="Put a delivery on its way again; or: all.")] = None,
    drop: Annotated[str | None, typer.Option(metavar="KEY", help="Give a delivery up for good.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Messages: on their way, arrived, given up."""
    asyncio.run(_outbox(context.obj, dead=dead, retry=retry, drop=drop, limit=limit, as_json=as_json))


async def _outbox(call: Call, *, dead: bool, retry: str | None, drop: str | None, limit: int, as_json: bool) -> None:
    from watcher.app import SystemClock, open_store, read_config
    from watcher.model import DeliveryState

    config = read_config(call.config)
    async with open_store(config, read_only=not (retry or drop)) as store:
        if retry == "all":
            for delivery in await store.outbox(state=DeliveryState.DEAD, limit=1_000_000):
                await store.retry_delivery(delivery.id, SystemClock().now())
        elif retry:
            await store.retry_delivery(retry, SystemClock().now())
        if drop:
            await store.drop_delivery(drop)
        found = await store.outbox(state=DeliveryState.DEAD if dead else None, limit=limit)
    if as_json:
        put_json([delivery_json(one) for one in found])
        return
    cards(
        (
            (one.message.subject, (one.id[:12], one.message.channel, one.state, _tries(one), one.problem), None)
            for one in found
        ),
        empty="the outbox is empty",
    )


def _tries(delivery: Delivery) -> str:
    from watcher.model import DeliveryState

    tries = f"{delivery.attempts} {'try' if delivery.attempts == 1 else 'tries'}"
    return f"{tries}, next {shown(delivery.due_at)}" if delivery.state is DeliveryState.PENDING else tries


def delivery_json(delivery: Delivery) -> dict[str, object]:
    """A delivery as the commands tell it: its message without the bytes."""
    message = delivery.message
    return {
        "key": delivery.id,
        "channel": message.channel,
        "kind": message.kind,
        "type": message.type,
        "subject": message.subject,
        "recipients": message.recipients,
        "alerts": delivery.alerts,
        "state": delivery.state,
        "created": delivery.created,
        "due": delivery.due_at,
        "attempts": delivery.attempts,
        "tried": delivery.tried_at,
        "delivered": delivery.delivered_at,
        "problem": delivery.problem,
    }


def send_test(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(help="A channel of watcher.yaml.")],
    show: Annotated[bool, typer.Option("--print", help="Print the message instead of sending it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send a test alert through a channel."""
    asyncio.run(_send_test(context.obj, channel, show=show, as_json=as_json))


async def _send_test(call: Call, name: str, *, show: bool, as_json: bool) -> None:
    from watcher.alerts.compose import compose_test
    from watcher.app import SystemClock, build_channels, close_channels, compile_rules, open_store, read_config
    from watcher.model import Answer

    config = read_config(call.config)
    if name not in config.settings.channels:
        known = ", ".join(config.settings.channels) or "none"
        raise typer.BadParameter(f'there is no channel "{name}" in watcher.yaml (there are: {known})')
    now = SystemClock().now()
    rules = compile_rules(config)
    message = compose_test(rules.faces[name], now=now, templates=rules.templates)
    if show:
        put_text(message.body.decode("utf-8", errors="replace"))
        return
    channels = build_channels(config)
    try:
        outcome = await channels[name].send(message, now)
    finally:
        await close_channels(channels)
    if outcome.answer is Answer.DELIVERED and (config.archive / "watcher.db").exists():
        async with open_store(config, read_only=False) as store:
            await store.switch_on(name, SystemClock().now())
    if as_json:
        put_json({"channel": name, "key": message.id, "answer": outcome.answer, "reason": outcome.reason})
    else:
        say(f"{name}: {outcome.answer}" + (f" ({plain(outcome.reason)})" if outcome.reason else ""))
    if outcome.answer is not Answer.DELIVERED:
        raise typer.Exit(1)


def silence(
    context: typer.Context,
    watch: Annotated[str, typer.Argument(help="The name of a watch.")],
    length: Annotated[str, typer.Argument(metavar="TIME", help="How long: 30m, 2h, 3d; 0s ends a silence.")],
    as_json: AsJson = False,
) -> None:
    """Send nothing of one watch for a time.

    It still watches and keeps; what came is told afterwards, in one message.
    """
    asyncio.run(_silence(context.obj, watch, length, as_json=as_json))


async def _silence(call: Call, watch: str, length: str, *, as_json: bool) -> None:
    from watcher.app import SystemClock, open_store, read_config
    from watcher.settings import duration

    config = read_config(call.config)
    if watch not in (one.name for one in config.watchlist.watches):
        raise typer.BadParameter(f'there is no watch "{watch}" in the watchlist')
    try:
        until = SystemClock().now() + duration(length)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(str(error)) from None
    async with open_store(config, read_only=False) as store:
        await store.silence(watch, until)
    if as_json:
        put_json({"watch": watch, "until": until})
    elif until <= SystemClock().now():
        say(f"{plain(watch)}: the silence is over; what came in it goes out in one message")
    else:
        say(f"{plain(watch)}: silent until {until:%Y-%m-%d %H:%M}Z; what comes is kept, and told then in one message")
