"""Commits happen once, or not at all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from core.archive.flatten import flatten
from core.archive.table import Conflict, Table
from core.archive.vacuum import ORPHAN_SECONDS, vacuum
from core.errors import ArchiveDamaged, ArchiveError
from core.jobs import JobContext
from tests.core.archive.batches import content, key, odometer

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.files import WrittenFile


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path / "archive")


def _written(table: Table, number: int = 0) -> tuple[WrittenFile, ...]:
    return flatten([(key(number), content(odometer(number)))], table.folder, JobContext()).files


@pytest.mark.parametrize("adds", [True, False])
def test_who_comes_second_has_to_look_again(table: Table, adds: bool) -> None:
    table.commit(table.snapshot(), _written(table), [])
    other = Table(table.folder)
    mine, theirs = table.snapshot(), other.snapshot()
    both = list(mine.files.values())
    other.commit(theirs, [], both)
    for one in (table, Table(table.folder), other):
        with pytest.raises(Conflict):
            one.commit(mine, _written(table, 1) if adds else [], both)
    assert table.snapshot().files == {}


def test_what_fails_after_the_commit_does_not_undo_it(table: Table) -> None:
    DeltaTable(table.folder).alter.set_table_properties({"delta.checkpointInterval": "1"})
    snapshot = table.snapshot()
    # The log gets a checkpoint after each commit now, and cannot write the next three.
    for version in range(snapshot.version + 1, snapshot.version + 4):
        (table.folder / "_delta_log" / f"{version:020}.checkpoint.parquet").mkdir()
    for number in range(2):
        snapshot = table.snapshot()
        table.commit(snapshot, _written(table, number), [])
        assert table.snapshot().version == snapshot.version + 1
    with pytest.raises(DeltaError):
        DeltaTable(table.folder).create_checkpoint()
    table.commit(table.snapshot(), [], table.snapshot().files.values())
    assert table.snapshot().files == {}


def test_opening_reads_the_last_checkpoint_and_what_came_after(table: Table) -> None:
    for number in range(3):
        table.commit(table.snapshot(), _written(table, number), [])
    DeltaTable(table.folder).create_checkpoint()
    for version in range(3):
        (table.folder / "_delta_log" / f"{version:020}.json").unlink()
    again = Table(table.folder)
    again.commit(again.snapshot(), _written(table, 3), [])
    assert table.snapshot() == again.snapshot() == Table(table.folder).snapshot()
    assert len(table.snapshot().files) == 4


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _overwrite(path: Path) -> None:
    path.write_bytes(bytes(200))


@pytest.mark.parametrize("damage", [_cut, _overwrite, Path.unlink])
@pytest.mark.parametrize("entry", ["2.checkpoint.parquet", "3.json"])
def test_a_damaged_log_says_what_to_do(table: Table, entry: str, damage: Callable[[Path], None]) -> None:
    for number in range(4):
        table.commit(table.snapshot(), _written(table, number), [])
        if number == 1:
            DeltaTable(table.folder).create_checkpoint()
    damage(table.folder / "_delta_log" / f"{0:019}{entry}")
    with pytest.raises(ArchiveError, match="log is damaged") as told:
        Table(table.folder).snapshot()
    assert not isinstance(told.value, ArchiveDamaged)
    assert told.value.subject == str(table.folder)
    assert told.value.hint.startswith("Move this folder away, then open the source again")
    assert "\n" not in told.value.detail
    # Done as it says, it starts anew.
    table.folder.rename(table.folder.with_name("away"))
    assert Table(table.folder).snapshot().files == {}


def test_a_log_that_is_damaged_while_it_is_read(table: Table) -> None:
    other = Table(table.folder)
    assert other.snapshot().files == {}
    table.commit(table.snapshot(), _written(table), [])
    _overwrite(table.folder / "_delta_log" / f"{1:020}.json")
    with pytest.raises(ArchiveError, match="log is damaged"):
        other.snapshot()


def test_what_is_damaged_but_no_longer_needed_hinders_nobody(table: Table) -> None:
    for number in range(2):
        table.commit(table.snapshot(), _written(table, number), [])
    table.commit(table.snapshot(), [], table.snapshot().files.values())
    DeltaTable(table.folder).create_checkpoint()
    entries = [table.folder / "_delta_log" / f"{version:020}.json" for version in range(4)]
    entries[0].unlink()
    _overwrite(entries[1])
    entries[2].write_bytes(b"\xff\xfe")
    _cut(entries[3])
    again = Table(table.folder)
    assert again.snapshot().files == {}
    # What cannot be read said when the second file left the table: it stays like any other that no commit names.
    assert vacuum(again, JobContext(), time.time() + ORPHAN_SECONDS - 60).files == 1
    assert vacuum(again, JobContext(), time.time() + ORPHAN_SECONDS + 60).files == 1


@pytest.mark.parametrize("name", ["per%20cent", "10%", "%zz", "100%25", "a%ce"])
def test_a_percent_sign_that_delta_takes_for_a_code_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "archive"
    if name in ("10%", "%zz"):
        table = Table(folder)
        table.commit(table.snapshot(), _written(table), [])
        assert Table(folder).snapshot() == table.snapshot()
        assert (folder / next(iter(table.snapshot().files))).is_file()
        return
    with pytest.raises(ArchiveError, match="codes such as %20") as told:
        Table(folder)
    assert told.value.subject == str(folder)
    assert "ODOGRAPH_HOME" in told.value.hint
    assert list(tmp_path.iterdir()) == []
