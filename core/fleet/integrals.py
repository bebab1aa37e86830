"""What a quantity comes to over time: power to energy, speed to distance, current to charge."""

from __future__ import annotations

import functools

import numpy as np

from core.autoapi.units import convert, dimension

# The unit in which a value times hours is told: that which people who read this unit think in.
_OVER_HOURS = {
    "kilometers_per_hour": "kilometers",
    "miles_per_hour": "miles",
    "knots": "nautical_miles",
    "meters_per_second": "meters",
    "watts": "watt_hours",
    "milliwatts": "watt_hours",
    "kilowatts": "kilowatt_hours",
    "megawatts": "kilowatt_hours",
    "horsepower": "kilowatt_hours",
    "amperes": "ampere_hours",
    "milliamperes": "ampere_hours",
    "kiloamperes": "ampere_hours",
}
# What an hour of each of these comes to is one of the unit above.
_PER_HOUR = {
    "kilometers": "kilometers_per_hour",
    "miles": "miles_per_hour",
    "nautical_miles": "knots",
    "meters": "kilometers_per_hour",
    "watt_hours": "watts",
    "kilowatt_hours": "kilowatts",
    "ampere_hours": "amperes",
}


@functools.cache
def integral_unit(unit: str) -> tuple[str, float] | None:
    """In which unit a quantity is summed up over time, and how much of it one of its unit is in an hour.

    Returns:
        For example kilowatt_hours and 1.0 for kilowatts; None where the sum over time has no meaning that people use.
    """
    total = _OVER_HOURS.get(unit)
    if total is None or not dimension(unit):
        return None
    factor = float(convert(np.ones(1), unit, _PER_HOUR[total])[0])
    return total, factor * (1000.0 if total == "meters" else 1.0)
