"""The page with what is left to do in the platform's console, to be ticked off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from core.storage.setup.next_steps import next_steps
from gui.views.page_parts import Banner, lines_text, push_button, text_label

if TYPE_CHECKING:
    from core.storage.setup.policies import Delivery


class ConsolePage(QWidget):
    """A checklist. Only a person knows what was done there, so only a person ticks.

    Attributes:
        boxes: the ticks, in order.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[str, Delivery] | None = None
        self.boxes: list[QCheckBox] = []
        self.banner = Banner()
        self.copy_name = push_button("&Copy the bucket’s name", "The platform’s console asks for it")
        self.copy_name.clicked.connect(self._copy)
        self.banner.add_button(self.copy_name)
        self._list = QWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(self.banner)
        layout.addWidget(self._list)
        layout.addStretch(1)

    def show_steps(self, bucket: str, delivery: Delivery) -> None:
        """Show what to do for a bucket; ticks stay while it is the same."""
        if self._shown == (bucket, delivery):
            return
        self._shown = (bucket, delivery)
        self.banner.say("info", "What is left to do in the platform’s console", f"The bucket is called {bucket}.")
        old, self._list = self._list, QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(4, 0, 0, 0)
        column.setSpacing(4)
        self.boxes = []
        for number, step in enumerate(next_steps(bucket, delivery), 1):
            box = QCheckBox(f"{number}. {step.title}")
            box.setAccessibleDescription(step.text)
            self.boxes.append(box)
            line = QHBoxLayout()
            line.setContentsMargins(22, 0, 0, 10)
            line.addWidget(text_label(lines_text(step.text), role="muted", selectable=True))
            column.addWidget(box)
            column.addLayout(line)
        layout = self.layout()
        if layout is not None:
            layout.replaceWidget(old, self._list)
        old.hide()
        old.deleteLater()

    @Slot()
    def _copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown[0])
