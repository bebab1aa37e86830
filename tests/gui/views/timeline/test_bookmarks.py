"""Bookmarks: added, written, removed and gone to by keys and mouse, and where they are shown."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from core.fleet.timezones import zone
from core.workspaces.bookmarks import Bookmark
from core.workspaces.layout import Alignment
from gui import theme
from gui.models.bookmarks import bookmark_lines, bookmark_time, bookmarks_tip
from gui.views.timeline.bookmark_flags import band_color
from gui.views.timeline.masking import Masking
from gui.views.timeline.palette import colors_of
from gui.views.timeline.picture import PictureOptions
from gui.views.timeline.view import TimelineView
from tests.gui.test_theme import contrast
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.keys import give_keys
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

# Offscreen windows have no hints for a window manager.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
VIN = "WBA8E1C50HA000817"
NOON, TRIP = Bookmark(JUNE + 12 * HOUR, None, "noon"), Bookmark(JUNE + 30 * HOUR, JUNE + 54 * HOUR, f"trip of {VIN}")


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    """A sample every ten minutes for five days."""
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(1200, 600)
    view.set_time_zone(UTC, "UTC")
    view.show()
    times = JUNE + np.arange(5 * 144) * 10 * MINUTE
    view.set_series([make_series(key(vin=VIN), times, np.arange(len(times)) + 1_000.0, unit="kilometers")])
    give_keys(view, qtbot)
    view.setFocus()
    view.grab()
    return view


def press(view: TimelineView, code: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget() or area(view), code, modifiers)
    view.grab()


def write(view: TimelineView, text: str, code: Qt.Key = Qt.Key.Key_Return) -> None:
    assert view.bookmarks.field.line.hasFocus()
    QTest.keyClicks(view.bookmarks.field.line, text)
    press(view, code)


def kept(view: TimelineView) -> list[Bookmark]:
    return list(view.bookmarks.all)


def put(view: TimelineView, *bookmarks: Bookmark) -> None:
    view.editing.set_bookmarks("add bookmark", bookmarks)
    view.grab()


def place(view: TimelineView, moment: int, right: int = 2) -> QPoint:
    """A place in the row of flags."""
    plots = area(view)
    return QPoint(round(plots.x_of(moment)) + right, plots.axis.flags_rect(plots.fontMetrics()).center().y())


def beside(view: TimelineView) -> list[tuple[int, bool, list[Bookmark]]]:
    """The flags in sight."""
    plots = area(view)
    assert plots.frame is not None
    flags = plots.axis.flags.flags(plots.axis.flags_rect(plots.fontMetrics()), plots.frame)
    return [(flag.x, flag.begins, flag.bookmarks) for flag in flags]


def choose(view: TimelineView, at: QPoint, text: str) -> None:
    menu = view.context_menu(at)
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.deleteLater()
    view.grab()


def test_a_key_asks_for_a_text_at_the_cursor_and_enter_adds(view: TimelineView) -> None:
    view.set_cursor_time(NOON.start)
    low = area(view).plots_rect().height()
    press(view, Qt.Key.Key_I, CONTROL)
    field = view.bookmarks.field
    assert "2026-06-01 12:00:00" in field.line.accessibleDescription()
    assert area(view).axis.rect.contains(field.geometry().center()), "it lies on no data"
    view.resize(1200, 500)
    view.grab()
    assert area(view).axis.rect.contains(field.geometry().center())
    view.resize(1200, 600)
    view.grab()
    write(view, "noon")
    assert (kept(view), view.bookmarks.newest) == ([NOON], NOON)
    assert not field.isVisible()
    assert area(view).hasFocus()
    assert area(view).plots_rect().height() < low, "the axis has a row for flags"
    assert area(view).accessibleDescription().endswith(", 1 bookmark")
    assert view.editing.undo_label == "add bookmark"
    view.editing.undo()
    view.grab()
    assert (kept(view), view.bookmarks.newest, area(view).plots_rect().height()) == ([], None, low)
    view.editing.redo()
    assert view.bookmarks.newest == NOON


def test_escape_adds_nothing_and_letters_are_no_commands(view: TimelineView) -> None:
    view.set_cursor_time(NOON.start)
    before = view.timeline_layout()
    press(view, Qt.Key.Key_I, CONTROL)
    write(view, "fit r 0", Qt.Key.Key_Escape)
    assert view.timeline_layout() == before
    assert view.cursor_time() == NOON.start
    assert area(view).hasFocus()


def test_no_text_takes_the_time_and_a_click_elsewhere_leaves(view: TimelineView) -> None:
    view.set_cursor_time(NOON.start)
    press(view, Qt.Key.Key_I, CONTROL)
    write(view, "")
    assert kept(view) == [Bookmark(NOON.start)]
    press(view, Qt.Key.Key_I, CONTROL)
    QTest.mouseClick(area(view), LEFT, NONE, QPoint(600, 100))
    assert not view.bookmarks.field.isVisible()
    press(view, Qt.Key.Key_I, CONTROL)
    QTest.keyClicks(view.bookmarks.field.line, "begun")
    QTest.mouseClick(area(view), LEFT, NONE, QPoint(500, 100))
    assert view.bookmarks.field.isVisible()
    press(view, Qt.Key.Key_I, CONTROL)
    write(view, " later")
    assert [one.text for one in view.bookmarks.all] == ["", "begun later"]


def test_a_region_is_bookmarked_as_a_range(view: TimelineView) -> None:
    view.reading.region.set_range((TRIP.last, TRIP.start))
    press(view, Qt.Key.Key_I, CONTROL)
    write(view, TRIP.text)
    assert kept(view) == [TRIP]
    view.reading.region.set_range((NOON.start, NOON.start), still_open=True)
    view.set_cursor_time(NOON.start)
    press(view, Qt.Key.Key_I, CONTROL)
    write(view, NOON.text)
    assert kept(view) == [NOON, TRIP], "a region without length is a moment"


def test_without_a_cursor_it_is_amid_what_is_in_sight(view: TimelineView) -> None:
    start, end = view.visible_range() or (0, 0)
    press(view, Qt.Key.Key_I, CONTROL)
    write(view, "x")
    assert abs(view.bookmarks.all[0].start - (start + end) // 2) < 10 * MINUTE


def test_flags_are_told_by_tips_and_clicked(view: TimelineView) -> None:
    put(view, NOON, TRIP)
    QTest.mouseMove(area(view), QPoint(600, 100))
    cursor = view.cursor_time()
    QTest.mouseMove(area(view), place(view, NOON.start))
    assert QToolTip.text() == "2026-06-01 12:00:00 · noon"
    assert view.cursor_time() == cursor, "the cursor does not cover what is read"
    QTest.mouseMove(area(view), place(view, TRIP.last, -3))
    assert "2026-06-02 06:00:00 to 2026-06-03 06:00:00 · trip" in QToolTip.text()
    QTest.mouseMove(area(view), QPoint(600, 100))
    assert area(view).cursor().shape() == Qt.CursorShape.ArrowCursor
    QTest.mouseClick(area(view), LEFT, NONE, place(view, NOON.start))
    assert (view.cursor_time(), area(view).is_cursor_pinned) == (NOON.start, True)
    QTest.mouseDClick(area(view), LEFT, NONE, place(view, TRIP.start, 1))
    start, end = view.visible_range() or (0, 0)
    assert start < TRIP.start < TRIP.last < end < TRIP.last + HOUR


def test_several_at_one_pixel_are_told_together(view: TimelineView) -> None:
    near = [Bookmark(NOON.start + number, None, f"text {number}") for number in range(11)]
    put(view, *near, TRIP)
    (_, _, together), (_, begins, alone) = beside(view)
    assert (together, alone, begins) == (near, [TRIP], True)
    tip = bookmarks_tip(together, UTC)
    assert tip.splitlines()[0] == "2026-06-01 12:00:00 · text 0"
    assert tip.splitlines()[-1] == "and 3 more"
    assert len(tip.splitlines()) == 9
    menu = view.context_menu(place(view, NOON.start))
    assert [action.text() for action in menu.actions()][:2] == ["text 0", "text 1"]
    menu.deleteLater()


def test_the_menu_of_a_flag_edits_removes_and_goes_there(view: TimelineView) -> None:
    put(view, NOON, TRIP)
    choose(view, place(view, NOON.start), "Edit bookmark…")
    assert view.bookmarks.field.line.text() == "noon"
    write(view, "lunch")
    lunch = Bookmark(NOON.start, None, "lunch")
    assert kept(view) == [lunch, TRIP]
    assert view.editing.undo_label == "edit bookmark"
    span = np.diff(view.visible_range() or (0, 0))[0]
    choose(view, place(view, NOON.start), "Go to bookmark")
    start, end = view.visible_range() or (0, 0)
    assert (end - start, (start + end) // 2) == (span, NOON.start)
    choose(view, place(view, NOON.start), "Remove bookmark")
    assert kept(view) == [TRIP]
    view.editing.undo()
    assert kept(view) == [lunch, TRIP]


def test_the_menu_of_the_axis_adds_one_there(view: TimelineView) -> None:
    moment = JUNE + 2 * DAY
    at = QPoint(round(area(view).x_of(moment)), area(view).axis.rect.top() + 3)
    choose(view, at, "Add bookmark here…")
    write(view, "here")
    (one,) = view.bookmarks.all
    assert abs(one.start - moment) < 10 * MINUTE
    texts = [action.text() for action in view.context_menu(QPoint(600, 100)).actions()]
    assert "Add bookmark here…" not in texts, "it belongs to the axis"


def test_keys_go_from_one_to_the_next(view: TimelineView) -> None:
    put(view, NOON, TRIP)
    told: list[str] = []
    view.bookmarks.told.connect(told.append)
    press(view, Qt.Key.Key_I, ALT)
    press(view, Qt.Key.Key_I, ALT)
    assert view.cursor_time() == TRIP.start
    press(view, Qt.Key.Key_I, ALT)
    press(view, Qt.Key.Key_I, ALT | SHIFT)
    assert view.cursor_time() == NOON.start
    press(view, Qt.Key.Key_I, ALT | SHIFT)
    assert told[0] == "Bookmark: 2026-06-01 12:00:00 · noon"
    assert told[2] == "No later bookmark on the timeline"
    assert told[4] == "No earlier bookmark on the timeline"


def test_what_is_out_of_sight_has_no_flag_and_a_range_that_goes_on_has_its_text(view: TimelineView) -> None:
    put(view, NOON, TRIP, Bookmark(-(2**61)), Bookmark(2**61, 2**61 + 5))
    view.set_visible_range(JUNE + 40 * HOUR, JUNE + 60 * HOUR)
    view.grab()
    left = area(view).plots_rect().left()
    assert beside(view) == [(left, False, [TRIP])]
    assert area(view).bookmarks_at(QPoint(left + 30, place(view, TRIP.last).y())) == [TRIP]


def test_with_times_since_first_samples_there_are_none_and_with_days_each_is_at_its_time(view: TimelineView) -> None:
    put(view, NOON, TRIP)
    view.editing.align(Alignment.FIRST_SAMPLE)
    view.grab()
    assert beside(view) == []
    view.bookmarks.add()
    view.bookmarks.go_to(NOON)
    assert (view.bookmarks.field.isVisible(), view.bookmarks.can_go) == (False, False)
    assert kept(view) == [NOON, TRIP]
    view.editing.align(Alignment.TIME_OF_DAY)
    view.grab()
    plots = area(view)
    # The range is in sight on two days: from 6 o'clock on, and until then.
    left, (at_trip, begins, _), (at_noon, _, noon) = beside(view)
    assert left == (plots.plots_rect().left(), False, [TRIP])
    assert (at_trip, begins, noon) == (round(plots.x_at(6 * HOUR)), True, [NOON])
    assert abs(at_noon - plots.x_at(12 * HOUR)) <= 1
    view.reading.region.set_range((HOUR, 2 * HOUR))
    view.set_cursor_time(JUNE + 3 * DAY)
    press(view, Qt.Key.Key_I, CONTROL)
    write(view, "midnight")
    assert view.bookmarks.all[-1] == Bookmark(JUNE + 3 * DAY, None, "midnight"), "a region of days is many"
    view.bookmarks.go_to(TRIP)
    assert plots.passes is not None
    assert plots.passes.days == 2


def test_the_overview_has_ticks_and_a_picture_has_texts_without_vins(view: TimelineView) -> None:
    overview = view._overview
    before = overview.grab().toImage()
    put(view, NOON, TRIP)
    tick = round(overview._x(NOON.start))
    assert overview.grab().toImage().pixelColor(tick, 6) != before.pixelColor(tick, 6)
    picture = view.picture(PictureOptions(masking=Masking.LAST), JUNE)
    assert picture is not None
    said = [node.text or "" for node in ET.fromstring(picture.svg()).iter() if node.tag.endswith("}text")]
    assert {"noon", "trip of …0817", "2026-06-01 12:00:00 · noon"} <= set(said)
    assert VIN not in " ".join(said)
    low = picture.size.height()
    view.set_visible_range(JUNE + 3 * DAY, JUNE + 4 * DAY)
    alone = view.picture(PictureOptions(), JUNE)
    assert alone is not None
    assert alone.size.height() < low, "what is out of sight is not told"


def test_the_timeline_forgets_them_with_the_source(view: TimelineView) -> None:
    put(view, NOON)
    view.remove_series([key(vin=VIN)])
    assert kept(view) == [NOON]
    view.clear()
    assert kept(view) == []


def test_lines_have_offsets_and_are_harmless_in_spreadsheets() -> None:
    found = [NOON, Bookmark(TRIP.start, TRIP.last, "=1+2"), Bookmark(TRIP.start + HOUR)]
    assert bookmark_lines(found, zone("Europe/Berlin")).splitlines() == [
        "From\tTo\tBookmark",
        "2026-06-01 14:00:00.000 +02:00\t\tnoon",
        "2026-06-02 08:00:00.000 +02:00\t2026-06-03 08:00:00.000 +02:00\t'=1+2",
        "2026-06-02 09:00:00.000 +02:00\t\t",
    ]
    assert bookmark_time(Bookmark(JUNE, JUNE + HOUR), UTC) == "2026-06-01 00:00:00 to 01:00:00"


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_flags_and_texts_stand_out_in_each_theme(colors: theme.Colors) -> None:
    found = colors_of(colors)
    assert contrast(found.accent.name(), found.background.name()) >= 3
    assert contrast(found.text.name(), band_color(found).name()) >= 4.5
