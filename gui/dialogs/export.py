"""What an export will contain, before it starts."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from core.autoapi.display import DisplayUnits
from core.errors import OdographError
from core.export.csv_export import ExportRequest
from core.export.target import check_target
from core.fleet.timezones import format_iso, zone
from gui.models.chosen_series import ChosenSeriesModel
from gui.models.texts import full_time_text, plural
from gui.models.zones import zone_text
from gui.views.panel_parts import prepare_tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo
    from pathlib import Path

    from core.fleet.series import SeriesKey


_SYSTEMS = {"metric": "metric", "imperial": "imperial", "as sent": "the unit that was sent last"}
_LONGEST_PART = 80
_AS_SENT_TEXT = "Values stay in the unit in which they were sent; the file names it."
_AS_SHOWN_TEXT = "Values are converted at full precision; the file names the unit. What does not convert stays as sent."


class ExportDialog(QDialog):
    """Series, range, layout, units, time zone and target of an export, with the number of rows.

    Signals:
        count_requested(ExportRequest): how many rows would this have? Answered by :meth:`set_rows`.
        export_requested(ExportRequest, Path): the dialog was accepted.
    """

    count_requested = Signal(object)
    export_requested = Signal(object, object)

    def __init__(
        self,
        keys: Sequence[SeriesKey],
        visible_range: tuple[int, int] | None,
        zone_name: str,
        folder: Path,
        parent: QWidget | None = None,
        *,
        joined: bool = False,
        units: DisplayUnits | None = None,
        only_all: str = "",
        region: tuple[int, int] | None = None,
        no_region: str = "Mark a range of time on the timeline first",
    ) -> None:
        """Args:
        keys: the series on the timeline.
        visible_range: what the timeline shows, microseconds since the epoch, UTC; None where it shows nothing.
        zone_name: the zone of the window: ``UTC``, ``local`` or an IANA name.
        folder: where the file dialog starts.
        joined: whether the series of renamed properties are joined.
        units: in which the window shows values; its own choice where there is none.
        only_all: why what the timeline shows is no range that could be exported, where that is so.
        region: the range that is marked, without its second moment; None where there is none.
        no_region: why there is none.
        """
        super().__init__(parent)
        self.setWindowTitle("Export to CSV")
        self.setMinimumWidth(560)
        visible_range = None if only_all else visible_range
        self._visible = visible_range
        self._region = region
        self._folder = folder
        self._joined = joined
        self._only_all = only_all
        self._units = units or DisplayUnits()
        self._named_by_hand = False
        self._may_replace: Path | None = None
        # How many rows the request on the screen has, once that is known.
        self._count: int | None = None

        self._series = ChosenSeriesModel(keys, joined=joined)
        self._list = QTreeView()
        self._list.setModel(self._series)
        prepare_tree(self._list)
        self._list.setRootIsDecorated(False)
        self._list.setHeaderHidden(True)
        self._list.setAccessibleName("Series to export")
        self._list.setMinimumHeight(120)
        tick_all, tick_none = QPushButton("All"), QPushButton("None")
        for button, ticked in ((tick_all, True), (tick_none, False)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, ticked=ticked: self._series.tick_all(ticked))
        ticks = QHBoxLayout()
        ticks.addWidget(tick_all)
        ticks.addWidget(tick_none)
        ticks.addStretch(1)

        self._visible_button = QRadioButton("Visible range")
        self._region_button = QRadioButton("Region")
        self._all_button = QRadioButton("All samples")
        self._visible_button.setEnabled(visible_range is not None)
        self._visible_button.setToolTip(only_all)
        self._region_button.setEnabled(region is not None)
        self._region_button.setToolTip(only_all or ("" if region else no_region))
        (self._visible_button if visible_range is not None else self._all_button).setChecked(True)
        self._range_text = QLabel()
        self._range_text.setProperty("role", "muted")

        self._long_button = QRadioButton("Long: one row a sample")
        self._wide_button = QRadioButton("Wide: one row a time, one column a series, without failures")
        self._long_button.setChecked(True)
        self._sent_button = QRadioButton("As sent")
        self._shown_button = QRadioButton(_as_shown(self._units))
        self._sent_button.setChecked(True)
        self._units_text = QLabel()
        self._units_text.setTextFormat(Qt.TextFormat.PlainText)
        self._units_text.setProperty("role", "muted")
        self._groups = []
        for buttons in (
            (self._visible_button, self._region_button, self._all_button),
            (self._long_button, self._wide_button),
            (self._sent_button, self._shown_button),
        ):
            group = QButtonGroup(self)
            for one in buttons:
                group.addButton(one)
            self._groups.append(group)

        self._zone = QComboBox()
        for name in dict.fromkeys((zone_name, "UTC", "local")):
            self._zone.addItem(zone_text(name), name)
        self._zone.setAccessibleName("Time zone of the exported times")

        self._target = QLineEdit()
        self._target.setAccessibleName("Target file")
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        target_row = QHBoxLayout()
        target_row.addWidget(self._target, 1)
        target_row.addWidget(browse)

        self._problem = QLabel()
        self._problem.setProperty("role", "error")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._problem.hide()
        target_column = QVBoxLayout()
        target_column.addLayout(target_row)
        target_column.addWidget(self._problem)

        self._rows = QLabel()
        self._rows.setAccessibleName("Number of rows")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._export = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._export.setDefault(True)

        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        series_column = QVBoxLayout()
        series_column.addWidget(self._list)
        series_column.addLayout(ticks)
        form.addRow("Series", series_column)
        range_column = QVBoxLayout()
        range_column.addWidget(self._visible_button)
        range_column.addWidget(self._region_button)
        range_column.addWidget(self._all_button)
        range_column.addWidget(self._range_text)
        form.addRow("Range", range_column)
        layout_column = QVBoxLayout()
        layout_column.addWidget(self._long_button)
        layout_column.addWidget(self._wide_button)
        form.addRow("Layout", layout_column)
        units_column = QVBoxLayout()
        units_column.addWidget(self._sent_button)
        units_column.addWidget(self._shown_button)
        units_column.addWidget(self._units_text)
        form.addRow("Units", units_column)
        form.addRow("Time zone", self._zone)
        form.addRow("File", target_column)
        form.addRow("", self._rows)
        outer = QVBoxLayout(self)
        outer.addLayout(form)
        outer.addWidget(self._buttons)

        self._series.dataChanged.connect(self._on_changed)
        for group in self._groups:
            group.buttonToggled.connect(lambda _button, is_on: self._on_changed() if is_on else None)
        self._zone.currentIndexChanged.connect(self._on_changed)
        self._target.textEdited.connect(self._on_named)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._on_changed()

    def ask_for_rows(self) -> None:
        """Ask how many rows what is on the screen has; to be called once count_requested is connected."""
        self._on_changed()

    def request(self) -> ExportRequest:
        """What the dialog says now."""
        start, end = self._range() or (None, None)
        return ExportRequest(
            keys=self._series.chosen(),
            start=start,
            end=end,
            tz_name=str(self._zone.currentData()),
            layout="wide" if self._wide_button.isChecked() else "long",
            joined=self._joined,
            units=None if self._sent_button.isChecked() else self._units,
        )

    def _range(self) -> tuple[int, int] | None:
        """The chosen range, None for all samples."""
        if self._visible_button.isChecked():
            return self._visible
        return self._region if self._region_button.isChecked() else None

    def target(self) -> Path:
        """The file that is named now; a relative one lies in the folder that exports go to."""
        # Not Path.expanduser, which raises for an unknown user.
        return self._folder / os.path.expanduser(self._target.text().strip())  # noqa: PTH111

    @Slot(object, object)
    def set_rows(self, request: ExportRequest, rows: int) -> None:
        """Show how many rows a request has, if it still is the one on the screen."""
        if request != self.request():
            return
        self._count = rows
        if rows:
            self._rows.setText(plural(rows, "row"))
        else:
            self._rows.setText("No rows: these series have no samples in this range.")
        self._export.setEnabled(rows > 0 and self._problem.isHidden())

    def accept(self) -> None:
        """Hand the request over, unless it cannot be carried out as it stands."""
        self._check_target(try_writing=True)
        if not self._export.isEnabled():
            return
        target = self.target()
        if target.exists() and target != self._may_replace:
            self._may_replace = target
            self._export.setText("Replace")
            self._rows.setText(f"{target.name} exists already. Replace it?")
            return
        self.export_requested.emit(self.request(), target)
        super().accept()

    def _check_target(self, *, try_writing: bool = False) -> None:
        """Say below the name of the file why it cannot be written, if so."""
        problem = "" if self._target.text().strip() else "Name a file to export to."
        if not problem:
            try:
                check_target(self.target(), try_writing=try_writing)
            except OdographError as error:
                problem = str(error)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._export.setEnabled(bool(self._count) and not problem)
        if bool(self._target.property("invalid")) != bool(problem):
            self._target.setProperty("invalid", bool(problem))
            self._target.style().unpolish(self._target)
            self._target.style().polish(self._target)

    @Slot()
    def _on_changed(self) -> None:
        request = self.request()
        self._forget_replacing()
        if not self._named_by_hand:
            self._target.setText(str(self._folder / file_name(request)))
        tz = zone(request.tz_name)
        if request.start is not None and request.end is not None:
            self._range_text.setText(f"{_moment_text(request.start, tz)} to {_moment_text(request.end, tz)}")
        else:
            texts = ("Everything that is loaded into the archive", self._only_all)
            self._range_text.setText("\n".join(filter(None, texts)))
        self._units_text.setText(_AS_SENT_TEXT if request.units is None else _AS_SHOWN_TEXT)
        self._count = None
        self._check_target()
        if request.keys:
            self._rows.setText("Counting rows…")
            self.count_requested.emit(request)
        else:
            self._rows.setText("Tick at least one series.")

    @Slot()
    def _on_named(self) -> None:
        self._named_by_hand = True
        self._forget_replacing()
        self._check_target()

    def _forget_replacing(self) -> None:
        if self._may_replace is not None and self._count:
            self._rows.setText(plural(self._count, "row"))
        self._may_replace = None
        self._export.setText("Export")

    @Slot()
    def _browse(self) -> None:
        name, _filter = QFileDialog.getSaveFileName(self, "Export to", str(self.target()), "CSV (*.csv)")
        if name:
            self._target.setText(name)
            self._on_named()
            # The file dialog has asked already.
            self._may_replace = self.target()


def _as_shown(units: DisplayUnits) -> str:
    """What the choice of the window's units is called: ``As shown: metric, 2 properties in units of their own``."""
    own = len(units.overrides)
    more = f", {plural(own, 'property', 'properties')} in {'a unit of its' if own == 1 else 'units of their'} own"
    return f"As shown: {_SYSTEMS[units.system]}{more if own else ''}"


def _moment_text(time: int, tz: tzinfo) -> str:
    """``2023-04-28 11:32:11 +02:00``: a range over a change of the clocks has two offsets."""
    text = full_time_text(time, tz)
    return text[:19] + text[23:]


def file_name(request: ExportRequest) -> str:
    """A name that says which vehicle, property and days are inside."""
    vins = {key.vin for key in request.keys}
    properties = {key.property for key in request.keys}
    parts = [
        vins.pop() or "no-vin" if len(vins) == 1 else f"{len(vins)}-vehicles",
        properties.pop() if len(properties) == 1 else f"{len(properties)}-properties",
    ]
    if request.start is not None and request.end is not None:
        tz = zone(request.tz_name)
        # The end is left out itself: a range up to midnight ends with the day before.
        last_moment = max(request.end - 1, request.start)
        first, last = format_iso(request.start, tz)[:10], format_iso(last_moment, tz)[:10]
        parts.append(first if first == last else f"{first}_{last}")
    # A formula may be longer than a file's name can be.
    return re.sub(r"[^A-Za-z0-9._-]+", "-", "_".join(part[:_LONGEST_PART].rstrip("(, ") for part in parts)) + ".csv"
