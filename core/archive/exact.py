"""Flattens one message exactly, whatever it looks like.

This is the meaning of flattening: :mod:`core.archive.flatten_sql` gives the same samples for the usual shapes, many
times faster, and leaves every other message to this module.
"""

from __future__ import annotations

import hashlib
import math
import re
import sys
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

from core.archive.components import write_part
from core.archive.moments import read_moment
from core.archive.splitting import Members, Number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.archive.components import Selection
    from core.archive.splitting import Json

_EXACT_INTEGER = 2**53
_FLOAT_DIGITS = 17
_ITEM_MEMBERS = ("data", "timestamp", "failure", "availability")


class Unreadable(ValueError):
    """A message gives no sample; the text says why."""


class Sample(NamedTuple):
    """One leaf. Time is in microseconds since the epoch, UTC; None means the batch's time."""

    capability: str
    property: str
    item: int
    component: str
    time: int | None
    value: float | None
    text: str | None
    unit: str | None
    failure: str | None


class Leaf(NamedTuple):
    """What a leaf says: its number, its text and its unit."""

    value: float | None = None
    text: str | None = None
    unit: str | None = None


def digest(identity: str) -> int:
    """63 bits that tell a message's identity, the same on every machine."""
    return int.from_bytes(hashlib.md5(storable(identity).encode(), usedforsecurity=False).digest()[:8], "big") >> 1


def vin_of(message: Members) -> str:
    """The vehicle that a message names; empty where it names none.

    Raises:
        Unreadable: it is no text.
    """
    vin = message.get("vin")
    if isinstance(vin, Members | list):
        raise Unreadable("The vin is no text")
    return _plain_text(vin) or ""


def identity_of(message: Members) -> str:
    """What stays equal when a message is delivered again; empty where only its whole text does."""
    identity = message.get("message_id")
    return "" if isinstance(identity, Members | list) else _plain_text(identity) or ""


def flatten_message(message: Json, selection: Selection) -> list[Sample]:
    """All samples of one message, in their order, at least one.

    Raises:
        Unreadable: it gives no sample.
    """
    if not isinstance(message, Members):
        raise Unreadable("The message is no JSON object")
    vin_of(message)
    if message.get("data") is None:
        raise Unreadable("The message has no data")
    counter: dict[tuple[str, str], int] = {}
    samples: list[Sample] = []
    for name, data in message:
        if name != "data" or data is None:
            continue
        if not isinstance(data, Members):
            raise Unreadable("The message's data is no JSON object")
        for capability, properties in data:
            # What should be an object of properties but is none still says something.
            named = properties if isinstance(properties, Members) else Members([("", properties)])
            for property, node in named:
                items = node if isinstance(node, list) and node else [node]
                for entry in items:
                    number = counter.get((capability, property), 0)
                    counter[capability, property] = number + 1
                    samples += _Item(capability, property, number, selection).samples(entry, message.get("timestamp"))
    if not samples:
        raise Unreadable("The message's data names no property")
    return [
        Sample._make(storable(field) if isinstance(field, str) else field for field in sample) for sample in samples
    ]


class _Item:
    """One item of a property."""

    def __init__(self, capability: str, property: str, number: int, selection: Selection) -> None:
        self._capability = capability
        self._property = property
        self._number = number
        self._selection = selection
        self._components: dict[str, int] = {}
        self._samples: list[Sample] = []
        self._time: int | None = None

    def samples(self, entry: Json, message_time: Json) -> list[Sample]:
        """The item's samples; the message's time counts where the item has none."""
        members = self._members(entry)
        written = members.get("timestamp")
        if written is None:
            written = message_time
        self._time = read_moment(written) if isinstance(written, str) and not isinstance(written, Number) else None
        last = {name: index for index, (name, _) in enumerate(members)}
        for index, (name, node) in enumerate(members):
            known = name in _ITEM_MEMBERS and last[name] == index
            if known and name == "data":
                if node is not None:
                    self._walk(node, (), "", selecting=True)
            elif known and name == "failure":
                if node is not None:
                    self._fail(node, alone=members.get("data") is None)
            elif known and name == "timestamp":
                continue
            elif not known or node is not None:
                self._walk(node, (name,), name, selecting=False)
        if written is not None and self._time is None:
            # A time that cannot be read is no reason to lose what it said.
            self._walk(written, ("timestamp",), "timestamp", selecting=False)
        if not self._samples:
            self._add("", Leaf())
        return self._samples

    @staticmethod
    def _members(entry: Json) -> Members:
        """An item's members; what has none of an item's members is the data itself."""
        if isinstance(entry, Members) and (not entry or any(name in _ITEM_MEMBERS for name, _ in entry)):
            return entry
        return Members([("data", entry)])

    def _add(self, component: str, leaf: Leaf, failure: str | None = None) -> None:
        times = self._components.get(component, 0) + 1
        self._components[component] = times
        named = component if times == 1 else f"{component}~{times}"
        self._samples.append(Sample(self._capability, self._property, self._number, named, self._time, *leaf, failure))

    def _fail(self, node: Json, *, alone: bool) -> None:
        if not isinstance(node, Members):
            self._add("" if alone else "failure", Leaf(), _plain_text(node) or "unknown")
            return
        reason, description = node.get("reason"), node.get("description")
        name = _plain_text(reason) if isinstance(reason, str | bool) else None
        text = _plain_text(description) if isinstance(description, str) else None
        self._add("" if alone else "failure", Leaf(text=text), name or "unknown")
        last = {name: index for index, (name, _) in enumerate(node)}
        for index, (name, child) in enumerate(node):
            told = (name == "reason" and isinstance(child, str | bool | None)) or (
                name == "description" and isinstance(child, str | None)
            )
            if not told or last[name] != index:
                self._walk(child, ("failure", name), "failure", selecting=False)

    def _walk(self, root: Json, parts: tuple[str, ...], path: str, *, selecting: bool) -> None:
        """Every leaf below a node, in the order in which they stand; without recursion, as depth has no limit."""
        pending: list[tuple[Json, tuple[str, ...], str]] = [(root, parts, path)]
        while pending:
            node, parts, path = pending.pop()
            leaf = read_leaf(node)
            if leaf is not None:
                self._add(".".join(map(write_part, parts)), leaf)
            else:
                pending += reversed(list(self._children(node, parts, path, selecting)))

    def _children(
        self, node: Json, parts: tuple[str, ...], path: str, selecting: bool
    ) -> Iterator[tuple[Json, tuple[str, ...], str]]:
        if isinstance(node, list):
            for index, child in enumerate(node):
                selected = selecting and isinstance(child, Members) and self._selected(child, path)
                yield child, (parts if selected else (*parts, str(index))), path
        elif isinstance(node, Members):
            chosen = self._selected(node, path) if selecting else {}
            inner = (*parts, *chosen.values())
            last = {name: index for index, (name, _) in enumerate(node)}
            for index, (name, child) in enumerate(node):
                if name not in chosen or last[name] != index:
                    yield child, (*inner, name), f"{path}.{name}" if path else name
            if len(chosen) == len(node):
                # The object says nothing but which instance it is; that it was sent is what it says.
                yield None, inner, path

    def _selected(self, node: Members, path: str) -> dict[str, str]:
        """The names and texts of the members that select."""
        members = dict(node)
        found: dict[str, str] = {}
        for name in self._selection.names(self._capability, self._property, path, list(members)):
            text = _selector_text(members[name])
            if text is not None:
                found[name] = text
        return found


def read_leaf(node: Json) -> Leaf | None:
    """What a node says if it is a leaf: a scalar, a value with its unit, a time of day, or nothing at all."""
    if node is None:
        return Leaf()
    if isinstance(node, bool):
        return Leaf(float(node), "true" if node else "false")
    if isinstance(node, Number):
        return _number(node)
    if isinstance(node, str):
        moment = read_moment(node)
        return Leaf(None if moment is None else moment / 1e6, node)
    if not node:
        return Leaf()
    if isinstance(node, Members) and len(node) == 2:
        members = dict(node)
        if members.keys() == {"unit", "value"}:
            return _measured(members["value"], members["unit"])
        if members.keys() == {"hour", "minute"}:
            return _time_of_day(members["hour"], members["minute"])
    return None


def _measured(value: Json, unit: Json) -> Leaf | None:
    if isinstance(value, Members | list) or not (unit is None or (isinstance(unit, str) and type(unit) is str)):
        return None
    leaf = read_leaf(value)
    return None if leaf is None else leaf._replace(unit=unit)


def _time_of_day(hour: Json, minute: Json) -> Leaf | None:
    for part in (hour, minute):
        if not isinstance(part, Number) or not part.isdecimal() or len(part) > 2:
            return None
    hours, minutes = int(str(hour)), int(str(minute))
    if hours > 24 or minutes > 59:
        return None
    return Leaf(hours + minutes / 60.0, f"{hours:02}:{minutes:02}")


def _number(written: Number) -> Leaf:
    value = float(written)
    if not math.isfinite(value):
        return Leaf(None, str(written))
    if not any(sign in written for sign in ".eE"):
        return Leaf(value, str(written) if abs(value) >= _EXACT_INTEGER and not _is_limit(written) else None)
    return Leaf(value, str(written) if _loses(written, value) else None)


def _loses(written: str, value: float) -> bool:
    """Whether a number says more than a float holds: more than 17 digits, or too small."""
    digits = sum(map(str.isdecimal, re.split("[eE]", written)[0].lstrip("-0.")))
    if digits <= _FLOAT_DIGITS and abs(value) >= sys.float_info.min:
        return False
    try:
        return Decimal(written) != Decimal(repr(value))
    except InvalidOperation:
        return True


def _is_limit(written: str) -> bool:
    return written.lstrip("-") == str(_EXACT_INTEGER)


def _plain_text(node: Json) -> str | None:
    """A scalar as text; None for null."""
    if isinstance(node, bool):
        return "true" if node else "false"
    return str(node) if isinstance(node, str) else None


def _selector_text(node: Json) -> str | None:
    """A selector's text, the same for numbers that are the same; None where it is no scalar and so does not select."""
    if isinstance(node, Number) and any(sign in node for sign in ".eE"):
        return repr(float(node))
    return "0" if isinstance(node, Number) and node == "-0" else _plain_text(node)


def storable(text: str) -> str:
    """A text as UTF-8 can hold it: halves of surrogate pairs are written as escapes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
