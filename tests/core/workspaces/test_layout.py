"""Where series stand on the timeline, and that a person's choices stay."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.fleet.series import SeriesKey
from core.workspaces import layout as layouts
from core.workspaces.layout import LANES, Alignment, SeriesLook, Shape, TimelineLayout, aligned

ODOMETER, RANGE = SeriesKey("A", "diagnostics", "odometer"), SeriesKey("A", "charging", "estimated_range")
SPEED, LOCK, DOOR = (SeriesKey("A", "c", name) for name in ("speed", "lock", "door"))
NAMES = {ODOMETER: "km", RANGE: "km", SPEED: "km/h", LOCK: LANES, DOOR: LANES}


def arranged(*keys: SeriesKey) -> TimelineLayout:
    return layouts.arranged(layouts.with_keys(TimelineLayout(), keys), NAMES)


def plots(layout: TimelineLayout) -> list[list[SeriesKey]]:
    return [list(plot.keys) for plot in layout.plots]


def test_what_nobody_placed_follows_its_unit_and_states_stand_below() -> None:
    layout = arranged(LOCK, ODOMETER, SPEED, DOOR, RANGE)
    assert plots(layout) == [[ODOMETER, RANGE], [SPEED], [LOCK, DOOR]]
    assert layouts.arranged(layout, NAMES) == layout
    # In another unit it moves, and back.
    apart = layouts.arranged(layout, NAMES | {RANGE: "mi"})
    assert plots(apart) == [[ODOMETER], [SPEED], [RANGE], [LOCK, DOOR]]
    assert plots(layouts.arranged(apart, NAMES)) == plots(layout)


def test_series_without_a_name_wait() -> None:
    layout = layouts.arranged(layouts.with_keys(TimelineLayout(), NAMES), {SPEED: "km/h"})
    assert plots(layout) == [[SPEED]]
    assert layout.keys == tuple(NAMES)
    assert plots(layouts.arranged(layout, NAMES)) == [[ODOMETER, RANGE], [SPEED], [LOCK, DOOR]]


def test_what_a_person_placed_stays_whatever_its_unit() -> None:
    layout = arranged(ODOMETER, SPEED, LOCK)
    both = layouts.moved_into(layout, [SPEED], layout.plots[0].id)
    assert plots(both) == [[ODOMETER, SPEED], [LOCK]]
    assert plots(layouts.arranged(both, NAMES | {SPEED: "m/s", ODOMETER: "mi"})) == plots(both)
    # What comes later goes to where its unit is shown.
    more = layouts.arranged(layouts.with_keys(both, [RANGE, DOOR]), NAMES)
    assert plots(more) == [[ODOMETER, SPEED, RANGE], [LOCK, DOOR]]
    assert plots(layouts.by_unit(more, NAMES)) == [[ODOMETER, RANGE], [SPEED], [LOCK, DOOR]]


def test_series_move_into_plots_before_one_another_and_between_plots() -> None:
    layout = arranged(ODOMETER, SPEED, LOCK)
    ids = [plot.id for plot in layout.plots]
    assert plots(layouts.moved_into(layout, [SPEED, LOCK], ids[0], before=ODOMETER)) == [[SPEED, LOCK, ODOMETER]]
    assert plots(layouts.moved_to_new(layout, [LOCK], 0)) == [[LOCK], [ODOMETER], [SPEED]]
    assert plots(layouts.moved_to_new(layout, [RANGE], 1)) == [[ODOMETER], [RANGE], [SPEED], [LOCK]]
    assert layouts.moved_to_new(layout, [RANGE], 1).keys == (ODOMETER, SPEED, LOCK, RANGE)
    assert plots(layouts.plot_moved(layout, ids[0], 9)) == [[SPEED], [LOCK], [ODOMETER]]
    assert layouts.plot_moved(layout, ids[0], 0) is layout
    assert plots(layouts.merged(layout)) == [[ODOMETER, SPEED, LOCK]]
    assert plots(layouts.without_keys(layout, [ODOMETER, LOCK])) == [[SPEED]]


def test_shares_of_the_height_and_looks() -> None:
    layout = layouts.weighted(arranged(ODOMETER, SPEED), {1: 3.0, 2: -1.0})
    assert [plot.weight for plot in layout.plots] == [3.0, layouts.LEAST_WEIGHT]
    assert [plot.weight for plot in layouts.equal_heights(layout).plots] == [1.0, 1.0]
    pointed = layouts.with_look(layout, [SPEED, LOCK], lambda look: replace(look, shape=Shape.POINTS))
    assert pointed.looks == {ODOMETER: SeriesLook(), SPEED: SeriesLook(shape=Shape.POINTS)}
    assert not pointed.has_composition_of(layout)
    assert replace(layout, time_range=(0, 1)).has_composition_of(layout)


def test_other_vehicles_take_the_places_in_order() -> None:
    first, second = SeriesKey("A", "c", "x"), SeriesKey("B", "c", "x")
    layout = layouts.with_keys(TimelineLayout(cursor=5), [first, second])
    layout = layouts.arranged(layout, {first: "km", second: "km"})
    layout = layouts.with_look(layouts.moved_to_new(layout, [second], 1), [second], lambda look: SeriesLook(3))
    swapped = layouts.with_vehicles(layout, ["C", "A", "unused"])
    assert plots(swapped) == [[SeriesKey("C", "c", "x")], [SeriesKey("A", "c", "x")]]
    assert swapped.looks == {SeriesKey("C", "c", "x"): SeriesLook(), SeriesKey("A", "c", "x"): SeriesLook(3)}
    # The same time is compared.
    assert swapped.cursor == 5
    assert layouts.vehicles_of(layouts.with_vehicles(layout, ["C"])) == ("C",)
    assert plots(layouts.with_vehicles(layout, [])) == []


KEYS = st.sampled_from([SeriesKey(vin, "c", name) for vin in "AB" for name in "pqrs"])
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), KEYS),
        st.tuples(st.just("remove"), KEYS),
        st.tuples(st.just("into"), KEYS, st.integers(1, 5), KEYS),
        st.tuples(st.just("new"), KEYS, st.integers(0, 5)),
        st.tuples(st.just("plot"), st.integers(1, 5), st.integers(-1, 5)),
        st.tuples(st.just("merge")),
        st.tuples(st.just("name"), KEYS, st.sampled_from(["km", "%", LANES])),
    )
)


def edited(layout: TimelineLayout, names: dict[SeriesKey, str], edit: tuple[object, ...]) -> TimelineLayout:
    match edit:
        case ("add", SeriesKey() as key):
            return layouts.with_keys(layout, [key])
        case ("remove", SeriesKey() as key):
            return layouts.without_keys(layout, [key])
        case ("into", SeriesKey() as key, int() as id, SeriesKey() as before) if layout.plot(id):
            return layouts.moved_into(layout, [key], id, before)
        case ("new", SeriesKey() as key, int() as place):
            return layouts.moved_to_new(layout, [key], place)
        case ("plot", int() as id, int() as place):
            return layouts.plot_moved(layout, id, place)
        case ("merge",):
            return layouts.merged(layout)
        case ("name", SeriesKey() as key, str() as name):
            names[key] = name
    return layout


@given(EDITS)
@settings(max_examples=80, deadline=None)
def test_every_series_has_at_most_one_place_and_all_that_have_a_name_have_one(edits: list[tuple[object, ...]]) -> None:
    layout, names = TimelineLayout(), dict[SeriesKey, str]()
    for edit in edits:
        by_hand = {key: layout.plot_of(key) for key in layout.placed}
        layout = layouts.arranged(edited(layout, names, edit), names)
        inside = [key for plot in layout.plots for key in plot.keys]
        assert len(inside) == len(set(inside))
        assert set(inside) <= layout.looks.keys()
        assert {key for key in layout.looks if key in names} <= set(inside)
        assert layout.placed <= set(inside)
        assert all(plot.keys for plot in layout.plots)
        assert len({plot.id for plot in layout.plots}) == len(layout.plots)
        assert layouts.arranged(layout, names) == layout
        if edit[0] in ("add", "name"):
            assert all(layout.plot_of(key).id == plot.id for key, plot in by_hand.items() if plot)  # type: ignore[union-attr]


def test_moments_mean_nothing_under_another_alignment() -> None:
    layout = TimelineLayout(time_range=(1, 2), cursor=3, region=(4, 5))
    first = aligned(layout, Alignment.FIRST_SAMPLE)
    assert first == TimelineLayout(alignment=Alignment.FIRST_SAMPLE)
    assert not first.has_composition_of(layout)
    assert aligned(layout, Alignment.ABSOLUTE) is layout


def test_the_days_of_what_was_in_sight_lie_over_each_other() -> None:
    layout = TimelineLayout(time_range=(1, 2), cursor=3, region=(4, 5))
    days = aligned(layout, Alignment.TIME_OF_DAY)
    assert days == TimelineLayout(time_range=(1, 2), cursor=3, alignment=Alignment.TIME_OF_DAY)
    assert aligned(replace(days, region=(4, 5), hours=(6, 7)), Alignment.ABSOLUTE) == replace(layout, region=None)
    assert aligned(days, Alignment.FIRST_SAMPLE) == TimelineLayout(alignment=Alignment.FIRST_SAMPLE)
