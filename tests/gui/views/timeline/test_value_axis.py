"""Plots with several value axes, driven by mouse and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.views.timeline.frame import Look
from gui.views.timeline.palette import theme_colors
from gui.views.timeline.picking import sample_near
from gui.views.timeline.plot_area import PlotArea
from gui.views.timeline.trace import lines_of
from gui.views.timeline.value_axis import ValueAxis, axis_name
from gui.views.timeline.value_plot import ValuePlot
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import BLUE, COLORS, GREEN, RED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ODOMETER, SPEED, LEVEL = key("diagnostics.odometer"), key("diagnostics.speed"), key("x.level")
TIMES = JUNE + np.arange(61) * MINUTE
NO_MODIFIER, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


def some_series() -> list[Series]:
    return [
        make_series(ODOMETER, TIMES, np.linspace(1_000, 1_060, 61), unit="kilometers"),
        make_series(SPEED, TIMES, np.linspace(120, 0, 61), unit="kilometers_per_hour"),
        make_series(LEVEL, TIMES, np.linspace(0, 1, 61)),
    ]


def plot_of(series: list[Series]) -> ValuePlot:
    plot = ValuePlot()
    plot.set_content([line for one in series for line in lines_of(one)], {})
    plot.set_looks({one.key: Look(number) for number, one in enumerate(series)})
    return plot


class Window:
    """A plot area with one plot."""

    def __init__(self, qtbot: QtBot, plot: ValuePlot) -> None:
        self.area = PlotArea(COLORS)
        qtbot.addWidget(self.area)
        self.area.resize(900, 400)
        self.area.show()
        self.plot = plot
        self.area.set_time_range((JUNE, JUNE + HOUR))
        self.area.set_rows([plot], JUNE + HOUR)
        self.paint()

    def paint(self) -> QImage:
        self.area.refresh()
        return self.area.grab().toImage()

    def ranges(self) -> list[tuple[float, float]]:
        return [(axis.scale.low, axis.scale.high) for axis in self.plot.axes]

    def wheel(self, place: QPoint, delta: int = 120) -> None:
        self.area.wheelEvent(
            QWheelEvent(
                QPointF(place),
                QPointF(place),
                QPoint(),
                QPoint(0, delta),
                Qt.MouseButton.NoButton,
                NO_MODIFIER,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
        )
        self.paint()

    def drag(self, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        QTest.mousePress(self.area, LEFT, modifiers, start)
        QTest.mouseMove(self.area, (start + end) / 2)
        QTest.mouseMove(self.area, end)
        QTest.mouseRelease(self.area, LEFT, modifiers, end)
        self.paint()


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    return Window(qtbot, plot_of(some_series()))


def test_lines_share_an_axis_by_unit_or_without_one_by_property() -> None:
    other = make_series(key("diagnostics.odometer", "VIN2"), TIMES, np.zeros(61), unit="kilometers")
    plot = plot_of([*some_series(), other])
    assert [axis.name for axis in plot.axes] == ["kilometers", "kilometers_per_hour", "x.level."]
    assert [[line.key for line in axis.lines] for axis in plot.axes] == [[ODOMETER, other.key], [SPEED], [LEVEL]]
    assert plot.axis_of(SPEED) is plot.axes[1]
    assert plot.axis_of(key("x.other")) is None
    assert [axis_name(line) for line in plot.axes[2].lines] == ["x.level."]


def test_an_axis_keeps_its_range_as_long_as_it_has_a_line() -> None:
    series = some_series()
    plot = plot_of(series)
    plot.axes[1].manual = (0.0, 50.0)
    plot.set_content([line for one in series[1:] for line in lines_of(one)], {})
    assert [(axis.unit, axis.manual) for axis in plot.axes] == [("kilometers_per_hour", (0.0, 50.0)), ("", None)]
    plot.set_content(lines_of(series[0]), {})
    plot.set_content([line for one in series for line in lines_of(one)], {})
    assert [axis.manual for axis in plot.axes] == [None, None, None]


def test_axes_stand_side_by_side_and_each_fits_its_own_lines(window: Window) -> None:
    plot = window.plot
    first, second, third = (axis.rect for axis in plot.axes)
    assert first.right() + 1 == plot.rect.left()
    assert second.right() + 1 == first.left()
    assert third.right() + 1 == second.left() > 0
    assert {(rect.top(), rect.bottom()) for rect in (first, second, third)} == {(plot.rect.top(), plot.rect.bottom())}
    (low, high), (slow, fast), (empty, full) = window.ranges()
    assert 990 < low < 1_000 < 1_060 < high < 1_070
    assert -10 < slow < 0 < 120 < fast < 130
    assert -0.1 < empty < 0 < 1 < full < 1.1
    assert [plot.axis_at(axis.rect.center().x()) for axis in plot.axes] == plot.axes
    assert plot.axis_at(plot.rect.left()) is None
    assert plot.axis_at(0) is plot.axes[2]


def test_the_wheel_over_an_axis_zooms_it_alone_and_in_the_plot_time(window: Window) -> None:
    plot, before = window.plot, window.ranges()
    window.wheel(plot.axes[1].rect.center())
    after = window.ranges()
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1][1] - after[1][0] == pytest.approx(0.8 * (before[1][1] - before[1][0]))
    assert window.area.time_range == (JUNE, JUNE + HOUR)
    window.wheel(plot.rect.center())
    assert window.area.time_range != (JUNE, JUNE + HOUR)
    assert window.ranges()[1] == after[1]


def test_dragging_an_axis_moves_it_alone_and_a_double_click_fits_it(window: Window) -> None:
    plot, before = window.plot, window.ranges()
    place = plot.axes[2].rect.center()
    window.drag(place, place + QPoint(0, plot.rect.height() // 4))
    after = window.ranges()
    assert after[:2] == before[:2]
    span = before[2][1] - before[2][0]
    assert after[2] == pytest.approx((before[2][0] + span / 4, before[2][1] + span / 4), rel=0.03)
    plot.axes[0].manual = (0.0, 5_000.0)
    QTest.mouseDClick(window.area, LEFT, NO_MODIFIER, place)
    window.paint()
    assert [axis.manual for axis in plot.axes] == [(0.0, 5_000.0), None, None]


def test_dragging_the_plot_takes_the_axes_along_that_were_set(window: Window) -> None:
    plot = window.plot
    plot.axes[0].manual = (1_000.0, 1_100.0)
    window.paint()
    start = plot.rect.center()
    window.drag(start, start + QPoint(0, (plot.rect.height()) // 2))
    manual = plot.axes[0].manual
    assert manual is not None
    assert manual == pytest.approx((1_050.0, 1_150.0), rel=0.01)
    assert [axis.manual for axis in plot.axes[1:]] == [None, None]


def test_a_rubber_band_zooms_all_axes_of_its_plot(window: Window) -> None:
    plot, before = window.plot, window.ranges()
    top, bottom = plot.rect.top() + plot.rect.height() // 4, plot.rect.top() + plot.rect.height() // 2
    window.drag(QPoint(plot.rect.left() + 100, top), QPoint(plot.rect.left() + 300, bottom), SHIFT)
    for (low, high), (old_low, old_high) in zip(window.ranges(), before, strict=True):
        span = old_high - old_low
        assert high == pytest.approx(old_high - span / 4, abs=span * 0.01)
        assert low == pytest.approx(old_high - span / 2, abs=span * 0.01)


def test_escape_gives_every_axis_its_range_back(window: Window) -> None:
    plot = window.plot
    plot.axes[0].manual = (1_000.0, 1_100.0)
    window.paint()
    place = plot.rect.center()
    QTest.mousePress(window.area, LEFT, NO_MODIFIER, place)
    QTest.mouseMove(window.area, place + QPoint(0, 60))
    assert plot.axes[0].manual != (1_000.0, 1_100.0)
    assert window.area.cancel_drag()
    QTest.mouseRelease(window.area, LEFT, NO_MODIFIER, place)
    assert [axis.manual for axis in plot.axes] == [(1_000.0, 1_100.0), None, None]


def test_a_point_is_picked_where_its_axis_draws_it(window: Window) -> None:
    x = round(window.area.x_of(JUNE + 15 * MINUTE))
    for number, axis in enumerate(window.plot.axes):
        line = axis.lines[0]
        place = QPoint(x, round(axis.y_of(float(line.value[15]))))
        assert sample_near(window.area, place) == (some_series()[number].key, 15)
    assert window.plot.axes[0].value_at(window.plot.axes[0].y_of(1_030.0)) == pytest.approx(1_030.0, rel=1e-3)


def test_the_cursor_has_a_ring_on_each_curve_at_its_own_axis(window: Window) -> None:
    without = window.paint()
    window.area.set_cursor_time(JUNE + 20 * MINUTE + 1)
    image = window.paint()
    x = round(window.area.x_of(JUNE + 20 * MINUTE + 1))
    for axis, color in zip(window.plot.axes, (RED, GREEN, BLUE), strict=True):
        y = round(axis.y_of(float(axis.lines[0].value[20])))
        around = [(x + dx, y + dy) for dx in range(-5, 6) for dy in range(-5, 6)]
        assert any(image.pixelColor(*place) == color != without.pixelColor(*place) for place in around)


def test_an_axis_of_one_curve_has_its_colour_and_one_of_several_has_none(window: Window) -> None:
    def line_color(axis: ValueAxis) -> QColor:
        return window.paint().pixelColor(axis.rect.right(), axis.rect.center().y() + 3)

    plot = window.plot
    assert [line_color(axis) for axis in plot.axes] == [RED, GREEN, BLUE]
    other = make_series(key("diagnostics.odometer", "VIN2"), TIMES, np.zeros(61), unit="kilometers")
    looks = {one.key: Look(number) for number, one in enumerate([*some_series(), other])}
    looks[other.key] = Look(1)
    plot.set_content([line for one in [*some_series(), other] for line in lines_of(one)], {})
    plot.set_looks(looks)
    assert [line_color(axis) for axis in plot.axes] == [COLORS.muted, GREEN, BLUE]


@pytest.mark.parametrize(
    ("low", "high"), [(-1.7e308, 1.7e308), (0.0, 5e-324), (1.5e308, 1.79e308), (-1.79e308, -1.79e308), (1e17, 1e17)]
)
def test_values_at_the_ends_of_what_numbers_are_can_be_shown(qtbot: QtBot, low: float, high: float) -> None:
    window = Window(qtbot, plot_of([make_series(LEVEL, TIMES, np.linspace(low / 2, high / 2, 61) * 2)]))
    (axis,) = window.plot.axes
    assert 0 < axis.scale.high - axis.scale.low < 1.7e308
    axis.manual = low, high
    if low < high:
        window.paint()


def test_axes_of_hidden_curves_go(window: Window) -> None:
    plot = window.plot
    plot.set_looks({ODOMETER: Look(0, visible=False), SPEED: Look(1), LEVEL: Look(2)})
    window.paint()
    assert plot.shown_axes() == plot.axes[1:]
    assert plot.axes[1].rect.right() + 1 == plot.rect.left()


def test_axes_that_take_more_than_half_the_width_have_curves_alone(qtbot: QtBot) -> None:
    units = ("kilometers", "volts", "amperes", "percentage", "bars", "celsius", "kilowatts", "seconds", "degrees")
    many = [make_series(key(f"x.{unit}"), TIMES, np.arange(61), unit=unit) for unit in units]
    window = Window(qtbot, plot_of(many))
    window.area.resize(420, 300)
    window.paint()
    strips = [axis.rect.width() for axis in window.plot.axes]
    assert strips[0] > 0 == strips[-1]
    assert sum(strips) <= 210
    assert window.plot.rect.width() >= 180
    # They still follow their own values.
    assert {round(axis.scale.high) for axis in window.plot.axes} == {64}


@pytest.fixture
def light() -> Iterator[QApplication]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply_theme(application, "light")
    yield application
    theme.apply_theme(application, "light")


def contrast(one: QColor, other: QColor) -> float:
    def luminance(color: QColor) -> float:
        parts = [
            part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)
            for part in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_in_a_curves_colour_can_be_read(light: QApplication, name: str) -> None:
    theme.apply_theme(light, name)
    colors = theme_colors()
    assert min(contrast(colors.label(n), colors.background) for n in range(len(colors.series))) >= 4.5
