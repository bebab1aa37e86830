"""The one place of the window where errors, warnings and news appear, without ever stopping anyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui import theme
from gui.messages import Severity
from gui.models.texts import line_text
from gui.views.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.messages import MessageCenter, Notice

MAX_VISIBLE = 3
INFO_SECONDS = 6.0
_COPIED_MS = 1500
_LEAST_TITLE = 120
_SPOKEN = {Severity.INFO: "Note", Severity.WARNING: "Warning", Severity.ERROR: "Error"}


class _Title(QLabel):
    """As wide as its text where there is room, else wrapped."""

    def __init__(self, text: str) -> None:
        super().__init__(line_text(text))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.scaled_font(1, bold=True))
        self.setWordWrap(True)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(_LEAST_TITLE, self.sizeHint().width()), self.fontMetrics().height())


class NoticeRow(QFrame):
    """One notice: icon, title, subject, hint, and what can be done with it.

    Signals:
        dismissed: the person has read it.
    """

    dismissed = Signal()

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setObjectName("noticeRow")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{_SPOKEN[notice.severity]}: {notice.text}")
        self._icon = QLabel()
        self._title = _Title(notice.title)
        self._subject = ElidedLabel(notice.subject)
        # The title takes the room it needs, the subject what is left.
        self._subject.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._subject.setMinimumWidth(self._subject.minimumSizeHint().width())
        self._hint = QLabel(notice.hint)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        self._hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._title)
        first.addWidget(self._subject, 1)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addLayout(first)
        texts.addWidget(self._hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(8)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(texts, 1)
        for button in self._buttons():
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        # Only now: a label without a parent would be shown as a window and take the activity from ours.
        self._hint.setVisible(bool(notice.hint))
        self._paint()
        theme.notifier.theme_changed.connect(self._paint)

    def _buttons(self) -> list[QWidget]:
        buttons: list[QWidget] = []
        notice = self.notice
        for text, callback in ((notice.action, notice.callback), (notice.other, notice.other_callback)):
            if text:
                act = QPushButton(text)
                act.clicked.connect(lambda _on=False, callback=callback: self._act(callback))
                buttons.append(act)
        if self.notice.severity is not Severity.INFO:
            self._copy = QToolButton()
            self._copy.setText("Copy details")
            self._copy.setIcon(theme.icon("copy"))
            self._copy.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self._copy.setToolTip("Copy everything there is to know about this")
            self._copy.clicked.connect(self._copy_details)
            buttons.append(self._copy)
        close = QToolButton()
        close.setIcon(theme.icon("close"))
        close.setToolTip("Dismiss (Esc)")
        close.setAccessibleName("Dismiss")
        close.clicked.connect(self.dismissed)
        buttons.append(close)
        return buttons

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
        else:
            super().keyPressEvent(event)

    def _act(self, callback: Callable[[], object] | None) -> None:
        # First away with it: the callback may bring the next notice.
        self.dismissed.emit()
        if callback is not None:
            callback()

    @Slot()
    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self.notice.report)
        self._copy.setText("Copied")
        QTimer.singleShot(_COPIED_MS, self._copy, lambda: self._copy.setText("Copy details"))

    @Slot()
    def _paint(self) -> None:
        colors = theme.colors()
        severity = self.notice.severity.value
        strong, fill = getattr(colors, severity), getattr(colors, f"{severity}_fill")
        self._icon.setPixmap(theme.icon(severity, severity).pixmap(QSize(18, 18)))
        self.setStyleSheet(
            f"#noticeRow {{ background: {fill}; border: none; border-left: 3px solid {strong};"
            f" border-bottom: 1px solid {colors.border}; }}"
            f"#noticeRow:focus {{ border: 1px solid {colors.accent}; border-left: 3px solid {strong}; }}"
        )


class MessageBar(QWidget):
    """Shows the notices of a message center: at most three, newest first, and how many more there are.

    Args:
        center: where the notices come from; those that wait already are shown at once.
        info_seconds: how long news stay.
    """

    def __init__(
        self, center: MessageCenter, parent: QWidget | None = None, *, info_seconds: float = INFO_SECONDS
    ) -> None:
        super().__init__(parent)
        self._center = center
        self._info_ms = round(info_seconds * 1000)
        self._rows: dict[Notice, NoticeRow] = {}
        self.setAccessibleName("Notices")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._footer = QWidget()
        self._more = QLabel()
        self._more.setProperty("role", "muted")
        dismiss_all = QToolButton()
        dismiss_all.setText("Dismiss all")
        dismiss_all.clicked.connect(center.dismiss_all)
        footer = QHBoxLayout(self._footer)
        footer.setContentsMargins(12, 2, 6, 2)
        footer.addWidget(self._more, 1)
        footer.addWidget(dismiss_all)
        self._layout.addWidget(self._footer)
        center.changed.connect(self._show_notices)
        self._show_notices()

    @property
    def rows(self) -> list[NoticeRow]:
        """The rows that are shown, newest first."""
        return [self._rows[notice] for notice in self._center.notices if notice in self._rows]

    @Slot()
    def _show_notices(self) -> None:
        notices = self._center.notices
        visible = notices[:MAX_VISIBLE]
        for notice in [notice for notice in self._rows if notice not in visible]:
            row = self._rows.pop(notice)
            row.hide()
            self._layout.removeWidget(row)
            row.deleteLater()
        for place, notice in enumerate(visible):
            if notice not in self._rows:
                row = self._rows[notice] = self._make_row(notice)
                self._layout.insertWidget(place, row)
        hidden = len(notices) - len(visible)
        self._more.setText(f"and {hidden} more")
        self._footer.setVisible(hidden > 0)
        self.setVisible(bool(visible))

    def _make_row(self, notice: Notice) -> NoticeRow:
        row = NoticeRow(notice, self)
        row.dismissed.connect(lambda: self._center.dismiss(notice))
        if notice.severity is Severity.INFO:
            QTimer.singleShot(self._info_ms, row, lambda: self._center.dismiss(notice))
        assertive = QAccessible.AnnouncementPoliteness.Assertive
        polite = QAccessible.AnnouncementPoliteness.Polite
        event = QAccessibleAnnouncementEvent(row, row.accessibleName())
        event.setPoliteness(polite if notice.severity is Severity.INFO else assertive)
        QAccessible.updateAccessibility(event)
        return row
