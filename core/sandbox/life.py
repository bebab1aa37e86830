"""A vehicle's days: driving, charging, refuelling and standing, one step after the other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.sandbox.places import local_midnight
from core.sandbox.signals import body, care, energy, motion
from core.sandbox.trips import Trip, plan_day, route_to

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from core.sandbox.places import Route
    from core.sandbox.vehicle import Vehicle

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_CHARGE_STEP = 6 * _MINUTE
_WALL_BOX = 11.0
_FAST_CHARGER = 120.0


def live(vehicle: Vehicle, first: date, last: date) -> Iterator[int]:
    """Live from the first to the last day (UTC), leaving messages with the vehicle's writer.

    Yields:
        Milliseconds since the epoch, ascending, every few simulated seconds to hours: all messages made from then on
        are later than that.
    """
    now = (first - date(1970, 1, 1)).days * _DAY
    end = ((last - date(1970, 1, 1)).days + 1) * _DAY
    day = first
    while day <= last:
        midnight = local_midnight(day, vehicle.city.zone)
        if (day - first).days % 7 == 0:
            care.report_identity(vehicle, now + _MINUTE * (3 + vehicle.number % 50))
        trips = plan_day(vehicle, midnight, day.weekday())
        for number, trip in enumerate(trips):
            leave = max(trip.earliest, now + trip.pause)
            now = yield from _stand(vehicle, now, leave)
            if number == 0:
                care.report_service(vehicle, now)
                care.report_faults(vehicle, now + 15_000)
            now = yield from _drive(vehicle, now, trip)
            now = yield from _arrive(vehicle, now, trip)
        day += timedelta(days=1)
    yield from _stand(vehicle, now, end)


def _drive(vehicle: Vehicle, now: int, trip: Trip) -> Generator[int, None, int]:
    """Get in, drive there and get out; returns when."""
    route = route_to(vehicle, trip.goal)
    if vehicle.electric and not vehicle.model.tank:
        need = route.length * vehicle.model.energy_use / 100.0 * 1.2 / vehicle.model.battery + 0.08
        if vehicle.level < need:
            now = yield from _charge(vehicle, now, now + 3 * _HOUR, _FAST_CHARGER, min(0.95, need + 0.1))
            now = _unplug(vehicle, now, fast=True)
    origin, driven, fuel, stored = vehicle.place, vehicle.driven, vehicle.fuel, vehicle.energy
    begin = body.get_in(vehicle, now)
    now = yield from _follow(vehicle, begin, route)
    vehicle.place = trip.goal
    if trip.city is not None:
        vehicle.city = trip.city
    vehicle.heading = route.headings[-1]
    motion.report_place(vehicle, now)
    used = (fuel - vehicle.fuel, stored - vehicle.energy)
    done = body.get_out(vehicle, now, trip.load, trip.overnight)
    body.report_trip(vehicle, begin, now + 4_000, origin, vehicle.driven - driven, used)
    yield now
    return done


def _follow(vehicle: Vehicle, now: int, route: Route) -> Generator[int, None, int]:
    """Drive a route from standing to standing; returns when it ends."""
    random = vehicle.chance.random
    ends, limits, length = route.ends, route.limits, route.length
    speed = done = warmth = 0.0
    leg = step = 0
    while done < length:
        limit = limits[leg]
        left = length - done
        dice = random()
        red_light = limit <= 50.0 and dice < 0.09 and speed > 0.0
        goal = 0.0 if red_light else limit * (0.78 + 0.27 * dice)
        if left < 0.25:
            goal = min(goal, 25.0)
        seconds = 12.0 + 16.0 * random() if limit <= 70.0 else 18.0 + 22.0 * random()
        change = 3.6 * seconds
        before, speed = speed, min(max(goal, speed - change), speed + change)
        way = (before + speed) * seconds / 7200.0
        if way >= left:
            seconds = max(2.0, seconds * left / way)
            way, speed = left, 0.0
            done = length
        else:
            done += way
        now += int(seconds * 1000.0)
        vehicle.travel(way, seconds)
        while ends[leg] < done and leg < len(ends) - 1:
            leg += 1
        motion.report_step(vehicle, now, step, speed, route, leg, done)
        if step % 2:
            energy.report_levels(vehicle, now)
        if step % 60 == 30:
            care.report_tires(vehicle, now, warmth)
            if vehicle.electric:
                energy.report_drive_battery(vehicle, now)
        if step == 8 and vehicle.outside(now) > 15.0:
            body.report_windows(vehicle, now, opened=random() < 0.5)
        warmth += (min(22.0, speed * 0.2) - warmth) * min(1.0, seconds / 900.0)
        step += 1
        yield now
    return now


def _arrive(vehicle: Vehicle, now: int, trip: Trip) -> Generator[int, None, int]:
    """Refuel where the tank runs low; returns when that is done."""
    low = 0.65 if vehicle.habit == "long_distance" else 0.18
    if vehicle.model.tank and vehicle.fuel_level < low and not trip.load:
        liters = vehicle.model.tank * vehicle.chance.between(0.9, 0.99) - vehicle.fuel
        now = energy.report_refuelling(vehicle, now + 20_000, liters)
        yield now
    return now


def _wants_charge(vehicle: Vehicle, hours: float) -> bool:
    if not vehicle.electric or hours < 2.0:
        return False
    if vehicle.place == vehicle.home or vehicle.habit == "long_distance":
        return vehicle.level < (0.9 if vehicle.model.tank or vehicle.habit == "delivery" else 0.7)
    return vehicle.place == vehicle.work and vehicle.level < 0.3


def _stand(vehicle: Vehicle, now: int, until: int) -> Generator[int, None, int]:
    """Stand, and charge where there is time for it; returns when it is time to leave."""
    chance = vehicle.chance
    begin = now
    plugged = False
    if _wants_charge(vehicle, (until - now) / _HOUR):
        now += int(chance.between(1.0, 20.0) * _MINUTE)
        power = _WALL_BOX if vehicle.model.battery > 20.0 else 3.6
        goal = 1.0 if vehicle.model.tank else (0.95 if vehicle.habit == "long_distance" else 0.85)
        now = yield from _charge(vehicle, now, until - 10 * _MINUTE, power, goal)
        plugged = True
    while True:
        hour = vehicle.hour(now)
        hours = chance.between(2.5, 4.0) if hour < 5.0 or hour > 21.0 else chance.between(1.2, 2.2)
        then = now + int(hours * _HOUR)
        passed = min(then, until) - now
        vehicle.cool(passed / 1000.0, vehicle.outside(now))
        vehicle.lose_air(passed / _DAY)
        if then >= until:
            break
        now = then
        care.report_parked(vehicle, now, (now - begin) / _HOUR)
        if chance.random() < 0.4:
            care.report_tires(vehicle, now + 500, 0.0)
        yield now
    now = max(now, until)
    if plugged:
        now = _unplug(vehicle, now, fast=False)
    return now


def _charge(vehicle: Vehicle, now: int, until: int, power: float, goal: float) -> Generator[int, None, int]:
    """Plug in and charge to a level from 0 to 1 or until the time is over; returns when that is done."""
    fast = power > 22.0
    begin, stored = now, vehicle.energy
    battery = vehicle.model.battery
    energy.report_plug(vehicle, now, plugged=True, fast=fast)
    energy.report_charging_status(vehicle, now + 3_000, "initialising")
    if not fast and vehicle.chance.random() < 0.2:
        energy.report_departure_times(vehicle, now + 5_000)
    now += 9_000
    energy.report_charging_status(vehicle, now, "fast_charging" if fast else "charging")
    step = 0
    while vehicle.level < goal - 0.001 and now + _CHARGE_STEP < until:
        level = vehicle.level
        rate = (
            power * (1.0 if level < 0.8 else max(0.15, (1.02 - level) / 0.22)) * (0.97 + 0.03 * vehicle.chance.random())
        )
        length = _CHARGE_STEP // 3 if fast else _CHARGE_STEP
        vehicle.energy = min(goal * battery, vehicle.energy + rate * 0.93 * length / _HOUR)
        vehicle.engine_heat += ((38.0 if fast else 24.0) - vehicle.engine_heat) * 0.12
        now += length
        energy.report_charging(vehicle, now, rate, (goal * battery - vehicle.energy) / (rate * 0.93), step)
        step += 1
        yield now
    full = vehicle.level >= goal - 0.001
    now += 2_000
    energy.report_charging_status(vehicle, now, "charging_complete" if full else "charging_paused")
    vehicle.writer.send(now, "charging", "charging_rate", '{"unit":"kilowatts","value":0.0}')
    energy.report_session(vehicle, begin, now + 4_000, vehicle.energy - stored)
    yield now
    return now + 10_000


def _unplug(vehicle: Vehicle, now: int, fast: bool) -> int:
    energy.report_plug(vehicle, now, plugged=False, fast=fast)
    energy.report_charging_status(vehicle, now + 3_000, "cable_unplugged")
    return now + 20_000
