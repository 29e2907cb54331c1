"""The whole demo, as `make demo` runs it: newsroom, real daemon, mail and webhook, and the verdict."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from watcher.demo.__main__ import MARK, kept_folder


def test_the_demo_ends_by_itself_with_every_alert(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "COLUMNS": "100"}
    environment.pop("KEEP", None)
    done = subprocess.run([sys.executable, "-m", "watcher.demo"], env=environment, capture_output=True, timeout=60)
    told = done.stdout.decode()
    assert done.returncode == 0, told + done.stderr.decode()
    assert "alerts came, once on every channel, and no other" in told
    assert done.stderr == b""


def test_a_kept_folder_is_made_anew_only_if_the_demo_made_it(tmp_path: Path) -> None:
    folder = kept_folder(tmp_path / "demo-archive")
    (folder / "old").touch()
    assert {path.name for path in kept_folder(folder).iterdir()} == {MARK}
    (folder / MARK).unlink()
    (folder / "thesis.txt").touch()
    with pytest.raises(FileExistsError, match="was not made by the demo"):
        kept_folder(folder)
    assert (folder / "thesis.txt").exists()
