"""A text as a cell that no spreadsheet runs. Needs no arrays, so that whoever copies a few lines need not load them."""

from __future__ import annotations

import re

# Signs of formulas, full-width ones too, also behind what a spreadsheet may skip; and what some begin a new cell at. It
# is the list of OWASP's page on CSV injection, and what cannot be seen.
_FORMULA = re.compile(r"[\s\0\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n\0]")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Infinity|NaN)", re.ASCII)
_QUOTED = frozenset(',"\r\n')


def cell(text: str) -> str:
    """A text as a cell: made safe for spreadsheets, then quoted where it must be."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    if _QUOTED.isdisjoint(text):
        return text
    return '"' + text.replace('"', '""') + '"'
