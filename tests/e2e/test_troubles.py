"""Wrong places and damaged input: a clear message, everything readable is read, nothing is counted twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from core.fleet.series import SeriesKey
from core.jobs import JobContext
from core.storage.keys import parse_key
from gui.messages import Belongs
from gui.session.own_jobs import OwnJobs
from gui.session.timeline_series import TimelineSeries
from tests.core.archive import batches
from tests.e2e.test_main_job import find

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Desk

ODOMETER = SeriesKey("VF100000000000001", "diagnostics", "odometer")
DAY = "9FBBEDED80595912588FF4FF/level13/2022/11/18"


def message(number: int) -> dict[str, object]:
    """One message of one vehicle."""
    item = {"data": {"unit": "kilometers", "value": 900 + number}, "timestamp": f"2022-11-18T14:{number:02d}:00.000Z"}
    return {
        "data": {"diagnostics": {"odometer": item}},
        "capability": "diagnostics",
        "property": "odometer",
        "message_id": f"{number:064X}",
        "version": 1,
        "vin": "VF100000000000001",
    }


@pytest.fixture
def odd_folder(tmp_path: Path) -> Path:
    """A folder with good batches, damaged ones, and files that are none."""
    day = tmp_path / "fleet" / DAY
    day.mkdir(parents=True)
    good = json.dumps([message(number) for number in range(4)])
    (day / "14-10-00-000000000-aa.json").write_text(good)
    (day / "14-15-00-000000000-ab.json").write_text(good)  # delivered again
    (day / "14-20-00-000000000-ac.json").write_text(json.dumps([message(4), 5, "text", message(5)]))
    (day / "14-25-00-000000000-ad.json").write_text(good[:-40])
    (day / "14-30-00-000000000-ae.json").write_text("")
    (day / "14-35-00-000000000-af.json").write_text('{"no": "array"}')
    (day / "14-40-00-000000000-a0.json").write_bytes(b"\xff\xfe\x00")
    (day / "notes.txt").write_text("no batch")
    (tmp_path / "fleet" / "test.json").write_text("{}")
    return tmp_path / "fleet"


def test_damaged_batches_leave_the_rest_readable(desk: Desk, odd_folder: Path) -> None:
    desk.open(str(odd_folder))
    (notice,) = desk.messages.notices
    assert (notice.title, notice.action) == ("3 batches and 3 messages could not be read", "Show rejects")
    archive = desk.session.archive
    assert archive is not None
    recorded = archive.recorded()
    assert len(recorded) == 7
    vehicles = desk.panels.vehicles.model
    assert vehicles.rowCount() == 1
    desk.session.add_paths([], ["diagnostics.odometer"])
    desk.wait(desk.panels.timeline.keys)
    desk.wait_until_settled()
    series = desk.panels.timeline.series(desk.panels.timeline.keys()[0])
    assert series is not None
    assert list(series.value) == [900, 901, 902, 903, 904, 905]
    state = find(desk.panels.batches.model, DAY.split("/")[0]).siblingAtColumn(3).data()
    assert "reject" in str(state)


def test_an_unreadable_batch_says_why_in_the_messages(desk: Desk, odd_folder: Path) -> None:
    desk.open(str(odd_folder))
    for name, readable in (("14-20-00-000000000-ac", 2), ("14-25-00-000000000-ad", 3), ("14-30-00-000000000-ae", 0)):
        desk.session.open_batch(f"{DAY}/{name}.json")
        panel = desk.panels.messages
        desk.wait(lambda: not desk.session.is_busy)
        rows = [panel.model.message_at(row) for row in range(panel.model.rowCount())]
        assert sum(not row.reason for row in rows) == readable
        assert any(row.reason for row in rows)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/no/such/folder", "no such folder"),
        ("s3://", "bucket"),
        ("https://example.com/x", "cannot be opened"),
    ],
)
def test_a_wrong_address_is_told(desk: Desk, address: str, says: str) -> None:
    desk.open(address)
    assert says in desk.messages.notices[0].title.lower()
    assert desk.panels.pages.currentWidget() is desk.panels.welcome


def test_what_is_told_of_a_source_goes_with_it_and_what_is_told_of_opening_once_one_is_open(
    desk: Desk, odd_folder: Path, tmp_path: Path
) -> None:
    desk.open("/no/such/folder")
    (told,) = desk.messages.notices
    desk.open(str(odd_folder))
    assert told not in desk.messages.notices
    (rejects,) = desk.messages.notices
    assert rejects.action == "Show rejects"
    # All panels have room in a window of 1000 x 640.
    heights = [dock.minimumSizeHint().height() for dock in desk.panels.docks.values()]
    assert sum(heights[:3]) <= 520
    assert max(heights[3:]) <= 160
    desk.messages.show_info("Copied")
    desk.open("/no/such/folder")
    assert [one.title for one in desk.messages.notices][1:] == ["Copied", rejects.title]
    (tmp_path / "empty").mkdir()
    desk.open(str(tmp_path / "empty"))
    assert [one.title for one in desk.messages.notices] == ["Copied"]
    desk.open(str(odd_folder))
    desk.messages.show_warning("It belongs to the source", belongs=Belongs.SOURCE)
    desk.trigger("close_source")
    assert [one.title for one in desk.messages.notices] == ["Copied"]


def test_an_empty_folder_says_so(desk: Desk, tmp_path: Path) -> None:
    desk.open(str(tmp_path))
    assert desk.session.source is not None
    assert "No batches" in desk.panels.batches.stack.text


def test_a_batch_that_is_gone_is_told_where_its_messages_would_be(desk: Desk, odd_folder: Path) -> None:
    desk.open(str(odd_folder))
    key = f"{DAY}/14-10-00-000000000-aa.json"
    assert parse_key(key) is not None
    (odd_folder / key).unlink()
    desk.session.open_batch(key)
    desk.wait(lambda: not desk.session.is_busy)
    assert "gone" in desk.panels.messages.stack.text.lower() or "no such" in desk.panels.messages.stack.text.lower()


@pytest.mark.parametrize("kind", ["batch", "sample"])
def test_a_source_with_a_damaged_archive_opens_and_can_be_repaired(desk: Desk, odd_folder: Path, kind: str) -> None:
    desk.open(str(odd_folder))
    archive = desk.session.archive
    assert archive is not None
    vehicles = archive.vehicles(JobContext())
    desk.session.close()
    desk.messages.dismiss_all()
    for path in archive.folder.rglob(f"kind={kind}/**/*.parquet"):
        path.unlink()
    desk.open(str(odd_folder))
    assert desk.panels.pages.currentWidget() is desk.panels.timeline
    assert find(desk.panels.batches.model, DAY.split("/")[0]).isValid()
    desk.session.open_batch(f"{DAY}/14-10-00-000000000-aa.json")
    desk.wait_until_settled()
    assert desk.panels.messages.model.rowCount() == 4
    (notice,) = [one for one in desk.messages.notices if one.action == "Repair archive"]
    assert "verify --repair" in notice.hint
    assert notice.callback is not None
    notice.callback()
    desk.wait_until_settled()
    assert not [one for one in desk.messages.notices if one.action == "Repair archive"]
    assert len(archive.recorded()) == 7
    assert archive.upkeep.verify(JobContext()).sound
    assert archive.vehicles(JobContext()) == vehicles
    assert desk.panels.vehicles.model.rowCount() == 1


def test_series_that_could_not_be_read_can_be_asked_for_again(desk: Desk, odd_folder: Path) -> None:
    desk.open(str(odd_folder))
    archive, session, timeline = desk.session.archive, desk.session, desk.panels.timeline
    assert archive is not None
    session.add_series([ODOMETER])
    session.cancel_all()
    assert timeline.keys() == [ODOMETER]
    desk.wait_until_settled()
    assert list(session.series_keys) == []
    assert timeline.keys() == []
    hidden = [(path, path.with_suffix(".away")) for path in archive.folder.rglob("kind=sample/**/*.parquet")]
    for path, away in hidden:
        path.rename(away)
    session.add_series([ODOMETER])
    desk.wait_until_settled()
    assert [notice.action for notice in desk.messages.notices if "amage" in notice.title] == ["Repair archive"]
    assert list(session.series_keys) == []
    assert timeline.keys() == []
    for path, away in hidden:
        away.rename(path)
    session.add_series([ODOMETER])
    desk.wait(lambda: timeline.series(ODOMETER))
    desk.wait_until_settled()
    # What has come stays where it cannot be read anew.
    for path, away in hidden:
        path.rename(away)
    session.set_joined(False)
    session.set_joined(True)
    desk.wait_until_settled()
    assert list(session.series_keys) == [ODOMETER]
    assert timeline.keys() == [ODOMETER]


def test_a_read_that_ends_late_replaces_nothing_newer(desk: Desk, odd_folder: Path) -> None:
    desk.open(str(odd_folder))
    archive = desk.session.archive
    assert archive is not None
    shown, failures = list[int](), list[object]()
    jobs = OwnJobs(desk.jobs, failures.append, lambda: None)
    series = TimelineSeries(jobs, lambda: False, desk.session)
    series.begin(archive)
    series.loaded.connect(lambda loaded: shown.extend(len(one.series) for one in loaded))
    series.add([ODOMETER])
    desk.wait(lambda: not len(jobs))
    read, take_older = series.reading([ODOMETER])
    older = read(JobContext())
    body = batches.content(batches.odometer(999, vin=ODOMETER.vin))
    archive.append([batches.delivery(batches.key(), body)], JobContext())
    read, take_newer = series.reading([ODOMETER])
    take_newer(read(JobContext()))
    take_older(older)
    assert shown == [6, 7]
    assert failures == []
