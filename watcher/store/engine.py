"""A database file -> one writer thread with group commit and one reader thread; every fault of either is a StoreError.

Writing operations that wait are run in one transaction (BEGIN IMMEDIATE) and committed once with synchronous=FULL:
what was acknowledged outlives a loss of power, and ten thousand feeds need few commits. While one commit waits for the
disk the next operations gather; nothing waits on purpose. Where one operation fails, the rest is run again without it:
that is rare, and cheaper than a savepoint around each. An operation is therefore a function that may be called twice.
"""

from __future__ import annotations

import asyncio
import queue
import shutil
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from watcher.model import NoRoomError, StoreError
from watcher.store.migrate import check_version, upgrade

T = TypeVar("T")

BUSY_MS = 10_000  # how long another process may hold the file: its longest transaction is far shorter
BUSY_PAUSE = 0.01  # seconds between two tries where SQLite does not wait by itself
BATCH = 500  # operations in one transaction: the first of them waits at most a few hundred milliseconds
SETTLED_AT_ONCE = 16  # of them are told in one turn of the event loop: up to half a millisecond each
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


@dataclass(slots=True)
class _Job(Generic[T]):
    run: Callable[[Connection], T]
    future: asyncio.Future[T]
    loop: asyncio.AbstractEventLoop
    result: T | None = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():  # the caller was cancelled; what it asked for is done all the same
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


class Database:
    """One open database; `write` and `read` take a function of a Connection and may be called from any event loop."""

    def __init__(self, place: str | Path, *, read_only: bool) -> None:
        self.read_only = read_only
        self.path, url = _locate(place, read_only=read_only)
        self._engine = _engine(url, read_only=read_only)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="store-reader")
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._reading: Connection | None = None
        self.kept: Path | None = None  # a copy as it was, where it had to be brought to this version

    def prepare(self) -> None:
        """Opens, checks and migrates; to be called once, in a thread. Raises StoreError."""
        path = self.path
        if path is not None and not self.read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        if path is not None and self.read_only and not path.exists():
            raise StoreError(f"there is no database at {path} yet")
        try:
            with self._engine.connect() as connection:
                if self.read_only:
                    check_version(connection, self.name)
                else:
                    _quick_check(connection)  # reads the whole file: right for a daemon, too long for `watcher status`
                    upgrade(connection, self.name, keep=self._keep)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise self.fault(error) from error
        if not self.read_only:
            self._writer = threading.Thread(target=self._write_for_ever, name="store-writer", daemon=True)
            self._writer.start()

    @property
    def name(self) -> str:
        """What a person knows the database by; never holds a password."""
        return str(self.path or self._engine.url.render_as_string(hide_password=True))

    async def write(self, run: Callable[[Connection], T]) -> T:
        """What `run` returns, once it is committed. Raises what it raises, and StoreError."""
        if self._writer is None:
            raise StoreError(f"the database {self.name} is open for reading only, or was closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(run=run, future=future, loop=loop))
        return await future

    async def read(self, run: Callable[[Connection], T]) -> T:
        """What `run` returns, from one snapshot. Raises StoreError."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._read, run)

    def _keep(self, version: str) -> None:
        """A copy of a database of an older version, beside it. Raises sqlite3.Error and OSError."""
        if self.path is not None:  # what a database server keeps has backups of its own
            self.kept = self.path.with_name(f"{self.path.stem}-{version}.db")
            _copy_file(self.path, self.kept)

    async def close(self) -> None:
        """Ends both threads once all that waits is done."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._jobs.put(None)
            await asyncio.to_thread(writer.join)
        await asyncio.get_running_loop().run_in_executor(self._reader, self._stop_reading)
        self._reader.shutdown(wait=True)
        self._engine.dispose()

    def fault(self, error: Exception) -> StoreError:
        """The fault in a sentence."""
        said = str(error.orig if isinstance(error, DBAPIError) else error)
        for kind, sentences in ((NoRoomError, _NO_ROOM), (StoreError, _SENTENCES)):
            for word, sentence in sentences:
                if word in said.casefold():
                    return kind(f"the database {self.name} cannot be used: {sentence} [{said}]")
        return StoreError(f"the database {self.name} cannot be used: {said}")

    def _read(self, run: Callable[[Connection], T]) -> T:
        try:
            if self._reading is None:
                self._reading = self._engine.connect()
            with self._reading.begin():
                return run(self._reading)
        except SQLAlchemyError as error:
            raise self.fault(error) from error

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.close()

    # -- the writer's thread

    def _write_for_ever(self) -> None:
        connection: Connection | None = None
        while (jobs := self._gather()) is not None:
            try:
                if connection is None:
                    connection = self._engine.connect().execution_options(immediate=True)
                self._transaction(connection, jobs)
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait, and the thread lives on
                fault = self.fault(error)
                for job in jobs:
                    job.error = fault
                _forget(connection)
                connection = None
            _settle(jobs)
        if connection is not None:
            connection.close()

    def _gather(self) -> list[_Job[Any]] | None:
        """The jobs that wait, at least one; None when it is time to end."""
        first = self._jobs.get()
        if first is None:
            return None
        jobs = [first]
        while len(jobs) < BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)  # end, but only after these
                break
            jobs.append(job)
        return jobs

    def _transaction(self, connection: Connection, jobs: list[_Job[Any]]) -> None:
        """All jobs together; where one fails nothing is kept, and the others are run once more without it."""
        waiting = list(jobs)
        while waiting:
            failed = _run(connection, waiting)
            if failed is None:
                return
            if isinstance(failed.error, SQLAlchemyError):
                failed.error = self.fault(failed.error)
            waiting.remove(failed)


def _run(connection: Connection, jobs: list[_Job[Any]]) -> _Job[Any] | None:
    """None once all is committed, or the job that failed, and then nothing is. Raises the database's own faults."""
    job: _Job[Any] | None = None
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


def _settle(jobs: list[_Job[Any]]) -> None:
    loops: dict[asyncio.AbstractEventLoop, list[_Job[Any]]] = {}
    for job in jobs:
        loops.setdefault(job.loop, []).append(job)
    for loop, its in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_all, its)


def _settle_all(jobs: list[_Job[Any]]) -> None:
    """A few in each turn of the loop: whoever waited goes on at once, and hundreds of them would hold it."""
    for job in jobs[:SETTLED_AT_ONCE]:
        job.settle()
    if len(jobs) > SETTLED_AT_ONCE:
        asyncio.get_running_loop().call_soon(_settle_all, jobs[SETTLED_AT_ONCE:])


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
