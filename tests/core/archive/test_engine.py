"""Queries end when they are cancelled, and errors say what happened to what."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import duckdb
import pytest

from core.archive.engine import archive_error, querying, translated
from core.errors import ArchiveDamaged, ArchiveError, DiskFull
from core.jobs import JobCancelled, JobContext

_FOLDER = Path("archives") / "fleet"


def test_a_running_query_is_interrupted() -> None:
    ctx = JobContext()
    started = threading.Event()

    def cancel() -> None:
        started.wait(10)
        ctx.cancel()

    def ask() -> None:
        with querying(ctx, _FOLDER) as connection:
            started.set()
            endless = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = -1"
            connection.execute(endless).fetchall()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    with pytest.raises(JobCancelled):
        ask()
    canceller.join()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
        duckdb.OutOfMemoryException("failed to offload data block (max_temp_directory_size)"),
    ],
)
def test_a_full_disk_is_told_from_other_errors(error: Exception) -> None:
    found = archive_error(error, _FOLDER)
    assert isinstance(found, DiskFull)
    assert found.subject == str(_FOLDER)


def test_other_errors_name_the_archive_and_a_remedy() -> None:
    for error in (PermissionError(errno.EACCES, "Permission denied"), duckdb.IOException("IO Error: broken")):
        with pytest.raises(ArchiveError) as caught, translated(_FOLDER):
            raise error
        assert caught.value.subject == str(_FOLDER)
        assert caught.value.hint
        assert caught.value.detail == str(error)
        assert caught.value.__cause__ is error


def test_nothing_is_downloaded() -> None:
    with querying(JobContext(), _FOLDER) as connection:
        rows = connection.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions'"
        ).fetchall()
    assert sorted(rows) == [("autoinstall_known_extensions", "false"), ("autoload_known_extensions", "false")]


@pytest.mark.parametrize(
    "error",
    [
        duckdb.IOException('IO Error: No files found that match the pattern "x.parquet"'),
        duckdb.InvalidInputException("Invalid Input Error: No magic bytes found at end of file 'x.parquet'"),
        duckdb.Error("don't know what type: "),
    ],
)
def test_a_damaged_file_can_be_repaired(error: Exception) -> None:
    found = archive_error(error, _FOLDER)
    assert isinstance(found, ArchiveDamaged)
    assert "archive SOURCE verify --repair" in found.hint
    assert "delete" not in found.hint


@pytest.mark.parametrize(
    "error",
    [
        duckdb.IOException("IO Error: it is being used by another process"),
        duckdb.OutOfMemoryException("could not allocate block"),
    ],
)
def test_a_file_in_use_is_not_damaged(error: Exception) -> None:
    assert type(archive_error(error, _FOLDER)) is ArchiveError


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EROFS, "Read-only file system"),
        PermissionError(errno.EACCES, "Permission denied"),
        OSError("Generic LocalFileSystem error: Read-only file system (os error 30)"),
        duckdb.IOException('IO Error: Cannot open file "x": Read-only file system'),
    ],
)
def test_a_disk_that_can_only_be_read_is_like_a_missing_permission(error: Exception) -> None:
    found = archive_error(error, _FOLDER)
    assert found.title == "The archive may not be read or written"
    assert "ODOGRAPH_HOME" in found.hint
    assert "delete" not in found.hint
