"""How a picture of the timeline is to look, with the picture itself beside it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.errors import OdographError
from core.export.target import check_target
from gui.views.timeline.masking import Masking
from gui.views.timeline.picture import PictureOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gui.views.timeline.picture import Picture

SVG = 0
"""In place of a scale: a drawing instead of pixels."""

_FORMATS = (
    ("PNG", 1),
    ("PNG, 2 × as fine", 2),
    ("PNG, 3 × as fine", 3),
    ("SVG, a drawing", SVG),
)
_MASKINGS = (
    ("VINs as they are", Masking.NONE),
    ("Last four characters of VINs", Masking.LAST),
    ("Vehicle A, Vehicle B, …", Masking.NAMES),
)
# Long enough that a title is not painted letter by letter.
_SETTLE_MS = 120
_SIZE = QSize(1040, 560)
_LEAST_PREVIEW = QSize(280, 210)


class _Preview(QLabel):
    """A picture as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(_LEAST_PREVIEW)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName("Preview of the picture")
        self._whole = QPixmap()

    def show_picture(self, whole: QPixmap) -> None:
        """Show another one."""
        self._whole = whole
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            return
        scale = self.devicePixelRatioF()
        shown = self._whole.scaled(
            self.size() * scale, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        shown.setDevicePixelRatio(scale)
        self.setPixmap(shown)


class PictureDialog(QDialog):
    """Title, vehicles' names, colours, format and file of a picture.

    Args:
        make: makes the picture of some options.
        options: what was chosen last.
        scale: what was chosen last, SVG for a drawing.
        folder: where the file lies unless another is named.

    Signals:
        save_requested(object Picture, int scale, object Path): the dialog was accepted.
        copy_requested(object Picture, int scale): the picture is wanted on the clipboard.
    """

    save_requested = Signal(object, int, object)
    copy_requested = Signal(object, int)

    def __init__(
        self,
        make: Callable[[PictureOptions], Picture],
        options: PictureOptions,
        scale: int,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save a picture")
        self.resize(_SIZE)
        self._make = make
        self._folder = folder
        self._named_by_hand = False
        self._may_replace: Path | None = None
        self._picture: Picture | None = None
        self.title = QLineEdit()
        self.title.setAccessibleName("Title")
        self._titled_by_hand = False
        self.masking = QComboBox()
        for text, masking in _MASKINGS:
            self.masking.addItem(text, masking)
        self.masking.setCurrentIndex([masking for _, masking in _MASKINGS].index(options.masking))
        self.masking.setAccessibleName("How vehicles are named")
        self.light = QCheckBox("Light colours on white, for paper")
        self.light.setChecked(options.light)
        self.values = QCheckBox("Values at the cursor")
        self.values.setToolTip("The cursor, and in the legend the value and its age; without a cursor the last values")
        self.values.setChecked(options.values)
        self.format = QComboBox()
        for text, one in _FORMATS:
            self.format.addItem(text, one)
        self.format.setCurrentIndex([one for _, one in _FORMATS].index(scale))
        self.format.setAccessibleName("Format")
        self.target_edit = QLineEdit()
        self.target_edit.setAccessibleName("File")
        browse = QPushButton("&Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.size_text = QLabel()
        self.size_text.setProperty("role", "muted")
        self.preview = _Preview()

        file_row = QHBoxLayout()
        file_row.addWidget(self.target_edit, 1)
        file_row.addWidget(browse)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Title", self.title)
        form.addRow("&Vehicles", self.masking)
        form.addRow("Colours", self.light)
        form.addRow("Legend", self.values)
        form.addRow("For&mat", self.format)
        file_label = QLabel("&File")
        file_label.setBuddy(self.target_edit)
        form.addRow(file_label, file_row)
        form.addRow("", self.problem)
        form.addRow("", self.size_text)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save_button = self.buttons.addButton("&Save", QDialogButtonBox.ButtonRole.AcceptRole)
        self.copy_button = self.buttons.addButton("&Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setToolTip("Put the picture on the clipboard, in pixels")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.copy_button.clicked.connect(self._copy)
        right = QWidget()
        right.setFixedWidth(400)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(self.buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self.preview, 1)
        layout.addWidget(right)

        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.show_now)
        self.title.textEdited.connect(self._on_titled)
        self.masking.currentIndexChanged.connect(self._settle.start)
        self.light.toggled.connect(self._settle.start)
        self.values.toggled.connect(self._settle.start)
        self.format.currentIndexChanged.connect(self._on_format)
        self.target_edit.textEdited.connect(self._on_named)
        # Only a button that is in the dialog already can be the one that Enter means.
        self.save_button.setDefault(True)
        self.show_now()
        self.title.setFocus()

    # What is chosen

    def options(self) -> PictureOptions:
        """What the dialog says now."""
        return PictureOptions(
            title=self.title.text().strip() if self._titled_by_hand else None,
            masking=Masking(self.masking.currentData()),
            values=self.values.isChecked(),
            light=self.light.isChecked(),
        )

    def scale(self) -> int:
        """How fine the pixels are, SVG for a drawing."""
        return int(self.format.currentData())

    def target(self) -> Path:
        """The file that is named now."""
        # Not Path.expanduser, which raises for an unknown user.
        return self._folder / os.path.expanduser(self.target_edit.text().strip())  # noqa: PTH111

    @Slot()
    def show_now(self) -> None:
        """Show the picture of what is chosen at once."""
        self._settle.stop()
        self._picture = picture = self._make(self.options())
        if not self._titled_by_hand:
            self.title.setText(picture.title)
        self.preview.show_picture(QPixmap.fromImage(picture.image(max(round(self.devicePixelRatioF()), 1))))
        self._show_file()

    def _show_file(self) -> None:
        if self._picture is not None:
            scale, size = self.scale(), self._picture.size
            pixels = "shapes and texts" if scale == SVG else "pixels"
            self.size_text.setText(f"{size.width() * (scale or 1):,} × {size.height() * (scale or 1):,}, {pixels}")
            if not self._named_by_hand:
                name = re.sub(r"[^A-Za-z0-9._-]+", "-", self._picture.title).strip("-.")[:80] or "timeline"
                self.target_edit.setText(str(self._folder / f"{name}{self._suffix()}"))
        self._check()

    def _suffix(self) -> str:
        return ".svg" if self.scale() == SVG else ".png"

    @Slot()
    def _on_titled(self) -> None:
        self._titled_by_hand = True
        self._settle.start()

    @Slot()
    def _on_format(self) -> None:
        if self._named_by_hand and self.target_edit.text().lower().endswith((".png", ".svg")):
            self.target_edit.setText(self.target_edit.text()[:-4] + self._suffix())
        self._show_file()

    @Slot()
    def _on_named(self) -> None:
        self._named_by_hand = True
        self._check()

    @Slot()
    def _browse(self) -> None:
        kind = "SVG (*.svg)" if self.scale() == SVG else "PNG (*.png)"
        name, _filter = QFileDialog.getSaveFileName(self, "Save the picture as", str(self.target()), kind)
        if name:
            self.target_edit.setText(name)
            self._on_named()
            # The file dialog has asked already.
            self._may_replace = self.target()

    def _check(self, *, try_writing: bool = False) -> bool:
        """Say below the name of the file why it cannot be written, if so."""
        self._may_replace = None if not try_writing else self._may_replace
        self.save_button.setText("&Save")
        problem = "" if self.target_edit.text().strip() else "Name a file to save to."
        if not problem:
            try:
                check_target(self.target(), try_writing=try_writing)
            except OdographError as error:
                problem = str(error)
        self.problem.setText(problem)
        self.save_button.setEnabled(not problem)
        return not problem

    # What is done

    def accept(self) -> None:
        """Hand the picture over, unless its file cannot be written as it stands."""
        if self._settle.isActive():
            self.show_now()
        if not self._check(try_writing=True) or self._picture is None:
            return
        target = self.target()
        if target.exists() and target != self._may_replace:
            self._may_replace = target
            self.save_button.setText("&Replace")
            self.problem.setText(f"{target.name} exists already. Replace it?")
            return
        self.save_requested.emit(self._picture, self.scale(), target)
        super().accept()

    @Slot()
    def _copy(self) -> None:
        if self._settle.isActive():
            self.show_now()
        if self._picture is not None:
            self.copy_requested.emit(self._picture, self.scale() or 2)
