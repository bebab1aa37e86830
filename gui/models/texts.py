"""How numbers, sizes, times and texts from senders are written in tables and trees."""

from __future__ import annotations

import html
import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6 import QtGui

if TYPE_CHECKING:
    from datetime import tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")
_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
# Spelled here, as the system's locale must not change the language of half a row.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# Controls, separators of lines and paragraphs, and what is seen only by what it does to the text around it, such as
# writing it backwards. Joiners stay: scripts and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_UNSEEN_IN_LINES = re.compile(f"(?![\r\n\t]){_UNSEEN.pattern}")


NAMELESS = "(no name)"
NO_VIN = "(no VIN)"
"""What stands in place of a name that is an empty text."""


def visible_text(text: str, *, lines: bool = False) -> str:
    """A text from a sender as it may be shown: what would not be seen is written as ``\\u202e``, as in JSON.

    Args:
        lines: whether line breaks and tabs stay, as in a text of several lines.
    """
    if text.isprintable():
        return text
    return (_UNSEEN_IN_LINES if lines else _UNSEEN).sub(_escape, text)


def line_text(text: str) -> str:
    """A text from a sender in one line: runs of white space become one space, what would not be seen is written."""
    return visible_text(" ".join(text.split()))


def short_text(text: str, longest: int = 300) -> str:
    """A text from a sender in one line, cut to what a cell or a tip has room for, however long it is."""
    short = " ".join(text[: 2 * longest].split())
    is_whole = len(short) <= longest and len(text) <= 2 * longest
    return visible_text(short) if is_whole else f"{visible_text(short[:longest])}…"


def tip_text(text: str) -> str:
    """A text for a tool tip, which takes anything that looks like HTML for HTML."""
    return f"<p style='white-space:pre'>{html.escape(text)}</p>" if QtGui.Qt.mightBeRichText(text) else text


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code > 0xFFFF:
        # As JSON writes it: two halves.
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def count_text(count: int) -> str:
    """A whole number with thousands separators."""
    return f"{count:,}"


def plural(count: int, singular: str, many: str = "") -> str:
    """``1 batch``, ``12,345 batches``."""
    return f"{count:,} {singular if count == 1 else many or singular + 's'}"


def messages_text(messages: int, read: int, rejects: int, lost: int = 0) -> str:
    """What became of the messages of some batches: ``1,000 messages: 998 with samples, 2 rejects``.

    Args:
        rejects: messages and whole batches that could not be read.
        lost: messages that are neither; there should be none.
    """
    of_messages = max(messages - read - lost, 0)
    of_batches = rejects - of_messages
    parts = []
    if messages or not of_batches:
        counts = [f"{read:,} with samples", plural(of_messages, "reject")]
        counts += [f"{lost:,} lost, which is a fault of the program or the archive"] if lost else []
        parts.append(f"{plural(messages, 'message')}: {', '.join(counts)}")
    if of_batches > 0:
        parts.append(plural(of_batches, "batch that is no list of messages", "batches that are no lists of messages"))
    return " and ".join(parts)


def size_text(size: int) -> str:
    """A size in bytes in the largest decimal unit that leaves a whole part, with two digits or more."""
    value = float(size)
    for unit in _SIZES:
        if value < 999.5 or unit == _SIZES[-1]:
            break
        value /= 1000
    if unit == _SIZES[0]:
        return f"{size} {unit}"
    return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"


def moment(time: int, zone: tzinfo) -> datetime:
    """Microseconds since the epoch as a moment of a zone, exact to the microsecond."""
    try:
        return (_EPOCH + timedelta(microseconds=time)).astimezone(zone)
    except OverflowError:
        # A sender's clock may say anything; the ends of the calendar stand in for what lies beyond them.
        return (datetime.max if time > 0 else datetime.min).replace(tzinfo=UTC)


def time_text(time: int, zone: tzinfo, *, fraction: bool = False) -> str:
    """``2023-04-28 11:32:11`` in a zone, with milliseconds where asked for."""
    return moment(time, zone).isoformat(" ", "milliseconds" if fraction else "seconds")[: 23 if fraction else 19]


def minute_text(time: int, zone: tzinfo) -> str:
    """``2023-04-28 11:32`` in a zone."""
    return time_text(time, zone)[:16]


def seen_text(time: int, newest: int, zone: tzinfo) -> str:
    """When something was last seen, short: ``06-12 15:48``, of another year than the newest time ``2025-06-12``."""
    text = minute_text(time, zone)
    return text[5:] if text[:4] == minute_text(newest, zone)[:4] else text[:10]


def full_time_text(time: int, zone: tzinfo) -> str:
    """``2023-04-28 11:32:11.804 +02:00``: exact enough to find a sample again, with its offset."""
    text = moment(time, zone).isoformat(" ", "milliseconds")
    return f"{text[:23]} {text[23:]}"


def clock_text(time: int) -> str:
    """The time of day in UTC, ``14:11:23``."""
    return time_text(time, UTC)[11:]


def age_text(microseconds: int) -> str:
    """A span of time in its largest unit: ``6 d``, ``12 min``."""
    seconds = max(microseconds, 0) // 1_000_000
    for step, unit in _STEPS:
        if seconds >= step:
            return f"{seconds // step:,} {unit}"
    return "0 s"


def month_text(month: str) -> str:
    """``2022-11`` as ``2022-11 Nov``."""
    return f"{month} {_MONTHS[int(month[5:7]) - 1]}"


def day_text(day: str) -> str:
    """``2022-11-18`` as ``11-18 Fri``: it stands below its year and its month."""
    return f"{day[5:]} {_WEEKDAYS[date.fromisoformat(day).weekday()]}"


def number_text(value: float) -> str:
    """A number with thousands separators and as many digits as the legend writes of it."""
    if math.isnan(value):
        return ""
    if abs(value) < 1e15 and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.12g}"
