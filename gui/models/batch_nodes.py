"""The rows of the batch tree: app, level, year, month and day, and the other objects of a level."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from core.archive.archive import DayState
from gui.models.texts import clock_text, day_text, full_time_text, messages_text, month_text, plural, size_text
from gui.models.tree import TreeNode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from core.storage.index import DayCount
    from core.storage.keys import BatchKey
    from core.storage.source import SourceObject

Day = tuple[str, str, str]
"""(app, level, YYYY-MM-DD): one day folder of a source."""
Listed = tuple["BatchKey", "SourceObject"]
"""A batch as a listing brings it."""


class Kind(Enum):
    """What a row of the batch tree stands for."""

    ROOT = auto()
    APP = auto()
    LEVEL = auto()
    YEAR = auto()
    MONTH = auto()
    DAY = auto()
    OTHERS = auto()


BELOW = {
    Kind.ROOT: Kind.APP,
    Kind.APP: Kind.LEVEL,
    Kind.LEVEL: Kind.YEAR,
    Kind.YEAR: Kind.MONTH,
    Kind.MONTH: Kind.DAY,
}
"""What the folders below a folder are."""


class BatchNode(TreeNode):
    """A folder of the layout, or the other objects that lie in one. The newest comes first, other objects last.

    Attributes:
        kind: what it stands for.
        app, level: where it lies; empty above.
        batches, size: what lies in it; the size in bytes.
        recorded, rejects, rejected, failed, messages, read, lost: of these, what the archive has.
        count: of a day, as the index gives it.
        listed: of a day, its batches as far as they are listed, oldest first.
        requested: of a day, whether its batches were asked for.
        objects: of a row for other objects, these.
    """

    __slots__ = (
        "app", "batches", "count", "failed", "kind", "level", "listed", "lost", "messages", "objects", "read",
        "recorded", "rejected", "rejects", "requested", "size",
    )  # fmt: skip

    def __init__(self, kind: Kind, name: str, above: BatchNode | None = None) -> None:
        super().__init__(name)
        self.kind = kind
        self.app: str = name if kind is Kind.APP else above.app if above else ""
        self.level: str = name if kind is Kind.LEVEL else above.level if above else ""
        self.order = _order(kind, name)
        self.text = f"{above.text} {self.name} {self.label()} {self.folder()}".lower() if above else ""
        self.batches = 0
        self.size = 0
        self.recorded = 0
        self.rejects = 0
        self.failed = 0
        self.messages = 0
        self.read = 0
        self.rejected = 0
        self.lost = 0
        self.count: DayCount | None = None
        self.listed: list[Listed] = []
        self.requested = False
        self.objects: list[SourceObject] = []

    @property
    def day(self) -> Day:
        """Of a day, which."""
        return (self.app, self.level, self.name)

    def folder(self) -> str:
        """Its folder, relative to the layout's root, without a slash at the end."""
        parts = [self.app, self.level]
        if self.kind in (Kind.YEAR, Kind.MONTH, Kind.DAY):
            parts += self.name.split("-")
        return "/".join(part for part in parts if part)

    def label(self) -> str:
        """What its first column shows."""
        if self.kind is Kind.MONTH:
            return month_text(self.name)
        if self.kind is Kind.DAY:
            return day_text(self.name)
        return "Other objects" if self.kind is Kind.OTHERS else self.name

    def tip(self, zone: tzinfo) -> str:
        """What is worth knowing beside the columns; times in a zone beside those in UTC."""
        if self.kind is Kind.OTHERS:
            return "Objects whose keys are no batch keys"
        name = self.name if self.kind is Kind.DAY else self.folder()
        text = f"{name}\n{plural(self.batches, 'batch', 'batches')}, {size_text(self.size)}"
        text += f"\nIn the archive: {state_text(self.batches, self.recorded, self.rejected, self.failed, self.lost)}"
        if self.recorded:
            text += f"\n{messages_text(self.messages, self.read, self.rejects, self.lost)}"
        if self.count is not None and self.count.batches:
            first, last = self.count.first, self.count.last
            text += f"\nFrom {clock_text(first)} to {clock_text(last)} UTC"
            text += f"\n{full_time_text(first, zone)} to {full_time_text(last, zone)}"
        return text

    def summary(self) -> tuple[int, ...]:
        """What the columns are made of."""
        return (self.batches, self.size, self.recorded, self.rejected, self.failed, self.lost)

    @property
    def is_loaded(self) -> bool:
        """Whether the archive has all that lies in it and nothing failed or was lost."""
        return 0 < self.batches <= self.recorded and not self.failed and not self.lost

    def take_state(self, states: Mapping[Day, DayState]) -> None:
        """Of a day, look up what the archive has of it."""
        count, state = self.count, states.get(self.day)
        self.batches = count.batches if count else 0
        self.size = count.bytes if count else 0
        known = state or DayState(0, 0, 0)
        self.recorded, self.rejects, self.failed = known.batches, known.rejects, known.failed
        self.messages, self.read, self.rejected, self.lost = known.messages, known.read, known.rejected, known.lost

    def add_up(self, children: list[BatchNode]) -> None:
        """Of a folder of folders, add up what lies below it."""
        folders = [child for child in children if child.kind is not Kind.OTHERS]
        self.batches = sum(child.batches for child in folders)
        self.size = sum(child.size for child in folders)
        self.recorded = sum(min(child.recorded, child.batches) for child in folders)
        self.rejects = sum(child.rejects for child in folders)
        self.failed = sum(child.failed for child in folders)
        self.messages = sum(child.messages for child in folders)
        self.read = sum(child.read for child in folders)
        self.rejected = sum(child.rejected for child in folders)
        self.lost = sum(child.lost for child in folders)


def state_text(batches: int, recorded: int, rejects: int, failed: int, lost: int = 0, *, short: bool = False) -> str:
    """How far batches are in the archive: ``not loaded``, ``120 of 288``, ``loaded · 2 rejects``, ``failed``.

    Args:
        rejects: messages that could not be read.
        failed: batches that are no lists of messages.
        lost: messages that gave neither samples nor a reject.
        short: for a narrow column ``41 % · 2 rejects`` stands in place of ``120 of 288 · 2 rejects``.
    """
    if not recorded and not failed:
        return "not loaded"
    if failed and failed >= max(batches, recorded):
        return "failed"
    parts = []
    if failed:
        parts.append(f"{failed:,} failed")
    if rejects:
        parts.append(plural(rejects, "reject"))
    if lost:
        parts.append(f"{lost:,} lost")
    if recorded >= batches:
        so_far = "loaded"
    else:
        # Never 100 % of what is not all.
        so_far = f"{recorded * 100 // batches} %" if short and parts else f"{recorded:,} of {batches:,}"
    return " · ".join([so_far, *parts])


def _order(kind: Kind, name: str) -> tuple[int, int, str]:
    if kind is Kind.OTHERS:
        return (1, 0, "")
    if kind is Kind.APP or kind is Kind.ROOT:
        return (0, 0, name)
    return (0, -int(name.removeprefix("level").replace("-", "")), "")
