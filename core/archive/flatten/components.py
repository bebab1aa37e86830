"""How components are written, and which members of an object select.

A component's parts are joined by ``.``. So that they can be told apart again, inside a part ``%``, ``.`` and ``~`` are
written ``%25``, ``%2E`` and ``%7E``, and a part that is empty is written ``%``. Where one item would give the same
component twice (a member that comes twice, two equal elements of an inner list), the second one ends in ``~2``, the
third in ``~3`` and so on.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.autoapi.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SPECIAL = re.compile(r"[%.~]")
_WRITTEN = re.compile(r"%(25|2E|7E)")


def write_part(part: str) -> str:
    """A part as it stands in a component."""
    if not part:
        return "%"
    return _SPECIAL.sub(lambda match: f"%{ord(match[0]):02X}", part)


def read_part(written: str) -> str:
    """The part that stands in a component."""
    if written == "%":
        return ""
    return _WRITTEN.sub(lambda match: chr(int(match[1], 16)), written)


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Which members of which objects select, so that their texts become part of the component.

    Attributes:
        known: (capability, property, path of the object inside the item's data, "" is the data itself) to the names of
            its selectors, in the order in which they stand in the component; empty where none selects.
        default: names that select in objects which known does not have; there they stand in alphabetical order.
    """

    known: Mapping[tuple[str, str, str], tuple[str, ...]]
    default: frozenset[str]

    def names(self, capability: str, property: str, path: str, members: Sequence[str]) -> list[str]:
        """Those of an object's members that select, in the order in which they stand in the component."""
        known = self.known.get((capability, property, path))
        if known is None:
            return sorted(self.default.intersection(members))
        return [name for name in known if name in members]


@functools.cache
def catalogue_selection() -> Selection:
    """The catalogue's selectors."""
    facts = catalogue()
    return Selection(facts.selectors(), facts.default_selectors)
