"""Starts Odograph: a command, or the window."""

from __future__ import annotations

# Nothing else, so that Ctrl+C ends it properly from the beginning.
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main(argv: list[str]) -> int:
    """Run what the words say.

    Args:
        argv: the words after the program's name.

    Returns:
        The process's exit code: 0 done, 1 failed, 2 wrong use, 130 cancelled.
    """
    from core.cli.parser import command_of, parse_window, unknown_word

    if command_of(argv):
        from core.cli.program import run

        return run(argv)
    # A mistyped command must not end in what the window says about its words, or about a missing display.
    if complaint := unknown_word(argv):
        return _wrong_use(complaint)
    options = parse_window(argv)
    if complaint := unknown_word([options.source]):
        return _wrong_use(complaint)
    if options.screenshot is not None and sys.platform.startswith("linux"):
        # A picture needs no display, and no window has to flash up for it.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Qt is imported only for a window, and only where the system can load it.
    from gui.platform import check

    problem = check()
    if problem is not None:
        sys.stderr.write(f"odograph: {problem}\n")
        return 1
    import signal

    from gui.application import run_window

    # A window's end has something to put in order.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return run_window(options)


def _wrong_use(complaint: str) -> int:
    sys.stderr.write(f"odograph: {complaint}\n")
    return 2


def _run() -> int:
    """The program, which Ctrl+C ends in the same way while its parts are still being imported."""
    try:
        import signal

        signal.signal(signal.SIGINT, _leave)
        return main(sys.argv[1:])
    except KeyboardInterrupt:
        _leave()


def _leave(*_: object) -> NoReturn:
    # An exception would not do: what is being imported may turn it into another one. Nothing is under way yet, and
    # commands and the window see to Ctrl+C themselves.
    try:
        os.write(2, b"Cancelled\n")
    finally:
        os._exit(130)


if __name__ == "__main__":
    sys.exit(_run())
