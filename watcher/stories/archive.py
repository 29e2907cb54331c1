"""Pages, stories, alerts and the seed -> files that a person can read, search and back up; and back. RIM: the disk.

archive/seed/<name>, archive/stories/YYYY/MM/DD/<slug>-<id>.md, archive/alerts/YYYY/MM/DD/<slug>-<id>.md,
archive/pages/YYYY-MM-DD.warc.gz. A file appears whole or not at all; the same thing written again changes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from watcher.model import Alert, Fault, Response, Story, WarcRef
from watcher.stories.files import sweep_temporary, try_room, write_whole
from watcher.stories.frontmatter import FrontMatterError, join, read_alert, read_story, split, story_head
from watcher.stories.naming import alert_path, slug, story_path
from watcher.stories.warc import FOLDER, DamagedError, PageLog, read_pages

_UNSAFE = re.compile(r"[^0-9A-Za-z_-]+")

__all__ = ["FileArchive", "alert_path", "story_path"]


class FileArchive:
    """ports.Archive in a folder. What the flow calls is async and works in a thread; the rest blocks."""

    def __init__(self, *, root: Path) -> None:
        self._root = root
        self._pages = PageLog(root=root)

    async def keep_page(self, page: Response) -> WarcRef:
        """The page in the day's WARC file. Raises OSError, and then nothing is kept."""
        return await asyncio.to_thread(self._pages.append, page)

    async def write_story(self, story: Story) -> None:
        """The story at its path. Raises OSError, ValueError for a path that leads out of the archive."""
        content = join(story_head(story), story.extraction.text)
        await asyncio.to_thread(write_whole, self._at(story.path), content.encode())

    async def write_alert(self, path: str, head: Mapping[str, Any], text: str) -> None:
        """What an alert's file says, at its path. Raises as write_story does."""
        await asyncio.to_thread(write_whole, self._at(path), join(head, text).encode())

    async def try_room(self) -> None:
        """Whether the disk takes something: a megabyte is written and taken away again. Raises OSError."""
        await asyncio.to_thread(try_room, self._root)

    def lay_seed(self, source: bytes, name: str) -> str:
        """The seed byte for byte under its own name (made safe); its path in the archive. Raises OSError.

        A seed that lies there with other bytes is left alone, and this one gets its hash into the name.
        """
        stem, dot, ending = name.rpartition(".")
        safe = _UNSAFE.sub("-", stem or ending).strip("-") or "seed"
        suffix = f".{slug(ending, max_bytes=8)}" if dot and stem else ".txt"
        path = PurePosixPath("seed", safe[:80] + suffix)
        if (there := self._at(str(path))).is_file() and there.read_bytes() != source:
            path = path.with_stem(f"{path.stem}-{hashlib.sha256(source).hexdigest()[:12]}")
        write_whole(self._at(str(path)), source)
        return str(path)

    def sweep(self) -> int:
        """Remove what a crash left half written; how many files. To be called at start."""
        return sweep_temporary(self._root)

    def read_stories(self) -> Iterator[Story | Fault]:
        """Every story that has a file, in the order of their paths; a Fault for a file that does not read."""
        for path in self._files("stories"):
            try:
                head, text = split(path.read_text(encoding="utf-8"))
                yield read_story(head, text, path=self._relative(path))
            except (FrontMatterError, UnicodeDecodeError) as error:
                yield _fault(self._relative(path), str(error))

    def read_alerts(self) -> Iterator[Alert | Fault]:
        """Every alert that has a file, with the story that it names; a Fault for one that does not read."""
        for path in self._files("alerts"):
            try:
                head, _ = split(path.read_text(encoding="utf-8"))
                story_at = str((head.get("story") or {}).get("path"))
                story_parts, text = split(self._at(story_at).read_text(encoding="utf-8"))
                story = read_story(story_parts, text, path=story_at)
                yield read_alert(head, story, path=self._relative(path))
            except (FrontMatterError, UnicodeDecodeError, OSError, ValueError) as error:
                yield _fault(self._relative(path), str(error))

    def verify(self, *, pages_since: datetime | None = None) -> tuple[Fault, ...]:
        """What does not agree: each story against the bytes of its page, each WARC file with itself.

        pages_since: pages fetched before it have outlived their time; that such a one is gone is no fault.
        """
        faults: list[Fault] = []
        hashes: dict[str, dict[str, str]] = {}
        for path in self._files(FOLDER, ending=".warc.gz"):
            known = hashes.setdefault(self._relative(path), {})
            try:
                for page in read_pages(path):
                    known[page.record] = hashlib.sha256(page.body).hexdigest()
            except DamagedError as error:
                faults.append(_fault(self._relative(path), str(error)))
        for story in self.read_stories():
            faults.extend([story] if isinstance(story, Fault) else _against_pages(story, hashes, pages_since))
        faults.extend(alert for alert in self.read_alerts() if isinstance(alert, Fault))
        return tuple(faults)

    def compare(self, stories: Sequence[Story], alerts: Sequence[Alert]) -> tuple[Fault, ...]:
        """What of these, as rows have it, has no file or another one. A seed is compared by its bytes."""
        faults = [self._against_file(story) for story in stories]
        faults += [
            None if self._at(alert.path).is_file() else _fault(alert.path, "the file of this alert is gone")
            for alert in alerts
        ]
        return tuple(fault for fault in faults if fault is not None)

    def _against_file(self, story: Story) -> Fault | None:
        place = self._at(story.path)
        if not place.is_file():
            return _fault(story.path, "the file of this story is gone")
        if story.entry_id is None:
            same = hashlib.sha256(place.read_bytes()).hexdigest() == story.extraction.sha256
            return None if same else _fault(story.path, "the seed has other bytes than when it was laid here")
        try:
            filed = read_story(*split(place.read_text(encoding="utf-8")), path=story.path)
        except (FrontMatterError, UnicodeDecodeError):
            return None  # told by verify
        kept = read_story(*split(join(story_head(story), story.extraction.text)), path=story.path)
        differing = [part.name for part in fields(Story) if getattr(filed, part.name) != getattr(kept, part.name)]
        return _fault(story.path, f"its {', '.join(differing)} differ from the database") if differing else None

    def _files(self, folder: str, ending: str = ".md") -> Iterator[Path]:
        return iter(sorted(path for path in (self._root / folder).rglob(f"*{ending}") if path.is_file()))

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _at(self, path: str) -> Path:
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts or not parts.parts:
            raise ValueError(f"{path!r} does not lie in the archive")
        return self._root / parts


def _against_pages(story: Story, hashes: dict[str, dict[str, str]], since: datetime | None) -> Iterator[Fault]:
    if story.warc is None or (since and story.fetched < since and story.warc.file not in hashes):
        return
    if story.warc.file not in hashes:
        yield _fault(story.path, f"its page is gone: there is no {story.warc.file}")
    elif story.warc.record not in hashes[story.warc.file]:
        yield _fault(story.path, f"its page is gone: {story.warc.file} has no record {story.warc.record}")
    elif hashes[story.warc.file][story.warc.record] != story.extraction.sha256:
        yield _fault(story.path, f"its page in {story.warc.file} has other bytes than its sha256 says")


def _fault(path: str, message: str) -> Fault:
    return Fault(file=path, line=0, column=0, message=message)
