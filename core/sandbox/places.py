"""Cities, roads between points, and local time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from core.sandbox.exact import Chance, bearing, cosine, sine

Point = tuple[float, float]  # latitude, longitude in degrees

_KM_PER_DEGREE = 111.2
_LONGEST_LEG_KM = 380.0


@dataclass(frozen=True, slots=True)
class City:
    """Where vehicles live.

    Attributes:
        country: two letters, for plates and languages.
        altitude: meters above the sea.
        zone: hours east of UTC in winter.
        overland: whether a road trip to other cities needs no ferry or tunnel.
        warmth: degrees Celsius above or below the mean of all cities.
    """

    name: str
    country: str
    latitude: float
    longitude: float
    altitude: float
    zone: int
    overland: bool
    warmth: float


CITIES = (
    City("Berlin", "DE", 52.5170, 13.3889, 36.0, 1, True, -0.5),
    City("Paris", "FR", 48.8566, 2.3522, 42.0, 1, True, 1.5),
    City("Munich", "DE", 48.1372, 11.5755, 519.0, 1, True, -1.0),
    City("London", "GB", 51.5074, -0.1278, 20.0, 0, False, 1.0),
    City("Hamburg", "DE", 53.5503, 10.0006, 14.0, 1, True, -0.5),
    City("Amsterdam", "NL", 52.3728, 4.8936, 4.0, 1, True, 0.5),
    City("Prague", "CZ", 50.0875, 14.4213, 235.0, 1, True, -0.8),
    City("Milan", "IT", 45.4642, 9.1900, 121.0, 1, True, 3.0),
    City("Stockholm", "SE", 59.3251, 18.0711, 23.0, 1, False, -4.0),
    City("Cologne", "DE", 50.9384, 6.9600, 53.0, 1, True, 0.5),
    City("Vienna", "AT", 48.2084, 16.3725, 181.0, 1, True, 0.5),
    City("Madrid", "ES", 40.4167, -3.7036, 654.0, 1, False, 5.0),
    City("Brussels", "BE", 50.8467, 4.3525, 62.0, 1, True, 0.7),
    City("Lyon", "FR", 45.7578, 4.8320, 173.0, 1, True, 2.5),
    City("Zurich", "CH", 47.3744, 8.5410, 432.0, 1, True, 0.0),
    City("Warsaw", "PL", 52.2337, 21.0714, 108.0, 1, False, -1.5),
)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def local_midnight(day: date, zone: int) -> int:
    """When a local day begins, milliseconds since the epoch, with Europe's summer time."""
    summer = _last_sunday(day.year, 3) < day <= _last_sunday(day.year, 10)
    return ((day - date(1970, 1, 1)).days * 24 - zone - summer) * 3_600_000


def kilometers(a: Point, b: Point) -> float:
    """The distance of two points as the crow flies."""
    north = (b[0] - a[0]) * _KM_PER_DEGREE
    east = (b[1] - a[1]) * _KM_PER_DEGREE * cosine((a[0] + b[0]) / 720.0)
    return math.sqrt(north * north + east * east)


def displaced(point: Point, east: float, north: float) -> Point:
    """The point that lies so many kilometers away."""
    return (
        point[0] + north / _KM_PER_DEGREE,
        point[1] + east / (_KM_PER_DEGREE * cosine(point[0] / 360.0)),
    )


def somewhere_near(point: Point, nearest: float, farthest: float, chance: Chance) -> Point:
    """A point at a random direction and distance in kilometers."""
    turns = chance.random()
    distance = chance.between(nearest, farthest)
    return displaced(point, distance * sine(turns), distance * cosine(turns))


def cities_in_reach(city: City) -> tuple[City, ...]:
    """The cities that one drives to within a few hours, nearest first; empty where there are none."""
    if not city.overland:
        return ()
    here = (city.latitude, city.longitude)
    near = [
        (kilometers(here, (other.latitude, other.longitude)), number)
        for number, other in enumerate(CITIES)
        if other.overland and other is not city
    ]
    return tuple(CITIES[number] for distance, number in sorted(near) if distance <= _LONGEST_LEG_KM)


def altitude(point: Point, base: float) -> float:
    """Meters above the sea: gentle hills around a base."""
    hills = sine(point[0] * 3.1) * sine(point[1] * 2.3) + 0.4 * sine(point[0] * 17.0 + point[1] * 13.0)
    return max(1.0, base + hills * (12.0 + base * 0.08))


@dataclass(frozen=True, slots=True)
class Route:
    """A way along roads.

    Attributes:
        points: its corners.
        ends: kilometers from the start to the end of each leg; one fewer than points.
        headings: compass degrees of each leg.
        limits: kilometers per hour allowed on each leg.
    """

    points: tuple[Point, ...]
    ends: tuple[float, ...]
    headings: tuple[float, ...]
    limits: tuple[float, ...]

    @property
    def length(self) -> float:
        """Kilometers from start to end."""
        return self.ends[-1]

    def reversed(self) -> Route:
        """The same way back."""
        starts = (0.0, *self.ends[:-1])
        return Route(
            self.points[::-1],
            tuple(self.length - start for start in reversed(starts)),
            tuple(heading - 180.0 if heading >= 180.0 else heading + 180.0 for heading in reversed(self.headings)),
            self.limits[::-1],
        )

    def position(self, leg: int, done: float) -> Point:
        """Where one is after so many kilometers, on the given leg."""
        start = self.ends[leg - 1] if leg else 0.0
        length = self.ends[leg] - start
        part = (done - start) / length if length > 0.0 else 0.0
        a, b = self.points[leg], self.points[leg + 1]
        return (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part)


def _limit(from_end: float, fastest: float) -> float:
    """What is allowed at a distance in kilometers from the nearer end of a route."""
    if from_end < 0.4:
        return 30.0
    if from_end < 4.0:
        return 50.0
    if from_end < 7.0:
        return 70.0
    return 100.0 if from_end < 14.0 else fastest


def find_route(start: Point, goal: Point, fastest: float, chance: Chance) -> Route:
    """A plausible way from one point to another: corners in town, long curves outside.

    Args:
        fastest: kilometers per hour on the best road.
        chance: decides the corners, so a known way is kept by keeping the route.
    """
    direct = max(kilometers(start, goal), 0.05)
    ahead = ((goal[1] - start[1]) / direct, (goal[0] - start[0]) / direct)  # degrees per kilometer: east, north
    scale = cosine((start[0] + goal[0]) / 720.0)
    across = (-ahead[1] / scale, ahead[0] * scale)
    bends = (chance.between(0.8, 1.6), chance.random(), chance.between(2.5, 5.0), chance.random())
    swing = direct * chance.between(0.02, 0.06)
    points = [start]
    limits: list[float] = []
    along = aside = 0.0
    while True:
        from_end = min(along, direct - along)
        urban = from_end < 5.0
        along += (0.3 if urban else 1.4) * chance.between(0.6, 1.4)
        if along >= direct - 0.1:
            break
        part = along / direct
        curve = (
            0.0
            if direct < 6.0
            else sine(part / 2.0) * (0.7 * sine(part * bends[0] + bends[1]) + 0.3 * sine(part * bends[2] + bends[3]))
        )
        limit = _limit(from_end, fastest)
        places = [curve * swing + aside]
        if urban and chance.random() < 0.4:
            aside = chance.between(-0.2, 0.2)
            places.append(curve * swing + aside)
        for offset in places:
            points.append(
                (
                    start[0] + along * ahead[1] + offset * across[1],
                    start[1] + along * ahead[0] + offset * across[0],
                )
            )
            limits.append(limit)
    points.append(goal)
    limits.append(30.0)
    return _measured(tuple(points), tuple(limits))


def _measured(points: tuple[Point, ...], limits: tuple[float, ...]) -> Route:
    ends: list[float] = []
    headings: list[float] = []
    total = 0.0
    scale = cosine((points[0][0] + points[-1][0]) / 720.0)
    before = points[0]
    for point in points[1:]:
        north = (point[0] - before[0]) * _KM_PER_DEGREE
        east = (point[1] - before[1]) * _KM_PER_DEGREE * scale
        total += math.sqrt(north * north + east * east)
        ends.append(total)
        headings.append(bearing(east, north))
        before = point
    return Route(points, tuple(ends), tuple(headings), limits)
