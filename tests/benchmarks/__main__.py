"""Runs a benchmark: ``python -m tests.benchmarks NAME [--quick] [--json]``."""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks.measuring import Scale
from tests.benchmarks.registry import NAMES, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measures Odograph beside others.")
    parser.add_argument("name", choices=NAMES, help="what is measured")
    parser.add_argument("--quick", action="store_true", help="less data, ends within 50 seconds")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    chosen = parser.parse_args()
    report = run(chosen.name, Scale.QUICK if chosen.quick else Scale.FULL)
    sys.stdout.write((report.json() if chosen.json else report.text()) + "\n")


if __name__ == "__main__":
    main()
