"""Which series stand on the timeline when renamed properties are no longer joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.archive.joining import keys_as_sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.archive.archive import Archive
    from core.fleet.series import SeriesKey
    from core.jobs import JobContext


def keys_apart(archive: Archive, keys: Sequence[SeriesKey], ctx: JobContext) -> list[SeriesKey]:
    """Each series as it was sent: under all names of which the archive has samples; itself where there are none."""
    named = {key: keys_as_sent(key) for key in keys}
    several = [name for names in named.values() if len(names) > 1 for name in names]
    if not several:
        return list(keys)
    vins, paths = sorted({name.vin for name in several}), sorted({name.path for name in several})
    known = set(archive.find_series(vins, paths, ctx))
    apart: dict[SeriesKey, None] = {}
    for key, names in named.items():
        apart.update(dict.fromkeys([name for name in names if name in known] or [key]))
    return list(apart)
