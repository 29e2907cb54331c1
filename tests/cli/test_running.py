"""run and its steps from outside: one daemon an archive, a quick and clean end, a summary with the promised keys."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from calling import Watcher

from watcher.app import hold_archive, read_config

QUIET = "archive: ../archive\npage: off\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A configuration without feeds: nothing is asked for on any network."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "watcher.yaml").write_text(QUIET, encoding="utf-8")
    (config / "watchlist.yaml").write_text("watches: [Elon Musk]\n", encoding="utf-8")
    return config


def test_a_second_daemon_says_so_and_ends(small: Path, watcher: Watcher) -> None:
    with hold_archive(read_config(small).archive):
        for words in (["run"], ["run", "--once"]):
            done = watcher("--config", small, *words)
            assert done.code == 1
            assert f"another watcher (process {os.getpid()}) already runs" in done.err


def test_one_round_tells_what_it_came_to(small: Path, watcher: Watcher) -> None:
    done = watcher("--config", small, "run", "--once", "--all", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told.pop("seconds") >= 0
    assert told == {
        "polls": {"due": 0, "changed": 0, "unchanged": 0, "failed": 0},
        "entries": {"new": 0, "seen": 0},
        "matches": 0,
        "stories": {"captured": 0, "incomplete": 0, "failed": 0},
        "alerts": 0,
        "deliveries": {"delivered": 0, "deferred": 0, "dead": 0},
    }


@pytest.mark.parametrize("step", ["poll", "capture", "deliver"])
def test_a_step_alone(small: Path, watcher: Watcher, step: str) -> None:
    assert watcher("--config", small, step).code == 0


def test_poll_refuses_a_feed_that_is_not_in_the_watchlist(small: Path, watcher: Watcher) -> None:
    assert watcher("--config", small, "poll", "https://no.example/feed").code == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_daemon_tells_systemd_that_it_runs_and_ends_at_once_when_told_to(
    small: Path, tmp_path: Path, number: signal.Signals
) -> None:
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(tmp_path / "notify"))
    told.settimeout(30)
    daemon = subprocess.Popen(
        [sys.executable, "-m", "watcher", "--config", str(small), "run"],
        env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")},
        stderr=subprocess.PIPE,
        text=True,
    )
    with told:
        assert told.recv(100) == b"READY=1"
        daemon.send_signal(number)
        assert told.recv(100) == b"STOPPING=1"
    _, log = daemon.communicate(timeout=10)
    assert daemon.returncode == 0
    assert "Traceback" not in log
    assert "stopped" in log


def test_a_page_that_cannot_listen_stops_nothing(small: Path, tmp_path: Path) -> None:
    with socket.socket() as taken, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        page = f'page: {{listen: "127.0.0.1:{taken.getsockname()[1]}"}}'
        (small / "watcher.yaml").write_text(QUIET.replace("page: off", page), encoding="utf-8")
        told.bind(str(tmp_path / "notify"))
        told.settimeout(30)
        daemon = subprocess.Popen(
            [sys.executable, "-m", "watcher", "--config", str(small), "run"],
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert told.recv(100) == b"READY=1"
        assert daemon.stderr is not None
        log = ""
        while "the page cannot listen on" not in log:
            line = daemon.stderr.readline()
            assert line, f"the daemon ended: {log}"
            log += line
        daemon.terminate()
        assert daemon.wait(timeout=10) == 0


def test_a_killed_daemon_leaves_nothing_that_stops_the_next(small: Path, tmp_path: Path, watcher: Watcher) -> None:
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(tmp_path / "notify"))
    told.settimeout(30)
    with (
        told,
        subprocess.Popen(
            [sys.executable, "-m", "watcher", "--config", str(small), "run"],
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")},
            stderr=subprocess.DEVNULL,
        ) as daemon,
    ):
        assert told.recv(100) == b"READY=1"
        daemon.kill()
    assert watcher("--config", small, "run", "--once").code == 0


def test_status_of_a_quiet_archive(small: Path, watcher: Watcher) -> None:
    watcher("--config", small, "run", "--once")
    done = watcher("--config", small, "status", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["needs"] == []
    assert told["feeds"] == {}


def test_a_silenced_watch_is_told_and_an_unknown_one_refused(small: Path, watcher: Watcher) -> None:
    watcher("--config", small, "run", "--once")
    assert watcher("--config", small, "silence", "Elon Musk", "2h").code == 0
    assert "Elon Musk" in json.loads(watcher("--config", small, "status", "--json").out)["silences"]
    assert watcher("--config", small, "silence", "Nobody", "2h").code == 2
    assert watcher("--config", small, "silence", "Elon Musk", "soon").code == 2
