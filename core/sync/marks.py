"""What earlier runs listed of each day, so that the next one lists only what is new.

A mark is believed only while the archive holds just as many batches of the day as the mark says, so that a lost, an old
or a foreign one costs a listing and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from core.storage.index import DayCount

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger("odograph.sync")
_FILE = "_odograph/listed.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A day's folder that was listed to its end.

    Attributes:
        count: what lies in it.
        gone: batches that are recorded and were not listed.
        live: whether all of them were stored when they were delivered, so that what comes next has a later key; that
            is not so of copies.
        settled: whether it was listed so long after the last one was stored that nothing comes any more.
    """

    count: DayCount
    gone: int
    live: bool
    settled: bool

    def fits(self, recorded: int) -> bool:
        """Whether everything that was listed is recorded."""
        return recorded == self.count.batches + self.gone


class Marks:
    """The marks of one archive, in a file of its folder. Used by one thread.

    Args:
        folder: the archive's.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE
        self._marks: dict[str, Mark] = {}
        self._changed = False
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            content = json.loads(self._file.read_bytes())
            if content["version"] == _VERSION:
                self._marks = {
                    day: Mark(DayCount(**mark["count"]), mark["gone"], mark["live"], mark["settled"])
                    for day, mark in content["days"].items()
                }

    def get(self, day: str) -> Mark | None:
        """The mark of a day's folder."""
        return self._marks.get(day)

    def set(self, day: str, mark: Mark) -> None:
        """Remember what was listed."""
        if self._marks.get(day) != mark:
            self._marks[day] = mark
            self._changed = True

    def save(self) -> None:
        """Write them down. Where that fails, the next run lists more; that is all."""
        if not self._changed:
            return
        content = {"version": _VERSION, "days": {day: asdict(mark) for day, mark in self._marks.items()}}
        temporary = self._file.with_name(f".{self._file.name}.{secrets.token_hex(4)}.part")
        try:
            self._file.parent.mkdir(exist_ok=True)
            temporary.write_text(json.dumps(content), encoding="utf-8")
            temporary.replace(self._file)
            self._changed = False
        except OSError as error:
            _log.info("What was listed could not be noted in %s: %s", self._file, error)
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
