"""Pieces of the queries that read the archive's files."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from core.archive.files import WrittenFile
    from core.archive.table import TableFile


def of_vehicles(files: Sequence[TableFile], vins: Iterable[str]) -> list[TableFile]:
    """The files that may hold samples of these vehicles; all where none is named."""
    names = sorted(set(vins), key=str.encode)
    if not names:
        return list(files)
    encoded = [name.encode() for name in names]

    def may_hold(file: TableFile) -> bool:
        at = bisect.bisect_left(encoded, file.low.encode())
        return at < len(encoded) and encoded[at] <= file.high.encode()

    return [file for file in files if may_hold(file)]


def among(column: str, texts: Iterable[str]) -> str:
    """A condition that a column is one of these texts, in a form that lets DuckDB skip parts of files; none: any."""
    distinct = sorted(set(texts))
    return f"{column} IN ({', '.join(map(literal, distinct))})" if distinct else "true"


def literal(text: str) -> str:
    """A text as a query says it."""
    parts = ("'" + part.replace("'", "''") + "'" for part in text.split("\0"))
    return "(" + " || chr(0) || ".join(parts) + ")" if "\0" in text else next(parts)


def read(folder: Path, files: Sequence[TableFile | WrittenFile], *, named: bool = False) -> str:
    """What a query reads these files from; where it is named, with a column ``filename``."""
    paths = ", ".join(literal(str(folder / file.path)) for file in files)
    return f"read_parquet([{paths}], hive_partitioning = false{', filename = true' if named else ''})"
