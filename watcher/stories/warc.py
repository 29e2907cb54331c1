"""Pages as they came -> WARC 1.1 records, one gzip member each, one file a day; and back. RIM: it writes to the disk.

A record is made in memory and appended in one go under a lock on the file, so that two processes may append and a
crash can only ever tear the last record, which nobody was told of: the next append cuts the torn tail off. A file
whose damage lies deeper is left as it is, and a new one with a number goes on.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from watcher.model import Response, WarcRef
from watcher.stories.files import make_folder, sync_folder

FOLDER = "pages"
_CHUNK = 1 << 20
_MAX_FILES_A_DAY = 1000  # each one more than the first means damage; past that the disk needs a person
# What the door did away with when it inflated the body: kept under another name, as other crawlers do.
_UNDONE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_NAMESPACE = uuid.UUID("6063b363-d31a-52d8-8000-000000000001")


class DamagedError(Exception):
    """A WARC file with damage before its last record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """One page as a WARC file has it. record: the record's id, as in WarcRef; body: the page's bytes."""

    record: str
    url: str
    body: bytes


class PageLog:
    """The WARC files of an archive. Safe for several threads and processes at once."""

    def __init__(self, *, root: Path) -> None:
        self._root = root
        self._good: dict[Path, int] = {}  # how far a file is known to be whole members
        self._lock = threading.Lock()

    def append(self, page: Response) -> WarcRef:
        """Keep the page on disk, synced. Raises OSError; then the file is as it was."""
        make_folder(self._root / FOLDER)
        seen = f"{page.url} {page.fetched_at.isoformat()} {hashlib.sha256(page.body).hexdigest()}"
        record_id = f"<urn:uuid:{uuid.uuid5(_NAMESPACE, seen)}>"
        member = _response_member(page, record_id)
        day = page.fetched_at.strftime("%Y-%m-%d")
        with self._lock:
            for number in range(1, _MAX_FILES_A_DAY + 1):
                path = self._root / FOLDER / (f"{day}.warc.gz" if number == 1 else f"{day}-{number}.warc.gz")
                try:
                    self._append_to(path, member)
                except DamagedError:
                    continue
                return WarcRef(file=f"{FOLDER}/{path.name}", record=record_id)
        raise OSError(f"{self._root / FOLDER}: every WARC file of {day} is damaged")

    def _append_to(self, path: Path, member: bytes) -> None:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            whole = self._whole_until(path, handle)
            os.ftruncate(handle, whole)
            added = member if whole else _warcinfo_member(path.name) + member
            try:
                _write_at(handle, whole, added)
                os.fsync(handle)
            except BaseException:
                os.ftruncate(handle, whole)
                raise
            if not whole:
                sync_folder(path.parent)
            self._good[path] = whole + len(added)
        finally:
            os.close(handle)

    def _whole_until(self, path: Path, handle: int) -> int:
        """The offset behind the file's last whole member. Raises DamagedError."""
        size, known = os.fstat(handle).st_size, self._good.get(path, 0)
        if size == known:
            return size
        start = known if size > known else 0
        with path.open("rb") as file:
            file.seek(start)
            return start + whole_members(file)


def whole_members(file: BinaryIO) -> int:
    """How many bytes from here on are whole gzip members. Raises DamagedError where something else stands."""
    good = done = 0
    inflate = zlib.decompressobj(zlib.MAX_WBITS + 16)
    while chunk := file.read(_CHUNK):
        while chunk:
            try:
                inflate.decompress(chunk)
            except zlib.error as error:
                raise DamagedError(f"no gzip member at {good}: {error}") from error
            rest = inflate.unused_data if inflate.eof else b""
            done += len(chunk) - len(rest)
            chunk = rest
            if inflate.eof:
                good, inflate = done, zlib.decompressobj(zlib.MAX_WBITS + 16)
    return good


def read_pages(path: Path) -> Iterator[KeptPage]:
    """Every page of a WARC file, in order. Raises DamagedError where it cannot be read on, OSError if it is gone."""
    with path.open("rb") as file:
        try:
            for record in ArchiveIterator(file):
                if record.rec_type == "response":
                    yield KeptPage(
                        record=record.rec_headers.get_header("WARC-Record-ID"),
                        url=record.rec_headers.get_header("WARC-Target-URI"),
                        body=record.content_stream().read(),
                    )
        except (ArchiveLoadFailed, zlib.error, EOFError) as error:
            raise DamagedError(f"{path.name}: {error}") from error


def _response_member(page: Response, record_id: str) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    record = writer.create_warc_record(
        "".join(f"%{ord(c):02X}" if c <= " " else c for c in page.url),
        "response",
        payload=BytesIO(page.body),
        length=len(page.body),
        http_headers=StatusAndHeaders(_status_line(page.status), _headers(page), protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Record-ID": record_id,
            "WARC-Date": page.fetched_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )
    writer.write_record(record)
    return out.getvalue()


def _warcinfo_member(name: str) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    info = {"software": "watcher", "format": "WARC File Format 1.1", "description": "Story pages; bodies as inflated"}
    writer.write_record(writer.create_warcinfo_record(name, info))
    return out.getvalue()


def _headers(page: Response) -> list[tuple[str, str]]:
    """The answer's headers, one line each, with a length that is true of the inflated body."""
    raw = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in page.raw_headers]
    kept = []
    for raw_name, raw_value in raw or page.headers.items():
        name, value = "".join(raw_name.split()), " ".join(raw_value.split())
        kept.append((f"X-Archive-Orig-{name}" if name.lower() in _UNDONE else name, value))
    return [*kept, ("Content-Length", str(len(page.body)))]


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:  # a status of the server's own
        return f"{status} Other"


def _write_at(handle: int, offset: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(handle, view, offset)
        view, offset = view[written:], offset + written
