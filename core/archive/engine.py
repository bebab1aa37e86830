"""DuckDB as the archive uses it: settings, cancelling, and its errors as the program's own."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import threading
import uuid
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from core.errors import FORBIDDEN_HINT, ArchiveDamaged, ArchiveError, DiskFull, is_forbidden
from core.jobs import JobCancelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.jobs import JobContext

SPILL = "_spill-"
"""How the folders begin that hold for a while what does not fit into memory."""

REWRITING_MEMORY = "160MB"
"""Measured: a process that compacts any number of samples stays under 400 MB with it."""

_POLL_SECONDS = 0.05
_FULL_WORDS = ("no space left", "disk full", "not enough space", "max_temp_directory_size", "disk quota")
_FORBIDDEN_WORDS = ("permission denied", "read-only file system")
# What DuckDB calls an error of reading or writing although a file is at fault and not the disk below it.
_DAMAGE_WORDS = ("no files found", "no such file", "could not read enough")
_REBUILD = "Close other programs that use it; if that does not help, delete this folder and load the batches again."


@cache
def _instance() -> duckdb.DuckDBPyConnection:
    # The default is a folder in whatever the current folder is.
    connection = _connect(Path(tempfile.gettempdir()) / f"odograph-{os.getpid()}", threads=max(os.cpu_count() or 1, 1))
    connection.execute("SET parquet_metadata_cache = true")
    return connection


def _connect(spill: Path, **settings: int | str | bool) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            # Everything needed is built in; a workstation without network must not wait for a download.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": str(spill),
            **settings,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


_lock = threading.Lock()


@contextmanager
def querying(ctx: JobContext, subject: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for one query, which ends when the job is cancelled.

    Raises:
        JobCancelled: the job was cancelled meanwhile.
        ArchiveError, DiskFull: what went wrong, with the subject.
    """
    with _lock:
        cursor = _instance().cursor()
    try:
        with cancellable(cursor, ctx), translated(subject):
            yield cursor
        ctx.check()
    finally:
        cursor.close()


@contextmanager
def rewriting(ctx: JobContext, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that goes through any number of an archive's rows in little memory, which is given back at the end.

    What does not fit into memory is spilled into the archive's folder, where there is room for its files at least.

    Raises:
        JobCancelled: the job was cancelled meanwhile.
        ArchiveError, DiskFull: what went wrong, with the folder.
    """
    ctx.check()
    spill = folder / f"{SPILL}{uuid.uuid4().hex}"
    # Half of the cores are left to whoever waits for an answer in the meantime.
    threads = min(max((os.cpu_count() or 1) // 2, 1), 4)
    with translated(folder):
        connection = _connect(spill, threads=threads, memory_limit=REWRITING_MEMORY, preserve_insertion_order=False)
    try:
        with cancellable(connection, ctx), translated(folder):
            yield connection
        ctx.check()
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


@contextmanager
def cancellable(connection: duckdb.DuckDBPyConnection, ctx: JobContext) -> Iterator[None]:
    """Interrupt the connection's query as soon as the job is cancelled."""
    ctx.check()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_POLL_SECONDS):
            if ctx.cancelled:
                connection.interrupt()

    watcher = threading.Thread(target=watch, name="odograph-interrupt", daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException:
        if ctx.cancelled:
            raise JobCancelled from None
        raise
    finally:
        done.set()
        watcher.join()


@contextmanager
def translated(subject: Path) -> Iterator[None]:
    """Turn errors of DuckDB and of the system into the program's own, about this file or folder."""
    try:
        yield
    except duckdb.InterruptException:
        raise
    except (duckdb.Error, OSError) as error:
        raise archive_error(error, subject) from error


def archive_error(error: Exception, subject: Path) -> ArchiveError | DiskFull:
    """The program's error for one of DuckDB, Delta or the system."""
    text = str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or any(word in text.lower() for word in _FULL_WORDS):
        return DiskFull(
            "There is no room left on the disk",
            subject=str(subject),
            hint="Free some space there and try again; nothing that was loaded before is lost.",
            detail=text,
        )
    forbidden = isinstance(error, OSError) and is_forbidden(error)
    if forbidden or any(word in text.lower() for word in _FORBIDDEN_WORDS):
        return ArchiveError(
            "The archive may not be read or written",
            subject=str(subject),
            hint=FORBIDDEN_HINT,
            detail=text,
        )
    if _is_damage(error, text.lower()):
        return damaged(error, subject)
    return ArchiveError("The archive cannot be read or written", subject=str(subject), hint=_REBUILD, detail=text)


def damaged(error: Exception, subject: Path) -> ArchiveDamaged:
    """The program's error for a file whose content is at fault, or that is gone."""
    return ArchiveDamaged(
        "A file of the archive is missing or damaged",
        subject=str(subject),
        hint="archive SOURCE verify --repair on the command line, or Repair archive in the window, forgets what it "
        "held; the source is not touched, and a sync loads it again.",
        detail=str(error),
    )


def _is_damage(error: Exception, text: str) -> bool:
    """Whether a file's content is at fault, rather than who else uses it or how much memory there is."""
    if isinstance(error, duckdb.IOException):
        return any(word in text for word in _DAMAGE_WORDS)
    return isinstance(error, duckdb.Error) and not isinstance(
        error, duckdb.OutOfMemoryException | duckdb.ConnectionException | duckdb.InternalException
    )
