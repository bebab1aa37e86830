"""Reads what fills the holes of many messages, column by column."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.archive.flatten.exact import storable
from core.archive.flatten.moments import read_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.archive.flatten.skeletons import Holes

    Places = NDArray[np.int64]

_NUMBER = r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$"
# Numbers that are neither so large nor so small that a float could not hold them.
_USUAL_NUMBER = r"^-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][+-]?\d{1,2})?$"
# Numbers that a float writes in the same way.
_USUAL_SELECTOR = r"^(0|-?[1-9]\d{0,14}|-?(0|[1-9]\d{0,10})\.(0|\d{0,3}[1-9]))$"
_CLOCK_PART = r"^\d{1,2}$"
_NO_CLOCK_PART = "99"
_NO_DIGIT_THAT_COUNTS = r"^-?0*\.?0*|\.|[eE].*$"
# A number of so many characters has no more digits than a float holds.
_SHORT = 17
_FLOAT_DIGITS = 17
_EXACT_INTEGER = 2**53


class Encoded(NamedTuple):
    """Repeated texts: for each one its number, and the distinct texts."""

    codes: NDArray[np.int32]
    distinct: pa.LargeStringArray

    def names(self) -> list[str]:
        """The distinct texts."""
        found: list[str] = self.distinct.to_pylist()
        return found


class Leaves:
    """What fills holes. Methods take the places of holes and return arrays with one element for each.

    Attributes:
        damaged: holes whose filling is no valid JSON.
        odd: holes with numbers that only the exact way reads.
    """

    def __init__(self, holes: Holes, content: bytes) -> None:
        self._is_number = holes.is_number
        self._texts = holes.texts
        self.damaged = np.empty(0, np.int64)
        if b"\\" in content:
            self._read_escapes()
        numbers = np.flatnonzero(self._is_number)
        unusual = numbers[self._unlike(numbers, _USUAL_NUMBER)]
        wrong = self._unlike(unusual, _NUMBER)
        self.damaged = np.concatenate([self.damaged, unusual[wrong]])
        self.odd = unusual[~wrong]
        self._offsets = np.frombuffer(self._texts.buffers()[1], np.int64)

    def _read_escapes(self) -> None:
        escaped = pc.match_substring(self._texts, "\\")
        places = np.flatnonzero(escaped.to_numpy(zero_copy_only=False))
        read, damaged = [], []
        for place, text in zip(places.tolist(), self.texts(places).to_pylist(), strict=True):
            try:
                read.append(storable(json.loads(f'"{text}"', strict=False)))
            except ValueError:
                read.append("")
                damaged.append(place)
        self._texts = pc.replace_with_mask(self._texts, escaped, pa.array(read, pa.large_string()))
        self.damaged = np.array(damaged, np.int64)

    def _unlike(self, places: Places, pattern: str) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = ~pc.match_substring_regex(self.texts(places), pattern).to_numpy(zero_copy_only=False)
        return found

    def texts(self, places: Places) -> pa.LargeStringArray:
        """The texts, and numbers as they are written."""
        return self._texts.take(pa.array(places))

    def lengths(self, places: Places) -> Places:
        """How many bytes they have."""
        found: Places = self._offsets[places + 1] - self._offsets[places]
        return found

    def encoded(self, places: Places) -> Encoded:
        """The texts, for few distinct ones."""
        found = self.texts(places).dictionary_encode()
        return Encoded(found.indices.to_numpy(), found.dictionary)

    def numbers(self, places: Places) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Numbers, none of them odd, and whether they say no more than a float holds."""
        texts = self.texts(places)
        numbers: NDArray[np.float64] = texts.cast(pa.float64()).to_numpy()
        sure = np.abs(numbers) < _EXACT_INTEGER
        long = np.flatnonzero(self.lengths(places) > _SHORT)
        if len(long):
            digits = pc.replace_substring_regex(texts.take(pa.array(long)), _NO_DIGIT_THAT_COUNTS, "")
            sure[long] &= pc.binary_length(digits).to_numpy() <= _FLOAT_DIGITS
        return numbers, sure

    def are_usual_selectors(self, places: Places) -> NDArray[np.bool_]:
        """Whether the same selector is always written in the same way: texts are, and short numbers."""
        usual = np.ones(len(places), np.bool_)
        numbers = np.flatnonzero(self._is_number[places])
        usual[numbers] = ~self._unlike(places[numbers], _USUAL_SELECTOR)
        return usual

    def moments(self, places: Places) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Date-times in microseconds since the epoch, UTC, and whether they are any. Many places may be the same."""
        used = np.zeros(len(self._texts), np.bool_)
        used[places] = True
        moments, valid = read_moments(self.texts(np.flatnonzero(used)))
        number = (np.cumsum(used) - 1)[places]
        return moments[number], valid[number]

    def minutes_of_day(self, hours: Places, minutes: Places) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Times of day in minutes, and whether they are any."""
        parts = self.texts(np.concatenate([hours, minutes]))
        short = pc.match_substring_regex(parts, _CLOCK_PART)
        hour, minute = np.split(pc.if_else(short, parts, _NO_CLOCK_PART).cast(pa.int32()).to_numpy(), 2)
        return hour * 60 + minute, (hour <= 24) & (minute <= 59)
