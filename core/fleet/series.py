"""Series and what the archive knows of vehicles and properties."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """Names one series.

    Attributes:
        vin: the vehicle as sent; need not have 17 characters.
        capability: for example ``diagnostics``.
        property: for example ``odometer``.
        component: the leaf inside an object, for example ``front_left.pressure``; empty for plain values.
    """

    vin: str
    capability: str
    property: str
    component: str = ""

    @builtins.property  # the field above hides the plain name
    def path(self) -> str:
        """``capability.property`` or ``capability.property.component``."""
        path = f"{self.capability}.{self.property}"
        return f"{path}.{self.component}" if self.component else path


@dataclass(frozen=True, slots=True)
class Labels:
    """A column of repeated texts: codes into a tuple of names, -1 where there is none.

    Attributes:
        codes: int32, one a sample.
        names: the distinct texts.
    """

    codes: NDArray[np.int32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, index: int) -> str | None:
        code = int(self.codes[index])
        return None if code < 0 else self.names[code]

    def present(self) -> NDArray[np.bool_]:
        """Where there is a text."""
        return self.codes >= 0

    @staticmethod
    def empty(length: int = 0) -> Labels:
        """A column without any text."""
        return Labels(np.full(length, -1, np.int32), ())


@dataclass(frozen=True, slots=True)
class Redeliveries:
    """The deliveries that brought samples of a series again, which the series itself has once.

    Attributes:
        sample: int64, ascending: the index in the series of each sample that came again, as often as it did.
        batch: the key of the batch that brought it again.
    """

    sample: NDArray[np.int64]
    batch: Labels

    def __len__(self) -> int:
        return len(self.sample)

    def samples(self) -> NDArray[np.int64]:
        """The samples that came again, each once, ascending."""
        found: NDArray[np.int64] = self.sample[np.append(True, np.diff(self.sample) != 0)[: len(self)]]
        return found

    def batches_of(self, sample: int) -> list[str]:
        """The keys of the batches that brought a sample again, in the order of the deliveries."""
        first, last = np.searchsorted(self.sample, [sample, sample + 1]).tolist()
        return [self.batch[place] or "" for place in range(first, last)]

    def part(self, first: int, last: int) -> Redeliveries | None:
        """Those of the samples from one index to before another, counted from the first; None where there are none."""
        low, high = np.searchsorted(self.sample, [first, last]).tolist()
        if low == high:
            return None
        return Redeliveries(self.sample[low:high] - first, Labels(self.batch.codes[low:high], self.batch.names))


@dataclass(frozen=True, slots=True)
class Series:
    """All samples of one series in a range of time, sorted by time; each array has one element a sample.

    Attributes:
        key: which series.
        time: int64, microseconds since the epoch, UTC, ascending.
        value: float64, NaN where the sample has no number; in the unit that was sent.
        text: enum values, strings, ``true``/``false``, ISO times.
        unit: the unit that was sent, which may change from one sample to the next.
        failure: the reason where a failure came instead of a value.
        batch: the key of the batch that brought the sample.
        ordinal: int32, the message's place in its batch, from 0.
        time_from_batch: where the item had no timestamp and the batch's time stands in.
        sent_as: the property's name in each sample's message, of a series that has samples under former names; None
            where all came under the key's own name.
        until: int64, of derived series only: the moment from which on a sample's value does not count any more, not
            after the next sample and not before its own; its own where the value is that of a moment alone. None of
            recorded series, whose values count until the next one as far as no gap lies between.
        redelivered: the deliveries that brought samples again; None where each came once.
    """

    key: SeriesKey
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    text: Labels
    unit: Labels
    failure: Labels
    batch: Labels
    ordinal: NDArray[np.int32]
    time_from_batch: NDArray[np.bool_]
    sent_as: Labels | None = None
    until: NDArray[np.int64] | None = None
    redelivered: Redeliveries | None = None

    def __len__(self) -> int:
        return len(self.time)

    @property
    def is_numeric(self) -> bool:
        """Whether it is drawn as a line: it has numbers and its texts do not say more than they do."""
        numbers = ~np.isnan(self.value)
        return bool(numbers.any()) and not bool((self.text.present() & numbers).any())

    def reach(self, count: int | None = None) -> int:
        """The moment up to which the samples say anything: that of the last one, or the end of a computed value.

        Args:
            count: only of so many samples from the first on; of all without it.

        Raises:
            IndexError: there is no sample.
        """
        last = len(self) - 1 if count is None else count - 1
        return int(self.time[last] if self.until is None else self.until[last])

    def slice(self, start: int | None, end: int | None) -> Series:
        """The samples with start <= time < end (microseconds, UTC; None leaves a side open), without a copy."""
        first = 0 if start is None else int(np.searchsorted(self.time, start, "left"))
        last = len(self) if end is None else int(np.searchsorted(self.time, end, "left"))
        return self.part(first, last)

    def part(self, first: int, last: int) -> Series:
        """The samples from one index to before another, without a copy."""
        part = slice(first, last)

        def cut(labels: Labels) -> Labels:
            return Labels(labels.codes[part], labels.names)

        return Series(
            self.key,
            self.time[part],
            self.value[part],
            cut(self.text),
            cut(self.unit),
            cut(self.failure),
            cut(self.batch),
            self.ordinal[part],
            self.time_from_batch[part],
            None if self.sent_as is None else cut(self.sent_as),
            None if self.until is None else self.until[part],
            None if self.redelivered is None else self.redelivered.part(first, last),
        )


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle of the archive. Times are microseconds since the epoch, UTC."""

    vin: str
    first_seen: int
    last_seen: int
    samples: int


@dataclass(frozen=True, slots=True)
class PropertySummary:
    """What the archive has of one capability, property and component over some vehicles.

    Attributes:
        samples: how many there are, each counted once.
        vehicles: how many of the asked vehicles have it.
        last_seen: time of the last sample, microseconds since the epoch, UTC.
        last_value: its number, if it has one.
        last_text: its text, if it has one.
        last_failure: its failure's reason, if it is one.
        unit: the last sample's unit as sent, or None.
        numeric: whether a chart draws it as a line.
        former_names: the names besides its own under which its samples were sent, where it is joined of several.
    """

    capability: str
    property: str
    component: str
    samples: int
    vehicles: int
    last_seen: int
    last_value: float | None = field(default=None)
    last_text: str | None = field(default=None)
    last_failure: str | None = field(default=None)
    unit: str | None = field(default=None)
    numeric: bool = field(default=False)
    former_names: tuple[str, ...] = field(default=())
