"""Speed, odometer, location and engine while driving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sandbox.envelope import coordinates, measure
from core.sandbox.places import altitude

if TYPE_CHECKING:
    from core.sandbox.places import Route
    from core.sandbox.vehicle import Vehicle

_KM_PER_MILE = 1.609344


def report_odometer(vehicle: Vehicle, time: int) -> None:
    """The distance driven, in kilometers or, for a vehicle that was switched over, in miles."""
    miles = vehicle.miles_from is not None and time >= vehicle.miles_from
    text = f"{vehicle.driven / _KM_PER_MILE:.1f}" if miles else f"{vehicle.driven:.1f}"
    driven = float(text) * _KM_PER_MILE if miles else float(text)
    unit = "miles" if miles else "kilometers"
    vehicle.writer.send(time, "diagnostics", "odometer", f'{{"unit":"{unit}","value":{text}}}', driven)


def report_place(vehicle: Vehicle, time: int) -> None:
    """Where it is and where it looks."""
    send = vehicle.writer.send
    send(time, "vehicle_location", "coordinates", coordinates(vehicle.place))
    send(time, "vehicle_location", "heading", measure("degrees", min(vehicle.heading, 359.9)))


def report_altitude(vehicle: Vehicle, time: int) -> None:
    """Meters above the sea."""
    text = measure("meters", altitude(vehicle.place, vehicle.city.altitude))
    vehicle.writer.send(time, "vehicle_location", "altitude", text)


def report_step(vehicle: Vehicle, time: int, step: int, speed: float, route: Route, leg: int, done: float) -> None:
    """One step of a trip: the speed always, everything else at its own pace."""
    send = vehicle.writer.send
    send(time, "diagnostics", "speed", f'{{"unit":"kilometers_per_hour","value":{speed:.1f}}}')
    if step % 3 == 0:
        vehicle.place = route.position(leg, done)
        vehicle.heading = route.headings[leg]
        report_place(vehicle, time)
        if step % 12 == 9:
            report_altitude(vehicle, time)
    if step % 5 == 4:
        report_odometer(vehicle, time)
    if vehicle.model.tank:
        _report_engine(vehicle, time, step, speed)
    if step % 40 == 17:
        _report_cabin(vehicle, time)


def report_engine_status(vehicle: Vehicle, time: int) -> None:
    """Whether the combustion engine runs, when that changes."""
    status = '"on"' if vehicle.burning else '"off"'
    if vehicle.model.tank and vehicle.changed("engine", status):
        vehicle.writer.send(time, "engine", "status", status)


def _report_engine(vehicle: Vehicle, time: int, step: int, speed: float) -> None:
    report_engine_status(vehicle, time)
    if not vehicle.burning:
        return
    send = vehicle.writer.send
    if step % 4 == 1:
        gear_speed = 18.0 + 6.5 * (speed // 22.0) if speed < 90.0 else 52.0
        send(
            time,
            "diagnostics",
            "engine_rpm",
            measure("revolutions_per_minute", 800.0 + 1900.0 * speed / (gear_speed + speed), 0),
        )
    if step % 10 == 2:
        send(time, "diagnostics", "engine_coolant_temperature", measure("celsius", vehicle.engine_heat))
    if step % 20 == 12:
        send(time, "diagnostics", "engine_load", f"{min(0.95, 0.15 + speed / 220.0):.3f}")
        send(time, "diagnostics", "engine_oil_temperature", measure("celsius", vehicle.engine_heat * 0.95 + 4.0))


def _report_cabin(vehicle: Vehicle, time: int) -> None:
    send = vehicle.writer.send
    outside = vehicle.outside(time)
    send(time, "climate", "outside_temperature", measure("celsius", outside))
    send(time, "climate", "inside_temperature", measure("celsius", 21.0 + (outside - 12.0) * 0.08))
    send(time, "diagnostics", "battery_voltage", measure("volts", 14.2 + 0.3 * vehicle.chance.random(), 2))
