"""alerts, stories, why, search, backtest, outbox, export, verify, migrate, split over an archive with one alert."""

from __future__ import annotations

import asyncio
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from calling import Watcher
from one_alert import NOW, SPEC, record

from watcher.model import Alert, Answer, ChannelKind, Delivery, Message, MessageType, Outcome
from watcher.store import SqlStore

SETTINGS = "archive: archive\npage: off\n"
WATCHLIST = f"feeds: [{SPEC.url}]\nwatches: [Musk, Donald Trump]\n"

MESSAGE = Message(
    id="abc123", channel="hook", kind=ChannelKind.WEBHOOK, type=MessageType.ALERT, subject="s", body=b"{}"
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "watcher.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "watchlist.yaml").write_text(WATCHLIST, encoding="utf-8")
    return tmp_path


@pytest.fixture
def alert(config: Path) -> Alert:
    async def fill() -> Alert:
        store = await SqlStore.open(config / "archive" / "watcher.db")
        try:
            made = await record(store)
            sent = Delivery(message=MESSAGE, alerts=(made.id,), created=NOW, due_at=NOW)
            await store.put_delivery(sent)
            await store.claim_deliveries(owner="t", now=NOW, lease=timedelta(hours=1), limit=1)
            refused = Outcome(answer=Answer.REJECTED, reason="HTTP 404")
            await store.record_delivery(sent.after(refused, NOW, 0.0), refused, owner="t")
        finally:
            await store.close()
        return made

    return asyncio.run(fill())


def test_alerts_and_stories(config: Path, alert: Alert, watcher: Watcher) -> None:
    (told,) = json.loads(watcher("--config", config, "alerts", "--json").out)
    assert (told["id"], told["watch"], told["reason"]) == (alert.id, alert.watch, "first")
    assert set(told) >= {"id", "raised", "watch", "reason", "story", "hits", "group", "deliveries"}
    (story,) = json.loads(watcher("--config", config, "stories", "--json").out)
    assert story["id"] == alert.story.id
    assert json.loads(watcher("--config", config, "alerts", "--since", "2026-11-24", "--json").out) == []
    assert json.loads(watcher("--config", config, "alerts", "--watch", "Nobody", "--json").out) == []
    shown = watcher("--config", config, "alerts")
    assert shown.out == ""
    assert "\u202e" not in shown.err  # a headline that wants to turn the line around
    assert watcher("--config", config, "alerts", "--since", "yesterday").code == 2


def test_why(config: Path, alert: Alert, watcher: Watcher) -> None:
    told = json.loads(watcher("--config", config, "why", "javascript:alert(1)", "--json").out)
    assert told["stories"][0]["decisions"][0]["outcome"] == "alerted"
    assert told["stories"][0]["alerts"][0]["deliveries"][0]["problem"] == "HTTP 404"
    unknown = watcher("--config", config, "why", "https://never.example/")
    assert unknown.code == 1
    assert "never seen" in unknown.err


def test_search(config: Path, alert: Alert, watcher: Watcher) -> None:
    (found,) = json.loads(watcher("--config", config, "search", "Musk", "--json").out)
    assert found["id"] == alert.story.id
    assert json.loads(watcher("--config", config, "search", "zebra", "--json").out) == []


def test_backtest_compares_the_file_with_what_was_raised(config: Path, alert: Alert, watcher: Watcher) -> None:
    told = json.loads(watcher("--config", config, "backtest", "--since", "2026-01-01", "--json").out)
    assert told["watches"]["Musk"] == {
        "new": 1,
        "gone": 0,
        "same": 0,
    }  # the archive's alert is of a watch of another name
    assert told["watches"][alert.watch] == {"new": 0, "gone": 1, "same": 0}
    assert told["days"] == {"2026-11-23": {"new": 1, "gone": 1, "same": 0}}
    assert watcher("--config", config, "backtest", "--watch", "Nobody").code == 2


def test_a_dead_delivery_needs_a_person_who_can_retry_or_drop_it(config: Path, alert: Alert, watcher: Watcher) -> None:
    needy = watcher("--config", config, "status", "--json")
    assert needy.code == 1
    assert "1 delivery was given up" in json.loads(needy.out)["needs"][0]
    (dead,) = json.loads(watcher("--config", config, "outbox", "--dead", "--json").out)
    assert (dead["key"], dead["problem"]) == ("abc123", "HTTP 404")
    assert watcher("--config", config, "outbox", "--retry", "abc").code == 0
    assert json.loads(watcher("--config", config, "outbox", "--json").out)[0]["state"] == "pending"
    assert watcher("--config", config, "outbox", "--drop", "abc").code == 0
    assert json.loads(watcher("--config", config, "outbox", "--json").out)[0]["state"] == "dropped"
    assert watcher("--config", config, "outbox", "--retry", "nope").code == 1
    assert watcher("--config", config, "outbox", "--retry", "abc", "--drop", "abc").code == 2


def test_one_delivery_is_shown_with_each_of_its_tries(config: Path, alert: Alert, watcher: Watcher) -> None:
    (listed,) = json.loads(watcher("--config", config, "outbox", "--json").out)
    one = json.loads(watcher("--config", config, "outbox", "abc", "--json").out)
    assert one == listed
    assert [(tried["answer"], tried["reason"]) for tried in one["tries"]] == [("rejected", "HTTP 404")]
    told = watcher("--config", config, "outbox", "abc").err
    assert "rejected: HTTP 404" in told
    assert one["key"] in told


@pytest.mark.parametrize(
    ("year", "told"), [(2020, "0 tries, due since 2020-01-01"), (2100, "0 tries, next 2100-01-01")]
)
def test_what_waits_says_since_when_or_until_when(year: int, told: str, config: Path, watcher: Watcher) -> None:
    async def put() -> None:
        due = datetime(year, 1, 1, tzinfo=UTC)
        store = await SqlStore.open(config / "archive" / "watcher.db")
        await store.put_delivery(Delivery(message=MESSAGE, created=due, due_at=due))
        await store.close()

    (config / "archive").mkdir()
    asyncio.run(put())
    assert told in watcher("--config", config, "outbox").err


def test_all_that_was_given_up_can_be_sent_again_or_dropped_at_once(
    config: Path, alert: Alert, watcher: Watcher
) -> None:
    assert "1 delivery put on the way again" in watcher("--config", config, "outbox", "--retry", "all").err
    assert json.loads(watcher("--config", config, "outbox", "--json").out)[0]["state"] == "pending"
    assert "0 deliveries given up" in watcher("--config", config, "outbox", "--drop", "all").err  # none is dead now


@pytest.mark.parametrize("form", ["jsonl", "csv", "ninjs", "zip", "seed"])
def test_export(config: Path, alert: Alert, watcher: Watcher, tmp_path: Path, form: str) -> None:
    file = tmp_path / "out"
    assert watcher("--config", config, "export", "--format", form, "-o", file).code == 0
    if form in ("zip", "seed"):
        assert len(zipfile.ZipFile(file).namelist()) == 1
    else:
        assert b"Musk" in file.read_bytes()


def test_the_database_can_be_built_anew_from_the_files(config: Path, alert: Alert, watcher: Watcher) -> None:
    assert watcher("--config", config, "capture").code == 0  # writes the files of what was recorded
    before = json.loads(watcher("--config", config, "alerts", "--json").out)
    assert watcher("--config", config, "migrate").code == 0
    done = watcher("--config", config, "migrate", "--rebuild")
    assert done.code == 0, done.err
    after = json.loads(watcher("--config", config, "alerts", "--json").out)
    assert [one["id"] for one in after] == [one["id"] for one in before]
    assert watcher("--config", config, "verify").code == 0
    assert watcher("--config", config, "prune").code == 0


def test_verify_tells_a_file_that_is_not_as_its_row(config: Path, alert: Alert, watcher: Watcher) -> None:
    assert watcher("--config", config, "capture").code == 0
    archive = config / "archive"
    (story,) = (archive / "stories").rglob("*.md")
    (raised,) = (archive / "alerts").rglob("*.md")
    whole = story.read_text(encoding="utf-8")
    assert watcher("--config", config, "verify").code == 0
    story.write_text(whole.replace("Musk", "Must"), encoding="utf-8")
    edited = watcher("--config", config, "verify")
    assert (edited.code, "differ from the database" in edited.err) == (1, True)
    story.unlink()
    raised.unlink()
    gone = watcher("--config", config, "verify")
    assert (gone.code, gone.err.count("is gone")) == (1, 2)


def test_split_and_join(config: Path, alert: Alert, watcher: Watcher) -> None:
    assert watcher("--config", config, "split", alert.story.id).code == 0
    (story,) = json.loads(watcher("--config", config, "stories", "--json").out)
    assert story["group"]["id"] == alert.story.id
    assert watcher("--config", config, "split", "nope").code == 1
    assert watcher("--config", config, "join", alert.story.id, "nope").code == 1
