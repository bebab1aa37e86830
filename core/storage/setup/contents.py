"""What lies in a bucket: apps, levels, their first and last batches and the platform's test file, by lists alone.

A level of a year has 105,000 batches; its ends are found with some seven lists, as years, months, days, hours, minutes
and seconds are all parts of a key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.storage.keys import is_app, is_level, parse_key, split_root
from core.storage.layout import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.storage.setup.asking import Bucket

SIMULATION_MARKER = ".odograph-simulation"
"""How the name of the object begins that says which simulation lies in a place."""

_DAY_PARTS = 3  # year, month, day
_TIME_PARTS = 3  # hour, minute, second
_MOST_PAGES = 20
_UNTOLD = datetime(1970, 1, 1, tzinfo=UTC)
_TEST_BYTES = 4 * 1024
# "test" as a word of its own, so that neither "latest.json" nor "contest" is one.
_TEST_WORD = re.compile(r"(?:^|[^a-z])test(?:[^a-z]|$)")
_TEST_ENDS = ("json", "txt")


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in a bucket.

    Attributes:
        key: the whole key, with the prefix.
        size: in bytes.
        modified: when it was stored; 1970 where the server does not tell.
        etag: what it holds, as the server calls it; empty where it does not.
    """

    key: str
    size: int
    modified: datetime
    etag: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class BatchEnd:
    """The first or the last batch of a level.

    Attributes:
        stored: the object.
        time: when the batch was closed, microseconds since the epoch, UTC.
        padded: whether every part of its key is zero-padded, so that later keys sort behind it.
    """

    stored: Stored
    time: int
    padded: bool


@dataclass(frozen=True, slots=True)
class LevelContents:
    """An app's Auto API level.

    Attributes:
        app: the app-id.
        level: for example ``level13``.
        first: its first batch, or None where it has none.
        last: its last batch.
    """

    app: str
    level: str
    first: BatchEnd | None
    last: BatchEnd | None


@dataclass(frozen=True, slots=True)
class TopLevel:
    """What lies directly at the layout's root.

    Attributes:
        apps: the app-ids.
        tests: objects that may be the platform's test file.
        others: names of other objects and folders, the first hundred.
        simulated: whether a simulated fleet was delivered here.
    """

    apps: tuple[str, ...]
    tests: tuple[Stored, ...]
    others: tuple[str, ...]
    simulated: bool = False


def look_at_top(bucket: Bucket, root: str) -> TopLevel:
    """What lies at the layout's root.

    Raises:
        SourceError: it cannot be listed.
    """
    prefix = f"{root}/" if root else ""
    apps: list[str] = []
    tests: list[Stored] = []
    others: list[str] = []
    simulated = False
    for folders, objects in _pages(bucket, prefix, "/"):
        apps += [name for name in folders if is_app(name)]
        tests += [item for item in objects if is_test_file(item, root)]
        others += [f"{name}/" for name in folders if not is_app(name)]
        others += [item.key for item in objects if not is_test_file(item, root) and item.key != prefix]
        simulated = simulated or any(item.key.startswith(prefix + SIMULATION_MARKER) for item in objects)
        del others[100:]
    return TopLevel(tuple(apps), tuple(tests), tuple(others), simulated)


def look_at_levels(bucket: Bucket, root: str, apps: tuple[str, ...], scope: str = "") -> Iterator[LevelContents]:
    """The levels of apps with their ends.

    Args:
        bucket: where.
        root: the layout's, without slashes at the ends.
        apps: the app-ids; where a scope is given, its own is taken.
        scope: the part of the layout that may be listed, see :func:`core.storage.keys.split_root`.

    Raises:
        SourceError: something cannot be listed.
    """
    for app, level in level_names(bucket, root, apps, scope):
        yield look_at_level(bucket, root, app, level, scope)


def level_names(bucket: Bucket, root: str, apps: tuple[str, ...], scope: str = "") -> Iterator[tuple[str, str]]:
    """App and level of each level there is, with one list for each app; see :func:`look_at_levels`."""
    parts = scope.split("/") if scope else []
    for app in parts[:1] or apps:
        levels = parts[1:2]
        if not levels:
            pages = _pages(bucket, f"{join(root, app)}/", "/")
            levels = [name for names, _ in pages for name in names if is_level(name)]
        for level in levels:
            yield app, level


def look_at_level(bucket: Bucket, root: str, app: str, level: str, scope: str = "") -> LevelContents:
    """A level with its ends; see :func:`look_at_levels`."""
    deeper = scope.split("/")[2:]
    start = "/".join([join(root, app), level, *deeper])
    first, last = (batch_end(bucket, root, start, len(deeper), newest=newest) for newest in (False, True))
    return LevelContents(app, level, first, last)


def batch_end(bucket: Bucket, root: str, folder: str, depth: int = 0, *, newest: bool) -> BatchEnd | None:
    """The first or the last batch below a folder, or None where there is none.

    Args:
        bucket: where.
        root: the layout's.
        folder: the whole path of a level's folder, or of one below it.
        depth: how far below the level's folder it is: 1 a year, 2 a month, 3 a day.
    """
    if depth >= _DAY_PARTS:
        return _end_in_day(bucket, root, f"{folder}/", 0, newest)
    for name in _numbers(bucket, f"{folder}/", "/", newest):
        found = batch_end(bucket, root, f"{folder}/{name}", depth + 1, newest=newest)
        if found is not None:
            return found
    return None


def newer_batches(bucket: Bucket, root: str, folder: str, after: str) -> Iterator[BatchEnd]:
    """The batches below a level's folder whose keys come after one, in key order, one page at most."""
    answer = bucket.ask("ListObjectsV2", {"Prefix": f"{folder}/", "StartAfter": after}) or {}
    for item in map(_stored, answer.get("Contents", [])):
        found = _batch(item, root)
        if found is not None:
            yield found


def first_below(bucket: Bucket, root: str, prefix: str) -> Stored | None:
    """The oldest batch on the first page of the keys below any prefix, or None where there is none."""
    answer = bucket.ask("ListObjectsV2", {"Prefix": prefix}) or {}
    ends = [end for item in answer.get("Contents", []) if (end := _batch(_stored(item), root)) is not None]
    first = min(ends, key=lambda end: end.time, default=None)
    return first.stored if first is not None else None


def is_test_file(item: Stored, root: str) -> bool:
    """Whether an object may be the test file that the platform stores when a delivery is saved.

    It lies directly at the layout's root, is small, and is called a test.
    """
    name = relative(item.key, root)
    _, dot, end = name.lower().rpartition(".")
    return (
        "/" not in name
        and _TEST_WORD.search(name.lower()) is not None
        and (not dot or end in _TEST_ENDS)
        and item.size <= _TEST_BYTES
        and parse_key(name) is None
        and split_root(item.key)[1] == ""
    )


def deletable_tests(top: TopLevel, root: str) -> tuple[Stored, ...]:
    """The objects that may be the platform's test file and may be deleted: none in a folder that holds no app.

    The platform delivers to the top of a bucket. A folder elsewhere is a layout's root only where apps show it.
    """
    return top.tests if not root or top.apps else ()


def stored_object(bucket: Bucket, key: str) -> Stored | None:
    """An object by its whole key, or None where there is none.

    Raises:
        SourceError: it cannot be listed.
    """
    answer = bucket.ask("ListObjectsV2", {"Prefix": key, "MaxKeys": 1}) or {}
    return next((_stored(item) for item in answer.get("Contents", []) if item["Key"] == key), None)


def relative(key: str, root: str) -> str:
    """A key without the layout's root."""
    return key[len(root) + 1 :] if root and key.startswith(f"{root}/") else key


def _end_in_day(bucket: Bucket, root: str, prefix: str, depth: int, newest: bool) -> BatchEnd | None:
    if depth == _TIME_PARTS:
        ends = (_batch(item, root) for _, objects in _pages(bucket, prefix, "") for item in objects)
        found = [end for end in ends if end is not None]
        return (max if newest else min)(found, key=lambda end: end.time, default=None)
    for name in _numbers(bucket, prefix, "-", newest):
        end = _end_in_day(bucket, root, f"{prefix}{name}-", depth + 1, newest)
        if end is not None:
            return end
    return None


def _numbers(bucket: Bucket, prefix: str, delimiter: str, newest: bool) -> list[str]:
    """The numbers that come next in the keys behind a prefix, the end that is looked for first."""
    names = [name for folders, _ in _pages(bucket, prefix, delimiter) for name in folders]
    return sorted((name for name in names if name.isascii() and name.isdecimal()), key=int, reverse=newest)


def _pages(bucket: Bucket, prefix: str, delimiter: str) -> Iterator[tuple[list[str], list[Stored]]]:
    asked: dict[str, Any] = {"Prefix": prefix}
    if delimiter:
        asked["Delimiter"] = delimiter
    for _ in range(_MOST_PAGES):
        answer = bucket.ask("ListObjectsV2", asked) or {}
        folders = [item["Prefix"][len(prefix) : -1] for item in answer.get("CommonPrefixes", [])]
        yield [name for name in folders if name], [_stored(item) for item in answer.get("Contents", [])]
        token = answer.get("NextContinuationToken")
        if not answer.get("IsTruncated") or not token or token == asked.get("ContinuationToken"):
            return
        asked["ContinuationToken"] = token


def _stored(item: dict[str, Any]) -> Stored:
    return Stored(item["Key"], item.get("Size", 0), item.get("LastModified") or _UNTOLD, item.get("ETag", ""))


def _batch(item: Stored, root: str) -> BatchEnd | None:
    key = parse_key(relative(item.key, root))
    if key is None:
        return None
    # A batch is stored when it is closed, or soon after.
    told = item if item.modified != _UNTOLD else replace(item, modified=moment_of(key.time))
    return BatchEnd(told, key.time, key.padded)


def moment_of(time: int) -> datetime:
    """Microseconds since the epoch as a time with its zone (UTC)."""
    return datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(microseconds=time)
