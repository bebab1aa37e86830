"""What is known at the cursor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gui.views.timeline.cursor import is_behind_gap, known_before
from gui.views.timeline.trace import lines_of
from tests.gui.views.timeline.make_series import key, make_series


def test_a_computed_value_counts_up_to_its_end() -> None:
    sent = make_series(key(), [0, 10, 30], [1.0, 2.0, 3.0])
    assert [known_before(sent, time) for time in (-1, 0, 15, 25, 99)] == [None, 0, 1, 1, 2]
    computed = replace(sent, until=np.array([10, 20, 30]))
    assert [known_before(computed, time) for time in (-1, 0, 10, 19, 20, 25, 30, 31)] == [
        None, 0, 1, 1, None, None, 2, None,
    ]  # fmt: skip
    (line,) = lines_of(computed)
    places = [(int(np.searchsorted(line.time, time, "right")) - 1, time) for time in (5, 15, 25, 30, 31)]
    assert [is_behind_gap(line, index, time) for index, time in places] == [False, False, True, False, True]
