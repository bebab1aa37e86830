"""Derives series from those on the timeline: kind, inputs, parameters, and the formula that they make."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from core.errors import UsageError
from core.fleet.formula import parse, span
from core.fleet.nodes import Arithmetic, MovingAverage, PerDay, Rate, Resample, text_of
from core.fleet.timezones import LOCAL, local_name
from gui.dialogs.derive_choices import derived_keys, read_operand
from gui.models.chosen_series import ChosenSeriesModel
from gui.models.zones import zone_text
from gui.views.panel_parts import prepare_tree
from gui.views.timeline.naming import property_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.fleet.nodes import Node
    from core.fleet.series import SeriesKey
    from gui.dialogs.derive_choices import DeriveChoices

PER_DAY, RATE, AVERAGE, RESAMPLE, ARITHMETIC, FORMULA = (
    "per day",
    "rate",
    "average",
    "resample",
    "arithmetic",
    "formula",
)
_KINDS = {
    PER_DAY: "Difference per day",
    RATE: "Rate",
    AVERAGE: "Moving average",
    RESAMPLE: "One value per interval",
    ARITHMETIC: "Arithmetic",
    FORMULA: "Typed formula",
}
_PERIODS = {"s": "per second", "min": "per minute", "h": "per hour", "day": "per day"}
_PICKS = {"last": "Last value", "mean": "Mean over time", "min": "Smallest value", "max": "Largest value"}
_SIGNS = {"-": "−", "+": "+", "*": "×", "/": "÷"}
_WINDOWS = ("1h", "6h", "24h", "7day", "30day")
_INTERVALS = ("1min", "15min", "1h", "1day", "7day")
_WIDTH = 560
_LIST_HEIGHT = 96
# Lines of text that have room for what comes of a formula.
_LINES = 4


class DeriveDialog(QDialog):
    """A kind of computation with its inputs, the formula that they make, and for which vehicles it is computed.

    The formula follows what is chosen; what is typed into it counts instead.

    Args:
        choices: the series on the timeline.

    Signals:
        derive_requested(list of SeriesKey): the dialog was accepted.
    """

    derive_requested = Signal(list)

    def __init__(self, choices: DeriveChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Derive series")
        self.setMinimumWidth(_WIDTH)
        self._choices = choices
        self._left_out = set(choices.vins) - choices.chosen_vins()
        self._series: ChosenSeriesModel | None = None
        sources = choices.sources()

        self.kind = _combo("Kind", {name: text for name, text in _KINDS.items() if sources or name == FORMULA})
        self.source = _combo("Series", sources)
        self.sign = _combo("Operation", _SIGNS)
        self.other = _combo("Second series or number", sources | choices.of_vehicles())
        self.other.setEditable(True)
        self.zone = _combo("Time zone whose days count", _zones(choices.zone_name))
        self.period = _combo("Per", _PERIODS)
        self.period.setCurrentIndex(list(_PERIODS).index("h"))
        self.window_ = _combo("Window", dict(zip(_WINDOWS, _WINDOWS, strict=True)), "24h")
        self.interval = _combo("Interval", dict(zip(_INTERVALS, _INTERVALS, strict=True)), "1h")
        self.window_.setEditable(True)
        self.interval.setEditable(True)
        self.pick = _combo("What of each interval", _PICKS)
        self.formula = QLineEdit()
        self.formula.setAccessibleName("Formula")
        self.formula.setPlaceholderText("per_day(diagnostics.odometer, 'Europe/Berlin')")

        self._preview = QLabel()
        self._preview.setAccessibleName("What comes of it")
        self._problem = QLabel()
        self._problem.setProperty("role", "error")
        for label in (self._preview, self._problem):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.list = QTreeView()
        prepare_tree(self.list)
        self.list.setRootIsDecorated(False)
        self.list.setHeaderHidden(True)
        self.list.setAccessibleName("Series to add")
        self.list.setMinimumHeight(_LIST_HEIGHT)

        second = QHBoxLayout()
        second.addWidget(self.sign)
        second.addWidget(self.other, 1)
        each = QHBoxLayout()
        each.addWidget(self.interval)
        each.addWidget(self.pick, 1)
        outcome = QWidget()
        # One of the two is there at a time, and neither moves what stands below.
        outcome.setMinimumHeight(_LINES * (self._preview.fontMetrics().lineSpacing() + 2))
        lines = QVBoxLayout(outcome)
        lines.addWidget(self._preview)
        lines.addWidget(self._problem)
        lines.addStretch(1)
        lines.setContentsMargins(0, 0, 0, 4)
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._form.addRow("&Kind", self.kind)
        self._form.addRow("&Series", self.source)
        self._form.addRow("&Time zone", self.zone)
        self._form.addRow("&Per", self.period)
        self._form.addRow("&Window", self.window_)
        self._form.addRow(_label("&Interval", self.interval), each)
        self._form.addRow(_label("&With", self.sign), second)
        self._form.addRow("&Formula", self.formula)
        self._form.addRow("", outcome)
        self._form.addRow("&Add", self.list)
        # Each kind with the rows that only some kinds have.
        self._rows: dict[str, tuple[QWidget | QHBoxLayout, ...]] = {
            PER_DAY: (self.zone,),
            RATE: (self.period,),
            AVERAGE: (self.window_,),
            RESAMPLE: (each,),
            ARITHMETIC: (second,),
            FORMULA: (),
        }
        self._parts: tuple[QWidget, ...] = (
            *(self.source, self.zone, self.period, self.window_, self.interval, self.pick, self.sign, self.other),
        )
        self._chosen_kind = PER_DAY if sources else FORMULA
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._add = self._buttons.addButton("Add to timeline", QDialogButtonBox.ButtonRole.AcceptRole)
        self._add.setDefault(True)
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        outer = QVBoxLayout(self)
        outer.addLayout(self._form)
        outer.addStretch(1)
        outer.addWidget(self._buttons)

        self._preset()
        self.kind.currentIndexChanged.connect(self._on_kind)
        for combo in (self.source, self.sign, self.zone, self.period, self.pick):
            combo.currentIndexChanged.connect(self._write)
        for combo in (self.other, self.window_, self.interval):
            combo.editTextChanged.connect(self._write)
        self.formula.textEdited.connect(self._on_typed)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._on_kind()
        (self.kind if sources else self.formula).setFocus()

    @property
    def problem(self) -> str:
        """What is wrong with the formula; empty where nothing is."""
        return self._problem.text()

    @property
    def preview(self) -> str:
        """What the formula gives, in words, with its unit."""
        return self._preview.text()

    def set_known(self, known: Mapping[str, bool]) -> None:
        """Takes over what the vehicles have, which may come after the dialog was opened.

        Args:
            known: path to whether it has numbers.
        """
        self._choices = replace(self._choices, known=known)
        self._check()

    def chosen_keys(self) -> list[SeriesKey]:
        """The series that would be added."""
        return list(self._series.chosen()) if self._series is not None else []

    def accept(self) -> None:
        """Hand the series over, if there are any."""
        if self._add.isEnabled():
            self.derive_requested.emit(self.chosen_keys())
            super().accept()

    # What is chosen

    def _preset(self) -> None:
        """What is selected in the legend comes in; of two series the difference."""
        chosen = self._choices.chosen_sources()
        if chosen:
            self.source.setCurrentIndex(max(self.source.findData(chosen[0]), 0))
        if len(chosen) == 2:
            self.kind.setCurrentIndex(self.kind.findData(ARITHMETIC))
            self.other.setCurrentIndex(max(self.other.findData(chosen[1]), 0))

    @Slot()
    def _on_kind(self) -> None:
        kind = self.kind.currentData()
        # What was chosen before a formula was typed stays where it is: the field in which one types must not move.
        shown = self._chosen_kind if kind == FORMULA else kind
        self._chosen_kind = shown
        for name, rows in self._rows.items():
            for row in rows:
                self._form.setRowVisible(row, name == shown)
        self._form.setRowVisible(self.source, shown != FORMULA)
        for part in self._parts:
            part.setEnabled(kind != FORMULA)
        if kind == FORMULA:
            self._check()
        else:
            self._write()

    @Slot()
    def _on_typed(self) -> None:
        # What was typed would be lost with the next choice, so that there is none left to make.
        if self.kind.currentData() != FORMULA:
            self.kind.setCurrentIndex(self.kind.findData(FORMULA))
        else:
            self._check()

    @Slot()
    def _write(self) -> None:
        """The formula of what is chosen."""
        if self.kind.currentData() == FORMULA:
            return
        try:
            node = self._chosen()
        except UsageError as error:
            self._show(None, _words(error))
            return
        self.formula.setText(text_of(node))
        self._check()

    def _chosen(self) -> Node:
        of = parse(str(self.source.currentData()))
        kind = self.kind.currentData()
        if kind == PER_DAY:
            return PerDay(of, str(self.zone.currentData()))
        if kind == RATE:
            return Rate(of, str(self.period.currentData()))
        if kind == AVERAGE:
            return MovingAverage(of, span(self.window_.currentText()))
        if kind == RESAMPLE:
            return Resample(of, span(self.interval.currentText()), str(self.pick.currentData()))
        typed = self.other.currentText()
        place = self.other.findText(typed, Qt.MatchFlag.MatchExactly)
        other = read_operand(typed if place < 0 else str(self.other.itemData(place)))
        return Arithmetic(str(self.sign.currentData()), of, other)

    # What comes of it

    @Slot()
    def _check(self) -> None:
        try:
            node = parse(self.formula.text())
            keys = derived_keys(node, self._choices.vins)
            self._choices.check(node)
            unit = self._choices.unit_text(node, [key.vin for key in keys])
        except UsageError as error:
            self._show(None, _words(error))
            return
        known = "the unit follows from its samples" if unit is None else f"in {unit}" if unit else "without a unit"
        name = property_name(keys[0]) if keys else ""
        self._show(keys, "" if keys else "Select a vehicle first.", f"{name}, {known}" if keys else "")

    def _show(self, keys: list[SeriesKey] | None, problem: str, preview: str = "") -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._preview.setText(preview)
        self._preview.setVisible(not problem)
        self._keep_ticks()
        self._series = ChosenSeriesModel(keys or ())
        for row, key in enumerate(keys or ()):
            # One vehicle alone is meant, whatever was selected.
            if key.vin in self._left_out and len(keys or ()) > 1:
                index = self._series.index(row)
                self._series.setData(index, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
        self._series.dataChanged.connect(self._on_ticked)
        self.list.setModel(self._series)
        # Not that it comes and goes while a formula is wrong for a moment.
        self._form.setRowVisible(self.list, len(keys or ()) > 1 or (keys is None and len(self._choices.vins) > 1))
        self._on_ticked()

    def _keep_ticks(self) -> None:
        """Vehicles stay ticked or not while the formula changes."""
        if self._series is not None and self._series.rowCount() > 1:
            chosen = {key.vin for key in self._series.chosen()}
            self._left_out = set(self._choices.vins) - chosen

    @Slot()
    def _on_ticked(self) -> None:
        count = len(self.chosen_keys())
        self._add.setEnabled(count > 0)
        self._add.setText(f"Add {count:,} to timeline" if count > 1 else "Add to timeline")


def _label(text: str, field: QWidget) -> QLabel:
    """A label whose mnemonic goes to a field that is one of several in its row."""
    label = QLabel(text)
    label.setBuddy(field)
    return label


def _combo(name: str, items: Mapping[str, str], chosen: str = "") -> QComboBox:
    """A choice of items: data to text."""
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(min(max(map(len, items.values()), default=0), 24))
    for data, text in items.items():
        combo.addItem(text, data)
    combo.setCurrentIndex(max(combo.findData(chosen), 0) if items else -1)
    return combo


def _zones(name: str) -> dict[str, str]:
    """The window's zone first. The computer's own is written by its name, which means the same on every computer."""
    local = local_name() or LOCAL
    names = dict.fromkeys((local if name == LOCAL else name, "UTC", local))
    return {one: zone_text(one) for one in names}


def _words(error: UsageError) -> str:
    """What is wrong; the formula itself stands in its field."""
    return f"{error.title}. {error.hint}" if error.hint else error.title
