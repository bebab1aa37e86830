"""Which plot a series belongs to and which colour it has."""

from __future__ import annotations

from dataclasses import replace

from core.fleet.series import SeriesKey
from core.workspaces import layout as layouts
from core.workspaces.layout import SeriesLook, TimelineLayout
from gui.models.texts import short_text
from gui.views.timeline.composition import Composition
from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.naming import (
    full_name,
    plot_title,
    property_name,
    short_vin,
    state_label,
    two_lines,
    unit_name,
)
from gui.views.timeline.value_plot import ValuePlot
from tests.gui.views.timeline.make_series import key, make_series


def plots_of(composition: Composition) -> list[list[str]]:
    return [[one.path for one in row.keys()] for row in composition.rows()]  # noqa: SIM118 (no mapping)


def test_series_of_one_unit_share_a_plot_and_states_come_below() -> None:
    composition = Composition(10)
    composition.put(
        [
            make_series(key("doors.lock"), [0], text=["locked"]),
            make_series(key("diagnostics.odometer"), [0], [1.0], unit="kilometers"),
            make_series(key("diagnostics.speed"), [0], [1.0], unit="kilometers_per_hour"),
            make_series(key("charging.estimated_range"), [0], [1.0], unit="kilometers"),
        ]
    )
    assert plots_of(composition) == [
        ["diagnostics.odometer", "charging.estimated_range"],
        ["diagnostics.speed"],
        ["doors.lock"],
    ]
    assert isinstance(composition.rows()[-1], LanesPlot)


def test_without_a_unit_the_same_member_shares_a_plot() -> None:
    composition = Composition(10)
    paths = ["vehicle_location.coordinates.latitude", "vehicle_location.coordinates.longitude"]
    composition.put(make_series(key(path, vin), [0], [1.0]) for vin in ("A", "B") for path in paths)
    assert plots_of(composition) == [[paths[0]] * 2, [paths[1]] * 2]


def test_booleans_and_failures_alone_are_lanes_and_texts_among_numbers_are_not_lost() -> None:
    composition = Composition(10)
    composition.put(
        [
            make_series(key("a.bool"), [0], [1.0], text=["true"]),
            make_series(key("a.failing"), [0], failure=["rate_limit"]),
            make_series(key("a.both"), [0, 1], [1.0, float("nan")], text=[None, "unknown"]),
            make_series(key("a.words"), [0, 1], [1.0, float("nan")], text=[None, "Sorry"], failure=[None, "pending"]),
            make_series(key("a.empty"), []),
        ]
    )
    # Texts among numbers stand right below them.
    assert plots_of(composition) == [["a.both"], ["a.both"], ["a.words"], ["a.bool", "a.failing"]]
    assert composition.extent() == (0, 1)


def test_a_vehicle_has_one_colour_in_all_plots_and_curves_of_one_plot_differ() -> None:
    composition = Composition(4)
    speed = [make_series(key("diagnostics.speed", vin), [0], [1.0], unit="kilometers_per_hour") for vin in "ABC"]
    odometer = [make_series(key("diagnostics.odometer", vin), [0], [1.0], unit="kilometers") for vin in "CBA"]
    composition.put(speed + odometer)
    colors = {(entry.key.vin, entry.key.property): entry.color for entry in composition.entries()}
    assert [colors[vin, "speed"] for vin in "ABC"] == [0, 1, 2]
    assert [colors[vin, "odometer"] for vin in "ABC"] == [0, 1, 2]
    composition.put([make_series(key("charging.estimated_range", "A"), [0], [1.0], unit="kilometers")])
    assert composition.entries()[-1].color == 3


def test_series_of_one_vehicle_differ() -> None:
    composition = Composition(4)
    paths = ("a.b", "a.c", "d.e")
    composition.put(make_series(key(path), [0], [1.0], unit="kilometers") for path in paths)
    assert [entry.color for entry in composition.entries()] == [0, 1, 2]
    composition.keep({key("a.c")})
    assert composition.entries()[0].color == 1
    composition.put([make_series(key("x.y"), [0], [1.0], unit="kilometers")])
    assert composition.entries()[1].color == 0


def test_series_of_vehicles_that_had_no_samples_at_first_differ() -> None:
    composition = Composition(6)
    keys = [key(path, vin) for vin in "AB" for path in ("a.b", "a.c", "d.e")]
    composition.set_loading(keys)
    composition.put(make_series(one, []) for one in keys)
    composition.put(make_series(one, [0], [1.0], unit="kilometers") for one in keys)
    assert len({entry.color for entry in composition.entries()}) == 6
    before = [entry.color for entry in composition.entries()]
    composition.put(make_series(one, [0, 1], [1.0, 2.0], unit="kilometers") for one in keys)
    assert [entry.color for entry in composition.entries()] == before


def test_others_leave_the_colours_that_were_chosen() -> None:
    composition = Composition(4)
    first, second, third = (key(path) for path in ("a.b", "a.c", "d.e"))
    composition.set_layout(TimelineLayout(looks={first: SeriesLook(2), second: SeriesLook(0)}))
    composition.put(make_series(one, [0], [1.0], unit="kilometers") for one in (first, second, third, key("x.y")))
    assert [entry.color for entry in composition.entries()] == [2, 0, 1, 3]


def test_what_comes_while_others_are_selected_does_not_step_back_until_the_selection_changes() -> None:
    composition = Composition(10)
    speeds = [key("diagnostics.speed", vin) for vin in ("V1", "V2", "V3")]
    composition.put([make_series(one, [0], [1.0]) for one in speeds[:2]])
    composition.select([speeds[0]])
    composition.put([make_series(speeds[2], [0], [1.0])])
    (plot,) = composition.plots().values()
    assert [plot.look(one).pale for one in speeds] == [False, True, False]
    composition.select([speeds[1]])
    assert [plot.look(one).pale for one in speeds] == [True, False, True]


def test_announced_series_have_a_place_until_they_come_or_are_given_up() -> None:
    composition = Composition(4)
    composition.set_loading([key("a.b"), key("a.c")])
    assert [entry.loading for entry in composition.entries()] == [True, True]
    composition.put([make_series(key("a.b"), [0], [1.0])])
    assert [entry.loading for entry in composition.entries()] == [False, True]
    composition.set_loading([])
    assert [entry.key for entry in composition.entries()] == [key("a.b")]


def test_names_tell_what_differs() -> None:
    first, second = key("diagnostics.odometer", "WVWZZZE1ZMP004711"), key("diagnostics.odometer", "WVWZZZE1ZMP004755")
    assert two_lines([first, second]) == {first: ("…004711", "Odometer"), second: ("…004755", "Odometer")}
    speed = key("diagnostics.speed", "WVWZZZE1ZMP004711")
    assert two_lines([first, speed]) == {first: ("Odometer", ""), speed: ("Speed", "")}
    assert two_lines([first, second, speed])[second] == ("Odometer", "…004755")
    doors = [SeriesKey("V", "doors", "positions", part) for part in ("front_left.position", "rear_left.position")]
    assert two_lines(doors)[doors[0]] == ("Front left · Position", "Doors positions")
    assert short_vin("SHORT") == "SHORT"
    assert property_name(key("charging.status")) == "Charging status"
    # One capability alone has a property that is called so, but nobody would know which one.
    assert property_name(key("ignition.state")) == "Ignition state"
    assert property_name(key("envelope.trace.hop")) == "Envelope trace"
    assert plot_title([first, speed]) == "Odometer, Speed"
    assert plot_title([key(f"x.p{n}") for n in range(5)]) == "P0 ?, P1 ?, P2 ? and 2 more"
    glow = key("diagnostics.tire_pressures.front_left.glow")
    assert plot_title([glow]) == "Tire pressures · Front left · Glow ?"
    assert two_lines([glow, first])[glow] == ("Tire pressures · Front left · Glow ?", "VIN1")


def test_names_show_what_would_not_be_seen() -> None:
    evil = SeriesKey("A\u202eB\nC", "cap\x07", "", "x\x00y")
    assert full_name(evil) == "A\\u202eB\\u000aC · (no name) · x\\u0000y"
    assert two_lines([evil, key("diagnostics.odometer")])[evil][1] == "A\\u202eB\\u000aC"
    assert short_vin("WVWZZZ\u202eE1ZMP\n4711") == "…P\\u000a4711"
    assert short_text("a\tb\u2066c\n" + "d" * 400) == "a b\\u2066c " + "d" * 294 + "…"
    assert unit_name("fur\x01longs") == "fur\\u0001longs"
    assert full_name(SeriesKey("", "diagnostics", "odometer")) == "(no VIN) · Odometer"


def test_states_are_called_what_the_catalogue_calls_them() -> None:
    assert state_label(key("charging.status"), "charging_complete") == "Charging complete"
    assert state_label(key("unknown.thing"), "as_sent") == "as_sent"


def test_curves_that_come_together_differ_unless_somebody_wants_otherwise() -> None:
    composition = Composition(4)
    keys = [key(f"diagnostics.{name}", vin) for vin in "AB" for name in ("odometer", "speed")]
    units = {"odometer": "kilometers", "speed": "kilometers_per_hour"}
    composition.put(make_series(one, [0], [1.0], unit=units[one.property]) for one in keys)
    assert [entry.color for entry in composition.entries()] == [0, 0, 1, 1]
    apart = composition.layout
    composition.set_layout(layouts.merged(apart))
    assert sorted(entry.color for entry in composition.entries()) == [0, 1, 2, 3]
    assert composition.entry(keys[0]).color == 0  # type: ignore[union-attr]
    composition.set_layout(apart)
    assert [entry.color for entry in composition.entries()] == [0, 0, 1, 1]
    wanted = layouts.with_look(apart, keys[1:2], lambda look: replace(look, color=0, color_chosen=True))
    composition.set_layout(layouts.merged(wanted))
    colors = [entry.color for entry in composition.entries()]
    assert (colors[1], len(set(colors))) == (0, 4)
    # More curves than colours share some, and none changes each time.
    more = [key(f"diagnostics.p{number}", "A") for number in range(6)]
    composition.put(make_series(one, [0], [1.0], unit="kilometers") for one in more)
    before = composition.layout
    composition.put([make_series(more[0], [0, 1], [1.0, 2.0], unit="kilometers")])
    assert composition.layout == before


def test_a_layout_says_where_series_are_and_how_they_look() -> None:
    composition = Composition(4)
    paths = ("diagnostics.odometer", "charging.estimated_range", "doors.lock")
    odometer, reach, lock = keys = [key(path) for path in paths]
    composition.put([make_series(one, [0], [1.0], unit="kilometers") for one in (odometer, reach)])
    composition.put([make_series(lock, [0], text=["locked"])])
    before = composition.layout
    assert [look.color for look in before.looks.values()] == [0, 1, 2]
    composition.set_layout(layouts.moved_to_new(before, [reach, lock], 0))
    assert plots_of(composition) == [[paths[1]], [paths[2]], [paths[0]]]
    assert [type(row) for row in composition.rows()] == [ValuePlot, LanesPlot, ValuePlot]
    assert len({row.plot_id for row in composition.rows()}) == 2
    hidden = layouts.with_look(composition.layout, [reach], lambda look: replace(look, visible=False))
    composition.set_layout(hidden)
    composition.set_layout(layouts.with_look(composition.layout, [odometer], lambda look: replace(look, color=3)))
    assert [(entry.color, entry.visible) for entry in composition.entries()] == [(3, True), (1, False), (2, True)]
    assert plots_of(composition) == [[paths[2]], [paths[0]]]
    composition.set_layout(composition.arranged_by_unit())
    assert plots_of(composition) == [list(paths[:2]), [paths[2]]]
    composition.keep({lock})
    composition.set_layout(before)
    # What comes back waits for its samples in its old place.
    assert [entry.loading for entry in composition.entries()] == [True, True, False]
    assert plots_of(composition) == [[paths[2]]]
    composition.put([make_series(one, [0], [1.0], unit="kilometers") for one in keys[:2]])
    assert composition.layout == before


def test_ranges_of_axes_are_kept_in_the_layout_until_their_series_come() -> None:
    composition = Composition(4)
    odometer = make_series(key("diagnostics.odometer"), [0], [1.0], unit="kilometers")
    composition.put([odometer])
    (plot,) = composition.plots().values()
    plot.axes[0].set_range(3.0, 4.0)
    kept = composition.layout
    assert kept.plots[0].ranges == (("kilometers", 3.0, 4.0),)
    other = Composition(4)
    other.restore(kept)
    assert other.layout == kept
    other.put([odometer])
    (plot,) = other.plots().values()
    assert plot.axes[0].manual == (3.0, 4.0)
    plot.fit_values()
    assert other.layout.plots[0].ranges == ()
    other.put([make_series(key("diagnostics.speed"), [0], [1.0], unit="miles_per_hour")])
    assert plot.axes[0].manual is None
