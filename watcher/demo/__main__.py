"""`python -m watcher.demo`: runs the demo in its own folder and gives its exit code; --keep or KEEP=1: left running."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from watcher.demo.runner import run_demo
from watcher.demo.screen import Screen

KEPT = Path("demo-archive")
MARK = ".watcher-demo"  # says that a folder was made here, and may be made anew


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m watcher.demo", description="The demo: see README.md.")
    kept = os.environ.get("KEEP", "") not in ("", "0")
    parser.add_argument("--keep", action="store_true", default=kept, help="leave daemon and papers running")
    keep: bool = parser.parse_args().keep
    screen = Screen(Console(highlight=False, soft_wrap=False))
    try:
        folder = kept_folder(KEPT) if keep else Path(tempfile.mkdtemp(prefix="watcher-demo-"))
    except FileExistsError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        return asyncio.run(run_demo(folder.absolute(), screen, keep=keep))
    except KeyboardInterrupt:
        return 130  # what shells say of a program that Ctrl-C ended


def kept_folder(folder: Path) -> Path:
    """An empty folder of this name; one that an earlier demo left is made anew; any other: FileExistsError."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise FileExistsError(f"{folder.absolute()} is there and was not made by the demo: move it away, please")
        shutil.rmtree(folder)
    folder.mkdir(exist_ok=True)
    (folder / MARK).touch()
    return folder


if __name__ == "__main__":
    sys.exit(main())
