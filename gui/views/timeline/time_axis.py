"""The time axis: round local times, the date where it changes, the zone with its offset."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect

from gui.views.timeline.bookmark_flags import BookmarkFlags
from gui.views.timeline.day_clock import DAY_CLOCK
from gui.views.timeline.elapsed import ELAPSED, SINCE_FIRST
from gui.views.timeline.painting import fill_rects
from gui.views.timeline.time_ticks import (
    DAY,
    STEPS,
    Step,
    Tick,
    choose_step,
    context_texts,
    local,
    minor_step,
    offset_at,
    offsets_text,
    tick_array,
    ticks,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from numpy.typing import NDArray
    from PySide6.QtGui import QFontMetrics, QPainter

    from gui.views.timeline.frame import Frame
    from gui.views.timeline.paint_cache import PaintCache
    from gui.views.timeline.reduction import ColumnGrid

_BETWEEN_LABELS = 18
_TICK = 5
_MINOR_TICK = 3
# Marks of the days of UTC are triangles so many pixels high, this far apart at least.
_MARK = 4
_BETWEEN_MARKS = 3 * _MARK
_REACH = 5
NO_TICKS = np.empty(0, np.int64)


class TimeAxis:
    """Ticks and labels of one range of time below the plots.

    Attributes:
        rect: the axis in logical pixels; its left and right edges are the plots'.
        step: the distance of ticks, as of the last update.
        ticks: those in sight.
        utc_days: int64 microseconds: where days of UTC, which are those of the bucket, begin at another time than here.
        flags: of bookmarks, in a row of their own above the title.
    """

    def __init__(self) -> None:
        self.rect = QRect()
        self.flags = BookmarkFlags()
        self.step: Step = STEPS[-1]
        self.ticks: list[Tick] = []
        self._minor = NO_TICKS
        self._title = ""

    def height(self, metrics: QFontMetrics) -> int:
        """Labels, dates, bookmarks if there are some, and the title, one below the other."""
        return 3 * metrics.height() + _TICK + 10 + self.flags.height(metrics)

    def flags_rect(self, metrics: QFontMetrics) -> QRect:
        """Where bookmarks are, in logical pixels; below what the cursor and the region say at the axis."""
        height = self.flags.height(metrics)
        return QRect(self.rect.x(), self.rect.bottom() - metrics.height() - height - 1, self.rect.width(), height)

    def update(
        self, start: int, end: int, metrics: QFontMetrics, tz: tzinfo, zone_name: str, cache: PaintCache
    ) -> None:
        """Chooses the ticks of a range of time (microseconds)."""
        width = max(self.rect.width(), 1)
        self.step = self._step_that_fits(start, end, lambda text: cache.width(text, metrics), tz)
        self.ticks = ticks(start, end, self.step, tz)
        finer = minor_step(self.step)
        if finer and tz is ELAPSED and self.step.length % finer.length:
            finer = None
        few = finer is not None and (end - start) / finer.length <= width / 6
        self._minor = tick_array(start, end, finer, tz) if finer and few else NO_TICKS
        self.utc_days = _utc_days(start, end, tz) if (end - start) / DAY * _BETWEEN_MARKS <= width else NO_TICKS
        offsets = offsets_text(start, end, tz)
        self._title = f"Time ({offsets})" if zone_name in ("", offsets) else f"Time ({zone_name}, {offsets})"
        if tz is ELAPSED:
            self._title = f"Time {SINCE_FIRST}"
        elif tz is DAY_CLOCK:
            self._title = f"Local time of day ({zone_name})"
        elif len(self.utc_days):
            self._title += " · ▾ UTC midnight"

    def _step_that_fits(self, start: int, end: int, width_of: Callable[[str], int], tz: tzinfo) -> Step:
        """The shortest step whose labels have room."""
        width = max(self.rect.width(), 1)
        place = STEPS.index(choose_step(start, end, max(width // 30, 1)))
        for step in STEPS[place:]:
            sample = ticks(start, min(end, start + 3 * step.length), step, tz)
            widest = max((width_of(tick.label) for tick in sample), default=0)
            if step.length / (end - start) * width >= widest + _BETWEEN_LABELS:
                return step
        return STEPS[-1]

    @property
    def title(self) -> str:
        """The zone's name and its offsets in sight."""
        return self._title

    def lines(self, grid: ColumnGrid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The columns of ordinary ticks and of those where a day, month or year begins."""
        times = np.array([tick.time for tick in self.ticks], np.int64)
        begins = np.array([tick.begins for tick in self.ticks], np.bool_)
        columns = grid.column_of(times)
        return columns[~begins], columns[begins]

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paints the axis."""
        top = self.rect.y()
        ticks = (np.array([tick.time for tick in self.ticks], np.int64), _TICK, frame.colors.muted)
        for times, length, color in ((self._minor, _MINOR_TICK, frame.colors.border), ticks):
            if len(times) == 0:
                continue
            shares = (times - frame.grid.start) / (frame.grid.end - frame.grid.start)
            x = self.rect.x() + np.rint(shares * self.rect.width()).astype(np.int64)
            fill_rects(painter, x, np.full(len(x), top), x, np.full(len(x), top + length), color)
        if len(self.utc_days):
            self._paint_utc_days(painter, frame)
        self._paint_labels(painter, frame)
        self._paint_contexts(painter, frame)
        self.flags.paint(painter, self.flags_rect(frame.metrics), top, frame)
        height = frame.metrics.height()
        place = QRect(self.rect.x(), self.rect.bottom() - height - 1, self.rect.width(), height)
        painter.setPen(frame.colors.muted)
        frame.cache.draw(
            painter, place.center().x() - frame.cache.width(self._title, frame.metrics) // 2, place.y(), self._title
        )

    def _paint_utc_days(self, painter: QPainter, frame: Frame) -> None:
        """Triangles that point down to the axis from above, where the bucket's folders change."""
        centers = np.array([self._x(day, frame) for day in self.utc_days.tolist()], np.int64)
        for row in range(_MARK):
            half, y = _MARK - 1 - row, np.full(len(centers), self.rect.y() + row)
            fill_rects(painter, centers - half, y, centers + half, y, frame.colors.muted)

    def tip_at(self, x: int, frame: Frame) -> str:
        """What a mark near a pixel stands for, '' where there is none."""
        near = [day for day in self.utc_days.tolist() if abs(self._x(day, frame) - x) <= _REACH]
        return f"{local(near[0], UTC):%Y-%m-%d} begins in UTC: batches from here on lie in that day" if near else ""

    def _x(self, time: int, frame: Frame) -> int:
        """The logical pixel of a moment."""
        grid = frame.grid
        share = (time - grid.start) / (grid.end - grid.start)
        return self.rect.x() + round(share * self.rect.width())

    def _paint_labels(self, painter: QPainter, frame: Frame) -> None:
        metrics = frame.metrics
        free = self.rect.x() - 24
        painter.setPen(frame.colors.text)
        for tick in self.ticks:
            width = frame.cache.width(tick.label, metrics)
            left = self._x(tick.time, frame) - width // 2
            # Months and DST changes bring ticks closer together than the step.
            if left >= free and left + width <= self.rect.right() + 14:
                frame.cache.draw(painter, left, self.rect.y() + _TICK + 1, tick.label)
                free = left + width + 6

    def contexts(self, frame: Frame) -> list[tuple[int, int, str]]:
        """The days, months or years in sight: their left edge, when they begin (the first one: in sight), their text.

        All have the same form: the longest that fits in each one that is in sight as a whole, and where none is, in
        the widest. Edges into which it does not fit stay empty.
        """
        grid, metrics = frame.grid, frame.metrics
        if not context_texts(grid.start, self.step, frame.clock_tz):
            return []
        places = [(self._x(tick.time, frame), tick.time) for tick in self.ticks if tick.begins]
        # The first one stands at the edge for what has begun before the view.
        if not places or places[0][0] > self.rect.x():
            places.insert(0, (self.rect.x(), grid.start))
        ends = [x for x, _ in places[1:]] + [self.rect.right() + 22]
        rooms = [end - x - 12 for (x, _), end in zip(places, ends, strict=True)]
        texts = [context_texts(time, self.step, frame.clock_tz) for _, time in places]
        whole = range(1, len(places) - 1) or [rooms.index(max(rooms))]

        def fits(place: int, form: int) -> bool:
            return frame.cache.width(texts[place][form], metrics) <= rooms[place]

        form = next((form for form in range(len(texts[0])) if all(fits(place, form) for place in whole)), -1)
        return [(x, time, texts[place][form] if fits(place, form) else "") for place, (x, time) in enumerate(places)]

    def _paint_contexts(self, painter: QPainter, frame: Frame) -> None:
        metrics = frame.metrics
        top = self.rect.y() + _TICK + 3 + metrics.height()
        painter.setPen(frame.colors.muted)
        for x, time, text in self.contexts(frame):
            frame.cache.draw(painter, x + 4, top, text)
            if time != frame.grid.start:
                painter.drawLine(x, self.rect.y() + _TICK, x, top + metrics.height() - 1)


def _utc_days(start: int, end: int, tz: tzinfo) -> NDArray[np.int64]:
    """Where days of UTC begin in a range of time at another moment than those of a zone."""
    days = np.arange(-(-start // DAY) * DAY, end + 1, DAY)
    return np.array([day for day in days.tolist() if offset_at(day, tz) % DAY], np.int64)
