"""An archive is cleaned up, verified, repaired, and lets go of what is not wanted."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import duckdb
import pytest

from core.archive.archive import Archive
from core.archive.ledger import Recorded
from core.archive.upkeep import VerifyResult
from core.archive.vacuum import GRACE_SECONDS, ORPHAN_SECONDS, VacuumResult, vacuum
from core.errors import ArchiveError, DiskFull
from core.fleet.series import SeriesKey
from core.jobs import JobCancelled, JobContext
from tests.core.archive.batches import APP, content, delivery, key, odometer

_ODOMETER = SeriesKey("VF1", "diagnostics", "odometer")
_DAYS = ("2023/04/27", "2023/04/28", "2023/05/01")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two batches on each of three days, with a reject each; the second brings what the first brought, too."""
    archive = Archive.open(tmp_path / "archive")
    for number, day in enumerate(_DAYS):
        _add(archive, day, number)
    return archive


def _add(archive: Archive, day: str, number: int = 0, **place: str) -> int:
    messages = [odometer(10 * number + n, f"2023-04-28T09:{number:02}:{n:02}Z", message_id=f"M{n}") for n in range(5)]
    both = [
        delivery(key(1, day, **place), content(*messages, 5)),
        delivery(key(2, day, **place), content(*messages, 6)),
    ]
    return archive.append(both, JobContext()).batches


def _verify(archive: Archive) -> VerifyResult:
    return archive.upkeep.verify(JobContext())


def _on_disk(archive: Archive) -> set[str]:
    return {path.relative_to(archive.folder).as_posix() for path in archive.folder.rglob("kind=*/**/*.parquet")}


def _named(archive: Archive, kind: str = "") -> set[str]:
    return {file.path for file in archive._table.snapshot().files.values() if kind in ("", file.partition.kind)}


def _vacuum(archive: Archive, after: float) -> VacuumResult:
    return vacuum(archive._table, JobContext(), time.time() + after)


def test_what_was_removed_is_kept_for_an_hour(archive: Archive) -> None:
    old = _named(archive)
    size = sum((archive.folder / path).stat().st_size for path in old)
    archive.upkeep.compact(JobContext(), everything=True)
    assert _on_disk(archive) == old | _named(archive)
    status = archive.upkeep.status(JobContext())
    gone = old - _named(archive)
    assert (status.spare_files, status.spare_bytes) == (
        len(gone),
        sum((archive.folder / path).stat().st_size for path in gone),
    )
    assert _vacuum(archive, GRACE_SECONDS - 60) == VacuumResult(0, 0)
    assert _vacuum(archive, GRACE_SECONDS + 60) == VacuumResult(len(gone), status.spare_bytes)
    assert status.spare_bytes < size
    assert _on_disk(archive) == _named(archive)
    assert _verify(archive).sound
    # Also when the log does not say any more when it was.
    assert _vacuum(archive, 0) == VacuumResult(0, 0)


def test_what_killed_processes_leave_is_kept_for_a_day(archive: Archive) -> None:
    folder = archive.folder / next(iter(_named(archive, "sample"))).rpartition("/")[0]
    (folder / "left.parquet").write_bytes(b"PAR1")
    spilled = archive.folder / "_spill-1"
    spilled.mkdir()
    (spilled / "block").write_bytes(b"1234")
    before = _named(archive)
    assert _vacuum(archive, ORPHAN_SECONDS - 60) == VacuumResult(0, 0)
    assert spilled.exists()
    assert _vacuum(archive, ORPHAN_SECONDS + 60) == VacuumResult(1, 4)
    assert (_on_disk(archive), _named(archive), spilled.exists()) == (before, before, False)


def test_a_file_that_somebody_has_open_stays(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.upkeep.compact(JobContext(), everything=True)
    disk = _on_disk(archive)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "The process cannot access the file", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        assert _vacuum(archive, GRACE_SECONDS + 60) == VacuumResult(0, 0)
    assert _on_disk(archive) == disk
    assert _vacuum(archive, GRACE_SECONDS + 60).files == len(disk - _named(archive))


def test_a_file_that_is_about_to_be_committed_must_be_there(archive: Archive) -> None:
    from core.archive.flatten import flatten

    written = flatten([(key(9), content(odometer(1)))], archive.folder, JobContext()).files
    (archive.folder / written[0].path).unlink()
    version = archive.version()
    with pytest.raises(ArchiveError, match="is gone"):
        archive._table.commit(archive._table.snapshot(), written, [])
    assert archive.version() == version


def test_a_sound_archive(archive: Archive) -> None:
    assert _verify(archive) == VerifyResult(len(_named(archive)), 6, 30, 6, (), ())
    archive.upkeep.compact(JobContext(), everything=True)
    assert _verify(archive) == VerifyResult(len(_named(archive)), 6, 30, 6, (), ())
    assert _verify(Archive.open(archive.folder.parent / "none")) == VerifyResult(0, 0, 0, 0, (), ())


@pytest.mark.parametrize("kind", ["sample", "reject", "batch"])
@pytest.mark.parametrize("damage", ["missing", "cut", "flipped", "fewer"])
def test_damage_is_found_and_repaired_by_loading_again(archive: Archive, kind: str, damage: str) -> None:
    series = archive.series([_ODOMETER], JobContext())[0].value.tolist()
    path = sorted(_named(archive, kind))[0]
    file = archive.folder / path
    data = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "cut":
        file.write_bytes(data[:-20])
    elif damage == "flipped":
        file.write_bytes(data[:-30] + bytes(byte ^ 255 for byte in data[-30:]))
    else:
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT * FROM '{file}' LIMIT 1) TO '{file}.new' (FORMAT parquet)")
        Path(f"{file}.new").replace(file)
    again = Archive.open(archive.folder)
    found = _verify(again)
    assert [lost.path for lost in found.lost] == [path]
    month = path.rpartition("month=")[2][:7].replace("-", "/")
    assert found.differences
    assert {difference.batch[33:40] for difference in found.differences} == {month}
    again.upkeep.repair(found, JobContext())
    assert path not in _named(again)
    assert _verify(again).sound
    assert len(again.recorded()) == 6 - len(found.differences)
    added = sum(_add(again, day, number) for number, day in enumerate(_DAYS))
    assert added == len(found.differences)
    assert again.series([_ODOMETER], JobContext())[0].value.tolist() == series
    assert _verify(again) == VerifyResult(len(_named(again)), 6, 30, 6, (), ())


def test_a_file_that_may_not_be_read_is_no_damage(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refuse(path: Path, mode: str = "r") -> object:
        if path.suffix == ".parquet":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ArchiveError, match="may not be read"):
        _verify(archive)


def test_days_are_removed_and_can_be_loaded_again(archive: Archive) -> None:
    _add(archive, _DAYS[1], level="level12")
    archive.upkeep.compact(JobContext(), everything=True)
    before = archive.recorded()
    between = archive.upkeep.recorded_between
    assert between("2023-04-28", "2023-04-28") == Recorded(sorted(key for key in before if "/04/28/" in key), 20, 4)
    assert len(between("2023-04-28", "2023-05-01", APP, "level13").keys) == 4
    assert between("2023-04-28", "2023-04-28", "0" * 24) == Recorded([], 0, 0)
    chosen = between("2023-04-28", "2023-04-30", level="level13")
    version = archive.version()
    archive.upkeep.remove(chosen.keys, JobContext())
    assert archive.version() == version + 1
    assert sorted(before) == sorted([*archive.recorded(), *chosen.keys])
    assert _verify(archive) == VerifyResult(len(_named(archive)), 6, 30, 6, (), ())
    assert {reject.batch for reject in archive.rejects(JobContext())} == set(archive.recorded())
    assert _add(archive, _DAYS[1], 1) == 2
    # Everything of a month leaves no file of it.
    archive.upkeep.remove(between("2023-05-01", "2023-05-31").keys, JobContext())
    assert {month.month for month in archive.upkeep.status(JobContext()).months} == {"2023-04"}
    archive.upkeep.remove([], JobContext())


class _Meanwhile(JobContext):
    """Does something at its n-th check."""

    def __init__(self, checks: int) -> None:
        super().__init__()
        self._left = checks
        self.act = self.cancel

    def check(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.act()
        super().check()


def test_cancelled_or_failed_a_removal_leaves_all_as_it_was(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = archive.upkeep.recorded_between("2023-04-28", "2023-04-28").keys
    archive.upkeep.compact(JobContext(), everything=True)
    before = archive.version(), _on_disk(archive)
    for checks in range(1, 50):
        try:
            archive.upkeep.remove(keys, _Meanwhile(checks))
        except JobCancelled:
            assert (archive.version(), _on_disk(archive)) == before
        else:
            break
    assert checks > 3
    _add(archive, _DAYS[1], 1)
    archive.upkeep.compact(JobContext(), everything=True)
    before = archive.version(), _on_disk(archive)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        archive.upkeep.remove(keys, JobContext())
    assert (archive.version(), _on_disk(archive)) == before


def test_others_append_and_compact_while_days_are_removed(archive: Archive) -> None:
    other = Archive.open(archive.folder)
    keys = archive.upkeep.recorded_between("2023-04-28", "2023-04-28").keys

    def act() -> None:
        _add(other, "2023/04/29", 7)
        other.upkeep.compact(JobContext(), everything=True)

    ctx = _Meanwhile(4)
    ctx.act = act
    archive.upkeep.remove(keys, ctx)
    assert len(archive.recorded()) == 6
    assert not archive.recorded().keys() & set(keys)
    assert _verify(archive).sound


def test_what_there_is(archive: Archive) -> None:
    status = archive.upkeep.status(JobContext())
    assert [(month.month, month.batches, month.samples, month.rejects, month.depth) for month in status.months] == [
        ("2023-05", 2, 10, 2, 1),
        ("2023-04", 4, 20, 4, 2),
    ]
    assert [month.clustered for month in status.months] == [True, False]
    assert sum(month.files for month in status.months) == len(_named(archive))
    assert sum(month.bytes for month in status.months) == sum(
        (archive.folder / path).stat().st_size for path in _named(archive)
    )
    assert status.first is not None
    assert status.last == status.first + 124_000_000
    empty = Archive.open(archive.folder.parent / "none").upkeep.status(JobContext())
    assert (empty.months, empty.first, empty.last, empty.spare_files) == ((), None, None, 0)
