from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from core.errors import AccessDenied, ObjectNotFound, SourceError, SourceNotFound
from core.jobs import JobCancelled, JobContext
from core.storage.connection import open_source
from tests.core.storage.conftest import APP, DAY, OTHER_APP, layout

if TYPE_CHECKING:
    from pathlib import Path

    from core.storage.source import Source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "fleet"
    for key, content in layout().items():
        (root / key).parent.mkdir(parents=True, exist_ok=True)
        (root / key).write_bytes(content)
    for name in (".hidden/x.json", "half.json.tmp", f"{DAY}/half.json.part", f"{APP}/.DS_Store"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def keys(source: Source, ctx: JobContext, folder: str = "", start_after: str = "") -> list[str]:
    return [item.key for page in source.list_objects(folder, ctx, start_after) for item in page]


def test_all_objects_in_the_order_of_keys(folder: Path, ctx: JobContext) -> None:
    assert keys(open_source(str(folder)), ctx) == list(layout())


def test_a_folder_sorts_with_its_slash(tmp_path: Path, ctx: JobContext) -> None:
    expected = ["a!/x", "a.json", "a/x", "a0/x"]
    for key in expected:
        (tmp_path / key).parent.mkdir(exist_ok=True)
        (tmp_path / key).write_bytes(b"")
    source = open_source(str(tmp_path))
    assert keys(source, ctx) == expected
    for position, key in enumerate(expected):
        assert keys(source, ctx, start_after=key) == expected[position + 1 :]


def test_levels(folder: Path, ctx: JobContext) -> None:
    source = open_source(str(folder))
    (top,) = source.list_level("", ctx)
    assert top.folders == (OTHER_APP, APP, "logs")
    assert [item.key for item in top.objects] == ["test.txt"]
    (day,) = source.list_level(DAY, ctx)
    assert day.folders == ("deeper",)
    assert [item.key for item in day.objects] == [
        key for key in layout() if key.startswith(DAY) and "deeper" not in key
    ]
    assert list(source.list_level(f"{APP}/level99", ctx)) == []


def test_what_is_known_of_an_object(folder: Path, ctx: JobContext) -> None:
    os.utime(folder / "test.txt", ns=(0, 1_700_000_000_123_456_789))
    source = open_source(str(folder))
    item = next(item for page in source.list_level("", ctx) for item in page.objects)
    assert (item.size, item.modified) == (8, 1_700_000_000_123_456)
    os.utime(folder / "test.txt", ns=(0, 1_700_000_000_123_456_790))
    again = next(item for page in source.list_level("", ctx) for item in page.objects)
    assert again.etag != item.etag


def test_many_files_come_in_pages(tmp_path: Path, ctx: JobContext) -> None:
    names = [f"{number:04d}.json" for number in range(2100)]
    for name in names:
        (tmp_path / name).write_bytes(b"[]")
    source = open_source(str(tmp_path))
    pages = list(source.list_objects("", ctx))
    assert [len(page) for page in pages] == [1000, 1000, 100]
    assert [item.key for page in pages for item in page] == names
    levels = list(source.list_level("", ctx))
    assert [len(page.objects) for page in levels] == [1000, 1000, 100]
    assert keys(source, ctx, start_after="1999.json") == names[2000:]


def test_a_scope_is_all_there_is(folder: Path, ctx: JobContext) -> None:
    source = open_source(str(folder / APP / "level13" / "2022" / "11"))
    inside = [key for key in layout() if key.startswith(f"{APP}/level13/2022/11/")]
    assert keys(source, ctx) == inside
    assert keys(source, ctx, APP) == inside
    assert keys(source, ctx, DAY) == [key for key in inside if key.startswith(DAY)]
    assert keys(source, ctx, OTHER_APP) == []
    assert [page.folders for page in source.list_level("", ctx)] == [(APP,)]
    assert [page.folders for page in source.list_level(f"{APP}/level13/2022", ctx)] == [("11",)]
    assert [page.folders for page in source.list_level(f"{APP}/level13/2022/11", ctx)] == [("18", "19")]
    assert list(source.list_level(OTHER_APP, ctx)) == []


def test_links_are_followed_but_not_in_circles(folder: Path, ctx: JobContext) -> None:
    (folder / "logs" / "up").symlink_to(folder)
    (folder / "logs" / "self").symlink_to("self")
    (folder / "logs" / "nowhere").symlink_to("missing")
    (folder / "zz").symlink_to(folder / OTHER_APP)
    os.mkfifo(folder / "pipe")
    linked = [f"zz{key[len(OTHER_APP) :]}" for key in layout() if key.startswith(OTHER_APP)]
    assert keys(open_source(str(folder)), ctx) == [*layout(), *linked]


def test_fetching_many(folder: Path, ctx: JobContext) -> None:
    source = open_source(str(folder))
    objects = [item for page in source.list_objects("", ctx) for item in page]
    (folder / "test.txt").unlink()
    results = {result.object.key: result for result in source.fetch_many(objects, ctx)}
    gone = results.pop("test.txt")
    assert isinstance(gone.error, ObjectNotFound)
    assert gone.error.subject == str(folder / "test.txt")
    expected = layout()
    del expected["test.txt"]
    assert {key: result.content for key, result in results.items()} == expected
    assert list(source.fetch_many([], ctx)) == []


@pytest.mark.parametrize("key", ["missing.json", "logs", "test.txt/x", "../outside.txt", "", "/test.txt", "a//b"])
def test_keys_that_name_no_file(folder: Path, key: str) -> None:
    (folder.parent / "outside.txt").write_text("secret")
    with pytest.raises(ObjectNotFound):
        open_source(str(folder)).fetch(key)


def test_the_root_disappears(folder: Path, ctx: JobContext) -> None:
    source = open_source(str(folder))
    folder.rename(folder.parent / "moved")
    with pytest.raises(SourceNotFound) as raised:
        list(source.list_level("", ctx))
    assert raised.value.subject == str(folder)


def test_trouble_names_the_path(folder: Path, ctx: JobContext, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests may run as root, who may read everything: the system's own answers are given instead.
    source = open_source(str(folder))
    for error, kind, part in (
        (PermissionError(13, "Permission denied"), AccessDenied, ""),
        (OSError(5, "I/O error"), SourceError, "logs"),
    ):

        def refuse(path: object, error: OSError = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", refuse)
            with pytest.raises(kind) as raised:
                list(source.list_level(part, ctx))
        assert raised.value.subject == str(folder / part)
        assert raised.value.hint


def test_a_name_that_is_no_text(folder: Path, ctx: JobContext) -> None:
    (folder / os.fsdecode(b"bad\xff.bin")).write_bytes(b"x")
    found = [key for key in keys(open_source(str(folder)), ctx) if key.startswith("bad")]
    assert [key.encode() for key in found] == ["bad�.bin".encode()]


def test_cancelling(folder: Path, ctx: JobContext) -> None:
    source = open_source(str(folder))
    objects = [item for page in source.list_objects("", ctx) for item in page]
    fetching = source.fetch_many(objects, ctx)
    next(fetching)
    ctx.cancel()
    for step in (
        lambda: next(fetching),
        lambda: next(source.list_objects("", ctx)),
        lambda: next(source.list_level("", ctx)),
        lambda: next(source.fetch_many(objects, ctx)),
    ):
        with pytest.raises(JobCancelled):
            step()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("storage-fetch")]
