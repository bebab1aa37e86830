"""Samples as columns, as they are gathered before they are written."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import NDArray

    from core.archive.flatten.plans import Plan, SeriesPattern

T = TypeVar("T", bound="Hashable")

NONE = -1
"""The number of no text."""


class Names(Generic[T]):
    """Numbers for things that come again and again, from 0 in the order in which they come first."""

    def __init__(self) -> None:
        self._numbers: dict[T, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, name: T) -> int:
        """The number of one."""
        return self._numbers.setdefault(name, len(self._numbers))

    def numbers(self, names: Iterable[T | None]) -> NDArray[np.int32]:
        """The numbers of many; NONE for None."""
        return np.array([NONE if name is None else self.number(name) for name in names], np.int32)

    def all(self) -> list[T]:
        """All of them by their numbers."""
        return list(self._numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Columns of samples, one element a sample.

    Attributes:
        batch: int32, the place of the batch in the call.
        ordinal, item: int32, the message in the batch and the item in the message.
        message: int64, the message's digest.
        vin, series, text, unit, failure: int32, numbers of names; NONE for none.
        time: int64, microseconds since the epoch, UTC.
        time_from_batch: bool.
        value: float64, NaN for none.
    """

    batch: NDArray[np.int32]
    ordinal: NDArray[np.int32]
    item: NDArray[np.int32]
    message: NDArray[np.int64]
    vin: NDArray[np.int32]
    series: NDArray[np.int32]
    time: NDArray[np.int64]
    time_from_batch: NDArray[np.bool_]
    value: NDArray[np.float64]
    text: NDArray[np.int32]
    unit: NDArray[np.int32]
    failure: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.batch)

    def take(self, places: NDArray[np.int64]) -> Samples:
        """The samples at some places."""
        return Samples(*(getattr(self, field.name)[places] for field in fields(self)))

    @staticmethod
    def together(parts: Sequence[Samples]) -> Samples:
        """All samples of several, at least one, in their order."""
        return Samples(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Samples)))


@dataclass(frozen=True, slots=True, eq=False)
class PlanNumbers:
    """Numbers of names that a plan says, one a row of the plan.

    Attributes:
        patterns, texts, failures: int32; NONE for none.
    """

    patterns: NDArray[np.int32]
    texts: NDArray[np.int32]
    failures: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SampleNames:
    """What the numbers in samples stand for: each is a list of its own."""

    vin: Names[str]
    series: Names[tuple[str, str, str]]
    text: Names[str]
    unit: Names[str]
    failure: Names[str]
    pattern: Names[SeriesPattern]
    plans: dict[Plan, PlanNumbers]

    @staticmethod
    def new() -> SampleNames:
        """No names yet."""
        return SampleNames(Names(), Names(), Names(), Names(), Names(), Names(), {})

    def of_plan(self, plan: Plan) -> PlanNumbers:
        """The numbers of what a plan says, which are looked up once: the same plans come in each cut."""
        found = self.plans.get(plan)
        if found is None:
            found = self.plans[plan] = PlanNumbers(
                self.pattern.numbers(plan.series), self.text.numbers(plan.texts), self.failure.numbers(plan.failures)
            )
        return found
