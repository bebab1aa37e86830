"""The page that asks which bucket, for which delivery, and with which credentials."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.connections import Addressing, Connection, S3Options, new_keys_name
from core.errors import OdographError, UsageError
from core.storage import access_keys
from core.storage.addresses import reach_bucket
from core.storage.connection import open_source
from core.storage.setup.names import name_advice, name_problems
from core.storage.setup.plan import SetupRequest, StepKind
from core.storage.setup.policies import Delivery
from core.storage.setup.regions import DELIVERY_REGION, DELIVERY_REGION_NAME, check_region
from gui import theme
from gui.dialogs.credentials import CredentialRows, find_profiles
from gui.views.page_parts import Banner, lines_text, text_label

if TYPE_CHECKING:
    from gui.job_runner import JobRunner

_REGION_NOTE = (
    f"The platform delivers only into {DELIVERY_REGION}, {DELIVERY_REGION_NAME}. Another region serves the simulator "
    "and servers that are not AWS."
)


# Under this name the keys that were typed here are used while the assistant is open. Under a connection's own name
# they would be used for browsing as well, with all that an administrator may do.
_ENTERED = new_keys_name("the assistant that sets buckets up")


class ChoicePage(QWidget):
    """What is to be set up.

    Signals:
        changed(): something else was chosen or typed.

    Args:
        jobs: finds the profiles.
        connection: a bucket to begin with, or None.
    """

    changed = Signal()

    def __init__(self, jobs: JobRunner, connection: Connection | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept_keys = ""
        self._browsing_keys: dict[tuple[str, str], str] = {}
        self._addressing = Addressing.AUTO
        self.new = QRadioButton("A &new bucket")
        self.existing = QRadioButton("An &existing bucket")
        self.name = QLineEdit()
        self.name.setPlaceholderText("my-fleet-data")
        self.name.setAccessibleName("Name of the bucket")
        self._rules = text_label()
        # Its room is kept, so that nothing jumps while one types.
        self._rules.setMinimumHeight(self._rules.fontMetrics().lineSpacing() * 2)
        self._rules.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sandbox = QRadioButton("&Sandbox data: simulated vehicles")
        self.live = QRadioButton("&Live data: real vehicles")
        self._principal = text_label(role="muted", selectable=True)
        self.other_region = QCheckBox("In &another region, into which the platform does not deliver")
        self.region = QLineEdit(DELIVERY_REGION)
        self.region.setAccessibleName("Region")
        self.endpoint = QLineEdit()
        self.endpoint.setPlaceholderText("AWS")
        self.endpoint.setToolTip("Only for servers that are not AWS, such as MinIO")
        self.ca_file = QLineEdit()
        self.ca_file.setPlaceholderText("Those that this computer trusts")
        self.banner = Banner()
        self.banner.hide()
        self._groups = (self._group(self.new, self.existing), self._group(self.sandbox, self.live))
        self._build(jobs)
        self.new.setChecked(True)
        self.sandbox.setChecked(True)
        self.fill(connection)
        for field in (self.name, self.region, self.endpoint, self.ca_file):
            field.textChanged.connect(self._on_changed)
        for choice in (self.new, self.sandbox, self.other_region):
            choice.toggled.connect(self._on_changed)
        self.credentials.edited.connect(self._on_changed)
        finding = jobs.submit("Finding AWS profiles", find_profiles, quiet=True)
        finding.succeeded.connect(self.credentials.set_profiles)
        finding.failed.connect(self.say_error)
        self._on_changed()

    def _group(self, *buttons: QRadioButton) -> QButtonGroup:
        group = QButtonGroup(self)
        for button in buttons:
            group.addButton(button)
        return group

    def _build(self, jobs: JobRunner) -> None:
        inside = QWidget()
        self._form = QFormLayout(inside)
        self._form.setContentsMargins(0, 0, 8, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(8)
        self._form.addRow("Set up", _side_by_side(self.new, self.existing))
        self._form.addRow("Na&me", self.name)
        self._form.addRow("", self._rules)
        self._form.addRow("For", _side_by_side(self.sandbox, self.live))
        self._form.addRow("", self._principal)
        self.credentials = CredentialRows(jobs, self._form, self, keeps=False)
        self.advanced = QToolButton()
        self.advanced.setText("A&dvanced")
        self.advanced.setCheckable(True)
        self.advanced.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.advanced.setToolTip("Another region, or a server that is not AWS")
        self.advanced.setStyleSheet("QToolButton:checked { background: transparent; }")
        self.advanced.toggled.connect(self._fold)
        self._region_note = text_label(_REGION_NOTE, role="muted")
        self._form.addRow(self.advanced)
        self._form.addRow("", self.other_region)
        self._form.addRow("Re&gion", self.region)
        self._form.addRow("", self._region_note)
        self._form.addRow("Ser&ver", self.endpoint)
        self._form.addRow("Certi&ficates", self.ca_file)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(area, 1)
        layout.addWidget(self.banner)
        self._fold(False)

    def fill(self, connection: Connection | None) -> None:
        """Begin with a bucket that is there, if any is given."""
        if connection is None:
            return
        with suppress(UsageError):
            # An address may name the server, which has other buckets of the same names than AWS.
            connection = reach_bucket(connection.address, connection.options)
        options = connection.options
        if connection.address.lower().startswith("s3://"):
            self.name.setText(connection.address[5:].partition("/")[0])
            self.existing.setChecked(True)
        if options.keys != _ENTERED:
            self.credentials.fill(options)
            self._kept_keys = options.keys
        self.endpoint.setText(options.endpoint_url)
        self.ca_file.setText(options.ca_file)
        self._addressing = options.addressing
        other = bool(options.region) and options.region != DELIVERY_REGION
        self.other_region.setChecked(other)
        if other:
            self.region.setText(options.region)
        self.advanced.setChecked(other or bool(options.endpoint_url or options.ca_file))

    # What was chosen

    @property
    def bucket(self) -> str:
        """The name that was typed."""
        return self.name.text().strip()

    @property
    def delivery(self) -> Delivery:
        """Which delivery was chosen."""
        return Delivery.LIVE if self.live.isChecked() else Delivery.SANDBOX

    @property
    def connection(self) -> Connection:
        """The bucket as a source, reached with the chosen credentials; to set it up and to check it alone."""
        keys = ""
        if self.credentials.uses_keys:
            keys = self._kept_keys if self._kept_keys and self.credentials.keys.is_empty else _ENTERED
        options = S3Options(
            self.credentials.profile,
            self._region,
            self.endpoint.text().strip(),
            self._addressing,
            self.ca_file.text().strip(),
            keys,
        )
        return Connection(f"s3://{self.bucket}", options)

    @property
    def browsed(self) -> Connection:
        """The bucket as a source to browse. Access keys that were typed here are not used for that: it has its own."""
        connection = self.connection
        if connection.options.keys != _ENTERED:
            return connection
        name = new_keys_name(connection.address)
        place = (connection.address, connection.options.endpoint_url)
        keys = self._kept_keys or self._browsing_keys.setdefault(place, name)
        return replace(connection, options=replace(connection.options, keys=keys))

    @property
    def has_typed_keys(self) -> bool:
        """Whether access keys that were typed here are used."""
        return self.credentials.uses_keys and not self.credentials.keys.is_empty

    def forget_keys(self) -> None:
        """Leave nothing of access keys that were typed."""
        self.credentials.keys.forget()
        access_keys.forget_in_memory(_ENTERED)

    @property
    def request(self) -> SetupRequest:
        """What is asked for."""
        kinds = tuple(kind for kind in StepKind if kind is not StepKind.CREATE or self.new.isChecked())
        any_region = self.other_region.isChecked()
        return SetupRequest(self.bucket, self.delivery, self._region, any_region, kinds=kinds)

    @property
    def _region(self) -> str:
        return self.region.text().strip() if self.other_region.isChecked() else DELIVERY_REGION

    @property
    def problem(self) -> str:
        """Why one cannot go on; empty where one can."""
        problems = name_problems(self.bucket)
        if problems:
            return f"The name: {problems[0]}"
        keys = self.credentials.keys
        if self.credentials.uses_keys and keys.typed() is None and not (keys.is_empty and self._kept_keys):
            return "Enter the id and the secret of the access key."
        return ""

    def check(self) -> bool:
        """Whether everything makes sense; otherwise the page says what does not. Keys that were typed can be used."""
        try:
            check_region(self._region, any_region=self.other_region.isChecked())
            connection = self.connection
            open_source(connection.address, connection.options)
        except OdographError as error:
            self.say_error(error)
            return False
        typed = self.credentials.keys.typed() if self.credentials.uses_keys else None
        if typed is not None:
            access_keys.keep_in_memory(connection.options.keys, typed)
        self.banner.hide()
        return True

    @Slot(object)
    def say_error(self, error: OdographError) -> None:
        """Say what is wrong with what was typed."""
        self.banner.say_error(error)
        self.banner.show()

    # Telling

    @Slot()
    def _on_changed(self) -> None:
        self.banner.hide()
        name = self.bucket
        problems = name_problems(name) if name else ()
        advice = name_advice(name)
        colors = theme.colors()
        self._rules.setText(lines_text("\n".join(problems) or advice))
        self._rules.setStyleSheet(f"color: {colors.error if problems else colors.warning};")
        self._principal.setText(self.delivery.principal)
        self._form.setRowVisible(self.region, self.advanced.isChecked() and self.other_region.isChecked())
        self.changed.emit()

    @Slot(bool)
    def _fold(self, shown: bool) -> None:
        for row in (self.other_region, self._region_note, self.endpoint, self.ca_file):
            self._form.setRowVisible(row, shown)
        self._form.setRowVisible(self.region, shown and self.other_region.isChecked())
        self.advanced.setIcon(theme.icon("collapse" if shown else "expand"))


def _side_by_side(*buttons: QRadioButton) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(18)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return row
