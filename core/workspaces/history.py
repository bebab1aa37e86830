"""The states of a layout before each change, to take changes back and to make them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.workspaces.layout import TimelineLayout

LIMIT = 100


class Step(NamedTuple):
    """A change: what it was, and the layout before it, or after it where it was taken back."""

    label: str
    layout: TimelineLayout


class History:
    """Changes that can be taken back, at most LIMIT of them; a new one forgets those that were taken back."""

    def __init__(self) -> None:
        self._undone: list[Step] = []
        self._done: list[Step] = []

    @property
    def undo_label(self) -> str:
        """What undo would take back, '' where there is nothing."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What redo would make again, '' where there is nothing."""
        return self._undone[-1].label if self._undone else ""

    def record(self, label: str, before: TimelineLayout) -> None:
        """Remembers a change.

        Args:
            label: what was done, as it stands behind ``Undo``.
            before: the layout as it was.
        """
        self._undone.clear()
        self._done.append(Step(label, before))
        del self._done[:-LIMIT]

    def undo(self, now: TimelineLayout) -> TimelineLayout | None:
        """The layout before the last change, None where there is none."""
        return self._exchange(self._done, self._undone, now)

    def redo(self, now: TimelineLayout) -> TimelineLayout | None:
        """The layout after the change that was taken back last, None where there is none."""
        return self._exchange(self._undone, self._done, now)

    def clear(self) -> None:
        """Forgets all."""
        self._done.clear()
        self._undone.clear()

    @staticmethod
    def _exchange(steps: list[Step], others: list[Step], now: TimelineLayout) -> TimelineLayout | None:
        if not steps:
            return None
        label, layout = steps.pop()
        others.append(Step(label, now))
        return layout
