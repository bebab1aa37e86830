"""Colours, fonts and icons of the window, in light and dark.

One call of :func:`apply_theme` styles the whole program. Everything that paints by itself asks :func:`colors` when it
paints and repaints when ``notifier.theme_changed`` comes. Icons need no care: they paint in the current colours.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDir, QObject, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPalette,
    QPixmap,
    QRawFont,
    QTransform,
)
from PySide6.QtWidgets import QApplication

_RESOURCES = Path(__file__).parent.parent / "resources"


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one theme, each ``#rrggbb``.

    Attributes:
        background: behind panels, tool bars and dialogs.
        surface: behind tables, trees, text fields and plots.
        alternate: every other row.
        text: on background and surface.
        muted: less important text on background and surface.
        disabled: what cannot be used now.
        accent: links, focus, the main button and what is selected.
        on_accent: text on accent.
        selection: behind selected rows, under every colour of text.
        border: quiet lines between things; they tell nothing.
        outline: the edge of fields and buttons, which tells where to click.
        grid: lines of a plot.
        info, ok, warning, error: text and icons of that meaning on background and surface.
        info_fill, warning_fill, error_fill: behind text and icons of that meaning.
        series: lines of a plot on surface; told apart by people of every colour vision.
    """

    background: str
    surface: str
    alternate: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    selection: str
    border: str
    outline: str
    grid: str
    info: str
    ok: str
    warning: str
    error: str
    info_fill: str
    warning_fill: str
    error_fill: str
    series: tuple[str, ...]


# The series start from Okabe and Ito's palette; each colour is moved until it keeps 3:1 against the surface and its
# distance from the others in normal, protan, deutan and tritan vision.
LIGHT = Colors(
    background="#f3f5f7",
    surface="#ffffff",
    alternate="#f8f9fb",
    text="#1a1f26",
    muted="#59636f",
    disabled="#99a2ad",
    accent="#0a62c2",
    on_accent="#ffffff",
    selection="#d3e5fa",
    border="#d8dde3",
    outline="#858f9b",
    grid="#dfe3e8",
    info="#0a62c2",
    ok="#17703a",
    warning="#8a5300",
    error="#b3261e",
    info_fill="#e6f0fb",
    warning_fill="#fff2d6",
    error_fill="#fdeaea",
    series=(
        "#026dc8", "#c75100", "#32997f", "#b24e9b", "#0f93e8", "#c77d04", "#313549", "#63388a", "#873b1b", "#527f47",
    ),
)  # fmt: skip
DARK = Colors(
    background="#1d2126",
    surface="#15181c",
    alternate="#191d21",
    text="#e4e8ed",
    muted="#a0aab6",
    disabled="#646e7a",
    accent="#62adf5",
    on_accent="#0d1620",
    selection="#1d3d62",
    border="#343a42",
    outline="#717b87",
    grid="#2b3138",
    info="#7cbcf8",
    ok="#6cc98a",
    warning="#f0b54a",
    error="#ff8f87",
    info_fill="#1c2c3d",
    warning_fill="#352a14",
    error_fill="#3c2021",
    series=(
        "#51c2fc", "#ebaf1b", "#25ab96", "#ef80c0", "#eff232", "#ea5601", "#e1f7f2", "#9083ff", "#cd9c59", "#4680c9",
    ),
)  # fmt: skip

_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}

# What an icon means -> its name in Material Design Icons.
ICONS = {
    "about": "information-outline",
    "align": "align-horizontal-left",
    "archive": "database-outline",
    "batch": "package-variant-closed",
    "bookmark": "bookmark-outline",
    "bucket": "bucket-outline",
    "calendar": "calendar-month-outline",
    "cancel": "close-circle-outline",
    "chart": "chart-timeline-variant",
    "clear": "playlist-remove",
    "clock": "clock-outline",
    "close": "close",
    "close-source": "eject-outline",
    "collapse": "chevron-up",
    "component": "circle-small",
    "copy": "content-copy",
    "days": "layers-triple-outline",
    "demo": "flask-outline",
    "derive": "function-variant",
    "down": "arrow-down",
    "earlier": "chevron-left",
    "equal": "arrow-split-horizontal",
    "error": "alert-circle-outline",
    "expand": "chevron-down",
    "export": "file-delimited-outline",
    "fill": "arrow-expand-all",
    "filter": "filter-variant",
    "fit": "fit-to-screen-outline",
    "fit-values": "arrow-expand-vertical",
    "folder": "folder-outline",
    "gaps": "dots-horizontal",
    "help": "help-circle-outline",
    "hide": "eye-off-outline",
    "info": "information-outline",
    "join": "call-merge",
    "keyboard": "keyboard-outline",
    "later": "chevron-right",
    "load": "tray-arrow-down",
    "load-all": "database-import-outline",
    "look": "palette-outline",
    "message": "code-json",
    "moon": "weather-night",
    "next": "skip-next",
    "odograph": "gauge",
    "ok": "check-circle-outline",
    "open-folder": "folder-open-outline",
    "palette": "console-line",
    "panels": "view-dashboard-outline",
    "picture": "image-outline",
    "previous": "skip-previous",
    "property": "tag-outline",
    "quit": "exit-to-app",
    "recent": "history",
    "pause": "pause",
    "redo": "redo-variant",
    "region": "arrow-expand-horizontal",
    "reload": "refresh",
    "resume": "play",
    "remove": "close-box-outline",
    "search": "magnify",
    "settings": "cog-outline",
    "statistics": "sigma",
    "step-running": "progress-clock",
    "step-skipped": "minus-circle-outline",
    "step-waiting": "circle-outline",
    "stop": "stop-circle-outline",
    "sun": "weather-sunny",
    "sync": "sync",
    "theme": "theme-light-dark",
    "undo": "undo-variant",
    "unpin": "pin-off-outline",
    "up": "arrow-up",
    "vehicle": "car-outline",
    "vehicles": "car-multiple",
    "warning": "alert-outline",
    "width": "format-line-weight",
    "workspace": "content-save-outline",
    "world": "earth",
    "units": "ruler",
    "zoom-back": "undo",
    "zoom-forward": "redo",
    "zoom-in": "magnify-plus-outline",
    "zoom-out": "magnify-minus-outline",
}


class ThemeNotifier(QObject):
    """Tells that the colours have changed.

    Signals:
        theme_changed: colors() gives other colours than before.
    """

    theme_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name = "light"
        self.colors = LIGHT
        self.following = False

    @Slot()
    def on_system_changed(self) -> None:
        """Take over the system's choice, if it is wanted."""
        application = QApplication.instance()
        if self.name == "system" and isinstance(application, QApplication):
            _take(application, _system_colors())


notifier = ThemeNotifier()


def colors() -> Colors:
    """The colours in use."""
    return notifier.colors


def is_dark() -> bool:
    """Whether the dark colours are in use."""
    return notifier.colors is DARK


def apply_theme(app: QApplication, name: str) -> None:
    """Style the whole program.

    Args:
        app: the program.
        name: ``light`` or ``dark``, or ``system`` to follow what the desktop says, now and when it changes.

    Raises:
        ValueError: there is no such theme.
    """
    if name not in _SCHEMES:
        raise ValueError(f"no theme: {name}")
    notifier.name = name
    hints = app.styleHints()
    if not notifier.following:
        notifier.following = True
        hints.colorSchemeChanged.connect(notifier.on_system_changed)
        app.setStyle("Fusion")
        QDir.setSearchPaths("icons", [str(_RESOURCES / "icons")])
    # Window frames and file dialogs of the desktop follow this; Unknown gives the choice back to the desktop.
    hints.setColorScheme(_SCHEMES[name])
    _take(app, {"light": LIGHT, "dark": DARK}.get(name) or _system_colors())


def _system_colors() -> Colors:
    return DARK if QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT


def _take(app: QApplication, chosen: Colors) -> None:
    if notifier.colors is chosen and app.property("odographTheme") == notifier.name and app.styleSheet():
        return
    changed = notifier.colors is not chosen
    notifier.colors = chosen
    app.setProperty("odographTheme", notifier.name)
    app.setPalette(_palette(chosen))
    app.setStyleSheet(_style_sheet(chosen))
    if changed:
        notifier.theme_changed.emit()


def _palette(c: Colors) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, value in {
        role.Window: c.background,
        role.WindowText: c.text,
        role.Base: c.surface,
        role.AlternateBase: c.alternate,
        role.Text: c.text,
        role.PlaceholderText: c.muted,
        role.Button: c.background,
        role.ButtonText: c.text,
        role.BrightText: c.error,
        role.ToolTipBase: c.surface,
        role.ToolTipText: c.text,
        role.Highlight: c.selection,
        role.HighlightedText: c.text,
        role.Accent: c.accent,
        role.Link: c.accent,
        role.LinkVisited: c.accent,
        role.Light: c.surface,
        role.Midlight: c.border,
        role.Mid: c.border,
        role.Dark: c.outline,
        role.Shadow: c.outline,
    }.items():
        palette.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(c.disabled))
    return palette


def _style_sheet(c: Colors) -> str:
    v = "dark" if c is DARK else "light"
    return f"""
QFrame#palette {{ background: {c.background}; border: 1px solid {c.outline}; border-radius: 6px; }}
QToolTip {{ color: {c.text}; background: {c.surface}; border: 1px solid {c.outline}; padding: 3px 5px; }}
QToolBar {{ border: none; border-bottom: 1px solid {c.border}; padding: 3px 6px; spacing: 4px; }}
QToolBar::separator {{ width: 1px; margin: 4px 5px; background: {c.border}; }}
QStatusBar {{ border-top: 1px solid {c.border}; }}
QStatusBar::item {{ border: none; }}
QMainWindow::separator {{ background: {c.border}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {c.accent}; }}
QSplitter::handle {{ background: {c.border}; }}
QSplitter::handle:hover {{ background: {c.accent}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QDockWidget {{ titlebar-close-icon: url(icons:close-{v}.svg); titlebar-normal-icon: url(icons:float-{v}.svg);
    icon-size: 14px; }}
QDockWidget::close-button, QDockWidget::float-button {{ border: none; border-radius: 3px; padding: 0;
    subcontrol-origin: margin; subcontrol-position: top right; position: absolute; top: 3px; width: 22px;
    min-height: 19px; }}
QDockWidget::close-button {{ right: 4px; }}
QDockWidget::float-button {{ right: 28px; }}
QDockWidget::close-button:hover, QDockWidget::float-button:hover {{ background: {c.selection}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QDockWidget::title {{ background: {c.background}; padding: 6px 8px; border-bottom: 1px solid {c.border}; }}
QHeaderView {{ background: {c.background}; border: none; }}
QHeaderView::section {{ background: {c.background}; color: {c.muted}; padding: 4px 6px; border: none;
    border-bottom: 1px solid {c.border}; border-right: 1px solid {c.border}; }}
QHeaderView::section:hover {{ color: {c.text}; }}
QTableView, QTreeView, QListView, QPlainTextEdit, QTextEdit, QTextBrowser {{ border: 1px solid {c.border}; }}
QTableView:focus, QTreeView:focus, QListView:focus, QPlainTextEdit:focus, QTextBrowser:focus {{
    border: 1px solid {c.accent}; }}
QTableView {{ gridline-color: {c.border}; }}
QTreeView::item, QListView::item {{ padding: 4px 2px; }}
QTableView::item {{ padding: 2px 6px; }}
QLineEdit, QComboBox, QAbstractSpinBox, QDateTimeEdit {{ background: {c.surface}; border: 1px solid {c.outline};
    border-radius: 4px; padding: 3px 6px; min-height: 1.35em; selection-background-color: {c.selection};
    selection-color: {c.text}; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QDateTimeEdit:focus {{ border: 1px solid {c.accent}; }}
QLineEdit:disabled, QComboBox:disabled {{ background: {c.background}; border-color: {c.border}; color: {c.disabled}; }}
QLineEdit[invalid="true"], QComboBox[invalid="true"] {{ border: 1px solid {c.error}; }}
QComboBox QLineEdit, QComboBox QLineEdit:focus {{ border: none; padding: 0; background: transparent; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url(icons:down-{v}.svg); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ border: 1px solid {c.outline}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 18px; }}
QAbstractSpinBox::up-arrow {{ image: url(icons:up-{v}.svg); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow, QDateTimeEdit::down-arrow {{ image: url(icons:down-{v}.svg); width: 10px; height: 10px; }}
QDateTimeEdit::drop-down {{ border: none; width: 20px; }}
QCheckBox, QRadioButton {{ spacing: 6px; }}
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {{ width: 14px; height: 14px;
    border: 1px solid {c.outline}; background: {c.surface}; }}
QCheckBox::indicator, QAbstractItemView::indicator {{ border-radius: 3px; }}
QRadioButton::indicator {{ border-radius: 7px; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border: 2px solid {c.accent}; width: 12px; height: 12px; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{ background: {c.accent}; border-color: {c.accent};
    image: url(icons:check-{v}.svg); }}
QRadioButton::indicator:checked {{ background: {c.accent}; border-color: {c.accent}; image: url(icons:dot-{v}.svg); }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {c.border}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {c.disabled}; }}
QPushButton {{ background: {c.surface}; border: 1px solid {c.outline}; border-radius: 4px; padding: 4px 14px;
    min-height: 1.35em; }}
QPushButton:hover {{ background: {c.selection}; }}
QPushButton:focus {{ border: 2px solid {c.accent}; padding: 3px 13px; }}
QPushButton:default {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; }}
QPushButton:default:focus {{ border: 2px solid {c.text}; }}
QPushButton:disabled {{ color: {c.disabled}; background: {c.background}; border-color: {c.border}; }}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px 5px; }}
QToolButton:hover {{ background: {c.selection}; }}
QToolButton:focus {{ border: 1px solid {c.accent}; }}
QToolButton:checked {{ background: {c.selection}; }}
QProgressBar {{ border: none; border-radius: 3px; background: {c.border}; text-align: center; }}
QProgressBar::chunk {{ border-radius: 3px; background: {c.accent}; }}
QMenu {{ background: {c.surface}; border: 1px solid {c.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 8px; border-radius: 3px; }}
QMenu::item:selected {{ background: {c.selection}; }}
QMenu::item:disabled {{ color: {c.disabled}; }}
QMenu::separator {{ height: 1px; margin: 4px 6px; background: {c.border}; }}
QMenu::icon {{ padding-left: 6px; }}
QMenu::indicator {{ width: 12px; height: 12px; padding-left: 6px; }}
QMenu::indicator:non-exclusive:checked {{ image: url(icons:menu-check-{v}.svg); }}
QMenu::indicator:exclusive:checked {{ image: url(icons:menu-dot-{v}.svg); }}
QMenu::right-arrow {{ image: url(icons:right-{v}.svg); width: 10px; height: 10px; padding-right: 6px; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 11px; }}
QScrollBar:horizontal {{ height: 11px; }}
QScrollBar::handle {{ background: {c.outline}; border: none; margin: 2px; border-radius: 3px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {c.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QTabBar::tab {{ padding: 5px 12px; border: none; border-bottom: 2px solid transparent; color: {c.muted}; }}
QTabBar::tab:selected {{ color: {c.text}; border-bottom: 2px solid {c.accent}; }}
QTabBar::tab:selected:focus {{ background: {c.selection}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {c.border}; }}
QLabel[role="muted"] {{ color: {c.muted}; }}
QLabel[role="error"] {{ color: {c.error}; }}
QLabel[role="ok"] {{ color: {c.ok}; }}
"""


def mono_font() -> QFont:
    """The fixed-width font for JSON, keys and logs."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def tabular_font() -> QFont:
    """The program's font with digits of equal width, so that columns of numbers stand below each other."""
    font = QFont(QApplication.font())
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def scaled_font(factor: float, *, bold: bool = False) -> QFont:
    """The program's font in another size."""
    font = QFont(QApplication.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(bold)
    return font


def icon(name: str, color: str = "") -> QIcon:
    """An icon of the set, in the theme's colours whenever it is painted.

    Args:
        name: a key of ICONS.
        color: the name of a field of Colors, for example ``error``; empty for the text's colour.

    Raises:
        KeyError: there is no such icon.
    """
    return QIcon(_IconEngine(ICONS[name], color))


def application_icon() -> QIcon:
    """The program's own icon, in its own colours whatever the theme."""
    drawing = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(LIGHT.accent))
        painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.22, size * 0.22)
        painter.translate(size * 0.12, size * 0.12)
        painter.scale(size * 0.76, size * 0.76)
        painter.fillPath(_glyph_path(ICONS["odograph"]), QColor(LIGHT.on_accent))
        painter.end()
        drawing.addPixmap(pixmap)
    return drawing


class _IconEngine(QIconEngine):
    def __init__(self, glyph: str, color: str) -> None:
        super().__init__()
        self._glyph = glyph
        self._color = color

    def clone(self) -> QIconEngine:
        return _IconEngine(self._glyph, self._color)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Fill the glyph's outline, which is drawn on a square, into the middle of the rectangle."""
        target = QRectF(rect)
        side = min(target.width(), target.height())
        field = "disabled" if mode is QIcon.Mode.Disabled else self._color or "text"
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(target.center().x() - side / 2, target.center().y() - side / 2)
        painter.scale(side, side)
        painter.fillPath(_glyph_path(self._glyph), QColor(getattr(notifier.colors, field)))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap


# QtAwesome is used for its font alone: importing it takes a quarter of a second, as it loads every set it has.
@functools.cache
def _font_files() -> tuple[Path, Path]:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the icon font's package QtAwesome is not installed")
    folder = Path(spec.origin).parent / "fonts"
    return next(folder.glob("materialdesignicons6-webfont-*.ttf")), next(
        folder.glob("materialdesignicons6-webfont-charmap-*.json")
    )


@functools.cache
def _glyphs() -> tuple[QRawFont, dict[str, str]]:
    font_file, map_file = _font_files()
    codes = json.loads(map_file.read_text("utf-8"))
    font = QRawFont(str(font_file), 1000.0, QFont.HintingPreference.PreferNoHinting)
    return font, {glyph: chr(int(codes[glyph], 16)) for glyph in ICONS.values()}


@functools.cache
def _glyph_path(glyph: str) -> QPainterPath:
    """A glyph's outline in a square from (0, 0) to (1, 1)."""
    font, codes = _glyphs()
    (index,) = font.glyphIndexesForString(codes[glyph])
    # The font's square reaches from its ascent to its descent and is as wide as it is high.
    scale = 1 / (font.ascent() + font.descent())
    path = QTransform.fromScale(scale, scale).map(font.pathForGlyph(index).translated(0, font.ascent()))
    path.setFillRule(Qt.FillRule.WindingFill)
    return path
