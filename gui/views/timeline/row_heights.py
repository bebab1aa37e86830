"""How high the rows of the timeline are."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def shared_heights(weights: Sequence[float], room: int, lowest: int) -> list[int]:
    """Shares room by weights, none lower than the lowest; where the room is too little all are that low.

    Args:
        weights: greater than 0, and finite.
        room: pixels.
        lowest: pixels.
    """
    heights = [float(lowest)] * len(weights)
    # By a power of two, which changes nothing but that sums of the largest numbers stay numbers.
    power = math.frexp(max(weights, default=1.0))[1]
    weights = [math.ldexp(weight, -power) for weight in weights]
    free = set(range(len(weights)))
    while free:
        left = room - lowest * (len(weights) - len(free))
        total = sum(weights[place] for place in free)
        too_low = {place for place in free if left * weights[place] / total < lowest}
        if not too_low:
            for place in free:
                heights[place] = left * weights[place] / total
            break
        free -= too_low
    # Rounded where they end, so that nothing of the room is left over.
    ends = [0.0]
    for height in heights:
        ends.append(ends[-1] + height)
    return [round(end) - round(start) for start, end in pairwise(ends)]
