"""Lanes of states: enums, booleans and texts as labelled bands, one lane a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from core.autoapi.display import unknown_value
from gui.models.texts import short_text
from gui.views.timeline.actogram import DayRows, paint_key, row_at, thickness
from gui.views.timeline.bands import Bands, covered_columns, paint_bands, reduce_lanes
from gui.views.timeline.event_flags import events_near, paint_flags
from gui.views.timeline.frame import Frame, Look, Row, device_rect, paint_plot_ground
from gui.views.timeline.markers import REACH, paint_failures, texts_near
from gui.views.timeline.naming import full_name, marked_label, two_lines, unknown_component, unknown_property
from gui.views.timeline.paint_cache import has_whole_pixels
from gui.views.timeline.redelivered import deliveries_text, paint_redelivered
from gui.views.timeline.time_ticks import moment_text
from gui.views.timeline.untimed import UNTIMED, marks_in_sight, near_column, paint_untimed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QFontMetrics

    from core.fleet.day_passes import DayPasses
    from core.fleet.series import SeriesKey
    from gui.views.timeline.folding import Folds
    from gui.views.timeline.marks import Marks
    from gui.views.timeline.trace import StateTrace


_WIDEST_NAME = 190
_BESIDE_NAME = 20
# Names take a third of the width at most; the room for them is a little wider than they are at times.
_NAME_SLACK = 16
_MARGIN = 3
_TEXT_MARGIN = 6
# Marks of samples without a time of their own stand this far above a lane's lower edge.
_MARK_HEIGHT = 5


class StateColors:
    """A number for every state of a property in all vehicles: enums in the catalogue's order, others as met."""

    def __init__(self, order: tuple[str, ...] = ()) -> None:
        self._numbers = {text: number for number, text in enumerate(order)}

    def number(self, text: str) -> int:
        """The state's number."""
        return self._numbers.setdefault(text, len(self._numbers))


@dataclass(slots=True, eq=False)
class Lane:
    """One series of the lanes.

    Attributes:
        trace: its states.
        failures: of the series.
        colors: of its states.
        labels: of its states, in the order of the trace's names; none of events.
    """

    trace: StateTrace
    failures: Marks
    colors: StateColors
    labels: tuple[str, ...]
    _numbers: NDArray[np.int64] | None = None

    def numbers(self) -> NDArray[np.int64]:
        """The numbers of its states' colours, in the order of the trace's names."""
        # Found when first shown: states that no catalogue knows are counted as they are met.
        if self._numbers is None:
            self._numbers = np.array([self.colors.number(name) for name in self.trace.names], np.int64)
        return self._numbers


class _InSight(NamedTuple):
    """A lane in sight with its place in logical pixels."""

    lane: Lane
    room: QRect


class LanesPlot(Row):
    """The lanes of all series that are no numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._lanes: list[Lane] = []
        self._shown: list[Lane] = []
        self._names: dict[SeriesKey, tuple[str, str]] = {}
        # The font's metrics and whether names are in one line, with the names' widths so: telling them all takes as
        # long as painting some lanes.
        self._widths: tuple[QFontMetrics, bool, dict[SeriesKey, int]] | None = None
        self._looks: dict[SeriesKey, Look] = {}
        # What the names of the lanes in sight were painted for, and their picture.
        self._strip: tuple[tuple[object, ...], QPixmap] | None = None

    def set_content(self, lanes: list[Lane]) -> None:
        """Replaces the lanes."""
        self._lanes = lanes
        self._names = two_lines(lane.trace.key for lane in lanes)
        self._widths = None
        self._choose_shown()

    @staticmethod
    def lane(trace: StateTrace, failures: Marks, colors: StateColors) -> Lane:
        """A lane with the names that the catalogue gives its states."""
        names = () if trace.is_events else trace.names
        return Lane(trace, failures, colors, tuple(marked_label(trace.key, name) for name in names))

    def keys(self) -> list[SeriesKey]:
        return [lane.trace.key for lane in self._lanes]

    def set_looks(self, looks: dict[SeriesKey, Look]) -> None:
        self._looks = looks
        self._choose_shown()

    def _look(self, key: SeriesKey) -> Look:
        return self._looks.get(key) or Look(0)

    def _choose_shown(self) -> None:
        self._strip = None
        self._shown = [lane for lane in self._lanes if self._look(lane.trace.key).visible]

    def lane_height(self, metrics: QFontMetrics) -> int:
        """Logical pixels of one lane: two lines of text where a lane's name needs them."""
        rows = self.day_rows * thickness(self.day_rows) + _MARGIN if self.day_rows else 0
        return self._head_height(metrics) + rows

    def _head_height(self, metrics: QFontMetrics) -> int:
        """Logical pixels of a lane's name; of days that lie over each other the rows are below it."""
        lines = 2 if not self.is_low and any(second for _, second in self._names.values()) else 1
        return lines * metrics.height() + 2 * _MARGIN + (4 if lines == 1 and not self.is_low else 0)

    def _name_lines(self, key: SeriesKey) -> list[str]:
        """A lane's name as it is written: in one line where there is no height for two."""
        lines = [line for line in self._names[key] if line] or [""]
        return [" ".join(lines)] if self.is_low else lines

    def day_row_at(self, y: int, metrics: QFontMetrics) -> int | None:
        """The row of a day at a height of the widget, None where there is none."""
        height = self.lane_height(metrics)
        top = self.rect.y() + (y - self.rect.y()) // height * height + self._head_height(metrics)
        return row_at(y, top, self.day_rows) if y >= self.rect.y() else None

    def preferred_height(self, metrics: QFontMetrics) -> int | None:
        return len(self._shown) * self.lane_height(metrics)

    def axis_width(self, metrics: QFontMetrics) -> int:
        if self._widths is None or self._widths[:2] != (metrics, self.is_low):
            told = {key: self._name_lines(key) for key in self._names}
            widths = {key: max(map(metrics.horizontalAdvance, lines)) for key, lines in told.items()}
            self._widths = metrics, self.is_low, widths
        widest = max((self._widths[2][lane.trace.key] for lane in self._shown), default=0)
        third = self.rect.right() // 3 - _NAME_SLACK - _BESIDE_NAME
        return max(min(widest, _WIDEST_NAME, third), 0) + _BESIDE_NAME

    def rect_of(self, key: SeriesKey, metrics: QFontMetrics) -> QRect:
        height = self.lane_height(metrics)
        number = next((number for number, lane in enumerate(self._shown) if lane.trace.key == key), 0)
        return QRect(self.rect.x(), self.rect.y() + number * height, self.rect.width(), height)

    def prepare(self, frame: Frame) -> None:
        """Nothing: only the lanes that are in sight are reduced, when they are painted."""

    def paint(self, painter: QPainter, frame: Frame) -> None:
        plot = device_rect(self.rect, frame.scale)
        height = self.lane_height(painter.fontMetrics())
        painter.save()
        painter.scale(1 / frame.scale, 1 / frame.scale)
        paint_plot_ground(painter, plot, frame)
        painter.restore()
        in_sight = painter.clipBoundingRect()
        if frame.folds is not None:
            self._paint_days(painter, frame, frame.folds, in_sight)
            return
        first = max(int(in_sight.top() - self.rect.y()) // height, 0)
        end = max(-(-int(in_sight.bottom() + 1 - self.rect.y()) // height), 0)
        seen = [
            _InSight(lane, QRect(self.rect.x(), self.rect.y() + number * height, self.rect.width(), height))
            for number, lane in enumerate(self._shown[first:end], first)
        ]
        painter.save()
        painter.setClipRect(self.rect, Qt.ClipOperation.IntersectClip)
        states = [one for one in seen if not one.lane.trace.is_events]
        traces = [lane.trace for lane, _ in states]
        ends = [frame.data_end_of(trace.key.vin) for trace in traces]
        bands = reduce_lanes(traces, frame.grid, ends, covered_columns(frame))
        self._paint_bands(painter, states, bands, frame)
        for lane, room in seen:
            inner = room.adjusted(0, _MARGIN, 0, -_MARGIN)
            if lane.trace.is_events:
                self._paint_events(painter, lane, inner, frame)
            self._paint_marks(painter, lane, inner, frame)
        self._paint_labels(painter, states, bands, frame)
        painter.restore()
        self._paint_names(painter, seen, frame)
        painter.setPen(frame.colors.border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect.adjusted(-1, -1, 0, 0))

    def _paint_days(self, painter: QPainter, frame: Frame, folds: Folds, in_sight: QRectF) -> None:
        """Paints each lane as rows of days."""
        colors = frame.colors
        for lane, room, rows in self._day_rows(frame, folds):
            head, look = self._head_height(frame.metrics), self._look(lane.trace.key)
            if room.top() > in_sight.bottom() or room.bottom() < in_sight.top():
                continue
            text = colors.muted if look.pale else colors.text
            painter.save()
            painter.setClipRect(self.rect, Qt.ClipOperation.IntersectClip)
            if lane.trace.is_events:
                rows.paint_moments(
                    painter, lane.trace.time, colors.faint(colors.curve(look.color), 0.45 + 0.55 * (not look.pale))
                )
            else:
                numbers = lane.numbers()
                seen = rows.paint_states(painter, lane.trace, numbers, look.pale)
                states = [(colors.band(int(numbers[code])), lane.labels[code]) for code in seen]
                paint_key(painter, QRect(room.x(), room.y(), room.width(), head), states, frame, text)
            for places, color in ((lane.trace.untimed, colors.text), (lane.trace.redelivered, colors.muted)):
                rows.paint_moments(painter, lane.trace.time[places], color)
            rows.paint_moments(painter, lane.failures.time, colors.error)
            painter.restore()
            rows.paint_dates(painter, self.rect.x() - 16, frame.tz)
            self._paint_name(painter, lane, QRect(0, room.y(), self.rect.x(), head), frame)
            if room.y() > self.rect.y():
                painter.fillRect(0, room.y(), self.rect.right(), 1, colors.grid)
        painter.setPen(colors.border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect.adjusted(-1, -1, 0, 0))

    def _day_rows(self, frame: Frame, folds: Folds) -> Iterator[tuple[Lane, QRect, DayRows]]:
        """The lanes with their rooms and their rows."""
        height, head = self.lane_height(frame.metrics), self._head_height(frame.metrics)
        for number, lane in enumerate(self._shown):
            room = QRect(self.rect.x(), self.rect.y() + number * height, self.rect.width(), height)
            yield lane, room, DayRows(room.adjusted(0, head, 0, -_MARGIN), frame, folds)

    def paint_day(self, painter: QPainter, passes: Sequence[int], frame: Frame) -> None:
        if frame.folds is not None:
            for _, _, rows in self._day_rows(frame, frame.folds):
                rows.paint_frame(painter, passes, frame.colors.accent)

    def _paint_names(self, painter: QPainter, seen: Sequence[_InSight], frame: Frame) -> None:
        """Paints the names of lanes that lie one below the other, and the lines between the lanes."""
        if not seen:
            return
        height = seen[0].room.height()
        if self.rect.x() > 0 and has_whole_pixels(painter, frame.scale):
            painter.drawPixmap(0, seen[0].room.y(), self._strip_of_names([lane for lane, _ in seen], height, frame))
        else:
            for lane, room in seen:
                self._paint_name(painter, lane, QRect(0, room.y(), self.rect.x(), height), frame)
        for _, room in seen:
            if room.y() > self.rect.y():
                painter.fillRect(0, room.y(), self.rect.right(), 1, frame.colors.grid)

    def _strip_of_names(self, lanes: list[Lane], height: int, frame: Frame) -> QPixmap:
        """The names of lanes one below the other, which stay as they are while time moves."""
        asked = lanes, self.rect.x(), height, self.is_low, frame.scale, frame.colors, frame.cache
        if self._strip is None or self._strip[0] != asked:
            strip = QPixmap(round(self.rect.x() * frame.scale), round(len(lanes) * height * frame.scale))
            strip.setDevicePixelRatio(frame.scale)
            strip.fill(frame.colors.background)
            painter = QPainter(strip)
            painter.setFont(frame.font)
            for number, lane in enumerate(lanes):
                self._paint_name(painter, lane, QRect(0, number * height, self.rect.x(), height), frame)
            painter.end()
            self._strip = asked, strip
        return self._strip[1]

    def _paint_name(self, painter: QPainter, lane: Lane, room: QRect, frame: Frame) -> None:
        look = self._look(lane.trace.key)
        metrics = painter.fontMetrics()
        swatch = QRectF(room.right() - 9, room.y() + 5, 4, room.height() - 10)
        painter.setRenderHint(painter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(frame.colors.curve(look.color))
        painter.drawRoundedRect(swatch, 2, 2)
        painter.setRenderHint(painter.RenderHint.Antialiasing, False)
        text = room.adjusted(4, _MARGIN, -16, -_MARGIN)
        first, *others = self._name_lines(lane.trace.key)
        lines = [(first, frame.colors.muted if look.pale else frame.colors.text)]
        lines += [(line, frame.colors.muted) for line in others]
        top = text.y() + (text.height() - len(lines) * metrics.height()) // 2
        for number, (line, color) in enumerate(lines):
            painter.setPen(color)
            place = QRect(text.x(), top + number * metrics.height(), text.width(), metrics.height())
            if frame.cache.width(line, metrics) > text.width():
                line = metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, text.width())
            frame.cache.draw_before(painter, place.right() + 1, place.y(), line, metrics)

    def _paint_events(self, painter: QPainter, lane: Lane, room: QRect, frame: Frame) -> None:
        look = self._look(lane.trace.key)
        color = frame.colors.curve(look.color)
        color = frame.colors.faint(color, 0.45) if look.pale else color
        paint_flags(painter, lane.trace, room, frame, color, frame.colors.muted if look.pale else frame.colors.text)

    def _paint_marks(self, painter: QPainter, lane: Lane, room: QRect, frame: Frame) -> None:
        trace = lane.trace
        if len(lane.failures) or len(trace.untimed) or len(trace.redelivered):
            painter.save()
            painter.scale(1 / frame.scale, 1 / frame.scale)
            device = device_rect(room, frame.scale)
            painter.translate(device.topLeft())
            paint_failures(painter, lane.failures, frame, device.height() / 2, frame.colors.error)
            for paint, places in ((paint_untimed, trace.untimed), (paint_redelivered, trace.redelivered)):
                columns = frame.grid.column_of(trace.time[marks_in_sight(trace.time, places, frame)])
                # At the foot, where neither flags nor labels are.
                foot = np.full(len(columns), device.height() - round(_MARK_HEIGHT * frame.scale))
                paint(painter, columns, foot, frame, frame.colors.text)
            painter.restore()

    def _paint_bands(self, painter: QPainter, states: Sequence[_InSight], bands: Bands, frame: Frame) -> None:
        rooms = [device_rect(room.adjusted(0, _MARGIN, 0, -_MARGIN), frame.scale) for _, room in states]
        numbers = [lane.numbers() for lane, _ in states]
        painter.save()
        painter.scale(1 / frame.scale, 1 / frame.scale)
        pale = [self._look(lane.trace.key).pale for lane, _ in states]
        paint_bands(painter, bands, _of_states(numbers, bands), rooms, pale, frame)
        painter.restore()

    def _paint_labels(self, painter: QPainter, states: Sequence[_InSight], bands: Bands, frame: Frame) -> None:
        """Writes the names of states where their bands are wide enough for them."""
        free = ((bands.until - bands.left) / frame.scale - 2 * _TEXT_MARGIN).astype(np.int64)
        few = np.flatnonzero(free > 0)
        if len(few) == 0:
            return
        metrics, width = frame.metrics, frame.cache.width
        widths = [np.array([width(label, metrics) for label in lane.labels], np.int64) for lane, _ in states]
        wide = few[_of_states(widths, bands)[few] <= free[few]]
        pens = [frame.colors.muted if self._look(lane.trace.key).pale else frame.colors.text for lane, _ in states]
        tops = [room.y() + (room.height() - metrics.height()) // 2 for _, room in states]
        before = None
        for number, left, code in zip(
            bands.lane[wide].tolist(), bands.left[wide].tolist(), bands.code[wide].tolist(), strict=True
        ):
            if pens[number] is not before:
                before = pens[number]
                painter.setPen(before)
            place = self.rect.x() + int(left / frame.scale) + _TEXT_MARGIN
            frame.cache.draw(painter, place, tops[number], states[number].lane.labels[code])

    def lane_at(self, y: int, metrics: QFontMetrics) -> Lane | None:
        """The lane at a height of the widget."""
        number, shown = (y - self.rect.y()) // max(self.lane_height(metrics), 1), self._shown
        return shown[number] if self.rect.y() <= y and number < len(shown) else None

    def _describe_day(self, lane: Lane, place: QPoint, frame: Frame, passes: DayPasses) -> str:
        """The state at a place of a row of days, with its day and its time."""
        trace, grid = lane.trace, frame.grid
        row = self.day_row_at(place.y(), frame.metrics)
        column = min(max(round((place.x() - self.rect.x()) * frame.scale), 0), grid.count - 1)
        at = int(grid.edges[column + 1]) - 1
        found = [int(time) for time in passes.moments(at).tolist() if passes.row[passes.place(time) or 0] == row]
        if not found:
            return full_name(trace.key)
        time, reach = found[0], (grid.end - grid.start) * round(REACH * frame.scale) // grid.count
        lines = [full_name(trace.key), moment_text(time, frame.tz)]
        near = np.searchsorted(lane.failures.time, [time - reach, time + reach + 1]).tolist()
        lines += dict.fromkeys(f"No value, {lane.failures.text(one)}" for one in range(*near))
        if trace.is_events:
            first, last = np.searchsorted(trace.time, [time - reach, time + reach + 1]).tolist()
            lines += [short_text(trace.names[int(code)]) for code in trace.code[first:last]]
            return "\n".join(lines)
        run = int(np.searchsorted(trace.start, time, "right")) - 1
        if run >= 0 and time <= frame.data_end:
            lines.append(
                f"{lane.labels[int(trace.code[run])]} since {frame.told(trace.key.vin, int(trace.start[run]))}"
            )
        return "\n".join(lines)

    def _describe(self, lane: Lane, column: int, frame: Frame) -> str:
        """The state at a column with its time, and the failures near it."""
        lines = [full_name(lane.trace.key)]
        time = int(frame.grid.edges[min(max(column + 1, 0), frame.grid.count)]) - 1
        trace = lane.trace
        marks = [f"A sample has {UNTIMED}"] if len(near_column(trace.time, trace.untimed, column, frame)) else []
        again = near_column(trace.time, trace.redelivered, column, frame)
        if len(again) and trace.deliveries is not None:
            said = deliveries_text(trace.deliveries, trace.sample[again], frame.tz)
            marks.append(said if len(again) > 1 else f"A sample was {said}")
        marks += [f"No value, {text}" for text in texts_near(lane.failures, column, frame)]
        if lane.trace.is_events:
            lines += events_near(lane.trace, column, round(REACH * frame.scale), frame)
            return "\n".join(lines + marks)
        run = int(np.searchsorted(lane.trace.start, time, "right")) - 1
        if run >= 0 and time <= frame.data_end_of(lane.trace.key.vin):
            since = frame.told(lane.trace.key.vin, int(lane.trace.start[run]))
            code, key = int(lane.trace.code[run]), lane.trace.key
            lines.append(f"{lane.labels[code]} since {since}")
            unknown = unknown_value(key.capability, key.property, key.component, lane.trace.names[code])
            lines += [short_text(unknown)] if unknown else []
        return "\n".join(lines + marks)

    def tip_at(self, x: int, y: int, frame: Frame) -> str:
        lane = self.lane_at(y, frame.metrics)
        if lane is None:
            return ""
        if not self.rect.contains(QPoint(x, y)):
            key = lane.trace.key
            return "\n".join(filter(None, (full_name(key), unknown_property(key), unknown_component(key))))
        if frame.folds is not None:
            return self._describe_day(lane, QPoint(x, y), frame, frame.folds.passes)
        return self._describe(lane, round((x - self.rect.x()) * frame.scale), frame)


def _of_states(values: Sequence[NDArray[np.int64]], bands: Bands) -> NDArray[np.int64]:
    """Of each band what its state has.

    Args:
        values: of each lane an array by the codes of its states.
    """
    if not values:
        return bands.run
    counts = np.array([len(mine) for mine in values], np.int64)
    found: NDArray[np.int64] = np.concatenate(values).take((np.cumsum(counts) - counts).take(bands.lane) + bands.code)
    return found
