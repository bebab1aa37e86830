"""The timeline's colours, taken from the theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

from gui import theme


def blend(color: QColor, base: QColor, share: float) -> QColor:
    """The opaque colour that a share (0 to 1) of one colour gives over another."""
    rest = 1.0 - share
    return QColor(
        round(color.red() * share + base.red() * rest),
        round(color.green() * share + base.green() * rest),
        round(color.blue() * share + base.blue() * rest),
    )


@dataclass(frozen=True, slots=True)
class TimelineColors:
    """Every colour the timeline draws with.

    Attributes:
        background: of the whole widget.
        plot: of the plots.
        text: titles and values.
        muted: tick labels, hints.
        grid: fine lines.
        border: frames of plots.
        accent: cursor, focus, drop target.
        error: failures.
        warning: unit changes.
        series: of curves, colour-blind safe.
    """

    background: QColor
    plot: QColor
    text: QColor
    muted: QColor
    grid: QColor
    border: QColor
    accent: QColor
    error: QColor
    warning: QColor
    series: tuple[QColor, ...]

    def curve(self, index: int) -> QColor:
        """The colour of a series."""
        return self.series[index % len(self.series)]

    def label(self, index: int) -> QColor:
        """The colour of words that belong to a series: its own, drawn towards that of text as far as reading needs."""
        return blend(self.curve(index), self.text, 0.6)

    def band(self, index: int) -> QColor:
        """The colour of a state's band, pale enough for text on it."""
        # Starts elsewhere than the curves' colours do: a band's colour names a state, not a series. On a dark ground
        # the theme's colours are light, so less of them keeps the contrast of text.
        return blend(self.curve(index + 2), self.plot, 0.40 if self.plot.lightness() > 127 else 0.33)

    def faint(self, color: QColor, share: float = 0.35) -> QColor:
        """A colour drawn back into the plot's background."""
        return blend(color, self.plot, share)


def theme_colors() -> TimelineColors:
    """The timeline's colours in the theme of now."""
    return colors_of(theme.colors())


def colors_of(colors: theme.Colors) -> TimelineColors:
    """The timeline's colours in a theme."""
    return TimelineColors(
        background=QColor(colors.background),
        plot=QColor(colors.surface),
        text=QColor(colors.text),
        muted=QColor(colors.muted),
        grid=QColor(colors.grid),
        border=QColor(colors.border),
        accent=QColor(colors.accent),
        error=QColor(colors.error),
        warning=QColor(colors.warning),
        series=tuple(QColor(color) for color in colors.series),
    )
