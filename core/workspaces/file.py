"""Workspaces as files: JSON that a person can read, and that is read as far as it is understood.

Nothing in them is secret: credentials come from the AWS chain each time.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from core.autoapi.display import DisplayUnits
from core.connections import Connection, connection_from, content_of
from core.errors import OdographError
from core.fleet import timezones
from core.fleet.day_passes import DAY
from core.fleet.series import SeriesKey
from core.settings import UNIT_SYSTEMS
from core.workspaces.bookmarks import Bookmark, in_order, one_line
from core.workspaces.layout import (
    GAP_FACTOR,
    LEAST_WEIGHT,
    MOST_WEIGHT,
    Alignment,
    PlotLayout,
    SeriesLook,
    Shape,
    TimelineLayout,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.autoapi.units import System

FORMAT = "odograph workspace"
VERSION = 1
SUFFIX = ".json"
# More than this no workspace needs; a larger file is something else.
_MOST_BYTES = 4_000_000
_WIDEST = 20.0
# Axes that span less, or less of their numbers, cannot be told from a point; of those that span more, spans overflow.
_SHORTEST_AXIS, _LONGEST_AXIS, _FINEST_AXIS = 1e-300, 1e300, 1e-12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RESULT = "The workspace cannot be read"


class WorkspaceDamaged(OdographError):
    """A file is no workspace, or not one of which anything can be read."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """What is open and how it is shown.

    Attributes:
        name: what a person calls it; may be empty.
        source: what is open, None where it fits any source.
        vehicles: the VINs selected in the panel of vehicles.
        joined: whether renamed properties are one series under their present names.
        layout: the timeline.
        zone: the time zone in which times are told, ``local``, ``UTC`` or an IANA name; None leaves it as it is.
        units: in which values are shown; None leaves them as they are.
    """

    name: str = ""
    source: Connection | None = None
    vehicles: tuple[str, ...] = ()
    joined: bool = True
    layout: TimelineLayout = field(default_factory=TimelineLayout)
    zone: str | None = None
    units: DisplayUnits | None = None


# Writing


def workspace_text(workspace: Workspace) -> str:
    """A workspace as the text of a file."""
    layout = workspace.layout
    numbers = {key: number for number, key in enumerate(layout.looks, 1)}
    content: dict[str, Any] = {"format": FORMAT, "version": VERSION, "name": workspace.name}
    if workspace.source is not None:
        content["source"] = content_of(workspace.source)
    content["vehicles"] = list(workspace.vehicles)
    content["join_renamed"] = workspace.joined
    if workspace.zone is not None:
        content["time_zone"] = workspace.zone
    if workspace.units is not None:
        own = {"of": dict(workspace.units.overrides)} if workspace.units.overrides else {}
        content["units"] = {"system": workspace.units.system, **own}
    content["series"] = [
        {"id": numbers[key], **_key_content(key), **_look_content(look)} for key, look in layout.looks.items()
    ]
    content["plots"] = [_plot_content(plot, layout, numbers) for plot in layout.plots]
    # What is counted from a vehicle's first sample or from midnight is no date: it stays a number of microseconds.
    text = _time_text if layout.alignment.shows_moments else int
    edge = _time_text if layout.alignment is Alignment.ABSOLUTE else int
    content["time_range"] = None if layout.time_range is None else [text(time) for time in layout.time_range]
    content["cursor"] = None if layout.cursor is None else text(layout.cursor)
    content["region"] = None if layout.region is None else [edge(time) for time in layout.region]
    content["alignment"] = layout.alignment
    if layout.hours is not None:
        content["hours"] = list(layout.hours)
    content["gap_factor"] = layout.gap_factor
    if layout.bookmarks:
        content["bookmarks"] = [_bookmark_content(one) for one in layout.bookmarks]
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _key_content(key: SeriesKey) -> dict[str, str]:
    content = {"vin": key.vin, "capability": key.capability, "property": key.property}
    return content | ({"component": key.component} if key.component else {})


def _look_content(look: SeriesLook) -> dict[str, Any]:
    usual = SeriesLook()
    values = {name: getattr(look, name) for name in ("color", "color_chosen", "visible", "width", "shape")}
    return {name: value for name, value in values.items() if value != getattr(usual, name)}


def _plot_content(plot: PlotLayout, layout: TimelineLayout, numbers: dict[SeriesKey, int]) -> dict[str, Any]:
    content: dict[str, Any] = {"series": [numbers[key] for key in plot.keys if key in numbers]}
    placed = [numbers[key] for key in plot.keys if key in layout.placed and key in numbers]
    content["placed_by_hand"] = True if placed == content["series"] else placed
    content["weight"] = plot.weight
    if plot.ranges:
        content["axes"] = [{"axis": name, "low": low, "high": high} for name, low, high in plot.ranges]
    return content


def _bookmark_content(one: Bookmark) -> dict[str, Any]:
    end = {} if one.end is None else {"end": _time_text(one.end)}
    return {"start": _time_text(one.start), **end, "text": one.text}


def _time_text(time: int) -> str | int:
    try:
        return (_EPOCH + timedelta(microseconds=time)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return time


# Reading


def read_workspace(file: Path) -> tuple[Workspace, list[str]]:
    """Read a file.

    Returns:
        The workspace as far as it can be read, and what was left out of it, in words.

    Raises:
        WorkspaceDamaged: it is none, or nothing of it can be read.
        OdographError: the file cannot be read.
    """
    try:
        size = file.stat().st_size
        text = file.read_text(encoding="utf-8") if size <= _MOST_BYTES else ""
    except FileNotFoundError as error:
        raise OdographError("There is no such workspace", subject=str(file)) from error
    except (OSError, UnicodeDecodeError) as error:
        kind = WorkspaceDamaged if isinstance(error, UnicodeDecodeError) else OdographError
        raise kind(_RESULT, subject=str(file), detail=str(error)) from error
    try:
        return parse_workspace(text)
    except WorkspaceDamaged as error:
        raise WorkspaceDamaged(error.title, subject=str(file), hint=error.hint, detail=error.detail) from error


def parse_workspace(text: str) -> tuple[Workspace, list[str]]:
    """Read the text of a file, as :func:`read_workspace` does.

    Raises:
        WorkspaceDamaged: it is no workspace.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        hint = "The file is damaged, or no workspace."
        raise WorkspaceDamaged(_RESULT, hint=hint, detail=str(error)) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise WorkspaceDamaged(_RESULT, hint="The file is no workspace of Odograph.")
    reader = _Reader()
    version = content.get("version")
    if not isinstance(version, int) or version > VERSION:
        reader.problems.append("It was made by a newer Odograph; what this one does not know is left out")
    workspace = Workspace(
        name=reader.value(content, "name", _text, ""),
        source=reader.value(content, "source", connection_from, None),
        vehicles=reader.vehicles(content),
        joined=reader.value(content, "join_renamed", _flag, True),
        layout=reader.layout(content),
        zone=reader.value(content, "time_zone", _zone, None),
        units=reader.value(content, "units", _units, None),
    )
    return workspace, reader.problems


class _Reader:
    """Takes values out of JSON, and remembers what could not be taken."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def value(self, content: dict[str, Any], name: str, check: Callable[[Any], Any], default: Any) -> Any:
        """A checked value, the default where there is none or an unusable one."""
        value = content.get(name)
        if value is None:
            return default
        try:
            return check(value)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            self.problems.append(f"{name} is not usable")
            return default

    def vehicles(self, content: dict[str, Any]) -> tuple[str, ...]:
        """The VINs."""
        found: list[str] = []
        for number, vin in enumerate(self._list(content, "vehicles"), 1):
            try:
                found.append(_text(vin))
            except ValueError:
                self.problems.append(f"vehicle {number} is not usable")
        return tuple(found)

    def layout(self, content: dict[str, Any]) -> TimelineLayout:
        """The timeline."""
        keys: dict[int, SeriesKey] = {}
        looks: dict[SeriesKey, SeriesLook] = {}
        for number, item in enumerate(self._list(content, "series"), 1):
            try:
                key = _key(item)
            except ValueError:
                self.problems.append(f"series {number} has no usable name")
                continue
            id = item.get("id", number)
            if isinstance(id, int):
                keys[id] = key
            looks.setdefault(key, self._look(item))
        plots, placed = self._plots(content, keys)
        layout = TimelineLayout(
            plots=plots,
            looks=looks,
            placed=placed,
            time_range=self.value(content, "time_range", _times, None),
            cursor=self.value(content, "cursor", _time, None),
            region=self.value(content, "region", _times, None),
            alignment=self.value(content, "alignment", Alignment, Alignment.ABSOLUTE),
            hours=self.value(content, "hours", _hours, None),
            gap_factor=self.value(content, "gap_factor", _factor, GAP_FACTOR),
            bookmarks=self._bookmarks(content),
        )
        if content.get("alignment") in (None, *Alignment):
            return layout
        # Times that are counted from something unknown would be taken for moments.
        return replace(layout, time_range=None, cursor=None, region=None, hours=None)

    def _look(self, item: dict[str, Any]) -> SeriesLook:
        return SeriesLook(
            color=self.value(item, "color", _index, None),
            visible=self.value(item, "visible", _flag, True),
            width=self.value(item, "width", _width, 0.0),
            shape=self.value(item, "shape", Shape, Shape.STEPS),
            color_chosen=self.value(item, "color_chosen", _flag, False),
        )

    def _plots(
        self, content: dict[str, Any], keys: dict[int, SeriesKey]
    ) -> tuple[tuple[PlotLayout, ...], frozenset[SeriesKey]]:
        plots: list[PlotLayout] = []
        placed: set[SeriesKey] = set()
        free = set(keys.values())
        for number, item in enumerate(self._list(content, "plots"), 1):
            if not isinstance(item, dict):
                self.problems.append(f"plot {number} is not usable")
                continue
            ids = [id for id in self._list(item, "series") if isinstance(id, int) and id in keys]
            own = [key for key in dict.fromkeys(keys[id] for id in ids) if key in free]
            free.difference_update(own)
            by_hand = item.get("placed_by_hand")
            if by_hand is True:
                placed.update(own)
            elif isinstance(by_hand, list):
                placed.update(keys[id] for id in by_hand if isinstance(id, int) and keys.get(id) in own)
            weight = self.value(item, "weight", _weight, 1.0)
            if own:
                ranges = self._ranges(item)
                plots.append(PlotLayout(len(plots) + 1, tuple(own), weight, ranges))
        return tuple(plots), frozenset(placed)

    def _ranges(self, item: dict[str, Any]) -> tuple[tuple[str, float, float], ...]:
        ranges = []
        for axis in self._list(item, "axes"):
            try:
                low, high = _number(axis["low"]), _number(axis["high"])
                least = max(_SHORTEST_AXIS, _FINEST_AXIS * max(abs(low), abs(high)))
                if not least < high - low < _LONGEST_AXIS:
                    raise ValueError
                ranges.append((_text(axis["axis"]), low, high))
            except (ValueError, TypeError, KeyError):
                self.problems.append("the range of an axis is not usable")
        return tuple(ranges)

    def _bookmarks(self, content: dict[str, Any]) -> tuple[Bookmark, ...]:
        found = []
        for number, item in enumerate(self._list(content, "bookmarks"), 1):
            try:
                found.append(_bookmark(item))
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
                self.problems.append(f"bookmark {number} is not usable")
        kept = in_order(found)
        if len(kept) < len(set(found)):
            self.problems.append(f"only the first {len(kept):,} bookmarks are kept")
        return kept

    def _list(self, content: dict[str, Any], name: str) -> list[Any]:
        found = content.get(name, [])
        if isinstance(found, list):
            return found
        self.problems.append(f"{name} is not a list")
        return []


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    # JSON can name halves of a pair of surrogates, which no file and no query takes; this is a ValueError, too.
    value.encode()
    return value


def _zone(value: Any) -> str:
    try:
        timezones.zone(_text(value))
    except OdographError as error:
        raise ValueError("no time zone of this computer") from error
    return _text(value)


def _units(value: Any) -> DisplayUnits:
    system, own = value["system"], value.get("of", {})
    if system not in UNIT_SYSTEMS or not isinstance(own, dict):
        raise ValueError("no units")
    return DisplayUnits(cast("System", system), {_text(path): _text(unit) for path, unit in own.items()})


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    try:
        number = float(value)
    except OverflowError:
        # Whole numbers of JSON have as many digits as somebody writes.
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("too large")
    return number


def _weight(value: Any) -> float:
    if _number(value) <= 0:
        raise ValueError("not above 0")
    return min(max(_number(value), LEAST_WEIGHT), MOST_WEIGHT)


def _factor(value: Any) -> float:
    if not 0 <= _number(value) < 1e9:
        raise ValueError("below 0, or too much")
    return _number(value)


def _width(value: Any) -> float:
    if not 0 <= _number(value) <= _WIDEST:
        raise ValueError("no width")
    return _number(value)


def _index(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1000:
        raise ValueError("no index")
    return value


def _time(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62:
        return value
    moment = datetime.fromisoformat(_text(value))
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH) // timedelta(microseconds=1)


def _times(value: Any) -> tuple[int, int]:
    if not isinstance(value, list):
        raise ValueError("no range")
    start, end = map(_time, value)
    if start >= end:
        raise ValueError("the end comes before the start")
    return start, end


def _bookmark(item: Any) -> Bookmark:
    text = one_line(_text(item.get("text", "")))
    if item.get("end") is None:
        return Bookmark(_time(item["start"]), None, text)
    return Bookmark(*_times([item["start"], item["end"]]), text)


def _hours(value: Any) -> tuple[int, int]:
    start, end = _times(value)
    if not 0 <= start < end <= DAY:
        raise ValueError("no times of day")
    return start, end


def _key(item: Any) -> SeriesKey:
    if not isinstance(item, dict):
        raise ValueError("no series")
    component = item.get("component", "")
    return SeriesKey(
        _text(item.get("vin")), _text(item.get("capability")), _text(item.get("property")), _text(component)
    )
