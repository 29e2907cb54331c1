"""The database under the store: what it refuses, what a batch does, what two processes and a kill leave behind."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from watcher.model import FeedSpec, NoRoomError, StoreError
from watcher.store import SqlStore
from watcher.store.engine import Database
from watcher.store.intact import TRUSTED

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPECS = [FeedSpec(url=f"https://paper{number}.example/feed") for number in range(60)]

CLAIM_ALL = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from watcher.store import SqlStore

async def main():
    store = await SqlStore.open(sys.argv[1])
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    while ids := await store.claim_feeds(owner=sys.argv[2], now=now, lease=timedelta(minutes=5), limit=3):
        print(*ids, sep="\\n", flush=True)
    await store.close()

asyncio.run(main())
"""

WRITE_FOR_EVER = """
import asyncio, sys
from watcher.store import SqlStore

async def main():
    store = await SqlStore.open(sys.argv[1])
    number = 0
    while True:
        await asyncio.gather(*(store.set_meta(f"key-{number + step}", "x") for step in range(20)))
        number += 20
        print(number, flush=True)

asyncio.run(main())
"""


def spawn(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


async def opened(path: Path) -> Database:
    database = Database(path, read_only=False)
    await asyncio.to_thread(database.prepare)
    return database


async def test_what_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    path.write_text("dear diary, " * 1000)
    for read_only in (False, True):
        with pytest.raises(StoreError, match="it is not a database of watcher"):
            await SqlStore.open(path, read_only=read_only)


async def test_a_database_of_another_program_is_refused_for_reading(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE diary (day TEXT)")
    with pytest.raises(StoreError, match="watcher migrate"):
        await SqlStore.open(path, read_only=True)


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    await (await SqlStore.open(path)).close()
    with sqlite3.connect(path) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    for read_only in (False, True):
        with pytest.raises(StoreError, match="newer version of watcher"):
            await SqlStore.open(path, read_only=read_only)


async def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    store = await SqlStore.open(path)
    await store.sync_feeds(SPECS, NOW)
    await store.close()
    damaged = bytearray(path.read_bytes())
    damaged[3 * 4096 :] = b"\x55" * (len(damaged) - 3 * 4096)
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        await SqlStore.open(path)


def written_over(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(5 * 4096)
        file.write(b"\xff" * 4096)


def put_back(path: Path) -> None:
    """A damaged copy in its place, with the time of the file that it takes the place of, but not its size."""
    stat = path.stat()
    path.write_bytes(path.read_bytes()[: 4096 * 4])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def a_day_later(path: Path) -> None:
    """The disk lost bits of it, which no time or size tells."""
    stat = path.stat()
    written_over(path)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    note = path.with_name("watcher.db-checked")
    size, written, checked = note.read_text().split()
    note.write_text(f"{size} {written} {float(checked) - TRUSTED}")


def rubbish_in_the_note(path: Path) -> None:
    written_over(path)
    path.with_name("watcher.db-checked").write_bytes(b"\xff\0 1e999 nan")


@pytest.mark.parametrize("damage", [written_over, put_back, a_day_later, rubbish_in_the_note])
async def test_a_database_that_was_damaged_since_it_was_closed_is_refused(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "watcher.db"
    await (await SqlStore.open(path)).close()
    damage(path)
    with pytest.raises(StoreError, match="restore a backup"):
        await SqlStore.open(path)


async def test_a_database_is_read_through_once_a_day_and_after_every_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "watcher.db"
    read: list[str] = []
    monkeypatch.setattr("watcher.store.engine._quick_check", lambda connection: read.append("through"))
    await (await opened(path)).close()
    await (await opened(path)).close()
    reader = await SqlStore.open(path, read_only=True)
    await reader.feeds()
    await reader.close()
    path.with_name("watcher.db-wal").touch()  # which SQLite leaves there, empty
    await (await opened(path)).close()
    assert read == ["through"]
    first, second = await opened(path), await opened(path)
    await second.write(lambda db: db.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('a', 'b')"))
    await first.close()  # leaves no note: another still has it open, and wrote to it
    third = await opened(path)
    assert read == ["through", "through"]
    with pytest.raises(StoreError):
        await third.read(lambda db: db.exec_driver_sql("SELECT nonsense"))
    await second.close()
    await third.close()
    await (await opened(path)).close()
    assert read == ["through", "through", "through"]


async def test_reading_needs_a_database_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "näher? 100%" / "watcher.db"
    with pytest.raises(StoreError, match="no database"):
        await SqlStore.open(path, read_only=True)
    writer = await SqlStore.open(path)
    await writer.sync_feeds(SPECS, NOW)
    reader = await SqlStore.open(path, read_only=True)
    assert len(await reader.feeds()) == len(SPECS)
    with pytest.raises(StoreError, match="for reading only"):
        await reader.set_meta("a", "b")
    await reader.close()
    await writer.close()
    assert path.exists()


async def test_one_failure_in_a_batch_does_not_undo_the_others(tmp_path: Path) -> None:
    database = await opened(tmp_path / "watcher.db")

    async def insert(key: str) -> None:
        def run(connection: Connection) -> None:
            connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES (?, 'x')", (key,))
            if key == "bad":
                raise ValueError(key)

        await database.write(run)

    results = await asyncio.gather(*map(insert, ["a", "bad", "b", "a", "c"]), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), ValueError, type(None), StoreError, type(None)]
    kept = await database.read(lambda db: db.exec_driver_sql("SELECT key FROM meta ORDER BY key").scalars().all())
    assert kept == ["a", "b", "c"]
    await database.close()


async def test_reads_that_wait_are_answered_together_and_one_that_fails_spoils_no_other(tmp_path: Path) -> None:
    database = await opened(tmp_path / "watcher.db")

    def asked(sql: str) -> Awaitable[object]:
        return database.read(lambda db: db.exec_driver_sql(sql).scalar())

    answers = await asyncio.gather(
        *map(asked, ["SELECT 1", "SELECT nonsense", "SELECT 2", "SELECT 1/", "SELECT 3"]), return_exceptions=True
    )
    assert [one if isinstance(one, int) else type(one) for one in answers] == [1, StoreError, 2, StoreError, 3]
    await database.close()


async def test_a_read_that_is_done_does_not_wait_for_a_long_one_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.store.engine.SLOW", 0)
    database = await opened(tmp_path / "watcher.db")
    told = threading.Event()
    short = asyncio.create_task(database.read(lambda db: db.exec_driver_sql("SELECT 1").scalar()))
    short.add_done_callback(lambda task: told.set())
    assert await asyncio.gather(short, database.read(lambda db: told.wait(30))) == [1, True]
    await database.close()


async def test_a_full_disk_is_told_and_the_store_goes_on_once_there_is_room(tmp_path: Path) -> None:
    store = await SqlStore.open(tmp_path / "watcher.db")
    database = store._database
    pages = await database.read(lambda db: db.exec_driver_sql("PRAGMA page_count").scalar_one())
    await database.write(lambda db: db.exec_driver_sql(f"PRAGMA max_page_count={pages + 1}").close())
    writes = [store.set_meta(str(number), "x" * 5000) for number in range(20)]
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert {type(result) for result in results} == {NoRoomError}
    assert "the disk that holds it is full" in str(results[0])
    assert await store.meta("0") is None
    await store.set_meta("0", "x" * 5000)
    assert await store.meta("0") == "x" * 5000
    await store.close()


async def test_an_operation_whose_caller_left_is_done_all_the_same(tmp_path: Path) -> None:
    store = await SqlStore.open(tmp_path / "watcher.db")
    task = asyncio.create_task(store.set_meta("a", "b"))
    await asyncio.sleep(0)
    task.cancel()
    await store.set_meta("c", "d")
    assert await store.meta("a") == "b"
    await store.close()


async def test_after_close_nothing_is_taken(tmp_path: Path) -> None:
    store = await SqlStore.open(tmp_path / "watcher.db")
    last = [asyncio.create_task(store.set_meta(str(number), "x")) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*last)
    with pytest.raises(StoreError, match="was closed"):
        await store.set_meta("a", "b")
    with pytest.raises(StoreError, match="was closed"):
        await store.meta("1")


async def test_two_processes_never_claim_the_same_feed(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    store = await SqlStore.open(path)
    await store.sync_feeds(SPECS, NOW)
    both = [spawn(CLAIM_ALL, path, owner) for owner in ("one", "two")]
    claimed = [process.communicate(timeout=60)[0].split() for process in both]
    assert sorted(claimed[0] + claimed[1]) == sorted(spec.id for spec in SPECS)
    assert await store.claim_feeds(owner="three", now=NOW, lease=timedelta(minutes=5), limit=99) == ()
    await store.close()


async def test_two_processes_may_make_the_database_at_once(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    both = [spawn(CLAIM_ALL, path, owner) for owner in ("one", "two")]
    assert [process.wait(timeout=60) for process in both] == [0, 0]


async def test_a_new_database_that_another_program_writes_to_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(tmp_path / "watcher.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("watcher.store.engine.sleep", lambda seconds: other.execute("COMMIT"))
    store = await SqlStore.open(tmp_path / "watcher.db")
    assert not other.in_transaction
    await store.close()
    other.close()


async def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    process = spawn(WRITE_FOR_EVER, path)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(10)][-1]
    process.kill()
    acknowledged = max([acknowledged, *map(int, process.communicate()[0].split())])
    store = await SqlStore.open(path)
    assert [await store.meta(f"key-{number}") for number in range(acknowledged)] == ["x"] * acknowledged
    await store.close()
