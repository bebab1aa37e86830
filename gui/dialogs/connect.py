"""The editor of a connection: which bucket, how it is reached, and the name under which it is saved."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.connections import LONGEST_NAME, Addressing, Connection, S3Options, by_name, free_name
from core.errors import OdographError, UsageError
from core.storage import access_keys
from core.storage.addresses import read_bucket_address
from core.storage.connection import open_source
from core.storage.keys import split_batch
from gui import theme
from gui.dialogs.connection_test import ConnectionTest
from gui.dialogs.credentials import CredentialRows, find_profiles
from gui.dialogs.error_frame import ErrorFrame

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtGui import QShowEvent

    from core.storage.access_keys import AccessKeys
    from gui.job_runner import JobRunner

_WIDTH = 600
# What a window manager adds above and below a dialog, roughly.
_FRAME = 48
_ADDRESSING = {
    Addressing.AUTO: "As the AWS command line would choose",
    Addressing.PATH: "In the path: server/bucket",
    Addressing.VIRTUAL: "In the host: bucket.server",
}
# The name of the access keys that are being tested; no connection is called so.
_TESTED = "\0tested"


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered.

    Attributes:
        connection: it is to be saved where it has a name.
        keys: the access keys that were typed, or None.
        keep_keys: whether the system's keyring is to keep them.
        before: the name under which it was saved until now; may be empty.
    """

    connection: Connection
    keys: AccessKeys | None
    keep_keys: bool
    before: str


class ConnectDialog(QDialog):
    """Bucket, credentials, region, server, and a name to save all of it under.

    Signals:
        chosen(Entered): open it, and save it where it has a name.
        saved(Entered): save it.
        sign_in_wanted(str profile): the test has found that this is necessary.

    Args:
        jobs: runs the test of the connection.
        source: what the fields begin with; where it has a name it is edited.
        others: the other saved connections, whose names are taken.
        keys_taken: the names of access keys that others use.
    """

    chosen = Signal(object)
    saved = Signal(object)
    sign_in_wanted = Signal(str)

    def __init__(
        self,
        jobs: JobRunner,
        parent: QWidget | None = None,
        source: Connection | None = None,
        *,
        others: Collection[Connection] = (),
        keys_taken: Collection[str] = (),
    ) -> None:
        super().__init__(parent)
        self._source = source or Connection("")
        self.setWindowTitle("Edit the connection" if self._source.name else "Connect to a bucket")
        self._verb = "&Connect"
        self._others = others
        self._keys_taken = keys_taken
        self.address = QLineEdit()
        self.address.setPlaceholderText("s3://bucket/prefix")
        self.address.setClearButtonEnabled(True)
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText("To save this connection, otherwise leave empty")
        self.region = QLineEdit()
        self.region.setPlaceholderText("Found automatically")
        self.endpoint = QLineEdit()
        self.endpoint.setPlaceholderText("https://minio.example.com:9000")
        self.endpoint.setToolTip("Only for servers that are not AWS, such as MinIO")
        self.addressing = QComboBox()
        self.addressing.setToolTip("Where a request names the bucket; some servers know only one way")
        for style, text in _ADDRESSING.items():
            self.addressing.addItem(text, style)
        self.ca_file = QLineEdit()
        self.ca_file.setPlaceholderText("Those that this computer trusts")
        self.trouble = ErrorFrame()
        self.tester = ConnectionTest(jobs)
        self._build(jobs)
        self._fill()
        self.address.editingFinished.connect(self._take_apart)
        for field in self._fields:
            field.textChanged.connect(self._on_edited)
        self.addressing.currentIndexChanged.connect(self._on_edited)
        self.credentials.edited.connect(self._on_edited)
        self.credentials.folded.connect(self._fit)
        self.tester.finished.connect(self._on_tested)
        self.tester.suggested.connect(self._take_suggestion)
        self.tester.sign_in_wanted.connect(self.sign_in_wanted)
        finding = jobs.submit("Finding AWS profiles", find_profiles, quiet=True)
        finding.succeeded.connect(self.credentials.set_profiles)
        finding.failed.connect(self._show_error)

    def set_verb(self, verb: str) -> None:
        """What the main button says it does with the connection, with a mnemonic."""
        self._verb = verb
        self._on_edited()

    @property
    def _fields(self) -> tuple[QLineEdit, ...]:
        return (self.address, self.name, self.region, self.endpoint, self.ca_file)

    # Building

    def _build(self, jobs: JobRunner) -> None:
        self.advanced = QToolButton()
        self.advanced.setText("Advanced")
        self.advanced.setCheckable(True)
        self.advanced.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.advanced.setToolTip("Region, server and certificates, where they cannot be found automatically")
        self.advanced.setStyleSheet("QToolButton:checked { background: transparent; }")
        self.advanced.toggled.connect(self._fold)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(10)
        self._form.addRow("&Bucket", self.address)
        self.credentials = CredentialRows(jobs, self._form, self)
        self._form.addRow("&Name", self.name)
        self._form.addRow(self.advanced)
        self._form.addRow("Re&gion", self.region)
        self._form.addRow("Ser&ver", self.endpoint)
        self._form.addRow("&Addressing", self.addressing)
        self._certificates = self._build_certificates()
        self._form.addRow("Certi&ficates", self._certificates)
        label = self._form.labelForField(self._certificates)
        if isinstance(label, QLabel):
            label.setBuddy(self.ca_file)
        # Where the screen is too low for all of it, what is above the buttons scrolls.
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        self._content = QVBoxLayout(content)
        self._content.setContentsMargins(20, 18, 20, 12)
        self._content.setSpacing(12)
        self._content.addLayout(self._form)
        self._content.addWidget(self.trouble)
        self._content.addWidget(self.tester)
        self._content.addStretch(1)
        self._area.setWidget(content)
        self._buttons = self._build_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._area, 1)
        layout.addLayout(self._buttons)
        self.setMinimumWidth(_WIDTH)
        self._fold(False)

    def _build_certificates(self) -> QWidget:
        self.ca_file.setToolTip("A file with the certificates by which the server is trusted, in PEM form")
        browse = QPushButton("Bro&wse…")
        browse.setAutoDefault(False)
        browse.setAccessibleName("Browse for a file of certificates")
        browse.clicked.connect(self._browse)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.ca_file, 1)
        line.addWidget(browse)
        return row

    def _build_buttons(self) -> QHBoxLayout:
        self.test_button = QPushButton("&Test")
        self.test_button.setToolTip("Go through everything that connecting needs, and say what was found")
        self.test_button.setAutoDefault(False)
        self.test_button.clicked.connect(self.test)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save_button = QPushButton("&Save")
        self.save_button.setToolTip("Save this connection under its name, without opening it")
        self.save_button.setAutoDefault(False)
        self.save_button.clicked.connect(self.save)
        self.connect_button = buttons.addButton("&Connect", QDialogButtonBox.ButtonRole.AcceptRole)
        self.connect_button.setDefault(True)
        # Otherwise it would become what Enter does while Connect is disabled, and stay that.
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        line = QHBoxLayout()
        line.setContentsMargins(20, 4, 20, 16)
        line.setSpacing(8)
        line.addWidget(self.test_button)
        line.addStretch(1)
        line.addWidget(self.save_button)
        line.addWidget(buttons)
        return line

    def _fill(self) -> None:
        options = self._source.options
        self.address.setText(self._source.address)
        self.name.setText(self._source.name)
        self.credentials.fill(options)
        self._fill_advanced(options)
        self.ca_file.setText(options.ca_file)
        self.advanced.setChecked(bool(options.ca_file) or self.advanced.isChecked())
        self._on_edited()

    def _fill_advanced(self, options: S3Options) -> None:
        self.region.setText(options.region)
        self.endpoint.setText(options.endpoint_url)
        self.addressing.setCurrentIndex(self.addressing.findData(options.addressing))
        if options.region or options.endpoint_url or options.addressing is not Addressing.AUTO:
            self.advanced.setChecked(True)

    # What the fields say

    def options(self) -> S3Options:
        """How the bucket is to be reached, as the fields say."""
        return S3Options(
            self.credentials.profile,
            self.region.text().strip(),
            self.endpoint.text().strip(),
            Addressing(self.addressing.currentData()),
            self.ca_file.text().strip(),
            self._keys_name() if self.credentials.uses_keys else "",
        )

    def _keys_name(self) -> str:
        kept = self._source.options.keys
        # A copy shares the keys of its model until it gets its own.
        if kept and (kept not in self._keys_taken or self.credentials.keys.is_empty):
            return kept
        return free_name(self.name.text().strip() or self.address.text().strip(), self._keys_taken)

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
    def _browse(self) -> None:
        kinds = "Certificates (*.pem *.crt *.cer);;All files (*)"
        file, _ = QFileDialog.getOpenFileName(self, "Certificates by which the server is trusted", "", kinds)
        if file:
            self.ca_file.setText(file)

    @Slot()
    def _on_edited(self) -> None:
        self._end_test()
        self.tester.clear()
        self.trouble.hide()
        self._mark(None)
        filled = bool(self.address.text().strip())
        self.test_button.setEnabled(filled)
        self.connect_button.setEnabled(filled)
        self.connect_button.setText(f"Save and {self._verb.lower()}" if self.name.text().strip() else self._verb)
        self.save_button.setEnabled(filled and bool(self.name.text().strip()))

    @Slot(bool)
    def _fold(self, open_: bool) -> None:
        for field in (self.region, self.endpoint, self.addressing, self._certificates):
            self._form.setRowVisible(field, open_)
        self.advanced.setIcon(theme.icon("collapse" if open_ else "expand"))
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Be as high as what is shown needs; a dialog alone does not follow texts that are wrapped."""
        content, width = self._content, max(self.width(), _WIDTH)
        content.activate()
        # Without any text that is wrapped no height follows from the width.
        height = content.totalHeightForWidth(width) if content.hasHeightForWidth() else content.totalSizeHint().height()
        height += self._buttons.totalSizeHint().height()
        self.resize(width, min(height, self.screen().availableSize().height() - _FRAME))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Only now the fonts are those of the theme.
        self._fit()

    def _checked(self) -> Entered | None:
        """What was entered, when all fields make sense; otherwise the dialog says what does not."""
        self._take_apart()
        name, keys = self.name.text().strip(), self.credentials.keys
        options = self.options()
        try:
            address = read_bucket_address(self.address.text()).address
            open_source(address, options)
        except OdographError as error:
            self._show_error(error)
            return None
        if by_name(self._others, name) is not None:
            hint = "Choose another name, or edit that connection."
            self._show_error(UsageError("There is a connection of this name", subject=name, hint=hint))
            return None
        if options.keys and keys.typed() is None and not (keys.is_empty and self._source.options.keys):
            hint = "Enter the id and the secret key, or choose other credentials."
            self._show_error(UsageError("The access key is not complete", hint=hint), keys.first_missing)
            return None
        if name:
            address = split_batch(address)[0]
        typed = keys.typed() if options.keys else None
        return Entered(Connection(address, options, name), typed, keys.keep.isChecked(), self._source.name)

    # Testing

    @Slot()
    def test(self) -> None:
        """Test the connection step by step; a second click stops it."""
        if self.tester.running:
            self._end_test()
            return
        entered = self._checked()
        if entered is None:
            return
        options = entered.connection.options
        if entered.keys is not None:
            access_keys.keep_in_memory(_TESTED, entered.keys)
            options = replace(options, keys=_TESTED)
        self.trouble.hide()
        self.test_button.setText("S&top")
        self.tester.start(entered.connection.address, options)
        self._fit()
        self._area.ensureWidgetVisible(self.tester)

    def _end_test(self) -> None:
        self.tester.stop()
        self._on_tested()

    @Slot()
    def _on_tested(self) -> None:
        access_keys.forget_in_memory(_TESTED)
        self.test_button.setText("&Test")
        self._fit()

    @Slot(object)
    def _take_suggestion(self, better: S3Options) -> None:
        self._fill_advanced(better)

    # Telling

    @Slot(object)
    def _show_error(self, error: OdographError, field: QLineEdit | None = None) -> None:
        self.trouble.show_error(error)
        self._area.ensureWidgetVisible(self.trouble)
        if field is None and isinstance(error, UsageError):
            named = (each for each in self._fields if error.subject and each.text().strip() == error.subject)
            field = next(named, self.address)
        self._mark(field)
        self._fit()

    def _mark(self, wrong: QLineEdit | None) -> None:
        keys = self.credentials.keys
        for field in (*self._fields, keys.key_id, keys.secret):
            if bool(field.property("invalid")) != (field is wrong):
                field.setProperty("invalid", field is wrong)
                field.style().unpolish(field)
                field.style().polish(field)
        if wrong in (self.region, self.endpoint, self.ca_file):
            self.advanced.setChecked(True)

    # Ending

    @Slot()
    def save(self) -> None:
        """Save what the fields say, if it makes sense."""
        entered = self._checked()
        if entered is not None:
            self.saved.emit(entered)
            super().accept()

    def accept(self) -> None:
        """Hand over what the fields say, if it makes sense."""
        entered = self._checked()
        if entered is not None:
            self.chosen.emit(entered)
            super().accept()

    def done(self, result: int) -> None:
        self._end_test()
        super().done(result)
        self.credentials.keys.forget()
