"""What samples a message gives, decided by its structure alone.

This is the meaning of flattening. It is applied to whole messages, whose leaves are values, and to skeletons, whose
leaves are holes: one decision then serves every message of that skeleton, whatever fills the holes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from core.archive.flatten.moments import read_moment
from core.archive.flatten.splitting import Members, Number
from core.autoapi.display import ENVELOPE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.archive.flatten.components import Selection
    from core.archive.flatten.splitting import Json

_ITEM_MEMBERS = ("data", "timestamp", "failure", "availability")
_MESSAGE_MEMBERS = ("vin", "message_id", "version", "application_id", "capability", "property", "timestamp")
_VERSIONS = ("1", "2")


class Unreadable(ValueError):
    """A message gives no sample; the text says why."""


class Undecided(Exception):
    """The structure alone does not decide; each message must be looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Hole:
    """Where a skeleton's message has a text or a number.

    Attributes:
        place: its place among the message's holes, from 0.
        number: whether it is a number.
    """

    place: int
    number: bool


Node: TypeAlias = "Json | Hole"


class Clock(NamedTuple):
    """A time of day."""

    hour: Node
    minute: Node


class Entry(NamedTuple):
    """One sample whose leaves are not read yet.

    Attributes:
        parts: of its component.
        repeat: how often the item has had this component, this time included.
        time: microseconds since the epoch, UTC, or the hole that tells it; None for the batch's.
        value: what is read as a number, a text or a boolean.
        said: a text that is kept as it is.
        failure: the reason; None for no failure.
    """

    capability: str
    property: str
    item: int
    parts: tuple[str | Hole, ...]
    repeat: int
    time: int | Hole | None
    value: Node | Clock
    said: str | Hole | None
    unit: str | Hole | None
    failure: str | Hole | None


@dataclass(slots=True)
class Outline:
    """What a message gives.

    Attributes:
        vin: empty where it names none.
        identity: what stays equal when it is delivered again; empty where only its whole text does.
        expected: holes with the texts of which one must fill them; otherwise the structure does not decide.
    """

    vin: str | Hole = ""
    identity: str | Hole = ""
    entries: list[Entry] = field(default_factory=list)
    expected: list[tuple[Hole, tuple[str, ...]]] = field(default_factory=list)


def outline(message: Node, app: str, selection: Selection) -> Outline:
    """What a message gives: at least one entry.

    Args:
        app: the app-id of its batch.

    Raises:
        Unreadable: it gives no sample.
        Undecided: a skeleton whose holes decide; never for a whole message.
    """
    if not isinstance(message, Members):
        raise Unreadable("The message is no JSON object")
    return _Message(message, app, selection).outline()


class _Message:
    def __init__(self, members: Members, app: str, selection: Selection) -> None:
        self._members = members
        self._app = app
        self._selection = selection
        self._counter: dict[tuple[str, str], int] = {}
        self._time_used = False
        self._result = Outline()

    def outline(self) -> Outline:
        message, result = self._members, self._result
        vin, identity = message.get("vin"), message.get("message_id")
        if isinstance(vin, Members | list):
            raise Unreadable("The vin is no text")
        result.vin = _plain(vin) or ""
        result.identity = "" if isinstance(identity, Members | list) else _plain(identity) or ""
        if message.get("data") is None:
            raise Unreadable("The message has no data")
        for name, data in message:
            if name == "data" and data is not None:
                self._read_data(data)
        if not result.entries:
            raise Unreadable("The message's data names no property")
        self._read_envelope({(entry.capability, entry.property) for entry in result.entries})
        return result

    def _read_data(self, data: Node) -> None:
        if not isinstance(data, Members):
            raise Unreadable("The message's data is no JSON object")
        for capability, properties in data:
            # What should be an object of properties but is none still says something.
            named = properties if isinstance(properties, Members) else Members([("", properties)])
            for property, node in named:
                for entry in node if isinstance(node, list) and node else [node]:
                    self._read_item(capability, property, entry)

    def _read_item(self, capability: str, property: str, entry: Node) -> None:
        members = _item_members(entry)
        written = members.get("timestamp")
        if written is None:
            written = self._members.get("timestamp")
            self._time_used = True
        item = _Item(capability, property, self._number(capability, property), self._selection, _moment(written))
        item.read(members)
        if written is not None and item.time is None:
            # A time that cannot be read is no reason to lose what it said.
            item.walk(written, ("timestamp",), "timestamp", selecting=False)
        self._result.entries += item.entries or [item.add((), None)]

    def _number(self, capability: str, property: str) -> int:
        number = self._counter.get((capability, property), 0)
        self._counter[capability, property] = number + 1
        return number

    def _read_envelope(self, named: set[tuple[str, str]]) -> None:
        """Keep what a message says beside its data, where the samples and the batch's key do not say it."""
        time = _moment(self._members.get("timestamp"))
        last = {name: index for index, (name, _) in enumerate(self._members)}
        for index, (name, node) in enumerate(self._members):
            if name == "data" or (last[name] == index and self._is_said(name, node, named)):
                continue
            item = _Item(ENVELOPE, name, self._number(ENVELOPE, name), self._selection, time)
            item.walk(node, (), "", selecting=False)
            self._result.entries += item.entries

    def _is_said(self, name: str, node: Node, named: set[tuple[str, str]]) -> bool:
        if node is None:
            return name in _MESSAGE_MEMBERS
        match name:
            case "vin":
                return True
            case "message_id":
                return not isinstance(node, Members | list)
            case "timestamp":
                return self._time_used
            case "version":
                return self._is_one_of(node, _VERSIONS)
            case "application_id":
                return self._is_one_of(node, (self._app,))
            case "capability":
                return self._is_one_of(node, sorted({capability for capability, _ in named}))
            case "property":
                return self._is_one_of(node, sorted({property for _, property in named}))
        return False

    def _is_one_of(self, node: Node, texts: Sequence[str]) -> bool:
        if isinstance(node, Hole):
            self._result.expected.append((node, tuple(texts)))
            return True
        return isinstance(node, str) and str(node) in texts


class _Item:
    """One item of a property."""

    def __init__(
        self, capability: str, property: str, number: int, selection: Selection, time: int | Hole | None
    ) -> None:
        self.entries: list[Entry] = []
        self.time = time
        self._capability = capability
        self._property = property
        self._number = number
        self._selection = selection
        self._components: dict[tuple[str | Hole, ...], int] = {}
        self._holed: list[tuple[str | Hole, ...]] = []

    def read(self, members: Members) -> None:
        """Everything but the time."""
        last = {name: index for index, (name, _) in enumerate(members)}
        for index, (name, node) in enumerate(members):
            known = name in _ITEM_MEMBERS and last[name] == index
            if known and name == "timestamp":
                continue
            if known and node is None:
                continue
            if known and name == "data":
                self.walk(node, (), "", selecting=True)
            elif known and name == "failure":
                self._fail(node, alone=members.get("data") is None)
            else:
                self.walk(node, (name,), name, selecting=False)

    def add(
        self,
        parts: tuple[str | Hole, ...],
        value: Node | Clock,
        unit: str | Hole | None = None,
        said: str | Hole | None = None,
        failure: str | Hole | None = None,
    ) -> Entry:
        """Add one entry."""
        holed = any(isinstance(part, Hole) for part in parts)
        if any(_may_be_same(parts, other) for other in (self._components if holed else self._holed)):
            raise Undecided
        if holed:
            self._holed.append(parts)
        repeat = self._components.get(parts, 0) + 1
        self._components[parts] = repeat
        entry = Entry(
            self._capability, self._property, self._number, parts, repeat, self.time, value, said, unit, failure
        )
        self.entries.append(entry)
        return entry

    def _fail(self, node: Node, *, alone: bool) -> None:
        parts = () if alone else ("failure",)
        if not isinstance(node, Members):
            self.add(parts, None, failure=_plain(node) or "unknown")
            return
        reason, description = node.get("reason"), node.get("description")
        name = _plain(reason) if isinstance(reason, str | bool | Hole) else None
        said = _plain(description) if isinstance(description, str | Hole) else None
        self.add(parts, None, said=said, failure=name or "unknown")
        last = {name: index for index, (name, _) in enumerate(node)}
        for index, (name, child) in enumerate(node):
            told = (name == "reason" and isinstance(child, str | bool | Hole | None)) or (
                name == "description" and isinstance(child, str | Hole | None)
            )
            if not told or last[name] != index:
                self.walk(child, ("failure", name), "failure", selecting=False)

    def walk(self, root: Node, parts: tuple[str | Hole, ...], path: str, *, selecting: bool) -> None:
        """Every leaf below a node, in the order in which they stand; without recursion, as depth has no limit."""
        pending: list[tuple[Node, tuple[str | Hole, ...], str]] = [(root, parts, path)]
        while pending:
            node, parts, path = pending.pop()
            if not isinstance(node, Members | list):
                self.add(parts, node)
            elif not node:
                self.add(parts, None)
            elif not isinstance(node, Members) or not self._add_pair(node, parts):
                pending += reversed(list(self._children(node, parts, path, selecting)))

    def _add_pair(self, node: Members, parts: tuple[str | Hole, ...]) -> bool:
        """Add a value with its unit, or a time of day, if the object is one."""
        if len(node) != 2:
            return False
        members = dict(node)
        if members.keys() == {"unit", "value"}:
            value, unit = members["value"], members["unit"]
            if isinstance(value, Members | list) or not _may_be_unit(unit):
                return False
            self.add(parts, value, unit)
            return True
        if members.keys() == {"hour", "minute"} and is_clock(members["hour"], members["minute"]):
            self.add(parts, Clock(members["hour"], members["minute"]))
            return True
        return False

    def _children(
        self, node: Members | list[Node], parts: tuple[str | Hole, ...], path: str, selecting: bool
    ) -> Iterator[tuple[Node, tuple[str | Hole, ...], str]]:
        if not isinstance(node, Members):
            for index, child in enumerate(node):
                selected = selecting and isinstance(child, Members) and self._selected(child, path)
                yield child, (parts if selected else (*parts, str(index))), path
            return
        chosen = self._selected(node, path) if selecting else {}
        inner = (*parts, *chosen.values())
        last = {name: index for index, (name, _) in enumerate(node)}
        for index, (name, child) in enumerate(node):
            if name not in chosen or last[name] != index:
                yield child, (*inner, name), f"{path}.{name}" if path else name
        if len(chosen) == len(node):
            # The object says nothing but which instance it is; that it was sent is what it says.
            yield None, inner, path

    def _selected(self, node: Members, path: str) -> dict[str, str | Hole]:
        """The names and texts of the members that select."""
        members = dict(node)
        found: dict[str, str | Hole] = {}
        for name in self._selection.names(self._capability, self._property, path, list(members)):
            text = _selector_text(members[name])
            if text is not None:
                found[name] = text
        return found


def is_clock(hour: Node, minute: Node) -> bool:
    """Whether two nodes are an hour (0 to 24) and a minute.

    Raises:
        Undecided: one of them is a hole that may be none.
    """
    for part, limit in ((hour, 24), (minute, 59)):
        if isinstance(part, Hole):
            if not part.number:
                return False
        elif not isinstance(part, Number) or not part.isdecimal() or len(part) > 2 or int(part) > limit:
            return False
    if isinstance(hour, Hole) != isinstance(minute, Hole):
        raise Undecided
    return True


def _item_members(entry: Node) -> Members:
    """An item's members; what has none of an item's members is the data itself."""
    if isinstance(entry, Members) and (not entry or any(name in _ITEM_MEMBERS for name, _ in entry)):
        return entry
    return Members([("data", entry)])


def _moment(written: Node) -> int | Hole | None:
    if isinstance(written, Hole):
        return None if written.number else written
    return read_moment(written) if isinstance(written, str) and not isinstance(written, Number) else None


def _may_be_unit(node: Node) -> bool:
    if isinstance(node, Hole):
        return not node.number
    return node is None or (isinstance(node, str) and not isinstance(node, Number))


def _plain(node: Node) -> str | Hole | None:
    """A scalar as text; None for null and for what is no scalar."""
    if isinstance(node, bool):
        return "true" if node else "false"
    if isinstance(node, Hole):
        return node
    return str(node) if isinstance(node, str) else None


def _selector_text(node: Node) -> str | Hole | None:
    """A selector's text, the same for numbers that are the same; None where it is no scalar and so does not select."""
    if isinstance(node, Number) and any(sign in node for sign in ".eE"):
        return repr(float(node))
    return "0" if isinstance(node, Number) and node == "-0" else _plain(node)


def _may_be_same(parts: tuple[str | Hole, ...], other: tuple[str | Hole, ...]) -> bool:
    """Whether two components that differ by their holes may be the same once these are filled."""
    return (
        len(parts) == len(other)
        and parts != other
        and all(
            one == two or isinstance(one, Hole) or isinstance(two, Hole) for one, two in zip(parts, other, strict=True)
        )
    )
