"""init, check, schema: what a new user does in the first minute, and what a slip looks like."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from calling import Watcher

SEED = "8b056cd5c33ee24d128810e5648b8f2d43762e4c623665b950f4de17859aaeb2"


def test_init_writes_a_configuration_that_check_accepts(tmp_path: Path, watcher: Watcher) -> None:
    assert watcher("init", tmp_path).code == 0
    seed = tmp_path / "config/seed/000_6063b363d31ad2d8.txt"
    assert hashlib.sha256(seed.read_bytes()).hexdigest() == SEED
    done = watcher("--config", tmp_path / "config", "check", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["good"]
    assert told["feeds"] >= 12
    assert told["watches"] >= 11


def test_init_never_overwrites(config: Path, watcher: Watcher) -> None:
    mine = config / "watchlist.yaml"
    mine.write_text("watches: [Mine]\n", encoding="utf-8")
    done = watcher("init", config.parent)
    assert done.code == 0
    assert mine.read_text(encoding="utf-8") == "watches: [Mine]\n"
    assert f"kept  {mine}" in done.err


@pytest.mark.parametrize(
    ("file", "text", "place", "words"),
    [
        ("watchlist.yaml", "watches:\n  - name: A B\n    whith: [x]\n", "watchlist.yaml:3:5:", 'Did you mean "with"?'),
        ("watcher.yaml", "archiv: x\n", "watcher.yaml:1:1:", 'Did you mean "archive"?'),
        ("watcher.yaml", "notices: [desk]\n", "watcher.yaml:1:11:", 'no channel "desk"'),
        ("watcher.yaml", "seed: [{file: no.txt}]\n", "watcher.yaml:1:15:", 'no seed file "no.txt"'),
        (
            "watcher.yaml",
            "channels: {hook: {webhook: {url: https://x.org/, secret_file: s}}}\n",
            "watcher.yaml:1:63:",
            'no file "s"',
        ),
        ("watchlist.yaml", "watches: [{name: A B, channels: [desk]}]\n", "watchlist.yaml:1:34:", 'no channel "desk"'),
        (
            "watcher.yaml",
            "page: off\nwebsub: {public_url: https://w.example}\n",
            "watcher.yaml:2:22:",
            "hubs call the page's server",
        ),
    ],
)
def test_a_slip_is_told_with_its_place(
    config: Path, watcher: Watcher, file: str, text: str, place: str, words: str
) -> None:
    (config / file).write_text(text, encoding="utf-8")
    done = watcher("--config", config, "check")
    assert done.code == 2
    assert place in done.err
    assert words in done.err
    assert "^" in done.err
    assert done.out == ""


def test_faults_of_both_files_are_told_at_once(config: Path, watcher: Watcher) -> None:
    (config / "watcher.yaml").write_text("archiv: x\n", encoding="utf-8")
    (config / "watchlist.yaml").write_text("watchs: []\n", encoding="utf-8")
    done = watcher("--config", config, "check", "--json")
    assert done.code == 2
    assert len(json.loads(done.out)["faults"]) >= 2


def test_no_configuration_at_all(tmp_path: Path, watcher: Watcher) -> None:
    done = watcher("--config", tmp_path / "none", "check")
    assert done.code == 2
    assert "watcher init" in done.err


def test_the_schemas_take_the_shipped_files(config: Path, watcher: Watcher) -> None:
    for name in ("watchlist", "watcher"):
        schema = json.loads(watcher("schema", name).out)
        shipped = yaml.load((config / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
        if name == "watchlist":
            jsonschema.validate(shipped, schema)
        assert json.loads((config / f"{name}.schema.json").read_text(encoding="utf-8")) == schema


@pytest.mark.parametrize("words", [["nonsense"], ["run", "--all"], ["schema", "x"], ["send-test", "none"]])
def test_a_call_that_is_wrong_ends_with_2(config: Path, watcher: Watcher, words: list[str]) -> None:
    assert watcher("--config", config, *words).code == 2
