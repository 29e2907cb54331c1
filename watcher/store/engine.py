"""A database file -> one writer thread with group commit and one reader thread; every fault of either is a StoreError.

Writing operations that wait are run in one transaction (BEGIN IMMEDIATE) and committed once with synchronous=FULL:
what was acknowledged outlives a loss of power, and ten thousand feeds need few commits. While one commit waits for the
disk the next operations gather. Where one operation fails, the rest is run again without it: that is rare, and cheaper
than a savepoint around each. An operation is therefore a function that may be called twice. Reading operations that
wait are run from one snapshot.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from watcher.model import NoRoomError, StoreError
from watcher.store import intact
from watcher.store.batches import Batches, Job, settle
from watcher.store.migrate import check_version, upgrade

T = TypeVar("T")

BUSY_MS = 10_000  # how long another process may hold the file: its longest transaction is far shorter
BUSY_PAUSE = 0.01  # seconds between two tries where SQLite does not wait by itself
SLOW = 0.02  # seconds after which the reads of a batch that are done do not wait for the others
CHECKPOINT_PAGES = 4_000  # 16 MB: a page that many polls touch is written back once
SMALLEST_CHECKPOINT = 100  # pages: below it each would cost more than what it writes
PAGE = 4096
SHARE_OF_DISK = 16  # of what is free, the log takes no more
CACHE_KIB = 32_768  # pages kept in memory by each connection

_SENTENCES = (
    ("locked", "another program has held it for too long"),
    ("busy", "another program has held it for too long"),
    ("not a database", "it is not a database of watcher: restore a backup, or run `watcher migrate --rebuild`"),
    ("malformed", "it is damaged: restore a backup, or run `watcher migrate --rebuild`"),
    ("unable to open", "it cannot be opened (does the folder exist, and may it be read?)"),
    ("i/o error", "the disk reports an error"),
    ("no such table", "it is not a database of watcher"),
)


_NO_ROOM = (
    ("disk is full", "the disk that holds it is full"),
    ("readonly", "it cannot be written to (read-only file, folder or disk)"),
    ("read-only", "it cannot be written to (read-only file, folder or disk)"),
    ("no space left", "the disk that holds it is full"),
)


class Database:
    """One open database; `write` and `read` take a function of a Connection and may be called from any event loop."""

    def __init__(self, place: str | Path, *, read_only: bool) -> None:
        self.read_only = read_only
        self.path, url = _locate(place, read_only=read_only)
        self._engine = _engine(url, read_only=read_only)
        self._reads: Batches | None = None
        self._writes: Batches | None = None
        self._reading: Connection | None = None  # each is its thread's own
        self._writing: Connection | None = None
        self._checked: float | None = None  # when all of the file was last read, if nothing speaks against it since
        self.kept: Path | None = None  # a copy as it was, where it had to be brought to this version

    def prepare(self) -> None:
        """Opens, checks and migrates; to be called once, in a thread. Raises StoreError."""
        path = self.path
        if path is not None and not self.read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        if path is not None and self.read_only and not path.exists():
            raise StoreError(f"there is no database at {path} yet")
        if path is not None and not self.read_only:
            self._checked = intact.checked_at(path)
        try:
            with self._engine.connect() as connection:
                if self.read_only:
                    check_version(connection, self.name)
                else:
                    if self._checked is None:
                        _quick_check(connection)
                        self._checked = time()
                    upgrade(connection, self.name, keep=self._keep)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise self.fault(error) from error
        self._reads = Batches("store-reader", work=self._read_all, stop=self._stop_reading)
        if not self.read_only:
            self._writes = Batches("store-writer", work=self._write_all, stop=self._stop_writing)

    @property
    def name(self) -> str:
        """What a person knows the database by; never holds a password."""
        return str(self.path or self._engine.url.render_as_string(hide_password=True))

    async def write(self, run: Callable[[Connection], T]) -> T:
        """What `run` returns, once it is committed. Raises what it raises, and StoreError."""
        if self._writes is None:
            raise StoreError(f"the database {self.name} is open for reading only, or was closed")
        return await self._writes.run(run)

    async def read(self, run: Callable[[Connection], T]) -> T:
        """What `run` returns, from one snapshot. Raises what it raises, and StoreError."""
        if self._reads is None:
            raise StoreError(f"the database {self.name} was closed")
        return await self._reads.run(run)

    def _keep(self, version: str) -> None:
        """A copy of a database of an older version, beside it. Raises sqlite3.Error and OSError."""
        if self.path is not None:  # what a database server keeps has backups of its own
            self.kept = self.path.with_name(f"{self.path.stem}-{version}.db")
            _copy_file(self.path, self.kept)

    async def close(self) -> None:
        """Ends both threads once all that waits is done."""
        writes, self._writes = self._writes, None
        reads, self._reads = self._reads, None
        for batches in (writes, reads):
            if batches is not None:
                await batches.close()
        self._engine.dispose()
        if writes is not None and self.path is not None and self._checked is not None:
            await asyncio.to_thread(intact.leave, self.path, self._checked)

    def fault(self, error: Exception) -> StoreError:
        """The fault in a sentence. After one the file is read through when it is opened the next time."""
        self._checked = None
        said = str(error.orig if isinstance(error, DBAPIError) else error)
        for kind, sentences in ((NoRoomError, _NO_ROOM), (StoreError, _SENTENCES)):
            for word, sentence in sentences:
                if word in said.casefold():
                    return kind(f"the database {self.name} cannot be used: {sentence} [{said}]")
        return StoreError(f"the database {self.name} cannot be used: {said}")

    # -- the reader's thread

    def _read_all(self, jobs: list[Job[Any]]) -> None:
        """Each in turn, all from one snapshot; after one that fails the others go on from the next."""
        done, told, since = 0, 0, monotonic()
        while done < len(jobs):
            try:
                self._reading = self._reading or self._engine.connect()
                with self._reading.begin():
                    while done < len(jobs):
                        jobs[done].result = jobs[done].run(self._reading)
                        done += 1
                        if monotonic() - since > SLOW:
                            settle(jobs[told:done])
                            told, since = done, monotonic()
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever waits, and the thread lives on
                failed = jobs[min(done, len(jobs) - 1)]
                failed.error = self.fault(error) if isinstance(error, SQLAlchemyError) else error
                done += 1

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.close()

    # -- the writer's thread

    def _write_all(self, jobs: list[Job[Any]]) -> None:
        try:
            self._writing = self._writing or self._engine.connect().execution_options(immediate=True)
            self._transaction(self._writing, jobs)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait, and the thread lives on
            fault = self.fault(error)
            for job in jobs:
                job.error = fault
            _forget(self._writing)
            self._writing = None

    def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.close()

    def _transaction(self, connection: Connection, jobs: list[Job[Any]]) -> None:
        """All jobs together; where one fails nothing is kept, and the others are run once more without it."""
        waiting = list(jobs)
        while waiting:
            failed = _run(connection, waiting)
            if failed is None:
                return
            if isinstance(failed.error, SQLAlchemyError):
                failed.error = self.fault(failed.error)
            waiting.remove(failed)


def _run(connection: Connection, jobs: list[Job[Any]]) -> Job[Any] | None:
    """None once all is committed, or the job that failed, and then nothing is. Raises the database's own faults."""
    job: Job[Any] | None = None
    try:
        with connection.begin():
            for job in jobs:
                job.result = job.run(connection)
            job = None
    except OperationalError:  # a full disk, a lock: not this job's fault, and the next would meet it too
        raise
    except Exception as error:
        if job is None:
            raise
        job.error = error
        return job
    return None


def _forget(connection: Connection | None) -> None:
    """A connection in an unknown state is given up, the next batch opens another."""
    if connection is not None:
        connection.invalidate()
        connection.close()


def _quick_check(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        with connection.begin():
            said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if said != "ok":
            raise StoreError(f"the database is damaged: {said}; restore a backup, or run `watcher migrate --rebuild`")


def _copy_file(source: Path, target: Path) -> None:
    """What of a database is committed, in a file that appears whole or not at all. Raises sqlite3.Error and OSError."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(part)) as writing:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
    part.replace(target)


def _locate(place: str | Path, *, read_only: bool) -> tuple[Path | None, URL]:
    """The file, where the database is one, and the address in SQLAlchemy's form."""
    if isinstance(place, str) and "://" in place:
        url = make_url(place)
        if url.get_backend_name() != "sqlite":
            return None, url
        place = url.database or ""
    path = Path(place).absolute()
    query = {"uri": "true", "mode": "ro"} if read_only else {"uri": "true"}
    return path, URL.create("sqlite", database=f"file:{quote(str(path))}", query=query)


def _checkpoint_pages(connection: sqlite3.Connection) -> int:
    """Fewer on a small disk, so that the log of what was written does not fill it up itself."""
    _, _, path = connection.execute("PRAGMA database_list").fetchone()
    free = shutil.disk_usage(Path(path).parent).free if path else 0
    return max(SMALLEST_CHECKPOINT, min(CHECKPOINT_PAGES, free // PAGE // SHARE_OF_DISK))


def _keep_a_log(cursor: sqlite3.Cursor) -> None:
    """Turns on write-ahead logging. Of two programs that open a new database at once SQLite refuses one right away,
    whatever it was told of waiting, so we wait here. Raises sqlite3.OperationalError."""
    until = monotonic() + BUSY_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:  # & 0xFF: any kind of it
                raise
            sleep(BUSY_PAUSE)
        else:
            return


def _engine(url: URL, *, read_only: bool) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000}
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where `_begun` says, not where the driver guesses
        cursor = connection.cursor()
        if not read_only:
            _keep_a_log(cursor)
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute(f"PRAGMA wal_autocheckpoint={_checkpoint_pages(connection)}")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
