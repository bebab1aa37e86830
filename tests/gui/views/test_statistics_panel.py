"""The panel of statistics beside a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from gui.job_runner import JobRunner
from gui.views.statistics_panel import Extent, StatisticsPanel
from gui.views.statistics_table import Column
from gui.views.timeline import measure_job
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS
from tests.waiting import wait_for_rest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

# Offscreen windows have no hints for a window manager.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

SPEED, LOCK, FAILING = key("diagnostics.speed"), key("doors.locks_state"), key("x.failing")


@pytest.fixture
def timeline(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.set_time_zone(ZoneInfo("Europe/Berlin"), "Europe/Berlin")
    view.show()
    return view


@pytest.fixture
def panel(qtbot: QtBot, timeline: TimelineView) -> Iterator[StatisticsPanel]:
    jobs = JobRunner()
    panel = StatisticsPanel(timeline, jobs)
    panel.set_zone(ZoneInfo("Europe/Berlin"))
    qtbot.addWidget(panel)
    panel.resize(1200, 300)
    panel.show()
    yield panel
    assert jobs.shutdown()


def fill(timeline: TimelineView) -> None:
    """Speeds of 30 and then of 60 km/h over four hours, a door, and what only ever fails."""
    times = JUNE + np.arange(241) * MINUTE
    timeline.set_series(
        [
            make_series(SPEED, times, np.where(np.arange(241) < 120, 30.0, 60.0), unit="kilometers_per_hour"),
            make_series(LOCK, JUNE + np.array([0, 1, 4]) * HOUR, text=["locked", "unlocked", "locked"]),
            make_series(FAILING, [JUNE + HOUR], failure=["oem_error"]),
        ]
    )
    timeline.grab()


def rows(panel: StatisticsPanel) -> list[dict[Column, str]]:
    """What is shown, without what is empty."""
    model = panel.model
    found = [{column: str(model.index(row, column).data()) for column in Column} for row in range(model.rowCount())]
    return [{column: text for column, text in row.items() if text} for row in found]


def wait_for_rows(qtbot: QtBot, panel: StatisticsPanel, count: int) -> None:
    qtbot.waitUntil(lambda: panel.model.rowCount() == count)


def test_it_says_what_to_do_where_there_is_nothing(
    panel: StatisticsPanel, timeline: TimelineView, qtbot: QtBot
) -> None:
    assert "No series with samples on the timeline" in panel.stack.text
    fill(timeline)
    wait_for_rows(qtbot, panel, 4)
    assert panel.stack.text == ""
    panel.choose(Extent.REGION)
    assert panel.stack.text == (
        "No region is marked\nPress R in the timeline where it begins and where it ends, or drag with Alt in a plot."
    )


def test_all_of_the_time(panel: StatisticsPanel, timeline: TimelineView) -> None:
    fill(timeline)
    panel.choose(Extent.ALL)
    speed, unlocked, locked, failing = rows(panel)
    assert speed == {
        Column.VEHICLE: "VIN1", Column.PROPERTY: "Speed", Column.UNIT: "km/h", Column.SAMPLES: "241",
        Column.MINIMUM: "30", Column.MAXIMUM: "60", Column.MEAN_OVER_TIME: "45", Column.MEAN: "45.0622",
        Column.CHANGE: "+30", Column.RATE: "7.5", Column.INTEGRAL: "180 km", Column.TIME: "4 h",
        Column.SHARE: "100.0%", Column.GAPS: "0", Column.FAILURES: "0",
        Column.FIRST: "2026-06-01 02:00:00", Column.LAST: "2026-06-01 06:00:00",
    }  # fmt: skip
    told = (Column.STATE, Column.SAMPLES, Column.TIME, Column.SHARE, Column.ENTRIES, Column.FIRST)
    assert [unlocked[column] for column in told] == ["Unlocked", "1", "3 h", "75.0%", "1", "2026-06-01 03:00:00"]
    assert [locked[column] for column in told] == ["Locked", "2", "1 h", "25.0%", "2", "2026-06-01 02:00:00"]
    assert failing[Column.FAILURES] == failing[Column.SAMPLES] == "1"
    assert Column.MINIMUM not in failing
    assert panel.status.full_text == "2026-06-01 02:00:00 to 2026-06-01 06:00:00 · 4 h · 4 rows"
    assert Column.COMPONENT not in panel.model.columns()
    assert panel.table.isColumnHidden(Column.COMPONENT)


def test_it_follows_what_is_in_sight_and_the_region(
    panel: StatisticsPanel, timeline: TimelineView, qtbot: QtBot
) -> None:
    fill(timeline)
    timeline.set_visible_range(JUNE, JUNE + HOUR)
    qtbot.waitUntil(lambda: [row.get(Column.INTEGRAL) for row in rows(panel)][:1] == ["30 km"])
    panel.choose(Extent.REGION)
    timeline.reading.region.set_range((JUNE + HOUR, JUNE + 3 * HOUR))
    qtbot.waitUntil(lambda: [row.get(Column.INTEGRAL) for row in rows(panel)][:1] == ["90 km"])
    timeline.reading.region.set_range((JUNE + HOUR, JUNE + 4 * HOUR))
    qtbot.waitUntil(lambda: [row.get(Column.INTEGRAL) for row in rows(panel)][:1] == ["150 km"])
    timeline.remove_series([SPEED])
    wait_for_rows(qtbot, panel, 3)


def test_what_is_hidden_is_not_measured_until_it_is_seen(
    panel: StatisticsPanel, timeline: TimelineView, qtbot: QtBot
) -> None:
    panel.hide()
    fill(timeline)
    wait_for_rest(qtbot, timeline)
    wait_for_rest(qtbot, panel)
    assert panel.model.rowCount() == 0
    panel.show()
    assert panel.model.rowCount() == 4


def test_many_samples_are_measured_by_a_job(
    panel: StatisticsPanel, timeline: TimelineView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure_job, "_AT_ONCE", 10)
    fill(timeline)
    for extent in (Extent.ALL, Extent.VIEW, Extent.ALL):
        panel.choose(extent)
    assert panel.status.full_text == "Reading values …"
    wait_for_rows(qtbot, panel, 4)
    assert "4 rows" in panel.status.full_text


def test_columns_are_sorted_by_what_they_mean(panel: StatisticsPanel, timeline: TimelineView) -> None:
    fill(timeline)
    panel.choose(Extent.ALL)
    assert [row.get(Column.STATE) for row in rows(panel)] == [None, "Unlocked", "Locked", None]
    panel.table.sortByColumn(Column.SAMPLES, Qt.SortOrder.DescendingOrder)
    assert [row[Column.SAMPLES] for row in rows(panel)] == ["241", "2", "1", "1"]
    panel.table.sortByColumn(Column.TIME, Qt.SortOrder.AscendingOrder)
    assert [row.get(Column.TIME) for row in rows(panel)][:3] == ["1 h", "3 h", "4 h"]
    panel.table.sortByColumn(Column.STATE, Qt.SortOrder.DescendingOrder)
    assert [row.get(Column.STATE) for row in rows(panel)][:2] == ["Unlocked", "Locked"]


def test_rows_are_copied_with_their_titles_and_all_digits(panel: StatisticsPanel, timeline: TimelineView) -> None:
    fill(timeline)
    panel.choose(Extent.ALL)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    titles, speed, unlocked, *others = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert len(others) == 2
    copied = dict(zip(titles, speed, strict=True))
    assert copied["Mean of samples"] == f"{(120 * 30 + 121 * 60) / 241:.15g}"
    assert copied["Integral"] == "180 km"
    assert copied["Known for [s]"] == "14400"
    assert copied["Share"] == "1"
    assert copied["First sample"] == "2026-06-01 02:00:00.000 +02:00"
    assert dict(zip(titles, unlocked, strict=True))["State"] == "Unlocked"
    panel.table.selectRow(2)
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert "Locked" in lines[1].split("\t")


def test_a_text_that_looks_like_a_formula_is_copied_without_harm(
    panel: StatisticsPanel, timeline: TimelineView, qtbot: QtBot
) -> None:
    timeline.set_series([make_series(key("x.text"), [JUNE, JUNE + HOUR], text=["=1+1", "-2"])])
    panel.choose(Extent.ALL)
    wait_for_rows(qtbot, panel, 2)
    titles, *copied = [line.split("\t") for line in panel.model.tsv(range(2)).splitlines()]
    assert [row[titles.index("State")] for row in copied] == ["'=1+1", "-2"]
