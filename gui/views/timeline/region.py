"""The region: a range of time that a person has marked, from one moment to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFontMetrics, QPainter

    from gui.views.timeline.frame import Row
    from gui.views.timeline.palette import TimelineColors
    from gui.views.timeline.time_range import Range

_SECOND, _MINUTE, _HOUR, _DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
# How strongly what lies in the region is tinted, of 255.
_TINT = 34


class Region(QObject):
    """A range of time, none, or one whose second edge still follows the cursor. Times are microseconds.

    Signals:
        changed(): it is another one, or there is none any more.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._edges: Range | None = None
        self._is_open = False

    @property
    def range(self) -> Range | None:
        """From the earlier to the later edge, None where there is none."""
        return None if self._edges is None else (min(self._edges), max(self._edges))

    @property
    def is_open(self) -> bool:
        """Whether the second edge follows the cursor."""
        return self._is_open

    def set_range(self, edges: Range | None, *, still_open: bool = False) -> None:
        """Marks a range; None takes the mark away.

        Args:
            edges: in any order.
            still_open: whether the second one follows the cursor.
        """
        if (edges, still_open) != (self._edges, self._is_open):
            self._edges, self._is_open = edges, still_open and edges is not None
            self.changed.emit()

    def follow(self, time: int | None) -> None:
        """The cursor is at another moment, and the second edge with it as long as that follows."""
        if self._is_open and self._edges is not None and time is not None:
            self.set_range((self._edges[0], time), still_open=True)

    def close(self) -> None:
        """Lets both edges stay where they are; one without length is none."""
        if self._is_open and self._edges is not None:
            self.set_range(None if self._edges[0] == self._edges[1] else self._edges)

    def toggle(self, cursor: int | None, view: Range | None) -> bool:
        """Begins at the cursor, ends there, or goes away.

        Args:
            cursor: without one the middle third of what is in sight is marked.
            view: what is in sight.

        Returns:
            Whether it has begun, and follows the cursor from here on.
        """
        if self._is_open:
            self.close()
        elif self._edges is not None or view is None:
            self.set_range(None)
        elif cursor is None:
            third = (view[1] - view[0]) // 3
            self.set_range((view[0] + third, view[1] - third))
        else:
            self.set_range((cursor, cursor), still_open=True)
        return self._is_open


def duration_text(microseconds: int) -> str:
    """A span of time in full: ``3 d 4 h 12 min``, ``2 min 5.25 s``; no more than microseconds are left out."""
    days, rest = divmod(abs(microseconds), _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    seconds = f"{rest / _SECOND:.{0 if days or hours else 3}f}"
    if "." in seconds:
        seconds = seconds.rstrip("0").rstrip(".")
    if seconds == "60":
        # Rounded up to the next minute, which may be the next hour.
        return duration_text(abs(microseconds) - rest + _MINUTE)
    parts = [f"{days:,} d" if days else "", f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    parts.append(f"{seconds} s" if seconds != "0" or not any(parts) else "")
    return " ".join(part for part in parts if part)


def pill_rect(left: float, right: float, axis: QRect, metrics: QFontMetrics, text: str) -> QRect:
    """Where the length of a region stands: below the cursor's moment, amid the edges (pixels) as far as in sight."""
    width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 4
    middle = (max(left, axis.left()) + min(right, axis.right())) / 2
    at = min(max(round(middle) - width // 2, axis.left()), axis.right() + 1 - width)
    return QRect(at, axis.top() + 2 + height + 3, width, height)


def paint_region(
    painter: QPainter,
    edges: tuple[float, float],
    length: int,
    rows: Sequence[Row],
    axis: QRect,
    colors: TimelineColors,
    metrics: QFontMetrics,
) -> None:
    """A tint over all plots between two edges (pixels), and the length in microseconds at the time axis."""
    left, right = edges
    if not rows or right < axis.left() or left > axis.right():
        return
    painter.save()
    top, height = rows[0].rect.top(), axis.top() - rows[0].rect.top()
    painter.setClipRect(QRect(axis.left(), 0, axis.width() + 1, axis.bottom() + 1), Qt.ClipOperation.IntersectClip)
    tint = QColor(colors.accent)
    tint.setAlpha(_TINT)
    painter.setRenderHint(painter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(left, top, right - left, height), tint)
    for edge in edges:
        painter.fillRect(QRectF(round(edge), top, 1, height + 6), colors.accent)
    painter.setClipping(False)
    text = f"Δ {duration_text(length)}"
    pill = pill_rect(left, right, axis, metrics, text)
    painter.setRenderHint(painter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(colors.accent, 1))
    painter.setBrush(colors.plot)
    painter.drawRoundedRect(QRectF(pill).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(colors.text)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
