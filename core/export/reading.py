"""Reads series for an export in pieces that fit into memory, whatever the whole is."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.archive.archive import Archive
    from core.fleet.series import Series, SeriesKey, Vehicle
    from core.jobs import JobContext

# About 50 bytes each while read and 300 while written.
PIECE_SAMPLES = 500_000


class PieceReader:
    """Cuts a reading of many series into pieces of at most about 500,000 samples.

    How many samples a piece has is estimated from what the archive knows of vehicles and properties, as if samples
    were spread evenly over the time in which a vehicle was seen.

    Args:
        archive: where the series lie.
        start: microseconds since the epoch, UTC, or None for the beginning.
        end: the first moment that is left out, or None.
        ctx: asked between pieces.
        limit: samples a piece.
        joined: whether renamed properties are read under their present names, which the keys then have too.
    """

    def __init__(
        self,
        archive: Archive,
        start: int | None,
        end: int | None,
        ctx: JobContext,
        limit: int = PIECE_SAMPLES,
        *,
        joined: bool = False,
    ) -> None:
        self._archive = archive
        self._joined = joined
        self._start = start
        self._end = end
        self._ctx = ctx
        self._limit = limit
        self._estimated: tuple[Sequence[SeriesKey], int] = ((), 0)
        self._vehicles: dict[str, Vehicle] = {vehicle.vin: vehicle for vehicle in archive.vehicles(ctx)}

    def one_by_one(self, keys: Sequence[SeriesKey]) -> Iterator[Series]:
        """The series in the order of the keys; a long one comes in several parts, one after the other."""
        self._ctx.check()
        estimate = self.estimate(keys)
        if estimate > self._limit and len(keys) > 1:
            middle = len(keys) // 2
            yield from self.one_by_one(keys[:middle])
            yield from self.one_by_one(keys[middle:])
            return
        for start, end in self._stretches(keys, estimate):
            self._ctx.check()
            yield from self._archive.series(keys, self._ctx.quiet_child(), start, end, joined=self._joined)

    def side_by_side(self, keys: Sequence[SeriesKey]) -> Iterator[list[Series]]:
        """All series of one stretch of time after another, each list in the order of the keys."""
        for start, end in self._stretches(keys, self.estimate(keys)):
            self._ctx.check()
            yield self._archive.series(keys, self._ctx.quiet_child(), start, end, joined=self._joined)

    def estimate(self, keys: Sequence[SeriesKey]) -> int:
        """About how many samples the series have in the range; rather too many than too few."""
        if keys == self._estimated[0]:
            return self._estimated[1]
        count = self._estimate(keys)
        self._estimated = (keys, count)
        return count

    def _estimate(self, keys: Sequence[SeriesKey]) -> int:
        vins = sorted({key.vin for key in keys} & self._vehicles.keys())
        if not vins:
            return 0
        wanted = {(key.capability, key.property, key.component) for key in keys}
        known = self._archive.properties(vins, self._ctx.quiet_child(), joined=self._joined)
        samples = sum(item.samples for item in known if (item.capability, item.property, item.component) in wanted)
        first, last = self._extent(vins)
        start = first if self._start is None else min(max(first, self._start), last)
        end = last if self._end is None else min(max(first, self._end), last)
        return round(samples * max(end - start, 0) / (last - first))

    def _stretches(self, keys: Sequence[SeriesKey], estimate: int) -> Iterator[tuple[int | None, int | None]]:
        """The range cut into stretches of about the limit's samples; the outer ends stay as open as they were."""
        vins = {key.vin for key in keys} & self._vehicles.keys()
        count = -(-estimate // self._limit)
        if count <= 1 or not vins:
            yield self._start, self._end
            return
        first, last = self._extent(vins)
        low = first if self._start is None else max(self._start, first)
        high = last if self._end is None else min(self._end, last)
        inner = [low + (high - low) * number // count for number in range(1, count)]
        edges = [self._start, *inner, self._end]
        yield from itertools.pairwise(edges)

    def _extent(self, vins: Sequence[str] | set[str]) -> tuple[int, int]:
        vehicles = [self._vehicles[vin] for vin in vins]
        return min(vehicle.first_seen for vehicle in vehicles), max(vehicle.last_seen for vehicle in vehicles) + 1
