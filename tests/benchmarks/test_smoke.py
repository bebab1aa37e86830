"""Every benchmark runs, on next to no data, and what it compares does the same work."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.benchmarks.apart import apart
from tests.benchmarks.flatten_data import one_of_each_type
from tests.benchmarks.measuring import Scale
from tests.benchmarks.registry import NAMES, run
from tests.benchmarks.report import Table
from tests.benchmarks.timeline_contenders import SIZE, Odograph, Pyqtgraph
from tests.benchmarks.timeline_data import extent, line

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.benchmarks.timeline_contenders import Contender


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_reports_odograph_and_its_rivals(name: str, qtbot: QtBot) -> None:
    report = run(name, Scale.TINY)
    found = json.loads(report.json())
    assert found["benchmark"] == name
    assert {"cores", "memory", "Python"} <= found["machine"].keys()
    first = [row["contender"] for row in found["tables"][0]["rows"]]
    assert first[0] == "Odograph"
    assert len(first) > 1
    numbers = [cell for table in report.tables for row in table.rows for cell in row if isinstance(cell, float)]
    assert numbers
    assert np.isfinite(numbers).all()
    assert all(table.title in report.text() for table in report.tables)


@pytest.mark.parametrize("make", [Odograph, lambda series: Pyqtgraph(series, 1)], ids=["Odograph", "pyqtgraph"])
def test_contenders_paint_curves_over_the_whole_width_and_again_after_a_move(
    make: type[Odograph], qtbot: QtBot
) -> None:
    series = [line(0, 20_000)]
    contender: Contender = make(series)
    start, end = extent(series)
    contender.show(start, end)
    whole = QImage(contender.picture())
    contender.show(start, (start + end) // 2)
    part = contender.picture()
    assert whole.size() == part.size() == SIZE
    assert whole != part
    for picture in (whole, part):
        pixels = np.frombuffer(picture.constBits(), np.uint32).reshape(SIZE.height(), SIZE.width())
        # Columns of the middle where something differs from its neighbours above and below.
        drawn = (np.diff(pixels[100:800, 200:1700].astype(np.int64), axis=0) != 0).sum(axis=0)
        assert np.median(drawn) >= 2
    contender.close()


def test_the_mix_has_more_than_forty_types() -> None:
    assert len(one_of_each_type()) >= 40


def test_a_table_aligns_numbers_at_the_right_and_keeps_what_has_no_meaning() -> None:
    table = Table("Title", ("name", "ms"))
    table.add("a", 1234.5)
    table.add("longer", None)
    assert table.text().splitlines() == ["Title", "name       ms", "------  -----", "a       1,234", "longer      –"]
    with pytest.raises(ValueError, match="3 cells for 2 columns"):
        table.add("b", 1, 2)


def test_work_apart_is_measured_in_a_process_of_its_own() -> None:
    run = apart(Scale.QUICK, os.getpid)
    assert run.found != os.getpid()
    assert run.peak > 1_000_000
    assert run.timing.wall > 0
