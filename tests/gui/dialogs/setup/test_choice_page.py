"""Access keys that are typed in the assistant are for the assistant alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.connections import Connection, S3Options
from core.storage import access_keys
from core.storage.access_keys import AccessKeys
from gui.dialogs.setup.assistant import Page, SetupAssistant
from gui.job_runner import JobRunner
from tests.keyrings import WorkingKeyring, system_keyring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ANALYST = AccessKeys("ANALYST", "the secret of the analyst")
PROD = Connection("s3://fleet", S3Options(region="eu-west-1", keys="prod"), "prod")


@pytest.fixture
def assistant(qtbot: QtBot) -> Iterator[SetupAssistant]:
    runner = JobRunner()
    with system_keyring(WorkingKeyring()):
        assistant = SetupAssistant(runner)
        qtbot.addWidget(assistant)
        assistant.show()
        yield assistant
        assistant.close()
        runner.shutdown()


def type_keys(assistant: SetupAssistant) -> None:
    """Enter an administrator's keys."""
    keys = assistant.choice.credentials.keys
    keys.key_id.setText("ADMIN")
    keys.secret.setText("the secret of the administrator")


def key_id(connection: Connection) -> str:
    """Whose keys a connection uses."""
    found = access_keys.find(connection.options.keys)
    return found.key_id if found is not None else ""


@pytest.mark.parametrize("name", ["prod", "s3://fleet"])
def test_keys_of_an_administrator_are_not_those_of_a_connection(assistant: SetupAssistant, name: str) -> None:
    access_keys.keep_in_memory(name, ANALYST)
    choice = assistant.choice
    if name == "prod":
        choice.fill(PROD)
        assert choice.connection.options == PROD.options
    else:
        choice.name.setText("fleet")
        choice.credentials.choose_keys()
    type_keys(assistant)
    assert not choice.credentials.keys.keep.isVisible()
    assert choice.check()
    used = choice.connection
    assert key_id(used) == "ADMIN"
    assert access_keys.find(name) == ANALYST
    # Whoever checks the bucket and comes back from there has still not saved them.
    choice.fill(used)
    assert key_id(choice.connection) == "ADMIN"
    # A connection has its own keys for browsing; without one they are asked for.
    assert key_id(choice.browsed) == ("ANALYST" if name == "prod" else "")
    assert choice.browsed.options.keys not in ("", used.options.keys)
    assert choice.browsed == choice.browsed
    assert "not used for that" in assistant.open_button.toolTip()
    assistant.close()
    assert access_keys.find(used.options.keys) is None
    assert not choice.credentials.keys.secret.text()
    assert assistant.page is Page.CHOICE
    assert not assistant.next.isEnabled()


def test_the_server_in_an_address_is_set_up(assistant: SetupAssistant) -> None:
    assistant.begin_with(Connection("https://storage.example:9000/fleet"))
    assert assistant.choice.existing.isChecked()
    assert assistant.choice.connection.address == "s3://fleet"
    assert assistant.choice.connection.options.endpoint_url == "https://storage.example:9000"
