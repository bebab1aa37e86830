"""The commands that record and write out: sync, export."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from core.archive.deriving import find_series
from core.autoapi.display import DisplayUnits
from core.cli.archive import tidy
from core.cli.console import count_text, unread_text
from core.cli.opening import Opened, check_range, name_unmatched, no_series, open_words, reversed_range
from core.cli.parser import PROGRAM
from core.errors import CredentialsRejected, FolderUnreadable, SourceError, UsageError
from core.export.csv_export import ExportRequest, export_csv
from core.fleet.timezones import parse_moment, to_datetime, zone
from core.jobs import JobCancelled, JobContext
from core.storage.index import batches_between
from core.sync import SyncResult, sync, watch
from core.texts import duration_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from core.archive.archive import Archive
    from core.cli.console import Console
    from core.errors import OdographError
    from core.fleet.series import SeriesKey

_NAMED_FAILURES = 20
_WATCH_SECONDS = 60
_DAY = 86_400_000_000
_KEY_EXAMPLE = "9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"


def sync_source(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """Record the batches of some days."""
    check_range(words)
    if words.every and not words.watch:
        raise UsageError("--every goes with --watch", subject=f"--every {words.every}")
    opened = open_words(words, ctx)
    # A folder is listed in no time, and people copy older batches into it.
    full = words.full or not opened.source.address.startswith("s3://")
    try:
        code = load_all(opened, console, ctx, words.first, words.last, full=full)
    except CredentialsRejected as error:
        # A session that has ended while nobody looked is no reason to stop looking.
        if not words.watch or opened.known_archive() is None:
            raise
        console.error(error)
        code = 1
    tidy(opened.archive(), console, ctx)
    return _watch(opened, words, console, ctx) if words.watch else code


def _watch(opened: Opened, words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """Look for new batches until Ctrl+C, which is the usual end and no failure."""
    every = words.every or _WATCH_SECONDS
    console.say(f"Looking for new batches every {duration_text(every)}; Ctrl+C ends it")

    def done(result: SyncResult) -> None:
        if result.ingested or result.failed:
            _say_result(result, opened.typed, console)
        if result.ingested:
            tidy(opened.archive(), console, ctx)

    def failed(error: OdographError | None) -> None:
        if error is None:
            console.say("The source can be read again")
        else:
            console.error(error)
            console.say("Trying again, without saying so each time")

    try:
        ctx.wait(every)
        watch(opened.source, opened.archive(), ctx, every, done, failed, words.first, words.last)
    except JobCancelled:
        console.say("Ended")
    return 0


def load_all(
    opened: Opened,
    console: Console,
    ctx: JobContext,
    first_day: str | None = None,
    last_day: str | None = None,
    *,
    full: bool = True,
) -> int:
    """Record what is not recorded yet and say what was done.

    Args:
        full: list everything, whatever was listed before.

    Returns:
        The exit code: 0, or 1 where a batch could not be fetched.
    """

    def interrupted(error: SourceError, so_far: SyncResult) -> None:
        if so_far.ingested:
            _say_result(so_far, opened.typed, console)
            console.warn("The rest is still to be recorded; run it again to go on")
        raise error

    result = sync(
        opened.source,
        opened.loadable_archive(ctx),
        ctx,
        first_day,
        last_day,
        incremental=not full,
        interrupted=interrupted,
    )
    if not result.listed:
        say_nothing_found(opened, console, days_chosen=bool(first_day or last_day))
    _say_result(result, opened.typed, console)
    return 1 if result.failed else 0


def say_nothing_found(opened: Opened, console: Console, *, days_chosen: bool) -> None:
    """Say that there is no batch, and how one would look."""
    if days_chosen:
        console.warn(f"No batches of these days were found in {opened.source.address}")
    else:
        console.warn(
            f"Nothing with a batch's key was found in {opened.source.address}. Keys look like\n  {_KEY_EXAMPLE}"
        )


def _say_result(result: SyncResult, typed: str, console: Console) -> None:
    console.say(
        f"{count_text(result.ingested, 'batch', 'batches')} recorded with "
        f"{count_text(result.messages, 'message', 'messages')} and {count_text(result.samples, 'sample', 'samples')}; "
        f"{result.skipped:,} were recorded before"
    )
    if result.duplicates:
        console.say(f"{count_text(result.duplicates, 'message', 'messages')} had been delivered before")
    unread = unread_text(result.unreadable, result.rejects)
    if unread:
        console.warn(f"{unread} could not be read; see {PROGRAM} rejects {typed}")
    for error in result.failed[:_NAMED_FAILURES]:
        console.error(error)
    failed = sum(not isinstance(error, FolderUnreadable) for error in result.failed)
    if failed:
        count = count_text(failed, "batch", "batches")
        console.warn(f"{count} could not be fetched; run it again to try once more")


def export(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """Write series as CSV."""
    tz = zone(words.tz)
    start = parse_moment(words.first, tz) if words.first else None
    end = parse_moment(words.last, tz, end=True) if words.last else None
    if start is not None and end is not None and end <= start:
        if parse_moment(words.last, tz) == start:
            hint = "Nothing lies between them."
            raise UsageError("--from and --to are the same moment", subject=words.first, hint=hint)
        raise reversed_range(words)
    opened = open_words(words, ctx, None if words.sync else console)
    # A message may come after midnight, so the day after the range belongs to it too.
    first_day = None if start is None else f"{to_datetime(start, UTC):%Y-%m-%d}"
    last_day = None if end is None else f"{to_datetime(end - 1 + _DAY, UTC):%Y-%m-%d}"
    code = 0
    if words.sync:
        code = load_all(opened, console, ctx, first_day, last_day)
    archive = opened.recorded_archive()
    if not words.sync:
        _name_days_not_loaded(opened, archive, console, ctx, first_day, last_day)
    keys = _chosen(words, archive, console, ctx)
    joined = not words.as_sent_names
    units = None if words.units == "as-sent" else DisplayUnits(words.units)
    request = ExportRequest(tuple(keys), start, end, words.tz, words.layout, joined, units)
    target = console.binary_output() if words.output == "-" else Path(words.output)
    left_out: list[int] = []
    rows = export_csv(archive, request, target, ctx, on_left_out=left_out.append)
    for count in left_out:
        failures = count_text(count, "failure was", "failures were")
        console.warn(f"{failures} left out: the wide layout has values only; --layout long has failures too")
    where = "" if words.output == "-" else f" to {words.output}"
    console.say(f"{count_text(rows, 'row', 'rows')} of {len(keys):,} series exported{where}")
    return code


def _chosen(words: argparse.Namespace, archive: Archive, console: Console, ctx: JobContext) -> list[SeriesKey]:
    keys = find_series(archive, words.vin, words.property, ctx, joined=not words.as_sent_names)
    if not keys:
        raise no_series(words)
    name_unmatched(words, ((key.vin, key.path) for key in keys), console)
    return keys


def _name_days_not_loaded(
    opened: Opened,
    archive: Archive,
    console: Console,
    ctx: JobContext,
    first_day: str | None,
    last_day: str | None,
) -> None:
    ctx.progress(0, None, "Looking for days that are not loaded")
    listed: dict[tuple[str, str, str], int] = {}
    try:
        for page in batches_between(opened.source, ctx.quiet_child(), first_day, last_day):
            for key, _ in page:
                name = (key.app, key.level, key.day)
                listed[name] = listed.get(name, 0) + 1
    except SourceError as error:
        console.warn(f"Whether all days are loaded could not be checked. {error}")
        return
    states = archive.day_states()
    behind = sorted({name[2] for name, count in listed.items() if name not in states or states[name].batches < count})
    if behind:
        console.warn(f"{_days_text(behind)} not loaded or not whole; --sync loads what is missing first")


def _days_text(days: Sequence[str]) -> str:
    if len(days) == 1:
        return f"{days[0]} is"
    return f"{len(days):,} days between {days[0]} and {days[-1]} are"
