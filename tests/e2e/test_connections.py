"""Connections and addresses in the window: access keys, saved connections, and pasting where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox

from core import settings
from core.connections import Connection, S3Options, export_text
from core.settings import Settings
from core.storage import access_keys
from gui.dialogs.access_keys import AccessKeysDialog
from gui.dialogs.connect import ConnectDialog
from gui.dialogs.connections import SUFFIX, ConnectionsDialog
from gui.dialogs.go_to_address import GoToAddressDialog
from gui.models.batch_columns import NAME
from tests.keyrings import NO_KEYRING, WorkingKeyring, system_keyring
from tests.servers import Keys, MiniStack, allow, answering, send_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from tests.e2e.conftest import Desk, Fleet

BUCKET = "keys-fleet"
KEY = "9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"


@pytest.fixture(scope="session")
def reader(server: MiniStack) -> Keys:
    """Who may list and read a bucket with one empty batch."""
    server.create_bucket(BUCKET)
    server.put(BUCKET, {KEY: b"[]"}, server.add_user("keys-owner", allow("s3:*")))
    return server.add_user("keys-reader", allow("s3:ListBucket", on=BUCKET), allow("s3:GetObject", on=f"{BUCKET}/*"))


def enter(dialog: AccessKeysDialog, access: str, secret: str) -> None:
    """Type access keys and press Enter."""
    dialog.fields.key_id.setFocus()
    QTest.keyClicks(dialog.fields.key_id, access)
    QTest.keyClicks(dialog.fields.secret, secret)
    QTest.keyClick(dialog.fields.secret, Qt.Key.Key_Return)


def selected(desk: Desk) -> str:
    """The key of the batch that is selected in the tree."""
    panel = desk.panels.batches
    rows = panel.tree.selectionModel().selectedRows(NAME)
    found = panel.model.batch_at(panel.shown.mapToSource(rows[0])) if len(rows) == 1 else None
    return found[1].key if found is not None else ""


def paste(desk: Desk, text: str) -> None:
    """Press Ctrl+V with a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(desk.window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def titles(desk: Desk) -> list[str]:
    """What the message bar says."""
    return [notice.title for notice in desk.messages.notices]


def test_access_keys_are_asked_for_until_they_fit_and_opening_goes_on(
    open_desk: Callable[[Settings], Desk], server: MiniStack, reader: Keys
) -> None:
    remembered = Settings()
    remembered.save_connection(Connection(f"s3://{BUCKET}", S3Options(endpoint_url=server.url, keys="Fleet"), "Fleet"))
    desk = open_desk(remembered)
    with system_keyring(NO_KEYRING):
        QTest.keyClick(desk.panels.welcome.saved, Qt.Key.Key_Return)
        desk.wait_until_settled()
        dialog = desk.dialog(AccessKeysDialog)
        assert not dialog.isModal()
        dialog.reject()
        # What fails in the background does not ask again and again.
        desk.session.interruptions.go_on()
        desk.wait_until_settled()
        assert not [one for one in desk.window.findChildren(AccessKeysDialog) if one.isVisible()]
        (notice,) = desk.messages.notices
        assert notice.callback is not None
        notice.callback()
        enter(desk.dialog(AccessKeysDialog), reader.access, "not the secret at all")
        desk.wait(lambda: [one for one in desk.messages.notices if one.action == "Enter access keys"])
        (notice,) = desk.messages.notices
        assert "not the secret" not in notice.report
        assert notice.callback is not None
        notice.callback()
        dialog = desk.dialog(AccessKeysDialog)
        desk.wait(lambda: "no keyring" in dialog.fields.note.text())
        note = dialog.fields.note
        desk.wait(lambda: note.height() >= note.heightForWidth(note.width()))
        enter(dialog, reader.access, reader.secret)
        desk.wait(lambda: desk.session.source is not None)
        desk.wait_until_settled()
        desk.wait(lambda: not desk.jobs.jobs)
        assert not desk.messages.notices
        assert desk.settings.last_source == remembered.connections[0]
    assert reader.secret not in settings.settings_file().read_text("utf-8")


def test_what_a_connection_may_not_open_names_it_and_offers_to_edit_it(
    open_desk: Callable[[Settings], Desk],
    server: MiniStack,
    reader: Keys,
    fleet: Fleet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader.use(monkeypatch)
    remembered = Settings()
    theirs = Connection("s3://of-others", S3Options(endpoint_url=server.url), "Theirs")
    remembered.save_connection(theirs)
    desk = open_desk(remembered)
    server.create_bucket("of-others")
    desk.window.open_source(theirs)
    desk.wait_until_settled()
    (notice,) = desk.messages.notices
    assert (notice.action, notice.subject[:8]) == ("Edit connection…", "Theirs, ")
    assert notice.callback is not None
    notice.callback()
    editor = desk.dialog(ConnectDialog)
    assert (editor.name.text(), editor.address.text()) == ("Theirs", "s3://of-others")
    editor.reject()
    desk.open(str(fleet.folder))
    assert notice not in desk.messages.notices


def test_keys_of_a_connection_without_a_name_are_kept_once_it_is_open(
    desk: Desk, server: MiniStack, reader: Keys
) -> None:
    backend = WorkingKeyring()
    with system_keyring(backend):
        for bucket in ("no-such-bucket-at-all", BUCKET):
            desk.trigger("open_bucket")
            editor = desk.dialog(ConnectDialog)
            editor.address.setText(f"s3://{bucket}")
            editor.endpoint.setText(server.url)
            editor.credentials.choose_keys()
            desk.wait(editor.credentials.keys.keep.isChecked)
            editor.credentials.keys.key_id.setText(reader.access)
            editor.credentials.keys.secret.setText(reader.secret)
            editor.accept()
            desk.wait_until_settled()
        desk.wait(lambda: backend.kept)
        desk.wait(lambda: not desk.jobs.jobs)
        assert list(backend.kept) == [(access_keys.SERVICE, f"s3://{BUCKET}")]
        assert desk.settings.keys_in_use() == {f"s3://{BUCKET}"}
        assert reader.secret not in settings.settings_file().read_text("utf-8")
        desk.trigger("close_source")
        QTest.keyClick(desk.panels.welcome.recent, Qt.Key.Key_Delete)
        desk.wait(lambda: not backend.kept)
        desk.wait(lambda: not desk.jobs.jobs)


def test_a_connection_is_saved_edited_copied_exported_and_removed_with_its_keys(desk: Desk, tmp_path: Path) -> None:
    backend = WorkingKeyring()
    menu = desk.window.actions_.menu("file/connections")
    with system_keyring(backend):
        desk.trigger("open_bucket")
        editor = desk.dialog(ConnectDialog)
        editor.address.setText(f"s3://fleet/{KEY}")
        editor.name.setText("Fleet")
        editor.credentials.choose_keys()
        desk.wait(lambda: editor.credentials.keys.keep.isChecked())
        editor.credentials.keys.key_id.setText("AKIAFLEET")
        editor.credentials.keys.secret.setText("the secret of the fleet")
        editor.save()
        desk.wait(lambda: backend.kept)
        fleet = Connection(f"s3://fleet/{KEY.rpartition('/')[0]}", S3Options(keys="Fleet"), "Fleet")
        assert settings.load().connections == [fleet]
        assert [action.text() for action in menu.actions() if action.text()] == ["&Manage connections…", "Fleet"]

        desk.trigger("palette")
        palette = desk.window.command_palette
        palette.field.setText("open this connection")
        entry = palette.current()
        assert entry is not None
        assert entry.value == fleet
        palette.dismiss()

        desk.trigger("connections")
        listed = desk.dialog(ConnectionsDialog)
        listed.button("Duplicate").click()
        assert [each.name for each in desk.settings.connections] == ["Fleet", "Fleet 2"]
        assert [each.name for each in listed.selected()] == ["Fleet 2"]
        file = tmp_path / f"two{SUFFIX}"
        listed.list.selectAll()
        listed.export(file)
        assert "the secret" not in file.read_text("utf-8")
        listed.button("Remove").click()
        assert desk.settings.connections == []
        desk.wait(lambda: not backend.kept)
        assert access_keys.find("Fleet") is None
        listed.take_in(file)
        assert [each.name for each in desk.settings.connections] == ["Fleet", "Fleet 2"]
        assert "keys are not in the file" in listed.told.text()
        listed.take_in(file)
        assert "nothing that is not here" in listed.told.text()
        listed.take_in(tmp_path / "missing.json")
        assert "cannot be read" in listed.told.text()
        listed.set_connections(desk.settings.connections, "Fleet 2")
        listed.button("Remove").click()
        (removed,) = [notice for notice in desk.messages.notices if notice.title == "Connection removed"]
        bring_back = removed.callback
        assert bring_back is not None
        bring_back()
        listed.button("Edit").click()
        editor = desk.dialog(ConnectDialog)
        editor.name.setText("Renamed")
        editor.credentials.source.setCurrentIndex(0)
        editor.save()
        assert [(each.name, each.options.keys) for each in desk.settings.connections][-1] == ("Renamed", "")
        desk.wait(listed.list.hasFocus)
        desk.window.activateWindow()
        desk.trigger("connections")
        desk.wait(listed.isActiveWindow)
        listed.button("Remove").click()
        assert listed.list.hasFocus()
        QTest.keyClick(listed.list, Qt.Key.Key_Return)
        assert listed.isVisible()
        QTest.keyClick(listed.list, Qt.Key.Key_Space)
        listed.button("Edit").click()
        desk.dialog(ConnectDialog).accept()
        assert not listed.isVisible()
        desk.wait_until_settled()
        desk.wait(lambda: not desk.jobs.jobs)


def test_nothing_is_sent_to_an_imported_server_before_a_person_agrees(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Keys("somebody", "of this computer").use(monkeypatch)
    heard: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        heard.append(request.path)
        send_answer(request, 403, b"")

    with answering(answer) as there:
        name = "Fleet <img src='x.png'>"
        file = tmp_path / f"theirs{SUFFIX}"
        file.write_text(export_text([Connection("s3://fleet", S3Options(endpoint_url=there.url), name)]), "utf-8")
        desk.trigger("connections")
        listed = desk.dialog(ConnectionsDialog)
        listed.take_in(file)
        assert there.url in listed.told.text()
        for agrees in (False, True):
            desk.trigger("connections")
            desk.dialog(ConnectionsDialog).button("Open").click()
            box = desk.dialog(QMessageBox)
            assert there.url in box.text()
            assert {each.textFormat() for each in box.findChildren(QLabel)} == {Qt.TextFormat.PlainText}
            assert not heard
            button = next(each for each in box.buttons() if ("Connect" in each.text()) is agrees)
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            desk.wait_until_settled()
        assert heard
        assert not settings.load().foreign_servers
        # The question comes once.
        heard.clear()
        desk.window.open_source(desk.settings.connections[0])
        desk.wait_until_settled()
        assert heard


@pytest.mark.usefixtures("recorded")
def test_a_pasted_batch_opens_its_source_and_is_selected(desk: Desk, fleet: Fleet) -> None:
    batches = sorted(path.relative_to(fleet.folder).as_posix() for path in fleet.folder.rglob("level*/**/*.json"))
    desk.settings.remember(Connection(str(fleet.folder)))
    paste(desk, f'"{fleet.folder / batches[0]}"')
    desk.wait_until_settled()
    assert desk.session.source is not None
    assert desk.session.source.address == str(fleet.folder)
    desk.wait(lambda: selected(desk) == batches[0])
    # In the source that is open, and by its key alone.
    opened = desk.session.source
    paste(desk, batches[-1])
    desk.wait(lambda: selected(desk) == batches[-1])
    desk.wait_until_settled()
    assert desk.session.source is opened
    assert not desk.messages.notices
    paste(desk, batches[0].replace("/2026/", "/1999/"))
    assert "The source has no batch of this day" in titles(desk)
    paste(desk, "good morning")
    assert "This is no address" in titles(desk)
    desk.messages.dismiss_all()

    # Where texts are typed, pasting is pasting.
    desk.panels.properties.filter.setFocus()
    QGuiApplication.clipboard().setText("odometer")
    QTest.keyClick(desk.panels.properties.filter, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert desk.panels.properties.filter.text() == "odometer"
    assert not desk.messages.notices

    QGuiApplication.clipboard().clear()
    desk.trigger("go_to_address")
    dialog = desk.dialog(GoToAddressDialog)
    QTest.keyClicks(dialog.field, "s3://")
    assert "names no bucket" in dialog.answer.text()
    dialog.field.setText(f"{fleet.folder}/{batches[0].rpartition('/')[0]}")
    assert dialog.answer.text().endswith("in this source")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert desk.panels.batches.filter.text() == batches[0].rpartition("/")[0]
    assert desk.session.source is opened


def test_the_address_of_a_batch_opens_its_day(desk: Desk, fleet: Fleet) -> None:
    batch = min(fleet.folder.rglob("level*/**/*.json"))
    desk.open(str(batch))
    assert desk.session.source is not None
    assert desk.session.source.address == str(batch.parent)
    desk.wait(lambda: selected(desk) == batch.relative_to(fleet.folder).as_posix())
    desk.wait_until_settled()
    assert desk.settings.last_source == Connection(str(batch.parent))
