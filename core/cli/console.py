"""What the command line writes: data on standard output, everything else on standard error."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from core.export.target import explained
from core.logs import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.errors import OdographError

_TERMINAL_SECONDS = 0.1
_SPARSE_SECONDS = 10.0
_CELL_CHARACTERS = 60
# Columns whose texts are typed or searched for elsewhere, and those that a person has to read to the end.
_WHOLE_COLUMNS = frozenset({"app", "batch", "key", "name", "path", "problem", "reason", "vin"})


class Console:
    """Writes for one run of a command. Thread-safe.

    Args:
        quiet: no narration and no progress.
        verbose: errors with their details.
    """

    def __init__(self, quiet: bool = False, verbose: bool = False) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._lock = threading.Lock()
        self._out: TextIO = sys.stdout
        self._err: TextIO = sys.stderr
        self._rewrites = self._err.isatty()
        self._shown = 0
        self._told = ""
        self._last = time.monotonic() if not self._rewrites else 0.0
        if isinstance(self._out, io.TextIOWrapper):
            # Windows writes its own code page and line ends otherwise, and the data would depend on the computer.
            self._out.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")

    def data(self, line: str) -> None:
        """One line of data.

        Raises:
            BrokenPipeError, DiskFull, ExportError: as :meth:`flush` does.
        """
        with self._lock:
            self._clear()
            with explained(None):
                self._out.write(line + "\n")

    def binary_output(self) -> BinaryIO:
        """Standard output for bytes. Progress is kept off a terminal that shows them."""
        with explained(None):
            self._out.flush()
        if self._out.isatty():
            self._quiet = True
        return self._out.buffer

    def table(self, header: Sequence[str], lines: Iterable[Sequence[str | int]]) -> None:
        """Aligned columns under a header; texts of the data without control characters, long ones cut."""
        rows = [[_cell(name, item) for name, item in zip(header, line, strict=True)] for line in lines]
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        for row in [header, *rows]:
            self.data("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())

    def json(self, items: Iterable[dict[str, Any]]) -> None:
        """A JSON array, an object a line."""
        start = "["
        for item in items:
            self.data(start + json.dumps(item, ensure_ascii=False))
            start = ","
        self.data("]" if start == "," else "[]")

    def say(self, text: str) -> None:
        """Narration; left out when quiet."""
        if not self._quiet:
            self.warn(text)

    def warn(self, text: str) -> None:
        """Something that is to be read even when quiet."""
        with self._lock:
            self._clear()
            self._err.write(redact(text) + "\n")
            self._err.flush()

    def error(self, error: OdographError) -> None:
        """What happened, to what, and what to do."""
        title = f"{error.title}: {error.subject}" if error.subject else error.title
        lines = [f"odograph: {title}", f"  {error.hint}" if error.hint else ""]
        if self._verbose and error.detail:
            lines.append(f"  Detail: {error.detail}")
        self.warn("\n".join(line for line in lines if line))

    def progress(self, done: int, total: int | None, text: str) -> None:
        """How far the job is: a line that is rewritten on a terminal, now and then a line elsewhere."""
        now = time.monotonic()
        with self._lock:
            if self._quiet or now - self._last < (_TERMINAL_SECONDS if self._rewrites else _SPARSE_SECONDS):
                return
            self._last = now
            line = text or (f"{done:,}" if total is None else f"{done:,} of {total:,}")
            if self._rewrites:
                line = line[: shutil.get_terminal_size().columns - 1]
                self._err.write("\r" + line.ljust(self._shown))
                self._shown = len(line)
            elif line == self._told:
                return  # a log gains nothing by the same line again
            else:
                self._told = line
                self._err.write(line + "\n")
            self._err.flush()

    def flush(self) -> None:
        """Write out everything and take the progress line away.

        Raises:
            BrokenPipeError: whoever read standard output has gone.
            DiskFull, ExportError: standard output cannot be written.
        """
        with self._lock:
            self._clear()
            self._err.flush()
            with explained(None):
                self._out.flush()

    def give_up_output(self) -> None:
        """Standard output cannot be written any more: keep the interpreter from complaining about it at its end."""
        try:
            descriptor = self._out.fileno()
        except (OSError, ValueError):
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)

    def _clear(self) -> None:
        if self._shown:
            self._err.write("\r" + " " * self._shown + "\r")
            self._shown = 0


def _cell(column: str, item: str | int) -> str:
    """What a table shows of an item."""
    if isinstance(item, int):
        return f"{item:,}"
    text = printable(item)
    # One long value would push whatever stands behind it off every terminal.
    if len(text) <= _CELL_CHARACTERS or column in _WHOLE_COLUMNS:
        return text
    return text[: _CELL_CHARACTERS - 1] + "…"


def printable(text: str) -> str:
    """A text of the data without characters that would steer a terminal or break a line."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def count_text(count: int, one: str, many: str) -> str:
    """``1 batch``, ``2,000 batches``."""
    return f"{count:,} {one if count == 1 else many}"


def unread_text(batches: int, messages: int) -> str:
    """``2 batches and 14 messages``, without what there is none of; empty where there is neither."""
    parts = [count_text(batches, "batch", "batches")] if batches else []
    parts += [count_text(messages, "message", "messages")] if messages else []
    return " and ".join(parts)
