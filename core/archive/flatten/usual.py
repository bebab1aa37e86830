"""Reads the samples of many messages at once, as the plans of their skeletons say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from core.archive.flatten.components import write_part
from core.archive.flatten.identity import digest_of_raw, digests
from core.archive.flatten.leaves import Leaves
from core.archive.flatten.moments import read_moments
from core.archive.flatten.plans import Column, Kind, Use
from core.archive.flatten.samples import NONE, Names, Samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.archive.flatten.plans import Plan, Planner
    from core.archive.flatten.samples import SampleNames
    from core.archive.flatten.skeletons import Cut

    Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What was read of some batches.

    Attributes:
        samples: of the messages that could be read together.
        unusual: bool, for each message of the cut, whether it is to be read exactly.
        readable: bool, for each message, whether its batch is not damaged.
    """

    samples: Samples
    unusual: NDArray[np.bool_]
    readable: NDArray[np.bool_]


def read(cut: Cut, planner: Callable[[int], Planner], times: NDArray[np.int64], names: SampleNames) -> Read:
    """Read the messages of batches.

    Args:
        planner: for each batch, by its place.
        times: of the batches, microseconds since the epoch, UTC.
        names: what the numbers in the samples stand for; new ones are added.
    """
    return _Reader(cut, planner, times, names).read()


class _At(NamedTuple):
    """Samples that have a hole for something, and these holes."""

    samples: Places
    holes: Places


class _Reader:
    def __init__(
        self, cut: Cut, planner: Callable[[int], Planner], times: NDArray[np.int64], names: SampleNames
    ) -> None:
        self._cut = cut
        self._times = times
        self._names = names
        self._leaves = Leaves(cut.holes, cut.content)
        self._plans, self._plan = _plans(cut, planner)
        use = np.array([plan.use.value for plan in self._plans])[self._plan]
        self._damaged = use == Use.DAMAGED.value
        self._damaged[self._messages_of(self._leaves.damaged)] = True
        self._unusual = use == Use.EXACT.value
        self._unusual[self._messages_of(self._leaves.odd)] = True

    def read(self) -> Read:
        cut = self._cut
        self._check_expected()
        readable = (np.bincount(cut.batch, self._damaged) == 0)[cut.batch]
        samples = self._samples(np.flatnonzero(readable & ~self._unusual))
        return Read(samples, self._unusual & readable, readable)

    def _messages_of(self, holes: Places) -> Places:
        return np.searchsorted(self._cut.first_hole, holes, "right") - 1

    def _check_expected(self) -> None:
        """Messages that say in their envelope something else than in their data are unusual."""
        table = [(place, texts) for plan in self._plans for place, texts in plan.expected]
        if not table:
            return
        counts = np.array([len(plan.expected) for plan in self._plans])
        message, row = _spread(np.arange(len(self._plan)), self._plan, counts)
        codes, distinct = self._leaves.encoded(
            np.array([place for place, _ in table])[row] + self._cut.first_hole[message]
        )
        texts, size = distinct.to_pylist(), len(distinct)
        pairs = pa.array(row * size + codes).dictionary_encode()
        fulfilled = [texts[pair % size] in table[pair // size][1] for pair in pairs.dictionary.to_pylist()]
        self._unusual[message[~np.array(fulfilled, np.bool_)[pairs.indices.to_numpy()]]] = True

    def _samples(self, messages: Places) -> Samples:
        """The samples of messages; what turns out to be unusual is left out and noted."""
        plans, cut = self._plans, self._cut
        known = [self._names.of_plan(plan) for plan in plans]
        counts = np.array([len(plan.rows) for plan in plans])
        message, row = _spread(messages, self._plan[messages], counts)
        rows = np.concatenate([plan.rows for plan in plans]).T.copy()
        base = cut.first_hole[message]

        def at(column: Column, kind: Kind | None = None) -> _At:
            place = rows[column][row]
            chosen = np.flatnonzero((place >= 0) if kind is None else rows[Column.KIND][row] == kind)
            return _At(chosen, base[chosen] + place[chosen])

        time = self._times[cut.batch[message]]
        from_batch = np.ones(len(message), np.bool_)
        value = np.concatenate([plan.values for plan in plans])[row]
        text = np.concatenate([one.texts for one in known])[row]
        unit = np.full(len(row), NONE, np.int32)
        failure = np.concatenate([one.failures for one in known])[row]
        self._read_times(at(Column.TIME), message, time, from_batch)
        self._read_numbers(at(Column.VALUE, Kind.NUMBER), message, value)
        self._read_texts(at(Column.VALUE, Kind.TEXT), value, text)
        self._read_clocks(at(Column.VALUE, Kind.CLOCK), at(Column.MINUTE), message, value, text)
        self._read_names(at(Column.SAID), self._names.text, text)
        self._read_names(at(Column.UNIT), self._names.unit, unit)
        failures = at(Column.FAILURE)
        self._read_names(failures, self._names.failure, failure)
        self._note(message[failures.samples], self._leaves.lengths(failures.holes) > 0)
        pattern = np.concatenate([one.patterns for one in known])[row]
        series = self._read_series(message, pattern, at(Column.FIRST_SELECTOR), at(Column.SECOND_SELECTOR))
        vin, identity = self._read_messages(messages)
        place = np.zeros(len(self._plan), np.int64)
        place[messages] = np.arange(len(messages))
        found = Samples(
            cut.batch[message],
            cut.ordinal[message],
            rows[Column.ITEM][row],
            identity[place[message]],
            vin[place[message]],
            series,
            time,
            from_batch,
            value,
            text,
            unit,
            failure,
        )
        usual = ~self._unusual[message]
        return found if usual.all() else found.take(np.flatnonzero(usual))

    def _note(self, messages: Places, usual: NDArray[np.bool_]) -> None:
        """Note the messages of samples that are unusual."""
        if not usual.all():
            self._unusual[messages[~usual]] = True

    def _read_times(self, at: _At, message: Places, time: NDArray[np.int64], from_batch: NDArray[np.bool_]) -> None:
        time[at.samples], valid = self._leaves.moments(at.holes)
        from_batch[at.samples] = False
        self._note(message[at.samples], valid)

    def _read_numbers(self, at: _At, message: Places, value: NDArray[np.float64]) -> None:
        # What is known to be unusual may be too large for any float.
        usual = ~self._unusual[message[at.samples]]
        samples, holes = at.samples[usual], at.holes[usual]
        value[samples], sure = self._leaves.numbers(holes)
        self._note(message[samples], sure)

    def _read_texts(self, at: _At, value: NDArray[np.float64], text: NDArray[np.int32]) -> None:
        found = self._leaves.encoded(at.holes)
        text[at.samples] = self._names.text.numbers(found.names())[found.codes]
        moments, valid = read_moments(found.distinct)
        value[at.samples] = np.where(valid, moments / 1e6, np.nan)[found.codes]

    def _read_clocks(
        self, hours: _At, minutes: _At, message: Places, value: NDArray[np.float64], text: NDArray[np.int32]
    ) -> None:
        moments, valid = self._leaves.minutes_of_day(hours.holes, minutes.holes)
        self._note(message[hours.samples], valid)
        distinct, code = np.unique(moments, return_inverse=True)
        value[hours.samples] = moments // 60 + moments % 60 / 60.0
        written = (f"{moment // 60:02}:{moment % 60:02}" for moment in distinct.tolist())
        text[hours.samples] = self._names.text.numbers(written)[code]

    def _read_names(self, at: _At, names: Names[str], column: NDArray[np.int32]) -> None:
        found = self._leaves.encoded(at.holes)
        column[at.samples] = names.numbers(found.names())[found.codes]

    def _read_series(self, message: Places, pattern: NDArray[np.int32], first: _At, second: _At) -> NDArray[np.int32]:
        """The numbers of the samples' series, from their patterns and the texts that select."""
        places = np.concatenate([first.holes, second.holes])
        selecting = np.concatenate([first.samples, second.samples])
        self._note(message[selecting], self._leaves.are_usual_selectors(places))
        codes, distinct = self._leaves.encoded(places)
        parts = ["", *map(write_part, distinct.to_pylist())]
        key = pattern.astype(np.int64) * len(parts) ** 2
        key[first.samples] += (codes[: len(first.holes)] + 1) * len(parts)
        key[second.samples] += codes[len(first.holes) :] + 1
        encoded = pa.array(key).dictionary_encode()
        rest, two = np.divmod(encoded.dictionary.to_numpy(), len(parts))
        at, one = np.divmod(rest, len(parts))
        patterns = self._names.pattern.all()
        chosen = zip(map(patterns.__getitem__, at.tolist()), one.tolist(), two.tolist(), strict=True)
        found: NDArray[np.int32] = self._names.series.numbers(
            (capability, property, "".join((pieces[0], parts[one], *pieces[1:2], parts[two], *pieces[2:])))
            for (capability, property, pieces), one, two in chosen
        )[encoded.indices.to_numpy()]
        return found

    def _read_messages(self, messages: Places) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The numbers of the messages' vins, and their digests."""
        plan, first = self._plan[messages], self._cut.first_hole[messages]

        def at(places: list[int]) -> _At:
            place = np.array(places)[plan]
            chosen = np.flatnonzero(place >= 0)
            return _At(chosen, (first + place)[chosen])

        vin = np.full(len(messages), self._names.vin.number(""), np.int32)
        self._read_names(at([plan.vin for plan in self._plans]), self._names.vin, vin)
        identity = np.zeros(len(messages), np.int64)
        told = at([plan.identity for plan in self._plans])
        identity[told.samples] = digests(self._leaves.texts(told.holes))
        nameless = np.ones(len(messages), np.bool_)
        nameless[told.samples] = self._leaves.lengths(told.holes) == 0
        for number in np.flatnonzero(nameless).tolist():
            identity[number] = digest_of_raw(self._cut.raw(int(messages[number])))
        return vin, identity


def _plans(cut: Cut, planner: Callable[[int], Planner]) -> tuple[list[Plan], Places]:
    """The plans that the messages need, and for each message which one."""
    planners = [planner(batch) for batch in range(int(cut.batch.max(initial=-1)) + 1)]
    distinct = list(dict.fromkeys(planners))
    number = np.array([distinct.index(one) for one in planners], np.int64)
    key = pa.array(cut.skeleton + number[cut.batch] * len(cut.skeletons)).dictionary_encode()
    plan = key.indices.to_numpy().astype(np.int64)
    firsts = np.full(len(key.dictionary), len(plan))
    np.minimum.at(firsts, plan, np.arange(len(plan)))
    skeletons = cut.skeletons.take(pa.array(cut.skeleton[firsts])).to_pylist()
    plans = [
        planners[batch].plan(skeleton, partial(_holes, cut, first))
        for first, batch, skeleton in zip(firsts.tolist(), cut.batch[firsts].tolist(), skeletons, strict=True)
    ]
    return plans, plan


def _holes(cut: Cut, message: int) -> tuple[list[int], list[bool]]:
    """The places of a message's holes in its skeleton, and which of them are numbers."""
    holes = slice(int(cut.first_hole[message]), int(cut.first_hole[message] + cut.hole_count[message]))
    places = cut.holes.place[holes] - cut.skeleton_start[message]
    return places.tolist(), cut.holes.is_number[holes].tolist()


def _spread(messages: Places, plan: Places, counts: Places) -> tuple[Places, Places]:
    """Each message as often as its plan has rows, and these rows, counted through all plans."""
    times = counts[plan]
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])[plan]
    before = np.cumsum(times) - times
    return np.repeat(messages, times), np.repeat(firsts - before, times) + np.arange(int(times.sum()))
