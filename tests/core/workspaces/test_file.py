"""Workspaces as files: what is written is read again, and what is damaged costs no more than itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.autoapi.display import DisplayUnits
from core.connections import Connection, S3Options
from core.errors import OdographError
from core.fleet.series import SeriesKey
from core.workspaces.bookmarks import Bookmark
from core.workspaces.file import Workspace, WorkspaceDamaged, parse_workspace, read_workspace, workspace_text
from core.workspaces.layout import (
    LEAST_WEIGHT,
    MOST_WEIGHT,
    Alignment,
    PlotLayout,
    SeriesLook,
    Shape,
    TimelineLayout,
    weighted,
)

if TYPE_CHECKING:
    from pathlib import Path

ODOMETER, LOCK = SeriesKey("VIN1", "diagnostics", "odometer"), SeriesKey("VIN1", "doors", "locks", "front_left.lock")
DERIVED = SeriesKey("VIN1", "derived", "per_day(diagnostics.odometer, 'Europe/Berlin')")
WORKSPACE = Workspace(
    "Brakes – März",
    Connection("s3://fleet/app", S3Options("work", "eu-central-1", keys="fleet keys")),
    ("VIN1", "VIN2"),
    False,
    TimelineLayout(
        plots=(
            PlotLayout(1, (DERIVED, ODOMETER), 2.5, (("kilometers", 0.0, 12.5),)),
            PlotLayout(2, (LOCK,)),
        ),
        looks={ODOMETER: SeriesLook(3, False, 2.0, Shape.POINTS), LOCK: SeriesLook(), DERIVED: SeriesLook(1)},
        placed=frozenset([ODOMETER]),
        time_range=(1_780_272_000_000_000, 1_780_358_400_000_001),
        cursor=-5,
        region=(0, 10**6),
        gap_factor=4.0,
        bookmarks=(Bookmark(-7, None, "Brakes – März"), Bookmark(0, 10**6)),
    ),
    "Europe/Berlin",
    DisplayUnits("imperial", {"diagnostics.odometer": "meters"}),
)


def content() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(workspace_text(WORKSPACE))
    return found


def parsed(content: object) -> tuple[Workspace, list[str]]:
    return parse_workspace(json.dumps(content))


def test_what_is_written_is_read_again_and_can_be_read_by_a_person() -> None:
    text = workspace_text(WORKSPACE)
    assert parse_workspace(text) == (WORKSPACE, [])
    assert '"2026-06-01T00:00:00Z"' in text
    assert '"name": "Brakes – März"' in text
    assert parse_workspace(workspace_text(Workspace())) == (Workspace(), [])


def test_nothing_secret_is_written() -> None:
    login = Connection("s3://fleet", S3Options(endpoint_url="https://user:password@storage.example:9000"))
    assert "password" not in workspace_text(Workspace("a", login))


def test_what_is_unknown_or_unusable_is_left_out_and_told() -> None:
    damaged = content() | {"version": 9, "shiny": {"new": 1}, "cursor": "yesterday", "time_range": [5, 1]}
    damaged["gap_factor"] = -1
    damaged |= {"time_zone": "Europe/Atlantis", "units": {"system": "royal"}}
    damaged["series"][0] |= {"color": "red", "shape": "spiral", "width": 1e9, "visible": "no"}
    damaged["series"].append({"vin": 5})
    damaged["series"].append("odometer")
    damaged["plots"][0]["axes"] = [{"axis": "kilometers", "low": 5, "high": 1}, 7, {"axis": "mi", "low": 1, "high": 2}]
    damaged["plots"][1]["series"] += [99, "x", damaged["plots"][0]["series"][0]]
    damaged["plots"].append("plot")
    workspace, problems = parsed(damaged)
    layout = workspace.layout
    assert layout.looks[ODOMETER] == SeriesLook()
    assert list(layout.looks) == [ODOMETER, LOCK, DERIVED]
    assert [plot.keys for plot in layout.plots] == [(DERIVED, ODOMETER), (LOCK,)]
    assert layout.plots[0].ranges == (("mi", 1.0, 2.0),)
    assert (layout.cursor, layout.time_range, layout.gap_factor) == (None, None, 2.5)
    assert (workspace.source, workspace.vehicles) == (WORKSPACE.source, WORKSPACE.vehicles)
    assert problems[0].startswith("It was made by a newer Odograph")
    assert (workspace.zone, workspace.units) == (None, None)
    assert {"series 4 has no usable name", "plot 3 is not usable", "color is not usable"} <= set(problems)
    assert {"time_zone is not usable", "units is not usable"} <= set(problems)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": "other"}', "[" * 100_000, '{"version": 1}'])
def test_what_is_no_workspace_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceDamaged):
        parse_workspace(text)
    file = tmp_path / "a.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceDamaged) as told:
        read_workspace(file)
    assert told.value.subject == str(file)
    assert told.value.hint


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(OdographError, match="no such workspace"):
        read_workspace(tmp_path / "a.json")
    with pytest.raises(OdographError, match="cannot be read"):
        read_workspace(tmp_path)
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WorkspaceDamaged):
        read_workspace(tmp_path / "b.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(content())), JSON)
@settings(max_examples=80, deadline=None)
def test_one_field_of_any_kind_leaves_the_rest(name: str, value: object) -> None:
    if name == "format":
        return
    workspace, _ = parsed(content() | {name: value})
    if name not in ("series", "plots"):
        assert workspace.layout.plots == WORKSPACE.layout.plots
    assert parse_workspace(workspace_text(workspace)) == (workspace, [])


KEYS = st.lists(st.builds(SeriesKey, *[st.text(max_size=6)] * 4), unique=True, max_size=6)


@given(KEYS, st.data())
@settings(max_examples=40, deadline=None)
def test_every_layout_comes_back(keys: list[SeriesKey], data: st.DataObject) -> None:
    shown = data.draw(st.permutations(keys))
    cut = data.draw(st.integers(0, len(keys)))
    groups = [group for group in (shown[:cut], shown[cut : cut + 2]) if group]
    weight = st.floats(0.05, 10)
    plots = tuple(PlotLayout(n, tuple(group), data.draw(weight)) for n, group in enumerate(groups, 1))
    looks = {
        key: data.draw(
            st.builds(
                SeriesLook, st.none() | st.integers(0, 9), st.booleans(), st.floats(0, 20), st.sampled_from(Shape)
            )
        )
        for key in keys
    }
    inside = [key for group in groups for key in group]
    placed = frozenset(data.draw(st.lists(st.sampled_from(inside)))) if inside else frozenset()
    time = st.integers(-(2**62) + 1, 2**62 - 1)
    layout = TimelineLayout(plots, looks, placed, cursor=data.draw(st.none() | time))
    assert parse_workspace(workspace_text(Workspace(layout=layout)))[0].layout == layout


def test_times_counted_from_first_samples_stay_numbers() -> None:
    layout = TimelineLayout(time_range=(-5, 3 * 86_400_000_000), cursor=7, alignment=Alignment.FIRST_SAMPLE)
    text = workspace_text(Workspace(layout=layout))
    assert "1970" not in text
    assert parse_workspace(text)[0].layout == layout


def test_days_over_each_other_keep_their_dates_and_their_hours() -> None:
    layout = TimelineLayout(
        time_range=(1_780_264_800_000_000, 1_780_351_200_000_000),
        region=(0, 7_200_000_000),
        alignment=Alignment.TIME_OF_DAY,
        hours=(0, 43_200_000_000),
    )
    text = workspace_text(Workspace(layout=layout))
    assert "2026-05-31T22:00:00Z" in text
    assert "1970" not in text
    assert parse_workspace(text)[0].layout == layout
    for hours in ("[5, 4]", "[-1, 4]", "[0, 86400000001]", '"noon"'):
        workspace, problems = parse_workspace(text.replace("[\n    0,\n    43200000000\n  ]", hours))
        assert workspace.layout.hours is None
        assert problems == ["hours is not usable"]


def test_times_counted_from_something_unknown_are_left_out() -> None:
    layout = TimelineLayout(time_range=(-5, 7), cursor=7, region=(1, 2), alignment=Alignment.FIRST_SAMPLE)
    text = workspace_text(Workspace(layout=layout)).replace('"first sample"', '"full moon"')
    workspace, problems = parse_workspace(text)
    assert workspace.layout == TimelineLayout()
    assert problems == ["alignment is not usable"]


def test_axes_of_numbers_that_nothing_can_be_drawn_with_are_left_out_and_told() -> None:
    written = content()
    ranges = [
        (0, 10**400), (-(10**400), 0), (0, 5e-324), (-1.7e308, 1.7e308), (1e9, 1e9 + 1e-6), (0, 1e301), (0, 1e-290),
    ]  # fmt: skip
    written["plots"][0]["axes"] = [{"axis": "a", "low": low, "high": high} for low, high in ranges]
    workspace, problems = parsed(written)
    assert workspace.layout.plots[0].ranges == (("a", 0.0, 1e-290),)
    assert problems == ["the range of an axis is not usable"] * 6
    assert workspace.layout.plots[1:] == WORKSPACE.layout.plots[1:]


def test_heights_stay_in_reason() -> None:
    written = content()
    written["plots"][0]["weight"], written["plots"][1]["weight"] = 1e308, 10**400
    workspace, problems = parsed(written)
    assert [plot.weight for plot in workspace.layout.plots] == [MOST_WEIGHT, 1.0]
    assert problems == ["weight is not usable"]
    chosen = weighted(workspace.layout, {1: 1e308, 2: 0.0})
    assert [plot.weight for plot in chosen.plots] == [MOST_WEIGHT, LEAST_WEIGHT]


def test_what_no_file_can_hold_is_left_out_and_told() -> None:
    half = "\ud800"
    written = content() | {"name": half, "vehicles": ["VIN1", half, 5], "source": {"address": half}}
    written["series"][0]["vin"] = half
    written["plots"][0]["axes"] = [{"axis": half, "low": 1, "high": 2}]
    workspace, problems = parsed(written)
    assert (workspace.name, workspace.vehicles, workspace.source) == ("", ("VIN1",), None)
    assert list(workspace.layout.looks) == [LOCK, DERIVED]
    assert set(problems) == {
        "name is not usable", "vehicle 2 is not usable", "vehicle 3 is not usable", "source is not usable",
        "series 1 has no usable name", "the range of an axis is not usable",
    }  # fmt: skip
    assert parse_workspace(workspace_text(workspace)) == (workspace, [])
