"""Access keys are in the system's keyring or in memory, and nowhere else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.core import recommended

from core import logs, settings
from core.connections import Connection, S3Options, export_text
from core.errors import CredentialsRejected, KeysNeeded
from core.jobs import JobContext
from core.settings import Settings
from core.storage import access_keys
from core.storage.access_keys import AccessKeys, Kept
from core.storage.connection import open_source
from core.storage.sessions import open_session
from core.workspaces.file import Workspace, workspace_text
from tests.core.storage.conftest import layout
from tests.keyrings import NO_KEYRING, ForgetfulKeyring, LockedKeyring, PlainKeyring, WorkingKeyring, system_keyring

if TYPE_CHECKING:
    from pathlib import Path

    from keyring.backend import KeyringBackend

    from tests.core.storage.conftest import Users
    from tests.servers import MiniStack

KEYS = AccessKeys("fleet-reader", "correct horse battery staple", "token of an hour")


def restart(backend: KeyringBackend) -> AccessKeys | None:
    """What a new process finds."""
    with system_keyring(backend):
        return access_keys.find("fleet")


def test_what_is_kept_in_the_keyring_is_found_by_the_next_process_until_it_is_forgotten() -> None:
    backend = WorkingKeyring()
    with system_keyring(backend):
        assert access_keys.keyring_name()
        assert access_keys.keep("fleet", KEYS) is Kept.KEYRING
        assert access_keys.find("fleet") == KEYS
    assert restart(backend) == KEYS
    with system_keyring(backend):
        access_keys.forget("fleet")
        assert access_keys.find("fleet") is None
    assert backend.kept == {}
    backend.kept[access_keys.SERVICE, "fleet"] = "something else"
    assert restart(backend) is None


def test_keys_for_this_run_alone_replace_those_in_the_keyring() -> None:
    backend = WorkingKeyring()
    with system_keyring(backend):
        access_keys.keep("fleet", KEYS)
        assert access_keys.keep("fleet", AccessKeys("other", "secret"), memory_alone=True) is Kept.MEMORY
        assert access_keys.find("fleet") == AccessKeys("other", "secret")
    assert backend.kept == {}


@pytest.mark.parametrize("backend", [NO_KEYRING, LockedKeyring(), ForgetfulKeyring()], ids=str)
def test_without_a_keyring_keys_stay_in_memory(backend: KeyringBackend, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), system_keyring(backend):
        assert access_keys.find("fleet") is None
        assert access_keys.keep("fleet", KEYS) is Kept.MEMORY
        assert access_keys.find("fleet") == KEYS
        access_keys.forget("fleet")
        assert access_keys.find("fleet") is None
        assert bool(access_keys.keyring_name()) is not (backend is NO_KEYRING)
    assert KEYS.secret not in caplog.text


@pytest.mark.parametrize("has_good", [True, False])
def test_of_a_chain_of_keyrings_only_a_recommended_one_is_used(has_good: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, good = PlainKeyring(), WorkingKeyring()
    chain = ChainerBackend()  # type: ignore[no-untyped-call]
    monkeypatch.setattr(ChainerBackend, "backends", [plain, good] if has_good else [plain, plain])
    assert recommended(chain)
    with system_keyring(chain):
        assert access_keys.keep("fleet", KEYS) is (Kept.KEYRING if has_good else Kept.MEMORY)
        access_keys.forget_in_memory("fleet")
        assert access_keys.find("fleet") == (KEYS if has_good else None)
    assert not plain.kept
    assert bool(good.kept) is has_good


def test_a_bucket_is_read_with_kept_keys_whatever_the_environment_says(
    server: MiniStack, fleet: str, users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "knows")
    options = S3Options(endpoint_url=server.url, keys="fleet")
    with system_keyring(WorkingKeyring()):
        source = open_source(f"s3://{fleet}", options)
        with pytest.raises(KeysNeeded) as needed:
            next(source.list_level("", JobContext()))
        assert needed.value.keys == "fleet"
        access_keys.keep("fleet", AccessKeys(users.reader.access, users.reader.secret))
        objects = [item for page in source.list_objects("logs", JobContext()) for item in page]
        assert [item.key for item in objects] == [key for key in layout() if key.startswith("logs/")]
        assert source.fetch("test.txt") == b"test.txt"


def test_no_secret_is_in_logs_settings_exports_or_reports(
    server: MiniStack, fleet: str, users: Users, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = (users.reader.access, users.reader.secret, "a token that nobody gave", "not the secret at all")
    right = AccessKeys(users.reader.access, users.reader.secret)
    options = S3Options(endpoint_url=server.url, keys="fleet")
    said: list[str] = []
    levels = [logging.getLogger(name) for name in ("botocore", "boto3", "urllib3", "keyring", "")]
    before = [logger.level for logger in levels]
    end_logging = logs.set_up(verbose=True)
    try:
        for logger in levels:
            logger.setLevel(logging.DEBUG)
        with system_keyring(WorkingKeyring()):
            access_keys.keep("fleet", right)
            said.append(repr([right, open_session(options), f"{right!s}"]))
            list(open_source(f"s3://{fleet}", options).list_objects("logs", JobContext()))
            for wrong in (AccessKeys(right.key_id, secrets[3]), AccessKeys(right.key_id, right.secret, secrets[2])):
                access_keys.keep("fleet", wrong)
                with pytest.raises(CredentialsRejected) as rejected:
                    next(open_source(f"s3://{fleet}", options).list_level("", JobContext()))
                said.append(rejected.value.report())
                assert "Edit the connection" in rejected.value.hint
                logging.getLogger("odograph.test").debug("%r %s %s", wrong, right.secret, right.key_id)
    finally:
        end_logging()
        for logger, level in zip(levels, before, strict=True):
            logger.setLevel(level)
    connection = Connection(f"s3://{fleet}", options, "Fleet")
    remembered = Settings()
    remembered.save_connection(connection)
    remembered.remember(connection)
    settings.save(remembered)
    said += [
        settings.settings_file().read_text("utf-8"),
        export_text([connection]),
        workspace_text(Workspace("a", connection)),
    ]
    log = logs.log_file().read_text("utf-8")
    assert "Calculating signature" in log  # botocore has told all it has to tell
    assert "fleet" in said[-1]
    for text in (log, *said):
        assert [secret for secret in secrets if secret in text] == []
