"""outbox, send-test, silence: deliveries, a try of a channel, and quiet for a watch."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli.say import AsJson, Call, Limit, cards, counted, plain, put_json, put_text, say, shown

if TYPE_CHECKING:
    from watcher.model import Delivery

LATE = timedelta(minutes=1)  # what has been due for longer waits for its channel to be well, or for a watcher that runs
ALL = "all"  # no key: those are figures and letters up to f


def add_to(command: typer.Typer) -> None:
    command.command()(outbox)
    command.command("send-test")(send_test)
    command.command()(silence)


def outbox(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="One delivery, with each of its tries.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="Only what was given up.")] = False,
    retry: Annotated[str | None, typer.Option(metavar="KEY", help="Send a delivery again; all: all dead ones.")] = None,
    drop: Annotated[str | None, typer.Option(metavar="KEY", help="Give it up for good; all: all dead ones.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Messages: on their way, arrived, given up.

    A KEY may be cut short, as long as it is the only one that begins so.
    """
    if sum(one is not None for one in (key, retry, drop)) > 1:
        raise typer.BadParameter("one thing at a time: a KEY to look at, or --retry, or --drop")
    call: Call = context.obj
    if key is not None:
        asyncio.run(_one_delivery(call, key, as_json=as_json))
    else:
        asyncio.run(_outbox(call, dead=dead, retry=retry, drop=drop, limit=limit, as_json=as_json))


async def _outbox(call: Call, *, dead: bool, retry: str | None, drop: str | None, limit: int, as_json: bool) -> None:
    from watcher.app import SystemClock, open_store, read_config
    from watcher.model import DeliveryState

    config = read_config(call.config)
    async with open_store(config, read_only=not (retry or drop)) as store:
        wanted = retry or drop
        keys = [wanted] if wanted else []
        if wanted == ALL:
            keys = [one.id for one in await store.outbox(state=DeliveryState.DEAD, limit=1_000_000)]
        for one in keys:
            await (store.retry_delivery(one, SystemClock().now()) if retry else store.drop_delivery(one))
        found = await store.outbox(state=DeliveryState.DEAD if dead else None, limit=limit)
        tries = await store.tries([one.id for one in found])
    if wanted:
        say(counted(len(keys), "delivery") + (" put on the way again" if retry else " given up for good"))
    if as_json:
        put_json([{**delivery_json(one), "tries": tries[one.id]} for one in found])
    elif not wanted:
        cards(map(_card, found), empty="nothing was given up" if dead else "the outbox is empty")


def _card(one: Delivery) -> tuple[str, tuple[object, ...], None]:
    return one.message.subject, (one.id[:12], one.message.channel, one.state, _tries(one), one.problem), None


async def _one_delivery(call: Call, key: str, *, as_json: bool) -> None:
    from watcher.app import open_store, read_config

    async with open_store(read_config(call.config)) as store:
        found = await store.find_delivery(key)
        tries = (await store.tries([found.id]))[found.id]
    if as_json:
        put_json({**delivery_json(found), "tries": tries})
        return
    cards([_card(found)], empty="")
    say(f"  key        {found.id}")
    say(f"  to         {plain(', '.join(found.message.recipients) or found.message.channel)}")
    say(f"  made       {shown(found.created)}")
    for one in tries:
        say(f"  {one.tried_at:%Y-%m-%d %H:%M:%S}Z  {one.answer}" + (f": {plain(one.reason)}" if one.reason else ""))


def _tries(delivery: Delivery) -> str:
    from watcher.app import SystemClock
    from watcher.model import DeliveryState

    tries = f"{delivery.attempts} {'try' if delivery.attempts == 1 else 'tries'}"
    if delivery.state is not DeliveryState.PENDING:
        return tries
    late = SystemClock().now() - delivery.due_at > LATE
    return f"{tries}, {'due since' if late else 'next'} {shown(delivery.due_at)}"


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
        body = message.body.decode("utf-8", errors="replace")
        shown_json = {"channel": name, "key": message.id, "subject": message.subject, "body": body}
        put_json(shown_json) if as_json else put_text(body)
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
        put_json({"channel": name, "key": message.id, "answer": outcome.answer, "reason": outcome.told})
    else:
        say(f"{name}: {outcome.answer}" + (f" ({plain(outcome.told)})" if outcome.told else ""))
    if outcome.answer is not Answer.DELIVERED or outcome.refused:
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
    from watcher.marks import did_you_mean
    from watcher.settings import duration

    config = read_config(call.config)
    names = [one.name for one in config.watchlist.watches]
    if watch not in names:
        raise typer.BadParameter(f'there is no watch "{watch}" in the watchlist.{did_you_mean(watch, names)}')
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
