from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from core.connections import S3Options
from core.errors import AccessDenied, SourceNotFound, UsageError
from core.storage.connection import open_source
from core.storage.folder import FolderSource
from core.storage.s3 import S3Source

APP = "9FBBEDED80595912588FF4FF"


@pytest.mark.parametrize(
    ("given", "address", "scope"),
    [
        ("s3://fleet", "s3://fleet", ""),
        (" s3://fleet/ ", "s3://fleet", ""),
        ("S3://fleet/back up//eu/", "s3://fleet/back up/eu", ""),
        (f"s3://fleet/eu/{APP}/level13/2022/", f"s3://fleet/eu/{APP}/level13/2022", f"{APP}/level13/2022"),
        (f"s3://fleet/{APP}", f"s3://fleet/{APP}", APP),
        ("s3://old_Bucket.name", "s3://old_Bucket.name", ""),
    ],
)
def test_buckets(given: str, address: str, scope: str) -> None:
    source = open_source(given)
    assert isinstance(source, S3Source)
    assert (source.address, source.scope) == (address, scope)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ("", "address"),
        ("   ", "address"),
        ("s3:", "incomplete"),
        ("s3:fleet", "incomplete"),
        ("s3://", "no bucket"),
        ("s3:///prefix", "no bucket"),
        ("s3://a", "bucket's name"),
        ("s3://fl eet", "bucket's name"),
        ("s3://flee..t", "bucket's name"),
        ("s3://arn:aws:s3:eu-west-1:1:accesspoint/x", "bucket's name"),
        ("s3://fleet/a/../b", "dot"),
        ("https://s3.console.aws.amazon.com/s3/buckets/fleet", "kind of address"),
        ("gs://fleet", "kind of address"),
        ("file://host/folder", "file address"),
    ],
)
def test_nonsense_is_told_apart(given: str, word: str) -> None:
    with pytest.raises(UsageError) as raised:
        open_source(given)
    assert word in raised.value.title
    assert raised.value.hint


@pytest.mark.parametrize("endpoint", ["minio:9000", "http://", "ftp://host", "https://host/?x=1", "http://host:99999"])
def test_endpoints_that_are_none(endpoint: str) -> None:
    with pytest.raises(UsageError, match="no server's address"):
        open_source("s3://fleet", S3Options(endpoint_url=endpoint))


def test_an_endpoint_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(UsageError) as raised:
        open_source("s3://fleet", S3Options(endpoint_url="https://me:hunter2@host"))
    assert "hunter2" not in raised.value.report()


def test_a_region_that_is_none() -> None:
    with pytest.raises(UsageError, match="no region's name"):
        open_source("s3://fleet", S3Options(region="eu west 1"))


def test_folders_are_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fleet data").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    expected = str(tmp_path / "fleet data")
    url = (tmp_path / "fleet data").as_uri()
    for given in ("fleet data", "./fleet data/", "~/fleet data", expected + os.sep, url, "x/../fleet data"):
        source = open_source(given)
        assert isinstance(source, FolderSource)
        assert (source.address, source.scope) == (expected, "")


def test_a_folder_inside_the_layout_is_split(tmp_path: Path) -> None:
    inside = tmp_path / APP / "level13" / "2022"
    inside.mkdir(parents=True)
    source = open_source(str(inside))
    assert (source.address, source.scope) == (str(inside), f"{APP}/level13/2022")


def test_the_address_of_a_batch_opens_its_day(tmp_path: Path) -> None:
    scope, name = f"{APP}/level13/2022/11/18", "14-11-23-699000000-c0d010d5.json"
    assert open_source(f"s3://fleet/back up/{scope}/{name}").address == f"s3://fleet/back up/{scope}"
    (tmp_path / scope).mkdir(parents=True)
    (tmp_path / scope / name).write_text("[]")
    source = open_source(str(tmp_path / scope / name))
    assert (source.address, source.scope) == (str(tmp_path / scope), scope)


def test_the_whole_disk_can_be_opened() -> None:
    assert open_source(Path.cwd().anchor).address == Path.cwd().anchor


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound) as raised:
        open_source(str(tmp_path / "none"))
    assert raised.value.subject == str(tmp_path / "none")
    with pytest.raises(SourceNotFound):
        open_source("~nobody-of-this-name/x")
    with pytest.raises(SourceNotFound):
        open_source("nul\0byte")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(UsageError) as raised:
        open_source(str(tmp_path / "a.json"))
    assert str(tmp_path) in raised.value.hint


def test_a_folder_that_may_not_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests may run as root, who may see everything: the system's own answer is given instead.
    def refuse(self: Path, **_: object) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(AccessDenied) as raised:
        open_source(str(tmp_path))
    monkeypatch.undo()
    assert raised.value.subject == str(tmp_path)


def test_a_folder_is_opened_without_loading_the_object_stores(tmp_path: Path) -> None:
    import subprocess

    program = (
        "import sys; from core.storage.connection import open_source; open_source(sys.argv[1]);"
        "sys.exit(bool({'boto3', 'obstore'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, timeout=60)
