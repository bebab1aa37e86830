"""A request or the change of a policy: text that can be read, selected and copied, as high as it needs to be."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from gui import theme
from gui.views.json_highlighter import JsonHighlighter

_MOST_LINES = 24


class _DiffHighlighter(QSyntaxHighlighter):
    """Colours what a unified diff adds and takes away."""

    def highlightBlock(self, text: str) -> None:
        colors = theme.colors()
        color = {"+": colors.ok, "-": colors.error, "@": colors.info}.get(text[:1])
        if color is not None:
            form = QTextCharFormat()
            form.setForeground(QColor(color))
            self.setFormat(0, len(text.encode("utf-16-le")) // 2, form)


class PlanText(QPlainTextEdit):
    """Text in a fixed-width font, read only; beyond a number of lines it scrolls.

    Args:
        text: JSON, or a unified diff.
        diff: whether it is a diff.
        name: what it is called for those who do not see it.
    """

    def __init__(self, text: str, name: str, *, diff: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFont(theme.mono_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self._json: JsonHighlighter | None = None
        self._diff: _DiffHighlighter | None = None
        document: QTextDocument = self.document()
        if diff:
            self._diff = _DiffHighlighter(document)
        else:
            self._json = JsonHighlighter(document)
        self.setPlainText(text)
        theme.notifier.theme_changed.connect(self._color)
        self._color()

    def sizeHint(self) -> QSize:
        lines = min(max(self.document().blockCount(), 1), _MOST_LINES)
        margins = 2 * (self.frameWidth() + round(self.document().documentMargin()))
        # Room for the bar that a long line brings.
        bar = self.horizontalScrollBar().sizeHint().height()
        return QSize(320, lines * self.fontMetrics().lineSpacing() + margins + bar)

    @Slot()
    def _color(self) -> None:
        if self._diff is not None:
            self._diff.rehighlight()
        elif self._json is not None:
            self._json.restart(enabled=True)
            self._json.highlight(0, self.document().blockCount() - 1)
