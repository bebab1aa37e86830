"""Lists of sources: the saved connections, and what was opened before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.sandbox.simulate import display_name, is_demo
from gui import theme
from gui.models.texts import tip_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.connections import Connection

ROW_HEIGHT = 40
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class SourcesModel(QAbstractListModel):
    """Sources in a list: the saved connections, or what was opened before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sources: list[Connection] = []

    def set_sources(self, sources: Sequence[Connection]) -> None:
        """Show these."""
        self.beginResetModel()
        self._sources = list(sources)
        self.endResetModel()

    def source(self, index: _Index) -> Connection | None:
        """The source of a row."""
        return self._sources[index.row()] if index.isValid() else None

    def rowCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._sources)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        source = self.source(index)
        if source is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return source_name(source)
        if role == DETAIL_ROLE:
            return _detail(source)
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (visible_text(part) for part in (source.name, source.address, _way(source)) if part)
            return tip_text("\n".join(lines))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (source_name(source), _detail(source)) if part)
        if role == Qt.ItemDataRole.DecorationRole:
            return theme.icon(_icon(source))
        return None


def source_name(source: Connection) -> str:
    return visible_text(source.name) or display_name(source.address)


def _detail(source: Connection) -> str:
    parts = [source.address if source.name else "", _way(source)]
    return " · ".join(part for part in parts if part)


def _way(source: Connection) -> str:
    """How it is reached, in words."""
    options = source.options
    credentials = "access keys" if options.keys else f"profile {options.profile}" if options.profile else ""
    return " · ".join(part for part in (credentials, options.region, options.endpoint_url) if part)


def _icon(source: Connection) -> str:
    if is_demo(source.address):
        return "demo"
    return "bucket" if source.address.startswith("s3://") else "folder"


class SourceDelegate(QStyledItemDelegate):
    """Icon, address shortened in the middle, and at the right in muted colour how it is reached."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        view = QStyleOptionViewItem(option)
        self.initStyleOption(view, index)
        icon, text = view.icon, view.text
        view.text = ""
        if not view.widget.hasFocus():
            # Without the focus Enter does not open it, so nothing may look as if it did.
            view.state &= ~QStyle.StateFlag.State_Selected
        view.features &= ~QStyleOptionViewItem.ViewItemFeature.HasDecoration
        view.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, view, painter, view.widget)
        room = view.rect.adjusted(12, 0, -12, 0)
        icon.paint(painter, QRect(room.left(), room.center().y() - 9, 20, 20))
        room.setLeft(room.left() + 32)
        metrics = view.fontMetrics
        detail = metrics.elidedText(str(index.data(DETAIL_ROLE)), Qt.TextElideMode.ElideRight, room.width() * 2 // 5)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.save()
        selected = bool(view.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QColor(theme.colors().text if selected else theme.colors().muted))
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, detail)
        painter.setPen(QColor(theme.colors().text))
        if detail:
            room.setRight(room.right() - metrics.horizontalAdvance(detail) - 16)
        painter.drawText(room, middle, metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width()))
        painter.restore()


def source_of(index: QModelIndex) -> Connection | None:
    """The source of a row of any such model."""
    model = index.model()
    return model.source(index) if isinstance(model, SourcesModel) else None
