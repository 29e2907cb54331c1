"""The stories in, an exit code out: newsroom, sinks and daemon run together until all is told, then the verdict."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from watcher.demo.desk import Desk
from watcher.demo.newsroom import Newsroom, open_newsroom
from watcher.demo.outlets import Story, expected_alerts, read_outlets
from watcher.demo.screen import Screen, State
from watcher.demo.sinks import HookSink, MailSink, open_hook_sink, open_mail_sink
from watcher.demo.verdict import Verdict, judge

LOOK_EVERY = 0.2  # seconds between two looks at the archive
QUIET = 2.0  # seconds in which nothing more comes before the run is taken to be over: one poll of every feed
DEADLINE = 27.0  # seconds from the start of the daemon; the whole demo is to end within half a minute
LOG_LINES = 12


class Demo:
    """One run: all its parts, and what has been seen of them so far."""

    def __init__(self, *, newsroom: Newsroom, desk: Desk, mail: MailSink, hook: HookSink, screen: Screen) -> None:
        self.newsroom, self.desk, self.mail, self.hook, self.screen = newsroom, desk, mail, hook, screen
        self.expected = expected_alerts(newsroom.outlets)
        self._told: set[str] = set()
        self._clock = asyncio.get_running_loop().time
        self._started = self._clock()
        self._came = 0
        self._came_at = self._started

    @property
    def seconds(self) -> float:
        return self._clock() - self._started

    async def watch(self, daemon: asyncio.subprocess.Process) -> None:
        """Follow the run until everything has come and it is quiet, the time is up, or the daemon has ended."""
        with self.screen.running():
            while daemon.returncode is None and self.seconds < DEADLINE and not self._over():
                self._look()
                await asyncio.sleep(LOOK_EVERY)
            self._look()

    async def follow(self, daemon: asyncio.subprocess.Process) -> None:
        """Print the alerts of a daemon that is left running, until it ends or the task is cancelled."""
        while daemon.returncode is None:
            self._look()
            await asyncio.sleep(LOOK_EVERY)

    async def verdict(self) -> Verdict:
        """What came on each channel held against the truth."""
        files = {alert.id: (alert.watch, alert.root) for alert in self.desk.raised()}
        channels = {"mail": self.mail.alerts, "webhook": self.hook.alerts}
        mute = []
        for name, read in (("watcher alerts", self.desk.listed), ("web page", self.desk.on_page)):
            try:
                channels[name] = await read()
            except RuntimeError as error:
                mute.append(f"{name}: {error}")
        found = judge(self.expected, files, channels)
        return replace(found, missing=(*found.missing, *mute))

    def silent(self) -> list[Story]:
        """The stories that are there to raise nothing, and did not."""
        told = {alert.root for alert in self.desk.raised()}
        stories = (story for outlet in self.newsroom.outlets for story in outlet.stories)
        return [story for story in stories if story.special and not story.alerts and story.root not in told]

    def log_tail(self) -> str:
        return "\n".join(self.desk.log.read_text("utf-8", "replace").splitlines()[-LOG_LINES:])

    def _look(self) -> None:
        alerts = self.desk.raised()
        for alert in alerts:
            if alert.id not in self._told:
                self._told.add(alert.id)
                self.screen.alert(self.seconds, alert)
        came = len(alerts) + len(self.mail.mails) + len(self.hook.calls) + self.newsroom.pages
        if came > self._came:
            self._came, self._came_at = came, self._clock()
        self.screen.show(self._state(len(alerts)))

    def _over(self) -> bool:
        here = min(len(self._told), len(self.mail.alerts), len(self.hook.alerts))
        quiet = self._clock() - self._came_at > QUIET
        return self.newsroom.all_told and here >= len(self.expected) and quiet

    def _state(self, alerts: int) -> State:
        polls = self.newsroom.polls
        return State(
            seconds=self.seconds,
            published=self.newsroom.published,
            stories=sum(len(outlet.stories) for outlet in self.newsroom.outlets),
            polls=polls.total(),
            unchanged=polls[HTTPStatus.NOT_MODIFIED],
            failed=polls[HTTPStatus.INTERNAL_SERVER_ERROR],
            pages=self.newsroom.pages,
            alerts=alerts,
            expected=len(self.expected),
            mails=len(self.mail.alerts),
            calls=len(self.hook.alerts),
        )


async def run_demo(folder: Path, screen: Screen, *, keep: bool) -> int:
    """Run the demo in this folder; 0 if every expected alert came once on every channel and no other, else 1.

    keep: leave daemon and newsroom running until the daemon ends or the task is cancelled.
    """
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    async with contextlib.AsyncExitStack() as stack:
        newsroom = await stack.enter_async_context(open_newsroom(read_outlets()))
        mail = await stack.enter_async_context(open_mail_sink())
        hook = await stack.enter_async_context(open_hook_sink(secret))
        desk = Desk(folder, newsroom)
        desk.write_config(mail_port=mail.port, hook=hook.address, secret=secret)
        stories = sum(len(outlet.stories) for outlet in newsroom.outlets)
        expected = len(expected_alerts(newsroom.outlets))
        screen.head(feeds=len(newsroom.outlets), stories=stories, expected=expected, folder=folder)
        daemon = await stack.enter_async_context(desk.daemon())
        demo = Demo(newsroom=newsroom, desk=desk, mail=mail, hook=hook, screen=screen)
        await demo.watch(daemon)
        if daemon.returncode is not None:
            screen.trouble(
                f"The daemon ended by itself with exit code {daemon.returncode}. Its last words:", demo.log_tail()
            )
            return 1
        return await _end(demo, daemon, keep=keep)


async def _end(demo: Demo, daemon: asyncio.subprocess.Process, *, keep: bool) -> int:
    verdict = await demo.verdict()
    demo.screen.silent(demo.silent())
    demo.screen.mail(next((mail for mail in demo.mail.mails if mail.alert), None))
    demo.screen.hooks(demo.hook.calls)
    demo.screen.archive(demo.desk.archive)
    demo.screen.verdict(verdict, expected=len(demo.expected), seconds=demo.seconds)
    if not verdict.good:
        demo.screen.trouble(f"The end of {demo.desk.log}:", demo.log_tail())
    if keep:
        paper = next(iter(demo.newsroom.addresses.values()))
        demo.screen.kept(demo.desk.config, page=demo.desk.page, paper=paper)
        with contextlib.suppress(asyncio.CancelledError):  # Ctrl-C is the end that was asked for
            await demo.follow(daemon)
    return 0 if verdict.good else 1
