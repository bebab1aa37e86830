"""Where credentials come from, as rows of a form: the AWS configuration, one of its profiles, or access keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from core.storage.access_keys import AccessKeys, keyring_name
from core.storage.parallel import call
from gui.models.texts import tip_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.connections import S3Options
    from core.jobs import JobContext
    from core.storage.profiles import Profile
    from gui.job_runner import JobRunner

_CHAIN = "As the AWS command line would choose"
_KEYS = "Access keys, entered here…"
# What stands behind a row of the list of credentials.
_OF_CHAIN, _OF_KEYS = "chain", "keys"
_OF_PROFILE = "profile:"
_NO_KEYRING = (
    "This system has no keyring that Odograph could use. The keys stay in memory until Odograph is closed, and are "
    "asked for again the next time."
)


def find_profiles(_ctx: JobContext) -> list[Profile]:
    """The profiles of the AWS configuration, for a job."""
    # Importing the AWS packages takes a quarter of a second, which the window must not wait for.
    from core.storage.profiles import profiles

    return profiles()


def note_label(text: str = "") -> QLabel:
    """A muted text that is wrapped and never taken for HTML."""
    note = QLabel(text)
    note.setTextFormat(Qt.TextFormat.PlainText)
    note.setProperty("role", "muted")
    note.setWordWrap(True)
    return note


class KeyFields(QObject):
    """Fields for an access key: its id, its secret, a session token, and whether the keyring keeps them.

    Signals:
        edited: what was typed has changed.
        told: the note says something else.

    Args:
        jobs: finds out whether the system has a keyring.
    """

    edited = Signal()
    told = Signal()

    def __init__(self, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._has_looked = False
        self.key_id = QLineEdit()
        self.secret = QLineEdit()
        self.token = QLineEdit()
        self.token.setPlaceholderText("Only for temporary keys")
        self.keep = QCheckBox("&Keep in the system’s keyring")
        self.keep.setEnabled(False)
        self.note = note_label("Looking for the system’s keyring…")
        for field in (self.secret, self.token):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        for field in (self.key_id, self.secret, self.token):
            field.textChanged.connect(self.edited)

    @property
    def rows(self) -> tuple[QWidget, ...]:
        """The widgets, each of which stands in a row of the form."""
        return (self.key_id, self.secret, self.token, self.keep, self.note)

    def add_to(self, form: QFormLayout) -> None:
        """Add the rows to a form."""
        form.addRow("Access key &id", self.key_id)
        form.addRow("S&ecret key", self.secret)
        form.addRow("Session t&oken", self.token)
        form.addRow("", self.keep)
        form.addRow(self.note)

    def say_kept(self) -> None:
        """Say that there are keys already, which stay where nothing is typed."""
        for field in (self.key_id, self.secret):
            field.setPlaceholderText("Unchanged")

    def look_for_keyring(self) -> None:
        """Find out, once and in a job, whether the system has a keyring."""
        if self._has_looked:
            return
        self._has_looked = True

        def look(ctx: JobContext) -> str:
            # A system's keyring may keep its caller waiting, which the end of the program must not.
            return call(keyring_name, ctx)

        self._jobs.submit("Looking for the system’s keyring", look, quiet=True).succeeded.connect(self._on_keyring)

    @Slot(object)
    def _on_keyring(self, name: str) -> None:
        self.keep.setEnabled(bool(name))
        self.keep.setChecked(bool(name))
        self.keep.setToolTip(tip_text(name))
        self.note.setText("Odograph never writes them into a file." if name else _NO_KEYRING)
        self.told.emit()

    def typed(self) -> AccessKeys | None:
        """The access keys, if an id and a secret were typed."""
        key_id, secret = self.key_id.text().strip(), self.secret.text().strip()
        return AccessKeys(key_id, secret, self.token.text().strip()) if key_id and secret else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed at all."""
        return not any(field.text().strip() for field in (self.key_id, self.secret, self.token))

    @property
    def first_missing(self) -> QLineEdit:
        """The field that has to be filled first."""
        return self.secret if self.key_id.text().strip() else self.key_id

    def forget(self) -> None:
        """Leave nothing of the secrets in the fields."""
        for field in (self.secret, self.token):
            field.clear()


class CredentialRows(QObject):
    """The rows of a form that say where credentials come from.

    Signals:
        edited: something else was chosen or typed.
        folded: what is shown takes another height.

    Args:
        form: gets the rows.
        keeps: whether the system's keyring can keep the access keys; otherwise nothing is said of it.
    """

    edited = Signal()
    folded = Signal()

    def __init__(self, jobs: JobRunner, form: QFormLayout, parent: QObject, *, keeps: bool = True) -> None:
        super().__init__(parent)
        self._form = form
        self._keeps = keeps
        self.source = QComboBox()
        self.source.setAccessibleName("Credentials")
        self.source.setToolTip("Profiles are those of the AWS configuration of this computer")
        self.source.setMinimumContentsLength(24)
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.keys = KeyFields(jobs, self)
        form.addRow("C&redentials", self.source)
        self.keys.add_to(form)
        self._fill_list((), "")
        self._fold()
        self.source.currentIndexChanged.connect(self._on_chosen)
        self.keys.edited.connect(self.edited)
        self.keys.told.connect(self.folded)

    @property
    def profile(self) -> str:
        """The chosen profile; empty for none."""
        chosen = str(self.source.currentData())
        return chosen.removeprefix(_OF_PROFILE) if chosen.startswith(_OF_PROFILE) else ""

    @property
    def uses_keys(self) -> bool:
        """Whether access keys are chosen."""
        return str(self.source.currentData()) == _OF_KEYS

    def fill(self, options: S3Options) -> None:
        """Show what a connection says."""
        if options.keys:
            self.keys.say_kept()
            self._choose(_OF_KEYS)
        elif options.profile:
            self._fill_list((), options.profile)
            self._choose(_OF_PROFILE + options.profile)

    def choose_profile(self, name: str) -> None:
        """Choose a profile that is in the list."""
        self._choose(_OF_PROFILE + name)

    def choose_keys(self) -> None:
        """Choose access keys."""
        self._choose(_OF_KEYS)

    def set_profiles(self, profiles: Sequence[Profile]) -> None:
        """Offer these profiles; what was chosen stays."""
        self._fill_list(profiles, self.profile)

    def _choose(self, data: str) -> None:
        self.source.setCurrentIndex(max(0, self.source.findData(data)))

    def _fill_list(self, profiles: Sequence[Profile], chosen: str) -> None:
        before = self.source.currentData() or _OF_CHAIN
        self.source.blockSignals(True)
        self.source.clear()
        self.source.addItem(_CHAIN, _OF_CHAIN)
        for profile in profiles:
            self.source.addItem(f"{visible_text(profile.name)} · {profile.kind}", _OF_PROFILE + profile.name)
        if chosen and chosen not in {profile.name for profile in profiles}:
            told = " · not in the AWS configuration" if profiles else ""
            self.source.addItem(f"{visible_text(chosen)}{told}", _OF_PROFILE + chosen)
        self.source.addItem(_KEYS, _OF_KEYS)
        self._choose(str(before))
        self.source.blockSignals(False)

    @Slot()
    def _on_chosen(self) -> None:
        self._fold()
        self.edited.emit()

    def _fold(self) -> None:
        of_keyring = (self.keys.keep, self.keys.note)
        for row in self.keys.rows:
            self._form.setRowVisible(row, self.uses_keys and (self._keeps or row not in of_keyring))
        if self.uses_keys and self._keeps:
            self.keys.look_for_keyring()
        self.folded.emit()
