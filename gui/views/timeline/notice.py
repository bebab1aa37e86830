"""What the timeline says where it has nothing to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.views.timeline.entry import Entry
    from gui.views.timeline.palette import TimelineColors
    from gui.views.timeline.time_range import Range

EMPTY = "Nothing on the timeline yet", "Double-click a property, or drag it here"
LOADING = "Loading …", "The samples are on their way"
NO_SAMPLES = "No samples in this range", "The series on the timeline have no samples"
OUT_OF_SIGHT = "No samples in this range", "Press F to see all samples"


class Notice(QWidget):
    """A title and a hint in the middle, in a frame that invites to drop something."""

    def __init__(self, colors: TimelineColors, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colors = colors
        self._framed = True
        self._title = QLabel()
        self._hint = QLabel()
        font = QFont(self._title.font())
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        layout = QVBoxLayout(self)
        layout.addStretch()
        for label in (self._title, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addStretch()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_colors(colors)

    def say(self, title: str, hint: str, framed: bool) -> None:
        """Shows other words."""
        self._title.setText(title)
        self._hint.setText(hint)
        self._framed = framed
        self.setAccessibleName(f"{title}. {hint}")
        self.update()

    @property
    def text(self) -> str:
        """The title."""
        return self._title.text()

    def set_colors(self, colors: TimelineColors) -> None:
        """Takes over the colours of another theme."""
        self._colors = colors
        self._title.setStyleSheet(f"color: {colors.text.name()}")
        self._hint.setStyleSheet(f"color: {colors.muted.name()}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._framed:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._colors.border, 1.5)
        pen.setDashPattern([5, 5])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 10, 10)
        painter.end()


def words_for(entries: Sequence[Entry], view: Range | None) -> tuple[str, str] | None:
    """The title and the hint where there is nothing to see, None where there is something."""
    if not entries:
        return EMPTY
    if not any(entry.series for entry in entries):
        return LOADING if any(entry.loading for entry in entries) else NO_SAMPLES
    return None if _any_in_sight(entries, view) else OUT_OF_SIGHT


def _any_in_sight(entries: Sequence[Entry], view: Range | None) -> bool:
    """Whether any visible series has a sample in the range, or a value that is held into it."""
    if view is None:
        return False
    shown = [entry.series for entry in entries if entry.visible and entry.series]
    return any(len(series) and series.time[0] <= view[1] and series.time[-1] >= view[0] for series in shown)
