"""JSON as a person reads it, with every token exactly as it was sent."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

DISPLAY_LIMIT = 300_000
"""Characters that are shown of one text at most: as many as can be laid out before a person notices."""
LINE_LIMIT = 20_000
"""Characters of one line at most: laying out one endless line would block the window."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\],:]|[^\s{}\[\],:"]+|"', re.DOTALL)
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class DisplayText:
    """A text to show.

    Attributes:
        text: indented where it is JSON, else as it stands.
        broken: whether it is no JSON.
        cut: whether it goes on beyond what is shown.
    """

    text: str
    broken: bool
    cut: bool


def display_text(raw: str, limit: int = DISPLAY_LIMIT) -> DisplayText:
    """Prepare a message for showing.

    Numbers keep their digits, objects the order of their members and members that are there twice. A text that is no
    JSON stays as it stands.
    """
    # Too long a text is not checked as a whole: that alone would take longer than showing its beginning.
    if len(raw) <= limit and not _is_json(raw):
        text, cut = _cut_lines(raw)
        return DisplayText(text, broken=True, cut=cut)
    # Neither is more of it read than is shown: white space only makes it longer.
    text, cut = indent_json(raw[:limit], limit)
    cut = cut or len(raw) > limit
    text, line_cut = _cut_lines(text)
    return DisplayText(text, broken=False, cut=cut or line_cut)


def indent_json(raw: str, limit: int = DISPLAY_LIMIT) -> tuple[str, bool]:
    """One member or element a line. Only white space between tokens changes.

    Returns:
        The text, and whether it was cut because it grew beyond the limit.
    """
    out: list[str] = []
    length = 0
    depth = 0
    just_opened = False
    for match in _TOKEN.finditer(raw):
        token = match[0]
        if length > limit:
            return "".join(out)[:limit], True
        if token in "}]":
            depth = max(depth - 1, 0)
            piece = token if just_opened else f"\n{_INDENT * depth}{token}"
            just_opened = False
        else:
            lead = f"\n{_INDENT * depth}" if just_opened else ""
            just_opened = token in "{["
            if just_opened:
                depth += 1
                piece = lead + token
            elif token == ",":
                piece = f"{lead},\n{_INDENT * depth}"
            elif token == ":":
                piece = f"{lead}: "
            else:
                piece = lead + token
        out.append(piece)
        length += len(piece)
    text = "".join(out)
    return text[:limit], len(text) > limit


def _is_json(raw: str) -> bool:
    try:
        # Numbers stay texts: nobody needs their values, and one of 5,000 digits is JSON too.
        json.loads(raw, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def _cut_lines(text: str) -> tuple[str, bool]:
    if len(text) <= LINE_LIMIT:
        return text, False
    lines = text.split("\n")
    if all(len(line) <= LINE_LIMIT for line in lines):
        return text, False
    return "\n".join(line if len(line) <= LINE_LIMIT else f"{line[:LINE_LIMIT]}…" for line in lines), True
