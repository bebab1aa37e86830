"""Simulates a fleet and delivers its batches: the entry points."""

from __future__ import annotations

from core.sandbox.fleet import SimulationResult, simulate_fleet
from core.sandbox.folder import ensure_demo, simulate_into_folder
from core.sandbox.plan import SimulationPlan

__all__ = ["SimulationPlan", "SimulationResult", "ensure_demo", "simulate_fleet", "simulate_into_folder"]
