"""Runs work in a process of its own, so that its memory and its CPU time are its own."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from tests.benchmarks.measuring import Scale, Timing

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run(Generic[T]):
    """What one run took.

    Attributes:
        timing: of the work alone, without the start of the process and its imports; CPU time with that of programs
            that it has run.
        peak: bytes of memory that the process had resident at most.
        found: what the work returned.
    """

    timing: Timing
    peak: int
    found: T


class Loaded(NamedTuple):
    """What was loaded.

    Attributes:
        samples: how many leaves; None where nobody looked.
        timing: of the part that counts, where that is not all.
        way: how the objects came, where there is a choice.
    """

    samples: int | None
    timing: Timing | None = None
    way: str = ""


def apart(scale: Scale, work: Callable[..., T], *args: Any) -> Run[T]:
    """Does some work once in a new process, or, where it is next to none, in this one.

    Args:
        work: a function of a module, which alone is imported there.
    """
    if scale is Scale.TINY:
        return _run(work, args)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_run, work, args).result()


def processor_time() -> float:
    """Seconds of CPU time of this process and of the programs that it has run."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _run(work: Callable[..., T], args: tuple[Any, ...]) -> Run[T]:
    wall, cpu = time.perf_counter(), processor_time()
    found = work(*args)
    timing = Timing(time.perf_counter() - wall, processor_time() - cpu)
    return Run(timing, peak(), found)


def peak() -> int:
    status = Path("/proc/self/status")
    if status.is_file():
        # Unlike getrusage, which on Linux begins with what the parent had.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
