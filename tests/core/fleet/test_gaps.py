"""How long a series may be silent before that counts as a gap."""

from __future__ import annotations

import numpy as np
import pytest

from core.fleet.gaps import NO_GAPS, gap_limit, gaps_of

HOUR = 3_600_000_000


@pytest.mark.parametrize(("factor", "expected"), [(1.5, [2, 4]), (2.5, [4]), (5.0, []), (NO_GAPS, [])])
def test_a_gap_is_longer_than_so_many_usual_intervals(factor: float, expected: list[int]) -> None:
    # Every hour, but for pauses of two and of three hours; there are so many samples that these are not usual.
    steps = np.ones(100, np.int64)
    steps[2], steps[4] = 2, 3
    time = np.cumsum(np.append(0, steps)) * HOUR
    assert gaps_of(time, factor).tolist() == expected


def test_without_gaps_there_is_no_limit() -> None:
    assert gap_limit(np.array([0, HOUR]), NO_GAPS) == np.iinfo(np.int64).max
