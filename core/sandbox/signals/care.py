"""Tyres, 12 V battery, service and faults, and what a vehicle says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sandbox.envelope import iso_time, measure
from core.sandbox.vehicle import WHEELS

if TYPE_CHECKING:
    from core.sandbox.vehicle import Vehicle

_DAY = 86_400_000
_WARN_BELOW = 0.82  # of the right pressure
_CODES = (
    ("P0420", "ECM", "powertrain"),
    ("P0171", "ECM", "powertrain"),
    ("B1342", "BCM", "body"),
    ("C1201", "ABS", "chassis"),
    ("U0100", "GWM", "network"),
)


def report_tires(vehicle: Vehicle, time: int, warmth: float) -> None:
    """Pressure and temperature of every tyre; a low one lights its warning.

    Args:
        warmth: degrees Celsius by which driving has warmed the tyres.
    """
    writer = vehicle.writer
    outside = vehicle.outside(time)
    pressures = [
        pressure + 0.009 * (outside + warmth - 12.0) + 0.004 * vehicle.chance.random() for pressure in vehicle.pressures
    ]
    writer.send_items(
        time,
        "diagnostics",
        "tire_pressures",
        [
            f'{{"location":"{wheel}","pressure":{measure("bars", pressure, 2)}}}'
            for wheel, pressure in zip(WHEELS, pressures, strict=True)
        ],
    )
    writer.send_items(
        time,
        "diagnostics",
        "tire_temperatures",
        [f'{{"location":"{wheel}","temperature":{measure("celsius", outside + warmth)}}}' for wheel in WHEELS],
    )
    low = min(pressures) < _WARN_BELOW * vehicle.model.pressure
    if vehicle.changed("tire_light", "on" if low else "off"):
        _report_light(vehicle, time + 400, "tire_pressure_low", low)


def report_parked(vehicle: Vehicle, time: int, parked_hours: float) -> None:
    """The sparse signs of life of a parked vehicle."""
    send = vehicle.writer.send
    volts = 12.75 - 0.25 * parked_hours / (parked_hours + 40.0)
    send(time, "diagnostics", "battery_voltage", measure("volts", volts, 2))
    send(time, "climate", "outside_temperature", measure("celsius", vehicle.outside(time)))
    if vehicle.electric:
        send(time, "charging", "battery_temperature", measure("celsius", vehicle.engine_heat))


def report_identity(vehicle: Vehicle, time: int) -> None:
    """What a vehicle says about itself, once a week."""
    send = vehicle.writer.send
    model = vehicle.model
    send(time, "vehicle_information", "model_name", f'"{model.name}"')
    send(time, "vehicle_information", "powertrain", f'"{model.powertrain}"')
    send(time, "vehicle_information", "model_year", str(2021 + vehicle.number % 5))
    send(time, "vehicle_information", "power", measure("kilowatts", model.power, 0))
    send(time, "vehicle_information", "license_plate", f'"{vehicle.city.country} DM {1001 + vehicle.number}"')
    if vehicle.electric:
        send(time, "charging", "battery_capacity", measure("kilowatt_hours", model.battery))
    if model.tank:
        send(time, "vehicle_information", "fuel_tank_capacity", measure("liters", model.tank))


def report_service(vehicle: Vehicle, time: int) -> None:
    """How far it is to the next service, once a day on which it is driven."""
    send = vehicle.writer.send
    left = 30_000.0 - vehicle.driven % 30_000.0
    send(time, "maintenance", "distance_to_next_service", measure("kilometers", left, 0))
    due = (time // _DAY + 20 + int(left / 90.0)) * _DAY
    send(time, "maintenance", "next_inspection_date", f'"{iso_time(due)}"')
    status = '"ok"' if left > 2_000.0 else '"warning"'
    if vehicle.changed("service", status):
        send(time, "maintenance", "service_status", status)


def report_faults(vehicle: Vehicle, time: int) -> None:
    """A trouble code comes or goes now and then, with its warning light."""
    if not vehicle.chance.happens(0.04):
        return
    broken = vehicle.reported.get("broken") != "yes"
    vehicle.reported["broken"] = "yes" if broken else "no"
    count = vehicle.chance.whole(1, 2)
    first = vehicle.chance.whole(0, len(_CODES) - 1)
    codes = [_CODES[(first + step) % len(_CODES)] for step in range(count)]
    status = "confirmed" if broken else "cleared"
    vehicle.writer.send_items(
        time,
        "diagnostics",
        "trouble_codes",
        [
            f'{{"occurrences":{number + 1},"id":"{code}","ecu_id":"{unit}","status":"{status}","system":"{system}"}}'
            for number, (code, unit, system) in enumerate(codes)
        ],
    )
    _report_light(vehicle, time + 300, "malfunction_indicator", broken)


def _report_light(vehicle: Vehicle, time: int, name: str, on: bool) -> None:
    vehicle.writer.send_items(
        time,
        "dashboard_lights",
        "dashboard_lights",
        (
            f'{{"name":"{name}","state":"{"on" if on else "off"}"}}',
            '{"name":"brake_failure","state":"off"}',
        ),
    )
