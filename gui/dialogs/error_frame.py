"""A frame that says inside a dialog what is wrong and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from gui import theme

if TYPE_CHECKING:
    from core.errors import OdographError

_ICON = 18


class ErrorFrame(QFrame):
    """An error with its hint, which can be copied. Hidden until there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error: OdographError | None = None
        self.setObjectName("result")
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = QToolButton()
        self._copy.setIcon(theme.icon("copy"))
        self._copy.setToolTip("Copy everything there is to know about this")
        self._copy.setAccessibleName("Copy details")
        self._copy.clicked.connect(self.copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()
        theme.notifier.theme_changed.connect(self._paint)

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def show_error(self, error: OdographError) -> None:
        """Say what is wrong."""
        self._error = error
        lines = [f"{error.title}: {error.subject}" if error.subject else error.title, error.hint]
        text = "\n".join(line for line in lines if line)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._paint()
        self.show()

    @Slot()
    def copy(self) -> None:
        """Put everything there is to know on the clipboard."""
        if self._error is not None:
            QGuiApplication.clipboard().setText(self._error.report())

    @Slot()
    def _paint(self) -> None:
        colors = theme.colors()
        self._icon.setPixmap(theme.icon("error", "error").pixmap(QSize(_ICON, _ICON)))
        style = f"background: {colors.error_fill}; border: 1px solid {colors.error}; border-radius: 4px;"
        self.setStyleSheet(f"#result {{ {style} }}")
