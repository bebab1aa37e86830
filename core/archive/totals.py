"""What all series of an archive come to, kept beside its files and brought up to date by what was added.

The total is a few files of one row a series and a list: which files of the table are counted in it, and of which files
it consists. What new files bring is counted once and written beside the rest; of these files the smaller ones are put
together as soon as they weigh as much as the next larger one, so that there are few, and a row is rewritten some few
times. Where files of samples left the table other than by compaction, the total is made anew, from one summary of each
large file, which is kept too. All of it can be made anew at any time.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from core.archive.counting import Joining, Part, known, meeting, merged, summary_of, without_anew
from core.archive.engine import querying, rewriting, translated
from core.archive.sql import literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb

    from core.archive.table import Snapshot, TableFile
    from core.jobs import JobContext

FOLDER = "_summaries"
_LIST = "total.json"

# Files with fewer rows are read together; most of them are merged soon.
_FILE_ROWS = 50_000
# More new rows than these are counted in little memory, which takes its time to begin.
_AT_ONCE = 200_000
# Parts with fewer rows are put together at once: opening each takes longer than that.
_SMALL_PART = 1_000
# A list says which files are removed: nothing beside the summaries can be called so.
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_ORDER = "vin, capability, property, component"
_READ_SECONDS = 60.0
"""How long somebody may still be reading files that were put together."""


@dataclass(frozen=True, slots=True)
class Total:
    """The list.

    Attributes:
        version: of the table that it says something of.
        files: names of the table's files of samples that are counted.
        parts: names of the files that the total consists of, and how many rows they have; the largest first.
        former: names of files that it no longer consists of, and since when, seconds since the epoch.
    """

    version: int
    files: frozenset[str]
    parts: Mapping[str, int]
    former: Mapping[str, float] = field(default_factory=dict)


def total(folder: Path, snapshot: Snapshot, ctx: JobContext) -> list[Path]:
    """The files that together say what the series of all samples come to; what is missing in them is counted first.

    Their columns are those of :func:`core.archive.counting.summary_of`. A series may have a row in several, whose
    numbers of samples add up. One thread at a time.

    Raises:
        JobCancelled: what was made stays and is used the next time.
        ArchiveError, DiskFull: the files cannot be read, or nothing written.
    """
    files = {name_of(file): file for file in snapshot.of_kind("sample")}
    old = _load(folder)
    counted = None if old is None else _counted(folder, old, snapshot.version, files)
    if old is None or counted is None:
        parts = _made_anew(folder, list(files.values()), ctx)
    elif len(counted) < len(files):
        parts = _brought_up(folder, old.parts, files, counted, ctx)
    else:
        parts = dict(old.parts)
    now = Total(snapshot.version, frozenset(files), parts, {} if old is None else old.former)
    if old is None or old.files != now.files:
        _save(folder, now, () if old is None else old.parts)
    return [folder / FOLDER / name for name in parts]


def discard(folder: Path, files: Sequence[TableFile]) -> None:
    """Remove the total and the summaries of these files."""
    for name in {*needed(folder), *map(name_of, files)}:
        with contextlib.suppress(OSError):
            (folder / FOLDER / name).unlink()


def needed(folder: Path) -> set[str]:
    """The names of the files that the total consists of, or did a moment ago."""
    found = _load(folder)
    return {_LIST} if found is None else {_LIST, *found.parts, *found.former}


def name_of(file: TableFile) -> str:
    """A file's own name, which no other one ever has; its summary is called so, too."""
    return file.path.rpartition("/")[2]


def _load(folder: Path) -> Total | None:
    """The list, or None where there is none that can be read."""
    try:
        found = json.loads((folder / FOLDER / _LIST).read_bytes())
        version, files, parts, former = (found[name] for name in ("version", "files", "parts", "former"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    is_list = (
        _is_count(version)
        and isinstance(files, list)
        and all(isinstance(name, str) for name in files)
        and isinstance(parts, dict)
        and all(_NAME.fullmatch(name) and _is_count(rows) for name, rows in parts.items())
        and isinstance(former, dict)
        and all(_NAME.fullmatch(name) and type(since) in (int, float) for name, since in former.items())
    )
    return Total(version, frozenset(files), parts, former) if is_list else None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _save(folder: Path, now: Total, before: Collection[str]) -> None:
    """Write the list, and remove files that nobody reads any more."""
    moment = time.time()
    former = dict(now.former) | {name: moment for name in before if name not in now.parts}
    for name, since in list(former.items()):
        if since < moment - _READ_SECONDS:
            with contextlib.suppress(OSError):
                (folder / FOLDER / name).unlink(missing_ok=True)
                del former[name]
    content = {"version": now.version, "files": sorted(now.files), "parts": dict(now.parts), "former": former}
    target = folder / FOLDER / _LIST
    with translated(target):
        target.parent.mkdir(exist_ok=True)
        part = target.with_name(f"{uuid.uuid4().hex}.part")
        try:
            part.write_text(json.dumps(content), encoding="utf-8")
            with contextlib.suppress(PermissionError):
                # Somebody else may be writing or reading it; then what is there stays true.
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def _counted(folder: Path, old: Total, version: int, files: Collection[str]) -> set[str] | None:
    """Those of the table's files that are counted; None where the total counts what is there no longer."""
    counted = set(old.files)
    if counted.issubset(files):
        return counted
    for number in range(old.version + 1, version + 1):
        try:
            lines = (folder / "_delta_log" / f"{number:020}.json").read_text(encoding="utf-8").splitlines()
        except OSError:
            return None
        actions = [json.loads(line) for line in lines]
        added, removed = _named(actions, "add"), _named(actions, "remove")
        if counted.isdisjoint(removed):
            continue
        if not counted.issuperset(removed) or any(
            action[kind]["dataChange"] for action in actions for kind in ("add", "remove") if kind in action
        ):
            return None
        # Only what was counted, and all of it, lies in other files now.
        counted = counted.difference(removed) | added
    return counted if counted.issubset(files) else None


def _named(actions: Sequence[dict[str, Any]], kind: str) -> set[str]:
    """The names of the files of samples that a commit has added or removed."""
    paths = (unquote(action[kind]["path"]) for action in actions if kind in action)
    return {path.rpartition("/")[2] for path in paths if path.startswith("kind=sample/")}


def _brought_up(
    folder: Path, parts: Mapping[str, int], files: Mapping[str, TableFile], counted: Collection[str], ctx: JobContext
) -> dict[str, int]:
    """The total's parts with what new files bring."""
    old = [file for name, file in files.items() if name in counted]
    new = [file for name, file in files.items() if name not in counted]
    with _counting(folder, new, ctx) as connection:
        row = connection.execute(f"CREATE TEMP TABLE fresh AS {summary_of(folder, new)}").fetchone()
        rows = 0 if row is None else int(row[0])
        anew, queries, kept = "", ["FROM fresh"], dict(parts)
        if connection.execute(meeting(_read(folder, parts))).fetchone() is not None:
            before = Part(old, known(_read(folder, parts)))
            joining = Joining(connection, folder, [before, Part(new, "FROM fresh")], ctx)
            anew, queries = joining.anew(list(files.values())), [joining.added()]
        # The list has the largest first; what is counted anew may stand in any of them.
        for name, size in reversed(list(parts.items())):
            if anew or size <= max(2 * rows, _SMALL_PART):
                part = f"FROM {_read(folder, [name])}"
                queries.append(without_anew(part) if anew else part)
                rows += size
                del kept[name]
        name, written = _write_part(connection, folder, [*queries, *([anew] if anew else [])])
    return dict(sorted((kept | {name: written}).items(), key=lambda item: -item[1]))


def _made_anew(folder: Path, files: Sequence[TableFile], ctx: JobContext) -> dict[str, int]:
    """A total of one part."""
    with rewriting(ctx, folder) as connection, translated(folder):
        (folder / FOLDER).mkdir(exist_ok=True)
        parts = []
        for file in files:
            if file.rows >= _FILE_ROWS:
                name = name_of(file)
                if not (folder / FOLDER / name).exists():
                    ctx.check()
                    write(connection, summary_of(folder, [file]), folder / FOLDER / name)
                parts.append(Part([file], f"FROM {_read(folder, [name])}"))
        small = [file for file in files if file.rows < _FILE_ROWS]
        if small:
            parts.append(Part(small, summary_of(folder, small)))
        joining = Joining(connection, folder, parts, ctx)
        anew = joining.anew(files)
        name, rows = _write_part(connection, folder, [joining.counted(), *([anew] if anew else [])])
    return {name: rows}


def _counting(
    folder: Path, files: Sequence[TableFile], ctx: JobContext
) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    return (querying if sum(file.rows for file in files) <= _AT_ONCE else rewriting)(ctx, folder)


def _write_part(connection: duckdb.DuckDBPyConnection, folder: Path, queries: Sequence[str]) -> tuple[str, int]:
    """Write a part of the total from the rows of some queries; its name and number of rows."""
    name = f"total-{uuid.uuid4().hex}.parquet"
    query = queries[0] if len(queries) == 1 else merged(queries)
    rows = write(connection, f"FROM ({query}) ORDER BY {_ORDER}", folder / FOLDER / name)
    return name, rows


def _read(folder: Path, names: Collection[str]) -> str:
    return read_summaries([folder / FOLDER / name for name in names])


def read_summaries(paths: Sequence[Path]) -> str:
    """What a query reads some files of summaries from."""
    return f"read_parquet([{', '.join(literal(str(path)) for path in paths)}], hive_partitioning = false)"


def write(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Write a file that appears whole or not at all; how many rows it has."""
    part = target.with_name(f"{uuid.uuid4().hex}.part")
    try:
        row = connection.execute(
            f"COPY ({query}) TO {literal(str(part))} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()
        with contextlib.suppress(PermissionError):
            # Somebody else may have written the same, and have it open.
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return 0 if row is None else int(row[0])
