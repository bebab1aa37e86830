"""A few of the kills that ``python -m tests.e2e.kill_test`` does by the dozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.kill_test import STAGES, kill_again_and_again

if TYPE_CHECKING:
    from pathlib import Path


def test_killed_at_every_stage_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    said: list[str] = []
    outcome = kill_again_and_again(tmp_path, len(STAGES), 3, said.append)
    assert sum(outcome.kills.values()) == len(STAGES)
    assert set(outcome.kills) == set(STAGES)
    assert outcome.samples == outcome.batches * 20
