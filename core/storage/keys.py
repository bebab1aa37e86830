"""The grammar of batch keys.

    <app-id>/<auto-api-level>/<year>/<month>/<day>/<hours>-<minutes>-<seconds>-<nanoseconds>-<hash>.json

Facts from High Mobility's description of bucket delivery: app-id is 24 hexadecimal characters, the time is UTC. Keys
are relative to the layout's root, so that a bucket's prefix is no part of them.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_APP = re.compile(r"[0-9A-Fa-f]{24}")
_LEVEL = re.compile(r"level[0-9]{1,3}")
_KEY = re.compile(
    r"(?P<app>[0-9A-Fa-f]{24})/(?P<level>level[0-9]{1,3})/(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/"
    r"(?P<hour>[0-9]{1,2})-(?P<minute>[0-9]{1,2})-(?P<second>[0-9]{1,2})-(?P<nano>[0-9]{1,9})-(?P<hash>[0-9A-Za-z]+)"
    r"\.json"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WIDTHS = {"month": 2, "day": 2, "hour": 2, "minute": 2, "second": 2, "nano": 9}


@dataclass(frozen=True, slots=True)
class BatchKey:
    """What a batch's key says.

    Attributes:
        text: the key itself, relative to the layout's root.
        app: the app-id, 24 hexadecimal characters as written.
        level: the Auto API level as written, for example ``level13``.
        day: the day folder ``YYYY-MM-DD`` (UTC).
        time: when the batch was closed, microseconds since the epoch, UTC (nanoseconds are cut).
        padded: whether every part is zero-padded, so that keys sort by time.
    """

    text: str
    app: str
    level: str
    day: str
    time: int
    padded: bool

    @property
    def month(self) -> str:
        """The month ``YYYY-MM`` of the batch (UTC)."""
        return self.day[:7]


def parse_key(text: str) -> BatchKey | None:
    """Read a key, or return None where it is no batch key (such an object is shown as "other")."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    part = {name: int(match[name]) for name in ("year", "month", "day", "hour", "minute", "second", "nano")}
    try:
        moment = datetime(
            part["year"], part["month"], part["day"], part["hour"], part["minute"], part["second"], tzinfo=UTC
        )
    except ValueError:
        return None
    time = (moment - _EPOCH) // timedelta(microseconds=1) + part["nano"] // 1000
    padded = all(len(match[name]) == width for name, width in _WIDTHS.items())
    # Thousands of keys have these in common.
    app, level, day = sys.intern(match["app"]), sys.intern(match["level"]), sys.intern(moment.date().isoformat())
    return BatchKey(text, app, level, day, time, padded)


def format_key(app: str, level: str, time: datetime, nanoseconds: int, digest: str) -> str:
    """Write a key as the platform does.

    Args:
        app: 24 hexadecimal characters.
        level: for example ``level13``.
        time: when the batch was closed; any zone, its microseconds are ignored.
        nanoseconds: the fraction of the second, 0 to 999,999,999.
        digest: the hash at the end, hexadecimal.
    """
    moment = time.astimezone(UTC)
    day = moment.date().isoformat().replace("-", "/")  # strftime does not pad years before 1000 everywhere
    return f"{app}/{level}/{day}/{moment:%H-%M-%S}-{nanoseconds:09d}-{digest}.json"


def split_root(path: str) -> tuple[str, str]:
    """Split an address that may point into the layout into the layout's root and a scope below it.

    ``backup/9FBB…4FF/level13/2022`` gives ``("backup", "9FBB…4FF/level13/2022")``: a person may open an app, a level
    or a month alone, as someone who may read only that prefix must.

    Args:
        path: parts joined by ``/``; leading and trailing slashes are ignored.

    Returns:
        (root, scope), both without slashes at the ends; either may be empty.
    """
    parts = [part for part in path.split("/") if part]
    for index, part in enumerate(parts):
        rest = parts[index + 1 :]
        if _APP.fullmatch(part) and len(rest) <= 4 and _inside_app(rest):
            return "/".join(parts[:index]), "/".join(parts[index:])
    return "/".join(parts), ""


def split_batch(path: str) -> tuple[str, str]:
    """Split the path of a batch into its day's folder and its key.

    Args:
        path: parts joined by ``/``, with or without a root before the key, such as a whole address.

    Returns:
        (path of the folder, key relative to the layout's root); the path itself and an empty text where it is of no
        batch.
    """
    parts = path.split("/")
    key = "/".join(parts[-6:])
    return ("/".join(parts[:-1]), key) if parse_key(key) is not None else (path, "")


def _inside_app(parts: list[str]) -> bool:
    return (not parts or _LEVEL.fullmatch(parts[0]) is not None) and all(part.isdecimal() for part in parts[1:])


def is_app(name: str) -> bool:
    """Whether a folder's name is an app-id."""
    return _APP.fullmatch(name) is not None


def is_level(name: str) -> bool:
    """Whether a folder's name is an Auto API level."""
    return _LEVEL.fullmatch(name) is not None
