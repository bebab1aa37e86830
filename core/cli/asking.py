"""Asks the person at the terminal before something is changed."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from typing import TYPE_CHECKING

from core.errors import OdographError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from core.cli.console import Console


def confirm(question: str, console: Console, *, yes: bool, otherwise: str) -> None:
    """Go on only with a yes.

    Args:
        question: with a question mark.
        console: shows it.
        yes: it was said beforehand.
        otherwise: what did not happen, such as ``Nothing was changed``.

    Raises:
        UsageError: nobody can be asked.
        OdographError: the answer was not yes.
    """
    if yes:
        return
    if not is_terminal(sys.stdin):
        raise UsageError("Nobody can be asked here", hint=f"{otherwise}. --yes goes on without asking.")
    console.warn(f"{question} Type yes: ")
    with ended_by_ctrl_c():
        answer = sys.stdin.readline().strip().lower()
    if answer not in ("y", "yes"):
        raise OdographError(otherwise, hint="It was not confirmed.")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits at a standard stream, which is None where the program was started without it."""
    return stream is not None and not stream.closed and stream.isatty()


@contextlib.contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """A command ends at its next check after Ctrl+C, but who is asked makes none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
