"""Where the unit in which a series is sent changes, and what that means for its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.units import symbol
from gui.views.timeline.marks import Marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.autoapi.display import UnitGroup

    Ints = NDArray[np.int64]


def last_first(codes: NDArray[np.int32]) -> list[int]:
    """The codes that come, that of the last sample first."""
    low, high = int(codes.min()), int(codes.max())
    if low == high:
        return [low]
    last = np.full(high - low + 1, -1, np.int64)
    # Of what is written to one place, the last stays.
    last[codes - low] = np.arange(len(codes))
    order: list[int] = (np.argsort(-last, kind="stable") + low).tolist()
    return order[: np.count_nonzero(last >= 0)]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes of unit mean for one line.

    Attributes:
        marks: those into or from one of its units.
        left: int64, samples of the series, ascending, at which another line takes over.
    """

    marks: Marks
    left: Ints


def unit_changes(
    time: Ints, index: Ints | None, codes: NDArray[np.int32], names: tuple[str, ...], groups: Sequence[UnitGroup]
) -> list[Changes]:
    """Where the sent unit changes, for each group's line.

    Args:
        time: of each number.
        index: of each number in the series; None where they are the same.
        codes: of each number's unit.
    """
    at = np.flatnonzero(np.diff(codes)) + 1
    group_of = {unit: number for number, group in enumerate(groups) for unit in group.sent}
    texts: dict[str, int] = {}
    numbers: list[tuple[int, int, int]] = []
    # Each change of one unit into another is put into words once, however often it comes.
    pairs, which = np.unique(
        (codes[at - 1].astype(np.int64) + 1) * (len(names) + 1) + codes[at] + 1, return_inverse=True
    )
    for pair in pairs.tolist():
        old, new = (names[code - 1] if code else "" for code in divmod(pair, len(names) + 1))
        text = f"{symbol(old) or 'no unit'} → {symbol(new) or 'no unit'}"
        if group_of[old] != group_of[new]:
            text += ", which does not convert: shown apart"
        numbers.append((texts.setdefault(text, len(texts)), group_of[old], group_of[new]))
    each = np.array(numbers, np.int64)[which]
    sample = at if index is None else index[at]
    found = []
    for number in range(len(groups)):
        leaves, comes = each[:, 1] == number, each[:, 2] == number
        mine = leaves | comes
        marks = Marks(time[at[mine]], sample[mine], each[mine, 0].astype(np.int32), tuple(texts))
        found.append(Changes(marks, sample[leaves & ~comes]))
    return found
