"""Asks which bucket to open and how to reach it. Credentials are never asked for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.connections import Connection, S3Options
from core.errors import OdographError, UsageError
from core.storage.addresses import read_bucket_address
from core.storage.connection import open_source
from core.storage.keys import is_app
from gui import theme

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.storage.source import LevelPage
    from gui.job_runner import Job, JobRunner

_WIDTH = 560
_CREDENTIALS = (
    "Credentials come from the AWS configuration of this computer: profiles, single sign-on, environment or role. "
    "Odograph neither asks for keys nor keeps them."
)


def _find_profiles(ctx: JobContext) -> list[str]:
    # Importing the AWS packages takes a quarter of a second, which the window must not wait for.
    from core.storage.profiles import profiles

    return [profile.name for profile in profiles()]


def _first_page(address: str, options: S3Options, ctx: JobContext) -> LevelPage | None:
    with suppress(StopIteration):
        return next(iter(open_source(address, options).list_level("", ctx)))
    return None


class ConnectDialog(QDialog):
    """Bucket, profile, region and server.

    Signals:
        chosen(str, S3Options): open this address (``s3://bucket/prefix``) in this way.

    Args:
        jobs: runs the test of the connection.
        source: what the fields begin with.
    """

    chosen = Signal(str, object)

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None, source: Connection | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Connect to a bucket")
        self._jobs = jobs
        self._test: Job | None = None
        self._error: OdographError | None = None
        self.address = QLineEdit()
        self.address.setPlaceholderText("s3://bucket/prefix")
        self.address.setClearButtonEnabled(True)
        self.profile = QComboBox(editable=True)
        self.profile.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.region = QLineEdit()
        self.region.setPlaceholderText("Found automatically")
        self.endpoint = QLineEdit()
        self.endpoint.setPlaceholderText("https://minio.example.com:9000")
        self._build()
        self._fill(source or Connection(""))
        self.address.editingFinished.connect(self._take_apart)
        for field in (self.address, self.region, self.endpoint):
            field.textChanged.connect(self._on_edited)
        self.profile.editTextChanged.connect(self._on_edited)
        finding = jobs.submit("Finding AWS profiles", _find_profiles, quiet=True)
        finding.succeeded.connect(self._set_profiles)
        finding.failed.connect(self._show_error)

    # Building

    def _build(self) -> None:
        self.advanced = QToolButton()
        self.advanced.setText("Advanced")
        self.advanced.setCheckable(True)
        self.advanced.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.advanced.setToolTip("Region and server, where they cannot be found automatically")
        self.advanced.setStyleSheet("QToolButton:checked { background: transparent; }")
        self.advanced.toggled.connect(self._fold)
        self.endpoint.setToolTip("Only for servers that are not AWS, such as MinIO")
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(10)
        self._form.addRow("&Bucket", self.address)
        self._form.addRow("&Profile", self.profile)
        self._form.addRow(self.advanced)
        self._form.addRow("&Region", self.region)
        self._form.addRow("&Server", self.endpoint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(self._form)
        layout.addWidget(self._note(_CREDENTIALS))
        layout.addWidget(self._build_result())
        layout.addStretch(1)
        layout.addLayout(self._build_buttons())
        self.setMinimumWidth(_WIDTH)
        self._fold(False)

    @staticmethod
    def _note(text: str) -> QLabel:
        note = QLabel(text)
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        return note

    def _build_result(self) -> QFrame:
        self._result = QFrame()
        self._result.setObjectName("result")
        self._result_icon = QLabel()
        self._result_text = QLabel()
        self._result_text.setWordWrap(True)
        self._result_text.setTextFormat(Qt.TextFormat.PlainText)
        self._result_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = QToolButton()
        self._copy.setIcon(theme.icon("copy"))
        self._copy.setToolTip("Copy everything there is to know about this")
        self._copy.setAccessibleName("Copy details")
        self._copy.clicked.connect(self._copy_details)
        layout = QHBoxLayout(self._result)
        layout.setContentsMargins(10, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._result_icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._result_text, 1)
        layout.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self._result.hide()
        return self._result

    def _build_buttons(self) -> QHBoxLayout:
        self.test_button = QPushButton("&Test")
        self.test_button.setToolTip("List the first page and say what was found")
        self.test_button.setAutoDefault(False)
        self.test_button.clicked.connect(self.test)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.connect_button = buttons.addButton("&Connect", QDialogButtonBox.ButtonRole.AcceptRole)
        self.connect_button.setDefault(True)
        # Otherwise it would become what Enter does while Connect is disabled, and stay that.
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        line = QHBoxLayout()
        line.addWidget(self.test_button)
        line.addStretch(1)
        line.addWidget(buttons)
        return line

    def _fill(self, source: Connection) -> None:
        self.address.setText(source.address)
        self.profile.setEditText(source.options.profile)
        self.region.setText(source.options.region)
        self.endpoint.setText(source.options.endpoint_url)
        self.advanced.setChecked(bool(source.options.region or source.options.endpoint_url))
        field = self.profile.lineEdit()
        if field is not None:
            field.setPlaceholderText("As the AWS command line would choose")
            field.setAccessibleName("AWS profile")
        self._on_edited()

    # What the fields say

    def options(self) -> S3Options:
        """How the bucket is to be reached, as the fields say."""
        return S3Options(self.profile.currentText().strip(), self.region.text().strip(), self.endpoint.text().strip())

    @Slot(object)
    def _set_profiles(self, names: list[str]) -> None:
        typed = self.profile.currentText()
        self.profile.addItems(names)
        self.profile.setCurrentIndex(-1)
        self.profile.setEditText(typed)

    @Slot()
    def _take_apart(self) -> None:
        """Move what a pasted address says of region and server into their fields."""
        with suppress(UsageError):
            found = read_bucket_address(self.address.text())
            if found.address != self.address.text():
                self.address.setText(found.address)
            if found.region:
                self.region.setText(found.region)
            if found.endpoint_url:
                self.endpoint.setText(found.endpoint_url)
            if found.region or found.endpoint_url:
                self.advanced.setChecked(True)

    @Slot()
    def _on_edited(self) -> None:
        self._stop_test()
        self._result.hide()
        self._mark(None)
        filled = bool(self.address.text().strip())
        self.test_button.setEnabled(filled)
        self.connect_button.setEnabled(filled)

    @Slot(bool)
    def _fold(self, open_: bool) -> None:
        for field in (self.region, self.endpoint):
            self._form.setRowVisible(field, open_)
        self.advanced.setIcon(theme.icon("collapse" if open_ else "expand"))
        self._fit()

    def _fit(self) -> None:
        """Be as high as what is shown needs; a dialog alone does not follow texts that are wrapped."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            width = max(self.width(), _WIDTH)
            self.resize(width, layout.totalHeightForWidth(width))

    def _checked(self) -> str | None:
        """The address, when all fields make sense; otherwise the dialog says what does not."""
        self._take_apart()
        try:
            address = read_bucket_address(self.address.text()).address
            open_source(address, self.options())
        except OdographError as error:
            self._show_error(error)
            return None
        return address

    # Testing

    @Slot()
    def test(self) -> None:
        """List the first page in a job and say what was found; a second click stops it."""
        if self._test is not None:
            self._stop_test()
            self._result.hide()
            return
        address = self._checked()
        if address is None:
            return
        options = self.options()
        self._show("info", "Asking the server…")
        self.test_button.setText("S&top")
        self._test = self._jobs.submit("Testing the connection", lambda ctx: _first_page(address, options, ctx))
        self._test.succeeded.connect(self._on_answer)
        self._test.failed.connect(self._on_no_answer)
        self._test.cancelled.connect(self._on_stopped)

    def _stop_test(self) -> None:
        job, self._test = self._test, None
        self.test_button.setText("&Test")
        if job is not None:
            job.cancel()

    @Slot(object)
    def _on_answer(self, page: LevelPage | None) -> None:
        if self.sender() is not self._test:
            return
        self._stop_test()
        apps = [name for name in page.folders if is_app(name)] if page else []
        if apps:
            self._show("ok", f"It works: {_count(len(apps), 'app')} found.")
        elif page and (page.folders or page.objects):
            found = f"{_count(len(page.folders), 'folder')} and {_count(len(page.objects), 'object')}"
            self._show("ok", f"It works. Here lie {found}; an app’s folder has a name of 24 hexadecimal characters.")
        else:
            self._show("warning", "The server answers, but there is nothing below this address.")

    @Slot(object)
    def _on_no_answer(self, error: OdographError) -> None:
        if self.sender() is self._test:
            self._stop_test()
            self._show_error(error)

    @Slot()
    def _on_stopped(self) -> None:
        if self.sender() is self._test:
            self._stop_test()
            self._result.hide()

    # Telling

    @Slot(object)
    def _show_error(self, error: OdographError) -> None:
        self._error = error
        lines = [f"{error.title}: {error.subject}" if error.subject else error.title, error.hint]
        self._show("error", "\n".join(line for line in lines if line))
        self._mark(error)

    def _mark(self, error: OdographError | None) -> None:
        wrong: QWidget | None = None
        if isinstance(error, UsageError):
            fields = {self.region: self.region.text(), self.endpoint: self.endpoint.text()}
            wrong = next((field for field, text in fields.items() if text and text == error.subject), self.address)
        for field in (self.address, self.region, self.endpoint):
            if bool(field.property("invalid")) != (field is wrong):
                field.setProperty("invalid", field is wrong)
                field.style().unpolish(field)
                field.style().polish(field)
        if wrong in (self.region, self.endpoint):
            self.advanced.setChecked(True)

    def _show(self, severity: str, text: str) -> None:
        colors = theme.colors()
        strong = getattr(colors, severity)
        fill = getattr(colors, f"{severity}_fill", colors.surface)
        self._result_icon.setPixmap(theme.icon(severity, severity).pixmap(QSize(18, 18)))
        self._result_text.setText(text)
        self._result.setAccessibleName(text)
        self._result.setStyleSheet(f"#result {{ background: {fill}; border: 1px solid {strong}; border-radius: 4px; }}")
        self._copy.setVisible(severity == "error")
        self._result.show()
        self._fit()

    @property
    def result_text(self) -> str:
        """What the dialog tells just now; empty where it tells nothing."""
        return "" if self._result.isHidden() else self._result_text.text()

    @Slot()
    def _copy_details(self) -> None:
        if self._error is not None:
            QGuiApplication.clipboard().setText(self._error.report())

    # Ending

    def accept(self) -> None:
        """Hand over what the fields say, if it makes sense."""
        address = self._checked()
        if address is not None:
            self.chosen.emit(address, self.options())
            super().accept()

    def done(self, result: int) -> None:
        self._stop_test()
        super().done(result)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
