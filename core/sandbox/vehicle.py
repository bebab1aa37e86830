"""One vehicle: what it is and the state it is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.sandbox.envelope import MessageWriter
from core.sandbox.exact import Chance, sine
from core.sandbox.models import role_of, vin_of
from core.sandbox.places import CITIES, City, Point, Route, somewhere_near

if TYPE_CHECKING:
    from core.sandbox.models import Habit, VehicleModel

WHEELS = ("front_left", "front_right", "rear_right", "rear_left")
_DAY = 86_400_000
_LEAK_BARS_A_DAY = 0.035


@dataclass(slots=True)
class Vehicle:
    """What a vehicle is and the state it is in; trips and charging change it, signals report it.

    Attributes:
        number: in the fleet, from 0.
        zone: hours east of UTC in winter where it lives.
        driven: kilometers since it was built.
        fuel: liters in the tank.
        energy: kilowatt hours in the drive battery.
        place: where it stands or drives.
    heading: where it looks, degrees from north.
        engine_heat: degrees Celsius of the coolant, or of the drive battery where there is no engine.
        pressures: bars, cold, of each wheel.
        leaking: the wheel that loses air, or -1.
        miles_from: milliseconds since the epoch from when on its odometer speaks miles, or None.
        reported: the last value of the properties that are only sent when they change.
    """

    number: int
    vin: str
    model: VehicleModel
    habit: Habit
    city: City
    chance: Chance
    writer: MessageWriter
    driven: float
    fuel: float
    energy: float
    home: Point
    work: Point
    place: Point
    engine_heat: float
    pressures: list[float]
    heading: float = 0.0
    leaking: int = -1
    miles_from: int | None = None
    burning: bool = False
    routes: dict[tuple[Point, Point], Route] = field(default_factory=dict)
    reported: dict[str, str] = field(default_factory=dict)

    @property
    def electric(self) -> bool:
        """Whether it has a drive battery that is charged."""
        return self.model.battery > 0

    @property
    def level(self) -> float:
        """The drive battery's level, 0 to 1."""
        return self.energy / self.model.battery if self.model.battery else 0.0

    @property
    def fuel_level(self) -> float:
        """The tank's level, 0 to 1."""
        return self.fuel / self.model.tank if self.model.tank else 0.0

    def travel(self, kilometers: float, seconds: float) -> None:
        """Use energy for a stretch of road."""
        self.driven += kilometers
        model = self.model
        idle_hours = seconds / 3600.0
        speed = kilometers / idle_hours
        effort = kilometers / 100.0 * (0.84 + 0.00003 * speed * speed)
        if self.electric and not (model.tank and (self.level < 0.15 or speed > 78.0)):
            self.burning = False
            self.energy = max(0.02 * model.battery, self.energy - effort * model.energy_use - 0.4 * idle_hours)
        else:
            self.burning = True
            self.fuel = max(0.5, self.fuel - effort * model.fuel_use - 0.5 * idle_hours)
        goal = 90.0 if self.burning else 31.0
        self.engine_heat += (goal - self.engine_heat) * min(1.0, seconds / 420.0)

    def cool(self, seconds: float, outside: float) -> None:
        """Let the engine or the drive battery come closer to the temperature outside."""
        self.engine_heat += (outside - self.engine_heat) * (seconds / (seconds + 5400.0))

    def lose_air(self, days: float) -> None:
        """Let every tyre lose a little air, and the leaking one more; low ones are filled up in the end."""
        for wheel in range(4):
            self.pressures[wheel] -= days * (_LEAK_BARS_A_DAY if wheel == self.leaking else 0.0008)
        if min(self.pressures) < 0.55 * self.model.pressure:
            self.pressures[:] = [self.model.pressure + 0.05] * 4

    def outside(self, time: int) -> float:
        """Degrees Celsius outside: the season, the hour, and a week's weather."""
        day = time / _DAY
        season = -10.0 * sine((day + 75.0) / 365.25)
        hour = 4.2 * sine(day + self.city.zone / 24.0 - 0.39)
        weather = 2.6 * sine(day / 9.3 + self.city.longitude / 20.0) + 1.1 * sine(day / 2.7 + self.city.latitude)
        return 10.5 + self.city.warmth + season + hour + weather

    def hour(self, time: int) -> float:
        """The local hour of the day by the sun, 0 to 24."""
        return (time / 3_600_000 + self.city.zone) % 24.0

    def changed(self, name: str, value: str) -> bool:
        """Whether a value differs from the one asked about last under this name."""
        if self.reported.get(name) == value:
            return False
        self.reported[name] = value
        return True


def build_vehicle(number: int, seed: int) -> Vehicle:
    """The vehicle with this number in the fleet of this seed, standing at home."""
    role = role_of(number)
    model = role.model
    chance = Chance("vehicle", seed, number)
    city = CITIES[role.city]
    centre = (city.latitude, city.longitude)
    home = somewhere_near(centre, 1.0, 7.0, chance)
    farthest = 16.0 if role.habit == "commuter" else 5.0
    vin = vin_of(model, number, seed)
    return Vehicle(
        number=number,
        vin=vin,
        model=model,
        habit=role.habit,
        city=city,
        chance=chance,
        writer=MessageWriter(seed, number, vin, Chance("failures", seed, number)),
        driven=chance.between(2_000.0, 90_000.0),
        fuel=model.tank * chance.between(0.4, 0.95),
        energy=model.battery * chance.between(0.55, 0.9),
        home=home,
        work=somewhere_near(home, 0.5 * farthest, farthest, chance),
        place=home,
        engine_heat=12.0,
        pressures=[model.pressure + chance.between(-0.06, 0.06) for _ in WHEELS],
    )
