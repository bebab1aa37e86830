"""The words of the command line.

Without a command the window opens; a command stands first. argparse answers wrong words with its usage and exit code 2.
"""

from __future__ import annotations

import argparse
import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import core
from core import settings
from core.cli.bucket_words import BUCKET_HELP, SIMULATE_HELP, add_bucket, add_simulate
from core.cli.options import WindowOptions
from core.connections import Addressing, S3Options, by_name
from core.errors import UsageError
from core.settings import THEMES

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = "main.py"
DEMO = "demo"
COMMANDS = {
    "batches": "list the days of a source: batches, size and what is recorded",
    "sync": "record the batches of a source that are not recorded yet",
    "series": "list the recorded series of a source",
    "export": "write recorded series as CSV",
    "rejects": "list the messages that could not be read",
    "archive": "show, compact, verify or thin out what is recorded of a source",
    "test-connection": "test step by step whether a source can be browsed, and say what to do",
    "login": "sign in to the single sign-on of a profile of the AWS configuration",
    "bucket": "set up or check a bucket for delivery, and wait for what is delivered",
    "simulate": "write the batches of a simulated fleet into a folder or a bucket",
}

_LISTING = "\n".join(f"  {name:<17}{text}" for name, text in COMMANDS.items())
# A scheme has two letters at least: one alone is a drive of Windows.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_PATH_ALONE = re.compile(r"[A-Za-z_][\w.]*")
_SOURCE_HELP = (
    "s3://bucket/prefix, a folder with the same layout, a saved connection's name, "
    f"or {DEMO} for the built-in demo fleet"
)
_EXIT_CODES = """\
Data goes to standard output, everything else to standard error. Exit codes: 0 done,
1 failed or done in part, 2 wrong use, 130 cancelled (Ctrl+C; what was recorded stays,
a file that was being written does not)."""
_EXPORT_HELP = """\
Writes what is recorded of the source; days of the range that are not loaded are named
on standard error. With --sync they are loaded first, and one more day for messages that
came late. The file is UTF-8 with line feeds and appears whole or not at all.

long: a row a sample, series after series, each by time, with the columns
      time,vin,capability,property,component,value,unit,failure,batch
wide: a row a time, a column a series, empty where it has no sample of exactly that
      time; failures are left out

A property that was renamed is one series under its present name, whichever name it was
sent with, and either name finds it; --as-sent-names keeps the names apart.

Numbers stay in the unit that was sent, and the file names it; percentages are 0.0 to 1.0.
With --units metric or imperial they are converted at full precision: each property has
the one unit that the window shows, percentages are 0 to 100 with the unit %. What does
not convert stays as it was sent.

--property takes a formula too, which is computed for each vehicle that has what it names:
      "per_day(diagnostics.odometer, 'Europe/Berlin')"   difference of each day
      "rate(diagnostics.odometer, 'h')"                  change per s, min, h or day
      "moving_average(charging.battery_level, '24h')"    mean over time of a window
      "resample(diagnostics.speed, '15min', 'mean')"     last, mean, min or max
      "diagnostics.odometer - trips.distance * 2"        + - * / and brackets
Such rows have the capability derived, the formula as property, and the start of a day or
interval as time; the batch is empty, as no single one brought the value.

Texts that a spreadsheet would take for a formula get an apostrophe in front; numbers
that were sent as texts do not."""

_ARCHIVE_HELP = """\
status   what is recorded, by month, and the room it takes (default)
compact  merge small files and cluster all months, so that reading is fast;
         loading does so by itself where it is worth it
verify   read everything again and compare it with what was recorded of each
         batch; --repair forgets what is damaged, so that a sync loads it again
remove   take the batches of some days out of the archive, never out of the source"""
_LOGIN_HELP = """\
Shows a code and opens the page on which it has to be confirmed. The session is kept
where the AWS CLI keeps it, and holds for the AWS CLI too."""
_TEST_HELP = """\
Steps: resolve the server's name, connect, secure the connection, authenticate, list,
read one object. It asks for what browsing asks for and no more. Exit code 1 where the
source cannot be browsed."""
_LONG_HELP = {
    "test-connection": _TEST_HELP,
    "export": _EXPORT_HELP,
    "archive": _ARCHIVE_HELP,
    "login": _LOGIN_HELP,
    "bucket": BUCKET_HELP,
    "simulate": SIMULATE_HELP,
}
_ACTIONS = ("status", "compact", "verify", "remove")


def command_of(argv: Sequence[str]) -> str:
    """The command that the words begin with, or an empty text where they are for the window."""
    return argv[0] if argv and argv[0] in COMMANDS else ""


def unknown_word(argv: Sequence[str]) -> str:
    """What is wrong with the first word where it is neither an option, a command, an address nor a folder.

    Returns:
        Lines for a person, or an empty text where nothing is wrong.
    """
    word = argv[0] if argv else ""
    # Not Path.expanduser, which raises for an unknown user.
    folder = Path(os.path.expanduser(word))  # noqa: PTH111
    if word.startswith("-") or word in ("", DEMO, *COMMANDS) or is_address(word) or _exists(folder):
        return ""
    if by_name(settings.load().connections, word) is not None:
        return ""
    return f"no command and no such folder: {word}\ncommands:\n{_LISTING}\n{PROGRAM} --help says more."


def is_address(word: str) -> bool:
    """Whether a word begins as an address does."""
    return _ADDRESS.match(word.strip()) is not None


def _exists(folder: Path) -> bool:
    try:
        return folder.exists()
    except OSError:
        # It is there, but may not be looked into: opening it says so.
        return True


def parse_window(argv: Sequence[str]) -> WindowOptions:
    """Read the words for the window.

    Raises:
        SystemExit: they are wrong (code 2), or help was asked for (code 0).
    """
    parser = _window_parser()
    words = parser.parse_args(argv)
    if words.source in COMMANDS:
        parser.error(f"a command stands first: {PROGRAM} {words.source} …")
    if words.demo and (words.source not in ("", DEMO) or words.connection):
        parser.error("--demo opens the demo fleet; leave the source out")
    demo = words.demo or words.source == DEMO
    return WindowOptions(
        source="" if demo else words.source,
        demo=demo,
        vins=tuple(words.vin),
        properties=tuple(words.property),
        workspace=words.workspace,
        screenshot=words.screenshot,
        theme=words.theme,
        size=words.size,
        connection=words.connection,
        s3=s3_options(words),
        verbose=words.verbose,
    )


def parse_command(argv: Sequence[str]) -> argparse.Namespace:
    """Read the words of a command; its name is in ``command``.

    Raises:
        SystemExit: they are wrong (code 2), or help was asked for (code 0).
    """
    parser = _command_parser(argv[0])
    words = parser.parse_args(argv[1:], argparse.Namespace(command=argv[0]))
    if "source" in words and not _take_source(words):
        asked = "an ADDRESS" if words.command == "bucket" else "a SOURCE"
        parser.error(f"give {asked}, or a saved connection with --connection")
    return words


def _take_source(words: argparse.Namespace) -> bool:
    """Whether there is a source. One that only --connection names is called by that name in what the command says."""
    if words.connection and words.command == "archive" and words.source in _ACTIONS:
        words.action, words.source = words.source, ""
    words.source = words.source or words.connection
    return bool(words.source)


def s3_options(words: argparse.Namespace) -> S3Options:
    """How a bucket is reached, as the words say; a saved connection that they name is not looked at."""
    return S3Options(
        words.profile,
        words.region,
        words.endpoint_url,
        Addressing(words.addressing),
        os.path.expanduser(words.ca_file),  # noqa: PTH111
    )


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Browse the vehicle data that High Mobility delivers into an S3 bucket. Opens the window.",
        epilog=f"commands instead of the window:\n{_LISTING}\n\n{PROGRAM} COMMAND --help says more.\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("source", metavar="SOURCE", nargs="?", default="", help=_SOURCE_HELP)
    parser.add_argument("--demo", action="store_true", help="open the demo fleet, made at the first time")
    _add_series(parser, "put its series on the timeline", formulas=True)
    parser.add_argument(
        "--workspace", metavar="NAME|FILE", default="", help="open a workspace, in SOURCE where that is given too"
    )
    parser.add_argument("--screenshot", metavar="FILE", type=Path, help="render the window after loading, then end")
    parser.add_argument("--theme", choices=THEMES, default="", help="colours, for this time")
    parser.add_argument("--size", metavar="WxH", type=_size, help="size of the window in pixels, such as 1600x1000")
    parser.add_argument("--version", action="version", version=f"Odograph {core.__version__}")
    parser.add_argument("--verbose", action="store_true", help="log details")
    _add_s3(parser)
    return parser


def _command_parser(name: str) -> argparse.ArgumentParser:
    purpose = COMMANDS[name][0].upper() + COMMANDS[name][1:]
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {name}",
        description="\n\n".join(text for text in (f"{purpose}.", _LONG_HELP.get(name, "")) if text),
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    if name == "simulate":
        add_simulate(parser, _positive)
        _add_s3(parser)
    elif name == "bucket":
        add_bucket(parser, _positive)
        _add_s3(parser)
    elif name == "login":
        _add_login(parser)
    else:
        parser.add_argument("source", metavar="SOURCE", nargs="?", default="", help=_SOURCE_HELP)
        _add_s3(parser)
    if name == "archive":
        _add_archive(parser)
    if name in ("batches", "sync", "archive"):
        parser.add_argument("--from", metavar="DAY", dest="first", type=_day, help="first day, YYYY-MM-DD, UTC")
        parser.add_argument("--to", metavar="DAY", dest="last", type=_day, help="last day, included")
    if name == "sync":
        parser.add_argument(
            "--full", action="store_true", help="list everything again; replaced batches are found in old days too"
        )
        parser.add_argument("--watch", action="store_true", help="go on looking for new batches until Ctrl+C")
        parser.add_argument(
            "--every", metavar="SECONDS", type=_positive, help="with --watch: time between two looks (60)"
        )
    if name == "batches":
        parser.add_argument("--keys", action="store_true", help="list each batch")
    if name in ("series", "export"):
        _add_series(parser, "only this one", formulas=name == "export")
        names = "each property under the name it was sent with, instead of renamed ones under their present names"
        parser.add_argument("--as-sent-names", action="store_true", help=names)
        parser.add_argument("--sync", action="store_true", help="first record what is not recorded yet")
        parser.add_argument("--tz", metavar="ZONE", default="UTC", help="UTC, local or a name like Europe/Berlin (UTC)")
    if name == "export":
        time = "a day or time in the zone of --tz, such as 2026-06-30 or 2026-06-30T14:05"
        parser.add_argument("--from", metavar="TIME", dest="first", help=time)
        parser.add_argument("--to", metavar="TIME", dest="last", help="likewise; a day is included, a time is not")
        parser.add_argument(
            "--layout", choices=("long", "wide"), default="long", help="a row a sample, or a row a time"
        )
        units = "of numbers: as they were sent (default), or one a series, percentages as 0 to 100"
        parser.add_argument("--units", choices=("as-sent", "metric", "imperial"), default="as-sent", help=units)
        parser.add_argument("-o", "--output", metavar="FILE", default="-", help="- is standard output (-)")
    if name in ("batches", "series", "rejects", "archive"):
        parser.add_argument("--json", action="store_true", help="a JSON array instead of a table")
    if name == "test-connection":
        parser.add_argument("--json", action="store_true", help="a JSON object instead of lines")
    noise = parser.add_mutually_exclusive_group()
    noise.add_argument("--quiet", action="store_true", help="no narration and no progress; warnings and errors stay")
    noise.add_argument("--verbose", action="store_true", help="details, of errors too")
    return parser


def _add_login(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", default="", help="the profile (the one that the environment names, or default)")
    parser.add_argument("--no-browser", action="store_true", help="only say which page to open")
    back = "without a code: the browser of this computer reports back, as newer AWS CLIs do it"
    parser.add_argument("--redirect", action="store_true", help=back)


def _add_archive(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", nargs="?", choices=_ACTIONS, default="status", help="see above")
    parser.add_argument("--repair", action="store_true", help="verify: forget what is damaged")
    parser.add_argument("--app", metavar="ID", default="", help="remove: only of this app")
    parser.add_argument("--level", default="", help="remove: only of this Auto API level, such as level13")
    parser.add_argument("--yes", action="store_true", help="remove: do not ask")


def _add_s3(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "buckets", "Credentials are found as the AWS CLI finds them, unless a saved connection has access keys."
    )
    group.add_argument("--connection", metavar="NAME", default="", help="a saved connection; SOURCE may be left out")
    group.add_argument("--profile", default="", help="a profile of the AWS configuration")
    group.add_argument("--region", default="", help="the bucket's region, if it is not found")
    group.add_argument("--endpoint-url", metavar="URL", default="", help="another server than AWS")
    styles = [str(style) for style in Addressing]
    group.add_argument("--addressing", choices=styles, default="auto", help="where the bucket is named in requests")
    group.add_argument("--ca-file", metavar="FILE", default="", help="certificates by which the server is trusted, PEM")


def _add_series(parser: argparse.ArgumentParser, purpose: str, *, formulas: bool) -> None:
    parser.add_argument("--vin", action="append", default=[], help=f"a vehicle: {purpose}; may be repeated")
    parser.add_argument(
        "--property",
        metavar="PATH",
        action="append",
        default=[],
        type=_path,
        help=f"capability.property[.component]{' or a formula' if formulas else ''}: {purpose}; may be repeated",
    )


def _day(text: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-06-30")


def _path(text: str) -> str:
    if not _PATH_ALONE.fullmatch(text):
        # Formulas bring arrays and zones along, which plain words need not wait for.
        from core.fleet.formula import looks_like_formula, parse
        from core.fleet.nodes import text_of

        if looks_like_formula(text):
            try:
                return text_of(parse(text))
            except UsageError as error:
                raise argparse.ArgumentTypeError(f"{error.title}: {text}. {error.hint}") from None
    if not all(text.partition(".")[::2]):
        raise argparse.ArgumentTypeError(f"{text!r} is no property; write it as diagnostics.odometer")
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it as 1600x1000")
    return int(match[1]), int(match[2])
