"""The models of vehicle that the simulated fleet is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Habit = Literal["commuter", "delivery", "weekend", "long_distance"]


@dataclass(frozen=True, slots=True)
class VehicleModel:
    """One model of vehicle.

    Attributes:
        maker: the first three characters of its VINs.
        code: three characters that stand for the model in its VINs.
        powertrain: as the Auto API names it.
        power: kilowatts.
        tank: liters; 0 without a combustion engine.
        battery: kilowatt hours; 0 without a drive battery.
        fuel_use: liters per 100 kilometers.
        energy_use: kilowatt hours per 100 kilometers.
        fastest: kilometers per hour it is driven on a motorway.
        pressure: bars in a cold tyre.
        doors: 4 or, for a van or a small car, 2.
    """

    name: str
    maker: str
    code: str
    powertrain: str
    power: int
    tank: float
    battery: float
    fuel_use: float
    energy_use: float
    fastest: float
    pressure: float
    doors: int


@dataclass(frozen=True, slots=True)
class Role:
    """A model, what it is used for, and the number of its home city in the list of cities."""

    model: VehicleModel
    habit: Habit
    city: int


# name, maker, code, powertrain, power, tank, battery, fuel use, energy use, fastest, pressure, doors
_ID3 = VehicleModel("Volkswagen ID.3 Pro", "WVW", "E13", "all_electric", 150, 0, 58, 0, 16.2, 128, 2.5, 4)
_KANGOO = VehicleModel("Renault Kangoo Rapid", "VF1", "K9K", "diesel", 70, 54, 0, 6.1, 0, 118, 2.9, 2)
_BMW = VehicleModel("BMW 330e", "WBA", "33E", "phev", 215, 40, 12, 6.4, 19.5, 135, 2.4, 4)
_MINI = VehicleModel("MINI Cooper S", "WMW", "XM5", "petrol", 141, 44, 0, 6.6, 0, 118, 2.3, 2)
_PEUGEOT = VehicleModel("Peugeot e-208", "VR3", "UHZ", "all_electric", 100, 0, 46, 0, 15.4, 122, 2.4, 4)
_VITO = VehicleModel("Mercedes-Benz eVito", "WDF", "447", "all_electric", 85, 0, 60, 0, 24.5, 118, 3.1, 2)
_OCTAVIA = VehicleModel("Skoda Octavia Combi", "TMB", "5E0", "diesel", 110, 50, 0, 4.9, 0, 130, 2.4, 4)
_FIAT = VehicleModel("Fiat 500", "ZFA", "312", "petrol", 51, 35, 0, 5.2, 0, 118, 2.2, 2)
_VOLVO = VehicleModel("Volvo XC60 T6", "YV1", "UZH", "phev", 257, 71, 14.7, 8.1, 22.4, 118, 2.6, 4)
_TRANSIT = VehicleModel("Ford Transit Custom", "WF0", "YXT", "diesel", 96, 70, 0, 7.4, 0, 120, 3.2, 2)
_IONIQ = VehicleModel("Hyundai IONIQ 5", "KMH", "KM8", "all_electric", 168, 0, 77, 0, 17.6, 126, 2.5, 4)
_COROLLA = VehicleModel("Toyota Corolla", "SB1", "ZE1", "hybrid", 103, 43, 0, 4.6, 0, 122, 2.3, 4)

ROLES = (
    Role(_ID3, "commuter", 0),
    Role(_KANGOO, "delivery", 1),
    Role(_BMW, "commuter", 2),
    Role(_MINI, "commuter", 3),
    Role(_PEUGEOT, "weekend", 4),
    Role(_VITO, "delivery", 5),
    Role(_OCTAVIA, "long_distance", 6),
    Role(_FIAT, "weekend", 7),
    Role(_VOLVO, "commuter", 8),
    Role(_TRANSIT, "delivery", 9),
    Role(_IONIQ, "long_distance", 10),
    Role(_COROLLA, "commuter", 11),
)


def role_of(number: int) -> Role:
    """What the vehicle with this number in the fleet is; large fleets meet every model in every city."""
    role = ROLES[number % len(ROLES)]
    lap = number // len(ROLES)
    return Role(role.model, role.habit, (role.city + 5 * lap) % 16) if lap else role


def vin_of(model: VehicleModel, number: int, seed: int) -> str:
    """A VIN of 17 characters that says it is a demo (``DEM``), unique in a fleet and the same for the same seed."""
    serial = (100_000 + seed * 7_919 % 800_000 + number) % 1_000_000
    return f"{model.maker}DEM{model.code}T0{serial:06d}".replace("O", "0")
