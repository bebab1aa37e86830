"""The timeline as a picture: title, plots in their full height, legend, range and zone, on any paint device.

The rows of the screen paint it, over the same samples, with columns as fine as the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from gui import theme
from gui.models.bookmarks import bookmarks_tip
from gui.models.texts import full_time_text, plural
from gui.views.timeline.bookmark_flags import FLAG, flag_shape
from gui.views.timeline.composition import Composition
from gui.views.timeline.day_clock import hours_text
from gui.views.timeline.day_view import DayView
from gui.views.timeline.elapsed import ELAPSED, SINCE_FIRST, elapsed_text
from gui.views.timeline.legend_model import Column, LegendModel
from gui.views.timeline.masking import Mask, Masking
from gui.views.timeline.naming import property_name, vehicle_name
from gui.views.timeline.palette import TimelineColors, colors_of
from gui.views.timeline.plot_area import PlotArea

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from PySide6.QtGui import QPaintDevice

    from core.fleet.series import SeriesKey
    from gui.views.timeline.time_range import Range

SCALES = (1, 2, 3)
_MARGIN = 16
_GAP = 12
_SWATCH = 18
# Texts are a little wider on some devices than they are measured.
_SLACK = 4
# Shapes of a drawing are placed as finely as on a screen with so many pixels in one.
_FINENESS = 2
_NAMED = 3
_MOST_BOOKMARKS = 30
_NAMES = (Column.VEHICLE, Column.PROPERTY, Column.COMPONENT, Column.UNIT)
_VALUES = (Column.VEHICLE, Column.PROPERTY, Column.COMPONENT, Column.VALUE, Column.UNIT, Column.AGE)
_AT_RIGHT = (Column.VALUE, Column.AGE)


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """How a picture is to look.

    Attributes:
        title: above the plots; None for one that names properties and vehicles, empty for none.
        masking: how vehicles are named.
        values: whether the legend has the values at the cursor, and the plots the cursor and the region.
        light: light colours on white, for paper; otherwise those of the window.
    """

    title: str | None = None
    masking: Masking = Masking.NONE
    values: bool = False
    light: bool = True


@dataclass(frozen=True, slots=True)
class Sight:
    """What a timeline shows now.

    Attributes:
        view: the range of time, microseconds.
        cursor: the moment under the cursor, None without one.
        tz: the zone in which times are told.
        zone_name: its name.
        size: of the plots on the screen.
        font: of the plots.
        colors: of the plots.
        region: that is marked, None without one.
        days: which days lie over each other, if they do.
    """

    view: Range
    cursor: int | None
    tz: tzinfo
    zone_name: str
    size: QSize
    font: QFont
    colors: TimelineColors
    region: Range | None = None
    days: DayView = field(default_factory=DayView)


class Picture:
    """One picture; the composition may change meanwhile.

    Args:
        composition: what is on the timeline.
        sight: what of it is shown, and how.
        options: how the picture is to look.
        made: when it is made, microseconds since the epoch.

    Attributes:
        title: what stands above the plots.
        size: in logical pixels.
    """

    def __init__(self, composition: Composition, sight: Sight, options: PictureOptions, made: int) -> None:
        colors = colors_of(theme.LIGHT) if options.light else sight.colors
        self._colors = replace(colors, background=colors.plot) if options.light else colors
        self._sight, self._made = sight, made
        self._cursor = sight.cursor if options.values else None
        layout = composition.layout
        mask = Mask(layout.looks, options.masking)
        # Rows of its own, of series that have other names: what paints cannot tell what it does not know.
        self._composition = Composition(len(self._colors.series))
        self._composition.restore(mask.layout(layout))
        self._composition.filling = composition.filling
        ready = [mask.prepared(entry.shown) for entry in composition.entries() if entry.shown is not None]
        if ready:
            self._composition.set_units(ready[0].units)
        self._composition.put(ready)
        shown = [entry for entry in self._composition.entries() if entry.visible and entry.has_samples]
        keys = [entry.key for entry in shown]
        self.title = default_title(keys) if options.title is None else mask.text(options.title)
        self._font = sight.font
        self._metrics = QFontMetrics(self._font)
        self._area = self._make_area()
        self._area.region.set_range(sight.region if options.values else None)
        self._legend = LegendModel(self._colors)
        self._legend.set_time_zone(sight.tz)
        self._legend.set_entries(shown)
        self._legend.set_cursor(self._cursor)
        columns = _VALUES if options.values else _NAMES
        self._columns = [column for column in columns if any(self._texts(column))]
        width = sight.size.width()
        self._plots_height = self._area.whole_height()
        line = self._metrics.height()
        self._head = round(1.9 * line) if self.title else 0
        self._rows_height = (len(keys) + 1) * (line + 6)
        self._bookmarks = self._bookmarks_in_sight()
        self._bookmarks_height = len(self._bookmarks) * (line + 2) + (_GAP if self._bookmarks else 0)
        below = self._rows_height + _GAP + self._bookmarks_height + line
        height = self._head + self._plots_height + _GAP + below
        self.size = QSize(width + 2 * _MARGIN, height + 2 * _MARGIN)

    def _make_area(self) -> PlotArea:
        sight = self._sight
        area = PlotArea(self._colors)
        area.setFont(self._font)
        area.set_time_zone(sight.tz, sight.zone_name)
        area.set_shifts(self._composition.shifts)
        area.days = sight.days
        area.set_bookmarks(self._composition.layout.bookmarks if area.counts_moments else ())
        area.set_cursor_time(self._cursor)
        area.set_rows(self._composition.rows(), self._composition.data_end())
        area.set_time_range(sight.view)
        area.resize(sight.size)
        # Plots that are scrolled on the screen are in the picture whole.
        area.resize(sight.size.width(), max(area.whole_height(), sight.size.height()))
        return area

    def image(self, scale: int) -> QImage:
        """The picture in pixels.

        Args:
            scale: pixels in a logical one.
        """
        image = QImage(self.size * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        self._paint_on(image, scale)
        return image

    def svg(self) -> bytes:
        """The picture as a drawing: shapes and texts, no pixels."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        # The older version of the format would not cut what reaches out of a plot.
        generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
        generator.setOutputDevice(buffer)
        generator.setSize(self.size)
        generator.setViewBox(QRect(0, 0, self.size.width(), self.size.height()))
        generator.setResolution(self._area.logicalDpiY())
        generator.setTitle(self.title)
        generator.setDescription("A timeline of vehicle data, made with Odograph")
        self._paint_on(generator, _FINENESS)
        return bytes(buffer.data().data())

    def _paint_on(self, device: QPaintDevice, scale: int) -> None:
        painter = QPainter(device)
        painter.fillRect(QRect(0, 0, self.size.width(), self.size.height()), self._colors.background)
        width = self._sight.size.width()
        painter.translate(_MARGIN, _MARGIN)
        if self.title:
            self._paint_title(painter, QRect(0, 0, width, self._head))
        painter.translate(0, self._head)
        painter.save()
        self._area.paint_whole(painter, scale, self._cursor)
        painter.restore()
        painter.setFont(self._font)
        painter.translate(0, self._plots_height + _GAP)
        self._paint_legend(painter, width)
        painter.translate(0, self._rows_height + _GAP)
        self._paint_bookmarks(painter, width)
        painter.translate(0, self._bookmarks_height)
        self._paint_foot(painter, QRect(0, 0, width, self._metrics.height()))
        painter.end()

    def _paint_title(self, painter: QPainter, room: QRect) -> None:
        font = QFont(self._font)
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self._colors.text)
        text = QFontMetrics(font).elidedText(self.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)
        painter.setFont(self._font)

    def _texts(self, column: Column) -> list[str]:
        model = self._legend
        return [str(model.index(row, column).data() or "") for row in range(model.rowCount())]

    def _paint_legend(self, painter: QPainter, width: int) -> None:
        metrics, colors = self._metrics, self._colors
        height = metrics.height() + 6
        texts = {column: self._texts(column) for column in self._columns}
        heads = {column: str(self._legend.headerData(column, Qt.Orientation.Horizontal)) for column in self._columns}
        if self._cursor is not None and Column.VALUE in heads:
            heads[Column.VALUE] = f"Value at {_moment(self._cursor, self._area.axis_tz)}"
        widths = {
            column: max(map(metrics.horizontalAdvance, (heads[column], *texts[column]))) + 2 * _GAP + _SLACK
            for column in self._columns
        }
        # Names give way where the picture is narrow.
        spare = width - _SWATCH - sum(widths.values())
        names = [column for column in self._columns if column not in _AT_RIGHT]
        for column in names:
            widths[column] = max(widths[column] + min(0, spare) // len(names), 4 * _GAP)
        left = _SWATCH
        for column in self._columns:
            side = Qt.AlignmentFlag.AlignRight if column in _AT_RIGHT else Qt.AlignmentFlag.AlignLeft
            for row, text in enumerate((heads[column], *texts[column])):
                room = QRect(left, row * height, widths[column] - 2 * _GAP, height)
                painter.setPen(colors.text if row else colors.muted)
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
                painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)
            left += widths[column]
        painter.fillRect(0, height - 1, width, 1, colors.border)
        painter.setPen(Qt.PenStyle.NoPen)
        for row in range(self._legend.rowCount()):
            entry = self._composition.entry(self._legend.key(row))
            painter.setBrush(colors.curve(entry.color if entry else 0))
            painter.drawRect(QRectF(0, (row + 1) * height + height / 2 - 3, _SWATCH - 6, 6))

    def _bookmarks_in_sight(self) -> list[str]:
        """Those whose flags are in the picture, told in full: beside a flag there may be no room."""
        start, end = self._area.sight or self._sight.view
        found = [one for one in self._area.axis.flags.bookmarks if one.start <= end and one.last >= start]
        return bookmarks_tip(found, self._sight.tz, _MOST_BOOKMARKS).splitlines()

    def _paint_bookmarks(self, painter: QPainter, width: int) -> None:
        height = self._metrics.height() + 2
        for row, text in enumerate(self._bookmarks):
            top = row * height + (height - FLAG.height()) / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colors.accent)
            painter.drawPolygon(flag_shape(0, top))
            painter.setPen(self._colors.text)
            shown = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - _SWATCH)
            line = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.drawText(QRect(_SWATCH, row * height, width - _SWATCH, height), line, shown)

    def _paint_foot(self, painter: QPainter, room: QRect) -> None:
        tz = self._area.axis_tz
        start, end = (_moment(time, tz) for time in self._area.sight or self._sight.view)
        made = f"Made {_moment(self._made, self._sight.tz)} with Odograph"
        painter.setPen(self._colors.muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, right, made)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        beside = room.width() - self._metrics.horizontalAdvance(made) - 2 * _GAP
        text = f"{start} to {end}, {SINCE_FIRST if tz is ELAPSED else self._sight.zone_name}"
        if self._sight.days.is_on:
            text = f"{hours_text(*self._sight.days.hours)}, {self._sight.days.text(self._sight.view, *self._area.zone)}"
        painter.drawText(room, left, self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, beside))


def default_title(keys: Sequence[SeriesKey]) -> str:
    """What is shown of whom: ``Odometer, Speed – 3 vehicles``."""
    return " – ".join(
        _some(dict.fromkeys(map(name, keys)), one, many)
        for name, one, many in ((property_name, "property", "properties"), (vehicle_name, "vehicle", "vehicles"))
        if keys
    )


def _some(names: Iterable[str], one: str, many: str) -> str:
    names = list(names)
    return ", ".join(names) if len(names) <= _NAMED else plural(len(names), one, many)


def _moment(time: int, tz: tzinfo) -> str:
    """``2023-04-28 11:32:11 +02:00``, or ``+3 d 04:00:12``"""
    if tz is ELAPSED:
        return elapsed_text(time)
    text = full_time_text(time, tz)
    return text[:19] + text[23:]
