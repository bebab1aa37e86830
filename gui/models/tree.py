"""A tree model that owns its nodes."""

from __future__ import annotations

from bisect import bisect_left
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Slot,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AnyIndex = QModelIndex | QPersistentModelIndex


class TreeNode:
    """A row that has rows below it.

    Attributes:
        name: tells it from its siblings.
        parent: None for the root, which is no row.
        row: its place among its parent's rows.
        children: the nodes below it, in the order of their rows.
        tail: how many rows follow the children without a node of their own; they are leaves.
        ident: what the model's indexes hold; 0 while the node is not in the model.
        order: places it among its siblings, which have unequal ones.
        text: what a filter looks at, in lower case; it contains the text of the rows above.
    """

    __slots__ = ("children", "ident", "name", "order", "parent", "row", "tail", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.parent: TreeNode | None = None
        self.row = 0
        self.children: list[TreeNode] = []
        self.tail = 0
        self.ident = 0
        self.order: tuple[Any, ...] = ()
        self.text = ""


def by_order(node: TreeNode) -> tuple[Any, ...]:
    """Sorts siblings."""
    return node.order


N = TypeVar("N", bound=TreeNode)


class TreeModel(QAbstractItemModel, Generic[N]):
    """Indexes, parents and row counts over nodes that the model owns.

    An index holds the number of its row's parent node, never a reference, so that no index can outlive a node and
    leaves need no object each.

    Attributes:
        root: the node above all rows.
        changing: more than 0 while rows are being inserted or removed, when nothing else may be.
    """

    def __init__(self, root: N, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = root
        self._nodes: dict[int, N] = {}
        self._last_ident = 0
        self.changing = 0
        self._adopt(root)

    # Nodes and indexes

    def node_at(self, index: AnyIndex) -> N | None:
        """The node of a row; the root for no index, None for a leaf without a node."""
        if not index.isValid():
            return self.root
        above = self._nodes[index.internalId()]
        children = self.children_of(above)
        row = index.row()
        return children[row] if row < len(children) else None

    def children_of(self, node: N) -> list[N]:
        """The nodes below a node: all of a model's nodes are of one kind."""
        return cast("list[N]", node.children)

    def above(self, index: AnyIndex) -> N:
        """The node below which a valid index's row stands."""
        return self._nodes[index.internalId()]

    def index_of(self, node: TreeNode, column: int = 0) -> QModelIndex:
        """The index of a node in the model; no index for the root."""
        if node.parent is None:
            return QModelIndex()
        return self.createIndex(node.row, column, node.parent.ident)

    def leaf_text(self, _node: N, _leaf: int) -> str:
        """What a filter looks at for one of a node's leaves, in lower case, beside the node's own text."""
        return ""

    def leaf_count(self, node: N) -> int:
        """How many leaves a filter looks at: also those that are not shown yet."""
        return node.tail

    # What Qt asks for

    def index(self, row: int, column: int = 0, parent: AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        if row < 0 or not 0 <= column < self.columnCount():
            return QModelIndex()
        node = self.node_at(parent) if parent.column() <= 0 else None
        if node is None or row >= len(node.children) + node.tail:
            return QModelIndex()
        return self.createIndex(row, column, node.ident)

    @overload
    def parent(self) -> QObject | None: ...
    @overload
    def parent(self, child: AnyIndex, /) -> QModelIndex: ...
    def parent(self, child: AnyIndex | None = None) -> QObject | QModelIndex | None:
        if child is None:
            return super().parent()
        return self.index_of(self._nodes[child.internalId()]) if child.isValid() else QModelIndex()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        node = self.node_at(parent) if parent.column() <= 0 else None
        return len(node.children) + node.tail if node is not None else 0

    def hasChildren(self, parent: AnyIndex = QModelIndex()) -> bool:  # noqa: B008
        return self.rowCount(parent) > 0

    # Changes

    @contextmanager
    def inserting(self, parent: TreeNode, first: int, count: int) -> Iterator[None]:
        """Surrounds the insertion of rows."""
        self.changing += 1
        self.beginInsertRows(self.index_of(parent), first, first + count - 1)
        yield
        self.changing -= 1
        self.endInsertRows()

    @contextmanager
    def removing(self, parent: TreeNode, first: int, count: int) -> Iterator[None]:
        """Surrounds the removal of rows."""
        self.changing += 1
        self.beginRemoveRows(self.index_of(parent), first, first + count - 1)
        yield
        self.changing -= 1
        self.endRemoveRows()

    def insert_nodes(self, parent: N, row: int, nodes: Sequence[N]) -> None:
        """Insert nodes, which may have children already, before a row of the parent's children."""
        if nodes:
            with self.inserting(parent, row, len(nodes)):
                parent.children[row:row] = nodes
                self._renumber(parent, row)
                for node in nodes:
                    node.parent = parent
                    self._adopt(node)

    def insert_sorted(self, parent: N, nodes: Sequence[N]) -> None:
        """Insert nodes where their order wants them, each run of neighbours at once."""
        runs: dict[int, list[N]] = {}
        for node in sorted(nodes, key=by_order):
            runs.setdefault(bisect_left(parent.children, node.order, key=by_order), []).append(node)
        # From the end, so that the places of the other runs stay as they are.
        for row in sorted(runs, reverse=True):
            self.insert_nodes(parent, row, runs[row])

    def remove_nodes(self, parent: N, row: int, count: int = 1) -> None:
        """Remove a run of a parent's children with all below them."""
        if count:
            with self.removing(parent, row, count):
                gone = parent.children[row : row + count]
                del parent.children[row : row + count]
                self._renumber(parent, row)
                for node in gone:
                    self._forget(node)

    def set_tail(self, node: N, tail: int) -> None:
        """Show more or fewer of a node's leaves, at the end."""
        first = len(node.children)
        if tail > node.tail:
            with self.inserting(node, first + node.tail, tail - node.tail):
                node.tail = tail
        elif tail < node.tail:
            with self.removing(node, first + tail, node.tail - tail):
                node.tail = tail

    def rows_changed(self, parent: TreeNode, first: int, last: int) -> None:
        """Say that all columns of a run of rows show something else now."""
        columns = self.columnCount()
        self.dataChanged.emit(
            self.createIndex(first, 0, parent.ident), self.createIndex(last, columns - 1, parent.ident), []
        )

    def _renumber(self, parent: N, first: int) -> None:
        for row in range(first, len(parent.children)):
            parent.children[row].row = row

    def _adopt(self, node: TreeNode) -> None:
        self._last_ident += 1
        node.ident = self._last_ident
        self._nodes[node.ident] = cast("N", node)
        for row, child in enumerate(node.children):
            child.parent = node
            child.row = row
            self._adopt(child)

    def _forget(self, node: TreeNode) -> None:
        del self._nodes[node.ident]
        for child in node.children:
            self._forget(child)


class FragmentFilter(QSortFilterProxyModel):
    """Shows the rows of a tree whose text contains every fragment, and the rows above them.

    What matches is found in one pass over the model's nodes: Qt's own recursive filtering asks for every row below
    every row again.
    """

    def __init__(self, source: TreeModel[Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tree = source
        self._fragments: tuple[str, ...] = ()
        self._accepted: set[int] = set()
        self._rest: dict[int, tuple[str, ...]] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._refilter)
        # No row's text changes while it is there, so nothing is to be filtered again when its data changes.
        self.setDynamicSortFilter(False)
        self.setSourceModel(source)
        source.rowsInserted.connect(self._on_rows_inserted)

    @property
    def fragments(self) -> tuple[str, ...]:
        """What is looked for, in lower case; empty shows everything."""
        return self._fragments

    def match_count(self) -> int:
        """How many nodes match or have something below them that does."""
        return len(self._accepted)

    def set_filter(self, text: str) -> None:
        """Look for fragments that spaces separate; upper and lower case are the same."""
        fragments = split_fragments(text)
        if fragments != self._fragments:
            self._fragments = fragments
            self._refilter()

    def is_accepted(self, node: TreeNode) -> bool:
        """Whether a node matches or has something below it that does; all do while nothing is looked for."""
        return not self._fragments or node.ident in self._accepted

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:
        if not self._fragments:
            return True
        above = self._tree.node_at(source_parent)
        if above is None:
            return False
        if source_row < len(above.children):
            return above.children[source_row].ident in self._accepted
        return self._takes_leaf(above, source_row - len(above.children))

    @Slot()
    def _on_rows_inserted(self) -> None:
        # A new row may match, and then those above it are to be shown too.
        if self._fragments:
            self._later.start()

    @Slot()
    def _refilter(self) -> None:
        self._later.stop()
        self.beginFilterChange()
        self._accepted = set()
        self._rest = {}
        if self._fragments:
            self._accept(self._tree.root)
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def _accept(self, node: TreeNode) -> bool:
        """Note a node that matches or has something below it that does."""
        accepted = all(fragment in node.text for fragment in self._fragments)
        for child in node.children:
            # Not any(): every child is to be noted.
            accepted = self._accept(child) or accepted
        if not accepted:
            accepted = any(self._takes_leaf(node, leaf) for leaf in range(self._tree.leaf_count(node)))
        if accepted:
            self._accepted.add(node.ident)
        return accepted

    def _takes_leaf(self, node: TreeNode, leaf: int) -> bool:
        rest = self._rest.get(node.ident)
        if rest is None:
            rest = self._rest[node.ident] = tuple(each for each in self._fragments if each not in node.text)
        if not rest:
            return True
        text = self._tree.leaf_text(node, leaf)
        return all(fragment in text for fragment in rest)


def split_fragments(text: str) -> tuple[str, ...]:
    """The fragments of a filter's text, in lower case."""
    return tuple(dict.fromkeys(text.lower().split()))


NAME_ROLE = Qt.ItemDataRole.UserRole + 1
"""A row's identifying path as text."""
SORT_ROLE = Qt.ItemDataRole.UserRole + 2
"""What a column sorts by: a number where it shows one."""
