"""Moments of a series that are worth a mark: failures, changes of unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Marks:
    """Moments with a text each, ascending.

    Attributes:
        time: int64 microseconds.
        sample: int64, index of each in its series.
        code: int32 into names.
        names: the texts.
    """

    time: NDArray[np.int64]
    sample: NDArray[np.int64]
    code: NDArray[np.int32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.time)

    def text(self, index: int) -> str:
        """The text of one mark."""
        return self.names[int(self.code[index])]


NO_MARKS = Marks(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32), ())
