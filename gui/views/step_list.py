"""Steps of some work, one below the other: what each one did, how long it took, and what to do where it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.steps import Step, StepState, report, seconds_text, step_report
from gui import theme
from gui.models.texts import visible_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QResizeEvent

MOST_HEIGHT = 420
_ICON = 18
_COPIED_MS = 1500
# The icon and the colour of each state; the colour of text where the state says nothing urgent.
_LOOKS = {
    StepState.WAITING: ("step-waiting", "disabled"),
    StepState.RUNNING: ("step-running", "info"),
    StepState.OK: ("ok", "ok"),
    StepState.WARNING: ("warning", "warning"),
    StepState.FAILED: ("error", "error"),
    StepState.SKIPPED: ("step-skipped", "muted"),
}
_SPOKEN = {
    StepState.WAITING: "Waiting",
    StepState.RUNNING: "Running",
    StepState.OK: "Done",
    StepState.WARNING: "Warning",
    StepState.FAILED: "Failed",
    StepState.SKIPPED: "Skipped",
}
_TROUBLES = frozenset({StepState.WARNING, StepState.FAILED})


class StepRow(QFrame):
    """One step: its state, what it is, what came of it and how long it took; below it what to do.

    Signals:
        focused: it has the keyboard's focus now.

    Args:
        step: what is shown first.
    """

    focused = Signal()

    def __init__(self, step: Step, parent: QWidget) -> None:
        super().__init__(parent)
        self.step = step
        self.setObjectName("stepRow")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._icon = QLabel(self)
        self._title = _label(self)
        self._result = _label(self, selectable=True)
        self._time = QLabel(self)
        self._time.setProperty("role", "muted")
        self._time.setFont(theme.tabular_font())
        self._hint = _label(self, selectable=True)
        self._copy = QToolButton(self)
        self._copy.setIcon(theme.icon("copy"))
        self._copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._copy.clicked.connect(self.copy)
        self._name_copy()
        self._copy.ensurePolished()
        top = Qt.AlignmentFlag.AlignTop
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 5, 6, 5)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(2)
        self._grid.addWidget(self._icon, 0, 0, top)
        self._grid.addWidget(self._title, 0, 1, top)
        self._grid.addWidget(self._result, 0, 2, top)
        self._grid.addWidget(self._time, 0, 3, top | Qt.AlignmentFlag.AlignRight)
        # Its room is kept while it is hidden, so that times of all rows stand below each other.
        room = QWidget(self)
        room.setFixedWidth(self._copy.sizeHint().width())
        inside = QVBoxLayout(room)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._copy)
        self._grid.addWidget(room, 0, 4, 2, 1, top)
        self._grid.addWidget(self._hint, 1, 1, 1, 3)
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnMinimumWidth(3, self._time.fontMetrics().horizontalAdvance("999 ms"))
        self.show_step(step)

    def show_step(self, step: Step) -> None:
        """Show how the step stands now."""
        self.step = step
        self._title.setText(visible_text(step.title))
        self._result.setText(visible_text(step.result))
        self._time.setText(seconds_text(step.seconds) if step.seconds is not None else "")
        self._hint.setText("\n".join(map(visible_text, step.hint.splitlines())))
        self._hint.setVisible(bool(step.hint))
        self._copy.setVisible(bool(step.detail or (step.state in _TROUBLES and step.hint)))
        said = [f"{_SPOKEN[step.state]}: {step.title}", step.result, self._time.text(), step.hint]
        self.setAccessibleName(". ".join(part for part in said if part))
        self._icon.setToolTip(_SPOKEN[step.state])
        self.paint()

    def title_width(self) -> int:
        """How wide the title is, in pixels, where it need not be wrapped."""
        return self._title.fontMetrics().horizontalAdvance(self._title.text()) + 2

    def set_title_width(self, width: int) -> None:
        """Let the title take this many pixels, so that results of several rows stand below each other."""
        self._title.setFixedWidth(width)

    def follow(self, widget: QWidget) -> QWidget:
        """Let Tab come here after another widget; the last widget of the row."""
        QWidget.setTabOrder(widget, self)
        QWidget.setTabOrder(self, self._copy)
        return self._copy

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    @Slot()
    def copy(self) -> None:
        """Put everything there is to know of the step on the clipboard."""
        QGuiApplication.clipboard().setText(step_report(self.step))
        self._copy.setIcon(theme.icon("ok", "ok"))
        self._copy.setToolTip("Copied")
        QTimer.singleShot(_COPIED_MS, self._copy, self._name_copy)

    @Slot()
    def _name_copy(self) -> None:
        self._copy.setIcon(theme.icon("copy"))
        self._copy.setToolTip("Copy everything there is to know about this step")
        self._copy.setAccessibleName(f"Copy details of {self.step.title}")

    @Slot()
    def paint(self) -> None:
        """Take the colours of the theme."""
        colors = theme.colors()
        name, color = _LOOKS[self.step.state]
        self._icon.setPixmap(theme.icon(name, color).pixmap(QSize(_ICON, _ICON)))
        quiet = self.step.state in {StepState.WAITING, StepState.SKIPPED}
        strong = getattr(colors, color) if self.step.state in _TROUBLES else colors.text
        self._title.setStyleSheet(f"color: {colors.muted if quiet else colors.text};")
        self._result.setStyleSheet(f"color: {colors.muted if quiet else strong};")
        self.setStyleSheet(
            f"#stepRow {{ border: 1px solid transparent; border-radius: 4px; }}"
            f"#stepRow:focus {{ border-color: {colors.accent}; }}"
        )


class StepList(QScrollArea):
    """Rows of steps, as high as they need up to a limit; beyond that it scrolls.

    Arrow keys, Home and End go from row to row, Ctrl+C copies everything there is to know of all steps.

    Args:
        name: what the list is called for those who do not see it.
        most_height: of the list, in pixels, beyond which it scrolls.
    """

    def __init__(self, name: str = "Steps", parent: QWidget | None = None, *, most_height: int = MOST_HEIGHT) -> None:
        super().__init__(parent)
        self._most_height = most_height
        self._rows: dict[str, StepRow] = {}
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._inside = QWidget()
        self._inside.setObjectName("stepsInside")
        self._layout = QVBoxLayout(self._inside)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)
        self.setWidget(self._inside)
        # What lies behind the list is seen through it.
        self.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        theme.notifier.theme_changed.connect(self._paint)
        self._fit()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps as they are shown, in order."""
        return tuple(row.step for row in self._rows.values())

    @property
    def rows(self) -> tuple[StepRow, ...]:
        """The rows, in order."""
        return tuple(self._rows.values())

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show these steps and no others. Rows whose ids stay are kept, with the focus in them.

        Raises:
            ValueError: two steps have the same id.
        """
        if len({step.id for step in steps}) != len(steps):
            raise ValueError("two steps have the same id")
        wanted = {step.id for step in steps}
        for gone in [id for id in self._rows if id not in wanted]:
            row = self._rows.pop(gone)
            row.hide()
            self._layout.removeWidget(row)
            row.deleteLater()
        known = self._rows
        self._rows = {}
        for place, step in enumerate(steps):
            row = known.get(step.id) or self._make_row(step)
            if row.step is not step:
                self._show(row, step)
            if self._layout.indexOf(row) != place:
                self._layout.insertWidget(place, row)
            self._rows[step.id] = row
            row.show()
        # Otherwise Tab would come to rows in the order in which they were made, after the rest of the window. Only what
        # can have the focus is ordered.
        self._inside.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        before_it: QWidget = self._inside
        for row in self._rows.values():
            before_it = row.follow(before_it)
        self._inside.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._let_tab_in()
        self._align()

    def update_step(self, step: Step) -> None:
        """Show how one step stands now; it is added at the end where there was none of its id."""
        row = self._rows.get(step.id)
        if row is None:
            self.set_steps((*self.steps, step))
            return
        self._show(row, step)
        self._align()
        if step.state is not StepState.WAITING:
            self._layout.activate()
            self.ensureWidgetVisible(row, 0, 4)

    def clear(self) -> None:
        """Show no step."""
        self.set_steps(())

    def report(self) -> str:
        """Everything there is to know of all steps, line by line."""
        return report(self.steps)

    @Slot()
    def copy(self) -> None:
        """Put the report on the clipboard."""
        QGuiApplication.clipboard().setText(self.report())

    def sizeHint(self) -> QSize:
        return QSize(420, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._align()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._align()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = self.rows
        current = next((place for place, row in enumerate(rows) if row.hasFocus()), None)
        target = {
            Qt.Key.Key_Down: 0 if current is None else current + 1,
            Qt.Key.Key_Up: -1 if current is None else current - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(rows) - 1,
        }.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif target is not None and rows:
            row = rows[max(0, min(len(rows) - 1, target))]
            row.setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(row, 0, 4)
        else:
            super().keyPressEvent(event)

    def _make_row(self, step: Step) -> StepRow:
        row = StepRow(step, self._inside)
        row.focused.connect(self._let_tab_in)
        return row

    @Slot()
    def _let_tab_in(self) -> None:
        """Tab comes to one row alone, the one that had the focus last; arrows go on from there."""
        rows = self.rows
        inside = [row for row in rows if row.hasFocus()] or [
            row for row in rows if row.focusPolicy() is Qt.FocusPolicy.StrongFocus
        ]
        for row in rows:
            entered = row is (inside or rows)[0]
            row.setFocusPolicy(Qt.FocusPolicy.StrongFocus if entered else Qt.FocusPolicy.ClickFocus)

    def _show(self, row: StepRow, step: Step) -> None:
        ended = step.state in _TROUBLES and step.state is not row.step.state
        row.show_step(step)
        if ended and self.isVisible():
            spoken = QAccessibleAnnouncementEvent(row, row.accessibleName())
            spoken.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
            QAccessible.updateAccessibility(spoken)

    def _align(self) -> None:
        # Titles may take up to a third of the width.
        most = max(120, self.viewport().width() // 3)
        width = min(most, max((row.title_width() for row in self._rows.values()), default=0))
        for row in self._rows.values():
            row.set_title_width(width)
        self._fit()

    def _fit(self) -> None:
        """Ask for the height that the rows need at this width; a scroll area alone would not."""
        height = self._layout.totalHeightForWidth(max(self.viewport().width(), 1)) if self._rows else 0
        height = min(self._most_height, max(height, 0))
        if height != self.minimumHeight():
            self.setMinimumHeight(height)
            self.updateGeometry()

    @Slot()
    def _paint(self) -> None:
        for row in self._rows.values():
            row.paint()


def _label(parent: QWidget, *, selectable: bool = False) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    # A long word must not widen the row beyond the list.
    label.setMinimumWidth(40)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
