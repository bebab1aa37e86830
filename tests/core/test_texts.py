from __future__ import annotations

import pytest

from core.texts import duration_text, size_text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_340_000, "2.3 MB"), (5 * 10**12, "5.0 TB")]
)
def test_sizes(count: int, text: str) -> None:
    assert size_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (7, "7 s"), (23, "25 s"), (58, "1 min"), (600, "10 min"), (7800, "2 h 10 min"), (86_400, "24 h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
