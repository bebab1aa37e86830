"""Crowds with very many samples in sight are painted as pixels: the same ones, or coarser ones while the view moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPicture

from gui.views.timeline import value_plot
from gui.views.timeline.crowd import Crowd
from gui.views.timeline.frame import Frame, Look
from gui.views.timeline.reduction import ColumnGrid
from gui.views.timeline.trace import lines_of
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS, WHITE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.views.timeline.trace import LineTrace

    Pixels = NDArray[np.uint32]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

COLUMNS, ROWS, LINES = 211, 97, 40
GROUND = replace(COLORS, plot=QColor("#fafafa"), grid=QColor("#dddddd"), border=QColor("#777777"))


def lines_at_random(seed: int) -> list[LineTrace]:
    """Lines with gaps, runs of equal values, samples at one moment, and some whose last value is not held."""
    random = np.random.default_rng(seed)
    lines = []
    for number in range(LINES):
        count = int(random.integers(1, 400))
        intervals = random.integers(0, 9 * MINUTE, count)
        intervals[random.integers(0, count, 2)] = 7 * HOUR
        value = random.integers(0, 40, count).astype(np.float64)
        series = make_series(key("x.y", f"VIN{number}"), JUNE + np.cumsum(intervals), np.cumsum(value - 20) + 3 * value)
        (line,) = lines_of(series)
        lines.append(replace(line, lasts=bool(random.random() < 0.8)))
    return lines


def looks_of(lines: list[LineTrace]) -> list[Look]:
    return [Look(number, width=1.0, selected=number % 5 == 0, pale=number % 3 == 0) for number in range(len(lines))]


def painted(
    lines: list[LineTrace], looks: list[Look], frame: Frame, ranges: tuple[float, float] | None = None
) -> tuple[Pixels, ValuePlot]:
    plot = ValuePlot()
    plot.set_content(lines, {})
    plot.set_looks({line.key: look for line, look in zip(lines, looks, strict=True)})
    scale = round(frame.scale)
    plot.rect, plot.header = QRect(100, 20, frame.grid.count // scale, ROWS), QRect(100, 0, COLUMNS, 20)
    plot.axes[0].manual = ranges
    plot.prepare(frame)
    image = QImage(400 * scale, 150 * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(WHITE)
    painter = QPainter(image)
    plot.paint(painter, frame)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(150 * scale, 400 * scale)
    return pixels.copy(), plot


def frame_of(grid: ColumnGrid, scale: int, data_end: int, moves: bool = False) -> Frame:
    fine, days = np.array([3, 50, 51, grid.count - 1]), np.array([50, 120])
    metrics, zone = QFontMetrics(QFont()), ZoneInfo("UTC")
    return Frame(grid, scale, GROUND, data_end, fine, days, QFont(), metrics, zone, moves=moves)


@pytest.mark.parametrize("seed", range(2))
def test_pixels_are_those_that_strokes_would_have(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    lines, random = lines_at_random(seed), np.random.default_rng(seed)
    looks = looks_of(lines)
    data_end = max(int(line.time[-1]) for line in lines)
    scale = 1 + seed % 2
    for start, length in ((0, 60), (5, 20), (-30, 40), (70, 50), (9, 1)):
        begin = JUNE + start * HOUR + int(random.integers(0, HOUR))
        grid = ColumnGrid.snapped(begin, begin + length * HOUR, COLUMNS * scale)
        frame = frame_of(grid, scale, data_end)
        for ranges in (None, (-50.0, 130.0)):
            found = []
            for dense in (10**9, -1):
                monkeypatch.setattr(value_plot, "_DENSE", dense)
                pixels, plot = painted(lines, looks, frame, ranges)
                found.append((pixels.tobytes(), plot.axes[0].scale, plot.reduced_text(), plot.is_coarse))
            assert found[0] == found[1]


def test_while_the_view_moves_columns_are_coarser_and_no_spike_is_lost(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(value_plot, "_DENSE", -1)
    monkeypatch.setattr("gui.views.timeline.crowd_rows._MOST_STROKES", 3_000)
    monkeypatch.setattr("gui.views.timeline.crowd_rows._MOST_BLOCKS", 4_000)
    count, spike = 900, 617
    lines = []
    for number in range(LINES):
        value = np.zeros(count)
        value[spike] = 100.0 * (number + 1)
        (line,) = lines_of(make_series(key("x.y", f"VIN{number}"), JUNE + MINUTE * np.arange(count), value))
        lines.append(line)
    grid = ColumnGrid.snapped(JUNE, JUNE + count * MINUTE, COLUMNS)
    frame = frame_of(grid, 1, JUNE + count * MINUTE, moves=True)
    pixels, plot = painted(lines, [Look(0)] * LINES, frame)
    assert plot.is_coarse
    assert "min/max" in plot.reduced_text()
    exact, _ = painted(lines, [Look(0)] * LINES, replace(frame, moves=False))
    color = GROUND.curve(0).rgb()
    # The tallest spike stands within a block of where it is.
    columns = [np.flatnonzero((part == color)[28]) for part in (exact[:, 100:], pixels[:, 100:])]
    heights = [np.flatnonzero((part == color).any(axis=1)) for part in (exact[:, 100:], pixels[:, 100:])]
    assert heights[0].tolist() == heights[1].tolist()
    assert len(columns[0]) == 1
    assert abs(columns[1] - columns[0][0]).max() <= 8


def test_blocks_lie_on_one_side_of_gaps() -> None:
    lines = lines_at_random(3)
    crowd = Crowd(lines)
    blocks = crowd.blocks(8)
    ends = np.append(blocks.first[1:], len(crowd.time))
    assert (ends - blocks.first).max() == 8
    columns = (blocks.first, ends, blocks.low, blocks.high, blocks.last, blocks.gap)
    for first, end, low, high, last, gap in zip(*columns, strict=True):
        values = crowd.value[first:end]
        assert (values.min(), values.max(), values[-1], crowd.gap[end - 1]) == (low, high, last, gap)
        assert not crowd.gap[first : end - 1].any()


def test_a_view_that_moves_no_more_is_painted_exactly(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_plot, "_DENSE", 1_000)
    monkeypatch.setattr("gui.views.timeline.crowd_rows._MOST_STROKES", 3_000)
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(700, 500)
    random = np.random.default_rng(1)
    times = JUNE + MINUTE * np.arange(500)
    view.add_series(
        [make_series(key("x.y", f"VIN{n}"), times, np.cumsum(random.normal(size=500)), unit="bars") for n in range(30)]
    )
    view.show()
    view.set_visible_range(JUNE, JUNE + 8 * HOUR)
    plots = area(view)
    plots.grab()
    assert plots.rows[0].is_coarse
    coarse = plots.grab().toImage()
    qtbot.waitUntil(lambda: not plots.rows[0].is_coarse)
    settled = plots.grab().toImage()
    assert settled != coarse
    picture = QImage(plots.size(), QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    plots.paint_whole(painter, 1.0)
    painter.end()
    rect = plots.rows[0].rect
    assert picture.copy(rect) == settled.convertToFormat(QImage.Format.Format_RGB32).copy(rect)


def test_blocks_of_lines_that_stay_are_taken_over() -> None:
    lines = lines_at_random(5)
    before = Crowd(lines)
    before.blocks(4)
    kept = [*lines[20:], *lines[3:11]]
    after, anew = Crowd(kept, before), Crowd(kept)
    names = ("begin", "first", "time", "low", "high", "last", "gap")
    assert all(np.array_equal(getattr(after.blocks(4), name), getattr(anew.blocks(4), name)) for name in names)


def test_what_paints_shapes_gets_strokes(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_plot, "_DENSE", -1)
    lines = lines_at_random(2)
    data_end = max(int(line.time[-1]) for line in lines)
    grid = ColumnGrid.snapped(JUNE, JUNE + 60 * HOUR, COLUMNS)
    frame = frame_of(grid, 1, data_end, moves=True)
    pixels, plot = painted(lines, looks_of(lines), replace(frame, moves=False))
    plot.prepare(frame)
    recorded = QPicture()
    painter = QPainter(recorded)
    plot.paint(painter, frame)
    painter.end()
    assert not plot.is_coarse
    image = QImage(400, 150, QImage.Format.Format_RGB32)
    image.fill(WHITE)
    painter = QPainter(image)
    painter.drawPicture(0, 0, recorded)
    painter.end()
    found = np.frombuffer(image.constBits(), np.uint32).reshape(150, 400)
    assert np.array_equal(
        found[20 : 20 + ROWS - 1, 100 : 100 + COLUMNS - 1], pixels[20 : 20 + ROWS - 1, 100 : 100 + COLUMNS - 1]
    )
