"""Runs one command from its words to its exit code."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from typing import TYPE_CHECKING

from core import logs, paths
from core.cli.connecting import ask_for_keys
from core.cli.console import Console
from core.cli.parser import PROGRAM, parse_command
from core.errors import FORBIDDEN_HINT, ArchiveDamaged, KeysNeeded, OdographError, UsageError, is_forbidden
from core.jobs import JobCancelled, JobContext

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

DONE, FAILED, WRONG_USE, CANCELLED = 0, 1, 2, 130

_log = logging.getLogger("odograph.cli")


def run(argv: Sequence[str], ctx: JobContext | None = None) -> int:
    """Run a command.

    Args:
        argv: the words after the program's name, the command first.
        ctx: the job's context, for who wants to cancel it; Ctrl+C does so in any case.

    Returns:
        0 done, 1 failed or done in part, 2 wrong use, 130 cancelled.
    """
    try:
        words = parse_command(argv)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else FAILED
    # Commands bring the archive's libraries, which wrong words and help need not wait for.
    from core.cli import archive, lists, loading, simulating

    commands = {
        "batches": lists.batches,
        "series": lists.series,
        "rejects": lists.rejects,
        "archive": archive.archive,
        "sync": loading.sync_source,
        "export": loading.export,
        "login": _login,
        "bucket": _bucket,
        "simulate": simulating.simulate,
        "test-connection": _test_connection,
    }
    console = Console(words.quiet, words.verbose)
    end_logging = logs.set_up(words.verbose)
    ctx = ctx or JobContext(console.progress)
    try:
        with _interruptible(ctx):
            code = _with_keys(lambda: commands[words.command](words, console, ctx))
            console.flush()
            return code
    except (JobCancelled, KeyboardInterrupt):
        console.warn("Cancelled")
        return CANCELLED
    except BrokenPipeError:
        console.give_up_output()
        return FAILED
    except OdographError as error:
        _log.info("%s", error.report())
        _let_go(console)
        if isinstance(error, ArchiveDamaged):
            error.hint = (
                f"{PROGRAM} archive {words.source} verify --repair forgets what it held; a sync loads it again."
            )
        console.error(error)
        return WRONG_USE if isinstance(error, UsageError) else FAILED
    except OSError as error:
        _let_go(console)
        if not is_forbidden(error):
            return _fault(error, console)
        # Whatever is read from a source or written as an export says so itself.
        where = error.filename or paths.data_folder()
        console.error(
            OdographError("A file may not be written", subject=str(where), hint=FORBIDDEN_HINT, detail=str(error))
        )
        return FAILED
    except Exception as error:  # noqa: BLE001 - a fault of the program is said and logged, not thrown at the user
        return _fault(error, console)
    finally:
        end_logging()


def _with_keys(command: Callable[[], int]) -> int:
    """Run a command, and again from its start where access keys were asked for, which comes before everything else."""
    while True:
        try:
            return command()
        except KeysNeeded as needed:
            if not ask_for_keys(needed):
                raise


def _bucket(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    # What asks a server takes a quarter of a second to import, which the other commands need not wait for.
    from core.cli.bucket import bucket

    return bucket(words, console, ctx)


def _login(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    # Signing in takes a quarter of a second to import, which the other commands need not wait for.
    from core.cli.login import login

    return login(words, console, ctx)


def _test_connection(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    # The AWS packages take a quarter of a second to import, which the other commands need not wait for.
    from core.cli.probing import probe_source

    return probe_source(words, console, ctx)


def _fault(error: Exception, console: Console) -> int:
    _log.error("A fault in Odograph: %s", error, exc_info=error)
    console.warn(f"The details are in {logs.log_file()}")
    return FAILED


def _let_go(console: Console) -> None:
    """Write out what a command that failed has said so far, as far as it can be written."""
    try:
        console.flush()
    except (OSError, OdographError):
        console.give_up_output()


@contextlib.contextmanager
def _interruptible(ctx: JobContext) -> Iterator[None]:
    """Ctrl+C and termination cancel the job; a second Ctrl+C ends it where it stands."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def cancel(_number: int, _frame: FrameType | None) -> None:
        if ctx.cancelled:
            raise KeyboardInterrupt
        ctx.cancel()

    before = {number: signal.signal(number, cancel) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
