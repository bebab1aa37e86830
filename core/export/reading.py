"""Reads series for an export in pieces that fit into memory, whatever the whole is."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from core.archive.deriving import read_series
from core.fleet.formula import inputs_of
from core.fleet.gaps import GAP_FACTOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.archive.archive import Archive
    from core.autoapi.display import DisplayUnits
    from core.fleet.series import Series, SeriesKey, Vehicle
    from core.jobs import JobContext

# About 50 bytes each while read and 300 while written.
PIECE_SAMPLES = 500_000


class PieceReader:
    """Cuts a reading of many series into pieces of at most about 500,000 samples.

    How many samples a piece has is estimated from what the archive knows of vehicles and properties, as if samples
    were spread evenly over the time in which a vehicle was seen. Derived series are computed whole and then cut, so
    they have to fit into memory with what they are computed from.

    Args:
        archive: where the series lie.
        start: microseconds since the epoch, UTC, or None for the beginning.
        end: the first moment that is left out, or None.
        ctx: asked between pieces.
        limit: samples a piece.
        joined: whether renamed properties are read under their present names, which the keys then have too.
        units: in which derived values are computed; None for those that were sent.
        gap_factor: over which gaps none are computed.
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
        units: DisplayUnits | None = None,
        gap_factor: float = GAP_FACTOR,
    ) -> None:
        self._archive = archive
        self._joined = joined
        self._units = units
        self._gap_factor = gap_factor
        self._derived: dict[SeriesKey, Series] = {}
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
            yield from self._read(keys, start, end)

    def side_by_side(self, keys: Sequence[SeriesKey]) -> Iterator[list[Series]]:
        """All series of one stretch of time after another, each list in the order of the keys."""
        for start, end in self._stretches(keys, self.estimate(keys)):
            self._ctx.check()
            yield self._read(keys, start, end)

    def _read(self, keys: Sequence[SeriesKey], start: int | None, end: int | None) -> list[Series]:
        """The part of each series that lies in a stretch of time."""
        recorded = [key for key in keys if not inputs_of(key)]
        derived = [key for key in keys if inputs_of(key)]
        ctx = self._ctx.quiet_child()
        found = dict(zip(recorded, self._archive.series(recorded, ctx, start, end, joined=self._joined), strict=True))
        # The next stretch has the same ones; what came before is needed no more.
        self._derived = {key: self._derived[key] for key in derived if key in self._derived}
        missing = [key for key in derived if key not in self._derived]
        if missing:
            whole = read_series(
                self._archive, missing, ctx, units=self._units, joined=self._joined, gap_factor=self._gap_factor
            )
            self._derived |= zip(missing, whole, strict=True)
        return [found[key] if key in found else self._derived[key].slice(start, end) for key in keys]

    def estimate(self, keys: Sequence[SeriesKey]) -> int:
        """About how many samples the series have in the range; rather too many than too few."""
        if keys == self._estimated[0]:
            return self._estimated[1]
        count = self._estimate(keys)
        self._estimated = (keys, count)
        return count

    def _estimate(self, keys: Sequence[SeriesKey]) -> int:
        sources = [one for key in keys for one in inputs_of(key) or (key,)]
        vins = sorted({key.vin for key in sources} & self._vehicles.keys())
        if not vins:
            return 0
        wanted = {(key.capability, key.property, key.component) for key in sources}
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
