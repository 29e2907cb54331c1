"""feeds list, show, add, discover, import, export: the feeds of the watchlist, and how they do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli.say import AsJson, Call, cards, counted, plain, put_json, put_text, say, shown

if TYPE_CHECKING:
    from watcher.model import Feed, FeedSpec, ParsedFeed, Subscription


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise typer.BadParameter(f'"{text}" is no web address. Write it with https:// in front')
    return text


command = typer.Typer(help="The feeds: list, show, add, discover, import, export.", no_args_is_help=True)


@command.command("list")
def list_feeds(context: typer.Context, as_json: AsJson = False) -> None:
    """Every feed and how it does, those in trouble first."""
    asyncio.run(_list(context.obj, as_json))


async def _list(call: Call, as_json: bool) -> None:
    from watcher.app import read_config
    from watcher.app.by_hand import known_feeds, known_subscriptions

    config = read_config(call.config)
    feeds, pushes = await known_feeds(config), await known_subscriptions(config)
    if as_json:
        put_json([feed_json(feed, pushes) for feed in feeds])
        return
    cards(((feed.name, _about(feed, pushes), feed.address) for feed in feeds), empty="the watchlist has no feeds")


def _about(feed: Feed, pushes: Mapping[str, Subscription]) -> tuple[object, ...]:
    asked = f"polled {shown(feed.polled_at)}, next {shown(feed.due_at)}" if feed.polled_at else "not polled yet"
    return (feed.state, asked, _pushed(pushes.get(feed.subscription_id or "")), feed.problem or feed.warning)


def _pushed(subscription: Subscription | None) -> str | None:
    from watcher.feeds import websub

    if subscription is None:
        return None
    if websub.works(subscription, datetime.now(UTC)):
        last = f", last {shown(subscription.pushed_at)}" if subscription.pushed_at else ""
        return f"pushed by {subscription.hub} until {shown(subscription.until)}{last}"
    return f"push {subscription.state}" + (f": {subscription.problem}" if subscription.problem else "")


def _push_json(subscription: Subscription | None) -> dict[str, object] | None:
    from watcher.feeds import websub

    if subscription is None:
        return None
    keys = ("hub", "topic", "state", "until", "pushed_at", "problem")
    works = websub.works(subscription, datetime.now(UTC))
    return {**{key: getattr(subscription, key) for key in keys}, "works": works}


def feed_json(feed: Feed, pushes: Mapping[str, Subscription]) -> dict[str, object]:
    """A feed as the commands tell it. pushes: subscriptions by their id; push: none where no hub is asked to."""
    from watcher.model import without_password

    keys = (
        "id", "name", "title", "site_url", "state", "problem", "failures", "failing_since", "polled_at",
        "succeeded_at", "changed_at", "baseline_at", "due_at", "quiet_until", "offline_since", "warning",
    )  # fmt: skip
    spec = feed.spec
    every = spec.every.total_seconds() if spec.every else None
    return {
        **{key: getattr(feed, key) for key in keys},
        "url": feed.address,
        "moved_to": without_password(feed.moved_to) if feed.moved_to else None,
        "push": _push_json(pushes.get(feed.subscription_id or "")),
        "watchlist": {"url": spec.address, "every": every, "read": spec.read, "tags": spec.tags, "scrape": spec.scrape},
    }


@command.command()
def show(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="URL|FILE", help="The address of a feed, or a saved one.")],
    url: Annotated[str | None, typer.Option(help="The address that the file came from.")] = None,
    as_json: AsJson = False,
) -> None:
    """The entries of one feed, as they are read."""
    asyncio.run(_show(context.obj, source, url, as_json))


async def _read(call: Call, source: str, url: str | None) -> tuple[str, ParsedFeed]:
    """The address of a feed, or the file that it is in, and what it says."""
    if source.startswith(("http://", "https://")):
        from watcher.app.by_hand import ask_feed, good_config

        return await ask_feed(source, config=good_config(call.config))
    from watcher.app.reader import parse_document, read_source  # a saved feed needs neither configuration nor store

    return url or source, await parse_document(read_source(source), url=url or "")


async def _show(call: Call, source: str, url: str | None, as_json: bool) -> None:
    address, parsed = await _read(call, source, url)
    if as_json:
        keys = ("guid", "link", "title", "summary", "content", "authors", "categories", "published", "updated")
        put_json(
            {
                "url": address,
                "title": parsed.title,
                "site_url": parsed.site_url,
                "entries": [{key: getattr(entry, key) for key in keys} for entry in parsed.entries],
                "problem": parsed.problem,
                "warning": parsed.warning,
            }
        )
    else:
        say(plain(parsed.title or address), style="bold underline")
        cards(
            (
                (entry.title or "(no title)", (entry.published or entry.updated,), entry.link)
                for entry in parsed.entries
            ),
            empty="no entries",
        )
        if parsed.problem:
            say(f"problem: {parsed.problem}", style="yellow")
        if parsed.warning:
            say(f"warning: {plain(parsed.warning)}", style="yellow")
    if parsed.problem and not parsed.entries:
        sys.exit(1)


@command.command()
def add(
    context: typer.Context,
    url: Annotated[
        str, typer.Argument(callback=_web_address, help="The address of a feed, or of a site that offers one.")
    ],
    name: Annotated[str | None, typer.Option(help="What to call it; default: its own title.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be given more than once.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a feed to watchlist.yaml.

    The file is edited in place and your comments are kept; of a site, its feed is found.
    """
    from watcher.app import read_config
    from watcher.app.finding import add_feed

    call: Call = context.obj
    config, tags = read_config(call.config), tuple(tag or ())
    spec = asyncio.run(add_feed(config, url, name=name, tags=tags, told=_say_what_is_asked))
    if as_json:
        put_json({"added": [_spec_json(spec)], "present": 0})
    say(f"added {spec.address} to {call.config / 'watchlist.yaml'}")


@command.command()
def discover(
    context: typer.Context,
    url: Annotated[str, typer.Argument(callback=_web_address, help="A site, a page of it, or a feed.")],
    as_json: AsJson = False,
) -> None:
    """The feeds that a site offers."""
    from watcher.app.by_hand import good_config
    from watcher.app.finding import discover_feeds

    found = asyncio.run(discover_feeds(url, config=good_config(context.obj.config), told=_say_what_is_asked))
    if as_json:
        put_json(found)
    else:
        cards(((one.title or one.url, (one.type,), one.url) for one in found), empty="no feed was found")
    if not found:
        sys.exit(1)


def _say_what_is_asked(url: str) -> None:
    say(f"asking {plain(url)} …", style="dim")


@command.command("import")
def import_opml(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An OPML file; nested folders become tags.")],
    as_json: AsJson = False,
) -> None:
    """Add the feeds of an OPML file to watchlist.yaml.

    The file is edited in place and your comments are kept.
    """
    from watcher.app import read_config
    from watcher.app.by_hand import import_feeds

    call: Call = context.obj
    added, present, faulty = import_feeds(read_config(call.config), file)
    if as_json:
        left_out = [{**_spec_json(spec), "problem": problem} for spec, problem in faulty]
        put_json({"added": [_spec_json(spec) for spec in added], "present": present, "left_out": left_out})
    for spec, problem in faulty:
        say(f"left out {plain(spec.address)}: {problem}", style="yellow")
    say(f"added {counted(len(added), 'feed')} to {call.config / 'watchlist.yaml'}; {present} there before")


def _spec_json(spec: FeedSpec) -> dict[str, object]:
    return {"url": spec.address, "name": spec.name, "tags": spec.tags}


@command.command("export")
def export_opml(context: typer.Context) -> None:
    """Print the feeds of the watchlist as OPML."""
    from watcher.app import read_config
    from watcher.feeds.opml import write_opml

    call: Call = context.obj
    put_text(write_opml(read_config(call.config).watchlist.feeds))
