"""Reads recorded and derived series alike: a derived one is computed from all samples of those that its formula names.

What is computed at one moment may depend on samples of any other, so the inputs are read whole, whatever part of the
result is wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.archive.joining import joined_key
from core.errors import UsageError
from core.fleet.derived import derive
from core.fleet.formula import derived_key, inputs_of, looks_like_formula, parse
from core.fleet.gaps import GAP_FACTOR
from core.fleet.nodes import Input, inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.archive.archive import Archive
    from core.autoapi.display import DisplayUnits
    from core.fleet.nodes import Node
    from core.fleet.series import Series, SeriesKey
    from core.jobs import JobContext


def read_series(
    archive: Archive,
    keys: Sequence[SeriesKey],
    ctx: JobContext,
    *,
    units: DisplayUnits | None = None,
    joined: bool = False,
    gap_factor: float = GAP_FACTOR,
    on_problem: Callable[[SeriesKey, UsageError], None] | None = None,
) -> list[Series]:
    """All samples of recorded and derived series, in the order of the keys.

    Args:
        units: in which derived values are computed; None for those that were sent. Recorded ones stay as sent.
        joined: as for :meth:`core.archive.archive.Archive.series`, for what formulas name too.
        gap_factor: as for :func:`core.fleet.derived.derive`.
        on_problem: told of each derived series that cannot be computed, which is then left out.

    Raises:
        UsageError: a derived series cannot be computed, and nobody is told.
    """
    sources = {key: inputs_of(key) for key in keys}
    wanted = list(dict.fromkeys(one for key, inner in sources.items() for one in inner or (key,)))
    recorded = dict(zip(wanted, archive.series(wanted, ctx, joined=joined), strict=True))
    found = []
    for key in keys:
        ctx.check()
        if not sources[key]:
            found.append(recorded[key])
            continue
        try:
            found.append(derive(key, recorded, units, gap_factor))
        except UsageError as error:
            error.subject = error.subject or key.property
            if on_problem is None:
                raise
            on_problem(key, error)
    return found


def find_series(
    archive: Archive, vins: Sequence[str], names: Sequence[str], ctx: JobContext, *, joined: bool = False
) -> list[SeriesKey]:
    """The series of some vehicles (of all where none is named) that paths and formulas name.

    Args:
        names: paths as :meth:`core.archive.archive.Archive.find_series` takes them, and formulas; none finds everything
            that is recorded.
        joined: as there.

    Returns:
        What is recorded, sorted; then for each formula the vehicles of which all is recorded that it names.

    Raises:
        UsageError: a formula cannot be read.
    """
    formulas = [parse(name) for name in names if looks_like_formula(name)]
    paths = [name for name in names if not looks_like_formula(name)]
    found = archive.find_series(vins, paths, ctx, joined=joined) if paths or not formulas else []
    for node in formulas:
        if isinstance(node, Input):
            found += archive.find_series(vins, [node.key("").path], ctx, joined=joined)
        else:
            found += [derived_key(vin, node) for vin in _vehicles_of(archive, vins, node, ctx, joined)]
    return list(dict.fromkeys(found))


def _vehicles_of(archive: Archive, vins: Sequence[str], node: Node, ctx: JobContext, joined: bool) -> list[str]:
    own = [one for one in inputs(node) if one.vin is None]
    if not own:
        # All of it is of other vehicles: it is the same for each, and stands under the first of them.
        return [next(one.vin for one in inputs(node) if one.vin is not None)]
    paths = list(dict.fromkeys(one.key("").path for one in own))
    known = set(archive.find_series(vins, paths, ctx, joined=joined))

    def is_recorded(key: SeriesKey) -> bool:
        return (joined_key(key) if joined else key) in known

    return sorted(vin for vin in {key.vin for key in known} if all(is_recorded(one.key(vin)) for one in own))
