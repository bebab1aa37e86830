"""Simulates a fleet and delivers its batches: the entry points."""

from __future__ import annotations

from core.sandbox.fleet import SimulationResult, simulate_fleet
from core.sandbox.folder import display_name, ensure_demo, is_demo, simulate_into_folder
from core.sandbox.plan import SimulationPlan

__all__ = [
    "SimulationPlan",
    "SimulationResult",
    "display_name",
    "ensure_demo",
    "is_demo",
    "simulate_fleet",
    "simulate_into_folder",
]
