from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.sandbox.exact import Chance
from core.sandbox.places import CITIES, cities_in_reach, displaced, find_route, kilometers, local_midnight


@pytest.mark.parametrize(("zone", "name"), [(0, "Europe/London"), (1, "Europe/Berlin")])
@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_local_midnight_follows_summer_time(zone: int, name: str, year: int) -> None:
    for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()):
        day = date.fromordinal(ordinal)
        real = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(name)).astimezone(UTC)
        assert local_midnight(day, zone) == int(real.timestamp() * 1000), day


@pytest.mark.parametrize("distance", [0.2, 3.0, 40.0, 300.0])
def test_a_route_leads_from_start_to_goal_without_jumps(distance: float) -> None:
    start = (52.5, 13.4)
    goal = displaced(start, distance * 0.6, distance * 0.8)
    route = find_route(start, goal, 130.0, Chance("route", distance))
    assert route.points[0] == start
    assert route.points[-1] == goal
    assert len(route.points) == len(route.ends) + 1 == len(route.limits) + 1 == len(route.headings) + 1
    assert list(route.ends) == sorted(route.ends)
    assert distance <= route.length * 1.001 <= distance * 1.6 + 1.0
    longest = max(kilometers(a, b) for a, b in zip(route.points, route.points[1:], strict=False))
    assert longest < 2.6
    assert max(route.limits) == {0.2: 30.0, 3.0: 50.0, 40.0: 130.0, 300.0: 130.0}[distance]


def test_the_way_back_is_the_same_way() -> None:
    route = find_route((48.1, 11.5), (48.2, 11.7), 130.0, Chance("back"))
    back = route.reversed()
    assert back.points == route.points[::-1]
    assert back.length == pytest.approx(route.length)
    middle, there = len(route.ends) // 2, route.length * 0.37
    leg = next(number for number, end in enumerate(route.ends) if end >= there)
    leg_back = next(number for number, end in enumerate(back.ends) if end >= back.length - there)
    assert back.position(leg_back, back.length - there) == pytest.approx(route.position(leg, there))
    assert abs(back.headings[-1 - middle] - route.headings[middle]) == pytest.approx(180.0)


def test_cities_in_reach_are_overland_and_near() -> None:
    by_name = {city.name: city for city in CITIES}
    assert [city.name for city in cities_in_reach(by_name["Prague"])] == ["Vienna", "Berlin", "Munich"]
    assert cities_in_reach(by_name["London"]) == ()
