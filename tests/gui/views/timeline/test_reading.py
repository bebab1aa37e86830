"""Reading the timeline: the cursor with its pin, dates and values that say which they are, the legend at any width."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QScrollBar

from gui.views.timeline.plot_area import PlotArea
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

# Offscreen windows have no hints for a window manager.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

BERLIN = ZoneInfo("Europe/Berlin")
UNITS = ("kilometers", "kilometers_per_hour", "volts", "liters", "watts", "hours", "lux", "bars")


def some_series(count: int = 2) -> list[Series]:
    """Series of different units, a sample a minute for four hours."""
    times = JUNE + np.arange(241) * MINUTE
    return [
        make_series(key(f"x.property_{number}"), times, np.linspace(0, 100, 241), unit=unit)
        for number, unit in enumerate(UNITS[:count])
    ]


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.set_time_zone(BERLIN, "Europe/Berlin")
    view.show()
    view.set_series(some_series())
    view.setFocus()
    view.grab()
    return view


def area(view: TimelineView) -> PlotArea:
    found = view.findChild(PlotArea)
    assert isinstance(found, PlotArea)
    return found


def shown(view: TimelineView) -> tuple[int, int]:
    found = view.visible_range()
    assert found is not None
    return found


def scroll_bar(view: TimelineView) -> QScrollBar:
    found = area(view).findChild(QScrollBar)
    assert isinstance(found, QScrollBar)
    return found


def test_plots_that_are_scrolled_away_leave_no_rings(view: TimelineView) -> None:
    view.set_series(some_series(8))
    view.set_cursor_time(JUNE + 2 * HOUR)
    view.grab()
    axis = area(view).axis.rect
    cut = next(row for row in area(view).rows if row.rect.top() < axis.top() <= row.rect.bottom())
    # The value at the cursor is in the middle of its plot: this moves it over the time axis, below the cursor's label.
    bar = scroll_bar(view)
    bar.setValue(bar.value() + cut.rect.center().y() - axis.top() - 38)
    image = area(view).grab().toImage()
    assert cut.rect.center().y() in range(axis.top() + 30, axis.top() + 46)
    x = round(area(view).x_of(JUNE + 2 * HOUR))
    colors = {
        QColor(image.pixelColor(x + dx, cut.rect.center().y() + dy)).name() for dx in range(-6, 7) for dy in (-4, 4)
    }
    assert not colors & {color.name() for color in COLORS.series}


def test_what_the_samples_move_is_no_view_to_go_back_to(view: TimelineView, qtbot: QtBot) -> None:
    for days in (1, 2, 3):
        with qtbot.waitSignal(view.range_changed):
            late = make_series(key("x.late"), [JUNE, JUNE + days * DAY], [1.0, 2.0], unit="kilometers")
            view.add_series([late])
        assert not view.can_zoom_back()
    whole = shown(view)
    view.set_visible_range(JUNE, JUNE + HOUR)
    view.fit()  # at once: the view between never rests
    with qtbot.waitSignal(view.range_changed):
        view.zoom_time(0.5)
    with qtbot.waitSignal(view.range_changed):
        view.fit()
    with qtbot.waitSignal(view.range_changed):
        view.add_series([make_series(key("x.late"), [JUNE, JUNE + 5 * DAY], [1.0, 2.0], unit="kilometers")])
    assert view.can_zoom_back()
    view.zoom_back()
    assert shown(view)[1] - shown(view)[0] == pytest.approx((whole[1] - whole[0]) / 2)
    view.zoom_back()
    assert shown(view) == whole
    assert not view.can_zoom_back()


def test_all_dates_of_an_axis_have_one_form(view: TimelineView) -> None:
    for hours in (30, 60, 90, 120, 150, 200, 300):
        for shift in range(0, 24, 5):
            start = JUNE + shift * HOUR
            view.set_visible_range(start, start + hours * HOUR)
            view.grab()
            frame = area(view).frame
            assert frame is not None
            texts = [text for _, _, text in area(view).axis.contexts(frame) if text]
            assert len({(len(text.split()), text[:3].isalpha()) for text in texts}) == 1, texts


def test_a_date_that_lacks_room_is_left_out(view: TimelineView) -> None:
    # Ten minutes of one day, and most of the next.
    midnight = round(datetime(2026, 6, 2, tzinfo=BERLIN).timestamp()) * 1_000_000
    view.set_visible_range(midnight - 10 * MINUTE, midnight + 20 * HOUR)
    view.grab()
    frame = area(view).frame
    assert frame is not None
    assert [text for _, _, text in area(view).axis.contexts(frame)] == ["", "Tue, 2 Jun 2026"]
    view.set_visible_range(midnight + HOUR, midnight + DAY)
    view.grab()
    frame = area(view).frame
    assert frame is not None
    assert area(view).axis.contexts(frame)[0] == (area(view).axis.rect.x(), midnight + HOUR, "Tue, 2 Jun 2026")
