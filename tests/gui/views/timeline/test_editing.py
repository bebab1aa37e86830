"""What a person changes on the timeline with mouse and keys, and takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QDragEnterEvent, QDragLeaveEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from core.autoapi.display import AS_SENT
from core.workspaces.layout import Shape
from gui.models.series_mime import encode_series_keys
from gui.views.timeline.row_heights import shared_heights
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area, drop
from tests.gui.views.timeline.keys import give_keys
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series, SeriesKey
    from gui.action_set import ActionSet
    from gui.views.timeline.frame import Row

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ODOMETER, SPEED, LOCK = key("diagnostics.odometer"), key("diagnostics.speed"), key("doors.locks_state")
RANGE = key("charging.estimated_range")
LEFT, NONE, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def one_of(key: SeriesKey) -> Series:
    times = JUNE + np.arange(61) * MINUTE
    if key == LOCK:
        return make_series(LOCK, [JUNE, JUNE + HOUR], text=["locked", "unlocked"])
    return make_series(key, times, np.linspace(0, 60, 61), unit="kilometers_per_hour" if key == SPEED else "kilometers")


class Owner(QObject):
    """Owns the samples of a timeline, as the session does in the window."""

    def __init__(self, view: TimelineView) -> None:
        super().__init__(view)
        self.view = view
        view.remove_requested.connect(view.remove_series)
        view.series_wanted.connect(self.add)
        view.series_dropped.connect(self.add)

    def add(self, keys: Sequence[SeriesKey]) -> None:
        """Announces series, and brings their samples."""
        self.view.set_loading(keys)
        self.view.add_series([one_of(key) for key in keys])


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 800)
    view.show()
    Owner(view).add([ODOMETER, SPEED, LOCK])
    view.editing.forget()
    view.actions_ = give_keys(view, qtbot)  # type: ignore[attr-defined]
    view.setFocus()
    view.grab()
    return view


def actions(view: TimelineView) -> ActionSet:
    return view.actions_  # type: ignore[attr-defined, no-any-return]


def rows(view: TimelineView) -> Sequence[Row]:
    view.grab()
    return area(view).rows


def plots(view: TimelineView) -> list[list[SeriesKey]]:
    """The series of each plot, from top to bottom."""
    found: dict[int, list[SeriesKey]] = {}
    for row in rows(view):
        found.setdefault(row.plot_id, []).extend(row.keys())
    return list(found.values())


def press(view: TimelineView, pressed: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(area(view), pressed, modifiers)


def undo(view: TimelineView) -> None:
    press(view, Qt.Key.Key_Z, CONTROL)


def drag(view: TimelineView, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(area(view), LEFT, NONE, start)
    QTest.mouseMove(area(view), (start + end) / 2)
    QTest.mouseMove(area(view), end)
    view.grab()
    QTest.mouseRelease(area(view), LEFT, NONE, end)
    view.grab()


def choose(menu: QMenu, *path: str) -> None:
    """Triggers an entry of a menu or of its submenus."""
    action = next(action for action in menu.actions() if action.text() == path[0])
    if len(path) == 1:
        action.trigger()
    else:
        submenu = action.menu()
        assert isinstance(submenu, QMenu)
        choose(submenu, *path[1:])


def test_heights_follow_the_weights_and_none_is_too_low() -> None:
    assert shared_heights([1, 1, 1], 100, 10) == [33, 34, 33]
    assert shared_heights([3, 1], 100, 10) == [75, 25]
    assert shared_heights([100, 1, 1], 100, 20) == [60, 20, 20]
    assert shared_heights([1, 1], 30, 20) == [20, 20]
    assert shared_heights([], 30, 20) == []
    assert shared_heights([1e308, 1e308, 1e-320], 100, 10) == [45, 45, 10]
    assert shared_heights([5e-324, 5e-324], 100, 10) == [50, 50]


def test_a_removal_is_taken_back_with_place_and_colour(view: TimelineView) -> None:
    view.select_keys([ODOMETER])
    press(view, Qt.Key.Key_C)
    press(view, Qt.Key.Key_Down, ALT)
    before, look = plots(view), view.editing.layout.looks[ODOMETER]
    assert before == [[SPEED], [ODOMETER], [LOCK]]
    press(view, Qt.Key.Key_Delete)
    assert plots(view) == [[SPEED], [LOCK]]
    assert actions(view).action("undo").text() == "&Undo remove series"
    undo(view)
    assert plots(view) == before
    assert view.keys() == [ODOMETER, SPEED, LOCK]
    assert view.series(ODOMETER) is not None
    assert view.editing.layout.looks[ODOMETER] == look
    assert actions(view).action("redo").text() == "&Redo remove series"
    press(view, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert view.keys() == [SPEED, LOCK]
    for _ in range(3):
        undo(view)
    assert plots(view) == [[ODOMETER], [SPEED], [LOCK]]
    assert actions(view).action("undo").text() == "&Undo"
    undo(view)
    assert view.keys() == [ODOMETER, SPEED, LOCK]


def test_an_addition_is_taken_back(view: TimelineView) -> None:
    view.series_wanted.emit([RANGE])
    assert plots(view)[0] == [ODOMETER, RANGE]
    assert view.editing.undo_label == "add series"
    undo(view)
    assert view.keys() == [ODOMETER, SPEED, LOCK]
    press(view, Qt.Key.Key_Y, CONTROL)
    assert plots(view)[0] == [ODOMETER, RANGE]
    press(view, Qt.Key.Key_Delete, SHIFT)
    assert view.keys() == []
    undo(view)
    assert plots(view) == [[ODOMETER, RANGE], [SPEED], [LOCK]]


def test_keys_move_plots_and_series(view: TimelineView) -> None:
    view.select_keys([SPEED])
    press(view, Qt.Key.Key_Up, ALT)
    assert plots(view) == [[SPEED], [ODOMETER], [LOCK]]
    press(view, Qt.Key.Key_PageDown, ALT)
    assert plots(view) == [[ODOMETER, SPEED], [LOCK]]
    press(view, Qt.Key.Key_N)
    assert plots(view) == [[ODOMETER], [SPEED], [LOCK]]
    press(view, Qt.Key.Key_N)
    assert view.editing.undo_label == "move series"
    press(view, Qt.Key.Key_M, SHIFT)
    assert plots(view) == [[ODOMETER, SPEED, LOCK]]
    assert len(rows(view)) == 2
    press(view, Qt.Key.Key_U, SHIFT)
    assert plots(view) == [[ODOMETER], [SPEED], [LOCK]]
    for _ in range(5):
        undo(view)
    assert plots(view) == [[ODOMETER], [SPEED], [LOCK]]
    assert view.editing.undo_label == ""


def test_looks_change_by_key_and_menu(view: TimelineView) -> None:
    view.select_keys([SPEED])
    press(view, Qt.Key.Key_S)
    press(view, Qt.Key.Key_W)
    press(view, Qt.Key.Key_Space)
    look = view.editing.layout.looks[SPEED]
    assert (look.shape, look.width) == (Shape.LINE, 1.0)
    for _ in range(4):
        press(view, Qt.Key.Key_W)
    press(view, Qt.Key.Key_S)
    choose(view.legend.context_menu(), "Colour", "Colour 3")
    look = view.editing.layout.looks[SPEED]
    assert (look.shape, look.width, look.color) == (Shape.POINTS, 0.0, 2)
    choose(view.legend.context_menu(), "Width", "5 pixels")
    choose(view.legend.context_menu(), "Style", "Steps")
    choose(view.legend.context_menu(), "Colour", "Automatic")
    look = view.editing.layout.looks[SPEED]
    assert (look.shape, look.width, look.color) == (Shape.STEPS, 5.0, 1)
    choose(view.legend.context_menu(), "Move to", "Plot above")
    assert plots(view)[0] == [ODOMETER, SPEED]
    view.legend.setFocus()
    QTest.keyClick(view.legend, Qt.Key.Key_Space)
    assert not view.editing.layout.looks[SPEED].visible
    assert view.editing.undo_label == "hide 1 series"


def test_the_menu_of_a_curve_and_of_a_plot(view: TimelineView) -> None:
    first = rows(view)[0]
    axis = first.axes[0]  # type: ignore[attr-defined]
    place = QPoint(round(area(view).x_of(JUNE + 30 * MINUTE)), round(axis.y_of(30.0)))
    choose(view.context_menu(place), "VIN1 · Odometer", "Style", "Points")
    assert view.editing.layout.looks[ODOMETER].shape is Shape.POINTS
    choose(view.context_menu(first.header.center()), "Move plot down")
    assert plots(view) == [[SPEED], [ODOMETER], [LOCK]]
    lanes = rows(view)[-1].rect
    choose(view.context_menu(QPoint(5, lanes.center().y())), "Colour", "Colour 1")
    assert view.editing.layout.looks[LOCK].color == 0
    choose(view.context_menu(lanes.center()), "Remove plot")
    assert plots(view) == [[SPEED], [ODOMETER]]
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, area(view).mapToGlobal(place))
    QApplication.sendEvent(area(view), event)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QMenu)
    texts = [action.text() for action in popup.findChildren(QAction)]
    assert "Merge all into one plot" in texts
    popup.close()


def test_the_border_between_plots_is_dragged_and_made_equal(view: TimelineView) -> None:
    first, second, _ = rows(view)
    before = first.rect.height(), second.rect.height()
    border = QPoint(400, second.header.top())
    QTest.mouseMove(area(view), border)
    assert area(view).cursor().shape() == Qt.CursorShape.SplitVCursor
    drag(view, border, border + QPoint(0, 90))
    assert first.rect.height() - before[0] == pytest.approx(90, abs=1)
    assert second.rect.height() - before[1] == pytest.approx(-90, abs=1)
    assert plots(view) == [[ODOMETER], [SPEED], [LOCK]]
    # Not lower than what can be read.
    drag(view, QPoint(400, second.header.top()), QPoint(400, 790))
    assert second.rect.height() == pytest.approx(area(view).lowest_plot, abs=1)
    undo(view)
    view.grab()
    assert first.rect.height() - before[0] == pytest.approx(90, abs=1)
    QTest.mouseDClick(area(view), LEFT, NONE, QPoint(400, second.header.top()))
    view.grab()
    assert (first.rect.height(), second.rect.height()) == before
    undo(view)
    undo(view)
    assert view.editing.undo_label == ""
    # Escape leaves the heights as they were.
    border = QPoint(400, rows(view)[1].header.top())
    QTest.mousePress(area(view), LEFT, NONE, border)
    QTest.mouseMove(area(view), border + QPoint(0, 50))
    press(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(area(view), LEFT, NONE, border + QPoint(0, 50))
    assert rows(view)[0].rect.height() == before[0]
    assert view.editing.undo_label == ""


def test_a_header_is_dragged_to_reorder_and_double_clicked_to_fill(view: TimelineView) -> None:
    shown = view.visible_range()
    first, second, _ = rows(view)
    drag(view, first.header.center() + QPoint(0, 2), second.rect.center() + QPoint(0, 40))
    assert plots(view) == [[SPEED], [ODOMETER], [LOCK]]
    drag(view, rows(view)[1].header.center(), QPoint(300, 10))
    assert plots(view) == [[ODOMETER], [SPEED], [LOCK]]
    assert view.visible_range() == shown
    QTest.mouseClick(area(view), LEFT, NONE, rows(view)[1].header.center())
    assert view.selected_keys() == [SPEED]
    assert view.cursor_time() is None
    QTest.mouseDClick(area(view), LEFT, NONE, rows(view)[1].header.center())
    assert plots(view) == [[SPEED]]
    press(view, Qt.Key.Key_M)
    assert plots(view) == [[ODOMETER], [SPEED], [LOCK]]
    assert view.visible_range() == shown


def test_a_lane_is_dragged_by_its_name(view: TimelineView) -> None:
    lanes = rows(view)[-1].rect
    name = QPoint(lanes.left() - 20, lanes.center().y())
    QTest.mouseClick(area(view), LEFT, NONE, name)
    assert view.selected_keys() == [LOCK]
    drag(view, name, rows(view)[0].rect.center())
    assert plots(view) == [[ODOMETER, LOCK], [SPEED]]
    drag(view, QPoint(20, rows(view)[1].rect.center().y()), QPoint(300, rows(view)[0].header.top()))
    assert plots(view) == [[LOCK], [ODOMETER], [SPEED]]


def test_series_are_dropped_into_a_plot_onto_an_axis_and_between_plots(view: TimelineView) -> None:
    first, second, _ = rows(view)
    drop(view, [RANGE], second.rect.center())
    assert plots(view) == [[ODOMETER], [SPEED, RANGE], [LOCK]]
    assert view.editing.undo_label == "add series"
    drop(view, [RANGE], QPoint(20, first.rect.center().y()))
    assert plots(view) == [[ODOMETER, RANGE], [SPEED], [LOCK]]
    assert view.editing.undo_label == "move series"
    drop(view, [RANGE], QPoint(300, second.header.top() + 3))
    assert plots(view) == [[ODOMETER], [RANGE], [SPEED], [LOCK]]
    drop(view, [RANGE, ODOMETER], QPoint(300, rows(view)[-1].rect.bottom() + 5))
    assert plots(view) == [[SPEED], [LOCK], [RANGE, ODOMETER]]
    drop(view, [LOCK], QPoint(300, 2))
    assert plots(view) == [[LOCK], [SPEED], [RANGE, ODOMETER]]
    for _ in range(5):
        undo(view)
    assert plots(view) == [[ODOMETER], [SPEED], [LOCK]]


def test_a_drag_from_elsewhere_shows_where_it_would_go(view: TimelineView) -> None:
    mime, copy = encode_series_keys([RANGE]), Qt.DropAction.CopyAction
    plain = view.grab().toImage()
    for place in (rows(view)[0].rect.center(), QPoint(300, rows(view)[1].header.top()), QPoint(20, 200)):
        position = area(view).mapTo(view, place)
        QApplication.sendEvent(view, QDragEnterEvent(position, copy, mime, LEFT, NONE))
        assert view.grab().toImage() != plain
    QApplication.sendEvent(view, QDragLeaveEvent())
    assert view.grab().toImage() == plain


def test_a_drop_onto_an_axis_takes_its_unit(view: TimelineView, qtbot: QtBot) -> None:
    view.set_units(AS_SENT)
    view.add_series([make_series(RANGE, [JUNE, JUNE + HOUR], [1.0, 2.0], unit="miles")])
    assert plots(view) == [[ODOMETER], [SPEED], [RANGE], [LOCK]]
    with qtbot.waitSignal(view.unit_chosen) as told:
        drop(view, [RANGE], QPoint(20, rows(view)[0].rect.center().y()))
    assert told.args == [["charging.estimated_range"], "kilometers"]
    assert plots(view)[0] == [ODOMETER, RANGE]
    with qtbot.assertNotEmitted(view.unit_chosen):
        drop(view, [SPEED], QPoint(20, rows(view)[0].rect.center().y()))
        drop(view, [RANGE], rows(view)[-1].rect.center())
    assert plots(view)[0] == [ODOMETER, SPEED]
