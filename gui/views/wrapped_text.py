"""A text without spaces, such as an address, that is shown whole: it is wrapped anywhere and can be selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent


class WrappedText(QTextEdit):
    """As high as its text needs at the width it has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("QTextEdit { background: transparent; border: none; padding: 0; }")

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.setPlainText(text)
        self._fit()

    def needed_height(self, width: int) -> int:
        """How high it is at a width, in pixels."""
        document = self.document().clone(self)
        document.setTextWidth(width)
        height = round(document.size().height()) + 2
        document.deleteLater()
        return height

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.needed_height(self.viewport().width()))
