"""Brings batches from a source into its archive: list, leave out what is recorded, fetch, flatten, append.

The stages run side by side with bounded queues between them, so that the slowest alone sets the pace and memory does
not depend on the number of batches. Whatever was appended stays, however a run ends; the next one goes on from there.
"""

from core.sync.engine import sync
from core.sync.plan import Day, days_to_load, first_day_to_watch, with_days
from core.sync.result import SyncProgress, SyncResult
from core.sync.watch import watch

__all__ = [
    "Day",
    "SyncProgress",
    "SyncResult",
    "days_to_load",
    "first_day_to_watch",
    "sync",
    "watch",
    "with_days",
]
