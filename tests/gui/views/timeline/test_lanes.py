"""Bands of states, reduced to one a column."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.views.timeline import lanes
from gui.views.timeline.bands import Bands, reduce_bands
from gui.views.timeline.frame import Look
from gui.views.timeline.lanes import StateColors
from gui.views.timeline.reduction import ColumnGrid
from gui.views.timeline.trace import StateTrace, states_of
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from pytestqt.qtbot import QtBot

GRID = ColumnGrid(0, 60 * MINUTE, 60)


def runs_of(time: list[int], text: list[str]) -> StateTrace:
    return states_of(make_series(key("doors.lock"), time, text=text))


def listed(trace: StateTrace, bands: Bands) -> list[tuple[str, int, int, int]]:
    names = [trace.names[code] for code in trace.code[bands.run]]
    return list(zip(names, bands.left.tolist(), bands.right.tolist(), bands.until.tolist(), strict=True))


def test_bands_reach_from_one_change_to_the_next() -> None:
    trace = runs_of([0, 10 * MINUTE, 30 * MINUTE], ["open", "closed", "open"])
    bands = reduce_bands(trace, GRID, 40 * MINUTE)
    assert listed(trace, bands) == [("open", 0, 9, 9), ("closed", 10, 29, 29), ("open", 30, 30, 40)]
    assert bands.mixed.tolist() == []


def test_a_state_from_before_the_view_reaches_into_it() -> None:
    trace = runs_of([-50 * MINUTE, 5 * MINUTE], ["open", "closed"])
    assert listed(trace, reduce_bands(trace, GRID, 5 * MINUTE)) == [("open", 0, 4, 4), ("closed", 5, 5, 5)]


def test_a_state_is_faint_across_a_gap() -> None:
    trace = runs_of([MINUTE * n for n in range(30)] + [20 * HOUR], ["open"] * 30 + ["closed"])
    grid = ColumnGrid(HOUR, 25 * HOUR, 24)
    # The gap began before the view: nothing of the band is solid.
    assert listed(trace, reduce_bands(trace, grid, 21 * HOUR)) == [("open", 0, -1, 18), ("closed", 19, 19, 20)]


def test_nothing_is_shown_after_the_end_of_data_or_before_the_first_state() -> None:
    trace = runs_of([0, MINUTE], ["open", "closed"])
    assert listed(trace, reduce_bands(trace, ColumnGrid(HOUR, 2 * HOUR, 10), 30 * MINUTE)) == []
    assert listed(trace, reduce_bands(trace, ColumnGrid(-2 * HOUR, -HOUR, 10), 30 * MINUTE)) == []


def test_a_column_with_several_changes_is_marked() -> None:
    trace = runs_of([0, 600_000, 1_200_000, 30 * MINUTE], ["a", "b", "c", "a"])
    bands = reduce_bands(trace, GRID, 30 * MINUTE)
    assert listed(trace, bands) == [("c", 0, 29, 29), ("a", 30, 30, 30)]
    assert bands.mixed.tolist() == [0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 200), min_size=1, max_size=80), st.integers(-500, 3000), st.integers(1, 4000), st.data())
def test_every_column_shows_the_state_at_its_end(
    intervals: list[int], start: int, span: int, data: st.DataObject
) -> None:
    time = np.cumsum(intervals).tolist()
    text = data.draw(st.lists(st.sampled_from("abc"), min_size=len(time), max_size=len(time)))
    grid = ColumnGrid(start, start + span, 25)
    trace = runs_of(time, text)
    bands = reduce_bands(trace, grid, time[-1])
    shown: dict[int, str] = {}
    for name, left, _, until in listed(trace, bands):
        assert not set(range(left, until + 1)) & set(shown)
        shown |= dict.fromkeys(range(left, until + 1), name)
    for column in range(grid.count):
        known = [index for index, moment in enumerate(time) if moment < grid.edges[column + 1]]
        expected = text[known[-1]] if known and grid.edges[column] <= time[-1] else None
        assert shown.get(column) == expected


def test_states_have_the_catalogues_order_and_others_come_after() -> None:
    colors = StateColors(("locked", "unlocked"))
    assert [colors.number(text) for text in ("unlocked", "ajar", "locked", "ajar")] == [1, 2, 0, 2]


def test_lanes_and_plots_get_lower_before_anything_is_out_of_sight(qtbot: QtBot) -> None:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 900)
    view.show()
    vins = ("VIN0000000000001A", "VIN0000000000002B")
    states = [make_series(key(f"doors.{name}", vin), [JUNE], text=["open"]) for name in "abc" for vin in vins]
    speed = make_series(key("diagnostics.speed", vins[0]), [JUNE, JUNE + HOUR], [1.0, 2.0])
    view.set_series([speed, *states])
    high = {}
    for height in (900, 450):
        view.resize(1000, height)
        view.grab()
        plot, below = area(view).rows
        assert below.rect.bottom() <= area(view).axis.rect.top()
        high[height] = plot.rect.height(), below.rect.height()
    assert all(low < usual for low, usual in zip(high[450], high[900], strict=True))


def test_names_look_the_same_whether_they_were_painted_before_or_not(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.show()
    vins = ("VIN0000000000001A", "VIN0000000000002B")
    states = [
        make_series(key(f"doors.{name}", vin), [JUNE, JUNE + HOUR], text=["a", "b"]) for name in "xy" for vin in vins
    ]
    view.set_series(states)
    (row,) = area(view).rows
    seen = []
    changes: tuple[Callable[[], object], ...] = (
        lambda: None,
        lambda: view.set_visible_range(JUNE, JUNE + 5 * MINUTE),
        lambda: row.set_looks({one.key: Look(number + 1) for number, one in enumerate(states)}),
        lambda: row.set_looks({states[0].key: Look(0, visible=False)}),
        lambda: area(view).set_colors(replace(COLORS, background=COLORS.error)),
        lambda: view.resize(900, 120),
    )
    for change in changes:
        change()
        pictures = []
        for is_kept in (True, False):
            monkeypatch.setattr(lanes, "has_whole_pixels", lambda _painter, _scale, kept=is_kept: kept)
            area(view).refresh()
            pictures.append(area(view).grab().toImage())
        assert pictures[0] == pictures[1]
        seen.append(pictures[0].copy(0, 0, row.rect.x() - 1, 60))
    assert [one != other for one, other in pairwise(seen[:5])] == [False, True, True, True]
