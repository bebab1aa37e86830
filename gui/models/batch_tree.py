"""The batches of a source by app, level, year, month and day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from core.storage.keys import parse_key
from gui.models.batch_columns import BATCHES, HEADERS, NAME, SIZE, STATE
from gui.models.batch_looks import batch_tip, folder_state, node_data, state_color
from gui.models.batch_nodes import BELOW, BatchNode, Day, Kind, Listed, state_text
from gui.models.texts import clock_text, size_text, tip_text, visible_text
from gui.models.tree import NAME_ROLE, SORT_ROLE, TreeModel, by_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from core.archive.archive import BatchRecord, DayState
    from core.storage.index import DayCount, SourceIndex
    from core.storage.keys import BatchKey
    from core.storage.source import SourceObject
    from gui.models.tree import AnyIndex, TreeNode

CHUNK = 1_000
"""Batches that a day shows more at a time."""
KEPT = 100_000
"""Batches that days keep at most, about 100 MB; beyond it, those of the days that were opened first are forgotten."""
# So many new batches of a day are taken in one by one.
_FEW = 50

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Wanted = dict[str, Any]


class BatchTreeModel(TreeModel[BatchNode]):
    """The tree of batches, newest first. Batches of a day are asked for when the day is opened.

    Signals:
        children_requested(str app, str level, str day): the batches of a day are wanted; answer with add_batches.
        closing(QModelIndex): the batches of this day are about to be forgotten; it is to be closed, as an open one
            would ask for them again.
    """

    children_requested = Signal(str, str, str)
    closing = Signal(QModelIndex)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(BatchNode(Kind.ROOT, ""), parent)
        self._states: Mapping[Day, DayState] = {}
        self._recorded: dict[str, BatchRecord] = {}
        self._days: dict[Day, BatchNode] = {}
        # Days whose batches are listed, those that were opened first in front.
        self._opened: dict[Day, None] = {}
        self._others: list[SourceObject] = []
        self._zone: tzinfo = UTC

    # What comes in

    def clear(self) -> None:
        """Forget everything."""
        self.remove_nodes(self.root, 0, len(self.root.children))
        self._states = {}
        self._recorded = {}
        self._days = {}
        self._opened = {}
        self._others = []
        self.root.add_up([])

    def set_index(self, index: SourceIndex, *, complete: bool = True) -> None:
        """Show what was listed.

        Args:
            index: the days with their numbers of batches.
            complete: whether days that are not in it are gone. While a listing is under way they may still come, and
                a day that is half listed does not shrink.
        """
        wanted: _Wanted = {}
        for (app, level, day), count in index.days.items():
            # Most of a listing under way has been shown before.
            if not complete and (known := self._days.get((app, level, day))) and not _takes(known, count, complete):
                continue
            years = wanted.setdefault(app, {}).setdefault(level, {})
            years.setdefault(day[:4], {}).setdefault(day[:7], {})[day] = count
        changed: list[BatchNode] = []
        self._merge(self.root, wanted, complete, changed)
        self._place_others()
        for node in changed:
            if node.requested:
                self.children_requested.emit(*node.day)

    def set_states(self, states: Mapping[Day, DayState]) -> None:
        """Show how far each day is in the archive."""
        before, self._states = self._states, states
        touched: set[int] = set()
        for day in before.keys() | states.keys():
            if before.get(day) != states.get(day):
                above: TreeNode | None = self._days.get(day)
                while above is not None and above.ident not in touched:
                    touched.add(above.ident)
                    above = above.parent
        if touched:
            self._refresh(self.root, touched)

    def set_zone(self, zone: tzinfo) -> None:
        """Say in which zone tips name times, beside UTC."""
        self._zone = zone

    def set_recorded(self, recorded: Mapping[str, BatchRecord]) -> None:
        """Show how far batches are in the archive, by key; those not named stay as they were."""
        folders = {key.rpartition("/")[0]: key for key in recorded}
        for folder, one in folders.items():
            key = parse_key(one)
            node = self._days.get((key.app, key.level, key.day)) if key is not None else None
            # Of a day that was forgotten meanwhile nothing is kept.
            if node is not None and (node.listed or node.requested):
                whole = len(folders) == 1
                self._recorded.update(
                    recorded if whole else {key: recorded[key] for key in recorded if key.rpartition("/")[0] == folder}
                )
                if node.tail:
                    self.rows_changed(node, 0, node.tail - 1)

    def set_others(self, objects: Sequence[SourceObject]) -> None:
        """Show the objects that are no batches, each at the end of the app or level in which it lies."""
        self._others = list(objects)
        self._place_others()

    def add_batches(self, app: str, level: str, day: str, batches: Sequence[Listed], finished: bool) -> None:
        """Show a page of a day's batches, which may come in any order and more than once."""
        node = self._days.get((app, level, day))
        if node is None:
            return
        page = sorted(batches, key=_by_time)
        if page and node.listed and _by_time(page[0]) <= _by_time(node.listed[-1]):
            self._merge_page(node, page)
        elif page:
            first = not node.listed
            shown = min(len(page), CHUNK) if first else len(page)
            # The page is the newest, so it stands on top; a first page that is too long continues below.
            with self.inserting(node, 0, shown):
                node.listed += page
                node.tail += shown
        if finished and not node.listed:
            # Listing failed or was cancelled: opening the day again asks again.
            node.requested = False
        elif finished:
            self._opened.pop(node.day, None)
            self._opened[node.day] = None
            self._forget_first()

    # What is asked

    def day_span(self) -> tuple[str, str] | None:
        """The oldest and the newest day; None where there is none."""
        days = [day for _, _, day in self._days]
        return (min(days), max(days)) if days else None

    def is_loaded(self, day: Day) -> bool:
        """Whether the archive has every batch of a day as it lies in the source, as far as is known."""
        node = self._days.get(day)
        if node is None or not node.is_loaded:
            return False
        known = ((self._recorded.get(obj.key), obj) for _, obj in node.listed)
        return all(record is None or record.etag == obj.etag for record, obj in known)

    def listed_days(self) -> list[BatchNode]:
        """The days whose batches are listed."""
        return [node for node in self._days.values() if node.listed]

    def are_listed(self) -> bool:
        """Whether the batches of every day are listed, so that a filter looks at all of them."""
        return all(node.listed for node in self._days.values() if node.batches)

    def state_texts(self) -> set[str]:
        """The texts of the column of states, of all folders and days."""
        return {folder_state(node) for top in self.children_of(self.root) for node in self._folders(top)}

    def day_node(self, day: Day) -> QModelIndex | None:
        """The index of a day, or None where it is not in the tree."""
        node = self._days.get(day)
        return self.index_of(node) if node is not None else None

    def index_of_batch(self, key: BatchKey) -> QModelIndex | None:
        """The index of a batch, whose row is shown if need be; None while its day is not listed."""
        node = self._days.get((key.app, key.level, key.day))
        if node is None:
            return None
        wanted = (key.time, key.text)
        at = bisect_left(node.listed, wanted, key=_by_time)
        if at == len(node.listed) or node.listed[at][0].text != key.text:
            return None
        row = len(node.listed) - 1 - at
        if row >= node.tail:
            self.set_tail(node, min(row + CHUNK, len(node.listed)))
        return self.createIndex(row, 0, node.ident)

    def batch_at(self, index: AnyIndex) -> tuple[BatchKey | None, SourceObject] | None:
        """The batch of a row, or the other object without a key; None for any other row."""
        if not index.isValid() or self.node_at(index) is not None:
            return None
        above = self.above(index)
        if above.kind is Kind.OTHERS:
            return None, above.objects[index.row()]
        return above.listed[len(above.listed) - 1 - index.row()]

    def days_at(self, index: AnyIndex) -> list[Day]:
        """The days that a row stands for, newest first: all below a folder, a batch's own."""
        node = self.node_at(index)
        if node is None:
            above = self.above(index)
            return [above.day] if above.kind is Kind.DAY else []
        return self._days_below(node)

    def path_at(self, index: AnyIndex) -> str:
        """The key of a row's batch or object, or its folder with a slash at the end."""
        found = self.batch_at(index)
        if found is not None:
            return found[1].key
        node = self.node_at(index)
        folder = node.folder() if node is not None else ""
        return f"{folder}/" if folder else ""

    def kind_at(self, index: AnyIndex) -> Kind | None:
        """What a row stands for; None for a batch or an object."""
        node = self.node_at(index)
        return node.kind if node is not None else None

    def leaf_text(self, node: BatchNode, leaf: int) -> str:
        if node.kind is Kind.OTHERS:
            return node.objects[leaf].key.lower()
        key = node.listed[len(node.listed) - 1 - leaf][0].text.lower()
        # The clock that is shown stands in the key's last part with hyphens.
        return f"{key} {key[key.rfind('/') + 1 :][:8].replace('-', ':')}"

    def leaf_count(self, node: BatchNode) -> int:
        return _available(node)

    # What Qt asks for

    def columnCount(self, _parent: AnyIndex | None = None) -> int:
        return len(HEADERS)

    def hasChildren(self, parent: AnyIndex | None = None) -> bool:
        if parent is None or not parent.isValid():
            return self.root.tail + len(self.root.children) > 0
        node = self.node_at(parent) if parent.column() == 0 else None
        return node is not None and (node.tail + len(node.children) > 0 or (node.kind is Kind.DAY and node.batches > 0))

    def canFetchMore(self, parent: AnyIndex) -> bool:
        node = self.node_at(parent)
        if node is None or node.kind not in (Kind.DAY, Kind.OTHERS) or self.changing:
            return False
        return node.tail < _available(node) or (node.kind is Kind.DAY and node.batches > 0 and not node.requested)

    def fetchMore(self, parent: AnyIndex) -> None:
        node = self.node_at(parent)
        if node is None or not self.canFetchMore(parent):
            return
        available = _available(node)
        if node.tail < available:
            self.set_tail(node, min(node.tail + CHUNK, available))
        else:
            node.requested = True
            self.children_requested.emit(*node.day)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADERS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (BATCHES, SIZE):
            return _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return "Days and times of batches are UTC, as in their keys" if section == NAME else None
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in (BATCHES, SIZE) else None
        if role == NAME_ROLE:
            return self.path_at(index)
        node = self.node_at(index)
        if node is not None:
            return node_data(node, column, role, self._zone)
        return self._leaf_data(index, column, role)

    def _leaf_data(self, index: AnyIndex, column: int, role: int) -> Any:
        found = self.batch_at(index)
        if found is None:
            return None
        key, obj = found
        if role == Qt.ItemDataRole.ToolTipRole:
            if key is None:
                return tip_text(visible_text(obj.key))
            return batch_tip(key, obj, self._recorded.get(obj.key), self._zone)
        if role == SORT_ROLE and column != STATE:
            return obj.size if column == SIZE else (key.time if key is not None else obj.key)
        if role == Qt.ItemDataRole.DisplayRole and column == SIZE:
            return size_text(obj.size)
        if role == Qt.ItemDataRole.DisplayRole and column == NAME:
            return clock_text(key.time) if key is not None else self._other_name(index, obj)
        if column == STATE and key is not None:
            state = self._batch_state(self.above(index), obj)
            if role == Qt.ItemDataRole.ForegroundRole:
                return state_color(state)
            return state if role in (Qt.ItemDataRole.DisplayRole, SORT_ROLE) else None
        return None

    def _other_name(self, index: AnyIndex, obj: SourceObject) -> str:
        folder = self.above(index).folder()
        return visible_text(obj.key.removeprefix(f"{folder}/") if folder else obj.key)

    def _batch_state(self, day: BatchNode, obj: SourceObject) -> str:
        record = self._recorded.get(obj.key)
        if record is None:
            return "loaded" if day.batches and day.recorded >= day.batches else "not loaded"
        if record.etag != obj.etag:
            return "changed since"
        return state_text(1, 1, record.rejected, int(record.failed), record.lost)

    # Changes

    def _forget_first(self) -> None:
        """Forget the batches of the days that were opened first where there are too many; the newest one's stay."""
        kept = sum(len(self._days[day].listed) for day in self._opened)
        for day in list(self._opened)[:-1]:
            if kept <= KEPT:
                break
            node = self._days[day]
            kept -= len(node.listed)
            del self._opened[day]
            self.closing.emit(self.index_of(node))
            for _, obj in node.listed:
                self._recorded.pop(obj.key, None)
            with self.removing(node, 0, node.tail):
                node.tail = 0
                node.listed = []
                node.requested = False

    def _merge(self, parent: BatchNode, wanted: _Wanted, complete: bool, changed: list[BatchNode]) -> None:
        """Take in what is wanted below a node, note the days that changed, and add up anew."""
        present = {node.name: node for node in self.children_of(parent) if node.kind is not Kind.OTHERS}
        if complete:
            for name in [name for name in present if name not in wanted]:
                gone = present.pop(name)
                for day in self._days_below(gone):
                    del self._days[day]
                    self._opened.pop(day, None)
                self.remove_nodes(parent, gone.row)
        different: list[BatchNode] = []
        for name in wanted:
            node = present.get(name)
            if node is None:
                continue
            before = node.summary()
            if node.kind is not Kind.DAY:
                self._merge(node, wanted[name], complete, changed)
            elif _takes(node, wanted[name], complete):
                node.count = wanted[name]
                node.take_state(self._states)
                changed.append(node)
            if node.summary() != before:
                different.append(node)
        fresh = [self._build(BELOW[parent.kind], name, parent, wanted[name]) for name in wanted if name not in present]
        self.insert_sorted(parent, fresh)
        self._say_changed(parent, different)
        parent.add_up(self.children_of(parent))

    def _build(self, kind: Kind, name: str, above: BatchNode, wanted: Any) -> BatchNode:
        node = BatchNode(kind, name, above)
        if kind is Kind.DAY:
            node.count = wanted
            node.take_state(self._states)
            self._days[node.day] = node
        else:
            children = [self._build(BELOW[kind], each, node, wanted[each]) for each in wanted]
            children.sort(key=by_order)
            node.children = list(children)
            node.add_up(children)
        return node

    def _merge_page(self, node: BatchNode, page: list[Listed]) -> None:
        """Take in a page that overlaps what is listed, without a change where it brings nothing new."""
        known = {key.text: (key, obj) for key, obj in node.listed}
        if all(known.get(key.text) == (key, obj) for key, obj in page):
            return
        new = [one for one in page if one[0].text not in known]
        if len(new) <= _FEW and all(known[key.text] == (key, obj) for key, obj in page if key.text in known):
            # What is selected and where the view stands stay as they are.
            for one in new:
                self._insert(node, one)
            return
        known.update((key.text, (key, obj)) for key, obj in page)
        shown = node.tail
        with self.removing(node, 0, shown):
            node.tail = 0
            node.listed = []
        listed = sorted(known.values(), key=_by_time)
        shown = min(max(shown, CHUNK), len(listed))
        with self.inserting(node, 0, shown):
            node.listed = listed
            node.tail = shown

    def _insert(self, node: BatchNode, listed: Listed) -> None:
        place = bisect_right(node.listed, _by_time(listed), key=_by_time)
        row = len(node.listed) - place
        if row > node.tail or (row == node.tail and node.tail < len(node.listed)):
            node.listed.insert(place, listed)  # below the rows that are shown
            return
        with self.inserting(node, row, 1):
            node.listed.insert(place, listed)
            node.tail += 1

    def _place_others(self) -> None:
        placed: dict[int, list[SourceObject]] = {}
        hosts = {self.root.ident: self.root}
        for app in self.children_of(self.root):
            hosts[app.ident] = app
            hosts.update((level.ident, level) for level in self.children_of(app) if level.kind is Kind.LEVEL)
        folders = {host.folder(): host for host in hosts.values() if host.kind is not Kind.OTHERS}
        for obj in self._others:
            app_part, _, rest = obj.key.partition("/")
            level_part = rest.partition("/")[0]
            host = folders.get(f"{app_part}/{level_part}") or folders.get(app_part) or self.root
            placed.setdefault(host.ident, []).append(obj)
        for host in folders.values():
            self._show_others(host, placed.get(host.ident, []))

    def _show_others(self, host: BatchNode, objects: list[SourceObject]) -> None:
        last = self.children_of(host)[-1:]
        node = last[0] if last and last[0].kind is Kind.OTHERS else None
        if node is not None and node.objects == objects:
            return
        if node is not None:
            self.remove_nodes(host, node.row)
        if objects:
            node = BatchNode(Kind.OTHERS, "", host)
            node.objects = objects
            node.batches = len(objects)
            node.size = sum(obj.size for obj in objects)
            node.tail = min(len(objects), CHUNK)
            self.insert_nodes(host, len(host.children), [node])

    def _refresh(self, node: BatchNode, touched: set[int]) -> bool:
        """Look up states and add up anew, only in what is touched. Returns whether the node shows something else."""
        before = node.summary()
        if node.kind is Kind.DAY:
            node.take_state(self._states)
            if node.tail and node.summary() != before:
                self.rows_changed(node, 0, node.tail - 1)
        else:
            children = self.children_of(node)
            different = [each for each in children if each.ident in touched and self._refresh(each, touched)]
            self._say_changed(node, different)
            node.add_up(children)
        return node.summary() != before

    def _say_changed(self, parent: BatchNode, nodes: list[BatchNode]) -> None:
        if nodes:
            rows = [node.row for node in nodes]
            self.rows_changed(parent, min(rows), max(rows))

    def _folders(self, node: BatchNode) -> list[BatchNode]:
        """A node and those below it, without other objects."""
        if node.kind is Kind.OTHERS:
            return []
        return [node, *(below for child in self.children_of(node) for below in self._folders(child))]

    def _days_below(self, node: BatchNode) -> list[Day]:
        if node.kind is Kind.DAY:
            return [node.day]
        return [day for child in self.children_of(node) for day in self._days_below(child)]


def _takes(node: BatchNode, count: DayCount, complete: bool) -> bool:
    """Whether a day's new count replaces the one it has."""
    return node.count is None or (count != node.count and (complete or count.batches > node.count.batches))


def _available(node: BatchNode) -> int:
    return len(node.objects) if node.kind is Kind.OTHERS else len(node.listed)


def _by_time(listed: Listed) -> tuple[int, str]:
    return (listed[0].time, listed[0].text)
