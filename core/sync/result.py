"""What a run did, and how far it is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.texts import duration_text, size_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.errors import OdographError
    from core.storage.index import DayCount

# The pace of the last half minute says more about the next than that of the whole run.
_WINDOW_SECONDS = 30.0
_SOON_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a run is, in batches that were not recorded before it.

    Attributes:
        done: recorded or failed.
        total: to be done; None while batches are still being listed.
        done_bytes, total_bytes: likewise.
        seconds_left: None while nobody can know.
    """

    done: int = 0
    total: int | None = None
    done_bytes: int = 0
    total_bytes: int | None = None
    seconds_left: float | None = None

    def text(self, found: int) -> str:
        """For people.

        Args:
            found: how many batches have been found to do so far.
        """
        if self.total is None or self.total_bytes is None:
            return f"{self.done:,} batches, {found:,} found so far" if found else "Listing batches"
        parts = [f"{self.done:,} of {self.total:,} batches"]
        if self.done < self.total:
            parts.append(f"{size_text(self.done_bytes)} of {size_text(self.total_bytes)}")
            if self.seconds_left is not None:
                parts.append(f"{duration_text(self.seconds_left)} left")
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a run did, or has done so far.

    Attributes:
        listed: batches that were asked for and found.
        skipped: of these, recorded before.
        ingested: recorded by this run, unreadable ones among them.
        messages: messages in them.
        samples: samples that were appended.
        rejects: messages that could not be read.
        unreadable: batches that could not be read as a whole, so that nobody knows how many messages they have; none
            of them counts among rejects. They are recorded, so they are not fetched again.
        duplicates: messages that had been delivered before. They are kept but shown and counted once.
        failed: one error for each batch that could not be fetched.
        bytes: sizes of the ingested batches together.
        progress: how far it is.
        days: what lies in the source on each day that was listed to its end, by the day's folder.
    """

    listed: int = 0
    skipped: int = 0
    ingested: int = 0
    messages: int = 0
    samples: int = 0
    rejects: int = 0
    unreadable: int = 0
    duplicates: int = 0
    failed: tuple[OdographError, ...] = ()
    bytes: int = field(default=0, compare=False)
    progress: SyncProgress = field(default=SyncProgress(), compare=False)
    days: Mapping[str, DayCount] = field(default_factory=dict, compare=False)


class Pace:
    """How fast it goes, for the time that is left."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque([(0.0, 0)])

    def add(self, moment: float, done_bytes: int) -> None:
        """So many bytes are done after so many seconds of work."""
        self._points.append((moment, done_bytes))
        while len(self._points) > 2 and self._points[1][0] < moment - _WINDOW_SECONDS:
            self._points.popleft()

    def seconds_left(self, left_bytes: int) -> float | None:
        """The time for the rest, or None where too little is done to tell."""
        (start, first), (end, last) = self._points[0], self._points[-1]
        if end - start < _SOON_SECONDS or last <= first:
            return None
        return left_bytes * (end - start) / (last - first)
