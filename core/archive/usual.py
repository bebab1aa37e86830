"""Reads the samples of many messages at once, as the plans of their skeletons say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.archive.components import write_part
from core.archive.exact import storable
from core.archive.identity import digest_of_raw, digests
from core.archive.moments import read_moments
from core.archive.plans import Column, Kind, SeriesPattern, Use
from core.archive.samples import NONE, Names, Samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.archive.plans import Plan, Planner
    from core.archive.samples import SampleNames
    from core.archive.skeletons import Cut

    Places = NDArray[np.int64]

_NUMBER = r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$"
# Numbers that are neither so large nor so small that a float could not hold them.
_PLAIN_NUMBER = r"^-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][+-]?\d{1,2})?$"
_PLAIN_INTEGER = r"^(0|-?[1-9]\d{0,14})$"
_CLOCK_PART = r"^\d{1,2}$"
_NO_DIGITS_OF_VALUE = r"^-?0*\.?0*|\.|[eE].*$"
_SURE_LENGTH = 17
_FLOAT_DIGITS = 17
_EXACT_INTEGER = 2**53


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What was read of some batches.

    Attributes:
        samples: of the messages that could be read together.
        damaged: the batches of which nothing was read, as they are no valid JSON.
        unusual: bool, for each message of the cut, whether it is to be read exactly.
        readable: bool, for each message, whether its batch is not damaged.
    """

    samples: Samples
    damaged: Places
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


class _Reader:
    def __init__(
        self, cut: Cut, planner: Callable[[int], Planner], times: NDArray[np.int64], names: SampleNames
    ) -> None:
        self._cut = cut
        self._times = times
        self._names = names
        self._texts = cut.holes.texts
        self._is_number = cut.holes.is_number
        self._plans, self._plan = _plans(cut, planner)
        uses = np.array([plan.use.value for plan in self._plans])[self._plan]
        self._damaged = uses == Use.DAMAGED.value
        self._unusual = uses == Use.EXACT.value

    def read(self) -> Read:
        cut = self._cut
        self._decode_texts()
        self._check_numbers()
        self._check_expected()
        damaged = np.unique(cut.batch[self._damaged])
        readable = ~np.isin(cut.batch, damaged) if len(damaged) else np.ones(len(cut.batch), np.bool_)
        samples = self._samples(np.flatnonzero(readable & ~self._unusual))
        return Read(samples, damaged, self._unusual & readable, readable)

    def _messages_of(self, holes: Places) -> Places:
        return np.searchsorted(self._cut.first_hole, holes, "right") - 1

    def _decode_texts(self) -> None:
        """Read escapes. A text that has a wrong one damages its batch."""
        if b"\\" not in self._cut.content:
            return
        escaped = pc.match_substring(self._texts, "\\")
        places = np.flatnonzero(escaped.to_numpy(zero_copy_only=False))
        decoded = []
        for place, text in zip(places.tolist(), self._texts.take(pa.array(places)).to_pylist(), strict=True):
            try:
                decoded.append(storable(json.loads(f'"{text}"', strict=False)))
            except ValueError:
                decoded.append("")
                self._damage(np.array([place]))
        self._texts = pc.replace_with_mask(self._texts, escaped, pa.array(decoded, pa.large_string()))

    def _damage(self, holes: Places) -> None:
        self._damaged[self._messages_of(holes)] = True

    def _check_numbers(self) -> None:
        """What looks like a number and is none damages its batch; some numbers say more than a float holds."""
        places = np.flatnonzero(self._is_number)
        odd = places[_unlike(self._take(places), _PLAIN_NUMBER)]
        if len(odd):
            bad = _unlike(self._take(odd), _NUMBER)
            self._damage(odd[bad])
            self._unusual[self._messages_of(odd[~bad])] = True

    def _check_expected(self) -> None:
        """Messages that say in their envelope something else than in their data are unusual."""
        table = [(place, texts) for plan in self._plans for place, texts in plan.expected]
        if not table:
            return
        counts = np.array([len(plan.expected) for plan in self._plans])
        message, row = _spread(np.arange(len(self._plan)), self._plan, counts)
        holes = np.array([place for place, _ in table])[row] + self._cut.first_hole[message]
        codes, texts = self._encode(holes)
        pairs = pa.array(row * len(texts) + codes).dictionary_encode()
        fulfilled = np.array(
            [texts[pair % len(texts)] in table[pair // len(texts)][1] for pair in pairs.dictionary.to_pylist()],
            np.bool_,
        )
        self._unusual[message[~fulfilled[pairs.indices.to_numpy()]]] = True

    def _samples(self, messages: Places) -> Samples:
        """The samples of messages; what turns out to be unusual is left out and noted."""
        plans = self._plans
        counts = np.array([len(plan.rows) for plan in plans])
        message, row = _spread(messages, self._plan[messages], counts)
        rows = np.concatenate([plan.rows for plan in plans]).T.copy()
        base = self._cut.first_hole[message]

        def holes(column: Column) -> tuple[Places, Places]:
            """The samples that have a hole in this column, and the holes."""
            place = rows[column][row]
            having = np.flatnonzero(place >= 0)
            return having, base[having] + place[having]

        time, from_batch = self._read_times(message, *holes(Column.TIME))
        value = np.concatenate([plan.values for plan in plans])[row]
        text = self._names.text.numbers([text for plan in plans for text in plan.texts])[row]
        failure = self._names.failure.numbers([text for plan in plans for text in plan.failures])[row]
        kind = rows[Column.KIND][row]
        self._read_numbers(kind, message, holes(Column.VALUE), value)
        self._read_texts(kind, holes(Column.VALUE), value, text)
        self._read_clocks(kind, message, holes(Column.VALUE), holes(Column.MINUTE), value, text)
        self._read_names(self._names.text, holes(Column.SAID), text)
        unit = np.full(len(row), NONE, np.int32)
        self._read_names(self._names.unit, holes(Column.UNIT), unit)
        having, failures = holes(Column.FAILURE)
        self._read_names(self._names.failure, (having, failures), failure)
        self._unusual[message[having[self._lengths(failures) == 0]]] = True
        series = self._read_series(message, row, holes(Column.FIRST_SELECTOR), holes(Column.SECOND_SELECTOR))
        vin, identity = self._read_messages(messages)
        place = np.zeros(len(self._plan), np.int64)
        place[messages] = np.arange(len(messages))
        found = Samples(
            self._cut.batch[message],
            self._cut.ordinal[message],
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
        left = self._unusual[message]
        return found.take(np.flatnonzero(~left)) if left.any() else found

    def _read_times(
        self, message: Places, having: Places, holes: Places
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        time = self._times[self._cut.batch[message]]
        from_batch = np.ones(len(message), np.bool_)
        # The samples of an item have one time.
        used = np.zeros(len(self._texts), np.bool_)
        used[holes] = True
        distinct = np.flatnonzero(used)
        moments, valid = read_moments(self._take(distinct))
        number = np.cumsum(used) - 1
        time[having] = moments[number[holes]]
        from_batch[having] = False
        if not valid.all():
            self._unusual[message[having[~valid[number[holes]]]]] = True
        return time, from_batch

    def _read_numbers(
        self, kind: NDArray[np.int32], message: Places, holes: tuple[Places, Places], value: NDArray[np.float64]
    ) -> None:
        having, places = _of_kind(kind, Kind.NUMBER, holes)
        texts = self._take(places)
        # Unusual ones may be too large for Arrow; they are read exactly.
        plain = np.flatnonzero(~self._unusual[message[having]])
        if len(plain) < len(having):
            having, places = having[plain], places[plain]
            texts = self._take(places)
        numbers = texts.cast(pa.float64()).to_numpy()
        value[having] = numbers
        odd = np.abs(numbers) >= _EXACT_INTEGER
        long = np.flatnonzero(self._lengths(places) > _SURE_LENGTH)
        if len(long):
            digits = pc.replace_substring_regex(texts.take(pa.array(long)), _NO_DIGITS_OF_VALUE, "")
            odd[long[pc.binary_length(digits).to_numpy() > _FLOAT_DIGITS]] = True
        self._unusual[message[having[odd]]] = True

    def _read_texts(
        self,
        kind: NDArray[np.int32],
        holes: tuple[Places, Places],
        value: NDArray[np.float64],
        text: NDArray[np.int32],
    ) -> None:
        having, places = _of_kind(kind, Kind.TEXT, holes)
        encoded = self._take(places).dictionary_encode()
        codes = encoded.indices.to_numpy()
        text[having] = self._names.text.numbers(encoded.dictionary.to_pylist())[codes]
        moments, valid = read_moments(encoded.dictionary)
        value[having] = np.where(valid, moments / 1e6, np.nan)[codes]

    def _read_clocks(
        self,
        kind: NDArray[np.int32],
        message: Places,
        hours: tuple[Places, Places],
        minutes: tuple[Places, Places],
        value: NDArray[np.float64],
        text: NDArray[np.int32],
    ) -> None:
        having, hour_places = _of_kind(kind, Kind.CLOCK, hours)
        if not len(having):
            return
        parts = self._take(np.concatenate([hour_places, minutes[1]]))
        short = pc.match_substring_regex(parts, _CLOCK_PART)
        hour, minute = np.split(pc.if_else(short, parts, "99").cast(pa.int32()).to_numpy(), 2)
        good = (hour <= 24) & (minute <= 59)
        self._unusual[message[having[~good]]] = True
        hour, minute, having = hour[good], minute[good], having[good]
        value[having] = hour + minute / 60.0
        distinct, code = np.unique(hour * 60 + minute, return_inverse=True)
        written = [f"{moment // 60:02}:{moment % 60:02}" for moment in distinct.tolist()]
        text[having] = self._names.text.numbers(written)[code]

    def _read_names(self, names: Names[str], holes: tuple[Places, Places], column: NDArray[np.int32]) -> None:
        codes, texts = self._encode(holes[1])
        column[holes[0]] = names.numbers(texts)[codes]

    def _read_series(
        self, message: Places, row: Places, first: tuple[Places, Places], second: tuple[Places, Places]
    ) -> NDArray[np.int32]:
        """The numbers of the samples' series, from their rows and the texts that select."""
        places = np.concatenate([first[1], second[1]])
        codes, texts = self._encode(places)
        numbers = np.flatnonzero(self._is_number[places])
        if len(numbers):
            odd = numbers[_unlike(self._take(places[numbers]), _PLAIN_INTEGER)]
            self._unusual[message[np.concatenate([first[0], second[0]])[odd]]] = True
        patterns = Names[SeriesPattern]()
        pattern = patterns.numbers(one for plan in self._plans for one in plan.series)
        size = len(texts) + 1
        key = pattern[row].astype(np.int64) * (size * size)
        key[first[0]] += (codes[: len(first[0])] + 1) * size
        key[second[0]] += codes[len(first[0]) :] + 1
        encoded = pa.array(key).dictionary_encode()
        rest, two = np.divmod(encoded.dictionary.to_numpy(), size)
        at, one = np.divmod(rest, size)
        parts = ["", *map(write_part, texts)]
        chosen = zip(map(patterns.all().__getitem__, at.tolist()), one.tolist(), two.tolist(), strict=True)
        found: NDArray[np.int32] = self._names.series.numbers(
            (capability, property, "".join((pieces[0], parts[one], *pieces[1:2], parts[two], *pieces[2:])))
            for (capability, property, pieces), one, two in chosen
        )[encoded.indices.to_numpy()]
        return found

    def _read_messages(self, messages: Places) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The vins and digests of messages."""
        plan = self._plan[messages]
        first = self._cut.first_hole[messages]
        vins = np.array([plan.vin for plan in self._plans])[plan]
        vin = np.full(len(messages), self._names.vin.number(""), np.int32)
        self._read_names(self._names.vin, (np.flatnonzero(vins >= 0), (first + vins)[vins >= 0]), vin)
        identities = np.array([plan.identity for plan in self._plans])[plan]
        having = np.flatnonzero(identities >= 0)
        places = (first + identities)[having]
        identity = np.zeros(len(messages), np.int64)
        identity[having] = digests(self._take(places))
        nameless = np.concatenate([np.flatnonzero(identities < 0), having[self._lengths(places) == 0]])
        for number in nameless.tolist():
            message = messages[number]
            raw = self._cut.content[self._cut.start[message] : self._cut.end[message]]
            identity[number] = digest_of_raw(raw.decode())
        return vin, identity

    def _take(self, places: Places) -> pa.LargeStringArray:
        return self._texts.take(pa.array(places))

    def _encode(self, places: Places) -> tuple[NDArray[np.int32], list[str]]:
        """Numbers for the texts of some holes, and the distinct texts."""
        encoded = self._take(places).dictionary_encode()
        return encoded.indices.to_numpy(), encoded.dictionary.to_pylist()

    def _lengths(self, places: Places) -> Places:
        offsets = np.frombuffer(self._texts.buffers()[1], np.int64)
        found: Places = offsets[places + 1] - offsets[places]
        return found


def _plans(cut: Cut, planner: Callable[[int], Planner]) -> tuple[list[Plan], Places]:
    """The plans that the messages need, and for each message which one."""
    planners = [planner(batch) for batch in range(int(cut.batch.max(initial=-1)) + 1)]
    distinct = list(dict.fromkeys(planners))
    number = np.array([distinct.index(one) for one in planners], np.int64)
    key = pa.array(cut.skeleton + number[cut.batch] * len(cut.skeletons)).dictionary_encode()
    plan = key.indices.to_numpy().astype(np.int64)
    firsts = np.full(len(key.dictionary), len(plan))
    np.minimum.at(firsts, plan, np.arange(len(plan)))
    plans = []
    for first in firsts.tolist():
        holes = slice(int(cut.first_hole[first]), int(cut.first_hole[first] + cut.hole_count[first]))
        places = cut.holes.place[holes] - cut.skeleton_start[first]
        skeleton = cut.skeletons[int(cut.skeleton[first])].as_py()
        plans.append(
            planners[int(cut.batch[first])].plan(skeleton, places.tolist(), cut.holes.is_number[holes].tolist())
        )
    return plans, plan


def _spread(messages: Places, plan: Places, counts: Places) -> tuple[Places, Places]:
    """Each message as often as its plan has rows, and these rows, counted through all plans."""
    times = counts[plan]
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])[plan]
    before = np.cumsum(times) - times
    return np.repeat(messages, times), np.repeat(firsts - before, times) + np.arange(int(times.sum()))


def _of_kind(kind: NDArray[np.int32], wanted: Kind, holes: tuple[Places, Places]) -> tuple[Places, Places]:
    having, places = holes
    chosen = kind[having] == wanted
    return having[chosen], places[chosen]


def _unlike(texts: pa.LargeStringArray, pattern: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = ~pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return found
