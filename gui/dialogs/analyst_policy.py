"""Shows the least policy with which somebody can read a bucket, or an app of it, to be handed to an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import OdographError, UsageError
from core.settings import write_whole
from core.storage.addresses import bucket_and_prefix, read_bucket_address
from core.storage.setup.names import check_name
from core.storage.setup.policies import analyst_policy, pretty
from gui import theme
from gui.models.texts import tip_text, visible_text
from gui.views.saving import ask_for_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SIZE = (640, 560)
_COPIED_MS = 1500
_MEANING = (
    "An administrator attaches it to the analyst’s user or role in IAM. It allows to list the batches below the "
    "address and to read them, nothing else: no other bucket, no writing, no list of buckets."
)


class AnalystPolicyDialog(QDialog):
    """The policy for an address that can be changed.

    Args:
        address: ``s3://bucket/prefix`` to begin with; may be empty.
        apps: prefixes of the apps that are known to lie there, offered one by one.
    """

    def __init__(self, address: str = "", apps: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Policy for an analyst")
        self.resize(*_SIZE)
        self.address = QLineEdit(address)
        self.address.setAccessibleName("Bucket, with the prefix that may be read")
        self.address.setPlaceholderText("s3://bucket, s3://bucket/prefix or s3://bucket/app-id")
        label = QLabel("&Bucket, with the prefix that may be read:")
        label.setBuddy(self.address)
        meaning = QLabel(_MEANING)
        meaning.setWordWrap(True)
        meaning.setProperty("role", "muted")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(theme.mono_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("The policy as JSON")
        self.problem = QLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        # Its room is kept, so that the dialog does not jump while one types.
        self.problem.setMinimumHeight(self.problem.fontMetrics().lineSpacing() * 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label)
        layout.addWidget(self.address)
        if apps:
            layout.addLayout(self._offer(address, apps))
        layout.addWidget(meaning)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.problem)
        layout.addLayout(self._build_buttons())
        self.address.textChanged.connect(self._show)
        theme.notifier.theme_changed.connect(self._show)
        self._show()

    def _offer(self, address: str, apps: Sequence[str]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(QLabel("Only one app:"))
        for app in apps[:3]:
            button = QPushButton(visible_text(app).replace("&", "&&"))
            button.setAutoDefault(False)
            button.setToolTip(tip_text(f"Let the policy name the app {visible_text(app)} alone"))
            whole = f"{address.rstrip('/')}/{app}"
            button.clicked.connect(lambda _on=False, whole=whole: self.address.setText(whole))
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _build_buttons(self) -> QHBoxLayout:
        self.copy_button = QPushButton("&Copy")
        self.copy_button.setToolTip("Put the policy on the clipboard")
        self.copy_button.clicked.connect(self._copy)
        self.save_button = QPushButton("&Save…")
        self.save_button.setToolTip("Save the policy as a JSON file")
        self.save_button.clicked.connect(self._ask_for_file)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        for button in (self.copy_button, self.save_button, buttons.button(QDialogButtonBox.StandardButton.Close)):
            button.setAutoDefault(False)
        line = QHBoxLayout()
        line.addWidget(self.copy_button)
        line.addWidget(self.save_button)
        line.addStretch(1)
        line.addWidget(buttons)
        return line

    def policy(self) -> str:
        """The policy as JSON.

        Raises:
            UsageError: the address names no bucket, or what no policy can name.
        """
        bucket, prefix = bucket_and_prefix(read_bucket_address(self.address.text()).address)
        check_name(bucket, new=False)
        return pretty(analyst_policy(bucket, prefix))

    @Slot()
    def _show(self) -> None:
        policy = ""
        try:
            policy = self.policy()
        except UsageError as error:
            title = f"{error.title}: {error.subject}" if error.subject else error.title
            self._tell(f"{title}. {error.hint}" if self.address.text().strip() else "", "error")
        else:
            self._tell("", "text")
        self.text.setPlainText(policy)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(bool(policy))

    def _tell(self, text: str, color: str) -> None:
        self.problem.setText("\n".join(map(visible_text, text.splitlines())))
        self.problem.setStyleSheet(f"color: {getattr(theme.colors(), color)};")

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.policy())
        self.copy_button.setText("Copied")
        QTimer.singleShot(_COPIED_MS, self.copy_button, lambda: self.copy_button.setText("&Copy"))

    @Slot()
    def _ask_for_file(self) -> None:
        file = ask_for_file(self, "Save the policy", "odograph analyst policy.json", "JSON (*.json)", ".json")
        if file is not None:
            self.save(file)

    def save(self, file: Path) -> None:
        """Write the policy into a file and say so, or what hinders it."""
        try:
            write_whole(file, f"{self.policy()}\n", "The policy")
        except OdographError as error:
            self._tell(f"{error.title}: {error.subject}\n{error.hint}", "error")
        else:
            self._tell(f"Saved as {file}", "text")
