"""Cells of a CSV file, a column at a time.

UTF-8, separated by commas, quoted as RFC 4180 says and only where needed. A row ends with a single line feed, which
every reader takes and which keeps the last column clean in pipelines. A text that a spreadsheet would run as a formula
gets an apostrophe in front; numbers are never touched, nor are texts that are numbers. What is no finite number is
``NaN``, ``Infinity`` or ``-Infinity``, as it is in what is sent.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.export.escaping import cell
from core.fleet.series import Labels
from core.fleet.timezones import FIRST_TIME, LAST_TIME, format_offset, offsets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray

    from core.fleet.series import Series

NEWLINE = "\n"

# Between these Arrow writes the shortest text that reads back as the same number, without an exponent, as repr does.
_PLAIN_LOW, _PLAIN_HIGH = 1e-4, 1e10
# From here on repr writes an exponent, for whole numbers too.
_WHOLE_HIGH = 1e16


def row(texts: Sequence[str]) -> bytes:
    """One row of texts, with its newline."""
    return (",".join(cell(text) for text in texts) + NEWLINE).encode("utf-8", "replace")


def time_column(times: NDArray[np.int64], tz: tzinfo) -> pa.Array:
    """Times as :func:`core.fleet.timezones.format_iso` writes them, for millions at once.

    Args:
        times: microseconds since the epoch, UTC.
        tz: the zone of the texts.
    """
    east = offsets(times, tz)
    wall = np.clip(times, FIRST_TIME, LAST_TIME) + east * 1_000_000
    fine = wall % 1000 != 0
    text = pa.array(wall // 1000, pa.timestamp("ms")).cast(pa.string())
    if fine.any():
        text = pc.if_else(pa.array(fine), pa.array(wall, pa.timestamp("us")).cast(pa.string()), text)
    distinct, codes = np.unique(east, return_inverse=True)
    names = pa.array([format_offset(seconds) for seconds in distinct.tolist()], pa.string())
    suffix = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), names).cast(pa.string())
    return pc.binary_join_element_wise(pc.binary_replace_slice(text, 10, 11, "T"), suffix, "")


def number_column(values: NDArray[np.float64]) -> pa.Array:
    """Numbers as the shortest texts that read back the same, whole ones without a fraction; NaN becomes null."""
    size = np.abs(values)
    missing = np.isnan(values)
    whole = (size < _WHOLE_HIGH) & (np.trunc(values) == values)
    texts = pa.array(np.where(whole, values, 0).astype(np.int64), mask=~whole).cast(pa.string())
    plain = ~whole & (size >= _PLAIN_LOW) & (size < _PLAIN_HIGH)
    if plain.any():
        texts = pc.coalesce(texts, pa.array(values, mask=~plain).cast(pa.string()))
    extreme = np.flatnonzero(~whole & ~plain & ~missing)
    if len(extreme):
        written = np.full(len(values), None, object)
        written[extreme] = [repr(value).replace("inf", "Infinity") for value in values[extreme].tolist()]
        texts = pc.coalesce(texts, pa.array(written, pa.string()))
    return texts


def label_column(labels: Labels) -> pa.Array:
    """Texts as cells, null where there is none. A dictionary: each distinct text is written once."""
    codes = pa.array(labels.codes.astype(np.int32, copy=False), mask=~labels.present())
    return pa.DictionaryArray.from_arrays(codes, _cells(labels.names))


@lru_cache(maxsize=16)
def _cells(names: tuple[str, ...]) -> pa.Array:
    """Distinct texts as cells. Series that were read together share theirs, so the last few are kept."""
    return pa.array([cell(name).encode("utf-8", "replace").decode() for name in names], pa.string())


def value_column(series: Series) -> pa.Array:
    """The text of each sample where it has one (so booleans are true and false), else its number, else null.

    A failure has no value; the text that comes with one describes it for people and is left out.
    """
    numbers = number_column(series.value)
    codes = np.where(series.failure.present(), np.int32(-1), series.text.codes)
    if not (codes >= 0).any():
        return numbers
    return pc.coalesce(label_column(Labels(codes, series.text.names)).cast(pa.string()), numbers)


def rows(columns: Sequence[pa.Array | str], count: int) -> pa.Buffer:
    """Many rows as bytes, each with its newline.

    Args:
        columns: finished cells, null for an empty one; a single text stands in every row and may hold several cells.
        count: how many rows there are.
    """
    parts = [
        pa.scalar(column) if isinstance(column, str) else column.cast(pa.string()).fill_null("") for column in columns
    ]
    lines = pc.binary_join_element_wise(*parts, ",")
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), lines), NEWLINE)
    return pc.binary_join_element_wise(whole, "", NEWLINE)[0].as_buffer()
