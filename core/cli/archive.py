"""The command that looks after an archive: status, compact, verify, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.cli.asking import confirm
from core.cli.console import count_text
from core.cli.opening import check_range, open_words
from core.cli.parser import PROGRAM
from core.cli.suggesting import typed_source
from core.errors import OdographError, UsageError
from core.fleet.timezones import format_iso, zone
from core.texts import size_text

if TYPE_CHECKING:
    import argparse

    from core.archive.archive import Archive
    from core.archive.ledger import Recorded
    from core.cli.console import Console
    from core.jobs import JobContext

_DONE, _FAILED = 0, 1
# Which options belong to which action alone.
_OWN = {"repair": "verify", "yes": "remove", "first": "remove", "last": "remove", "app": "remove", "level": "remove"}
_SPELLED = {"first": "from", "last": "to"}


def archive(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """Do what the action says to the archive of a source."""
    _check(words)
    opened = open_words(words, ctx, console)
    if words.json and opened.known_archive() is None:
        console.json(())
    found = opened.recorded_archive()
    actions = {"status": _status, "compact": _compact, "verify": _verify, "remove": _remove}
    return actions[words.action](words, found, console, ctx)


def tidy(found: Archive, console: Console, ctx: JobContext) -> None:
    """Compact an archive where that is worth it, and say so; what goes wrong is only said, for nothing is lost."""
    try:
        if not found.upkeep.worth_compacting():
            return
        result = found.upkeep.compact(ctx)
    except OdographError as error:
        console.warn(f"The archive was not compacted. {error}")
    else:
        if result.files_before:
            console.say(f"Archive compacted: {_from_to(result.files_before, result.files_after)}")


def _check(words: argparse.Namespace) -> None:
    for name, action in _OWN.items():
        if getattr(words, name) and words.action != action:
            raise UsageError(f"--{_SPELLED.get(name, name)} goes with {action}", subject=f"archive {words.action}")
    if words.action == "remove":
        if not (words.first and words.last):
            raise UsageError(
                "remove needs --from and --to",
                hint=f"For example: {PROGRAM} archive {words.source} remove --from 2026-06-01 --to 2026-06-30",
            )
        check_range(words)


def _status(words: argparse.Namespace, found: Archive, console: Console, ctx: JobContext) -> int:
    status = found.upkeep.status(ctx)
    months: list[dict[str, Any]] = [
        {
            "month": month.month,
            "app": month.app,
            "level": month.level,
            "batches": month.batches,
            "samples": month.samples,
            "rejects": month.rejects,
            "files": month.files,
            "bytes": month.bytes,
            "clustered": month.clustered,
        }
        for month in status.months
    ]
    files, size, samples, batches = (
        sum(month[name] for month in months) for name in ("files", "bytes", "samples", "batches")
    )
    utc = zone("UTC")
    first, last = (None if time is None else format_iso(time, utc) for time in (status.first, status.last))
    if words.json:
        console.json(
            [
                {
                    "folder": str(found.folder),
                    "bytes": size,
                    "files": files,
                    "samples": samples,
                    "batches": batches,
                    "first": first,
                    "last": last,
                    "spare_files": status.spare_files,
                    "spare_bytes": status.spare_bytes,
                    "months": months,
                }
            ]
        )
    else:
        header = ("month", "app", "level", "batches", "samples", "rejects", "files", "size", "clustered")
        console.table(header, [_month_line(month) for month in months])
    console.say(f"Archive: {found.folder}")
    console.say(
        f"{count_text(samples, 'sample', 'samples')} of {count_text(batches, 'batch', 'batches')} in "
        f"{count_text(files, 'file', 'files')}, {size_text(size)}"
    )
    if first is not None:
        console.say(f"Oldest sample {first}, newest {last}")
    if status.spare_files:
        text = f"{count_text(status.spare_files, 'file', 'files')}, {size_text(status.spare_bytes)}"
        console.say(f"Besides, {text}, kept for a while in case somebody still reads them")
    return _DONE


def _month_line(month: dict[str, Any]) -> list[str | int]:
    shown = {**month, "bytes": size_text(month["bytes"]), "clustered": "yes" if month["clustered"] else "no"}
    return list(shown.values())


def _compact(words: argparse.Namespace, found: Archive, console: Console, ctx: JobContext) -> int:
    result = found.upkeep.compact(ctx, everything=True)
    if words.json:
        names = ("files_before", "files_after", "rows", "bytes_before", "bytes_after")
        console.json([{name: getattr(result, name) for name in names}])
    if result.files_before:
        sizes = f"{size_text(result.bytes_before)} to {size_text(result.bytes_after)}"
        console.say(f"{_from_to(result.files_before, result.files_after)}, {sizes}")
        console.say("The old files are removed an hour later, in case somebody still reads them")
    else:
        console.say("Everything is in order already")
    return _DONE


def _from_to(before: int, after: int) -> str:
    return f"{count_text(before, 'file', 'files')} became {after:,}"


def _verify(words: argparse.Namespace, found: Archive, console: Console, ctx: JobContext) -> int:
    result = found.upkeep.verify(ctx)
    problems = [("file", lost.path, lost.reason) for lost in result.lost]
    problems += [("batch", difference.batch, difference.reason) for difference in result.differences]
    if words.json:
        console.json({"kind": kind, "name": name, "reason": reason} for kind, name, reason in problems)
    elif problems:
        console.table(("what", "name", "problem"), problems)
    batches, samples = count_text(result.batches, "batch", "batches"), count_text(result.samples, "sample", "samples")
    rejects = count_text(result.rejects, "reject", "rejects")
    console.say(f"{count_text(result.files, 'file', 'files')}, {batches}, {samples} and {rejects} verified")
    if result.sound:
        console.say("Everything is as it is recorded")
        return _DONE
    parts = [count_text(len(result.lost), "file", "files")] if result.lost else []
    parts += [count_text(len(result.differences), "batch", "batches")] if result.differences else []
    text = " and ".join(parts)
    if not words.repair:
        hint = f"{PROGRAM} archive {words.source} verify --repair forgets them; a sync then loads them again"
        console.warn(f"{text} damaged. {hint}")
        return _FAILED
    found.upkeep.repair(result, ctx)
    console.warn(f"{text} damaged and forgotten. Load them again: {PROGRAM} sync {typed_source(words)}")
    return _DONE


def _remove(words: argparse.Namespace, found: Archive, console: Console, ctx: JobContext) -> int:
    recorded = found.upkeep.recorded_between(words.first, words.last, words.app, words.level)
    counts = {"batches": len(recorded.keys), "samples": recorded.samples, "rejects": recorded.rejects}
    if not recorded.keys:
        console.say("Nothing of these days is recorded")
    else:
        question = f"Remove {_of_days(recorded)} from the archive? The source is not touched."
        confirm(question, console, yes=words.yes, otherwise="Nothing was removed")
        found.upkeep.remove(recorded.keys, ctx)
        console.say(
            f"{_of_days(recorded)} removed from the archive. The source still has them: a sync of these days, or the "
            "window where they are recent, loads them again"
        )
    if words.json:
        console.json([counts])
    return _DONE


def _of_days(recorded: Recorded) -> str:
    samples = count_text(recorded.samples, "sample", "samples")
    return f"{count_text(len(recorded.keys), 'batch', 'batches')} with {samples}"
