"""What of the timeline commands need, as gui.actions.NEEDS names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.views.timeline.view import TimelineView


def timeline_state(timeline: TimelineView) -> dict[str, bool]:
    """Whether each need that a timeline meets is met."""
    return {
        "moments": timeline.aligning.alignment.shows_moments,
        "bookmarks": bool(timeline.bookmarks.all),
        "zoomed": timeline.can_zoom_back(),
        "unzoomed": timeline.can_zoom_forward(),
        "selected": bool(timeline.selected_keys()),
        "undoable": bool(timeline.editing.undo_label),
        "redoable": bool(timeline.editing.redo_label),
        "region": timeline.reading.region.range is not None,
    }
