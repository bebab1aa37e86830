from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from core.errors import UsageError
from core.jobs import JobCancelled, JobContext
from core.sandbox.models import role_of, vin_of
from core.sandbox.simulate import SimulationPlan, simulate_fleet
from core.storage.keys import parse_key

if TYPE_CHECKING:
    from tests.core.sandbox.conftest import Simulated

_SMALL = SimulationPlan(vehicles=12, days=3, last_day=date(2026, 11, 6))


def _digest(plan: SimulationPlan) -> str:
    digest = hashlib.sha256()

    def write(key: str, content: bytes) -> None:
        digest.update(key.encode() + content)

    simulate_fleet(plan, write, JobContext())
    return digest.hexdigest()[:16]


def test_the_same_plan_gives_the_same_bytes_everywhere() -> None:
    # A change of this digest needs a new SIMULATOR_VERSION, or demo fleets made before are taken for the new one.
    assert _digest(_SMALL) == "bdf75667abf7d756"


def test_another_seed_gives_another_fleet() -> None:
    assert _digest(replace(_SMALL, vehicles=2, seed=2)) != _digest(replace(_SMALL, vehicles=2))


def test_keys_are_those_of_the_platform(simulated: Simulated) -> None:
    plan = simulated.result.plan
    assert list(simulated.batches) == sorted(simulated.batches)
    for text in simulated.batches:
        key = parse_key(text)
        assert key is not None
        assert (key.app, key.level, key.padded) == (plan.app, plan.level, True)
        assert plan.first_day.isoformat() <= key.day <= plan.last_day.isoformat()
        assert re.fullmatch(r"[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{3}000000-[0-9a-f]{8}\.json", text.rsplit("/", 1)[1])


def test_the_envelope_is_that_of_the_platform(simulated: Simulated) -> None:
    for key, place, message in simulated.messages:
        if (key, place) in simulated.result.rejects:
            continue
        assert list(message) == ["data", "capability", "property", "message_id", "version", "vin"]
        assert list(message["data"]) == [message["capability"]]
        assert list(message["data"][message["capability"]]) == [message["property"]]
        assert re.fullmatch(r"[0-9A-F]{64}", message["message_id"])
        assert message["version"] == 1
        assert message["vin"] in simulated.result.vins
        found = message["data"][message["capability"]][message["property"]]
        for item in found if isinstance(found, list) else [found]:
            assert list(item) in (["data", "timestamp"], ["failure", "timestamp"])
            assert re.fullmatch(r"[0-9-]{10}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z", item["timestamp"])


def test_counts_are_those_of_the_batches(simulated: Simulated) -> None:
    result = simulated.result
    assert result.batches == len(simulated.batches)
    assert result.messages == len(simulated.messages)
    assert result.bytes == sum(map(len, simulated.batches.values()))
    days = {key.day for text in simulated.batches if (key := parse_key(text))}
    assert [day.isoformat() for day in result.days] == sorted(days)
    assert len(days) == result.plan.days


def test_batches_hold_at_most_a_thousand_messages_of_five_minutes(simulated: Simulated) -> None:
    sizes = Counter(key for key, _, _ in simulated.messages)
    assert max(sizes.values()) == 1000
    assert min(sizes.values()) >= 1
    delayed = next(gap for gap in simulated.result.gaps if gap.kind == "delayed")
    waits = [item.key.time - item.time for item in simulated.items if item.key.time // 1000 < delayed.start]
    assert min(waits) > 0
    prompt = sum(wait <= 303_000_000 for wait in waits)
    assert prompt / len(waits) > 0.98


def test_vins_are_unique_and_look_like_vins() -> None:
    vins = [vin_of(role_of(number).model, number, 1) for number in range(5_000)]
    assert len(set(vins)) == 5_000
    assert all(re.fullmatch(r"[A-HJ-NPR-Z0-9]{3}DEM[A-HJ-NPR-Z0-9]{11}", vin) for vin in vins)
    assert vins != [vin_of(role_of(number).model, number, 2) for number in range(5_000)]


def test_every_vehicle_reports_its_drive(simulated: Simulated) -> None:
    for number, vin in enumerate(simulated.result.vins):
        model = role_of(number).model
        assert bool(simulated.of(vin, "diagnostics.fuel_level")) == (model.tank > 0)
        assert bool(simulated.of(vin, "charging.battery_level")) == (model.battery > 0)
        assert simulated.of(vin, "diagnostics.speed")
        doors = {item.data["location"] for item in simulated.of(vin, "doors.positions")}
        assert len(doors) == model.doors
    assert {role_of(number).model.powertrain for number in range(12)} >= {"all_electric", "phev", "diesel", "petrol"}


def test_charging_fills_the_battery(simulated: Simulated) -> None:
    vin = next(vin for number, vin in enumerate(simulated.result.vins) if role_of(number).model.powertrain == "phev")
    levels = simulated.of(vin, "charging.battery_level")
    states = simulated.of(vin, "charging.status")
    start, end = (
        next(item.time for item in states if item.data == status) for status in ("charging", "charging_complete")
    )
    charged = [item.data for item in levels if start < item.time <= end]
    assert len(charged) > 3
    assert charged == sorted(charged)
    assert {item.data for item in simulated.of(vin, "charging.plugged_in")} == {"plugged_in", "disconnected"}


def test_the_odometer_rises_with_the_way(simulated: Simulated) -> None:
    for vin in simulated.result.vins:
        truth = simulated.result.odometer[vin]
        assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(truth))
        trips = sum(item.data["value"] for item in simulated.of(vin, "trips.distance"))
        assert truth[-1][1] - truth[0][1] >= 0.5 * trips > 0.0


def test_the_odometer_truth_is_what_was_delivered(simulated: Simulated) -> None:
    assert set(simulated.result.odometer) == set(simulated.result.vins)
    assert len(simulated.result.odometer) == 12
    for vin in simulated.result.vins:
        delivered = [
            (item.time, item.data["value"] * (1.609344 if item.data["unit"] == "miles" else 1.0))
            for item in simulated.of(vin, "diagnostics.odometer")
        ]
        assert simulated.result.odometer[vin] == delivered


def test_one_odometer_switches_to_miles(simulated: Simulated) -> None:
    result = simulated.result
    for vin in result.vins:
        units = {
            (item.data["unit"], item.time >= result.switched_at) for item in simulated.of(vin, "diagnostics.odometer")
        }
        late = "miles" if vin == result.switched_vin else "kilometers"
        assert units <= {("kilometers", False), (late, True)}
        assert vin != result.switched_vin or ("miles", True) in units


def test_messages_come_twice_late_and_out_of_order(simulated: Simulated) -> None:
    result = simulated.result
    ids = Counter(m["message_id"] for key, place, m in simulated.messages if (key, place) not in result.rejects)
    assert sum(count - 1 for count in ids.values()) == result.duplicates > 50
    assert result.late > 50
    assert result.unordered > 500
    assert result.lost > 100


def test_failures_have_several_reasons(simulated: Simulated) -> None:
    failures = Counter(item.failure for item in simulated.items if item.failure)
    assert len(failures) == 8
    assert sum(failures.values()) < 0.01 * len(simulated.items)


def test_one_vehicle_falls_silent(simulated: Simulated) -> None:
    result = simulated.result
    assert result.silent_from is not None
    last = {vin: max(item.time for item in simulated.items if item.vin == vin) for vin in result.vins}
    assert [vin for vin in result.vins if last[vin] < result.silent_from] == [result.silent_vin]
    assert result.silent_from < result.plan.end * 1000 - 86_400_000_000


def test_gaps_hold_no_batch_and_the_delayed_one_ends_in_full_batches(simulated: Simulated) -> None:
    times = {text: key.time // 1000 for text in simulated.batches if (key := parse_key(text))}
    assert [gap.kind for gap in simulated.result.gaps] == ["lost", "delayed"]
    sizes = Counter(key for key, _, _ in simulated.messages)
    for gap in simulated.result.gaps:
        assert gap.end - gap.start > 4 * 3_600_000
        assert not [text for text, time in times.items() if gap.start <= time < gap.end]
        burst = [text for text, time in times.items() if gap.end <= time < gap.end + 120_000 and sizes[text] == 1000]
        assert bool(burst) == (gap.kind == "delayed")


def test_exactly_two_messages_cannot_be_read(simulated: Simulated) -> None:
    bad = [
        (key, place)
        for key, place, message in simulated.messages
        if not isinstance(message, dict) or "data" not in message
    ]
    assert bad == list(simulated.result.rejects)
    assert len(bad) == 2


def test_one_tyre_leaks_until_its_warning(simulated: Simulated) -> None:
    pressures: dict[tuple[str, str], list[float]] = {}
    for vin in simulated.result.vins:
        for item in simulated.of(vin, "diagnostics.tire_pressures"):
            pressures.setdefault((vin, item.data["location"]), []).append(item.data["pressure"]["value"])
    assert len(pressures) == 48
    falls = {wheel: values[0] - min(values) for wheel, values in pressures.items()}
    assert max(falls, key=lambda wheel: falls[wheel]) == (simulated.result.leaking_vin, "rear_right")


def test_vehicles_move_along_their_way_without_jumps(simulated: Simulated) -> None:
    vin = simulated.result.vins[0]
    places = simulated.of(vin, "vehicle_location.coordinates")
    assert len(places) > 100
    for a, b in pairwise(places):
        moved = abs(a.data["latitude"] - b.data["latitude"]) + abs(a.data["longitude"] - b.data["longitude"])
        assert moved <= 0.02 + (b.time - a.time) / 3.6e9 * 2.0


def test_a_small_plan_has_no_gaps_and_no_silent_vehicle() -> None:
    keys: list[str] = []
    result = simulate_fleet(SimulationPlan(vehicles=1, days=1), lambda key, content: keys.append(key), JobContext())
    assert result.gaps == ()
    assert result.silent_vin is None
    assert result.leaking_vin is None
    assert result.batches == len(keys) > 0
    assert len(result.rejects) == 2


def test_progress_counts_days() -> None:
    seen: list[tuple[int, int | None]] = []
    ctx = JobContext(on_progress=lambda done, total, text: seen.append((done, total)))
    simulate_fleet(SimulationPlan(vehicles=1, days=3), lambda key, content: None, ctx)
    assert seen == [(0, 3), (0, 3), (1, 3), (2, 3), (3, 3)]


def test_cancelling_ends_it_at_the_next_batch() -> None:
    ctx = JobContext()
    keys: list[str] = []

    def write(key: str, content: bytes) -> None:
        keys.append(key)
        ctx.cancel()

    with pytest.raises(JobCancelled):
        simulate_fleet(_SMALL, write, ctx)
    assert len(keys) == 1


@pytest.mark.parametrize(
    "plan",
    [
        SimulationPlan(vehicles=0),
        SimulationPlan(vehicles=100_001),
        SimulationPlan(days=0),
        SimulationPlan(days=3_661),
        SimulationPlan(last_day=date(1900, 1, 1)),
        SimulationPlan(app="no app"),
        SimulationPlan(level="13"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan: SimulationPlan) -> None:
    with pytest.raises(UsageError) as caught:
        simulate_fleet(plan, lambda key, content: None, JobContext())
    assert caught.value.hint
