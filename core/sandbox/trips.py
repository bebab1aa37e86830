"""Where vehicles go, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.sandbox.places import City, Point, Route, cities_in_reach, find_route, kilometers, somewhere_near

if TYPE_CHECKING:
    from core.sandbox.vehicle import Vehicle

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DETOUR = 1.25


@dataclass(frozen=True, slots=True)
class Trip:
    """A way that a driver intends.

    Attributes:
        earliest: milliseconds since the epoch; later where the trip before takes longer.
        pause: milliseconds to stand before it at least.
        city: the city it leads to, where that is another one.
        load: whether something is taken out of the boot at the goal.
        overnight: whether the vehicle stays there, so that it is locked and may be charged.
    """

    earliest: int
    pause: int
    goal: Point
    city: City | None = None
    load: bool = False
    overnight: bool = True


def plan_day(vehicle: Vehicle, midnight: int, weekday: int) -> list[Trip]:
    """The trips of one local day, in order.

    Args:
        midnight: when the local day begins, milliseconds since the epoch.
        weekday: 0 is Monday.
    """
    match vehicle.habit:
        case "commuter":
            return _commute(vehicle, midnight, weekday)
        case "delivery":
            return _deliver(vehicle, midnight, weekday)
        case "weekend":
            return _outing(vehicle, midnight, weekday)
        case "long_distance":
            return _travel(vehicle, midnight, weekday)


def _at(vehicle: Vehicle, midnight: int, earliest: float, latest: float) -> int:
    return midnight + int(vehicle.chance.between(earliest, latest) * _HOUR)


def _there_and_back(vehicle: Vehicle, start: int, goal: Point, hours: float) -> list[Trip]:
    return [
        Trip(start, 10 * _MINUTE, goal, overnight=False),
        Trip(start, int(hours * _HOUR), vehicle.home),
    ]


def _commute(vehicle: Vehicle, midnight: int, weekday: int) -> list[Trip]:
    chance = vehicle.chance
    trips: list[Trip] = []
    if weekday < 5 and chance.happens(0.93):
        trips.append(Trip(_at(vehicle, midnight, 6.6, 8.2), 0, vehicle.work))
        trips.append(Trip(_at(vehicle, midnight, 16.0, 18.2), 0, vehicle.home))
        if chance.happens(0.3):
            shop = somewhere_near(vehicle.home, 1.5, 4.0, chance)
            trips += _there_and_back(vehicle, _at(vehicle, midnight, 18.6, 19.6), shop, chance.between(0.4, 1.2))
    elif weekday >= 5 and chance.happens(0.7):
        goal = somewhere_near(vehicle.home, 3.0, 25.0, chance)
        trips += _there_and_back(vehicle, _at(vehicle, midnight, 9.5, 13.0), goal, chance.between(1.0, 4.0))
    return trips


def _deliver(vehicle: Vehicle, midnight: int, weekday: int) -> list[Trip]:
    chance = vehicle.chance
    if weekday == 6 or (weekday == 5 and not chance.happens(0.5)):
        return []
    start = _at(vehicle, midnight, 6.8, 7.8)
    quarter = somewhere_near(vehicle.home, 3.0, 9.0, chance)
    stops = chance.whole(12, 22) if weekday < 5 else chance.whole(6, 10)
    trips = []
    for number in range(stops):
        pause = int(chance.between(2.0, 9.0) * _MINUTE)
        if number == stops // 2:
            pause += 35 * _MINUTE
        trips.append(Trip(start, pause, somewhere_near(quarter, 0.3, 2.2, chance), load=True, overnight=False))
    trips.append(Trip(start, 6 * _MINUTE, vehicle.home))
    return trips


def _outing(vehicle: Vehicle, midnight: int, weekday: int) -> list[Trip]:
    chance = vehicle.chance
    if weekday >= 5 and chance.happens(0.85):
        goal = somewhere_near(vehicle.home, 15.0, 70.0, chance)
        return _there_and_back(vehicle, _at(vehicle, midnight, 9.0, 11.5), goal, chance.between(2.0, 6.0))
    if weekday < 5 and chance.happens(0.22):
        goal = somewhere_near(vehicle.home, 1.5, 6.0, chance)
        return _there_and_back(vehicle, _at(vehicle, midnight, 16.0, 19.0), goal, chance.between(0.5, 1.5))
    return []


def _travel(vehicle: Vehicle, midnight: int, weekday: int) -> list[Trip]:
    chance = vehicle.chance
    if weekday >= 5 and not chance.happens(0.25):
        return []
    model = vehicle.model
    reach = 0.85 * model.battery / model.energy_use * 100.0 / _DETOUR if model.battery and not model.tank else 1e9
    here = (vehicle.city.latitude, vehicle.city.longitude)
    cities = [
        city for city in cities_in_reach(vehicle.city) if kilometers(here, (city.latitude, city.longitude)) < reach
    ]
    start = _at(vehicle, midnight, 6.0, 9.0)
    if not cities:
        goal = somewhere_near(vehicle.home, 30.0, 80.0, chance)
        return _there_and_back(vehicle, start, goal, chance.between(2.0, 5.0))
    city = chance.pick(cities)
    centre = (city.latitude, city.longitude)
    goal = somewhere_near(centre, 1.0, 5.0, chance)
    trips = [Trip(start, 0, goal, city=city)]
    for _ in range(chance.whole(0, 2)):
        trips.append(Trip(start, int(chance.between(1.0, 2.5) * _HOUR), somewhere_near(centre, 1.0, 6.0, chance)))
    return trips


def route_to(vehicle: Vehicle, goal: Point) -> Route:
    """The way from where the vehicle stands; between home and work always the same one."""
    start = vehicle.place
    usual = {start, goal} == {vehicle.home, vehicle.work}
    if usual and (start, goal) in vehicle.routes:
        return vehicle.routes[start, goal]
    route = find_route(start, goal, vehicle.model.fastest, vehicle.chance)
    if usual:
        vehicle.routes[start, goal] = route
        vehicle.routes[goal, start] = route.reversed()
    return route
