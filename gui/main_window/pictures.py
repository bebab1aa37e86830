"""Pictures of the timeline: into a file, onto the clipboard."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QStandardPaths, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImageWriter

from core.export.target import whole_file
from gui.dialogs.picture import SVG, PictureDialog
from gui.views.timeline.masking import Masking
from gui.views.timeline.picture import PictureOptions

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

    from core.jobs import JobContext
    from gui.action_set import ActionSet
    from gui.job_runner import JobRunner
    from gui.messages import MessageCenter
    from gui.views.timeline.picture import Picture
    from gui.views.timeline.view import TimelineView

_SCALE = 2


class PictureSwitch(QObject):
    """Makes pictures of a timeline; copies are made as the last picture was."""

    def __init__(
        self, actions: ActionSet, timeline: TimelineView, jobs: JobRunner, messages: MessageCenter, window: QWidget
    ) -> None:
        super().__init__(window)
        self._timeline = timeline
        self._jobs = jobs
        self._messages = messages
        self._window = window
        self._options = PictureOptions()
        self._scale = _SCALE
        self._folder = _pictures_folder()
        actions.connect("picture_save", self.ask)
        actions.connect("picture_copy", self.copy)

    @Slot()
    def ask(self) -> None:
        """Open the dialog, which shows the picture."""
        if self._make(self._options) is None:
            self._say_nothing_there()
            return
        dialog = PictureDialog(self._made, self._options, self._scale, self._folder, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda _result: self._keep(dialog))
        dialog.save_requested.connect(self.save)
        dialog.copy_requested.connect(self._put_on_clipboard)
        dialog.open()

    @Slot()
    def copy(self) -> None:
        """Put what is in sight on the clipboard."""
        picture = self._make(self._options)
        if picture is None:
            self._say_nothing_there()
        else:
            self._put_on_clipboard(picture, self._scale or _SCALE)

    @Slot(object, int, object)
    def save(self, picture: Picture, scale: int, target: Path) -> None:
        """Write a picture into a file, which is whole or not there."""
        self._folder = target.parent
        # Painting belongs to the window's thread; what takes long is to compress and to write.
        content = picture.svg() if scale == SVG else picture.image(scale)
        job = self._jobs.submit(f"Saving {target.name}", lambda ctx: write_picture(content, target, ctx))
        job.succeeded.connect(lambda _result: self._say_saved(target))
        job.failed.connect(self._messages.show_error)

    def _make(self, options: PictureOptions) -> Picture | None:
        return self._timeline.picture(options, time.time_ns() // 1_000)

    def _made(self, options: PictureOptions) -> Picture:
        picture = self._make(options)
        if picture is None:
            raise ValueError("nothing is on the timeline any more")
        return picture

    def _keep(self, dialog: PictureDialog) -> None:
        """The next picture begins as this one ended, but for its title."""
        options = dialog.options()
        self._options = PictureOptions(None, Masking(options.masking), options.values, options.light)
        self._scale = dialog.scale()

    @Slot(object, int)
    def _put_on_clipboard(self, picture: Picture, scale: int) -> None:
        image = picture.image(scale)
        QGuiApplication.clipboard().setImage(image)
        self._messages.show_info(
            f"The picture is on the clipboard: {image.width():,} × {image.height():,} pixels", replace_id="picture"
        )

    def _say_saved(self, target: Path) -> None:
        self._messages.show_info(
            f"The picture is saved as {target.name}",
            subject=str(target),
            action="Show in folder",
            callback=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target.parent))),
            replace_id="picture",
        )

    def _say_nothing_there(self) -> None:
        self._messages.show_info("There is nothing in sight to make a picture of", replace_id="picture")


def write_picture(content: QImage | bytes, target: Path, ctx: JobContext) -> None:
    """Write a drawing, or pixels as PNG.

    Raises:
        ExportError: the folder is missing or may not be written.
        DiskFull: no room is left.
        JobCancelled: before the file was begun.
    """
    if not isinstance(content, bytes):
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(content)
        content = bytes(buffer.data().data())
    ctx.check()
    with whole_file(target) as stream:
        stream.write(content)


def _pictures_folder() -> Path:
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(pictures) if pictures and Path(pictures).is_dir() else Path.home()
