"""Ignition, doors, windows, seats and lights: what happens when somebody gets in or out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sandbox.envelope import coordinates, iso_time, measure
from core.sandbox.signals.motion import report_engine_status, report_odometer, report_place

if TYPE_CHECKING:
    from core.sandbox.places import Point
    from core.sandbox.vehicle import Vehicle

_DOORS = ("front_left", "front_right", "rear_right", "rear_left")


def _doors(vehicle: Vehicle) -> tuple[str, ...]:
    return _DOORS[: vehicle.model.doors]


def report_doors(vehicle: Vehicle, time: int, opened: str = "") -> None:
    """Every door's position; one may be open."""
    vehicle.writer.send_items(
        time,
        "doors",
        "positions",
        [f'{{"location":"{door}","position":"{"open" if door == opened else "closed"}"}}' for door in _doors(vehicle)],
    )


def report_locks(vehicle: Vehicle, time: int, locked: bool) -> None:
    """Every door's lock, and all of them together."""
    state = "locked" if locked else "unlocked"
    items = [f'{{"location":"{door}","lock_state":"{state}"}}' for door in _doors(vehicle)]
    vehicle.writer.send_items(time, "doors", "locks", items)
    vehicle.writer.send(time, "doors", "locks_state", f'"{state}"')


def report_windows(vehicle: Vehicle, time: int, opened: bool) -> None:
    """Every window's position, when that changes: drivers open theirs on warm days."""
    if vehicle.changed("windows", str(opened)):
        positions = ["intermediate" if opened else "closed"] + ["closed"] * (vehicle.model.doors - 1)
        vehicle.writer.send_items(
            time,
            "windows",
            "positions",
            [
                f'{{"location":"{door}","position":"{position}"}}'
                for door, position in zip(_doors(vehicle), positions, strict=True)
            ],
        )


def report_lights(vehicle: Vehicle, time: int, driving: bool) -> None:
    """The lights outside, when that changes: daytime running lights, or full lights in the dark."""
    hour = vehicle.hour(time)
    dark = hour < 7.4 or hour > 17.0
    front = ("active" if dark else "drl") if driving else "inactive"
    if vehicle.changed("lights", front):
        vehicle.writer.send(time, "lights", "front_exterior_light", f'"{front}"')
        vehicle.writer.send(time, "lights", "rear_exterior_light", '"active"' if front == "active" else '"inactive"')


def get_in(vehicle: Vehicle, time: int) -> int:
    """Somebody gets in and starts. Returns when the vehicle is ready to drive."""
    send = vehicle.writer.send
    if vehicle.changed("locked", "no"):
        report_locks(vehicle, time, locked=False)
    report_doors(vehicle, time + 2_100, "front_left")
    report_doors(vehicle, time + 7_800)
    send(time + 9_400, "ignition", "state", '"on"')
    vehicle.writer.send_items(
        time + 12_000,
        "seats",
        "seatbelts_state",
        (
            '{"location":"front_left","fastened_state":"fastened"}',
            '{"location":"front_right","fastened_state":"not_fastened"}',
        ),
    )
    report_lights(vehicle, time + 12_600, driving=True)
    send(time + 13_100, "parking_brake", "status", '"inactive"')
    report_place(vehicle, time + 13_900)
    return time + 15_000


def get_out(vehicle: Vehicle, time: int, load: bool, lock: bool) -> int:
    """The driver stops and gets out.

    Args:
        load: whether something is taken out of the boot.
        lock: whether the doors are locked behind.

    Returns:
        When everything is closed again.
    """
    send = vehicle.writer.send
    vehicle.burning = False
    report_odometer(vehicle, time + 600)
    send(time + 1_100, "parking_brake", "status", '"active"')
    report_engine_status(vehicle, time + 2_300)
    send(time + 2_900, "ignition", "state", '"off"')
    report_windows(vehicle, time + 3_000, opened=False)
    report_doors(vehicle, time + 6_200, "front_left")
    report_doors(vehicle, time + 10_400)
    time += 12_000
    if load:
        send(time + 4_000, "trunk", "position", '"open"')
        time += 30_000 + int(60_000 * vehicle.chance.random())
        send(time, "trunk", "position", '"closed"')
    report_lights(vehicle, time + 1_000, driving=False)
    if lock and vehicle.changed("locked", "yes"):
        report_locks(vehicle, time + 2_000, locked=True)
    return time + 3_000


def report_trip(
    vehicle: Vehicle, begin: int, end: int, origin: Point, kilometers: float, used: tuple[float, float]
) -> None:
    """What a trip was, said when it is over.

    Args:
        used: liters and kilowatt hours.
    """
    send = vehicle.writer.send
    send(end, "trips", "start_time", f'"{iso_time(begin)}"')
    send(end, "trips", "end_time", f'"{iso_time(end)}"')
    send(end, "trips", "start_coordinates", coordinates(origin))
    send(end, "trips", "end_coordinates", coordinates(vehicle.place))
    send(end, "trips", "distance", measure("kilometers", kilometers, 2))
    if kilometers > 0.5 and used[0] > 0.0:
        consumption = measure("liters_per_100_kilometers", used[0] / kilometers * 100.0)
        send(end, "trips", "average_fuel_consumption", consumption)
    if kilometers > 0.5 and used[1] > 0.0:
        consumption = measure("kwh_per_100_kilometers", used[1] / kilometers * 100.0)
        send(end, "trips", "average_electric_consumption", consumption)
