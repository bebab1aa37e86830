"""What the legend reads of a sample."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import numpy as np

from core.autoapi.display import DisplayUnits
from gui.views.timeline.entry import Entry
from gui.views.timeline.value_reading import unit_at, value_at
from tests.gui.views.timeline.make_series import key, make_series


def test_a_computed_value_is_read_with_the_digits_that_tell_something() -> None:
    values = [273.29152924, 93188.530001, 1234567.8, 0.0123456789, -2.5, 0.0, 1e300]
    sent = make_series(key("derived.2 * a"), range(len(values)), values, unit="km/day")
    computed = replace(sent, until=np.append(sent.time[1:], sent.time[-1]))
    entry = Entry(computed.key)
    entry.take(computed, DisplayUnits())
    assert [value_at(entry, computed, index, UTC) for index in range(len(values))] == [
        "273.292", "93,188.5", "1,234,568", "0.0123457", "-2.5", "0", "1e+300",
    ]  # fmt: skip
    assert unit_at(entry, computed, 0) == "km/day"
