"""The welcome page: three ways to begin and the sources opened before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea

from core import paths
from core.connections import Connection, S3Options
from gui import theme
from gui.views.source_list import DETAIL_ROLE, SourcesModel
from gui.views.welcome import Choice, WelcomePage

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

BUCKET = Connection("s3://fleet/production", S3Options(profile="analyst", region="eu-central-1"))
SERVER = Connection("s3://test", S3Options(endpoint_url="https://minio.example.com:9000"))
FOLDER = Connection("/home/ana/fleet")


@pytest.fixture
def page(qtbot: QtBot) -> WelcomePage:
    page = WelcomePage()
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.set_recent([BUCKET, SERVER, FOLDER])
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    return page


def heard(page: WelcomePage) -> list[tuple[str, object]]:
    said: list[tuple[str, object]] = []
    page.connect_requested.connect(lambda: said.append(("connect", None)))
    page.folder_requested.connect(lambda: said.append(("folder", None)))
    page.demo_requested.connect(lambda: said.append(("demo", None)))
    page.folder_dropped.connect(lambda folder: said.append(("dropped", folder)))
    page.recent_requested.connect(lambda source: said.append(("open", source)))
    page.recent_removed.connect(lambda source: said.append(("remove", source)))
    return said


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Connect to a bucket", "connect"), ("Open a folder", "folder"), ("Try the demo fleet", "demo")],
)
@pytest.mark.parametrize("way", ["mouse", "enter", "space"])
def test_three_ways_to_begin(page: WelcomePage, name: str, expected: str, way: str) -> None:
    said = heard(page)
    (choice,) = [choice for choice in page.findChildren(Choice) if choice.accessibleName() == name]
    assert choice.accessibleDescription()
    if way == "mouse":
        QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    else:
        choice.setFocus()
        QTest.keyClick(choice, Qt.Key.Key_Return if way == "enter" else Qt.Key.Key_Space)
    assert said == [(expected, None)]


def test_the_model(qtmodeltester: ModelTester) -> None:
    model = SourcesModel()
    qtmodeltester.check(model, force_py=True)
    model.set_sources([BUCKET, SERVER, FOLDER])
    qtmodeltester.check(model, force_py=True)
    rows = [model.index(row) for row in range(3)]
    assert [index.data() for index in rows] == [BUCKET.address, SERVER.address, FOLDER.address]
    assert [index.data(DETAIL_ROLE) for index in rows] == [
        "profile analyst · eu-central-1",
        "https://minio.example.com:9000",
        "",
    ]
    assert rows[0].data(Qt.ItemDataRole.ToolTipRole) == "s3://fleet/production\nprofile analyst · eu-central-1"
    assert rows[2].data(Qt.ItemDataRole.AccessibleTextRole) == FOLDER.address
    assert model.source(model.index(9)) is None


def test_the_demo_fleet_is_called_by_its_name(page: WelcomePage) -> None:
    demo = paths.demo_folder() / "12-vehicles-30-days-v1"
    page.set_recent([Connection(str(demo))])
    assert page.model.index(0).data() == "Demo fleet"
    assert str(demo) in page.model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_a_recent_source_looks_selected_only_while_enter_would_open_it(page: WelcomePage) -> None:
    def ground() -> str:
        row = page.recent.visualRect(page.model.index(0))
        return page.recent.viewport().grab().toImage().pixelColor(row.right() - 3, row.top() + 3).name()

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply_theme(application, "light")
    page.findChildren(Choice)[0].setFocus()
    assert page.recent.currentIndex().row() == 0
    assert ground() == theme.colors().surface
    page.recent.setFocus()
    assert ground() == theme.colors().selection


def test_recent_sources_are_opened_by_key_and_mouse(page: WelcomePage) -> None:
    said = heard(page)
    page.recent.setFocus()
    QTest.keyClick(page.recent, Qt.Key.Key_Down)
    QTest.keyClick(page.recent, Qt.Key.Key_Return)
    place = page.recent.visualRect(page.model.index(2)).center()
    QTest.mouseClick(page.recent.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(page.recent.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert said == [("open", SERVER), ("open", FOLDER)]


def test_a_source_is_removed_and_the_next_one_stays_current(page: WelcomePage) -> None:
    said = heard(page)
    page.recent.setFocus()
    QTest.keyClick(page.recent, Qt.Key.Key_Down)
    QTest.keyClick(page.recent, Qt.Key.Key_Delete)
    assert said == [("remove", SERVER)]
    page.set_recent([BUCKET, FOLDER])
    assert page.recent.currentIndex().row() == 1
    page.set_recent([BUCKET])
    assert page.recent.currentIndex().row() == 0


def test_the_context_menu(page: WelcomePage, qtbot: QtBot) -> None:
    said = heard(page)
    page.recent.customContextMenuRequested.emit(page.recent.visualRect(page.model.index(0)).center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entries = {action.text(): action for action in menu.actions() if not action.isSeparator()}
    assert list(entries) == ["Open", "Copy address", "Save as a connection…", "Remove from this list"]
    for action in entries.values():
        action.trigger()
    assert said == [("open", BUCKET), ("remove", BUCKET)]
    assert QGuiApplication.clipboard().text() == BUCKET.address
    menu.close()
    page.recent.customContextMenuRequested.emit(QPoint(5, page.recent.height() + 50))
    assert QApplication.activePopupWidget() is None


def test_no_list_without_recent_sources(page: WelcomePage) -> None:
    assert page.recent.isVisible()
    page.set_recent([])
    assert not page.recent.isVisible()


def drop(page: WelcomePage, *urls: str) -> bool:
    mime = QMimeData()
    mime.setUrls([QUrl(url) for url in urls])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, mime, left, none)
    enter.ignore()
    QApplication.sendEvent(page, enter)
    if enter.isAccepted():
        QApplication.sendEvent(page, QDropEvent(QPointF(5, 5), copy, mime, left, none))
    return enter.isAccepted()


def test_a_folder_can_be_dropped(page: WelcomePage, tmp_path: Path) -> None:
    said = heard(page)
    assert drop(page, QUrl.fromLocalFile(str(tmp_path)).toString())
    assert said == [("dropped", str(tmp_path))]


def test_nothing_else_can_be_dropped(page: WelcomePage, tmp_path: Path) -> None:
    said = heard(page)
    file = tmp_path / "file.json"
    file.write_text("[]")
    folder = QUrl.fromLocalFile(str(tmp_path)).toString()
    assert not drop(page, QUrl.fromLocalFile(str(file)).toString())
    assert not drop(page, "https://example.com/")
    assert not drop(page, folder, folder)
    assert not drop(page)
    assert said == []


def test_the_page_fits_a_small_window_and_paints_in_both_themes(page: WelcomePage, qapp: QApplication) -> None:
    page.resize(640, 520)
    pictures = []
    for name in ("light", "dark"):
        theme.apply_theme(qapp, name)
        pictures.append(page.grab().toImage())
        assert pictures[-1].pixelColor(2, 2).name() == theme.colors().background
    theme.apply_theme(qapp, "light")
    assert pictures[0] != pictures[1]
    assert page.minimumSizeHint().width() <= 640
    assert page.minimumSizeHint().height() <= 520


def test_a_low_page_scrolls_and_cuts_nothing_off(page: WelcomePage) -> None:
    page.set_connections([Connection(f"s3://fleet-{number}", name=f"Fleet {number}") for number in range(9)])
    page.resize(page.minimumSizeHint())
    (area,) = page.findChildren(QScrollArea)
    QApplication.processEvents()
    assert area.verticalScrollBar().maximum() > 0
    assert area.horizontalScrollBar().maximum() == 0
    assert page.saved.height() + page.recent.height() > page.height()


def test_saved_connections_stand_above_and_are_opened_edited_copied_and_removed(page: WelcomePage) -> None:
    assert not page.saved.isVisible()
    fleet = Connection("s3://fleet", S3Options(keys="Fleet"), "Fleet EU")
    page.set_connections([fleet])
    page.set_recent([FOLDER])
    assert page.saved.isVisible()
    assert page.saved.mapToGlobal(QPoint()).y() < page.recent.mapToGlobal(QPoint()).y()
    index = page.saved_model.index(0)
    assert index.data() == "Fleet EU"
    assert index.data(DETAIL_ROLE) == "s3://fleet · access keys"
    heard: list[tuple[str, Connection]] = []
    for name in ("recent_requested", "edit_requested", "duplicate_requested", "remove_requested"):
        getattr(page, name).connect(lambda source, name=name: heard.append((name, source)))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_F2, Qt.Key.Key_Delete):
        QTest.keyClick(page.saved, key)
    menu = page.make_menu(index, fleet)
    (copy,) = [action for action in menu.actions() if action.text() == "Duplicate"]
    copy.trigger()
    menu.close()
    names = ["recent_requested", "edit_requested", "remove_requested", "duplicate_requested"]
    assert heard == [(name, fleet) for name in names]
    QTest.keyClick(page.recent, Qt.Key.Key_F2)
    assert len(heard) == 4  # a folder needs no editing
