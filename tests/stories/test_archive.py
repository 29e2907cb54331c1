"""Stories, alerts and pages laid on disk and read back; what a crash, a full disk and a second process do to them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.alerts.data import alert_data
from watcher.alerts.markdown import alert_text
from watcher.model import Alert, Fault, Grouping, Relation, Response, Story
from watcher.stories.archive import FileArchive, alert_path, story_path
from watcher.stories.frontmatter import join, split
from watcher.stories.warc import KeptPage, read_pages

Make = Callable[..., Story]
Page = Callable[..., Response]

TITLES = [
    ': - #"',
    "NO",
    "1984",
    "2024-01-01",
    "- item",
    "---",
    "a: b",
    "'quoted' \"twice\"",
    "[x](javascript:alert(1)) <script>alert(2)</script>",
    "line\nbreak\r\nand\ttab",
    "nel\x85 and \u2028 separators",
    "control \x07 bell",
    "lone \ud800 surrogate",
    "😀 emoji, עברית, العربية, 中文",
    "%YAML 1.2",
    "!!python/object/apply:os.system ['true']",
    "{{ template }} ${var} `tick`",
    "",
]


@pytest.fixture
def archive(tmp_path: Path) -> FileArchive:
    return FileArchive(root=tmp_path / "archive")


def alert_of(story: Story, **changes: object) -> Alert:
    alert = Alert(
        id="b" * 32,
        raised=story.fetched,
        watch="Elon Musk",
        reason=Relation.FIRST,
        story=story,
        hits=story.matches[0].hits,
        copies=("Other Paper",),
        thread=("c" * 32,),
        channels=("desk",),
        path=alert_path(story.extraction.title, "b" * 32, story.fetched.date()),
    )
    return replace(alert, **changes)  # type: ignore[arg-type]


async def write(archive: FileArchive, alert: Alert) -> None:
    await archive.write_alert(alert.path, alert_data(alert), alert_text(alert))


@pytest.mark.parametrize("title", TITLES)
async def test_any_title_comes_back(title: str, archive: FileArchive, story: Make) -> None:
    laid = story(
        title=title, lede=title, authors=(title,) if title else (), sources={"title": "h1", "reservations": "noai"}
    )
    await archive.write_story(laid)
    await write(archive, alert_of(laid))
    kept = title.replace("\ud800", "\ufffd")
    extraction = replace(laid.extraction, title=kept, lede=kept, authors=(kept,) if kept else ())
    (found,) = archive.read_stories()
    assert found == replace(laid, extraction=extraction)
    (alert,) = archive.read_alerts()
    assert alert == alert_of(replace(laid, extraction=extraction), path=alert_of(laid).path)
    assert archive.verify() == ()


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80), st.text(alphabet="-\n: #a\u2028", max_size=40))
def test_any_front_matter_comes_back(value: str, text: str) -> None:
    kept = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in value)
    head, body = split(join({"title": value, "nested": {"list": [value]}}, text))
    assert head == {"title": kept, "nested": {"list": [kept]}}
    assert body == text.strip().replace("\r\n", "\n")


async def test_front_matter_has_the_keys_that_others_rely_on(archive: FileArchive, story: Make, tmp_path: Path) -> None:
    laid = story()
    await archive.write_story(laid)
    await write(archive, alert_of(laid))
    head, text = split((tmp_path / "archive" / laid.path).read_text())
    wanted = (
        "id url canonical_url title authors site feed published modified fetched language sha256 warc group matches "
        "complete problem"
    )
    assert set(wanted.split()) <= head.keys()
    assert head["group"].keys() >= {"id", "relation", "of", "similarity"}
    assert head["matches"][0]["watch"] == "Elon Musk"
    assert head["matches"][0]["terms"] == ["Musk*"]
    assert head["fetched"] == "2026-11-23T12:00:00Z"
    assert text == "One.\n\nTwo."
    parts = (tmp_path / "archive" / alert_of(laid).path).read_text().split("---\n")
    alert = yaml.safe_load(parts[1])
    assert set("id raised watch reason story hits group deliveries".split()) <= alert.keys()  # noqa: SIM905
    assert set("id title url site published path".split()) <= alert["story"].keys()  # noqa: SIM905
    assert set("field term text start end excerpt".split()) <= alert["hits"][0].keys()  # noqa: SIM905
    assert alert["group"]["copies"] == ["Other Paper"]
    assert alert["deliveries"] == ["desk"]


@pytest.mark.parametrize(
    "title",
    [
        *TITLES,
        "CON",
        'a/b\\c:d*e?f"g<h>i|j',
        "ends with dots...",
        "../../etc/passwd",
        ".hidden",
        "中" * 300,
        "Ж" * 300,
        "x" * 300,
        "word " * 100,
        "İstanbul'da Çığ; Œuvre ß ﬁ",
    ],
)
@pytest.mark.parametrize("path_of", [story_path, alert_path])
def test_a_path_is_safe_on_every_file_system(title: str, path_of: Callable[[str, str, date], str]) -> None:
    path = path_of(title, "0123456789abcdef" * 2, date(2026, 11, 3))
    *folders, name = path.split("/")
    assert folders[1:] == ["2026", "11", "03"]
    assert name.endswith("-0123456789abcdef0123456789abcdef.md")
    assert len(name.encode()) <= 120
    assert not set(name) & set('/\\:*?"<>| \n\r\t')
    assert name == name.lower()
    assert not name.startswith((".", "-"))


@pytest.mark.parametrize(
    ("title", "begins"),
    [
        ("Storm closes harbours", "storm-closes-harbours-"),
        ("L’été à Œuvre, ß ø Ł", "lete-a-oeuvre-ss-o-l-"),
        ("Илон Маск и Россия", "ilon-mask-i-rossiya-"),
        ("Ἀθῆναι", "athinai-"),
        ("老城区禁止短租", "老城区禁止短租-"),
        ("한국 뉴스", "한국-뉴스-"),
        ("!!!", "story-"),
        ("NUL", "story-nul-"),
        ("Don't “quote” me", "dont-quote-me-"),
    ],
)
def test_a_slug_is_what_a_person_would_type(title: str, begins: str) -> None:
    assert story_path(title, "1" * 32, date(2026, 1, 2)) == f"stories/2026/01/02/{begins}{'1' * 32}.md"


@pytest.mark.parametrize("path", ["../out.md", "/etc/x.md", "stories/../../x.md", ""])
async def test_nothing_is_written_outside_the_archive(path: str, archive: FileArchive, story: Make) -> None:
    with pytest.raises(ValueError, match="does not lie in the archive"):
        await archive.write_story(replace(story(), path=path))


async def test_the_same_again_changes_nothing(archive: FileArchive, story: Make, tmp_path: Path) -> None:
    laid = story()
    await archive.write_story(laid)
    before = (tmp_path / "archive" / laid.path).stat()
    await archive.write_story(laid)
    after = (tmp_path / "archive" / laid.path).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    await archive.write_story(replace(laid, grouping=Grouping(group="g", relation=Relation.COPY, reason="r")))
    assert next(iter(archive.read_stories())).grouping.relation is Relation.COPY  # type: ignore[union-attr]


async def test_verify_tells_what_does_not_agree(archive: FileArchive, story: Make, page: Page, tmp_path: Path) -> None:
    body = b"<p>The storm.</p>"
    ref = await archive.keep_page(page(body))
    right = hashlib.sha256(body).hexdigest()
    await archive.write_story(story(id="1" * 32, warc=ref, sha256=right))
    assert archive.verify() == ()
    await archive.write_story(story(id="2" * 32, warc=ref, sha256="0" * 64))
    await archive.write_story(story(id="3" * 32, warc=replace(ref, record="<urn:uuid:none>"), sha256=right))
    await archive.write_story(story(id="4" * 32, warc=replace(ref, file="pages/1999-01-01.warc.gz"), sha256=right))
    (tmp_path / "archive/stories/torn.md").write_text("---\nid: [")
    faults = archive.verify()
    assert [fault.file.rpartition("/")[2][-35:] for fault in faults] == [f"{n * 32}.md" for n in "234"] + ["torn.md"]
    told = ("other bytes", "no record", "there is no pages/1999", "front matter")
    assert all(part in fault.message for part, fault in zip(told, faults, strict=True))


async def test_a_page_that_outlived_its_time_is_no_fault(archive: FileArchive, story: Make, page: Page) -> None:
    ref = await archive.keep_page(page(b"x"))
    laid = story(warc=replace(ref, file="pages/2020-01-01.warc.gz"))
    await archive.write_story(laid)
    assert len(archive.verify()) == 1
    assert len(archive.verify(pages_since=laid.fetched)) == 1
    assert archive.verify(pages_since=laid.fetched + timedelta(days=1)) == ()


async def test_a_broken_file_is_a_fault_and_no_end_of_reading(
    archive: FileArchive, story: Make, tmp_path: Path
) -> None:
    await archive.write_story(story(id="1" * 32))
    folder = (tmp_path / "archive" / story().path).parent
    (folder / "aa-bytes.md").write_bytes(b"\xff\xfe\x00")
    (folder / "ab-no-head.md").write_text("text alone")
    (folder / "ac-no-keys.md").write_text("---\ntitle: x\n---\n\ntext\n")
    found = list(archive.read_stories())
    assert [isinstance(item, Fault) for item in found] == [True, True, True, False]


class TestSeed:
    def test_it_is_laid_byte_for_byte(self, archive: FileArchive, tmp_path: Path) -> None:
        source = " date 2025-06-07 Тест\r\n\r\n\tX ".encode()
        path = archive.lay_seed(source, "000_6063b363d31ad2d8.txt")
        assert path == "seed/000_6063b363d31ad2d8.txt"
        assert (tmp_path / "archive" / path).read_bytes() == source
        assert archive.lay_seed(source, "000_6063b363d31ad2d8.txt") == path

    def test_another_seed_of_that_name_does_not_replace_it(self, archive: FileArchive, tmp_path: Path) -> None:
        first = archive.lay_seed(b"one", "a.txt")
        second = archive.lay_seed(b"two", "a.txt")
        assert first != second
        assert (tmp_path / "archive" / first).read_bytes() == b"one"
        assert (tmp_path / "archive" / second).read_bytes() == b"two"

    @pytest.mark.parametrize(
        "name", ["../../etc/cron.d/x", "", ".txt", "a\0b", "con.txt", "ж" * 300, "x" * 400 + ".txt"]
    )
    def test_no_name_leads_out(self, name: str, archive: FileArchive, tmp_path: Path) -> None:
        laid = tmp_path / "archive" / archive.lay_seed(b"x", name)
        assert laid.parent == tmp_path / "archive" / "seed"
        assert len(laid.name.encode()) <= 120


class TestPages:
    async def test_a_page_comes_back_as_it_came(self, archive: FileArchive, page: Page, tmp_path: Path) -> None:
        headers = {
            "content-type": "text/html",
            "content-encoding": "gzip",
            "x-odd": "é\r\n folded",
            "content-length": "9",
        }
        bodies = [b"", b"<p>x</p>", os.urandom(300_000), b"WARC/1.1\r\n\r\n" * 50]
        for n, body in enumerate(bodies):
            await archive.keep_page(page(body, url=f"https://paper.example/ä b/{n}", headers=headers))
        (path,) = (tmp_path / "archive/pages").iterdir()
        assert path.name == "2026-11-23.warc.gz"
        assert [kept.body for kept in _pages(path)] == bodies
        _passes_warcio_check(path)

    async def test_a_page_of_the_next_day_has_its_own_file(
        self, archive: FileArchive, page: Page, tmp_path: Path
    ) -> None:
        one = page(b"a")
        first = await archive.keep_page(one)
        second = await archive.keep_page(replace(one, fetched_at=one.fetched_at + timedelta(days=1)))
        assert (first.file, second.file) == ("pages/2026-11-23.warc.gz", "pages/2026-11-24.warc.gz")

    @pytest.mark.parametrize("cut", [1, 7, 100, 400])
    async def test_a_torn_tail_is_cut_off_and_the_rest_stays(
        self, cut: int, archive: FileArchive, page: Page, tmp_path: Path
    ) -> None:
        await archive.keep_page(page(b"first" * 50))
        ref = await archive.keep_page(page(os.urandom(5000)))
        path = tmp_path / "archive" / ref.file
        os.truncate(path, path.stat().st_size - cut)
        assert (await FileArchive(root=tmp_path / "archive").keep_page(page(b"third"))).file == ref.file
        assert [kept.body for kept in _pages(path)] == [b"first" * 50, b"third"]
        _passes_warcio_check(path)

    async def test_a_running_writer_sees_that_the_tail_was_torn_by_another(
        self, archive: FileArchive, page: Page, tmp_path: Path
    ) -> None:
        ref = await archive.keep_page(page(b"first"))
        path = tmp_path / "archive" / ref.file
        with path.open("ab") as file:
            file.write(b"\x1f\x8b\x08\x00half")
        await archive.keep_page(page(b"second"))
        assert [kept.body for kept in _pages(path)] == [b"first", b"second"]

    @pytest.mark.parametrize("damage", [b"\x00" * 600, b"not gzip at all"])
    async def test_a_damaged_file_is_left_and_a_numbered_one_goes_on(
        self, damage: bytes, archive: FileArchive, page: Page, tmp_path: Path
    ) -> None:
        ref = await archive.keep_page(page(b"first"))
        path = tmp_path / "archive" / ref.file
        with path.open("ab") as file:
            file.write(damage)
        before = path.read_bytes()
        again = FileArchive(root=tmp_path / "archive")
        second = await again.keep_page(page(b"second"))
        third = await again.keep_page(page(b"third"))
        assert second.file == third.file == "pages/2026-11-23-2.warc.gz"
        assert path.read_bytes() == before
        assert [kept.body for kept in _pages(tmp_path / "archive" / second.file)] == [b"second", b"third"]


WRITER = """
    import asyncio, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from watcher.model import Extraction, Grouping, Relation, Response, Story
    from watcher.stories.archive import FileArchive, story_path
    root, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    now = datetime(2026, 11, 23, tzinfo=UTC)
    async def main():
        archive = FileArchive(root=root)
        for n in range(count):
            body = f"{who} {n} ".encode() * 2000
            page = Response(url=f"https://{who}.example/{n}", status=200, headers={}, body=body,
                            fetched_at=now)
            ref = await archive.keep_page(page)
            id = f"{who}{n:031}"
            await archive.write_story(Story(
                id=id, entry_id=None, feed=who, fetched=now, warc=ref, path=story_path(f"Story {n}", id, now.date()),
                extraction=Extraction(url=page.url, title=f"Story {n}", text="word " * 5000,
                                      sha256=__import__("hashlib").sha256(page.body).hexdigest()),
                grouping=Grouping(group=id, relation=Relation.FIRST, reason="r")))
            print(id, flush=True)
    asyncio.run(main())
"""


def _writer(root: Path, who: str, count: int, before: str = "") -> subprocess.Popen[str]:
    code = before + textwrap.dedent(WRITER)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(root), who, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    writers = [_writer(tmp_path, who, 30) for who in "ab"]
    told = [line for writer in writers for line in writer.communicate(timeout=60)[0].split()]
    assert len(told) == 60
    archive = FileArchive(root=tmp_path)
    assert {story.id for story in archive.read_stories() if isinstance(story, Story)} == set(told)
    assert archive.verify() == ()
    (path,) = (tmp_path / "pages").iterdir()
    assert len(list(_pages(path))) == 60
    _passes_warcio_check(path)


def test_an_append_waits_for_another_that_is_under_way(archive: FileArchive, page: Page, tmp_path: Path) -> None:
    ref = asyncio.run(archive.keep_page(page(b"first")))
    path = tmp_path / "archive" / ref.file
    holder = _lock_holder(path)
    with ThreadPoolExecutor() as pool:
        append = pool.submit(asyncio.run, archive.keep_page(page(b"second")))
        with pytest.raises(TimeoutError):
            append.result(timeout=0.3)
        holder.communicate(b"")
        append.result(timeout=30)
    assert [kept.body for kept in _pages(path)] == [b"first", b"second"]


@pytest.mark.parametrize("after", [1, 4, 9])
def test_kill_in_the_middle_loses_nothing_that_was_told(after: int, tmp_path: Path, page: Page) -> None:
    writer = _writer(tmp_path, "k", 10_000)
    assert writer.stdout is not None
    told = [writer.stdout.readline().strip() for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    told += writer.stdout.read().split()
    writer.communicate()
    archive = FileArchive(root=tmp_path)
    archive.sweep()
    asyncio.run(archive.keep_page(page(b"after the crash")))
    assert {item.id for item in archive.read_stories() if isinstance(item, Story)} >= {
        line for line in told if len(line) == 32
    }
    assert archive.verify() == ()
    assert not list(tmp_path.rglob(".watcher-tmp-*"))
    for path in (tmp_path / "pages").iterdir():
        _passes_warcio_check(path)


def test_a_full_disk_is_an_error_and_leaves_no_half_file(tmp_path: Path) -> None:
    """A limit on the size of a file stands for the full disk: the write fails in its middle."""
    limit = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
    )
    writer = _writer(tmp_path, "f", 3, before=limit)
    told, complaint = writer.communicate(timeout=60)
    assert told == ""
    assert "OSError" in complaint
    assert not list(tmp_path.rglob(".watcher-tmp-*"))
    assert not list(tmp_path.rglob("*.md"))
    assert FileArchive(root=tmp_path).verify() == ()


def test_a_left_temporary_file_is_swept_and_one_in_use_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "stories/2026"
    folder.mkdir(parents=True)
    (folder / ".watcher-tmp-left").write_bytes(b"half")
    (folder / ".watcher-tmp-used").write_bytes(b"half")
    (folder / "kept.md").write_text("whole")
    holder = _lock_holder(folder / ".watcher-tmp-used")
    assert FileArchive(root=tmp_path).sweep() == 1
    assert sorted(path.name for path in folder.iterdir()) == [".watcher-tmp-used", "kept.md"]
    holder.communicate(b"")
    assert FileArchive(root=tmp_path).sweep() == 1


def _lock_holder(path: Path) -> subprocess.Popen[bytes]:
    """A process that holds the lock on a file until its standard input ends."""
    hold = "import fcntl,sys; f=open(sys.argv[1],'r+b'); fcntl.flock(f,2); print(1,flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    return holder


def _pages(path: Path) -> list[KeptPage]:
    return list(read_pages(path))


def _passes_warcio_check(path: Path) -> None:
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "")
