"""Config in, everything open and wired out; with app/by_hand.py the only place that names the rim."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import random
import socket
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from watcher.alerts.compose import ChannelFace
from watcher.alerts.decide import AlertPolicy
from watcher.alerts.volume import Volume, read_limit, read_quiet
from watcher.app.config import Config, read_secret
from watcher.app.reader import make_workers
from watcher.feeds.fetch import WebFetcher, check_guard, guarded_client
from watcher.hubs import Subscriber
from watcher.matching.match import compile_watches
from watcher.model import FeedSpec, Grouping, Relation, StoreError, Story, Watch, WatcherError, derive_id
from watcher.pipeline import Pipeline
from watcher.ports import Channel
from watcher.rules import Rules
from watcher.settings import ChannelSettings, SeedSettings, Settings
from watcher.store import CONFIG_FAULT, WATCHLIST, SqlStore
from watcher.stories import group
from watcher.stories.archive import FileArchive
from watcher.stories.seed import read_seed


class AlreadyRunningError(WatcherError):
    """Another daemon has this archive."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def compile_rules(config: Config) -> Rules:
    settings, templates = config.settings, None
    if config.templates:
        from watcher.alerts.rendering import Templates  # with Jinja2, that takes a while to load

        templates = Templates(config.templates)
    default = tuple(name for name, channel in settings.channels.items() if channel.default)

    def channels_of(watch: Watch) -> tuple[str, ...]:
        return watch.channels or default

    return Rules(
        matcher=compile_watches(config.watchlist.watches).prepared(),
        channels_of={watch.name: channels_of(watch) for watch in config.watchlist.watches},
        faces={name: _face(name, channel) for name, channel in settings.channels.items()},
        volumes={name: _volume(channel) for name, channel in settings.channels.items()},
        policy=alert_policy(config),
        first_poll_alerts=settings.alerts.first_poll_alerts,
        pages_per_hour=settings.polling.pages_per_hour,
        templates=templates,
        notices=tuple(settings.notices),
    )


def alert_policy(config: Config) -> AlertPolicy:
    alerts = config.settings.alerts
    return AlertPolicy(
        revisions=alerts.revisions, follow_up_every=alerts.follow_up_every, fold_copies=alerts.copies == "fold"
    )


def _face(name: str, channel: ChannelSettings) -> ChannelFace:
    return ChannelFace(
        name=name,
        kind=channel.kind,
        sender=channel.email.from_ if channel.email else "",
        recipients=tuple(channel.email.to) if channel.email else (),
        timezone=channel.timezone,
    )


def _volume(channel: ChannelSettings) -> Volume:
    return Volume(
        digest=tuple(channel.digest),
        quiet=read_quiet(channel.quiet) if channel.quiet else None,
        limit=read_limit(channel.limit) if channel.limit else None,
        zone=channel.timezone,
    )


def build_channels(config: Config) -> dict[str, Channel]:
    """Every channel of watcher.yaml, ready to send. Raises ConfigError for a secret that cannot be used."""
    return {name: _channel(config, name, channel) for name, channel in config.settings.channels.items()}


def _channel(config: Config, name: str, channel: ChannelSettings) -> Channel:
    """Each kind is imported where there is one: their libraries take a while to load."""
    if channel.email is not None:
        from watcher.delivery.email import EmailChannel

        mail = channel.email
        password = None
        if mail.password_file is not None:
            password = read_secret(config, mail.password_file, "channels", name, "email", "password_file")[0]
        return EmailChannel(
            name=name,
            host=mail.host,
            port=mail.effective_port,
            tls=mail.tls,
            user=mail.user,
            password=password,
            ca_file=str(config.folder / mail.ca_file) if mail.ca_file else None,
        )
    if channel.webhook is not None:
        from watcher.delivery.webhook import WebhookChannel

        path = ("channels", name, "webhook", "secret_file")
        secrets = read_secret(config, channel.webhook.secret_file, *path)
        try:
            return WebhookChannel(
                name=name,
                url=channel.webhook.url,
                secrets=secrets,
                client=guarded_client(allow_private=config.settings.allow_private),
            )
        except ValueError as error:
            raise config.fault(
                f'the secret in "{channel.webhook.secret_file}" cannot be used: {error}', *path
            ) from None
    if channel.apprise is not None:
        from watcher.delivery.chat import ChatChannel

        path = ("channels", name, "apprise", "url_file")
        try:
            return ChatChannel(name=name, url=read_secret(config, channel.apprise.url_file, *path)[0])
        except ValueError as error:
            raise config.fault(f'the address in "{channel.apprise.url_file}" cannot be used: {error}', *path) from None
    raise config.fault("a channel is exactly one of email, webhook and apprise", "channels", name)


def make_fetcher(config: Config | None, *, gap: float | None = None) -> WebFetcher:
    """The door to the web as the configuration sets it; without one, for a single page asked for by hand."""
    settings = config.settings if config else Settings()
    polling = settings.polling
    return WebFetcher(
        contact=polling.contact,
        allow_private=settings.allow_private,
        per_host=polling.per_host,
        gap=polling.gap.total_seconds() if gap is None else gap,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """All that a command works with, open."""

    config: Config
    store: SqlStore
    archive: FileArchive
    pipeline: Pipeline
    subscriber: Subscriber


@contextlib.contextmanager
def hold_archive(archive: Path) -> Iterator[None]:
    """One daemon per archive. Raises AlreadyRunningError."""
    archive.mkdir(parents=True, exist_ok=True)
    with (archive / "watcher.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            other = lock.read().strip() or "unknown"
            message = f"another watcher (process {other}) already runs on {archive}"
            raise AlreadyRunningError(message) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextlib.asynccontextmanager
async def open_store(config: Config, *, read_only: bool = True) -> AsyncIterator[SqlStore]:
    """The store alone, for the commands that read. Raises StoreError."""
    database = config.archive / "watcher.db"
    if not read_only:
        config.archive.mkdir(parents=True, exist_ok=True)
    elif not database.exists():
        raise StoreError(f"nothing was watched yet: there is no {database}. `watcher run --once` makes it")
    store = await SqlStore.open(database, read_only=read_only)
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def open_watcher(config: Config, *, alone: bool = False) -> AsyncIterator[Watcher]:
    """Everything, wired. alone: no other process claims, so that what a crash left claimed is free at once."""
    await check_guard()
    rules = await asyncio.to_thread(compile_rules, config)
    channels = build_channels(config)
    fetcher, workers = make_fetcher(config), make_workers()
    archive = FileArchive(root=config.archive)
    try:
        async with open_store(config, read_only=False) as store:
            clock = SystemClock()
            if alone:
                await store.release_all_claims()
                await asyncio.to_thread(archive.sweep)
            await lay_seeds(config, store, archive, clock.now())
            await store.sync_feeds(feed_specs(config), clock.now())
            await store.keep_channels(config.settings.channels)
            fetcher.leave_alone(await store.pauses(clock.now()))
            await put_in_force(store, config)
            pipeline = Pipeline(
                store=store,
                fetcher=fetcher,
                workshop=workers,
                archive=archive,
                channels=channels,
                rules=rules,
                clock=clock,
                owner=f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}",
                chance=random.Random(),  # noqa: S311  jitter, not secrets
            )
            subscriber = Subscriber(pipeline, door=fetcher, public_url=config.settings.websub.public_url)
            yield Watcher(config=config, store=store, archive=archive, pipeline=pipeline, subscriber=subscriber)
    finally:
        await close_channels(channels)
        await fetcher.aclose()
        await workers.aclose()


async def put_in_force(store: SqlStore, config: Config) -> None:
    """Keeps what is in force: for `backtest`, and so that a fault that was told is over."""
    if await store.meta(WATCHLIST) != config.texts[1]:
        await store.set_meta(WATCHLIST, config.texts[1])
    if await store.meta(CONFIG_FAULT):
        await store.set_meta(CONFIG_FAULT, "")


def feed_specs(config: Config) -> list[FeedSpec]:
    every = config.settings.polling.every
    return [replace(spec, every=spec.every or every) for spec in config.watchlist.feeds]


async def close_channels(channels: Mapping[str, Channel]) -> None:
    for channel in channels.values():
        await channel.close()


async def lay_seeds(config: Config, store: SqlStore, archive: FileArchive, now: datetime) -> None:
    """Lays each seed into the archive byte for byte and records it as a story; what is there already stays."""
    for seed in config.settings.seed:
        source = await asyncio.to_thread((config.folder / seed.file).read_bytes)
        path = await asyncio.to_thread(archive.lay_seed, source, seed.file.name)
        story = seed_story(seed, source, path, now)
        if await store.story(story.id) is None:  # its keys take a third of a second the first time
            keys = await asyncio.to_thread(group.index_keys, story.extraction)
            await store.record_seed(story, keys, now=now)


def seed_story(seed: SeedSettings, source: bytes, path: str, now: datetime) -> Story:
    extraction = read_seed(
        source.decode("utf-8", errors="replace"),
        file_name=seed.file.name,
        title=seed.title,
        site=seed.site,
        url=seed.url,
    )
    story_id = derive_id("seed", hashlib.sha256(source).hexdigest())
    return Story(
        id=story_id,
        entry_id=None,
        feed="seed",
        fetched=now,
        extraction=extraction,
        grouping=Grouping(group=story_id, relation=Relation.FIRST, similarity=0.0, reason="a seed of the archive"),
        path=path,
    )
