"""The sheet of shortcuts, made from the table of commands."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.actions import ACTIONS, GESTURES, SCOPES

_SIZE = (860, 640)
_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet: the keys as this platform writes them, and what they do."""

    keys: str
    name: str
    tip: str


def sheet() -> dict[str, list[Line]]:
    """Every shortcut and gesture by the place in which it applies."""
    sections: dict[str, list[Line]] = {}
    for definition in ACTIONS:
        if definition.shortcuts:
            native = QKeySequence.SequenceFormat.NativeText
            keys = ", ".join(QKeySequence(keys).toString(native) for keys in definition.shortcuts)
            # The name of what is switched on and off tells nothing outside its menu.
            name = definition.tip if definition.checkable else definition.name.rstrip("…")
            line = Line(keys, name, definition.tip)
            sections.setdefault(SCOPES[definition.scope], []).append(line)
    for place, keys, does in GESTURES:
        sections.setdefault(place, []).append(Line(keys, does, does))
    return sections


class ShortcutsDialog(QDialog):
    """Shows every shortcut, with a filter over keys and names. It deletes itself when it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter")
        self.filter.setAccessibleName("Filter shortcuts")
        self.filter.setClearButtonEnabled(True)
        self.filter.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.filter.textChanged.connect(self._show_matching)
        self._lines: list[tuple[Line, QWidget, QWidget]] = []
        self._titles: list[tuple[QLabel, list[Line]]] = []
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._make_sheet())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(12)
        layout.addWidget(self.filter)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)
        self.filter.setFocus()

    def _make_sheet(self) -> QWidget:
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        heights = [0] * _COLUMNS
        for place, lines in sheet().items():
            shortest = heights.index(min(heights))
            heights[shortest] += len(lines) + 2
            columns[shortest].addWidget(self._make_section(place, lines))
        page = QWidget()
        line = QHBoxLayout(page)
        line.setContentsMargins(0, 0, 8, 0)
        line.setSpacing(32)
        for column in columns:
            column.setSpacing(18)
            column.addStretch(1)
            line.addLayout(column, 1)
        return page

    def _make_section(self, place: str, lines: list[Line]) -> QWidget:
        section = QWidget()
        grid = QGridLayout(section)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        title = QLabel(place)
        title.setFont(theme.scaled_font(1.1, bold=True))
        grid.addWidget(title, 0, 0, 1, 2)
        self._titles.append((title, lines))
        for row, line in enumerate(lines, start=1):
            keys = QLabel(line.keys)
            keys.setProperty("role", "muted")
            keys.setMinimumWidth(110)
            name = QLabel(line.name)
            name.setWordWrap(True)
            name.setToolTip(line.tip)
            grid.addWidget(keys, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(name, row, 1)
            self._lines.append((line, keys, name))
        return section

    def _show_matching(self, text: str) -> None:
        words = text.lower().split()
        shown: set[Line] = set()
        for line, keys, name in self._lines:
            matches = all(word in f"{line.keys} {line.name} {line.tip}".lower() for word in words)
            keys.setVisible(matches)
            name.setVisible(matches)
            if matches:
                shown.add(line)
        for title, lines in self._titles:
            title.setVisible(not shown.isdisjoint(lines))
