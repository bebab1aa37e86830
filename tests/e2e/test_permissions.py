"""The window with credentials that may do little: it never tries more than it needs, and says what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from core.export.csv_export import ExportRequest
from core.storage.keys import parse_key
from tests.servers import REGION, MiniStack, allow, deny, recording_proxy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Desk, Fleet
    from tests.servers import Answers, Keys

BUCKET = "small-rights"
PREFIX = "delivered"
ADDRESS = f"s3://{BUCKET}/{PREFIX}"
READS = f"s3:GetObject on arn:aws:s3:::{BUCKET}/{PREFIX}/* is denied"
LISTS = f"s3:ListBucket on arn:aws:s3:::{BUCKET} (prefix {PREFIX}/) is denied"
# Everything that changes something, and what programs of this kind ask for besides.
WRITES = (
    *("s3:Put*", "s3:Delete*", "s3:Create*", "s3:Abort*", "s3:Restore*", "s3:Replicate*", "s3:Bypass*"),
    *("s3:ListAllMyBuckets", "s3:GetBucket*", "s3:GetObjectAcl", "s3:GetObjectTagging", "s3:GetObjectVersion*"),
    *("s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:GetObjectAttributes", "iam:*", "sts:*"),
)
OF_LISTS = {"list-type", "prefix", "delimiter", "max-keys", "encoding-type", "continuation-token", "start-after"}
LIST = allow("s3:ListBucket", on=BUCKET, prefix=PREFIX)
READ = allow("s3:GetObject", on=f"{BUCKET}/{PREFIX}/*")


@pytest.fixture(scope="module")
def key(server: MiniStack, fleet: Fleet) -> str:
    """A bucket with some batches of the small fleet; the key of one."""
    day = f"{fleet.truth.days[-1]:%Y/%m/%d}"
    files = sorted(path for path in fleet.folder.rglob("*.json") if f"/{day}/" in path.as_posix())[:6]
    objects = {path.relative_to(fleet.folder).as_posix(): path.read_bytes() for path in files}
    server.create_bucket(BUCKET)
    owner = server.add_user("rights-owner", allow("s3:*"))
    server.put(BUCKET, {f"{PREFIX}/{name}": content for name, content in objects.items()}, owner)
    return next(iter(objects))


@pytest.fixture(scope="module")
def reader(server: MiniStack, key: str) -> Keys:
    """Who may list and read one prefix, and whom everything else is denied."""
    assert key
    return server.add_user("rights-reader", LIST, READ, deny(*WRITES))


def listed_or_read(heard: Answers) -> None:
    """Every request lists objects below the prefix or gets one of them, and nothing else."""
    assert heard.requests
    for method, path in heard.requests:
        parts = urlsplit(path)
        asked = parse_qs(parts.query, keep_blank_values=True)
        assert method == "GET", path
        if asked:
            assert parts.path.rstrip("/") == f"/{BUCKET}", path
            assert asked["list-type"] == ["2"], path
            assert asked["prefix"][0].startswith(f"{PREFIX}/"), path
            assert set(asked) <= OF_LISTS, path
        else:
            assert re.fullmatch(rf"/{BUCKET}/{PREFIX}/[0-9A-Fa-f]{{24}}/level\d+/.+\.json", parts.path), path


def test_browsing_only_lists_and_reads(
    desk: Desk, fleet: Fleet, server: MiniStack, reader: Keys, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.use(monkeypatch)
    with recording_proxy(server.url) as heard:
        desk.open(ADDRESS, endpoint_url=heard.url)
        assert not desk.messages.notices
        batch = parse_key(key)
        assert batch is not None
        # The tree down to a batch, and its messages.
        assert desk.panels.batches.select_batch(batch)
        desk.wait(lambda: desk.panels.messages.table.model().rowCount())
        desk.trigger("reload")
        desk.wait_until_settled()
        desk.trigger("load_all")
        desk.wait_until_settled()
        desk.session.watching.set_minutes(1)
        desk.session._look()
        desk.wait_until_settled()
        desk.session.add_paths(fleet.truth.vins, ["diagnostics.odometer"])
        desk.wait(desk.panels.timeline.keys)
        desk.wait_until_settled()
        target = tmp_path / "export.csv"
        desk.session.export(ExportRequest(tuple(desk.session.series_keys)), target)
        desk.wait(target.exists)
        desk.wait_until_settled()
        desk.trigger("close_source")
    listed_or_read(heard)
    assert sum("list-type" in path for _, path in heard.requests) > 3
    assert sum("list-type" not in path for _, path in heard.requests) > 6
    assert desk.window.actions_.action("watch_1").isEnabled()


def test_who_may_list_alone_is_told_at_what_cannot_be_done(
    desk: Desk, server: MiniStack, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add_user("rights-lister", LIST).use(monkeypatch)
    actions, batches = desk.window.actions_, desk.panels.batches
    with recording_proxy(server.url) as heard:
        desk.open(ADDRESS, endpoint_url=heard.url)
        listed_or_read(heard)
        # One batch is tried, and nothing is loaded in vain.
        assert sum("list-type" not in path for _, path in heard.requests) == 1
        (notice,) = desk.messages.notices
        assert notice.title == "Batches can be listed but not read"
        assert READS in notice.report
        assert batches.model.root.batches == 6
        assert READS in desk.panels.vehicles.stack.text
        batch = parse_key(key)
        assert batch is not None
        batches.select_batch(batch)
        desk.wait(batches.selected_days)
        for id in ("load_days", "load_range", "load_all", "watch_1", "watch_15", "show_message"):
            action = actions.action(id)
            assert not action.isEnabled(), id
            assert action.toolTip().endswith(READS), id
            assert action.statusTip().endswith(READS), id
        for button in (batches.load_button, batches.range_button):
            assert not button.isEnabled()
            assert button.toolTip().endswith(f"\n{READS}")
            assert button.statusTip() == READS
        for id in ("reload", "watch_0", "close_source"):
            assert actions.action(id).isEnabled(), id
        desk.wait_until_settled()
        desk.trigger("close_source")
    assert actions.action("watch_1").isEnabled()
    assert not desk.messages.notices


def test_who_may_read_alone_looks_at_what_was_loaded_and_reads_a_batch_by_its_key(
    desk: Desk, server: MiniStack, reader: Keys, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.use(monkeypatch)
    desk.open(ADDRESS, endpoint_url=server.url, region=REGION)
    desk.trigger("close_source")
    server.add_user("rights-getter", READ).use(monkeypatch)
    desk.open(ADDRESS, endpoint_url=server.url, region=REGION)
    batches = desk.panels.batches
    assert [notice.title for notice in desk.messages.notices] == ["Access denied"]
    assert LISTS in batches.stack.text
    assert desk.window.actions_.missing("load_all") == LISTS
    assert desk.panels.vehicles.model.rowCount()
    batches.filter.setText(f"{ADDRESS}/{key}")
    desk.wait(lambda: desk.panels.messages.table.model().rowCount())
    desk.wait_until_settled()
