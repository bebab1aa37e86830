"""What pages and assistants have in common: wrapped texts, buttons that Enter leaves alone, and a banner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMessageBox, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui import theme
from gui.models.texts import visible_text

if TYPE_CHECKING:
    from core.errors import OdographError

_ICON = 22


def text_label(
    text: str = "", *, factor: float = 1.0, bold: bool = False, role: str = "", selectable: bool = False
) -> QLabel:
    """A text that is wrapped and never taken for HTML.

    Args:
        factor: of the font's size.
        role: ``muted``, ``error`` or ``ok``; empty for the usual colour.
    """
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if factor != 1.0 or bold:
        label.setFont(theme.scaled_font(factor, bold=bold))
    if role:
        label.setProperty("role", role)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def push_button(text: str, tip: str) -> QPushButton:
    """A button that Enter presses only while it has the focus."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


def plain_box(icon: QMessageBox.Icon, title: str, text: str, more: str, parent: QWidget) -> QMessageBox:
    """A box that asks something, whose texts are never taken for HTML; it goes once it is closed.

    Args:
        more: what stands below the text.
    """
    box = QMessageBox(parent)
    box.setIcon(icon)
    box.setWindowTitle(title)
    box.setText(text)
    box.setInformativeText(more)
    # The format that a box can be given is that of its first text alone.
    for label in box.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def lines_text(text: str) -> str:
    """A text of several lines with everything in it that cannot be seen made visible."""
    return "\n".join(map(visible_text, text.splitlines()))


class Banner(QFrame):
    """Says in one sentence how things are, with more below it and buttons beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._severity = "info"
        self._report = ""
        self._icon = QLabel()
        self._words = text_label(factor=1.1, bold=True, selectable=True)
        self._more = text_label(selectable=True)
        self._copy = QToolButton()
        self._copy.setIcon(theme.icon("copy"))
        self._copy.setToolTip("Copy everything there is to know about this")
        self._copy.setAccessibleName("Copy details")
        self._copy.clicked.connect(self._copy_report)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._words)
        words.addWidget(self._more)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(12, 10, 10, 10)
        self._line.setSpacing(12)
        self._line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addLayout(words, 1)
        self._line.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        theme.notifier.theme_changed.connect(self._paint)
        self.say("info", "")

    @property
    def words(self) -> str:
        """The sentence."""
        return self._words.text()

    @property
    def more(self) -> str:
        """What stands below the sentence."""
        return self._more.text()

    def add_button(self, button: QPushButton) -> None:
        """Let a button stand beside the sentence."""
        self._line.insertWidget(self._line.count() - 1, button, 0, Qt.AlignmentFlag.AlignVCenter)

    def say(self, severity: str, words: str, more: str = "", report: str = "") -> None:
        """Say something else.

        Args:
            severity: ``info``, ``ok``, ``warning`` or ``error``.
            words: the sentence.
            more: what stands below; may be empty.
            report: everything there is to know, for copying; empty where there is nothing more.
        """
        self._severity, self._report = severity, report
        self._words.setText(visible_text(words))
        self._more.setText(lines_text(more))
        self._more.setVisible(bool(more))
        self._copy.setVisible(bool(report))
        self.setAccessibleName(f"{words} {more}".strip())
        self._paint()

    def say_error(self, error: OdographError) -> None:
        """Say what went wrong, with what, and what to do."""
        title = f"{error.title}: {error.subject}" if error.subject else error.title
        self.say("error", title, error.hint, error.report())

    @Slot()
    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self._report)

    @Slot()
    def _paint(self) -> None:
        colors = theme.colors()
        self._icon.setPixmap(theme.icon(self._severity, self._severity).pixmap(QSize(_ICON, _ICON)))
        self.setStyleSheet(
            f"#banner {{ background: {colors.surface}; border: 1px solid {colors.border};"
            f" border-left: 3px solid {getattr(colors, self._severity)}; border-radius: 4px; }}"
        )
