"""The window on a bucket: an S3 server on loopback that checks signatures, policies and regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core import paths
from core.connections import Connection, S3Options
from core.storage.keys import parse_key
from gui.messages import Severity
from tests.servers import Keys, MiniStack, allow

if TYPE_CHECKING:
    from tests.e2e.conftest import Desk, Fleet

BUCKET = "window-fleet"


@pytest.fixture(scope="session")
def reader(server: MiniStack, fleet: Fleet) -> Keys:
    """The small fleet's last day in a bucket, and who may list and read it and nothing else."""
    day = f"{fleet.truth.days[-1]:%Y/%m/%d}"
    files = [path for path in fleet.folder.rglob("*.json") if f"/{day}/" in path.as_posix()]
    owner = server.add_user("window-owner", allow("s3:*"))
    server.create_bucket(BUCKET)
    objects = {path.relative_to(fleet.folder).as_posix(): path.read_bytes() for path in files}
    objects["test.json"] = b"{}"
    server.put(BUCKET, objects, owner)
    return server.add_user("window-reader", allow("s3:ListBucket", on=BUCKET), allow("s3:GetObject", on=f"{BUCKET}/*"))


def test_a_mistyped_bucket_leaves_no_archive(
    desk: Desk, server: MiniStack, reader: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.use(monkeypatch)
    desk.open("s3://no-such-bucket-anywhere", endpoint_url=server.url)
    assert titles(desk)
    assert desk.panels.pages.currentWidget() is desk.panels.welcome
    assert not (paths.data_folder() / "archives").exists()


def titles(desk: Desk) -> list[str]:
    """What the message bar says."""
    return [notice.title for notice in desk.messages.notices]


def test_a_bucket_is_listed_loaded_and_charted(
    desk: Desk, fleet: Fleet, server: MiniStack, reader: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.use(monkeypatch)
    desk.open(f"s3://{BUCKET}", endpoint_url=server.url)
    assert not titles(desk)
    archive = desk.session.archive
    assert archive is not None
    days = {day for _, _, day in archive.day_states()}
    assert days == {fleet.truth.days[-1].isoformat()}
    desk.session.add_paths(fleet.truth.vins, ["diagnostics.odometer"])
    desk.wait(desk.panels.timeline.keys)
    desk.wait_until_settled()
    charted = desk.panels.timeline.series(desk.panels.timeline.keys()[0])
    assert charted is not None
    assert len(charted)
    assert all((key := parse_key(name)) and key.app == fleet.truth.plan.app for name in charted.batch.names)


def test_a_missing_permission_is_told_with_what_to_do(
    desk: Desk, server: MiniStack, reader: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reader
    server.add_user("window-stranger").use(monkeypatch)
    desk.open(f"s3://{BUCKET}", endpoint_url=server.url)
    notice = desk.messages.notices[0]
    assert notice.severity is Severity.ERROR
    assert "s3:ListBucket" in notice.hint
    assert BUCKET in notice.subject
    assert desk.session.source is None
    assert desk.panels.pages.currentWidget() is desk.panels.welcome


def test_wrong_keys_and_no_keys_are_told(desk: Desk, server: MiniStack, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.open(f"s3://{BUCKET}", endpoint_url=server.url)
    assert "credentials" in titles(desk)[0].lower()
    desk.messages.dismiss_all()
    Keys("AKIAIOSFODNN7EXAMPLE", "wrong").use(monkeypatch)
    desk.open(f"s3://{BUCKET}", endpoint_url=server.url)
    assert len(titles(desk)) == 1
    assert "wrong" not in desk.messages.notices[0].report


def test_a_server_that_is_gone_leaves_what_was_loaded(
    desk: Desk, server: MiniStack, reader: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.use(monkeypatch)
    desk.open(f"s3://{BUCKET}", endpoint_url="http://127.0.0.1:9")
    assert len(titles(desk)) == 1
    assert desk.session.source is None
    desk.window.open_source(Connection(f"s3://{BUCKET}", S3Options(endpoint_url=server.url)))
    desk.wait_until_settled()
    assert desk.session.source is not None
