"""What is running, in the status bar: nothing while idle, one line for the newest job, a list on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from gui import theme
from gui.models.texts import tip_text
from gui.views.elided_label import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from gui.job_runner import Job, JobRunner

_BAR_WIDTH = 110
_BAR_HEIGHT = 6
_POPUP_WIDTH = 540
# Progress bars count in int32; bytes of a large load do not fit.
_STEPS = 1000


class JobRow(QWidget):
    """One job: title, what it is doing, how far it is, and buttons to pause and to cancel it."""

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job = job
        self._title = ElidedLabel(job.title, mode=Qt.TextElideMode.ElideRight)
        self._text = ElidedLabel()
        self._text.setProperty("role", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(_BAR_WIDTH, _BAR_HEIGHT)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(f"Progress: {job.title}")
        self._cancel = QToolButton()
        self._cancel.setIcon(theme.icon("cancel"))
        self._cancel.setToolTip(tip_text(f"Cancel: {job.title}"))
        self._cancel.setAccessibleName(f"Cancel: {job.title}")
        self._cancel.clicked.connect(self._on_cancel)
        self._pause = QToolButton()
        if not job.can_pause:
            self._pause.hide()
        self._pause.clicked.connect(self._on_pause)
        self._said = ""
        self._dot = QLabel("·")
        self._dot.setProperty("role", "muted")
        self._dot.hide()
        texts = QHBoxLayout()
        texts.setSpacing(5)
        texts.addWidget(self._title)
        texts.addWidget(self._dot)
        texts.addWidget(self._text)
        texts.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(texts, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._pause)
        layout.addWidget(self._cancel)
        job.progressed.connect(self._on_progress)
        job.paused_changed.connect(self._show_paused)
        self._show_paused()

    @property
    def text(self) -> str:
        """What the job says it is doing."""
        return self._text.full_text

    @Slot(object, object, str)
    def _on_progress(self, done: int, total: int | None, text: str) -> None:
        if total is None or total <= 0:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(_STEPS * min(max(done / total, 0.0), 1.0)))
        self._said = text or (f"{done:,}" if total is None else f"{done:,} of {total:,}")
        self._show_text()

    def _show_text(self) -> None:
        text = "Paused" if self.job.paused else ""
        if self._said:
            text = f"{text} · {self._said}" if text else self._said
        self._text.set_full_text(text)
        self._dot.setVisible(bool(text))

    @Slot()
    def _show_paused(self) -> None:
        word = "Resume" if self.job.paused else "Pause"
        self._pause.setIcon(theme.icon("resume" if self.job.paused else "pause"))
        self._pause.setToolTip(tip_text(f"{word}: {self.job.title}"))
        self._pause.setAccessibleName(f"{word}: {self.job.title}")
        self._show_text()

    @Slot()
    def _on_pause(self) -> None:
        if self.job.paused:
            self.job.resume()
        else:
            self.job.pause()

    @Slot()
    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)
        self.job.cancel()


class _JobsPopup(QFrame):
    """Every running job, above the status bar.

    Signals:
        toggled(bool): it was opened or closed.
    """

    toggled = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("jobsPopup")
        self.setAccessibleName("Running jobs")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setFixedWidth(_POPUP_WIDTH)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(12, 8, 8, 8)
        self.rows.setSpacing(6)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.toggled.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.toggled.emit(False)


class JobsPanel(QWidget):
    """The running jobs of a runner, without the quiet ones; invisible while there are none.

    Args:
        runner: whose jobs.
    """

    def __init__(self, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Jobs")
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(4, 0, 4, 0)
        self._line.setSpacing(6)
        self._popup = _JobsPopup(self)
        self._popup.toggled.connect(self._on_popup)
        self._more = QToolButton()
        self._more.setCheckable(True)
        self._more.setToolTip("Show every running job")
        self._more.setIcon(theme.icon("collapse"))
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.clicked.connect(self._show_popup)
        self._line.addWidget(self._more)
        # By job: its row in the line and its row in the list.
        self._rows: dict[Job, tuple[JobRow, JobRow]] = {}
        for job in runner.jobs:
            self._add(job)
        runner.job_added.connect(self._add)
        runner.job_removed.connect(self._remove)
        self._arrange()

    @property
    def rows(self) -> list[JobRow]:
        """The rows of the list, oldest job first."""
        return [listed for _, listed in self._rows.values()]

    @property
    def line(self) -> JobRow | None:
        """The row in the status bar: the newest job; None while idle."""
        return list(self._rows.values())[-1][0] if self._rows else None

    @Slot(object)
    def _add(self, job: Job) -> None:
        if job.quiet:
            return
        in_line, listed = JobRow(job), JobRow(job)
        self._rows[job] = (in_line, listed)
        self._line.insertWidget(0, in_line)
        self._popup.rows.addWidget(listed)
        self._arrange()

    @Slot(object)
    def _remove(self, job: Job) -> None:
        for row in self._rows.pop(job, ()):
            row.hide()
            row.deleteLater()
        self._arrange()

    def _arrange(self) -> None:
        newest = self.line
        for in_line, _ in self._rows.values():
            in_line.setVisible(in_line is newest)
        several = len(self._rows) > 1
        self._more.setText(f"{len(self._rows)} jobs")
        self._more.setVisible(several)
        self.setVisible(bool(self._rows))
        if not self._rows:
            self._popup.hide()
        elif self._popup.isVisible():
            self._place_popup()

    @Slot()
    def _show_popup(self) -> None:
        self._popup.show()
        self._place_popup()

    def _place_popup(self) -> None:
        self._popup.adjustSize()
        corner = self.mapToGlobal(QPoint(self.width(), -4))
        self._popup.move(corner.x() - self._popup.width(), corner.y() - self._popup.height())

    @Slot(bool)
    def _on_popup(self, shown: bool) -> None:
        self._more.setChecked(shown)
        self._more.setIcon(theme.icon("expand" if shown else "collapse"))
