"""What the series of the timeline come to: in sight, in the region, or in all of the time."""

from __future__ import annotations

from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget

from gui.keys import first_key
from gui.models.texts import plural
from gui.views.elided_label import ElidedLabel
from gui.views.panel_parts import ListKeys, ListOrText, copy_text, prepare_table
from gui.views.statistics_table import Column, StatisticsModel
from gui.views.timeline.measure_job import MeasureJob
from gui.views.timeline.region import duration_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from PySide6.QtGui import QShowEvent

    from core.errors import OdographError
    from core.fleet.day_passes import DayPasses
    from gui.job_runner import JobRunner
    from gui.views.timeline.measuring import Measured
    from gui.views.timeline.time_range import Range
    from gui.views.timeline.view import TimelineView

# What moves is measured once it rests for so long.
_REST_MS = 250
_WIDEST = 260


class Extent(StrEnum):
    """Of what time the series are measured, as it is called."""

    VIEW = "What is in sight"
    REGION = "The region"
    ALL = "The whole time"


class StatisticsPanel(QWidget):
    """A table of the series, which follows the timeline while it can be seen.

    Args:
        timeline: whose series are measured.
        jobs: measures what takes longer.
    """

    def __init__(self, timeline: TimelineView, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._is_stale = True
        self._zone: tzinfo = UTC
        self._range: Range | None = None
        self._passes: DayPasses | None = None
        self._measuring = MeasureJob(self)
        self._measuring.jobs = jobs
        self._measuring.measured.connect(self._show)
        self._measuring.failed.connect(self._show_error)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.measure)

        self.model = StatisticsModel(self)
        self.extent = QComboBox()
        self.extent.addItems([str(extent) for extent in Extent])
        self.extent.setAccessibleName("Statistics of")
        self.table = QTableView()
        self.table.setModel(self.model)
        prepare_table(self.table)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.horizontalHeader().setSortIndicatorClearable(True)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setAccessibleName("Statistics")
        self.stack = ListOrText(self.table)
        self.status = ElidedLabel()
        self.status.setProperty("role", "muted")
        label = QLabel("&Of")
        label.setBuddy(self.extent)
        top = QHBoxLayout()
        top.addWidget(label)
        top.addWidget(self.extent)
        top.addWidget(self.status, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addLayout(top)
        column.addWidget(self.stack, 1)
        keys = ListKeys(self.table)
        keys.copied.connect(self.copy_selected)
        self.extent.currentIndexChanged.connect(self.measure)
        timeline.range_changed.connect(lambda: self._touch(Extent.VIEW))
        timeline.reading.region_changed.connect(lambda: self._touch(Extent.REGION))
        timeline.reading.series_changed.connect(lambda: self._touch(self._chosen()))
        self.measure()

    def set_zone(self, zone: tzinfo) -> None:
        """Tell times in this zone."""
        self.model.set_zone(zone)
        self._zone = zone
        self._say()

    def choose(self, extent: Extent) -> None:
        """Measure another part of the time."""
        self.extent.setCurrentText(str(extent))

    @Slot()
    def copy_selected(self) -> None:
        """Put the selected rows, or all where none is, on the clipboard, as a spreadsheet takes them."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        copy_text(self.model.tsv(rows or range(self.model.rowCount())))

    # Measuring

    def _chosen(self) -> Extent:
        return list(Extent)[self.extent.currentIndex()]

    def _touch(self, extent: Extent) -> None:
        """The timeline is another one, as far as a part of the time goes."""
        if extent is self._chosen():
            self._is_stale = True
            if self.isVisible():
                self._timer.start()

    @Slot()
    def measure(self) -> None:
        """Asks what the series come to; the latest request counts."""
        self._timer.stop()
        self._is_stale = False
        series = self._timeline.reading.prepared()
        self._range = self._extent_of(self._chosen())
        self._passes = None if self._chosen() is Extent.ALL else self._timeline.reading.passes
        self._measuring.forget()
        if self._range is None:
            self._show([])
        elif not self._measuring.ask(series, *self._range, self._passes):
            self._say("Reading values …")

    def _extent_of(self, extent: Extent) -> Range | None:
        if extent is Extent.VIEW:
            return self._timeline.reading.view
        if extent is Extent.REGION:
            return self._timeline.reading.region.range
        full = [one.series for one in self._timeline.reading.prepared() if len(one.series)]
        if not full:
            return None
        return min(int(one.time[0]) for one in full), max(one.reach() for one in full)

    @Slot(object)
    def _show(self, measured: Sequence[Measured]) -> None:
        self.model.set_measured(measured)
        if measured:
            self.stack.show_list()
            self._fit_columns()
        elif self._chosen() is Extent.REGION and self._timeline.reading.prepared():
            key = first_key("mark_region").toString(QKeySequence.SequenceFormat.NativeText)
            press = f"Press {key} in the timeline where it begins and where it ends, or drag" if key else "Drag"
            self.stack.show_text("No region is marked", f"{press} with Alt in a plot.", "region")
        else:
            hint = "Put series on the timeline to see here what they come to."
            self.stack.show_text("No series with samples on the timeline", hint, "chart")
        self._say()

    @Slot(object)
    def _show_error(self, error: OdographError) -> None:
        self.model.set_measured([])
        self.stack.show_text("The values could not be read", error.title, "error")
        self._say()

    def _say(self, text: str = "") -> None:
        if not text and self.model.total() and self._range is not None:
            start, end = self._range
            parts = [
                self._timeline.reading.told(start, end, self._zone, self._passes),
                duration_text(end - start),
                plural(self.model.total(), "row"),
            ]
            text = " · ".join(parts)
        self.status.set_full_text(text)

    def _fit_columns(self) -> None:
        """Shows the columns that have something to say, as wide as they are in the first rows."""
        told, table = set(self.model.columns()), self.table
        for column in Column:
            table.setColumnHidden(column, column not in told)
            if column in told:
                width = max(table.sizeHintForColumn(column), table.horizontalHeader().sectionSizeHint(column))
                table.setColumnWidth(column, min(width + 12, _WIDEST))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.measure()
