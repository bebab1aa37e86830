"""What the archive has of the chosen vehicles: capability, property, component."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtGui import QColor, QFont

from core.autoapi.catalogue import catalogue
from core.autoapi.display import (
    ENVELOPE,
    DisplayKind,
    DisplayUnits,
    kind_of,
    shown_value,
    unit_text,
    unknown_name,
    unknown_unit,
    unknown_value,
)
from core.autoapi.renames import names_of
from core.fleet.series import PropertySummary, SeriesKey
from gui import theme
from gui.models.renamed_texts import deprecated_lines, joined_line
from gui.models.series_mime import SERIES_MIME_TYPE, encode_series_keys
from gui.models.texts import (
    NAMELESS,
    count_text,
    full_time_text,
    number_text,
    plural,
    seen_text,
    short_text,
    time_text,
    tip_text,
    visible_text,
)
from gui.models.tree import NAME_ROLE, SORT_ROLE, FragmentFilter, TreeModel, TreeNode, by_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from gui.models.tree import AnyIndex

NAME, VALUE, UNIT, SAMPLES, LAST_SEEN = range(5)
HEADERS = ("Property", "Last value", "Unit", "Samples", "Last seen")
Path = tuple[str, ...]
"""(capability,), (capability, property) or (capability, property, component)."""
Leaf = tuple[str, str, str]
"""(capability, property, component): a series of each chosen vehicle."""
_Wanted = PropertySummary | Mapping[Path, Any]
"""A leaf, or what is wanted below a row: the same again by path."""

_FONT, _ICON = Qt.ItemDataRole.FontRole, Qt.ItemDataRole.DecorationRole
_DESCRIPTION = Qt.ItemDataRole.AccessibleDescriptionRole
# Clocks may be ahead by less than this and still count as right.
_AHEAD_S = 86_400
# As many as most units have.
_UNIT_LETTERS = 7
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PropertyNode(TreeNode):
    """A capability, a property or a component.

    Attributes:
        path: which.
        label: its name as shown.
        unknown: why it is marked as unknown; empty where the catalogue knows it.
        summary: of a leaf, what the archive has of it; a property that is a plain value is a leaf itself.
        samples, last_seen: of a leaf or of all leaves below it.
    """

    __slots__ = ("label", "last_seen", "path", "samples", "summary", "unknown")

    def __init__(self, path: Path, above: PropertyNode | None = None) -> None:
        super().__init__(path[-1] if path else "")
        self.path = path
        self.label = _label(path)
        self.unknown = _unknown(path)
        self.order = (self.label.lower(), self.name)
        self.text = f"{above.text} {self.label.lower()} {'.'.join(path).lower()}" if above else ""
        if len(path) == 2:
            # A person may know a property by a name that it has no longer.
            former = names_of(*path)[1:]
            self.text += "".join(f" {_label((path[0], name)).lower()} {name}" for name in former)
        self.summary: PropertySummary | None = None
        self.samples = 0
        self.last_seen = 0


class PropertiesModel(TreeModel[PropertyNode]):
    """The properties in alphabetical order of their names, each with its last value.

    Dragging carries the series of the chosen vehicles.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(PropertyNode(()), parent)
        self._vins: tuple[str, ...] = ()
        self._zone: tzinfo = UTC
        self._units = DisplayUnits()

    def set_vehicles(self, vins: Sequence[str]) -> None:
        """Say whose series are dragged."""
        self._vins = tuple(vins)

    def set_properties(self, summaries: Sequence[PropertySummary]) -> None:
        """Show these, keeping the rows that were there already."""
        grouped: dict[Path, dict[Path, dict[Path, PropertySummary]]] = {}
        for summary in summaries:
            capability: Path = (summary.capability,)
            property_path = (*capability, summary.property)
            below = grouped.setdefault(capability, {}).setdefault(property_path, {})
            below[(*property_path, summary.component)] = summary
        # A sender's clock that is ahead by years must not take the times from all others.
        soon = (time.time() + _AHEAD_S) * 1_000_000
        newest = max((summary.last_seen for summary in summaries if summary.last_seen <= soon), default=0)
        if newest != self.root.last_seen:
            self.root.last_seen = newest
            self._announce(self.root)
        self._sync(self.root, {path: _without_plain_component(below) for path, below in grouped.items()})

    def set_zone(self, zone: tzinfo) -> None:
        """Show times in this zone."""
        self._zone = zone
        self._announce(self.root)

    def set_units(self, units: DisplayUnits) -> None:
        """Show last values in these units."""
        self._units = units
        self._announce(self.root)

    def property_count(self) -> int:
        """How many properties there are, of all capabilities."""
        return sum(len(node.children) for node in self.root.children)

    def leaves_at(self, index: AnyIndex) -> list[Leaf]:
        """The series that a row stands for: its own or those below it."""
        node = self.node_at(index)
        return self._leaves(node) if node is not None else []

    def path_at(self, index: AnyIndex) -> Path:
        """Which capability, property or component a row shows."""
        node = self.node_at(index)
        return node.path if node is not None else ()

    def find(self, path: Path) -> AnyIndex | None:
        """The index of a capability, property or component; None where it is not there."""
        node = self.root
        for depth in range(1, len(path) + 1):
            below = next((child for child in self.children_of(node) if child.path == path[:depth]), None)
            if below is None:
                return None
            node = below
        return self.index_of(node)

    # What Qt asks for

    def columnCount(self, _parent: AnyIndex | None = None) -> int:
        return len(HEADERS)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        return [SERIES_MIME_TYPE]

    def mimeData(self, indexes: Sequence[AnyIndex]) -> QMimeData:
        leaves: dict[Leaf, None] = {}
        for index in indexes:
            if index.column() == NAME:
                leaves.update(dict.fromkeys(self.leaves_at(index)))
        return encode_series_keys([SeriesKey(vin, *leaf) for leaf in leaves for vin in self._vins])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADERS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in (VALUE, SAMPLES) else _LEFT
        return HEADERS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self.node_at(index) if index.isValid() else None
        if node is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(node, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in (VALUE, SAMPLES) else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(node)
        if role == NAME_ROLE:
            return ".".join(node.path)
        if role == SORT_ROLE:
            return (node.label, self._text(node, VALUE), self._text(node, UNIT), node.samples, node.last_seen)[column]
        return _look(node, column, role)

    def _text(self, node: PropertyNode, column: int) -> str:
        summary = node.summary
        if column == NAME:
            return node.label
        if column == SAMPLES:
            return count_text(node.samples)
        if column == LAST_SEEN:
            return seen_text(node.last_seen, self.root.last_seen, self._zone) if summary is not None else ""
        if summary is None:
            return ""
        if column == VALUE:
            return self._value(summary)
        return short_text(unit_text(self._shown_unit(summary)))

    def unit_samples(self) -> set[str]:
        """Texts that are as wide as what the column of units shows, as far as it is worth taking room from names."""
        return {
            # The mark of the unknown is as wide as two letters.
            f"MM{self._text(node, UNIT)[:4]}" if _unknown_in(node, UNIT) else self._text(node, UNIT)[:_UNIT_LETTERS]
            for node in self._summaries(self.root)
        }

    def _summaries(self, node: PropertyNode) -> list[PropertyNode]:
        """The leaves below a node."""
        if node.summary is not None:
            return [node]
        return [leaf for child in self.children_of(node) for leaf in self._summaries(child)]

    def _shown_unit(self, summary: PropertySummary) -> str:
        """The unit in which the last value is shown; empty where there is none."""
        if summary.last_failure is not None or summary.last_value is None or summary.last_text is not None:
            return ""
        return self._units.unit_for(*_leaf(summary), [summary.unit or ""])

    def _value(self, summary: PropertySummary) -> str:
        if summary.last_failure is not None:
            return short_text(catalogue().failure_label(summary.last_failure))
        leaf, text, value = _leaf(summary), summary.last_text, summary.last_value
        if text is not None:
            if value is not None and kind_of(*leaf, [text], 1) == DisplayKind.MOMENT:
                return time_text(round(value * 1_000_000), self._zone)
            return short_text(catalogue().value_label(*leaf, text))
        if value is None:
            return ""
        return number_text(shown_value(value, summary.unit or "", self._shown_unit(summary)))

    def _tip(self, node: PropertyNode) -> str:
        lines = [visible_text(".".join(node.path)), visible_text(node.unknown)]
        if node.path[0] == ENVELOPE:
            lines.append("Sent in messages beside their data")
        lines += deprecated_lines(*node.path[:2]) if node.path[1:] else []
        lines.append(joined_line(node.path[0], _former_names(node)))
        summary = node.summary
        if summary is not None:
            if summary.last_failure is not None:
                lines.append(f"Failure instead of a value: {self._value(summary)}")
            else:
                lines += self._value_lines(summary)
            lines.append(f"Last seen {full_time_text(summary.last_seen, self._zone)}")
            lines.append(f"{plural(summary.samples, 'sample')} of {plural(summary.vehicles, 'vehicle')}")
        return tip_text("\n".join(line for line in lines if line))

    def _value_lines(self, summary: PropertySummary) -> list[str]:
        """The last value as it is shown, as it was sent where that differs, and what of it is unknown."""
        sent, shown = summary.unit or "", self._shown_unit(summary)
        value = f"{self._value(summary)} {short_text(unit_text(shown))}".strip()
        if summary.last_text is not None:
            text = short_text(summary.last_text)
            sent_as = "" if text == value else f" (sent as {text})"
            return [value + sent_as, short_text(unknown_value(*_leaf(summary), summary.last_text))]
        if summary.last_value is not None and sent != shown:
            number = f"{number_text(summary.last_value)} {short_text(unit_text(sent))}".strip()
            value = f"{value} (sent as {number})"
        return [value, short_text(unknown_unit(sent))]

    # Changes

    def _sync(self, parent: PropertyNode, wanted: Mapping[Path, _Wanted]) -> None:
        """Give a node exactly the children that are wanted, and say which of them show something else now."""
        for node in reversed(self.children_of(parent).copy()):
            if node.path not in wanted:
                self.remove_nodes(parent, node.row)
        present = self.children_of(parent).copy()
        changed = [node for node in present if self._fill(node, wanted[node.path])]
        known = {node.path for node in present}
        self.insert_sorted(parent, [_build(path, parent, what) for path, what in wanted.items() if path not in known])
        if changed:
            self.rows_changed(parent, changed[0].row, changed[-1].row)

    def _fill(self, node: PropertyNode, what: _Wanted) -> bool:
        before = (node.summary, node.samples, node.last_seen)
        if isinstance(what, PropertySummary):
            self._sync(node, {})
            _take(node, what)
        else:
            node.summary = None
            self._sync(node, what)
            _add_up(node)
        return (node.summary, node.samples, node.last_seen) != before

    def _announce(self, node: PropertyNode) -> None:
        children = self.children_of(node)
        if children:
            self.rows_changed(node, 0, len(children) - 1)
            for child in children:
                self._announce(child)

    def _leaves(self, node: PropertyNode) -> list[Leaf]:
        summary = node.summary
        if summary is not None:
            return [(summary.capability, summary.property, summary.component)]
        return [leaf for child in self.children_of(node) for leaf in self._leaves(child)]


class PropertiesFilter(FragmentFilter):
    """The properties that match; groups count the samples of those of them that are shown."""

    def __init__(self, source: PropertiesModel, parent: QObject | None = None) -> None:
        super().__init__(source, parent)
        self._properties = source

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.column() == SAMPLES and self.fragments and role == Qt.ItemDataRole.DisplayRole:
            node = self._properties.node_at(self.mapToSource(index))
            if node is not None and node.summary is None:
                return count_text(self._samples(node))
        return super().data(index, role)

    def _samples(self, node: PropertyNode) -> int:
        if node.summary is not None:
            return node.samples
        children = cast("list[PropertyNode]", node.children)
        return sum(self._samples(child) for child in children if self.is_accepted(child))


def _without_plain_component(properties: dict[Path, dict[Path, PropertySummary]]) -> dict[Path, _Wanted]:
    """A property whose only component is the plain value is a leaf itself."""
    return {
        path: plain if len(below) == 1 and (plain := below.get((*path, ""))) is not None else dict(below)
        for path, below in properties.items()
    }


def _build(path: Path, above: PropertyNode, what: _Wanted) -> PropertyNode:
    node = PropertyNode(path, above)
    if isinstance(what, PropertySummary):
        _take(node, what)
    else:
        node.children = sorted((_build(each, node, below) for each, below in what.items()), key=by_order)
        _add_up(node)
    return node


def _add_up(node: PropertyNode) -> None:
    children = cast("list[PropertyNode]", node.children)
    node.samples = sum(child.samples for child in children)
    node.last_seen = max((child.last_seen for child in children), default=0)


def _former_names(node: PropertyNode) -> Sequence[str]:
    """The former names under which samples of a property, or of a part of it, were sent."""
    if len(node.path) == 1:
        return ()
    if node.summary is not None:
        return node.summary.former_names
    children = cast("list[PropertyNode]", node.children)
    return tuple(dict.fromkeys(name for child in children for name in _former_names(child)))


def _take(node: PropertyNode, summary: PropertySummary) -> None:
    node.summary = summary
    node.samples = summary.samples
    node.last_seen = summary.last_seen


def _leaf(summary: PropertySummary) -> Leaf:
    return (summary.capability, summary.property, summary.component)


def _look(node: PropertyNode, column: int, role: int) -> Any:
    failed = column == VALUE and node.summary is not None and node.summary.last_failure is not None
    unknown = _unknown_in(node, column) if role in (_FONT, _ICON, _DESCRIPTION) else ""
    if role == _FONT and (failed or unknown):
        font = QFont()
        font.setItalic(True)
        return font
    if role == _ICON and unknown:
        return theme.icon("help")
    if role == _DESCRIPTION and unknown:
        return short_text(unknown)
    deprecated = column == NAME and len(node.path) > 1 and bool(catalogue().renamed(*node.path[:2]))
    if role == Qt.ItemDataRole.ForegroundRole and (failed or deprecated or column in (UNIT, LAST_SEEN)):
        return QColor(theme.colors().muted)
    return None


def _unknown_in(node: PropertyNode, column: int) -> str:
    """Why what a column shows is marked as unknown; empty where it is known."""
    summary = node.summary
    if column == NAME:
        return node.unknown
    if summary is None or summary.last_failure is not None:
        return ""
    if column == VALUE and summary.last_text is not None:
        return unknown_value(*_leaf(summary), summary.last_text)
    return unknown_unit(summary.unit or "") if column == UNIT else ""


def _unknown(path: Path) -> str:
    """Why a name is marked; components of what is unknown itself are not, nor plain values beside others."""
    if not path or (len(path) == 3 and (not path[2] or unknown_name(*path[:2]))):
        return ""
    return unknown_name(*path)


def _label(path: Path) -> str:
    if not path:
        return ""
    if len(path) == 1:
        return visible_text(catalogue().capability_name(path[0])) or NAMELESS
    if len(path) == 2:
        return visible_text(catalogue().property_name(*path)) or NAMELESS
    return visible_text(catalogue().component_name(*path)) or "Value"
