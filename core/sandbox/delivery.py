"""Delivers messages as the platform does: in batches, at least once, sometimes late.

Nothing here knows vehicles or files: messages come in, batches go out. A continuous delivery can feed it hour by hour.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING

from core.sandbox.envelope import Message
from core.sandbox.plan import BATCH_MILLISECONDS
from core.storage.keys import format_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.sandbox.exact import Chance
    from core.sandbox.plan import Gap, SimulationPlan

BATCH_MESSAGES = 1_000

_LATE_RATE = 0.0006
_UNORDERED_RATE = 0.012
_TWICE_RATE = 0.003
_HOUR = 3_600_000
_SQUEEZE = 500  # how much faster than they were made the messages of a delayed gap come

# When it arrives (milliseconds since the epoch), what, and whether it is sent twice.
_Parcel = tuple[int, Message, bool]


class OdometerTruth(Mapping[str, list[tuple[int, float]]]):
    """What was driven, as delivered: by VIN, (time in microseconds since the epoch, kilometers) by time.

    Holds 16 bytes an entry; the lists are made when asked for.
    """

    def __init__(self) -> None:
        self._times: dict[str, array[int]] = {}
        self._kilometers: dict[str, array[float]] = {}

    def add(self, vin: str, time: int, kilometers: float) -> None:
        """Note one delivered odometer message; the time in microseconds."""
        if vin not in self._times:
            self._times[vin] = array("q")
            self._kilometers[vin] = array("d")
        self._times[vin].append(time)
        self._kilometers[vin].append(kilometers)

    def __getitem__(self, vin: str) -> list[tuple[int, float]]:
        return sorted(zip(self._times[vin], self._kilometers[vin], strict=True))

    def __iter__(self) -> Iterator[str]:
        return iter(self._times)

    def __len__(self) -> int:
        return len(self._times)


@dataclass(slots=True)
class DeliveryCount:
    """What was delivered so far.

    Attributes:
        batches: how many.
        messages: array elements in them, with the repeated and the damaged ones.
        bytes: their size.
        duplicates: messages that had been delivered before.
        late: messages that came more than an hour after they were made.
        unordered: messages that came, for the first time, after a later one of the same vehicle.
        lost: copies of messages that never came, because of a gap or as the plan was over.
        damaged: the batch and the place in it of each message that cannot be read.
        odometer: the truth.
    """

    batches: int = 0
    messages: int = 0
    bytes: int = 0
    duplicates: int = 0
    late: int = 0
    unordered: int = 0
    lost: int = 0
    damaged: list[tuple[str, int]] = field(default_factory=list)
    odometer: OdometerTruth = field(default_factory=OdometerTruth)


class Delivery:
    """Turns messages into batches.

    A batch is closed when it holds 1,000 messages, or five minutes after its first one came; where nothing comes,
    there is no batch.

    Args:
        plan: when it begins and ends, and for which app.
        gaps: times in which nothing comes.
        truth: whether the truth about odometers is kept, which grows with what is delivered.
    """

    def __init__(self, plan: SimulationPlan, gaps: tuple[Gap, ...], *, truth: bool = True) -> None:
        self.count = DeliveryCount()
        self._plan = plan
        self._gaps = gaps
        self._truth = truth
        self._waiting: list[_Parcel] = []
        self._open: list[_Parcel] = []
        self._closed_at = plan.start - 1
        self._met: set[tuple[int, int]] = set()
        self._newest: dict[int, int] = {}
        self._vins: dict[int, str] = {}

    def accept(self, messages: Iterable[Message], chance: Chance) -> None:
        """Take messages on their way.

        Args:
            messages: of one vehicle.
            chance: the vehicle's, decides how long each takes and which come twice.
        """
        random = chance.random
        waiting = self._waiting
        undisturbed = min((gap.start - BATCH_MILLISECONDS for gap in self._gaps), default=self._plan.end)
        for message in messages:
            dice = random()
            arrival = message[0] + 350 + int(2_400.0 * random())
            twice = False
            if dice < _UNORDERED_RATE:
                arrival += int(chance.between(20_000.0, 280_000.0))
            elif dice < _UNORDERED_RATE + _LATE_RATE:
                arrival += int(chance.between(1.1 * _HOUR, 9.0 * _HOUR))
            elif dice > 1.0 - _TWICE_RATE:
                twice = True
                again = arrival + BATCH_MILLISECONDS + int(chance.between(1_000.0, 3.0 * _HOUR))
                self._wait(again, message, twice)
            if arrival < undisturbed:
                waiting.append((arrival, message, twice))
            else:
                self._wait(arrival, message, twice)

    def accept_exactly(self, messages: Iterable[Message]) -> None:
        """Take messages that come once each, as soon as they are made, whatever gaps there are."""
        self._waiting += [(message[0], message, False) for message in messages]

    def _wait(self, arrival: int, message: Message, twice: bool) -> None:
        for gap in self._gaps:
            # What comes in the five minutes before a gap would be stored inside it.
            start = gap.start - BATCH_MILLISECONDS
            if start <= arrival < gap.end:
                if gap.kind == "lost":
                    self.count.lost += 1
                    return
                arrival = gap.end + (arrival - start) // _SQUEEZE
                break
        self._waiting.append((arrival, message, twice))

    def batches(self, until: int) -> Iterator[tuple[str, bytes]]:
        """The batches that are closed before a moment, in key order, as (key, content).

        Args:
            until: milliseconds since the epoch; all messages made before must have been accepted.
        """
        self._waiting.sort()
        cut = bisect_left(self._waiting, until, key=itemgetter(0))
        self._gaps = tuple(gap for gap in self._gaps if gap.end > until)
        due, self._waiting = self._waiting[:cut], self._waiting[cut:]
        for parcel in due:
            if self._open and parcel[0] >= self._open[0][0] + BATCH_MILLISECONDS:
                yield self._close(self._open[0][0] + BATCH_MILLISECONDS)
            self._open.append(parcel)
            if len(self._open) == BATCH_MESSAGES:
                yield self._close(parcel[0])
        if self._open and self._open[0][0] + BATCH_MILLISECONDS < until:
            yield self._close(self._open[0][0] + BATCH_MILLISECONDS)

    def finish(self) -> Iterator[tuple[str, bytes]]:
        """The batch that is still open when the plan is over; what is on its way then never comes."""
        self.count.lost += len(self._waiting)
        self._waiting = []
        if self._open:
            yield self._close(min(self._open[0][0] + BATCH_MILLISECONDS, self._plan.end - 1))

    def _close(self, time: int) -> tuple[str, bytes]:
        parcels, self._open = self._open, []
        time = self._closed_at = max(time, self._closed_at + 1)
        count = self.count
        count.batches += 1
        plan = self._plan
        seconds, fraction = divmod(time, 1000)
        digest = hashlib.sha256(f"{plan.seed}/{count.batches}".encode()).hexdigest()[:8]
        key = format_key(plan.app, plan.level, datetime.fromtimestamp(seconds, UTC), fraction * 1_000_000, digest)
        content = f"[{','.join([parcel[1][3] for parcel in parcels])}]".encode()
        count.messages += len(parcels)
        count.bytes += len(content)
        self._note(key, parcels)
        return key, content

    def _note(self, key: str, parcels: list[_Parcel]) -> None:
        """Keep the truth about what a batch delivers."""
        count, newest = self.count, self._newest
        for place, (arrival, (made, vehicle, number, _, driven), twice) in enumerate(parcels):
            if vehicle < 0:
                count.damaged.append((key, place))
                continue
            if twice:
                if (vehicle, number) in self._met:
                    self._met.remove((vehicle, number))
                    count.duplicates += 1
                    continue
                self._met.add((vehicle, number))
            if arrival - made > _HOUR:
                count.late += 1
            if made < newest.get(vehicle, 0):
                count.unordered += 1
            else:
                newest[vehicle] = made
            if driven is not None and self._truth:
                count.odometer.add(self._vin(vehicle), made * 1000, driven)

    def _vin(self, vehicle: int) -> str:
        vin = self._vins.get(vehicle)
        if vin is None:
            vin = self._vins[vehicle] = self._plan.vin(vehicle)
        return vin
