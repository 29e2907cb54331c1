"""The unit as systemd itself judges it, where systemd-analyze is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[1] / "systemd" / "watcher.service"
MOST_EXPOSED = 1.2  # about 1.1 is the floor for a daemon that may reach the internet and write to its own folder

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not there")


def analyze(*words: str) -> str:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def version() -> int:
    told = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True, check=True).stdout
    return int(told.split()[1])


def unit_for(systemd: int) -> str:
    script = UNIT.parent / "unit-for.sh"
    return subprocess.run(["sh", str(script), str(systemd)], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit as it is installed where this test runs."""
    unit = tmp_path / "watcher.service"
    unit.write_text(unit_for(version()), encoding="utf-8")
    return unit


def test_the_unit_is_clean(installed: Path) -> None:
    assert analyze("verify", str(installed)) == ""


@pytest.mark.parametrize(("systemd", "kind"), [(257, "notify-reload"), (253, "notify-reload"), (252, "notify")])
def test_an_older_systemd_differs_in_how_it_reloads_alone(systemd: int, kind: str) -> None:
    lines, ours = unit_for(systemd).splitlines(), UNIT.read_text(encoding="utf-8").splitlines()
    assert f"Type={kind}" in lines
    left = {line for line in lines if line not in ours}
    assert left == (set() if systemd >= 253 else {"Type=notify", "ExecReload=/bin/kill -HUP $MAINPID"})


def test_the_unit_is_hardened(installed: Path) -> None:
    told = analyze("security", "--offline=true", "--no-pager", str(installed))
    found = re.search(r"Overall exposure level for watcher\.service: (\d+\.\d+)", told)
    assert found is not None
    assert float(found[1]) <= MOST_EXPOSED


def test_a_first_configuration_is_laid_and_nothing_overwritten(tmp_path: Path) -> None:
    watcher = shutil.which("watcher", path=str(Path(__file__).parents[1] / ".venv" / "bin")) or shutil.which("watcher")
    if watcher is None:
        pytest.skip("the command watcher is not installed")
    script, folder = UNIT.parent / "first-config.sh", tmp_path / "etc"
    subprocess.run(["sh", str(script), watcher, str(folder)], check=True, capture_output=True)
    settings = (folder / "watcher.yaml").read_text(encoding="utf-8")
    assert "\narchive: /var/lib/watcher\n" in settings
    assert (folder / "seed" / "000_6063b363d31ad2d8.txt").is_file()
    (folder / "watchlist.yaml").write_text("watches: [Mine]\n", encoding="utf-8")
    subprocess.run(["sh", str(script), watcher, str(folder)], check=True, capture_output=True)
    assert (folder / "watchlist.yaml").read_text(encoding="utf-8") == "watches: [Mine]\n"
