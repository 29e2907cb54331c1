"""README.md -> what it shows runs: its YAML is accepted, the commands, options, targets and files exist."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, cast

import pytest
import typer
import yaml
from typer.testing import CliRunner

from watcher.alerts.rendering import NAMES
from watcher.cli import command
from watcher.model import NoMatch
from watcher.model.alerts import NoAlert
from watcher.page import make_site
from watcher.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", README, flags=re.DOTALL | re.MULTILINE)
YAML = [text for kind, text in BLOCKS if kind == "yaml"]
SHELL = "\n".join(text for kind, text in BLOCKS if kind == "sh")
NOT_DECIDED = {NoAlert.SILENCED}  # a silence holds a delivery back; the alert is raised


def told_in_tables(heading: str) -> list[str]:
    """The code in the first cell of each row of the tables under this heading."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (`.*?) (?<!\\)\|", section, flags=re.MULTILINE)
    return [code.replace("\\|", "|") for cell in cells for code in re.findall(r"`([^`]+)`", cell)]


def verb_of(words: list[str]) -> tuple[object, list[str]]:
    """The command that these words call, and the rest of them. Raises KeyError where there is none."""
    found = typer.main.get_command(command)
    rest = list(words)
    while hasattr(found, "commands"):
        found = found.commands[rest.pop(0)]
    return found, rest


def options_of(found: object) -> set[str]:
    return {name for one in found.params for name in (*one.opts, *one.secondary_opts)}  # type: ignore[attr-defined]


def named_commands() -> list[str]:
    in_text = re.findall(r"`watcher ([a-z][^`]*)`", README)
    in_shell = re.findall(r"(?:^|\| )\s*(?:\S*/)?watcher ([a-z][^#\n|]*)", SHELL, flags=re.MULTILINE)
    return sorted({*told_in_tables("Commands"), *(one.strip() for one in in_text + in_shell)})


@pytest.mark.parametrize("named", named_commands())
def test_a_command_that_is_named_exists_with_its_options(named: str) -> None:
    found, rest = verb_of(re.sub(r"[\[\]]", " ", named).split())
    assert {word for word in rest if word.startswith("-")} <= options_of(found)


def test_every_command_is_named() -> None:
    names = {code.split()[0] for code in told_in_tables("Commands")}
    assert names == set(typer.main.get_command(command).commands)  # type: ignore[attr-defined]


def test_the_commands_were_found_at_all() -> None:
    assert len(named_commands()) > 30
    assert "run --once" in named_commands()


@pytest.mark.parametrize("text", YAML)
def test_a_yaml_example_is_accepted(text: str, tmp_path: Path) -> None:
    keys = set(yaml.safe_load(text))
    settings = "" if keys & {"feeds", "watches"} else text
    (tmp_path / "watcher.yaml").write_text(settings or "archive: archive\n", encoding="utf-8")
    (tmp_path / "watchlist.yaml").write_text("watches: [Ada]\n" if settings else text, encoding="utf-8")
    done = CliRunner().invoke(command, ["--config", str(tmp_path), "check"])
    assert done.exit_code == 0, done.exception or done.output


def test_there_are_yaml_examples_of_both_files() -> None:
    keys = {key for text in YAML for key in yaml.safe_load(text)}
    assert {"feeds", "watches", "channels", "notices"} <= keys


@pytest.mark.parametrize("written", sorted(set(re.findall(r"`((?:alerts|page): (?:\{[^`]*\}|off))`", README))))
def test_a_setting_in_the_text_is_a_setting(written: str) -> None:
    Settings.model_validate(yaml.load(written.replace("…", "127.0.0.1:1"), yaml.BaseLoader))  # noqa: S506


def test_the_first_steps_run_as_they_are_written(tmp_path: Path) -> None:
    steps = [line.strip() for line in SHELL.splitlines()]
    wanted = [
        next(line for line in steps if line.startswith("watcher init")),
        "cd news",
        next(line for line in steps if line == "watcher check"),
        next(line for line in steps if line.startswith("echo")),
    ]
    script = "set -e\n" + "\n".join(wanted).replace("~/news", "news").replace(
        "watcher ", f"{sys.executable} -m watcher "
    )
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "good: " in done.stderr
    assert "1: Elon Musk" in done.stderr


def test_the_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", README, flags=re.MULTILINE))
    assert {"demo", "test", "check", "install-service"} <= named <= targets


def test_the_files_that_are_linked_exist() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_modules_that_are_named_exist() -> None:
    named = set(re.findall(r"`([a-z_]+/[\w/.]+\.py)`", README))
    assert named
    assert [one for one in named if not (ROOT / one).exists() and not (ROOT / "watcher" / one).exists()] == []


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(/[a-z]+(?:\.xml)?)`", README))))
def test_the_addresses_of_the_page_answer(path: str) -> None:
    routes = {route.path for route in make_site(cast(Any, None), metrics=cast(Any, None), moving=lambda: True).routes}  # type: ignore[attr-defined]
    assert path in routes


def test_each_reason_is_explained_and_no_other() -> None:
    told = set(told_in_tables("Why was there no alert?"))
    assert told == {*(set(NoAlert) - NOT_DECIDED), *NoMatch}


def test_the_templates_that_are_named_are_templates() -> None:
    named = set(re.findall(r"`(\w+\.\w+\.j2)`", README))
    assert named
    assert named <= set(NAMES)


def test_the_keys_of_a_watch_are_those_of_its_schema() -> None:
    schema = json.loads((ROOT / "config/watchlist.schema.json").read_text(encoding="utf-8"))
    kinds = json.dumps([schema["properties"]["watches"], schema.get("$defs", {})])
    codes = told_in_tables("The watchlist")
    assert {"name", "short", "query"} <= set(codes)
    assert [key for key in codes if f'"{key}": {{' not in kinds] == []


def test_only_libraries_of_the_project_are_named_as_such() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {re.split(r"[<>=]", one)[0] for one in project["dependencies"]}
    named = set(re.findall(r"`([\w-]+)`", README.split("**Libraries, and why**")[1]))
    assert named <= required


def test_it_stays_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) < 330
