"""A plot of curves over one or several value axes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt

from core.workspaces.layout import Shape
from gui.views.timeline.crowd import Crowd, is_crowd
from gui.views.timeline.crowd_rows import CrowdRows, Group
from gui.views.timeline.folded_lines import MOST_PAINTED, FoldedLine, coarse_step, fold_line, paint_pixels, shades
from gui.views.timeline.frame import MOST_SMALL_ROWS, Frame, Look, Row, device_rect, paint_plot_ground
from gui.views.timeline.markers import REACH, paint_failures, paint_unit_changes, texts_near
from gui.views.timeline.naming import full_name, plot_title
from gui.views.timeline.pixel_canvas import PixelCanvas, paints_pixels
from gui.views.timeline.points_alone import point_shape
from gui.views.timeline.redelivered import deliveries_text, paint_redelivered
from gui.views.timeline.reduction import reduce_columns
from gui.views.timeline.step_curve import POINT_DISTANCE, StepShape, paint_shape, step_shape
from gui.views.timeline.straight_line import line_shape
from gui.views.timeline.untimed import UNTIMED, marks_in_sight, near_column, paint_untimed
from gui.views.timeline.value_axis import ValueAxis, axis_name
from gui.views.timeline.value_ticks import count_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QFontMetrics, QPainter

    from core.fleet.series import SeriesKey
    from gui.views.timeline.folding import Folds
    from gui.views.timeline.marks import Marks
    from gui.views.timeline.reduction import Columns
    from gui.views.timeline.trace import Ints, LineTrace

# Members of enumerations are looked up slowly, and some of these are for every line in every frame.
_STEPS, _POINTS, _LINE = Shape.STEPS, Shape.POINTS, Shape.LINE
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
# Failures stand this far above the lower edge, in logical pixels.
_FAILURE_HEIGHT = 8
# With more samples of a crowd in sight Qt takes longer for strokes than painting them as pixels does.
_DENSE = 15_000
# The share of the width that the axes may take; those that do not fit have curves alone.
_AXES_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is painted at once: a line, or all lines of a crowd that look alike.

    Attributes:
        axis: over which it lies.
        look: how it is shown.
        shape: its strokes.
        extremes: the smallest and the largest value in sight.
        share: of its colour that it has, the rest is the ground's.
    """

    axis: ValueAxis
    look: Look
    shape: StepShape
    extremes: tuple[float, float] | None
    share: float = 1.0


class ValuePlot(Row):
    """Curves over value axes, one for each name that axis_name gives its lines.

    Attributes:
        axes: in the order of their first lines; the first stands right beside the plot and has the grid's lines.
    """

    def __init__(self) -> None:
        super().__init__()
        self.axes: list[ValueAxis] = []
        self._lines: list[LineTrace] = []
        self._failures: dict[SeriesKey, Marks] = {}
        self._looks: dict[SeriesKey, Look] = {}
        # None until asked for: who is visible, and whose lines look alike.
        self._visible: list[tuple[ValueAxis, LineTrace]] | None = None
        self._alike: dict[Shape, dict[tuple[ValueAxis, Look], list[LineTrace]]] | None = None
        self._crowds: dict[Shape, Crowd] = {}
        self._crowds_before: dict[Shape, Crowd] = {}
        self._drawn: list[_Drawn] = []
        # The same lines day by day, where days lie over each other.
        self._folded: list[tuple[ValueAxis, Look, FoldedLine]] = []
        # So many columns are one while the view moves.
        self._step = 1
        # Instead of what is drawn, where it is so much that it is found while it is painted.
        self._dense: CrowdRows | None = None
        self._columns = 0
        self._samples = 0
        self._hides_samples = False
        self._axes_width = 0
        # Many names take as long to find as many curves to paint.
        self._title: str | None = None

    def set_content(self, lines: list[LineTrace], failures: dict[SeriesKey, Marks]) -> None:
        """Replaces the lines and the failures of their series; an axis keeps its range as long as it has a line."""
        self._lines = lines
        self._failures = {key: marks for key, marks in failures.items() if len(marks)}
        self._forget()
        before = {axis.name: axis for axis in self.axes}
        named: dict[str, list[LineTrace]] = {}
        for line in lines:
            named.setdefault(axis_name(line), []).append(line)
        self.axes = [before.get(name) or ValueAxis(name, mine[0].unit, mine[0].kind) for name, mine in named.items()]
        for axis, mine in zip(self.axes, named.values(), strict=True):
            axis.lines = mine

    @property
    def lines(self) -> list[LineTrace]:
        """The lines, also hidden ones."""
        return self._lines

    def keys(self) -> list[SeriesKey]:
        return list(dict.fromkeys(line.key for line in self._lines))

    def visible_lines(self) -> list[tuple[ValueAxis, LineTrace]]:
        """The lines that are not hidden, each with its axis."""
        if self._visible is None:
            every = [(axis, line) for axis in self.axes for line in axis.lines]
            self._visible = [(axis, line) for axis, line in every if self._is_visible(line.key)]
        return self._visible

    def axis_of(self, key: SeriesKey) -> ValueAxis | None:
        """The axis of a series, the first one where its units need several; None where it has no line here."""
        return next((axis for axis in self.axes if any(line.key == key for line in axis.lines)), None)

    def axis_at(self, x: int) -> ValueAxis | None:
        """The axis whose strip is at a logical pixel, the leftmost one further left; None right of all."""
        strips = [axis for axis in self.shown_axes() if axis.rect.width()]
        beside = [axis for axis in strips if axis.rect.left() <= x]
        if not strips or x > strips[0].rect.right():
            return None
        return beside[0] if beside else strips[-1]

    def shown_axes(self) -> list[ValueAxis]:
        """The axes with a visible line, all where none has one."""
        return list(dict.fromkeys(axis for axis, _ in self.visible_lines())) or self.axes

    def fit_values(self) -> None:
        """Lets all axes follow what is in sight again."""
        for axis in self.axes:
            axis.manual = None

    def set_looks(self, looks: dict[SeriesKey, Look]) -> None:
        self._looks = looks
        self._forget()

    def _forget(self) -> None:
        """What follows from lines and looks is to be found anew."""
        self._crowds_before |= self._crowds
        self._crowds = {}
        self._title = self._visible = self._alike = None

    def look(self, key: SeriesKey) -> Look:
        """How a series is shown."""
        return self._looks.get(key) or Look(0)

    def preferred_height(self, metrics: QFontMetrics) -> int | None:
        return None

    def axis_width(self, metrics: QFontMetrics) -> int:
        return self._axes_width

    def _place_axes(self, frame: Frame) -> None:
        """Places the axes side by side."""
        shown = self.shown_axes()
        most = int(_AXES_SHARE * (self.rect.right() + 1))
        taken = 0
        for number, axis in enumerate(shown):
            width = axis.place(self.rect, self.rect.x() - taken, frame, len(shown) == 1)
            if number and taken + width > most:
                for other in shown[number:]:
                    other.rect = QRect(self.rect.x(), self.rect.y(), 0, self.rect.height())
                break
            taken += width
        self._axes_width = taken

    def prepare(self, frame: Frame) -> None:
        height = max(device_rect(self.rect, frame.scale).height(), 2)
        self._dense, self._folded, self._step = None, [], 1
        if frame.folds is not None:
            drawn = self._over_each_other(frame, frame.folds)
        elif is_crowd([line for _, line in self.visible_lines()]):
            self._dense = self._dense_rows(frame) if height <= MOST_SMALL_ROWS else None
            drawn = self._crowded(frame) if self._dense is None else []
        else:
            drawn = self._each(frame)
        self._take(drawn)
        ranges = [(one.axis, one.extremes) for one in drawn]
        if self._dense is not None:
            ranges = [(axis, self._dense.extremes(*lines)) for axis, lines in self._lines_of_axes()]
        for axis in self.axes:
            axis.prepare([found for one, found in ranges if one is axis and found], height, frame.tz)
        self._place_axes(frame)

    def _take(self, drawn: list[_Drawn]) -> None:
        # Selected curves come last and so lie on top.
        self._drawn = sorted(drawn, key=lambda one: one.look.selected)
        self._columns = sum(len(one.shape.x) for one in drawn)

    def _dense_rows(self, frame: Frame) -> CrowdRows | None:
        """The steps of a crowd with very many samples in sight; None of others."""
        if list(self._lines_alike()) != [_STEPS]:
            return None
        rows = CrowdRows(self._crowd(_STEPS), frame.grid, self._data_ends(_STEPS, frame))
        return rows if rows.samples > _DENSE else None

    def _dense_groups(self) -> list[tuple[ValueAxis, Look, tuple[int, int]]]:
        """The lines of each look: the first one in the crowd and the one after the last, selected ones at the end."""
        groups, first = [], 0
        for (axis, look), lines in self._lines_alike()[_STEPS].items():
            groups.append((axis, look, (first, first + len(lines))))
            first += len(lines)
        return sorted(groups, key=lambda group: group[1].selected)

    def _lines_of_axes(self) -> list[tuple[ValueAxis, tuple[int, int]]]:
        """Neighbouring lines of the crowd over one axis, as _dense_groups gives those of each look."""
        groups = sorted(self._dense_groups(), key=lambda group: group[2])
        together = (list(alike) for _, alike in groupby(groups, lambda group: group[0]))
        return [(alike[0][0], (alike[0][2][0], alike[-1][2][1])) for alike in together]

    def _crowd(self, shape: Shape) -> Crowd:
        if shape not in self._crowds:
            lines = [line for group in self._lines_alike()[shape].values() for line in group]
            self._crowds[shape] = Crowd(lines, self._crowds_before.pop(shape, None))
        return self._crowds[shape]

    def _data_ends(self, shape: Shape, frame: Frame) -> int | Ints:
        """How far the last known values of a crowd's lines are held."""
        if frame.shifts is None:
            return frame.data_end
        return np.array([frame.data_end_of(line.key.vin) for line in self._crowd(shape).lines], np.int64)

    def _over_each_other(self, frame: Frame, folds: Folds) -> list[_Drawn]:
        """The lines of all days, the older the paler."""
        distance = round(POINT_DISTANCE * frame.scale)
        self._samples, self._hides_samples = 0, False
        step = coarse_step((line for _, line in self.visible_lines()), folds) if frame.moves else None
        self.is_coarse, self._step = step is not None, step or 1
        folds = folds.merged(self._step)
        drawn = []
        for axis, line in self.visible_lines():
            look = self.look(line.key)
            folded = fold_line(line, look.shape, folds, frame.data_end, distance)
            self._folded.append((axis, look, folded))
            self._samples += folded.parts.samples
            self._hides_samples = self._hides_samples or folded.parts.is_reduced
            for share, first, end in shades(folds, *((1,) if self.is_coarse else ())):
                shape = folded.of_passes(first, end)
                drawn.append(_Drawn(axis, look, shape, shape.extremes(), share))
        return drawn

    def paint_day(self, painter: QPainter, passes: Sequence[int], frame: Frame) -> None:
        plot = device_rect(self.rect, frame.scale)
        painter.save()
        painter.scale(1 / frame.scale, 1 / frame.scale)
        painter.setClipRect(plot, Qt.ClipOperation.IntersectClip)
        painter.translate(plot.topLeft())
        painter.scale(self._step, 1)
        for axis, look, folded in self._folded:
            for one in passes:
                self._paint_shape(painter, _Drawn(axis, look, folded.of_passes(one, one + 1), None), frame, False)
        painter.restore()

    def _each(self, frame: Frame) -> list[_Drawn]:
        """The lines one by one."""
        distance = round(POINT_DISTANCE * frame.scale)
        self._samples, self._hides_samples = 0, False
        drawn = []
        for axis, line in self.visible_lines():
            columns = reduce_columns(line.time, line.pyramid, line.buckets, frame.grid)
            look = self.look(line.key)
            if look.shape is _POINTS:
                shape, hides = point_shape(line, columns, frame.grid)
            elif look.shape is _LINE:
                shape, hides = line_shape(line, columns, frame.grid, distance), columns.is_reduced
            else:
                shape = step_shape(line, columns, frame.grid, frame.data_end_of(line.key.vin), distance)
                hides = self._hides_samples or _hides_samples(line, columns)
            drawn.append(_Drawn(axis, look, shape, shape.extremes()))
            self._samples += columns.samples
            self._hides_samples = self._hides_samples or hides
        return drawn

    def _crowded(self, frame: Frame) -> list[_Drawn]:
        """All lines of one look together: there are too many to be told apart by what lies on top, or by points."""
        self._samples, self._hides_samples = 0, False
        drawn = []
        for shape, groups in self._lines_alike().items():
            found = self._crowd(shape).shape(frame.grid, self._data_ends(shape, frame), shape)
            self._samples += found.samples
            self._hides_samples = self._hides_samples or found.is_reduced
            first = 0
            for (axis, look), group in groups.items():
                strokes = found.of_lines(first, first + len(group))
                drawn.append(_Drawn(axis, look, strokes, strokes.extremes()))
                first += len(group)
        return drawn

    def _lines_alike(self) -> dict[Shape, dict[tuple[ValueAxis, Look], list[LineTrace]]]:
        """The visible lines by shape, axis and look."""
        if self._alike is None:
            self._alike = {}
            for axis, line in self.visible_lines():
                look = self.look(line.key)
                self._alike.setdefault(look.shape, {}).setdefault((axis, look), []).append(line)
        return self._alike

    def reduced_text(self) -> str:
        """Says so where some column hides samples, else ''."""
        if not self._hides_samples:
            return ""
        columns = self._columns
        points = sum(len(drawn.shape.point_x) for drawn in self._drawn if drawn.look.shape is _POINTS)
        parts = [f"{count_text(columns)} {'column' if columns == 1 else 'columns'}"] if columns else []
        parts += [f"{count_text(points)} points"] if points else []
        return f"{count_text(self._samples)} samples drawn as {' and '.join(parts)} (min/max)"

    def paint(self, painter: QPainter, frame: Frame) -> None:
        shown = self.shown_axes()
        plot = device_rect(self.rect, frame.scale)
        ticks = shown[0].ticks(frame.metrics) if shown else []
        levels = [shown[0].scale.row(value) for value, _ in ticks]
        was_painted = False
        painter.save()
        painter.scale(1 / frame.scale, 1 / frame.scale)
        if self._dense is not None and paints_pixels(painter):
            painter.setClipRect(plot, Qt.ClipOperation.IntersectClip)
            self._paint_dense(painter, self._dense, plot, levels, frame)
        elif self._folded and (self._step > 1 or self._columns > MOST_PAINTED) and paints_pixels(painter):
            painter.setClipRect(plot, Qt.ClipOperation.IntersectClip)
            self._paint_days(painter, plot, levels, frame)
            was_painted = True
        else:
            if self._dense is not None:
                self._take(self._crowded(frame))
            paint_plot_ground(painter, plot, frame, levels)
            painter.setClipRect(plot, Qt.ClipOperation.IntersectClip)
        painter.translate(plot.topLeft())
        crowded = self._columns > 4 * frame.grid.count
        for drawn in () if was_painted else self._drawn:
            self._paint_shape(painter, drawn, frame, crowded)
        self._paint_marks(painter, frame, plot.height())
        painter.restore()
        painter.setPen(frame.colors.border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect.adjusted(-1, -1, 0, 0))
        self._paint_header(painter, frame, shown)
        self._paint_axes(painter, frame, shown)

    def _paint_dense(self, painter: QPainter, rows: CrowdRows, plot: QRect, levels: list[int], frame: Frame) -> None:
        """Paints ground and steps of a crowd as one picture."""
        step = rows.step if frame.moves else 1
        strokes = rows.painted(step)
        canvas = PixelCanvas(-(-plot.width() // step), plot.height(), frame)
        self._drawn, self._columns = [], 0
        self._samples, self._hides_samples = rows.samples, False
        # Over one axis after the other only while their groups follow on each other: what is selected lies on top.
        for axis, groups in groupby(self._dense_groups(), lambda group: group[0]):
            looks = [
                Group(first, end, _color(look, frame), max(1, round(self._width(look, True) * frame.scale)))
                for _, look, (first, end) in groups
            ]
            stroked = strokes.paint(canvas, looks, axis.scale, frame)
            self._columns += stroked.columns
            self._hides_samples = self._hides_samples or stroked.is_reduced
        canvas.paint(painter, plot, levels, step)
        self.is_coarse = step > 1

    def _paint_days(self, painter: QPainter, plot: QRect, levels: list[int], frame: Frame) -> None:
        """Paints ground and curves of days that lie over each other as one picture."""
        canvas = PixelCanvas(-(-plot.width() // self._step), plot.height(), frame)
        for drawn in self._drawn:
            device = max(1, round(self._width(drawn.look, True) * frame.scale)) if self._step == 1 else 1
            color = frame.colors.faint(_color(drawn.look, frame), drawn.share)
            paint_pixels(canvas, drawn.shape, drawn.axis.scale, frame, color, device)
        canvas.paint(painter, plot, levels, self._step)

    def _paint_shape(self, painter: QPainter, drawn: _Drawn, frame: Frame, crowded: bool) -> None:
        look, shape = drawn.look, drawn.shape
        width = self._width(look, crowded or len(shape.x) * 2 > frame.grid.count)
        color = _color(look, frame)
        color = frame.colors.faint(color, drawn.share) if drawn.share < 1.0 else color
        paint_shape(painter, shape, drawn.axis.scale, frame, color, width)

    @staticmethod
    def _width(look: Look, dense: bool) -> float:
        return (look.width or (1.0 if dense else 2.0)) + look.selected

    def _paint_marks(self, painter: QPainter, frame: Frame, height: int) -> None:
        for _, line in self.visible_lines():
            if len(line.unit_changes):
                paint_unit_changes(painter, line.unit_changes, frame, height, frame.colors.warning)
        self._paint_sample_marks(painter, frame)
        row = height - _FAILURE_HEIGHT * frame.scale
        for key, marks in self._failures.items():
            if self._is_visible(key):
                paint_failures(painter, marks, frame, row, frame.colors.error)

    def _paint_sample_marks(self, painter: QPainter, frame: Frame) -> None:
        lines = self.visible_lines()
        for paint, places in (
            (paint_untimed, [line.untimed for _, line in lines]),
            (paint_redelivered, [line.redelivered for _, line in lines]),
        ):
            marked = [(axis, line, marks) for (axis, line), marks in zip(lines, places, strict=True) if len(marks)]
            for axis, line, marks in marked:
                chosen = marks_in_sight(line.time, marks, frame, len(marked))
                look = self.look(line.key)
                color = frame.colors.curve(look.color)
                color = frame.colors.faint(color, 0.45) if look.pale else color
                columns = frame.columns_of(line.time[chosen])
                paint(painter, columns, axis.scale.rows(line.value[chosen]), frame, color)

    def title(self) -> str:
        """What it shows, in words."""
        if self._title is None:
            self._title = plot_title([key for key in self.keys() if self._is_visible(key)] or self.keys())
        return self._title

    def _paint_header(self, painter: QPainter, frame: Frame, shown_axes: list[ValueAxis]) -> None:
        header, metrics, notice = self.header, frame.metrics, self.reduced_text()
        font, bold, titles = frame.cache.bold(frame.font)
        title = self.title()
        # The notice takes what is left beside the title and the unit.
        most = header.width() * (2 if notice else 3) // 4
        if titles.width(title, bold) > most:
            title = bold.elidedText(title, Qt.TextElideMode.ElideRight, most)
        painter.setFont(font)
        painter.setPen(frame.colors.text)
        titles.draw(painter, header.x(), header.y() + (header.height() - bold.height()) // 2, title)
        beside = header.adjusted(titles.width(title, bold) + 8, 0, 0, 0)
        painter.setFont(frame.font)
        painter.setPen(frame.colors.muted)
        if len(shown_axes) == 1 and shown_axes[0].unit:
            unit = shown_axes[0].title()
            frame.cache.draw(painter, beside.x(), beside.y() + (beside.height() - metrics.height()) // 2, unit)
            beside.adjust(frame.cache.width(unit, metrics) + 16, 0, 0, 0)
        if notice:
            painter.drawText(beside, _RIGHT, metrics.elidedText(notice, Qt.TextElideMode.ElideRight, beside.width()))

    def _paint_axes(self, painter: QPainter, frame: Frame, shown: list[ValueAxis]) -> None:
        if len(shown) == 1:
            shown[0].paint(painter, frame, frame.colors.muted)
            return
        painter.save()
        # Titles stand above the strips, in the room beside the plot's own.
        for axis in shown:
            colors = {self.look(line.key).color for line in axis.lines if self._is_visible(line.key)}
            if axis.rect.width():
                color = next(iter(colors)) if len(colors) == 1 else None
                curve = frame.colors.muted if color is None else frame.colors.curve(color)
                words = frame.colors.muted if color is None else frame.colors.label(color)
                axis.paint_beside(painter, frame, self.header, curve, words)
        painter.restore()

    def tip_at(self, x: int, y: int, frame: Frame) -> str:
        if not self.rect.contains(QPoint(x, y)):
            return ""
        column = round((x - self.rect.x()) * frame.scale)
        lines: list[str] = []
        if self.rect.bottom() - y <= _FAILURE_HEIGHT + REACH:
            for key, marks in self._failures.items():
                if self._is_visible(key) and (texts := texts_near(marks, column, frame)):
                    lines += [f"{full_name(key)}: no value, {text}" for text in texts]
        if y - self.rect.top() <= 3 * REACH:
            for _, line in self.visible_lines():
                texts = texts_near(line.unit_changes, column, frame)
                lines += [f"{full_name(line.key)}: unit changes, {text}" for text in texts]
        for axis, line in self.visible_lines():
            if len(_at_height(axis, line, near_column(line.time, line.untimed, column, frame), y)):
                lines.append(f"{full_name(line.key)}: {UNTIMED}")
            again = _at_height(axis, line, near_column(line.time, line.redelivered, column, frame), y)
            if len(again) and line.deliveries is not None:
                samples = np.array([line.sample_at(place) for place in again.tolist()])
                lines.append(f"{full_name(line.key)}: {deliveries_text(line.deliveries, samples, frame.tz)}")
        return "\n".join(lines)

    def _is_visible(self, key: SeriesKey) -> bool:
        return self.look(key).visible


def _at_height(axis: ValueAxis, line: LineTrace, places: NDArray[np.int64], y: int) -> NDArray[np.int64]:
    """Those of some values of a line that are near a height of the widget."""
    if len(places) == 0:
        return places
    low, high = sorted((axis.value_at(y - REACH), axis.value_at(y + REACH)))
    values = line.value[places]
    return places[(low <= values) & (values <= high)]


def _color(look: Look, frame: Frame) -> QColor:
    color = frame.colors.curve(look.color)
    return frame.colors.faint(color, 0.45) if look.pale else color


def _hides_samples(line: LineTrace, columns: Columns) -> bool:
    """Whether a sample lies inside a column's stroke; of three with two values all are at its ends."""
    if not columns.is_reduced:
        return False
    more, wide = columns.last - columns.first > 2, columns.low < columns.high
    if bool(np.any(more & wide)):
        return True
    three = (columns.last - columns.first == 2) & wide
    middle = line.value[columns.first[three] + 1]
    return bool(np.any((columns.low[three] < middle) & (middle < columns.high[three])))
