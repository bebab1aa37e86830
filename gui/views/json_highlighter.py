"""Colours for JSON, line by line and only where asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat

from gui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QTextDocument

# No token of JSON goes on in the next line, so each line is coloured by itself.
_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<string>"(?:[^"\\]|\\.)*"?)|(?P<word>\b(?:true|false|null)\b)'
    r"|(?P<number>-?\d[\d.eE+-]*)"
)


class JsonHighlighter(QSyntaxHighlighter):
    """Colours the lines it is asked for, once; those never seen cost nothing.

    Attributes:
        enabled: whether the text is JSON at all.
    """

    def __init__(self, document: QTextDocument) -> None:
        self.enabled = False
        self._wanted = -1
        self._done: set[int] = set()
        super().__init__(document)

    def restart(self, *, enabled: bool) -> None:
        """Forget what is coloured, as the text or the colours change."""
        self.enabled = enabled
        self._done = set()

    def highlight(self, first: int, last: int) -> None:
        """Colour these lines where they are not yet."""
        if not self.enabled:
            return
        document = self.document()
        for number in range(first, last + 1):
            if number not in self._done:
                self._wanted = number
                self.rehighlightBlock(document.findBlockByNumber(number))
                self._done.add(number)
        self._wanted = -1

    def highlightBlock(self, text: str) -> None:
        if self._wanted < 0:
            return
        colors = theme.colors()
        kinds = {"key": colors.accent, "string": colors.ok, "word": colors.series[3], "number": colors.warning}
        for match in _TOKEN.finditer(text):
            form = QTextCharFormat()
            form.setForeground(QColor(kinds[match.lastgroup or "string"]))
            # Qt counts characters beyond the basic plane twice.
            start = len(text[: match.start()].encode("utf-16-le")) // 2
            self.setFormat(start, len(match[0].encode("utf-16-le")) // 2, form)
