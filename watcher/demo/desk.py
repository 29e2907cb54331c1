"""A folder and the newsroom's addresses in, a configuration and the real daemon out; and the alerts that it raised.

The daemon is the command `watcher` in a process of its own, and it is asked only what a user can ask it: its files and
its `--json`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import yaml
from bs4 import BeautifulSoup
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from watcher.demo.newsroom import Newsroom
from watcher.demo.press import Edition
from watcher.demo.server import LOOPBACK

SEED = "000_6063b363d31ad2d8.txt"  # the article that `watcher init` lays as well
STOP_SECONDS = 10.0  # SIGTERM ends the daemon in seconds; beyond this it is killed, and that is a failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One alert as its file tells it. root: the newsroom's story, or the address if it is none of the newsroom's."""

    id: str
    watch: str
    reason: str
    title: str
    site: str
    root: str
    hits: tuple[tuple[str, str], ...]  # field, text found
    path: Path


class Desk:
    """The folder of one demo: config/, archive/, daemon.log."""

    def __init__(self, folder: Path, newsroom: Newsroom) -> None:
        self.folder, self.newsroom = folder, newsroom
        self.config, self.archive, self.log = folder / "config", folder / "archive", folder / "daemon.log"
        self.page = f"http://{LOOPBACK}:{_free_port()}"
        self._raised: dict[Path, Raised] = {}

    def write_config(self, *, mail_port: int, hook: str, secret: str) -> None:
        """Write config/ as a user would have it: watcher.yaml, watchlist.yaml and the secret beside them."""
        self.config.mkdir(parents=True, exist_ok=True)
        papers = Environment(
            loader=PackageLoader("watcher.demo"),
            autoescape=select_autoescape(),  # for HTML and XML: none of these is
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        feeds = [_feed(self.newsroom.edition(outlet)) for outlet in self.newsroom.outlets]
        settings = {"page_port": self.page.rpartition(":")[2], "mail_port": mail_port, "hook": hook, "seed": SEED}
        (self.config / "watchlist.yaml").write_text(
            papers.get_template("watchlist.yaml.j2").render(feeds=feeds), "utf-8"
        )
        (self.config / "watcher.yaml").write_text(papers.get_template("watcher.yaml.j2").render(settings), "utf-8")
        seed = self.config / "seed" / SEED
        seed.parent.mkdir(exist_ok=True)
        seed.write_bytes((files("watcher") / "starter" / "seed" / SEED).read_bytes())
        secret_file = self.config / "hook-secret"
        secret_file.touch(0o600)
        secret_file.write_text(secret + "\n", "utf-8")

    def raised(self) -> list[Raised]:
        """The alerts that have a file, those that are new since the last call last."""
        for path in sorted(self.archive.glob("alerts/*/*/*/*.md")):
            if path not in self._raised:
                self._raised[path] = self._read(path)
        return list(self._raised.values())

    def _read(self, path: Path) -> Raised:
        front: dict[str, Any] = yaml.safe_load(path.read_text("utf-8").split("---\n", 2)[1])
        story = front["story"]
        return Raised(
            id=front["id"],
            watch=front["watch"],
            reason=front["reason"],
            title=story["title"],
            site=story["site"] or "",
            root=self.newsroom.root_of(story["url"]),
            hits=tuple((hit["field"], hit["text"]) for hit in front["hits"]),
            path=path,
        )

    @contextlib.asynccontextmanager
    async def daemon(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """`watcher run` on this folder's configuration, while the block runs; SIGTERM ends it."""
        with self.log.open("wb") as log:
            process = await asyncio.create_subprocess_exec(*self._command("run"), stdout=log, stderr=log)
            try:
                yield process
            finally:
                await _stop(process)

    async def on_page(self) -> list[str]:
        """The ids of all alerts in the feed that the daemon's web page offers. Raises RuntimeError when it does not."""
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = (await client.get(f"{self.page}/feed.xml")).raise_for_status()
        except httpx.HTTPError as error:
            raise RuntimeError(f"{self.page}/feed.xml: {error or type(error).__name__}") from error
        links = BeautifulSoup(answer.content, "xml").select("entry > link")
        return [str(link["href"]).rsplit("/", 1)[1] for link in links]

    async def listed(self) -> list[str]:
        """The ids of all alerts as `watcher alerts --json` lists them. Raises RuntimeError when the command fails."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*self._command("alerts", "--json"), stdout=pipe, stderr=pipe)
        out, err = await process.communicate()
        if process.returncode:
            raise RuntimeError(
                f"watcher alerts --json: exit {process.returncode}: {err.decode(errors='replace').strip()}"
            )
        return [alert["id"] for alert in json.loads(out)]

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "watcher", "--config", str(self.config), *words]


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _feed(edition: Edition) -> dict[str, str]:
    outlet = edition.outlet
    return {"url": edition.feed_link(), "name": outlet.name, "read": outlet.read, "tags": ", ".join(outlet.tags)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port
