"""Shows what has to be done in the browser to sign in, while a job waits for it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.models.texts import visible_text
from gui.views.wrapped_text import WrappedText

if TYPE_CHECKING:
    from core.errors import OdographError
    from core.storage.sso import Prompt

_WIDTH = 480
_CODE_SIZE = 2.4
_SECOND_MS = 1000
_COPIED_MS = 1500
_BAR_HEIGHT = 6
_ASKING = "Asking the server…"
_NO_CODE = "Let the browser of this computer report back, as newer versions of the AWS CLI do"
_ONLY_CODE = "This profile names no sso-session, and can sign in with a code alone"
_CODE = "Show a code, which can be confirmed on any device"
_BY_CODE = "Confirm in the browser that it shows this code:"
_BY_BROWSER = "Finish signing in with the browser of this computer, which reports back by itself."


class SignInDialog(QDialog):
    """Code, page and time left. It stays beside the window, which can be used meanwhile.

    Signals:
        open_requested(str): open this page in the browser.
        again_requested(bool): begin again, with a code or without.

    Closing it is giving up. Whoever runs the job calls :meth:`begin`, then :meth:`show_prompt`, :meth:`show_error`, or
    :meth:`accept`.

    Args:
        profile: of the AWS configuration; empty for the default one.
    """

    open_requested = Signal(str)
    again_requested = Signal(bool)

    def __init__(self, profile: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sign in")
        self.setModal(False)
        self._prompt: Prompt | None = None
        self._error: OdographError | None = None
        self._coded = True
        self._only_coded = False
        self._ends = 0.0
        self._clock = QTimer(self, interval=_SECOND_MS)
        self._clock.timeout.connect(self._show_time)
        self._build(f"Signing in with the profile “{profile}”" if profile else "Signing in with the default profile")
        self.begin(coded=True)

    # Building

    def _build(self, heading: str) -> None:
        title = QLabel(visible_text(heading))
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setFont(theme.scaled_font(1.15))
        title.setWordWrap(True)
        self._what = QLabel()
        self._what.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR_HEIGHT)
        self._bar.setAccessibleName("Asking the server")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        for part in (title, self._what, self._bar, self._build_code(), self._build_page(), self._build_result()):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addLayout(self._build_buttons())
        self.setMinimumWidth(_WIDTH)

    def _build_code(self) -> QFrame:
        self._code_frame = QFrame()
        self._code_frame.setObjectName("code")
        self.code = QLabel()
        self.code.setTextFormat(Qt.TextFormat.PlainText)
        font = theme.mono_font()
        font.setPointSizeF(font.pointSizeF() * _CODE_SIZE)
        self.code.setFont(font)
        self.code.setAccessibleName("Code")
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy_button = QToolButton()
        self.copy_button.setText("Copy")
        self.copy_button.setIcon(theme.icon("copy"))
        self.copy_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.copy_button.setToolTip("Copy the code")
        self.copy_button.setAccessibleName("Copy the code")
        self.copy_button.clicked.connect(self._copy_code)
        layout = QHBoxLayout(self._code_frame)
        layout.setContentsMargins(16, 10, 12, 10)
        layout.addStretch(1)
        layout.addWidget(self.code)
        layout.addStretch(1)
        layout.addWidget(self.copy_button)
        return self._code_frame

    def _build_page(self) -> QWidget:
        self._page = QWidget()
        self._page_text = WrappedText()
        self._page_text.setAccessibleName("Page")
        self._time = QLabel()
        self._time.setProperty("role", "muted")
        self.copy_page_button = QToolButton()
        self.copy_page_button.setIcon(theme.icon("copy"))
        self.copy_page_button.setToolTip("Copy the address of the page")
        self.copy_page_button.setAccessibleName("Copy the address of the page")
        self.copy_page_button.clicked.connect(self._copy_page)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._page_text, 1)
        line.addWidget(self.copy_page_button)
        layout = QVBoxLayout(self._page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self._time)
        return self._page

    def _build_result(self) -> QFrame:
        self._result = QFrame()
        self._result.setObjectName("result")
        self._result_icon = QLabel()
        self._result_text = QLabel()
        self._result_text.setWordWrap(True)
        self._result_text.setTextFormat(Qt.TextFormat.PlainText)
        self._result_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = QToolButton()
        copy.setIcon(theme.icon("copy"))
        copy.setToolTip("Copy everything there is to know about this")
        copy.setAccessibleName("Copy details")
        copy.clicked.connect(self._copy_details)
        layout = QHBoxLayout(self._result)
        layout.setContentsMargins(10, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._result_icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._result_text, 1)
        layout.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        theme.notifier.theme_changed.connect(self._paint)
        return self._result

    def _build_buttons(self) -> QHBoxLayout:
        self.other_button = QPushButton()
        self.other_button.setAutoDefault(False)
        self.other_button.clicked.connect(lambda: self.again_requested.emit(not self._coded))
        self.open_button = QPushButton("&Open browser again")
        self.open_button.setToolTip("Open the page once more")
        self.open_button.clicked.connect(self._open_page)
        self.again_button = QPushButton("&Try again")
        self.again_button.clicked.connect(lambda: self.again_requested.emit(self._coded))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.again_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.cancel_button = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.cancel_button.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        line = QHBoxLayout()
        line.addWidget(self.other_button)
        line.addStretch(1)
        line.addWidget(buttons)
        return line

    # What is shown

    def begin(self, *, coded: bool) -> None:
        """Nothing is known yet.

        Args:
            coded: whether a code will come; otherwise the browser reports back.
        """
        self._coded, self._prompt, self._error = coded, None, None
        self._show_what()
        self.cancel_button.setFocus()

    def show_prompt(self, prompt: Prompt) -> None:
        """Show what a person has to do."""
        self._prompt, self._error = prompt, None
        if prompt.code and not self._coded:
            self._coded = self._only_coded = True
        self._ends = time.monotonic() + prompt.seconds
        self.code.setText(prompt.code)
        elsewhere = f"On another device, open {prompt.page} and type the code"
        self._page_text.show_text(visible_text(elsewhere if prompt.page else "The page works on this computer alone"))
        self._clock.start()
        self._show_time()
        self._show_what()
        self.open_button.setFocus()

    def show_error(self, error: OdographError) -> None:
        """Show why nobody is signed in."""
        self._prompt, self._error = None, error
        lines = [f"{error.title}: {error.subject}" if error.subject else error.title, error.hint]
        self._result_text.setText("\n".join(line for line in lines if line))
        self._result.setAccessibleName(self._result_text.text())
        self._paint()
        self._show_what()
        self.again_button.setFocus()

    @property
    def text(self) -> str:
        """What the dialog asks for or tells just now."""
        return self._result_text.text() if self._error is not None else self._what.text()

    @property
    def time_left(self) -> str:
        """How long there is time, as it is shown."""
        return self._time.text()

    def _show_what(self) -> None:
        prompt, failed = self._prompt, self._error is not None
        coded = prompt is not None and bool(prompt.code)
        self._what.setText(_ASKING if prompt is None else _BY_CODE if coded else _BY_BROWSER)
        self._what.setVisible(not failed)
        self._bar.setVisible(prompt is None and not failed)
        self._code_frame.setVisible(coded)
        self._page.setVisible(prompt is not None)
        self._result.setVisible(failed)
        self.open_button.setVisible(prompt is not None)
        self.again_button.setVisible(failed)
        self.again_button.setDefault(failed)
        self.other_button.setText("&Without a code" if self._coded else "With a &code")
        self.other_button.setEnabled(not self._only_coded)
        self.other_button.setToolTip(_ONLY_CODE if self._only_coded else _NO_CODE if self._coded else _CODE)
        if prompt is None:
            self._clock.stop()
        self._paint()
        self._fit()

    @Slot()
    def _show_time(self) -> None:
        left = max(0, math.ceil(self._ends - time.monotonic()))
        self._time.setText(f"Time left: {left // 60}:{left % 60:02d}")

    @Slot()
    def _paint(self) -> None:
        colors = theme.colors()
        self._code_frame.setStyleSheet(
            f"#code {{ background: {colors.surface}; border: 1px solid {colors.border}; border-radius: 4px; }}"
        )
        self._result_icon.setPixmap(theme.icon("error", "error").pixmap(QSize(18, 18)))
        self._result.setStyleSheet(
            f"#result {{ background: {colors.error_fill}; border: 1px solid {colors.error}; border-radius: 4px; }}"
        )

    def _fit(self) -> None:
        """Be as high as what is shown needs; a dialog alone does not follow texts that are wrapped."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            width = max(self.width(), _WIDTH)
            layout.setGeometry(QRect(0, 0, width, self.height()))
            self.resize(width, layout.totalHeightForWidth(width))

    # What a person does

    @Slot()
    def _copy_code(self) -> None:
        QGuiApplication.clipboard().setText(self.code.text())
        self.copy_button.setText("Copied")
        QTimer.singleShot(_COPIED_MS, self.copy_button, lambda: self.copy_button.setText("Copy"))

    @Slot()
    def _copy_page(self) -> None:
        if self._prompt is not None:
            QGuiApplication.clipboard().setText(self._prompt.address)

    @Slot()
    def _copy_details(self) -> None:
        if self._error is not None:
            QGuiApplication.clipboard().setText(self._error.report())

    @Slot()
    def _open_page(self) -> None:
        if self._prompt is not None:
            self.open_requested.emit(self._prompt.address)

    def done(self, result: int) -> None:
        self._clock.stop()
        super().done(result)
