"""Colours that can be read by everyone, icons that follow the theme."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialogButtonBox,
    QDockWidget,
    QMainWindow,
    QTreeWidget,
    QTreeWidgetItem,
)

from gui import theme
from gui.theme import DARK, ICONS, LIGHT, Colors, apply_theme, colors, icon, is_dark, notifier
from gui.views.timeline.palette import colors_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

THEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])

# Machado, Oliveira and Fernandes 2009: how full protanopia, deuteranopia and tritanopia see linear RGB, row by row.
VISIONS = {
    "normal": (1, 0, 0, 0, 1, 0, 0, 0, 1),
    "protan": (0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998),
    "deutan": (0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881),
    "tritan": (1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039),
}
# Ottosson's Oklab: linear RGB to cones, cones to the space.
CONES = (0.41222147, 0.53633254, 0.05144599, 0.2119035, 0.68069955, 0.10739696, 0.08830246, 0.28171884, 0.6299787)
OKLAB = (0.21045426, 0.79361778, -0.00407205, 1.9779985, -2.42859221, 0.45059371, 0.02590404, 0.78277177, -0.80867577)


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, "light")


def linear(color: str) -> NDArray[np.float64]:
    channels: NDArray[np.float64] = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    light: NDArray[np.float64] = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return light


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    dark, light = sorted((float(linear(first) @ weights), float(linear(second) @ weights)))
    return (light + 0.05) / (dark + 0.05)


def matrix(numbers: tuple[float, ...]) -> NDArray[np.float64]:
    return np.array(numbers, np.float64).reshape(3, 3)


def seen(color: str, vision: str) -> NDArray[np.float64]:
    """A colour as somebody sees it, in the space Oklab, where distances are what eyes tell apart."""
    rgb = np.clip(matrix(VISIONS[vision]) @ linear(color), 0, 1)
    return matrix(OKLAB) @ np.cbrt(matrix(CONES) @ rgb)


@THEMES
def test_text_can_be_read(palette: Colors) -> None:
    texts = (palette.text, palette.muted, palette.accent, palette.info, palette.ok, palette.warning, palette.error)
    grounds = (palette.background, palette.surface, palette.alternate, palette.selection)
    pairs = [(text, ground) for text in texts for ground in grounds]
    pairs += [(palette.on_accent, palette.accent)]
    pairs += [
        (text, fill)
        for fill in (palette.info_fill, palette.warning_fill, palette.error_fill)
        for text in (palette.text, palette.muted)
    ]
    pairs += [
        (palette.info, palette.info_fill),
        (palette.warning, palette.warning_fill),
        (palette.error, palette.error_fill),
    ]
    weak = {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < 4.5}
    assert weak == {}


@THEMES
def test_graphics_can_be_seen(palette: Colors) -> None:
    pairs = [(color, palette.surface) for color in palette.series]
    pairs += [(palette.outline, palette.surface), (palette.outline, palette.background)]
    pairs += [(palette.accent, palette.surface), (palette.accent, palette.background)]
    weak = {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < 3}
    assert weak == {}


@THEMES
def test_the_timeline_can_be_read(palette: Colors, qapp: QApplication) -> None:
    """Texts on plots and bands 4.5:1, curves, marks and the cursor 3:1, as WCAG 2 has it."""
    c = colors_of(palette)
    grounds = (c.plot, c.background)
    texts = [(text, ground) for text in (c.text, c.muted) for ground in grounds]
    texts += [(c.plot, c.accent)]
    shapes = [(c.curve(index), c.plot) for index in range(len(c.series))]
    shapes += [(color, c.plot) for color in (c.accent, c.error, c.warning, c.muted)]
    for index in range(len(c.series)):
        texts.append((c.text, c.band(index)))
    weak = {
        (one.name(), other.name()): round(contrast(one.name(), other.name()), 2)
        for pairs, least in ((texts, 4.5), (shapes, 3.0))
        for one, other in pairs
        if contrast(one.name(), other.name()) < least
    }
    assert weak == {}


@THEMES
@pytest.mark.parametrize("vision", VISIONS)
def test_series_are_told_apart_in_every_colour_vision(palette: Colors, vision: str) -> None:
    assert len(palette.series) >= 10
    distances = {
        (first, second): float(np.linalg.norm(seen(first, vision) - seen(second, vision)))
        for first, second in combinations(palette.series, 2)
    }
    close = {pair: round(distance, 3) for pair, distance in distances.items() if distance < 0.05}
    assert close == {}


def test_themes_are_applied_and_told(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, "light")
    assert colors() is LIGHT
    assert not is_dark()
    with qtbot.waitSignal(notifier.theme_changed):
        apply_theme(qapp, "dark")
    assert colors() is DARK
    assert is_dark()
    assert qapp.palette().window().color() == QColor(DARK.background)
    assert DARK.accent in qapp.styleSheet()
    with qtbot.assertNotEmitted(notifier.theme_changed):
        apply_theme(qapp, "dark")


def test_system_follows_the_desktop(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, "system")
    expected = DARK if qapp.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
    assert colors() is expected
    # What a desktop does that turns dark; with no desktop, the hint itself is the desktop's voice.
    qapp.styleHints().setColorScheme(Qt.ColorScheme.Dark)
    qtbot.waitUntil(lambda: qapp.styleHints().colorScheme() is not Qt.ColorScheme.Dark or is_dark())
    apply_theme(qapp, "light")
    qapp.styleHints().setColorScheme(Qt.ColorScheme.Dark)
    assert not is_dark()


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_paints(qapp: QApplication, name: str) -> None:
    image = icon(name).pixmap(24, 24).toImage()
    opaque = sum(image.pixelColor(x, y).alpha() > 128 for x in range(24) for y in range(24))
    assert opaque >= (8 if name == "component" else 25)
    outline = theme._glyph_path(ICONS[name]).boundingRect()
    assert QRectF(-0.01, -0.01, 1.02, 1.02).contains(outline), "the glyph is cut"


def strongest(image_of: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QColor:
    image = image_of.pixmap(QSize(32, 32), mode).toImage()
    return max((image.pixelColor(x, y) for x in range(32) for y in range(32)), key=QColor.alpha)


def test_icons_follow_the_theme(qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    plain, red = icon("bucket"), icon("error", "error")
    copy = QIcon(plain)
    assert strongest(plain) == QColor(LIGHT.text)
    assert strongest(red) == QColor(LIGHT.error)
    assert strongest(plain, QIcon.Mode.Disabled) == QColor(LIGHT.disabled)
    apply_theme(qapp, "dark")
    assert strongest(plain) == QColor(DARK.text)
    assert strongest(copy) == QColor(DARK.text)
    assert strongest(red) == QColor(DARK.error)


def test_an_unknown_icon_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        icon("no such icon")


def test_fonts(qapp: QApplication) -> None:
    assert theme.tabular_font().isFeatureSet(QFont.Tag("tnum"))
    assert theme.scaled_font(2).pointSizeF() == pytest.approx(2 * qapp.font().pointSizeF())
    assert theme.mono_font().family()


def test_pictures_of_the_style_sheet_exist(qapp: QApplication) -> None:
    for name in ("light", "dark"):
        apply_theme(qapp, name)
        pictures = set(re.findall(r"url\(icons:([^)]+)\)", qapp.styleSheet()))
        assert len(pictures) >= 7
        assert all((theme._RESOURCES / "icons" / picture).is_file() for picture in pictures)
        assert all(not QIcon(f"icons:{picture}").pixmap(12, 12).isNull() for picture in pictures)


@THEMES
def test_buttons_of_docks_can_be_seen(qtbot: QtBot, qapp: QApplication, palette: Colors) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = QDockWidget("Batches", window)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.show()
    # A dock that was there before the theme was changed follows it as well.
    for name in ("dark", "light", "dark" if palette is DARK else "light"):
        apply_theme(qapp, name)
    buttons = [button for button in dock.findChildren(QAbstractButton) if button.isVisible()]
    assert len(buttons) == 2
    for button in buttons:
        assert min(button.width(), button.height()) >= 16
        image = button.grab().toImage()
        pixels = [image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())]
        clear = [color for color in pixels if contrast(color, palette.background) >= 4.5]
        assert len(clear) >= 10


def test_buttons_of_dialogs_carry_no_pictures_of_the_desktop(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, "dark")
    standard = QDialogButtonBox.StandardButton
    box = QDialogButtonBox(standard.Ok | standard.Cancel | standard.Close | standard.Help)
    qtbot.addWidget(box)
    assert len(box.buttons()) == 4
    assert all(button.icon().isNull() for button in box.buttons())
    box.show()
    assert all(button.icon().isNull() for button in box.buttons())


def test_rows_of_a_tree_have_room(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, "dark")
    tree = QTreeWidget()
    qtbot.addWidget(tree)
    item = QTreeWidgetItem(["2026-06-30"])
    tree.addTopLevelItem(item)
    tree.ensurePolished()
    assert tree.visualItemRect(item).height() >= tree.fontMetrics().height() + 6
