"""The window keeps its archive fast without being asked, and in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.archive import compact
from core.jobs import JobContext

if TYPE_CHECKING:
    import pytest

    from tests.e2e.conftest import Desk, Fleet


def test_loads_are_compacted_where_that_is_worth_it(desk: Desk, fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.open(str(fleet.folder))
    archive = desk.session.archive
    assert archive is not None
    days = sorted(archive.day_states())
    archive.upkeep.remove([record.key for record in archive.recorded().values()], JobContext())
    monkeypatch.setattr(compact, "_OPEN_RUNS", 2)
    for day in days:
        desk.session.load_days([day])
        desk.wait_until_settled()
    status = archive.upkeep.status(JobContext())
    assert [month.clustered for month in status.months] == [True]
    assert status.spare_files > 0
    assert sum(month.batches for month in status.months) == len(archive.recorded()) > 0
    assert archive.upkeep.verify(JobContext()).sound
