"""Measures pieces of work side by side: interleaved, by wall time and by CPU time."""

from __future__ import annotations

import os
import platform
import statistics
import time
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Scale(Enum):
    """How much work a benchmark does: as the project reports it, within 50 seconds, or just enough to run at all."""

    FULL = "full"
    QUICK = "quick"
    TINY = "tiny"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one run; CPU time is that of all threads of the process."""

    wall: float
    cpu: float


def timed(work: Callable[[], object]) -> Timing:
    """Does some work once."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Timing(time.perf_counter() - wall, time.process_time() - cpu)


def interleaved(works: Mapping[str, Callable[[], object]], repetitions: int) -> dict[str, list[Timing]]:
    """Does each work so often, one after the other in turns, so that a noisy moment hits all of them alike."""
    timings: dict[str, list[Timing]] = {name: [] for name in works}
    for _ in range(repetitions):
        for name, work in works.items():
            timings[name].append(timed(work))
    return timings


def median_wall(timings: Sequence[Timing]) -> float:
    """The median of the wall times, seconds."""
    return statistics.median(timing.wall for timing in timings)


def median_cpu(timings: Sequence[Timing]) -> float:
    """The median of the CPU times, seconds."""
    return statistics.median(timing.cpu for timing in timings)


def percentile_wall(timings: Sequence[Timing], percent: float) -> float:
    """The wall time, seconds, that so many percent of the runs do not exceed."""
    return _percentile([timing.wall for timing in timings], percent)


def percentile_cpu(timings: Sequence[Timing], percent: float) -> float:
    """The CPU time, seconds, that so many percent of the runs do not exceed."""
    return _percentile([timing.cpu for timing in timings], percent)


def _percentile(seconds: list[float], percent: float) -> float:
    return sorted(seconds)[min(int(len(seconds) * percent / 100), len(seconds) - 1)]


def machine(packages: Sequence[str]) -> dict[str, str]:
    """The size of the machine, and the versions of what was measured."""
    facts = {
        "cores": str(os.cpu_count()),
        "memory": f"{_memory() / 2**30:.0f} GiB" if _memory() else "unknown",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
    }
    return facts | {package: version(package) for package in packages}


def _memory() -> int:
    """Bytes of the machine's memory, or of the container's share of it; 0 where it cannot be told."""
    if not hasattr(os, "sysconf"):
        return 0
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    share = limit.read_text().strip() if limit.is_file() else ""
    return min(total, int(share)) if share.isdecimal() else total
