from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.connections import S3Options
from core.errors import AccessDenied
from core.jobs import JobCancelled, JobContext
from core.storage.connection import open_source
from core.storage.index import DayCount, SourceIndex, batches_between, index_source
from core.storage.keys import parse_key
from tests.core.storage.conftest import APP, DAY, OTHER_APP, Users, layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.storage.source import LevelPage, Source, SourceObject
    from tests.servers import MiniStack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for key, content in layout().items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(content)
    return tmp_path


def expected(prefix: str = "") -> SourceIndex:
    """The index of the small layout, counted plainly."""
    days: dict[tuple[str, str, str], DayCount] = {}
    others = 0
    for text in layout():
        if not text.startswith(prefix):
            continue
        key = parse_key(text)
        if key is None:
            others += 1
            continue
        name = (key.app, key.level, key.day)
        old = days.get(name)
        count, size = (old.batches, old.bytes) if old else (0, 0)
        first = min(old.first, key.time) if old else key.time
        last = max(old.last, key.time) if old else key.time
        days[name] = DayCount(*name, count + 1, size + len(text), first, last)
    return SourceIndex(days, others, sum(day.batches for day in days.values()), sum(day.bytes for day in days.values()))


def counted(index: SourceIndex) -> SourceIndex:
    """An index without the objects that are no batches, whose times differ from run to run."""
    return replace(index, other_objects=())


def test_a_folder(folder: Path, ctx: JobContext) -> None:
    index = index_source(open_source(str(folder)), ctx)
    assert counted(index) == expected()
    assert {item.key for item in index.other_objects} == {key for key in layout() if parse_key(key) is None}
    assert (index.batches, index.others, len(index.days)) == (7, 6, 6)
    assert index.days[APP, "level13", "2022-09-03"].batches == 1
    assert index.days[APP, "level13", "2022-11-18"].batches == 2


def test_a_bucket(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.reader.use(monkeypatch)
    source = open_source(f"s3://{fleet}/back up/eu", S3Options(endpoint_url=server.url))
    assert counted(index_source(source, ctx)) == expected()
    whole = index_source(open_source(f"s3://{fleet}", S3Options(endpoint_url=server.url)), ctx)
    assert whole.days == expected().days
    assert whole.others == expected().others + len(layout())
    found = [key.text for page in batches_between(source, ctx, "2022-11-18", "2022-11-18") for key, _ in page]
    assert found == [key for key in layout() if key.startswith(DAY) and parse_key(key)]


def test_only_what_may_be_read(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.part.use(monkeypatch)
    scope = f"{APP}/level13/2022/11"
    source = open_source(f"s3://{fleet}/{scope}", S3Options(endpoint_url=server.url))
    assert counted(index_source(source, ctx)) == expected(scope)
    days = [key.day for page in batches_between(source, ctx, None, None) for key, _ in page]
    assert sorted(set(days)) == ["2022-11-18", "2022-11-19"]


@pytest.mark.parametrize(
    "part", [APP, f"{APP}/level13", f"{APP}/level13/2022", f"{APP}/level13/2022/9", DAY, "logs", f"{APP}/level77"]
)
def test_a_part_of_a_folder(folder: Path, ctx: JobContext, part: str) -> None:
    assert counted(index_source(open_source(str(folder)), ctx, part)) == expected(f"{part}/")


def test_scopes(folder: Path, ctx: JobContext) -> None:
    for scope in (APP, f"{APP}/level13/2022/11", DAY):
        assert counted(index_source(open_source(str(folder / scope)), ctx)) == expected(f"{scope}/")


def test_an_empty_source(tmp_path: Path, ctx: JobContext) -> None:
    assert index_source(open_source(str(tmp_path)), ctx) == SourceIndex({}, 0, 0, 0)
    assert list(batches_between(open_source(str(tmp_path)), ctx, None, None)) == []


class _Watched:
    """A source that notes what is listed, and can refuse some of it."""

    def __init__(self, source: Source, refused: str = "") -> None:
        self._source = source
        self._refused = refused
        self.listed: list[str] = []

    def list_level(self, folder: str, ctx: JobContext) -> Iterator[LevelPage]:
        return self._source.list_level(folder, ctx)

    def list_objects(self, folder: str, ctx: JobContext, start_after: str = "") -> Iterator[list[SourceObject]]:
        self.listed.append(folder)
        if folder == self._refused:
            raise AccessDenied("Access denied", subject=folder)
        return self._source.list_objects(folder, ctx, start_after)


def test_the_newest_months_come_first_and_others_last(folder: Path, ctx: JobContext) -> None:
    source = _Watched(open_source(str(folder)))
    index_source(source, ctx)  # type: ignore[arg-type] # only what is used
    assert source.listed == [
        f"{OTHER_APP}/level12/2023/01",
        f"{APP}/level13/2022/11",
        f"{APP}/level13/2022/10",
        f"{APP}/level13/2022/9",
        f"{APP}/level11/2021/12",
        "logs",
    ]


def test_others_that_may_not_be_listed_are_left_out(folder: Path, ctx: JobContext) -> None:
    source = _Watched(open_source(str(folder)), "logs")
    index = index_source(source, ctx)  # type: ignore[arg-type] # only what is used
    assert index.days == expected().days
    assert index.others == expected().others - 2
    with pytest.raises(AccessDenied):
        index_source(_Watched(open_source(str(folder)), f"{APP}/level13/2022/11"), ctx)  # type: ignore[arg-type]


def test_partial_results_grow_and_never_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.storage.index._PARTIAL_EVERY", 0.0)
    partials: list[SourceIndex] = []
    copies: list[SourceIndex] = []

    def keep(result: object) -> None:
        assert isinstance(result, SourceIndex)
        partials.append(result)
        copies.append(replace(result, days=dict(result.days)))

    progress: list[int] = []
    ctx = JobContext(on_progress=lambda done, total, text: progress.append(done), on_partial=keep)
    result = index_source(open_source(str(folder)), ctx)
    assert partials == copies
    assert len(partials) > 5
    assert [part.batches for part in partials] == sorted(part.batches for part in partials)
    assert partials[-1] == result
    assert progress[-1] == result.batches


def test_partial_results_come_five_times_a_second_at_most(folder: Path) -> None:
    partials: list[object] = []
    index_source(open_source(str(folder)), JobContext(on_partial=partials.append))
    assert len(partials) <= 3


def test_cancelling(folder: Path) -> None:
    ctx = JobContext(on_partial=lambda result: ctx.cancel())
    ctx.cancel()
    with pytest.raises(JobCancelled):
        index_source(open_source(str(folder)), ctx)
    with pytest.raises(JobCancelled):
        next(batches_between(open_source(str(folder)), ctx, None, None))


@pytest.mark.parametrize(
    ("first", "last", "app", "level", "listed"),
    [
        (None, None, "", "level13", [f"{APP}/level13/2022/{month}" for month in ("9", "10", "11")]),
        ("2022-11-18", "2022-11-18", "", "", [DAY]),
        ("2022-11-19", None, "", "", [f"{APP}/level13/2022/11/19", f"{OTHER_APP}/level12/2023/01"]),
        ("2022-11-19", None, APP, "", [f"{APP}/level13/2022/11/19"]),
        (None, "2022-10-31", "", "", [f"{APP}/level11/2021/12", f"{APP}/level13/2022/9", f"{APP}/level13/2022/10/01"]),
        ("2022-09-03", "2022-10-01", "", "", [f"{APP}/level13/2022/9/3", f"{APP}/level13/2022/10/01"]),
        ("2024-01-01", None, "", "", []),
        ("2022-11-20", "2022-11-30", "", "", []),
    ],
)
def test_only_folders_of_the_asked_days_are_listed(
    folder: Path, ctx: JobContext, first: str | None, last: str | None, app: str, level: str, listed: list[str]
) -> None:
    source = _Watched(open_source(str(folder)))
    pages = list(batches_between(source, ctx, first, last, app, level))  # type: ignore[arg-type] # only what is used
    assert source.listed == listed
    found = {key.text for page in pages for key, _ in page}
    assert all(key.text == item.key for page in pages for key, item in page)
    keys = [key for key in map(parse_key, layout()) if key is not None]
    low, high = first or "", last or "9"
    assert found == {
        key.text for key in keys if low <= key.day <= high and app in ("", key.app) and level in ("", key.level)
    }
