"""The commands that list: batches, series, rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.cli.console import count_text, unread_text
from core.cli.loading import load_all, say_nothing_found
from core.cli.opening import check_range, name_unmatched, names_series, no_series, open_words
from core.fleet.timezones import format_iso, zone
from core.storage.index import DayCount, batches_between, index_source
from core.texts import size_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from core.archive.archive import Archive, BatchRecord
    from core.cli.console import Console
    from core.cli.opening import Opened
    from core.fleet.series import PropertySummary
    from core.jobs import JobContext


def batches(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """A day a line, or with ``--keys`` a batch a line."""
    check_range(words)
    opened = open_words(words, ctx)
    if words.keys:
        _print(words, console, _batch_items(words, opened, ctx))
        return _left_out(opened, console)
    if words.first or words.last:
        days = _count_days(words, opened, ctx)
        others = ""
    else:
        index = index_source(opened.source, ctx)
        days = index.days
        others = f", {count_text(index.others, 'other object', 'other objects')}" if index.others else ""
    archive = opened.known_archive()
    states = archive.day_states() if archive else {}
    items: list[dict[str, Any]] = []
    for name in sorted(days, key=lambda name: (name[2], name)):
        day, state = days[name], states.get(name)
        recorded = state.batches if state else 0
        items.append(
            {
                "day": day.day,
                "app": day.app,
                "level": day.level,
                "batches": day.batches,
                "bytes": day.bytes,
                "recorded": recorded,
                "messages": state.messages if state else 0,
                "with_samples": state.read if state else 0,
                "rejects": state.rejects if state else 0,
                "failed": state.failed if state else 0,
                "state": "new" if not recorded else "recorded" if recorded >= day.batches else "partly",
            }
        )
    _print(words, console, items)
    if not items:
        say_nothing_found(opened, console, days_chosen=bool(words.first or words.last))
    total = count_text(sum(day.batches for day in days.values()), "batch", "batches")
    size = size_text(sum(day.bytes for day in days.values()))
    console.say(f"{total}, {size} on {count_text(len({day.day for day in days.values()}), 'day', 'days')}{others}")
    return _left_out(opened, console)


def _left_out(opened: Opened, console: Console) -> int:
    """Name the folders that are missing from a list. Returns the exit code."""
    errors = opened.source.left_out()
    for error in errors:
        console.error(error)
    return 1 if errors else 0


def _count_days(words: argparse.Namespace, opened: Opened, ctx: JobContext) -> dict[tuple[str, str, str], DayCount]:
    days: dict[tuple[str, str, str], DayCount] = {}
    for page in batches_between(opened.source, ctx, words.first, words.last):
        ctx.check()
        for key, item in page:
            name = (key.app, key.level, key.day)
            old = days.get(name, DayCount(*name, 0, 0, key.time, key.time))
            first, last = min(old.first, key.time), max(old.last, key.time)
            days[name] = DayCount(*name, old.batches + 1, old.bytes + item.size, first, last)
    return days


def _batch_items(words: argparse.Namespace, opened: Opened, ctx: JobContext) -> Iterator[dict[str, Any]]:
    archive = opened.known_archive()
    recorded: dict[str, BatchRecord] = {}
    day = ""
    utc = zone("UTC")
    for page in batches_between(opened.source, ctx, words.first, words.last):
        ctx.check()
        for key, item in page:
            folder = key.text[: key.text.rindex("/") + 1]
            if archive is not None and folder != day:
                day, recorded = folder, archive.recorded(folder)
            record = recorded.get(key.text)
            known = record is not None and record.etag == item.etag
            yield {
                "key": key.text,
                "time": format_iso(key.time, utc),
                "bytes": item.size,
                "messages": record.messages if record else None,
                "with_samples": record.read if record else None,
                "samples": record.samples if record else None,
                "rejects": record.rejects if record else None,
                "state": "recorded" if known else "changed" if record else "new",
            }


def series(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """A recorded series a line."""
    tz = zone(words.tz)
    opened = open_words(words, ctx, None if words.sync else console)
    code = load_all(opened, console, ctx) if words.sync else 0
    archive = _recorded(words, opened, console)
    joined = not words.as_sent_names
    known = [vehicle.vin for vehicle in archive.vehicles(ctx)]
    items: list[dict[str, Any]] = []
    for vin in [vin for vin in known if not words.vin or vin in words.vin]:
        ctx.check()
        for summary in archive.properties([vin], ctx, joined=joined):
            path = ".".join(part for part in (summary.capability, summary.property, summary.component) if part)
            if not words.property or any(names_series(one, path, joined=joined) for one in words.property):
                items.append(
                    {
                        "vin": vin,
                        "path": path,
                        "samples": summary.samples,
                        "last_time": format_iso(summary.last_seen, tz),
                        "last_value": _last(summary),
                        "unit": summary.unit,
                        "failure": summary.last_failure,
                        "former_names": list(summary.former_names),
                    }
                )
    former = sum(bool(item["former_names"]) for item in items)
    if not words.json:
        for item in items:
            del item["former_names"]
    _print(words, console, items)
    if not items and (words.vin or words.property):
        raise no_series(words)
    name_unmatched(words, ((item["vin"], item["path"]) for item in items), console)
    samples = count_text(sum(item["samples"] for item in items), "sample", "samples")
    console.say(f"{len(items):,} series with {samples}")
    if former:
        console.say(f"{former:,} of them also under former names; --as-sent-names lists these apart")
    return code


def _recorded(words: argparse.Namespace, opened: Opened, console: Console) -> Archive:
    """The source's archive; where there is none, the error comes after an empty array for whoever parses it."""
    if words.json and opened.known_archive() is None:
        console.json(())
    return opened.recorded_archive()


def _last(summary: PropertySummary) -> float | str | None:
    if summary.last_failure is not None:
        return None
    if summary.last_text is not None:
        return summary.last_text
    value = summary.last_value
    return int(value) if value is not None and value.is_integer() else value


def rejects(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """A message or batch that could not be read a line."""
    archive = _recorded(words, open_words(words, ctx, console), console)
    found = archive.rejects(ctx)
    if words.json:
        fields = ("batch", "ordinal", "reason", "raw")
        console.json({name: getattr(reject, name) for name in fields} for reject in found)
    else:
        console.table(
            ("batch", "message", "reason", "text"),
            [
                (
                    reject.batch,
                    "all" if reject.ordinal < 0 else str(reject.ordinal),
                    reject.reason if reject.ordinal >= 0 else _of_batch(reject.reason),
                    reject.raw,
                )
                for reject in found
            ],
        )
    batches = sum(reject.ordinal < 0 for reject in found)
    unread = unread_text(batches, len(found) - batches)
    console.say(f"{unread} could not be read" if unread else "Everything that is recorded could be read")
    return 0


def _of_batch(reason: str) -> str:
    return f"This batch could not be read: {reason[:1].lower()}{reason[1:]}"


def _print(words: argparse.Namespace, console: Console, items: Iterable[dict[str, Any]]) -> None:
    if words.json:
        console.json(items)
        return
    rows = list(items)
    if rows:
        names = list(rows[0])
        header = [name.replace("_", " ").replace("bytes", "size") for name in names]
        console.table(header, [[_text(name, row[name]) for name in names] for row in rows])


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "bytes":
        return size_text(value)
    return f"{value:,}" if isinstance(value, int) and name != "last_value" else str(value)
