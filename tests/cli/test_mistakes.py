"""What a person gets wrong: a sentence and an exit code each, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from calling import Watcher

from watcher.app import hold_archive

SETTINGS = 'archive: ../archive\npage: off\npolling: {gap: 0s}\nallow_private: ["127.0.0.0/8"]\n'
RUBBISH = bytes(range(256)) * 8
FEED = (
    '<rss version="2.0"><channel><title>Wire</title>'
    "<item><title>Elon Musk moves</title><link>/1</link></item></channel></rss>"
)
PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/a.xml"></head><body>x</body></html>'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "watcher.yaml").write_text(SETTINGS, encoding="utf-8")
    (folder / "watchlist.yaml").write_text("watches: [Elon Musk]\n", encoding="utf-8")
    (tmp_path / "rubbish").write_bytes(RUBBISH)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    root = tmp_path / "web"
    root.mkdir()
    (root / "a.xml").write_text(FEED, encoding="utf-8")
    (root / "index.html").write_text(PAGE, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(root))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("init rubbish", 1, "rubbish/config: Not a directory"),
        ("match none.jsonl", 1, "none.jsonl: No such file or directory"),
        ("match rubbish", 2, "rubbish:1: this line is no JSON"),
        ("match --watchlist none.yaml", 2, "none.yaml: there is no such file"),
        ("match --watchlist rubbish", 2, ": this is not UTF-8 text"),
        ("group none.jsonl", 1, "none.jsonl: No such file or directory"),
        ("group config", 1, "config: Is a directory"),
        ("extract none.html", 1, "none.html: No such file or directory"),
        ("extract http://", 1, "names no host"),
        ("suggest rubbish", 1, "rubbish: this is neither text nor HTML"),
        ("feeds import none.opml", 1, "none.opml: No such file or directory"),
        ("feeds import rubbish", 2, "rubbish: not an OPML list"),
        ("feeds show none.xml", 1, "none.xml: No such file or directory"),
        ("feeds add nonsense", 2, "Write it with https:// in front"),
        ("feeds discover ftp://example.org/", 2, "Write it with https:// in front"),
        ("feeds add http://127.0.0.1:1/", 1, "nothing could be fetched"),
        ("alerts", 1, "nothing was watched yet"),
        ("status", 1, "nothing was watched yet"),
        ("alerts --since 99999999999999d", 2, "is no time"),
        ("backtest --since 2026-13-45", 2, "is no time"),
        ("export --format xls", 2, '"xls" is not one of jsonl'),
        ("search \udcff", 1, "nothing was watched yet"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    config: Path, watcher: Watcher, monkeypatch: pytest.MonkeyPatch, words: str, code: int, said: str
) -> None:
    monkeypatch.chdir(config.parent)
    done = watcher(*words.split())
    assert (done.code, said in done.err) == (code, True), done.err
    assert "Traceback" not in done.err
    assert "[Errno" not in done.err


@pytest.mark.parametrize("words", ["export --format csv -o none/out.csv", "search \udcff", "why \udcff"])
def test_a_mistake_with_an_archive_there(
    config: Path, watcher: Watcher, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.chdir(config.parent)
    assert watcher("run", "--once").code == 0
    done = watcher(*words.split())
    assert done.code in (1, 2)
    assert len(done.err.splitlines()) == 1


def test_asking_does_not_make_an_archive(config: Path, watcher: Watcher) -> None:
    watcher("--config", config, "status")
    assert not (config.parent / "archive").exists()


def test_an_archive_that_cannot_be_made(config: Path, watcher: Watcher) -> None:
    (config.parent / "archive").write_text("in the way", encoding="utf-8")
    for words in (["run", "--once"], ["run"], ["capture"], ["status"]):
        done = watcher("--config", config, *words)
        assert done.code == 1
        assert str(config.parent / "archive") in done.err


def test_a_missing_configuration_names_the_folder_that_init_wants(tmp_path: Path, watcher: Watcher) -> None:
    done = watcher("--config", tmp_path / "config", "check")
    assert f"`watcher init {tmp_path}`" in done.err


def test_a_broken_watchlist_does_not_hide_the_archive(config: Path, watcher: Watcher) -> None:
    watcher("--config", config, "run", "--once")
    (config / "watchlist.yaml").write_text("watches: [Elon\n", encoding="utf-8")
    assert watcher("--config", config, "alerts").code == 0
    assert watcher("--config", config, "search", "Musk").code == 0
    status = watcher("--config", config, "status", "--json")
    assert status.code == 1
    assert json.loads(status.out)["needs"] == ["the configuration on disk has a fault: see `watcher check`"]
    assert watcher("--config", config, "run", "--once").code == 2


def test_feeds_are_listed_before_the_first_poll(config: Path, watcher: Watcher) -> None:
    (config / "watchlist.yaml").write_text("feeds: [https://w.example/a.xml]\n", encoding="utf-8")
    done = watcher("--config", config, "feeds", "list", "--json")
    assert done.code == 0
    assert [one["state"] for one in json.loads(done.out)] == ["new"]


def test_networks_that_are_allowed_are_allowed_by_hand_too(config: Path, site: str, watcher: Watcher) -> None:
    found = watcher("--config", config, "feeds", "discover", f"{site}/", "--json")
    assert [one["url"] for one in json.loads(found.out)] == [f"{site}/a.xml"]
    shown = watcher("--config", config, "feeds", "show", f"{site}/a.xml")
    assert (shown.code, "Elon Musk moves" in shown.err) == (0, True)
    assert watcher("--config", config, "extract", f"{site}/", "--json").code == 0
    assert watcher("--config", config / "none", "feeds", "show", f"{site}/a.xml").code == 1


def test_a_full_disk_behind_a_pipe_is_told(config: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "watcher", "--config", str(config), "feeds", "export"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr == "watcher: No space left on device\n"


def test_addresses_and_paths_are_whole_on_a_narrow_terminal(
    config: Path, site: str, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.chdir(config.parent)
    (config / "watchlist.yaml").write_text(f"feeds: ['{site}/a.xml']\nwatches: [Elon Musk]\n", encoding="utf-8")
    assert watcher("run", "--once").code == 0
    assert f"\n  {site}/a.xml\n" in watcher("feeds", "list").err
    path = watcher("stories").err.splitlines()[-1].strip()
    assert path.startswith("archive" + os.sep)
    assert Path(path).is_file()
    for line in watcher("stories").err.splitlines():
        assert line == line.rstrip()


def test_a_silence_that_is_ended_says_so(config: Path, watcher: Watcher) -> None:
    watcher("--config", config, "run", "--once")
    assert "silent until" in watcher("--config", config, "silence", "Elon Musk", "2h").err
    assert "the silence is over" in watcher("--config", config, "silence", "Elon Musk", "0s").err


def test_one_is_not_many(config: Path, watcher: Watcher) -> None:
    assert watcher("--config", config, "check").err.startswith("good: 0 feeds, 1 watch, 0 channels")


def test_without_any_configuration_a_newcomer_is_told_how_to_make_one_here(
    tmp_path: Path, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WATCHER_CONFIG", raising=False)
    monkeypatch.setattr("watcher.cli.SYSTEM_WIDE", tmp_path / "etc")
    done = watcher("check")
    assert (done.code, "`watcher init .`" in done.err) == (2, True)
    (tmp_path / "etc").mkdir()
    assert "etc/watcher.yaml" in watcher("check").err


def test_the_database_is_not_built_anew_under_a_daemon(config: Path, watcher: Watcher) -> None:
    watcher("--config", config, "run", "--once")
    with hold_archive(config.parent / "archive"):
        done = watcher("--config", config, "migrate", "--rebuild")
    assert (done.code, "already runs" in done.err) == (1, True)
    assert [file.name for file in (config.parent / "archive").glob("watcher*.db")] == ["watcher.db"]


def test_a_step_tells_of_itself_alone(config: Path, watcher: Watcher) -> None:
    told = {step: watcher("--config", config, step).err.split()[0] for step in ("poll", "capture", "deliver")}
    assert told == {"poll": "feeds", "capture": "stories", "deliver": "deliveries"}


def test_a_mail_server_that_is_not_there(config: Path, watcher: Watcher) -> None:
    mail = "{to: [a@example.org], from: b@example.org, host: 127.0.0.1, port: 1, tls: none}"
    (config / "watcher.yaml").write_text(f"{SETTINGS}channels: {{desk: {{email: {mail}}}}}\n", encoding="utf-8")
    done = watcher("--config", config, "send-test", "desk")
    assert (done.code, done.err.startswith("desk: deferred (")) == (1, True), done.err
    unknown = watcher("--config", config, "send-test", "boss")
    assert (unknown.code, "there are: desk" in unknown.err) == (2, True)


@pytest.mark.parametrize("words", ["match <&-", "suggest - <&-", "feeds export >&-", "check 2>&-"])
def test_a_closed_stream_is_an_empty_one(config: Path, words: str) -> None:
    call = f"exec {sys.executable} -m watcher --config {config} {words}"
    done = subprocess.run(["sh", "-c", call], capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


def test_a_password_in_an_address_is_shown_nowhere(tmp_path: Path, watcher: Watcher) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "watchlist.yaml").write_text("feeds: ['http://reader:FeedPw55@127.0.0.1:9/feed']\nwatches: [Elon Musk]\n")
    (config / "watcher.yaml").write_text("archive: ../archive\nseed: []\nallow_private: [127.0.0.0/8]\n")
    told = [
        watcher("--verbose", "--config", config, *command)
        for command in (
            ("run", "--once", "--all", "--json"),
            ("feeds", "list"),
            ("feeds", "list", "--json"),
            ("feeds", "export"),
            ("status",),
            ("status", "--json"),
            ("check", "--online"),
        )
    ]
    assert [(one.out, one.err) for one in told if "FeedPw55" in one.out + one.err] == []
    assert "http://127.0.0.1:9/feed" in told[1].out + told[1].err
