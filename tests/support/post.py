"""A configuration with one channel, alerts put on their way over it, and rounds of delivery: for tests of sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from watcher.alerts.compose import compose_alert
from watcher.alerts.sample import sample_alert
from watcher.app import Watcher, compile_rules, open_watcher, read_config
from watcher.daemon import Runner
from watcher.model import Delivery, derive_id

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EMAIL = (
    "email: {{to: [a@example.org, b@example.org, c@example.org], from: w@example.org, "
    "host: 127.0.0.1, port: {port}, tls: none}}"
)
WEBHOOK = "webhook: {{url: 'http://127.0.0.1:{port}/hook', secret_file: hook-secret}}"


def write_config(folder: Path, **channels: str) -> Path:
    """watcher.yaml with these channels (name -> its line), notices over all of them, and an empty watchlist."""
    folder.mkdir(exist_ok=True)
    (folder / "hook-secret").write_text(SECRET, encoding="utf-8")
    (folder / "watchlist.yaml").write_text("watches: [Ada Example]\n", encoding="utf-8")
    lines = "".join(f"  {name}:\n    {line}\n" for name, line in channels.items())
    (folder / "watcher.yaml").write_text(
        f"archive: archive\npage: off\nallow_private: [127.0.0.0/8]\nchannels:\n{lines}", encoding="utf-8"
    )
    return folder


async def raise_alert(watcher: Watcher, channel: str, number: int, now: datetime) -> Delivery:
    """An alert of its own number on its way over the channel, as a capture leaves it."""
    rules = compile_rules(watcher.config)
    alert = replace(sample_alert(now), id=derive_id("alert", "of a test", str(number)))
    message = compose_alert(alert, rules.faces[channel], now=now)
    delivery = Delivery(message=message, created=now, due_at=now)
    await watcher.store.put_delivery(delivery)
    return delivery


async def deliver_once(folder: Path) -> None:
    """What `watcher run --once` does where no feed is due."""
    async with open_watcher(read_config(folder), alone=True) as watcher:
        await Runner(watcher.pipeline).once(lanes=("deliver",))
