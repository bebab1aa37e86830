"""The benchmarks by name: one module each, with a function ``run(scale) -> Report``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.measuring import Scale
    from tests.benchmarks.report import Report

# A module is loaded only when its benchmark runs: importing one must not change what another measures.
_MODULES = {
    "flatten": "tests.benchmarks.flatten",
    "ingest": "tests.benchmarks.ingest",
    "query": "tests.benchmarks.query",
    "records": "tests.benchmarks.records",
    "scale": "tests.benchmarks.scale",
    "sync": "tests.benchmarks.sync",
    "timeline": "tests.benchmarks.timeline",
    "window": "tests.benchmarks.window",
}
NAMES = tuple(_MODULES)


def run(name: str, scale: Scale) -> Report:
    """Runs one benchmark.

    Raises:
        KeyError: there is none of this name.
    """
    function = cast("Callable[[Scale], Report]", importlib.import_module(_MODULES[name]).run)
    return function(scale)
