"""Commits happen once, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from core.archive.flatten import flatten
from core.archive.table import Conflict, Table
from core.jobs import JobContext
from tests.core.archive.batches import content, key, odometer

if TYPE_CHECKING:
    from pathlib import Path

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
