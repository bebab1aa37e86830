"""The timeline beside pyqtgraph: frames while panning and zooming, first paint, memory and import.

A frame sets a range of time and paints 1800 × 1000 pixels. Both get the same samples, the same ranges in the same
order, and the same image to paint into.
"""

from __future__ import annotations

import os

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import gc
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from gui.views.timeline.prepared import prepare
from tests.benchmarks.measuring import (
    Scale,
    interleaved,
    machine,
    median_cpu,
    median_wall,
    percentile_cpu,
    percentile_wall,
    timed,
)
from tests.benchmarks.report import Report, Table
from tests.benchmarks.timeline_contenders import SIZE, Contender, Odograph, Pyqtgraph
from tests.benchmarks.timeline_data import FRAMES_A_STEP, extent, lane, line, size, views

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.fleet.series import Series
    from gui.views.timeline.prepared import PreparedSeries
    from tests.benchmarks.measuring import Timing

_OURS = "Odograph"
# Time for the frames of one case, and the most steps of each movement.
_SECONDS = {Scale.FULL: 60.0, Scale.QUICK: 4.0, Scale.TINY: 0.0}
_MOST_STEPS = 20
_TITLE = f"Frames while panning and zooming, {SIZE.width()} × {SIZE.height()} pixels"
_COLUMNS = (
    "case",
    "contender",
    "frames",
    "median ms",
    "95 % ms",
    "CPU ms",
    "CPU 95 % ms",
    "times ours",
    "CPU times ours",
    "pan ms",
    "zoom ms",
)
_NOTES = [
    "A frame is a new range of time and one painting into an image, offscreen, without waiting for the screen.",
    "Panning moves by 1.3 % of the width at 100 %, 30 %, 3 % and 0.1 % of the whole time; zooming goes from the whole "
    "time to a ten-thousandth around one place and back. Contenders take turns after each frame.",
    "pyqtgraph: PlotDataItem with setClipToView(True), setDownsampling(auto=True, method='peak') and skipFiniteCheck, "
    "a fixed value range; its pen is 1 or 2 pixels wide, without antialiasing. It draws straight lines between "
    "samples; Odograph draws steps, gaps and points, and fits the value axis to what is in sight in each frame.",
    "200 series are painted in coarser columns while the view moves, none of whose minima and maxima is lost; at rest: "
    "as 120 ms after the last move, exact for each pixel.",
    "times ours: median wall time of the contender's frames by Odograph's. CPU: of all threads; where other work is on "
    "the machine it says more than wall time.",
    "Memory counts what is allocated through Python and NumPy, Qt's pixels not among them.",
]


@dataclass(frozen=True, slots=True)
class _Case:
    """One composition.

    Attributes:
        name: for people.
        series: makes the samples.
        rivals: whether pyqtgraph can show it.
        rests: whether it is painted otherwise once the view moves no more, which is measured too.
    """

    name: str
    series: Callable[[], list[Series]]
    rivals: bool = True
    rests: bool = False


def run(scale: Scale) -> Report:
    """Measures all cases."""
    if QApplication.instance() is None:
        QApplication([])
    frames = Table(_TITLE, _COLUMNS)
    for case in _cases(scale):
        _measure_frames(case, frames, scale)
        gc.collect()
    tables = [frames, _first_paint(scale), _memory(scale)]
    if scale is not Scale.TINY:
        tables.append(_imports(scale))
    return Report("timeline", machine(["numpy", "PySide6-Essentials", "pyqtgraph"]), tables, _NOTES)


def _cases(scale: Scale) -> list[_Case]:
    sizes = (3_000, 5_000, 50, 3) if scale is Scale.TINY else (1_000_000, 50_000_000, 5_000, 200)
    many, large, small, count = sizes
    return [
        _Case(f"10 series × {many:,}", lambda: [line(number, many) for number in range(10)]),
        _Case(f"1 series × {large:,}", lambda: [line(0, large)]),
        _Case(f"{count} series × {small:,}", lambda: [line(number, small) for number in range(count)], rests=True),
        _Case(f"{count} lanes × {small:,}", lambda: [lane(number, small) for number in range(count)], rivals=False),
    ]


def _contenders(series: list[Series], case: _Case, scale: Scale) -> dict[str, Contender]:
    contenders: dict[str, Contender] = {_OURS: Odograph(series)}
    if case.rests:
        contenders[f"{_OURS}, at rest"] = Odograph(series, rests=True)
    if case.rivals:
        contenders["pyqtgraph, pen 1"] = Pyqtgraph(series, 1)
    if case.rivals and scale is Scale.FULL:
        contenders["pyqtgraph, pen 2"] = Pyqtgraph(series, 2)
    return contenders


def _measure_frames(case: _Case, table: Table, scale: Scale) -> None:
    series = case.series()
    whole = extent(series)
    contenders = _contenders(series, case, scale)
    # The first frames prepare what is kept; others tell how many frames there is time for.
    interleaved(_frames_of(contenders, whole), 1)
    probes = [frame for kind in views(whole, 1).values() for view in kind[::2] for frame in _turn(contenders, view)]
    once = sum(frame.wall for frame in probes) / len(probes) * len(contenders)
    steps = min(max(int(_SECONDS[scale] / FRAMES_A_STEP / once), 1), _MOST_STEPS)
    timings: dict[str, dict[str, list[Timing]]] = {name: {} for name in contenders}
    for kind, ranges in views(whole, steps).items():
        for view in ranges:
            for name, frames in interleaved(_frames_of(contenders, view), 1).items():
                timings[name].setdefault(kind, []).extend(frames)
    every = {name: [timing for kind in kinds.values() for timing in kind] for name, kinds in timings.items()}
    ours, ours_cpu = median_wall(every[_OURS]), median_cpu(every[_OURS])
    for name, kinds in timings.items():
        table.add(
            case.name,
            name,
            len(every[name]),
            median_wall(every[name]) * 1e3,
            percentile_wall(every[name], 95) * 1e3,
            median_cpu(every[name]) * 1e3,
            percentile_cpu(every[name], 95) * 1e3,
            median_wall(every[name]) / ours,
            median_cpu(every[name]) / ours_cpu,
            median_wall(kinds["pan"]) * 1e3,
            median_wall(kinds["zoom"]) * 1e3,
        )
    for contender in contenders.values():
        contender.close()


def _turn(contenders: dict[str, Contender], view: tuple[int, int]) -> list[Timing]:
    return [timings[0] for timings in interleaved(_frames_of(contenders, view), 1).values()]


def _frames_of(contenders: dict[str, Contender], view: tuple[int, int]) -> dict[str, Callable[[], object]]:
    return {name: partial(contender.show, *view) for name, contender in contenders.items()}


def _first_paint(scale: Scale) -> Table:
    """From samples to the first picture, on the window's thread."""
    count = 1_000 if scale is Scale.TINY else 1_000_000
    series = line(0, count)
    prepared = prepare(series)
    view = extent([series])

    contenders: dict[str, Callable[[], tuple[Contender, Series | PreparedSeries]]] = {
        _OURS: lambda: (Odograph(()), series),
        f"{_OURS}, prepared in a job": lambda: (Odograph(()), prepared),
        "pyqtgraph, pen 1": lambda: (Pyqtgraph((), 1), series),
    }

    def first(contender: Contender, added: Series | PreparedSeries) -> None:
        contender.add([added])
        contender.show(*view)

    found: dict[str, list[Timing]] = {name: [] for name in contenders}
    for _ in range({Scale.FULL: 15, Scale.QUICK: 5, Scale.TINY: 1}[scale]):
        for name, make in contenders.items():
            contender, added = make()
            found[name].append(timed(partial(first, contender, added)))
            contender.close()
        found.setdefault("preparing alone", []).append(timed(partial(prepare, series)))
    table = Table(
        f"First paint of {count:,} samples in a window that is there",
        ("contender", "median ms", "CPU ms", "times ours"),
    )
    ours = median_wall(found[_OURS])
    for name, timings in found.items():
        table.add(name, median_wall(timings) * 1e3, median_cpu(timings) * 1e3, median_wall(timings) / ours)
    return table


def _memory(scale: Scale) -> Table:
    """What a view holds beside the samples that it was given."""
    count = {Scale.FULL: 10_000_000, Scale.QUICK: 2_000_000, Scale.TINY: 1_000}[scale]
    title = f"Memory with {count:,} samples, after painting the whole and a part"
    table = Table(
        title, ("contender", "samples' MB", "held beside MB", "at most MB", "held / samples", "at most / samples")
    )
    series = [line(0, count)]
    makers: dict[str, Callable[[], Contender]] = {
        _OURS: lambda: Odograph(series),
        "pyqtgraph, pen 1": lambda: Pyqtgraph(series, 1),
    }
    for name, make in makers.items():
        given = size(series[0]) if name == _OURS else series[0].time.nbytes + series[0].value.nbytes
        tracemalloc.start()
        contender = make()
        start, end = extent(series)
        contender.show(start, end)
        contender.show(start + (end - start) // 3, start + (end - start) // 2)
        held, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        contender.close()
        table.add(name, given / 1e6, held / 1e6, most / 1e6, (given + held) / given, (given + most) / given)
    return table


def _imports(scale: Scale) -> Table:
    """Time that a new interpreter takes, beyond what Qt and NumPy take."""
    base = "import numpy; from PySide6 import QtWidgets"
    programs = {
        "Qt and NumPy alone": base,
        "the timeline": f"{base}; import gui.views.timeline.view",
        "pyqtgraph": f"{base}; import pyqtgraph",
    }
    works = {name: partial(_run_python, program) for name, program in programs.items()}
    found = interleaved(works, 9 if scale is Scale.FULL else 3)
    table = Table("Import in a new interpreter", ("what", "median ms", "beyond Qt and NumPy ms"))
    least = median_wall(found["Qt and NumPy alone"])
    for name, timings in found.items():
        table.add(name, median_wall(timings) * 1e3, (median_wall(timings) - least) * 1e3)
    return table


def _run_python(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)
