"""Starts Odograph: a command, or the window."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from core.cli.parser import command_of, parse_window

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Run what the words say.

    Args:
        argv: the words after the program's name.

    Returns:
        The process's exit code: 0 done, 1 failed, 2 wrong use, 130 cancelled.
    """
    if command_of(argv):
        from core.cli.program import run

        return run(argv)
    options = parse_window(argv)
    if options.screenshot is not None and sys.platform.startswith("linux"):
        # A picture needs no display, and no window has to flash up for it.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Qt is imported only for a window, and only where the system can load it.
    from gui.platform import check

    problem = check()
    if problem is not None:
        sys.stderr.write(f"odograph: {problem}\n")
        return 1
    from gui.application import run_window

    return run_window(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
