"""Writes series as CSV, at full resolution and with bounded memory.

Two layouts. **Long**: a row a sample, exactly the columns of :data:`LONG_COLUMNS`; the series stand in the order in
which they were asked for, each sorted by time. **Wide**: a row a time, see :mod:`core.export.wide`. How cells are
written is said in :mod:`core.export.cells`, in which units in :mod:`core.export.units`. A derived series has the
capability ``derived`` and its formula as its property; a batch only where each value comes from one message.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from core.errors import UsageError
from core.export import cells, wide
from core.export.escaping import cell
from core.export.reading import PIECE_SAMPLES, PieceReader
from core.export.target import explained, whole_file
from core.export.units import ShownUnits
from core.fleet.gaps import GAP_FACTOR
from core.fleet.timezones import zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import tzinfo

    import pyarrow as pa

    from core.archive.archive import Archive
    from core.autoapi.display import DisplayUnits
    from core.fleet.series import Series, SeriesKey
    from core.jobs import JobContext

LONG_COLUMNS = ("time", "vin", "capability", "property", "component", "value", "unit", "failure", "batch")
LAYOUTS = ("long", "wide")

# Few enough to ask for a cancel some times a second, enough to be quick.
_BLOCK_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export.

    Attributes:
        keys: the series, in the order in which they are to stand in the file.
        start: microseconds since the epoch, UTC, or None for the beginning.
        end: the first moment that is left out, or None.
        tz_name: the zone of the times: ``UTC``, ``local`` or an IANA name.
        layout: a row a sample, or a row a time with a column a series.
        joined: whether the samples of a renamed property's former names stand under its present name.
        units: in which units numbers are written, percentages then as 0 to 100; None for those that were sent, with
            percentages as 0.0 to 1.0.
        gap_factor: of derived series: over gaps of more than so many usual intervals none of their values is computed.
    """

    keys: tuple[SeriesKey, ...]
    start: int | None = None
    end: int | None = None
    tz_name: str = "UTC"
    layout: Literal["long", "wide"] = "long"
    joined: bool = False
    units: DisplayUnits | None = None
    gap_factor: float = GAP_FACTOR


def _reader(
    archive: Archive, request: ExportRequest, ctx: JobContext, piece_samples: int = PIECE_SAMPLES
) -> PieceReader:
    return PieceReader(
        archive,
        request.start,
        request.end,
        ctx,
        piece_samples,
        joined=request.joined,
        units=request.units,
        gap_factor=request.gap_factor,
    )


def count_rows(archive: Archive, request: ExportRequest, ctx: JobContext) -> int:
    """How many rows the export will have, its header not counted."""
    reader = _reader(archive, request, ctx)
    if request.layout == "long":
        return sum(len(series) for series in reader.one_by_one(request.keys))
    return sum(wide.row_count(piece) for piece in reader.side_by_side(request.keys))


def export_csv(
    archive: Archive,
    request: ExportRequest,
    target: Path | BinaryIO,
    ctx: JobContext,
    piece_samples: int = PIECE_SAMPLES,
    on_left_out: Callable[[int], None] | None = None,
) -> int:
    """Write series as CSV.

    Args:
        archive: where the series lie; what is not recorded there is not exported.
        request: which series, range, zone and layout.
        target: a file, which is there whole when this returns and untouched when it does not; or a binary stream.
        ctx: told the rows written so far; the total is an estimate.
        piece_samples: how many samples are held in memory at once.
        on_left_out: told, before the first row is written, how many failures the wide layout leaves out, if any.

    Returns:
        How many rows were written, the header not counted.

    Raises:
        UsageError: no series, an unknown zone, or a derived series that cannot be computed.
        ExportError: the target cannot be written.
        DiskFull: no room is left.
        BrokenPipeError: whoever read the stream has gone.
    """
    if not request.keys:
        raise UsageError("There is nothing to export", hint="Choose at least one series.")
    tz = zone(request.tz_name)
    reader = _reader(archive, request, ctx, piece_samples)
    if isinstance(target, Path):
        with whole_file(target) as stream:
            return _write(reader, request, tz, stream, target, ctx, on_left_out)
    return _write(reader, request, tz, target, None, ctx, on_left_out)


def _write(
    reader: PieceReader,
    request: ExportRequest,
    tz: tzinfo,
    stream: BinaryIO,
    path: Path | None,
    ctx: JobContext,
    on_left_out: Callable[[int], None] | None,
) -> int:
    if request.layout == "long":
        blocks = _long_blocks(reader, request, tz)
    else:
        blocks = _wide_blocks(reader, request, tz, on_left_out)
    total = reader.estimate(request.keys)
    written = 0
    for content, count in blocks:
        ctx.check()
        with explained(path):
            stream.write(content)
        written += count
        # In the wide layout samples share rows, so the estimate says nothing about them.
        known = max(total, written) if request.layout == "long" else None
        ctx.progress(written, known, f"{written:,} rows written")
    with explained(path):
        stream.flush()
    ctx.progress(written, written, f"{written:,} rows written")
    return written


def _long_blocks(reader: PieceReader, request: ExportRequest, tz: tzinfo) -> Iterator[tuple[pa.Buffer | bytes, int]]:
    every = _in_units(reader, request)
    # What cannot be computed is said before anything is written, where the output is a stream too.
    begun = iter(list(islice(every, 1)))
    yield cells.row(LONG_COLUMNS), 0
    for series in chain(begun, every):
        # A long series has many batches; their names are escaped once, not once a block.
        labels = [cells.label_column(column) for column in (series.unit, series.failure, series.batch)]
        for first in range(0, len(series), _BLOCK_ROWS):
            block = series.part(first, first + _BLOCK_ROWS)
            columns = [
                cells.time_column(block.time, tz),
                ",".join(cell(text) for text in _names(series.key)),
                cells.value_column(block),
                *(column.slice(first, len(block)) for column in labels),
            ]
            yield cells.rows(columns, len(block)), len(block)


def _in_units(reader: PieceReader, request: ExportRequest) -> Iterator[Series]:
    if request.units is None:
        yield from reader.one_by_one(request.keys)
        return
    shown = ShownUnits(request.units)
    for series in reader.one_by_one(request.keys):
        shown.add(series)
    for series in reader.one_by_one(request.keys):
        yield shown.converted(series)


def _names(key: SeriesKey) -> tuple[str, ...]:
    return key.vin, key.capability, key.property, key.component


def _wide_blocks(
    reader: PieceReader, request: ExportRequest, tz: tzinfo, on_left_out: Callable[[int], None] | None
) -> Iterator[tuple[pa.Buffer | bytes, int]]:
    # The header names units, so all must have been seen before the first row; an only piece is not read twice.
    shown = None if request.units is None else ShownUnits(request.units)
    tally = wide.Tally(request.keys, shown)
    only: list[Series] | None = None
    for number, piece in enumerate(reader.side_by_side(request.keys)):
        tally.add(piece)
        only = piece if number == 0 else None
    if on_left_out is not None and tally.failures:
        on_left_out(tally.failures)
    yield cells.row(tally.header()), 0
    for piece in reader.side_by_side(request.keys) if only is None else [only]:
        in_units = piece if shown is None else [shown.converted(series) for series in piece]
        yield from wide.rows(in_units, tally.changes(), tz)
