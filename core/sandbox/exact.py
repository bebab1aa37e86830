"""Arithmetic that gives the same bits on every machine.

The C library's sine and random distributions may differ in the last bit from one platform to the next, and a path
that is followed for weeks would carry the difference into the batches. So everything here is made of IEEE additions,
multiplications, divisions and square roots, and of the one random method whose sequence Python guarantees.
"""

from __future__ import annotations

import hashlib
import math
from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")


class Chance:
    """Random decisions that depend on nothing but the names given.

    Args:
        names: what the decisions are for, for example a seed and a vehicle's number.
    """

    __slots__ = ("random",)

    def __init__(self, *names: object) -> None:
        digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
        self.random = Random(int.from_bytes(digest[:8], "big")).random

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + int((high - low + 1) * self.random())

    def happens(self, probability: float) -> bool:
        """True with the given probability."""
        return self.random() < probability

    def pick(self, choices: Sequence[_T]) -> _T:
        """One of the choices."""
        return choices[int(len(choices) * self.random())]


def sine(turns: float) -> float:
    """The sine of an angle in full turns, good to 4e-6."""
    x = turns - math.floor(turns)
    if x > 0.75:
        x -= 1.0
    elif x > 0.25:
        x = 0.5 - x
    x *= 6.283185307179586
    s = x * x
    return x * (1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0))))


def cosine(turns: float) -> float:
    """The cosine of an angle in full turns, good to 4e-6."""
    return sine(turns + 0.25)


def bearing(east: float, north: float) -> float:
    """The compass direction of a way, degrees in [0, 360), good to 0.3 degrees; 0 where there is no way."""
    a, b = abs(east), abs(north)
    if a == 0.0 and b == 0.0:
        return 0.0
    ratio = min(a, b) / max(a, b)
    angle = ratio * (45.0 + 15.64 * (1.0 - ratio))
    if a > b:
        angle = 90.0 - angle
    if north < 0.0:
        angle = 180.0 - angle
    if east < 0.0:
        angle = 360.0 - angle
    return angle if angle < 360.0 else 0.0
