"""Samples in order, each once, and what came again: the same as a window in SQL says."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from core.archive.deliveries import each_once, without

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
    once, again = each_once(found)
    assert once.to_pylist() == expected.to_pylist()
    assert (again is not None) == (messages < len(found))
    rows = [] if again is None else again.to_pylist()
    assert len(once) + len(rows) == len(found)
    _are_those_that_came_again(once, rows)
    gone = np.random.default_rng(1).random(len(once)) < 0.5
    fewer, again = without(gone, once, again)
    assert fewer.to_pylist() == [row for row, is_gone in zip(once.to_pylist(), gone, strict=True) if not is_gone]
    left = [row for row in rows if not gone[row["kept"]]]
    rows = [] if again is None else again.to_pylist()
    assert [row | {"kept": 0} for row in rows] == [row | {"kept": 0} for row in left]
    _are_those_that_came_again(fewer, rows)


def _are_those_that_came_again(once: pa.Table, rows: list[dict[str, Any]]) -> None:
    """Each is the same sample as the one that stays for it, and they come in the order of the deliveries."""
    kept = once.to_pylist()
    assert [row["kept"] for row in rows] == sorted(row["kept"] for row in rows)
    for place, again in groupby(rows, key=lambda row: row["kept"]):
        first, *others = [kept[place], *again]
        deliveries = [(row["time"], row["batch"], row["ordinal"]) for row in (first, *others)]
        assert deliveries == sorted(deliveries)
        assert all(row[name] == first[name] for row in others for name in ("number", "place", "message", "item"))


def test_nothing_stays_nothing() -> None:
    once, again = each_once(_found(1, 1, 1).slice(0, 0))
    assert (len(once), again) == (0, None)
