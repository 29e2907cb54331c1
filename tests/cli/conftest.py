"""`watcher` called as from a shell, in this process: words and standard input in; exit code and outputs out."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from calling import Done, Watcher

from watcher.cli import main


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Watcher:
    def call(*words: str | Path, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["watcher", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogateescape"))))
        capfd.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        out, err = capfd.readouterr()
        return Done(code=code if isinstance(code, int) else 0 if code is None else 1, out=out, err=err)

    return call


@pytest.fixture
def config(tmp_path: Path, watcher: Watcher) -> Path:
    """A configuration as `watcher init` writes it."""
    watcher("init", tmp_path)
    return tmp_path / "config"
