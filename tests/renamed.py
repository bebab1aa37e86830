"""A folder of batches in which a vehicle's odometer changes its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.core.archive.batches import content, item, key, message

if TYPE_CHECKING:
    from pathlib import Path

VIN = "VF1RENAMED0000001"
OTHER = "VF1RENAMED0000002"
DAY = "2023/04/28"


def write_renamed(folder: Path) -> Path:
    """Write two batches of level 12, with mileages, and two of level 13, with odometers; returns the folder.

    VIN has two mileages in miles at 01:00 and 02:00, then two odometers in kilometers at 03:00 and 04:00; OTHER has one
    odometer; both have ignition.accessories_status too.
    """
    power = [message("ignition", "accessories_status", item("on", _at(1)), vin=vin) for vin in (VIN, OTHER)]
    batches: list[tuple[str, int, list[dict[str, Any]]]] = [
        ("level12", 1, [_odometer("mileage", 100.0, "miles", 1), *power]),
        ("level12", 2, [_odometer("mileage", 110.0, "miles", 2)]),
        ("level13", 3, [_odometer("odometer", 200.0, "kilometers", 3)]),
        ("level13", 4, [_odometer("odometer", 250.0, "kilometers", 4), _odometer("odometer", 9.0, "miles", 4, OTHER)]),
    ]
    for level, hour, messages in batches:
        file = folder / key(hour * 3600 + 60, DAY, level=level).text
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content(*messages))
    return folder


def _odometer(name: str, value: float, unit: str, hour: int, vin: str = VIN) -> dict[str, Any]:
    data = {"unit": unit, "value": value}
    return message("diagnostics", name, item(data, _at(hour)), vin=vin, message_id=f"{name} {vin} {hour}")


def _at(hour: int) -> str:
    return f"{DAY.replace('/', '-')}T{hour:02}:00:00Z"
