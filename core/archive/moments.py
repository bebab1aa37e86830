"""ISO 8601 date-times as they come in messages, exactly to the microsecond."""

from __future__ import annotations

import re
from datetime import date

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST = (date.min.toordinal() - _EPOCH) * 86_400_000_000
_END = (date.max.toordinal() + 1 - _EPOCH) * 86_400_000_000
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?"
    r" ?(?:([Zz])|([+-])([0-9]{2}):?([0-9]{2})?)?"
)

SQL_USUAL = r"[1-8]\d{3}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)"
"""What SQL reads itself: a subset of what read_moment reads, with the same result."""

SQL_UNUSUAL = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}"
"""How anything that read_moment reads begins."""


def read_moment(text: str) -> int | None:
    """Microseconds since the epoch, UTC, or None where the text is no date-time.

    A date-time without an offset counts as UTC. One that is outside the years 1 to 9999 in UTC is none. Digits beyond
    microseconds are cut.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(match[group]) for group in range(1, 6))
    second = int(match[6] or 0)
    offset_hours, offset_minutes = int(match[10] or 0), int(match[11] or 0)
    if hour > 23 or minute > 59 or second > 59 or offset_hours > 23 or offset_minutes > 59:
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    micros = int((match[7] or "").ljust(6, "0")[:6])
    offset = (offset_hours * 60 + offset_minutes) * (-1 if match[9] == "-" else 1)
    moment = (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1_000_000 + micros
    return moment if _FIRST <= moment < _END else None
