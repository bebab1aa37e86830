"""What remains of files when some batches leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from core.archive.files import write_file
from core.archive.sql import read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb

    from core.archive.files import WrittenFile
    from core.archive.table import TableFile


class Rests:
    """Looks into files for some batches, and writes files without them.

    Args:
        folder: the archive's.
        batches: keys of those that leave.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, batches: Iterable[str]) -> None:
        self._connection = connection
        self._folder = folder
        connection.register("gone", pa.table({"gone": pa.array(list(batches), pa.string())}))

    def concern(self, file: TableFile | WrittenFile) -> bool:
        """Whether a file holds anything of the batches."""
        query = f"SELECT 1 FROM {read(self._folder, [file])} SEMI JOIN gone ON batch = gone LIMIT 1"
        return self._connection.execute(query).fetchone() is not None

    def rest(self, file: TableFile | WrittenFile) -> WrittenFile | None:
        """A new file with the rows of the other batches; None where there are none.

        Raises:
            DiskFull, ArchiveError: nothing is left of the file then.
        """
        query = f"FROM {read(self._folder, [file])} ANTI JOIN gone ON batch = gone"
        return write_file(self._connection, query, self._folder, file.partition)
