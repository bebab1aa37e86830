"""Colours for tests that do not depend on the theme."""

from __future__ import annotations

from PySide6.QtGui import QColor

from gui.views.timeline.palette import TimelineColors

RED, GREEN, BLUE = QColor("#ff0000"), QColor("#00ff00"), QColor("#0000ff")
WHITE, GREY = QColor("#ffffff"), QColor("#888888")

COLORS = TimelineColors(
    background=WHITE,
    plot=WHITE,
    text=GREY,
    muted=GREY,
    grid=WHITE,
    border=WHITE,
    accent=GREY,
    error=GREY,
    warning=GREY,
    series=(RED, GREEN, BLUE),
)
