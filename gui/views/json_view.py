"""One message's JSON: indented, coloured, searchable."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QTextCursor, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextEdit, QToolButton, QVBoxLayout, QWidget

from gui import theme
from gui.models.json_text import display_text
from gui.models.texts import line_text, visible_text
from gui.views.filter_field import FilterField
from gui.views.json_highlighter import JsonHighlighter
from gui.views.panel_parts import copy_text, muted_label
from gui.views.window_keys import is_window_key

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_MATCH_ALPHA = 90


class JsonText(QPlainTextEdit):
    """Read-only text that colours and marks only what is in sight, so that its length does not matter.

    Signals:
        find_wanted(), next_wanted(), previous_wanted(): Ctrl+F, F3, Shift+F3.
        sight_changed(): other lines are visible now.
    """

    find_wanted = Signal()
    next_wanted = Signal()
    previous_wanted = Signal()
    sight_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setUndoRedoEnabled(False)
        self.setFont(theme.mono_font())
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setAccessibleName("Raw JSON of the message")
        self.verticalScrollBar().valueChanged.connect(self.sight_changed)

    def visible_blocks(self) -> tuple[int, int]:
        """The numbers of the first and the last line in sight."""
        first = self.firstVisibleBlock().blockNumber()
        lines = self.viewport().height() // max(self.fontMetrics().lineSpacing(), 1) + 1
        return first, min(first + lines, self.document().blockCount() - 1)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._signal(event):
                # These keys belong to the text while it has the focus, not to the window.
                event.accept()
                return True
            if is_window_key(event):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        signal = self._signal(event)
        if signal is None:
            super().keyPressEvent(event)
        else:
            getattr(self, signal).emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sight_changed.emit()

    @staticmethod
    def _signal(event: QKeyEvent) -> str | None:
        for key, name in (
            (QKeySequence.StandardKey.Find, "find_wanted"),
            (QKeySequence.StandardKey.FindNext, "next_wanted"),
            (QKeySequence.StandardKey.FindPrevious, "previous_wanted"),
        ):
            if event.matches(key):
                return name
        return None


class JsonView(QWidget):
    """A message as it was sent, with a search that counts and marks every match."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._raw = ""
        self._shown = ""
        self._wide: list[int] = []
        self._matches: list[tuple[int, int]] = []
        self._current = -1
        self.edit = JsonText()
        self.search = FilterField("Find in the message")
        self.count = muted_label()
        self.notice = muted_label()
        self.notice.setWordWrap(True)
        self.previous_button = self._button("collapse", "Previous match (Shift+Enter)")
        self.next_button = self._button("expand", "Next match (Enter)")
        self.copy_button = self._button("copy", "Copy the message as it was sent")
        self._highlighter = JsonHighlighter(self.edit.document())
        top = QHBoxLayout()
        for widget in (self.search, self.count, self.previous_button, self.next_button, self.copy_button):
            top.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.notice)
        self._sight = QTimer(self)
        self._sight.setSingleShot(True)
        self._sight.setInterval(0)
        self._sight.timeout.connect(self._paint_sight)
        self.edit.sight_changed.connect(self._sight.start)
        self.edit.find_wanted.connect(self.start_search)
        self.edit.next_wanted.connect(self.find_next)
        self.edit.previous_wanted.connect(self.find_previous)
        self.search.filter_changed.connect(self._on_search_changed)
        self.search.list_wanted.connect(self.edit.setFocus)
        self.search.installEventFilter(self)
        self.next_button.clicked.connect(self.find_next)
        self.previous_button.clicked.connect(self.find_previous)
        self.copy_button.clicked.connect(self.copy_raw)
        theme.notifier.theme_changed.connect(self._on_theme_changed)
        self.clear()

    # What comes in

    def clear(self) -> None:
        """Show nothing."""
        self.set_raw("")

    def set_raw(self, raw: str, reason: str = "") -> None:
        """Show a message.

        Args:
            raw: as it was sent.
            reason: why it could not be read; empty where it could.
        """
        self._raw = raw
        prepared = display_text(raw)
        # A colour for every line at once would take longer than showing them.
        self._highlighter.restart(enabled=not prepared.broken)
        self.edit.setPlainText(visible_text(prepared.text, lines=True))
        self._shown = self.edit.toPlainText()
        # Qt counts characters beyond the basic plane twice.
        self._wide = [] if self._shown.isascii() else [at for at, char in enumerate(self._shown) if char > "\uffff"]
        notices = [f"This message could not be read: {line_text(reason)}."] if reason else []
        if prepared.broken and raw:
            notices.append("It is no JSON and stands as it was sent.")
        if prepared.cut:
            notices.append(f"Only its beginning is shown; copying copies all {len(raw):,} characters.")
        self.notice.setText(" ".join(notices))
        self.notice.setVisible(bool(notices))
        self.copy_button.setEnabled(bool(raw))
        self._find(keep_place=False)

    # Search

    @Slot()
    def start_search(self) -> None:
        """Put the cursor into the search field; a selected text becomes what is searched."""
        selected = self.edit.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self.search.setText(selected)
            self.search.apply()
        self.search.setFocus()
        self.search.selectAll()

    @Slot()
    def find_next(self) -> None:
        """Go to the next match, from the last to the first."""
        self._step(1)

    @Slot()
    def find_previous(self) -> None:
        """Go to the previous match, from the first to the last."""
        self._step(-1)

    @Slot()
    def copy_raw(self) -> None:
        """Put the message on the clipboard as it was sent."""
        copy_text(self._raw)

    def match_count(self) -> int:
        """How many matches there are."""
        return len(self._matches)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            backwards = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            keys = (QKeySequence.StandardKey.FindNext, QKeySequence.StandardKey.FindPrevious)
            if enter or any(event.matches(key) for key in keys):
                known = self.search.text() == self.search.applied_text
                self.search.apply()
                # The first Enter shows what the field now says; only the next ones move on.
                if known:
                    self._step(-1 if backwards else 1)
                return True
        return False

    @Slot(str)
    def _on_search_changed(self, _text: str) -> None:
        self._find(keep_place=True)

    def _find(self, *, keep_place: bool) -> None:
        wanted = self.search.text()
        self._matches = []
        self._current = -1
        if wanted:
            pattern = re.compile(re.escape(wanted), re.IGNORECASE)
            self._matches = [match.span() for match in pattern.finditer(self._shown)]
        if self._matches:
            place = self._to_text(self.edit.textCursor().selectionStart()) if keep_place else 0
            self._current = bisect_left(self._matches, (place, 0)) % len(self._matches)
            self._show_match()
        self._show_count()
        self._sight.start()

    def _step(self, by: int) -> None:
        if self._matches:
            self._current = (self._current + by) % len(self._matches)
            self._show_match()
            self._show_count()

    def _show_match(self) -> None:
        start, _ = self._matches[self._current]
        cursor = self.edit.textCursor()
        cursor.setPosition(self._to_qt(start))
        self.edit.setTextCursor(cursor)
        self.edit.horizontalScrollBar().setValue(0)
        self.edit.centerCursor()
        self._sight.start()

    def _show_count(self) -> None:
        found = len(self._matches)
        if not self.search.text():
            self.count.setText("")
        else:
            self.count.setText(f"{self._current + 1:,} of {found:,}" if found else "No match")
        self.next_button.setEnabled(found > 0)
        self.previous_button.setEnabled(found > 0)

    # What is painted

    @Slot()
    def _on_theme_changed(self) -> None:
        self._highlighter.restart(enabled=self._highlighter.enabled)
        self._sight.start()

    @Slot()
    def _paint_sight(self) -> None:
        """Colour the lines in sight and mark the matches in them."""
        first, last = self.edit.visible_blocks()
        self._highlighter.highlight(first, last)
        document = self.edit.document()
        start = self._to_text(document.findBlockByNumber(first).position())
        block = document.findBlockByNumber(last)
        end = self._to_text(block.position() + block.length())
        low = bisect_left(self._matches, (start, 0))
        high = bisect_right(self._matches, (end, 0))
        faint = QColor(theme.colors().warning)
        faint.setAlpha(_MATCH_ALPHA)
        strong = QColor(theme.colors().accent)
        marks = []
        for at in range(low, high):
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(document)
            mark.cursor.setPosition(self._to_qt(self._matches[at][0]))
            mark.cursor.setPosition(self._to_qt(self._matches[at][1]), QTextCursor.MoveMode.KeepAnchor)
            if at == self._current:
                mark.format.setBackground(strong)
                mark.format.setForeground(QColor(theme.colors().on_accent))
            else:
                mark.format.setBackground(faint)
            marks.append(mark)
        self.edit.setExtraSelections(marks)

    def _to_qt(self, at: int) -> int:
        return at + bisect_left(self._wide, at)

    def _to_text(self, at: int) -> int:
        low, high = 0, len(self._wide)
        while low < high:
            middle = (low + high) // 2
            if self._wide[middle] + middle < at:
                low = middle + 1
            else:
                high = middle
        return at - low

    @staticmethod
    def _button(icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(theme.icon(icon))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button
