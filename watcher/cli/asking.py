"""why, search, backtest: what was decided and why, what is in the archive, what a rule would do."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli.say import AsJson, Call, Limit, as_written, counted, plain, put_json, say, shown, since, table

if TYPE_CHECKING:
    from watcher.app.backtest import Report
    from watcher.model import Match
    from watcher.model.reports import Why, WhyEntry, WhyStory

Since = Annotated[str | None, typer.Option("--since", help="Only what is newer: 30d, 6h, or 2026-11-01.")]


def add_to(command: typer.Typer) -> None:
    command.command()(why)
    command.command()(search)
    command.command()(backtest)


# ----------------------------------------------------------------------------------------------------------------- why


def why(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of an entry or story; or the id of a story.")],
    as_json: AsJson = False,
) -> None:
    """What was decided about one address, and why.

    Seen when and in which feed, matched, grouped, alerted and delivered, or why not.
    """
    asyncio.run(_why(context.obj, url, as_json))


async def _why(call: Call, url: str, as_json: bool) -> None:
    from watcher.app import open_store
    from watcher.app.by_hand import reading_config

    async with open_store(reading_config(call.config)) as store:
        told = await store.why(url)
    if as_json:
        entries, stories = [_entry_json(one) for one in told.entries], [_story_json(one) for one in told.stories]
        put_json({"url": url, "entries": entries, "stories": stories})
    else:
        _tell_why(url, told)
    if not told.entries and not told.stories:
        sys.exit(1)


def _entry_json(one: WhyEntry) -> dict[str, Any]:
    return {
        "feed": one.feed.name,
        "feed_url": one.feed.spec.address,
        "first_seen": one.entry.first_seen,
        "title": one.entry.entry.title,
        "alertable": one.entry.alertable,
        "capture": one.entry.capture,
        "page_tries": one.tries,
        "matches": one.matches,
        "not": [*one.rejections, *one.story_rejections],
    }


def _story_json(one: WhyStory) -> dict[str, Any]:
    from watcher.cli.sending import delivery_json
    from watcher.stories.frontmatter import story_head

    return {
        **story_head(one.story),
        "seed": one.is_seed,
        "decisions": one.decisions,
        "alerts": [
            {
                "id": alert.id,
                "watch": alert.watch,
                "reason": alert.reason,
                "raised": alert.raised,
                "held_until": alert.held_until,
                "deliveries": [{**delivery_json(sent.delivery), "tries": sent.attempts} for sent in sents],
            }
            for alert, sents in one.alerts
        ],
        "same_group": [
            {
                "id": other.id,
                "url": other.extraction.url,
                "site": other.extraction.site,
                "title": other.extraction.title,
                "relation": other.grouping.relation,
            }
            for other in one.group
        ],
    }


def _tell_why(url: str, told: Why) -> None:
    if not told.entries and not told.stories:
        say(f"{plain(url)} was never seen: no entry of a feed and no story has this address or id")
    for entry in told.entries:
        say(f"{plain(entry.entry.entry.title)}", style="bold")
        say(f"  seen       {shown(entry.entry.first_seen)} in {plain(entry.feed.name)}")
        if not entry.entry.alertable:
            say("             it stood in the feed at its first poll: kept quietly, not alerted")
        for match in entry.matches:
            say(f"  matched    {plain(match.watch)}: {_hits(match)}")
        for refused in (*entry.rejections, *entry.story_rejections):
            say(f"  not        {plain(refused.watch)} ({refused.reason}): {plain(refused.detail)}")
        if not entry.matches and not told.stories:
            say("  matched    nothing")
    at_once = {match.watch for entry in told.entries for match in entry.matches}
    for story in told.stories:
        _tell_story(story, at_once)


def _hits(match: Match) -> str:
    return ", ".join(dict.fromkeys(f"{hit.field} “{plain(hit.text)}”" for hit in match.hits))


def _tell_story(one: WhyStory, at_once: set[str]) -> None:
    """at_once: the watches that the words of the feed matched already."""
    story = one.story
    for match in story.matches:
        if match.watch not in at_once:
            say(f"  matched    {plain(match.watch)}, in the story itself: {_hits(match)}")
    whole = "whole" if story.extraction.complete else f"incomplete ({story.extraction.problem})"
    say(f"  story      {whole}, {shown(story.fetched)}: {story.path}")
    say(f"  grouped    {story.grouping.relation}, {story.grouping.similarity:.2f}: {plain(story.grouping.reason)}")
    for other in one.group:
        if other.id != story.id:
            say(f"             with {plain(other.extraction.url)} ({other.grouping.relation})")
    for decision in one.decisions:
        why_not = "" if decision.outcome == "alerted" else f": {plain(decision.detail)}"
        say(f"  decided    {plain(decision.watch)}: {decision.outcome}{why_not}")
    for alert, sents in one.alerts:
        for sent in sents:
            say(f"  delivery   {plain(alert.watch)} over {sent.delivery.message.channel}: {sent.delivery.state}")
            for attempt in sent.attempts:
                say(f"             {shown(attempt.tried_at)} {attempt.answer} {plain(attempt.reason)}")


# -------------------------------------------------------------------------------------------------------------- search


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help='Words that a story must hold; "a phrase", a begin*, -not.')],
    watch: Annotated[str | None, typer.Option(help="Only stories that this watch matched.")] = None,
    site: Annotated[str | None, typer.Option(help="Only of this site: its name or its host.")] = None,
    since_: Since = None,
    until_: Annotated[str | None, typer.Option("--until", help="Only what is older: 30d, 6h, or 2026-11-01.")] = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Full-text search of the stories, nearest first."""
    now = datetime.now(UTC)
    span = (since(since_, now=now), since(until_, now=now))
    asyncio.run(_search(context.obj, query, watch=watch, site=site, span=span, limit=limit, as_json=as_json))


async def _search(
    call: Call,
    query: str,
    *,
    watch: str | None,
    site: str | None,
    span: tuple[datetime | None, datetime | None],
    limit: int,
    as_json: bool,
) -> None:
    from watcher.app import open_store
    from watcher.app.by_hand import reading_config
    from watcher.cli.reading import story_json

    config = reading_config(call.config)
    async with open_store(config) as store:
        found = await store.search(query, watch=watch, site=site, since=span[0], until=span[1], limit=limit)
    if as_json:
        put_json(
            [
                {**story_json(one.story), "snippet": [{"text": text, "found": hit} for text, hit in one.snippet]}
                for one in found
            ]
        )
        return
    for one in found:
        say(plain(one.story.extraction.title), style="bold")
        say(f"  {plain(one.story.extraction.site or one.story.feed)} · {shown(one.story.fetched)}", style="dim")
        say(f"  {as_written(config.archive / one.story.path)}", style="dim")
        say("  " + plain("".join(f"*{text}*" if hit else text for text, hit in one.snippet)))
    if not found:
        say("nothing was found")


# ------------------------------------------------------------------------------------------------------------ backtest


def backtest(
    context: typer.Context,
    watch: Annotated[str | None, typer.Option(help="Only this watch.")] = None,
    since_: Annotated[str, typer.Option("--since", help="How far back: 30d, 6h, or 2026-11-01.")] = "30d",
    as_json: AsJson = False,
) -> None:
    """What the edited watchlist would have raised.

    Judges the entries in the archive by the file on disk, and compares that with the watchlist in force.
    """
    now = datetime.now(UTC)
    newer = since(since_, now=now) or now - timedelta(days=30)
    asyncio.run(_backtest(context.obj, watch, newer, as_json))


async def _backtest(call: Call, watch: str | None, newer: datetime, as_json: bool) -> None:
    from watcher.app import open_store, read_config
    from watcher.app.backtest import Backtest
    from watcher.app.by_hand import watchlist_in_force
    from watcher.app.wiring import alert_policy
    from watcher.cli.progress import Counter

    config = read_config(call.config)
    now = datetime.now(UTC)
    async with open_store(config) as store:
        in_force = await watchlist_in_force(store)
        watches = {one.name for known in (config.watchlist, in_force) if known for one in known.watches}
        if watch is not None and watch not in watches:
            raise typer.BadParameter(f'there is no watch "{watch}" in the watchlist')
        test = Backtest(disk=config.watchlist, in_force=in_force, policy=alert_policy(config), only=watch)
        with Counter("judging", total=(await store.status(now)).entries) as counter:
            async for archived in store.entries_since(newer):
                test.add(archived)
                counter.advance(len(archived))
    report = test.report()
    if as_json:
        put_json({"entries": report.entries, "watches": report.counts, "days": report.days, "alerts": report.changes})
    else:
        _tell_backtest(report)


def _tell_backtest(report: Report) -> None:
    say(counted(report.entries, "entry") + " judged")
    table(
        "By watch",
        ("watch", "would raise", "new", "gone", "same"),
        (
            (watch, counts["new"] + counts["same"], counts["new"], counts["gone"], counts["same"])
            for watch, counts in sorted(report.counts.items())
        ),
        empty="the watchlist would have raised nothing, and nothing was raised",
    )
    if report.days:
        table(
            "By day",
            ("day", "new", "gone", "same"),
            ((day, n["new"], n["gone"], n["same"]) for day, n in sorted(report.days.items())),
            empty="",
        )
    for watch in sorted(report.counts):
        for one in report.examples(watch):
            say(f"{one.change:<5}{plain(one.watch)}: {plain(one.title)}  {plain(one.url)}")
