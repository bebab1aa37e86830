"""What the mouse does on the plots.

Drag pans, Shift+drag zooms into a rubber band, the wheel zooms time around the pointer, over a value axis that axis;
a click pins the cursor or takes its pin away; a double-click on an axis fits it, elsewhere it activates the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QToolTip

from gui.models.texts import tip_text
from gui.views.timeline.day_picking import day_tip
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QWheelEvent

    from gui.views.timeline.plot_area import PlotArea
    from gui.views.timeline.time_range import Range
    from gui.views.timeline.value_axis import ValueAxis

# Below this a press is a click.
_DRAG_DISTANCE = 4
# A rubber band lower than this is about time only.
_LOWEST_BAND = 16
_WHEEL_FACTOR = 0.8
_WHEEL_PAN = 0.1
# Held down while the wheel turns: the values alone, and time and values.
_VALUES_KEY, _BOTH_KEY = Qt.Key.Key_V, Qt.Key.Key_B


class _AxisThen(NamedTuple):
    """A value axis as it was when a drag began, with the range in sight then."""

    axis: ValueAxis
    low: float
    high: float
    manual: tuple[float, float] | None


@dataclass(slots=True)
class _Drag:
    """A drag from its press on: what the time axis showed then, and the value axes that it may move."""

    origin: QPoint
    part: str
    plot: ValuePlot | None
    view: Range
    axes: list[_AxisThen]
    band: bool
    moving: bool = False


class Mouse:
    """Moves the view of a plot area."""

    def __init__(self, area: PlotArea) -> None:
        self._area = area
        self._drag: _Drag | None = None
        self._held: int | None = None
        # Where the cursor was before a click, which may become a double-click.
        self._before_click: tuple[int | None, bool] | None = None

    def _part(self, position: QPoint) -> str:
        """``time``, ``values``, ``plot`` or ``''``."""
        area = self._area
        if position.y() >= area.axis.rect.top():
            return "time"
        row = area.row_at(position)
        if position.x() < area.plots_rect().left():
            return "values" if isinstance(row, ValuePlot) else ""
        return "plot" if row is not None else ""

    def press(self, event: QMouseEvent) -> None:
        """Begins a drag."""
        area = self._area
        area.setFocus(Qt.FocusReason.MouseFocusReason)
        self._before_click = None
        buttons = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)
        view = area.axis_range
        if view is None or event.button() not in buttons:
            event.ignore()
            return
        position = event.position().toPoint()
        row = area.row_at(position)
        plot = row if isinstance(row, ValuePlot) else None
        band = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        part = self._part(position)
        only = plot.axis_at(position.x()) if plot and part == "values" else None
        axes = [only] if only else plot.shown_axes() if plot and part == "plot" else []
        then = [_AxisThen(axis, axis.scale.low, axis.scale.high, axis.manual) for axis in axes]
        self._drag = _Drag(position, part, plot, view, then, band and part in ("plot", "time"))

    def move(self, event: QMouseEvent) -> None:
        """Goes on with a drag, or shows what is under the pointer."""
        position = event.position().toPoint()
        drag = self._drag
        if drag is None:
            self._hover(position, event.globalPosition().toPoint())
            return
        if not event.buttons():
            # The button was released where nobody told: another window, or a menu, has taken the mouse.
            self._end()
            return
        if not drag.moving and (position - drag.origin).manhattanLength() < _DRAG_DISTANCE:
            return
        drag.moving = True
        if drag.band:
            self._area.set_band(self._band(drag, position))
        else:
            self._area.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._pan(drag, position)

    def release(self, event: QMouseEvent) -> None:
        """Ends a drag; a click pins the cursor, or takes its pin away."""
        drag = self._end()
        if drag is None:
            return
        position = event.position().toPoint()
        if drag.band:
            if drag.moving:
                self._zoom_into(drag, self._band(drag, position))
        elif not drag.moving and event.button() == Qt.MouseButton.LeftButton:
            self.click(drag.origin)

    def _end(self) -> _Drag | None:
        """Forgets the drag, and what it shows."""
        drag, self._drag = self._drag, None
        self._area.unsetCursor()
        self._area.set_band(None)
        return drag

    def click(self, position: QPoint) -> None:
        """Pins the cursor at a place, or takes its pin away."""
        area = self._area
        self._before_click = area.cursor_time, area.is_cursor_pinned
        time = area.moment_at(position)
        if time is None:
            return
        pinned, cursor = area.is_cursor_pinned, area.cursor_time
        on_pin = pinned and cursor is not None and abs(area.x_of(cursor) - position.x()) <= _DRAG_DISTANCE
        area.set_cursor_time(time)
        area.pin_cursor(not on_pin)

    def cancel(self) -> bool:
        """Ends a drag as if it had not begun; False where there is none."""
        area, drag = self._area, self._end()
        if drag is None:
            return False
        for then in drag.axes:
            then.axis.manual = then.manual
        area.set_axis_range(drag.view)
        area.changed()
        return True

    def double_click(self, event: QMouseEvent) -> None:
        """Fits an axis, or activates the place; the cursor is as it was before the first of the two clicks."""
        self._drag = None
        if self._before_click is not None:
            time, pinned = self._before_click
            self._before_click = None
            self._area.set_cursor_time(time)
            self._area.pin_cursor(pinned)
        position = event.position().toPoint()
        part, row = self._part(position), self._area.row_at(position)
        if part == "values" and isinstance(row, ValuePlot):
            if axis := row.axis_at(position.x()):
                axis.manual = None
                self._area.changed()
        elif part == "plot":
            self._area.place_activated.emit(position)
        else:
            self._area.fit_requested.emit()

    def hold(self, key: int | None) -> bool:
        """Takes the key that is held down while the wheel turns, None once it is released; False where it is none."""
        if key is not None and key not in (_VALUES_KEY, _BOTH_KEY):
            return False
        self._held = key
        return True

    def wheel(self, event: QWheelEvent) -> None:
        """Zooms time, or a value axis; sideways or with Shift it pans; with Ctrl or a held key it zooms values too."""
        area = self._area
        delta = event.angleDelta()
        position = event.position().toPoint()
        event.accept()
        factor = _WHEEL_FACTOR ** (delta.y() / 120)
        if self._part(position) == "values":
            self._zoom_values(position, factor)
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        both = (control and shift) or self._held == _BOTH_KEY
        if control or self._held is not None:
            # Some platforms turn the wheel sideways where Shift is held.
            factor = _WHEEL_FACTOR ** ((delta.y() or delta.x()) / 120)
            self._zoom_values(position, factor)
            if both:
                self._zoom_time(position, factor)
            return
        sideways = delta.x() or (delta.y() if shift else 0)
        if sideways:
            area.pan_time(-sideways / 120 * _WHEEL_PAN)
        elif delta.y():
            self._zoom_time(position, factor)

    def _zoom_time(self, position: QPoint, factor: float) -> None:
        plots = self._area.plots_rect()
        share = min(max((position.x() - plots.left()) / plots.width(), 0.0), 1.0)
        self._area.zoom_time(factor, share)

    def _zoom_values(self, position: QPoint, factor: float) -> None:
        """Zooms the axis at a place, in a plot all of its axes."""
        row = self._area.row_at(position)
        if isinstance(row, ValuePlot) and factor != 1.0:
            only = row.axis_at(position.x()) if self._part(position) == "values" else None
            share = (position.y() - row.rect.top()) / max(row.rect.height(), 1)
            for axis in [only] if only else row.shown_axes():
                axis.zoom(factor, share)
            self._area.changed()

    def _hover(self, position: QPoint, place: QPoint) -> None:
        area = self._area
        part = self._part(position)
        over_time = part in ("plot", "time") and not area.is_cursor_pinned
        if over_time and (time := area.moment_at(position)) is not None:
            area.set_cursor_time(time)
        row = area.row_at(position)
        tip = ""
        if area.frame:
            tip = row.tip_at(position.x(), position.y(), area.frame) if row else ""
            tip = area.axis.tip_at(position.x(), area.frame) if part == "time" else tip
        if area.days.is_on and part == "plot":
            tip = "\n".join(filter(None, (day_tip(area, position), tip)))
        if tip:
            QToolTip.showText(place, tip_text(tip), area)
        elif QToolTip.isVisible():
            QToolTip.hideText()

    def _pan(self, drag: _Drag, position: QPoint) -> None:
        area = self._area
        moved = position - drag.origin
        # An axis that follows the data goes on following; one that was set is taken along.
        taken = [then for then in drag.axes if drag.part == "values" or then.manual]
        for axis, low, high, _ in taken:
            shift = (high - low) * moved.y() / max(axis.rect.height(), 1)
            axis.set_range(low + shift, high + shift)
        if taken:
            area.changed()
        if drag.part != "values":
            start, end = drag.view
            shift_time = round((end - start) * moved.x() / area.plots_rect().width())
            area.set_axis_range((start - shift_time, end - shift_time))

    def _band(self, drag: _Drag, position: QPoint) -> QRect:
        plots = self._area.plots_rect()
        band = QRect(drag.origin, position).normalized()
        row = drag.plot
        if row is None or band.height() < _LOWEST_BAND or drag.part == "time":
            band.setTop(plots.top())
            band.setBottom(self._area.axis.rect.top() - 1)
            return band.intersected(QRect(plots.left(), 0, plots.width(), self._area.height()))
        visible = QRect(plots.left(), plots.top(), plots.width(), self._area.axis.rect.top() - plots.top())
        return band.intersected(row.rect).intersected(visible)

    def _zoom_into(self, drag: _Drag, band: QRect) -> None:
        area = self._area
        if band.width() < _DRAG_DISTANCE:
            return
        start, end = area.axis_time_at(band.left()), area.axis_time_at(band.right())
        plot = drag.plot
        if plot and band.height() >= _LOWEST_BAND and band.height() < plot.rect.height() and drag.part == "plot":
            for then in drag.axes:
                then.axis.set_range(then.axis.value_at(band.bottom() + 1), then.axis.value_at(band.top()))
            area.changed()
        if start is not None and end is not None:
            area.set_axis_range((start, end))
