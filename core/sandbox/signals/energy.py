"""Fuel, drive battery and charging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sandbox.envelope import iso_time, measure

if TYPE_CHECKING:
    from core.sandbox.vehicle import Vehicle


def report_levels(vehicle: Vehicle, time: int) -> None:
    """Fuel and battery levels with the ranges that follow, each when it has changed visibly."""
    send = vehicle.writer.send
    model = vehicle.model
    if model.tank:
        level = f"{vehicle.fuel_level:.2f}"
        if vehicle.changed("fuel", level):
            send(time, "diagnostics", "fuel_level", level)
            send(time, "diagnostics", "fuel_volume", measure("liters", vehicle.fuel))
            reach = vehicle.fuel / model.fuel_use * 100.0
            send(time, "diagnostics", "estimated_range", measure("kilometers", reach, 0))
    if vehicle.electric:
        level = f"{vehicle.level:.2f}"
        if vehicle.changed("battery", level):
            send(time, "charging", "battery_level", level)
            send(
                time, "charging", "estimated_range", measure("kilometers", vehicle.energy / model.energy_use * 100.0, 0)
            )


def report_drive_battery(vehicle: Vehicle, time: int) -> None:
    """Temperature and voltage of the drive battery."""
    warmth = 31.0 if vehicle.burning else vehicle.engine_heat
    vehicle.writer.send(time, "charging", "battery_temperature", measure("celsius", warmth))
    vehicle.writer.send(time, "charging", "battery_voltage", measure("volts", 330.0 + 70.0 * vehicle.level))


def report_plug(vehicle: Vehicle, time: int, plugged: bool, fast: bool) -> None:
    """The plug goes in or out."""
    send = vehicle.writer.send
    port = '"open"' if plugged else '"closed"'
    send(time, "charging", "charge_port_state", port)
    send(time + 1_400, "charging", "plugged_in", '"plugged_in"' if plugged else '"disconnected"')
    if plugged:
        send(time + 1_400, "charging", "plug_type", '"ccs"' if fast else '"type_2"')
        send(time + 1_900, "charging", "current_type", '"direct_current"' if fast else '"alternating_current"')


def report_departure_times(vehicle: Vehicle, time: int) -> None:
    """When the driver wants to leave; the second time is a spare one that is switched off."""
    hour, minute = 6 + vehicle.number % 3, 15 * (vehicle.number % 4)
    items = (("active", hour, minute), ("inactive", 9, 30))
    vehicle.writer.send_items(
        time,
        "charging",
        "departure_times",
        [f'{{"state":"{state}","time":{{"hour":{h},"minute":{m}}}}}' for state, h, m in items],
    )


def report_charging(vehicle: Vehicle, time: int, power: float, hours_left: float, step: int) -> None:
    """One step of charging: power, level and, more rarely, what belongs to them."""
    send = vehicle.writer.send
    send(time, "charging", "charging_rate", measure("kilowatts", power, 2))
    report_levels(vehicle, time)
    if step % 3 == 0:
        send(time, "charging", "time_to_complete_charge", measure("minutes", hours_left * 60.0, 0))
        send(time, "charging", "charging_current", measure("amperes", power * 1000.0 / (330.0 + 70.0 * vehicle.level)))
        send(time, "charging", "battery_energy", measure("kilowatt_hours", vehicle.energy, 2))
        report_drive_battery(vehicle, time)


def report_charging_status(vehicle: Vehicle, time: int, status: str) -> None:
    """Whether it charges."""
    vehicle.writer.send(time, "charging", "status", f'"{status}"')


def report_session(vehicle: Vehicle, start: int, end: int, energy: float) -> None:
    """What a charging session brought, said when it is over."""
    send = vehicle.writer.send
    send(end, "charging_session", "start_time", f'"{iso_time(start)}"')
    send(end, "charging_session", "end_time", f'"{iso_time(end)}"')
    send(end, "charging_session", "energy_charged", measure("kilowatt_hours", energy, 2))
    send(end, "charging_session", "total_charging_duration", measure("minutes", (end - start) / 60_000.0))


def report_refuelling(vehicle: Vehicle, time: int, liters: float) -> int:
    """The flap opens, fuel flows, the flap closes. Returns when it is over."""
    send = vehicle.writer.send
    send(time, "fueling", "gas_flap_lock", '"unlocked"')
    send(time + 1_200, "fueling", "gas_flap_position", '"open"')
    done = time + 60_000 + int(liters * 1_700.0)
    vehicle.fuel += liters
    send(done, "fueling", "gas_flap_position", '"closed"')
    send(done + 800, "fueling", "gas_flap_lock", '"locked"')
    report_levels(vehicle, done + 20_000)
    return done + 30_000
