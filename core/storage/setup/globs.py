"""Patterns of actions and resources in policies: ``*`` is any text, ``?`` any character."""

from __future__ import annotations

import re
from functools import lru_cache

# What a request puts in its place is known only when it comes.
_VARIABLE = re.compile(r"\$\{[^}]*\}")


def covers(pattern: str, wanted: str) -> bool:
    """Whether a pattern matches everything that another one matches; False where a variable leaves it open."""
    return "${" not in pattern and _covers(pattern, wanted)


def meets(pattern: str, wanted: str) -> bool:
    """Whether there may be a text that two patterns both match."""
    return _meets(as_stars(pattern), wanted)


def as_stars(pattern: str) -> str:
    """A pattern with ``*`` for each variable, as nobody knows what a request puts there."""
    return _VARIABLE.sub("*", pattern)


@lru_cache(maxsize=4096)
def _covers(pattern: str, wanted: str) -> bool:
    # Only a star matches a star, so that "bucket/a*" does not cover "bucket/*"; rows of a table, not recursion, as a
    # pattern may be thousands of characters long.
    row = [True] + [False] * len(wanted)
    for sign in pattern:
        new = [row[0] and sign == "*"]
        for place, other in enumerate(wanted):
            if sign == "*":
                new.append(row[place + 1] or new[place])
            else:
                new.append(row[place] and (sign == other or (sign == "?" and other != "*")))
        row = new
    return row[-1]


@lru_cache(maxsize=4096)
def _meets(first: str, second: str) -> bool:
    row = [True]
    for other in second:
        row.append(row[-1] and other == "*")
    for sign in first:
        new = [row[0] and sign == "*"]
        for place, other in enumerate(second):
            if sign == "*" or other == "*":
                # Either star may match nothing, or take one more character of the other pattern.
                new.append(row[place + 1] or new[place])
            else:
                new.append(row[place] and (sign == other or "?" in (sign, other)))
        row = new
    return row[-1]
