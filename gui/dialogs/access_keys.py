"""Asks for the access keys that a connection names and that are not kept on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from gui.dialogs.credentials import KeyFields, note_label
from gui.models.texts import visible_text

if TYPE_CHECKING:
    from gui.job_runner import JobRunner

_WIDTH = 520


class AccessKeysDialog(QDialog):
    """Access keys for what is waiting for them. Not modal: everything else goes on.

    Signals:
        entered(AccessKeys, bool keep): these are they, and whether the system's keyring is to keep them.

    Args:
        what: whose keys they are, as a person calls it.
        again: whether the keys that were given before were not accepted.
    """

    entered = Signal(object, bool)

    def __init__(self, what: str, jobs: JobRunner, parent: QWidget | None = None, *, again: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Access keys")
        text = "The access keys were not accepted. Enter those of “{}”." if again else "Enter the access keys of “{}”."
        self.fields = KeyFields(jobs, self)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        self.fields.add_to(form)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.use_button = buttons.addButton("&Use", QDialogButtonBox.ButtonRole.AcceptRole)
        self.use_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(note_label(text.format(visible_text(what))))
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(_WIDTH)
        self.fields.edited.connect(self._update)
        self.fields.told.connect(self._fit)
        self.fields.look_for_keyring()
        self._update()
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Be as high as the note needs; a dialog alone does not follow texts that are wrapped."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            width = max(self.width(), _WIDTH)
            self.resize(width, max(self.height(), layout.totalHeightForWidth(width)))

    @Slot()
    def _update(self) -> None:
        self.use_button.setEnabled(self.fields.typed() is not None)

    def accept(self) -> None:
        """Hand the keys over; nothing happens while one is missing."""
        keys = self.fields.typed()
        if keys is not None:
            self.entered.emit(keys, self.fields.keep.isChecked())
            super().accept()

    def done(self, result: int) -> None:
        super().done(result)
        self.fields.forget()
