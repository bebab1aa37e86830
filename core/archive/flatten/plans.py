"""Decides once for each skeleton which samples its messages give, and keeps the decision."""

from __future__ import annotations

import enum
import functools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from core.archive.flatten.components import write_part
from core.archive.flatten.exact import Leaf, read_leaf, storable
from core.archive.flatten.outline import Clock, Hole, Undecided, Unreadable, outline
from core.archive.flatten.splitting import Members, Number, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from core.archive.flatten.components import Selection
    from core.archive.flatten.outline import Entry, Node, Outline

    Rows: TypeAlias = "NDArray[np.int32]"

_SELECTORS = 2
_KEPT = 10_000
"""How many decisions are kept; a fleet needs some thousand."""

_LONG = 50_000
"""Skeletons of more bytes come once and would fill the memory."""


class Use(enum.Enum):
    """What may be done with a skeleton's messages."""

    PLAN = enum.auto()
    EXACT = enum.auto()
    """Each must be read exactly."""
    DAMAGED = enum.auto()
    """They are no valid JSON, so nobody knows where the messages of their batch begin, or too long to decide."""


class Kind(enum.IntEnum):
    """What a sample's value is."""

    CONSTANT = 0
    NUMBER = 1
    TEXT = 2
    CLOCK = 3


class Column(enum.IntEnum):
    """The columns of a plan's rows. Those that name holes have -1 for none."""

    ITEM = 0
    KIND = 1
    VALUE = 2
    MINUTE = 3
    TIME = 4
    SAID = 5
    UNIT = 6
    FAILURE = 7
    FIRST_SELECTOR = 8
    SECOND_SELECTOR = 9


class SeriesPattern(NamedTuple):
    """The names of a series as they are stored.

    Attributes:
        pieces: of the component; between them stand the texts that select, as they are written.
    """

    capability: str
    property: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the messages of one skeleton give. Holes are told by their places in the message.

    Attributes:
        vin, identity: the holes that tell them, -1 for none.
        rows: int32 (samples, columns), see Column.
        series: one a row.
        values: float64, one a row, where the value is the same in all messages; else NaN.
        texts, failures: one a row, like values; None for none.
        expected: holes with the texts of which one must fill them; other messages are read exactly.
    """

    use: Use
    vin: int = -1
    identity: int = -1
    rows: Rows = field(default_factory=lambda: np.empty((0, len(Column)), np.int32))
    series: tuple[SeriesPattern, ...] = ()
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    texts: tuple[str | None, ...] = ()
    failures: tuple[str | None, ...] = ()
    expected: tuple[tuple[int, tuple[str, ...]], ...] = ()


_EXACT, _DAMAGED = Plan(Use.EXACT), Plan(Use.DAMAGED)


class Planner:
    """Plans for one app's messages. Thread-safe."""

    def __init__(self, app: str, selection: Selection) -> None:
        self._app = app
        self._selection = selection
        self._lock = threading.Lock()
        self._plans: dict[bytes, Plan] = {}

    def plan(self, skeleton: bytes, holes: Callable[[], tuple[Sequence[int], Sequence[bool]]]) -> Plan:
        """The plan for a skeleton.

        Args:
            holes: gives their places, where a number's ``0`` stands before its place, and which of them are numbers;
                asked only for what was not planned before.
        """
        if len(skeleton) > _LONG:
            return _DAMAGED
        found = self._plans.get(skeleton)
        if found is None:
            found = _plan(_Skeleton(skeleton, *holes()), self._app, self._selection)
            with self._lock:
                if len(self._plans) >= _KEPT:
                    self._plans.clear()
                self._plans[skeleton] = found
        return found


@functools.lru_cache(maxsize=8)
def planner_for(app: str, selection: Selection) -> Planner:
    """The planner for an app, with the decisions that were made before."""
    return Planner(app, selection)


class _Skeleton:
    """A skeleton as JSON in which holes are marked by their numbers, as texts or as numbers of a form of their own."""

    _FORM = "0e"

    def __init__(self, text: bytes, places: Sequence[int], numbers: Sequence[bool]) -> None:
        self._numbers = numbers
        self._found: list[int] = []
        parts, at = [], 0
        for number, place in enumerate(places):
            is_number = numbers[number]
            parts.append(text[at : place - is_number])
            parts.append(b"%s%d" % (self._FORM.encode() if is_number else b"", number))
            at = place
        self._text = b"".join((*parts, text[at:])).decode()

    def read(self) -> Node:
        """The skeleton with its holes.

        Raises:
            ValueError: it is no valid JSON.
            RecursionError: it is nested too deeply.
        """
        node = self._with_holes(parse(self._text))
        if sorted(self._found) != list(range(len(self._numbers))):
            raise ValueError("Not every hole is a value")
        return node

    def _with_holes(self, node: Node) -> Node:
        if isinstance(node, Members):
            return Members((name, self._with_holes(child)) for name, child in node)
        if isinstance(node, list):
            return [self._with_holes(child) for child in node]
        if isinstance(node, Number):
            return self._hole(int(node.removeprefix(self._FORM))) if node.startswith(self._FORM) else node
        return self._hole(int(node)) if isinstance(node, str) else node

    def _hole(self, number: int) -> Hole:
        self._found.append(number)
        return Hole(number, self._numbers[number])


def _plan(skeleton: _Skeleton, app: str, selection: Selection) -> Plan:
    try:
        message = skeleton.read()
    except (ValueError, RecursionError):
        return _DAMAGED
    try:
        return _planned(outline(message, app, selection))
    except (Unreadable, Undecided):
        return _EXACT


def _planned(found: Outline) -> Plan:
    if any(isinstance(text, str) and text for text in (found.vin, found.identity)):
        raise Undecided
    entries = found.entries
    leaves = [Leaf() if _is_open(entry.value) else read_leaf(entry.value) for entry in entries]
    return Plan(
        Use.PLAN,
        _place(found.vin),
        _place(found.identity),
        np.array([_row(entry) for entry in entries], np.int32),
        tuple(map(_series, entries)),
        np.array([np.nan if leaf.value is None else leaf.value for leaf in leaves]),
        tuple(
            entry.said if isinstance(entry.said, str) else leaf.text
            for entry, leaf in zip(entries, leaves, strict=True)
        ),
        tuple(entry.failure if isinstance(entry.failure, str) else None for entry in entries),
        tuple((hole.place, texts) for hole, texts in found.expected),
    )


def _is_open(value: Node | Clock) -> bool:
    return isinstance(value, Hole) or (isinstance(value, Clock) and isinstance(value.hour, Hole))


def _row(entry: Entry) -> list[int]:
    value = entry.value
    kind, minute = Kind.CONSTANT, -1
    if isinstance(value, Hole):
        kind = Kind.NUMBER if value.number else Kind.TEXT
    elif isinstance(value, Clock) and isinstance(value.hour, Hole):
        kind, minute, value = Kind.CLOCK, _place(value.minute), value.hour
    selectors = [hole.place for hole in _selectors(entry)]
    if len(selectors) > _SELECTORS:
        raise Undecided
    holes = [*map(_place, (entry.time, entry.said, entry.unit, entry.failure)), *selectors]
    return [entry.item, kind, _place(value), minute, *holes, *[-1] * (_SELECTORS - len(selectors))]


def _series(entry: Entry) -> SeriesPattern:
    pieces = [""]
    for number, part in enumerate(entry.parts):
        pieces[-1] += "." if number else ""
        if isinstance(part, Hole):
            pieces.append("")
        else:
            pieces[-1] += storable(write_part(part))
    pieces[-1] += "" if entry.repeat == 1 else f"~{entry.repeat}"
    return SeriesPattern(storable(entry.capability), storable(entry.property), tuple(pieces))


def _selectors(entry: Entry) -> list[Hole]:
    return [part for part in entry.parts if isinstance(part, Hole)]


def _place(node: object) -> int:
    return node.place if isinstance(node, Hole) else -1
