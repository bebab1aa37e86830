"""Samples in order, each once: the same as a window in SQL says."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from core.archive.deliveries import each_once

_SAID = """
SELECT * FROM found
QUALIFY row_number() OVER (PARTITION BY number, place, message, item ORDER BY time, batch, ordinal) = 1
ORDER BY number, time, batch, ordinal, item, place DESC
"""


def _found(rows: int, times: int, messages: int) -> pa.Table:
    """Distinct deliveries in any order."""
    dice = np.random.default_rng(rows)
    table = pa.table(
        {
            "number": pa.array(dice.integers(0, 3, rows), pa.int32()),
            "place": pa.array(dice.integers(0, 2, rows), pa.int32()),
            "time": pa.array(dice.integers(0, times, rows), pa.int64()),
            "batch": pa.array([("b", "ä", "", "zz", "Z")[place] for place in dice.integers(0, 5, rows)], pa.string()),
            "ordinal": pa.array(dice.integers(0, 10, rows), pa.int32()),
            "item": pa.array(dice.integers(0, 3, rows), pa.int32()),
            "message": pa.array(dice.integers(0, messages, rows), pa.int64()),
        }
    )
    names = table.column_names
    # What is the same in all that decides comes in no order.
    return (
        table.group_by([name for name in names if name != "message"])
        .aggregate([("message", "min")])
        .rename_columns([*(name for name in names if name != "message"), "message"])
    )


@pytest.mark.parametrize(("times", "messages"), [(20, 15), (1_000_000, 40), (1_000_000, 2**62)])
def test_it_says_what_a_window_says(times: int, messages: int) -> None:
    found = _found(2_000, times, messages)
    with duckdb.connect() as connection:
        connection.register("found", found)
        expected = connection.execute(_SAID).to_arrow_table()
    once = each_once(found)
    assert once.to_pylist() == expected.to_pylist()
    assert (len(once) < len(found)) == (messages < len(found))


def test_nothing_stays_nothing() -> None:
    assert len(each_once(_found(1, 1, 1).slice(0, 0))) == 0
