"""Which of the keys that the platform stores a policy's patterns match: all batches, some, or the test file alone."""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import lru_cache

from core.storage.setup.globs import as_stars
from core.storage.setup.policies import bucket_arn

_HEX, _DIGIT = frozenset(string.hexdigits), frozenset(string.digits)
_TEST_FILE = "test.json"
_LEVEL_DIGITS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Reach:
    """What of the delivered keys patterns match.

    Attributes:
        every: all of them, for certain.
        some: there may be one that they match.
        batches: there may be a batch among these.
    """

    every: bool
    some: bool
    batches: bool


def reach_of(patterns: tuple[str, ...], bucket: str) -> Reach:
    """What of the keys that are delivered into a bucket some patterns of ARNs match."""
    batches = [_Shape.of_batches(bucket, digits) for digits in _LEVEL_DIGITS]
    test = _Shape.of_text(f"{bucket_arn(bucket)}/{_TEST_FILE}")
    # As there are more batches than patterns, they are not all matched by several patterns with a part each.
    every = all(any(shape.all_match(pattern) for pattern in patterns) for shape in (*batches, test))
    found = any(shape.one_matches(pattern) for pattern in patterns for shape in batches)
    return Reach(every, found or any(test.one_matches(pattern) for pattern in patterns), found)


class _Shape:
    """Texts of one length, of each of whose places is known which characters may stand there.

    A pattern is read with a bit for each place up to which the texts may be matched so far.
    """

    def __init__(self, places: list[frozenset[str]]) -> None:
        self._places = len(places)
        self._may: dict[str, int] = {}
        self._must: dict[str, int] = {}
        for place, characters in enumerate(places):
            for character in characters:
                self._may[character] = self._may.get(character, 0) | 1 << place
            if len(characters) == 1:
                (only,) = characters
                self._must[only] = self._must.get(only, 0) | 1 << place

    @staticmethod
    @lru_cache(maxsize=16)
    def of_text(text: str) -> _Shape:
        """One text."""
        return _Shape([frozenset(character) for character in text])

    @staticmethod
    @lru_cache(maxsize=16)
    def of_batches(bucket: str, level_digits: int) -> _Shape:
        """The ARNs of batches, with so many digits in the number of their level."""
        pieces: list[tuple[str, frozenset[str], int]] = [
            (f"{bucket_arn(bucket)}/", _HEX, 24),
            ("/level", _DIGIT, level_digits),
            ("/", _DIGIT, 4),
            ("/", _DIGIT, 2),
            ("/", _DIGIT, 2),
            ("/", _DIGIT, 2),
            ("-", _DIGIT, 2),
            ("-", _DIGIT, 2),
            ("-", _DIGIT, 9),
            ("-", _HEX, 8),
            (".json", _HEX, 0),
        ]
        places: list[frozenset[str]] = []
        for text, characters, number in pieces:
            places += [frozenset(character) for character in text]
            places += [characters] * number
        return _Shape(places)

    def one_matches(self, pattern: str) -> bool:
        """Whether a pattern may match one of the texts."""
        return self._matches(as_stars(pattern), self._may)

    def all_match(self, pattern: str) -> bool:
        """Whether a pattern matches each of the texts for certain."""
        return "${" not in pattern and self._matches(pattern, self._must)

    def _matches(self, pattern: str, known: dict[str, int]) -> bool:
        whole = (1 << self._places + 1) - 1
        state = 1
        for sign in pattern:
            if sign == "*":
                # From the first place on that is reached, all are.
                state = whole & -(state & -state)
            elif sign == "?":
                state = state << 1 & whole
            else:
                state = (state & known.get(sign, 0)) << 1
            if not state:
                return False
        return bool(state >> self._places)
