"""Computes derived series: from the samples of recorded series and a formula to samples.

What is known when. A value counts from its sample on until the next one. It ends earlier where a sample comes that has
no number (a failure, a text, a unit that does not convert into the others), and it is that of a moment alone where a
gap follows (:mod:`core.fleet.gaps`) or nothing. Nothing is computed where something that it is computed from is not
known; :attr:`core.fleet.series.Series.until` says up to when each computed value counts. Of samples at the same moment
the last one counts, also where it has no number. What is no finite number, such as what is divided by 0, is left out.

Units. Values are computed in the unit in which they are shown, or in the one that was sent last where no units are
given; percentages are 0 to 100 in the first case. Of a series that was sent in units that do not convert into each
other, those that convert into the last one are used. Numbers in a formula have the unit of what they are added to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.display import AS_SENT, PERCENT, to_shown
from core.errors import UsageError
from core.fleet import compound
from core.fleet.compound import NO_UNIT, Unit, unit_named
from core.fleet.daily import differences_of_days
from core.fleet.differences import tidy_difference
from core.fleet.formula import formula_of
from core.fleet.gaps import GAP_FACTOR, gap_limit
from core.fleet.nodes import PERIODS, Arithmetic, Input, MovingAverage, Number, PerDay, Rate, Resample
from core.fleet.series import Labels, Series
from core.fleet.timezones import zone
from core.fleet.windows import means_before, of_intervals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from core.autoapi.display import DisplayUnits
    from core.fleet.nodes import Node
    from core.fleet.series import SeriesKey

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Values and for how long each of them counts.

    Attributes:
        time: int64 microseconds, ascending, no two the same.
        value: float64, finite.
        until: int64 microseconds: up to when each value is known; its own time where it is known at that moment alone.
        unit: of all values; None where there is no value from which it could be told.
        series: the recorded series whose samples these are, each changed by itself; None where there is none.
        sample: int64, index of each value's sample in that series.
    """

    time: Ints
    value: Floats
    until: Ints
    unit: Unit | None
    series: Series | None = None
    sample: Ints | None = None


def derive(
    key: SeriesKey,
    recorded: Mapping[SeriesKey, Series],
    units: DisplayUnits | None = None,
    gap_factor: float = GAP_FACTOR,
) -> Series:
    """Compute a derived series.

    Args:
        key: names it by its formula.
        recorded: all samples of the series that the formula names; one that is not there has none.
        units: in which the values are computed; None for those that were sent, with shares as 0.0 to 1.0.
        gap_factor: a gap is longer than so many times the usual interval.

    Returns:
        Samples in the order of their times. Batch and ordinal are those of the message of a value that comes from one
        alone, as in ``x * 2``; others have none (ordinal -1).

    Raises:
        UsageError: what the formula adds or subtracts does not measure the same, what it names has no numbers, or its
            intervals are too many.
        ValueError: the key names no derived series.
    """
    node = formula_of(key)
    if node is None:
        raise ValueError(f"{key.path} is no derived series")

    def curve_of(one: Input) -> Curve:
        series = recorded.get(one.key(key.vin))
        return _NOTHING if series is None else curve_of_series(series, units, gap_factor)

    return _as_series(key, _curve(node, curve_of))


def unit_of(node: Node, unit: Callable[[Input], str | None]) -> str | None:
    """In which unit a formula's values come; None where it cannot be told.

    Args:
        unit: in which a series is shown, empty for no unit, ``percent`` for shares; None where it is not known.

    Raises:
        UsageError: what the formula adds or subtracts does not measure the same.
    """

    def curve_of(one: Input) -> Curve:
        name = unit(one)
        return _NOTHING if name is None else replace(_NOTHING, unit=unit_named(name))

    found = _curve(node, curve_of).unit
    return None if found is None else found.name


def curve_of_series(series: Series, units: DisplayUnits | None, gap_factor: float = GAP_FACTOR) -> Curve:
    """The numbers of a recorded series in one unit.

    Raises:
        UsageError: it has samples, but neither numbers nor failures only.
    """
    numbers = np.isfinite(series.value) & ~series.failure.present()
    if not numbers.any():
        if (series.text.present() & ~series.failure.present()).any():
            hint = "Only series of numbers can be computed with."
            raise UsageError("This series has no numbers", subject=series.key.path, hint=hint)
        return _NOTHING
    # Before anything is computed, so that no formula has to choose among samples of one moment.
    numbers[:-1] &= series.time[1:] != series.time[:-1]
    if not numbers.any():
        return _NOTHING
    values, chosen, shown = _in_one_unit(series, numbers, units)
    index = np.flatnonzero(chosen)
    time = series.time[index]
    behind = np.minimum(index + 1, len(series) - 1)
    # The next sample ends a value, whether it says another one or none; the last one is known at its moment alone.
    until = series.time[behind].astype(np.int64)
    until[until - time > gap_limit(time, gap_factor)] = 0
    return Curve(time, values[index], np.maximum(until, time), unit_named(shown), series, index)


def _in_one_unit(
    series: Series, numbers: NDArray[np.bool_], units: DisplayUnits | None
) -> tuple[Floats, NDArray[np.bool_], str]:
    """The values in the unit of the last number, which of them are known in it, and that unit."""
    key, codes = series.key, series.unit.codes
    used, back = np.unique(codes[numbers][::-1], return_index=True)
    last_first = used[np.argsort(back)].tolist()
    names = {("" if code < 0 else series.unit.names[code]): code for code in last_first}
    group = (units or AS_SENT).groups(key.capability, key.property, key.component, names)[0]
    shown = "" if units is None and group.shown == PERCENT else group.shown
    if len(names) == 1:
        # Nothing has to be told apart, which with millions of samples is worth a case of its own.
        values = to_shown(series.value, group.sent[0], shown)
        return values, numbers & np.isfinite(values), shown
    values, known = series.value.copy(), np.zeros(len(series), np.bool_)
    for name in group.sent:
        mine = numbers & (codes == names[name])
        values[mine] = to_shown(values[mine], name, shown)
        known |= mine
    return values, known & np.isfinite(values), shown


def _curve(node: Node, curve_of: Callable[[Input], Curve]) -> Curve:
    match node:
        case Input():
            return curve_of(node)
        case PerDay(of, name):
            return _per_day(_curve(of, curve_of), name)
        case Rate(of, period):
            return _rate(_curve(of, curve_of), period)
        case MovingAverage(of, window):
            curve = _curve(of, curve_of)
            means = means_before(curve.time, curve.value, curve.until, window.microseconds)
            return _without_infinite(replace(curve, value=means, series=None, sample=None))
        case Resample(of, interval, pick):
            curve = _curve(of, curve_of)
            step = interval.microseconds
            found = of_intervals(curve.time, curve.value, curve.until, step, pick)
            return _without_infinite(Curve(*found, curve.unit))
        case Arithmetic():
            return _arithmetic(node, curve_of)
        case Number():
            raise UsageError("A number alone is no series")


def _per_day(curve: Curve, zone_name: str) -> Curve:
    start, value, end = differences_of_days(curve.time, curve.value, zone(zone_name))
    unit = None if curve.unit is None else compound.per(curve.unit, "day")
    return _without_infinite(Curve(start, value, end, unit))


def _rate(curve: Curve, period: str) -> Curve:
    """The change between two samples, which stands at the first one and counts until the second.

    There is none where the first is not known until the second: over a gap or a failure.
    """
    time, value, until = curve.time, curve.value, curve.until
    joined = until[:-1] >= time[1:]
    change = tidy_difference(value[1:], value[:-1])[joined]
    begin, end = time[:-1][joined], time[1:][joined]
    with np.errstate(over="ignore"):
        rates = change / ((end - begin) / PERIODS[period])
    unit = None if curve.unit is None else compound.per(curve.unit, period)
    return _without_infinite(Curve(begin, rates, end, unit))


# Arithmetic


def _arithmetic(node: Arithmetic, curve_of: Callable[[Input], Curve]) -> Curve:
    left, right = (_operand(side, curve_of) for side in (node.left, node.right))
    if isinstance(left, Curve) and isinstance(right, Curve):
        return _of_two(node.sign, left, right)
    if isinstance(left, Curve):
        assert isinstance(right, float)
        value = _calculate(node.sign, left.value, np.full(1, right))
        return _without_infinite(replace(left, value=value))
    assert isinstance(left, float)
    assert isinstance(right, Curve)
    unit, value = right.unit, right.value
    if node.sign == "/" and unit is not None:
        value, unit = _without_percent(value, unit)
        unit = compound.over(NO_UNIT, unit)
    return _without_infinite(replace(right, value=_calculate(node.sign, np.full(1, left), value), unit=unit))


def _operand(node: Node, curve_of: Callable[[Input], Curve]) -> Curve | float:
    """A curve, or the number that numbers alone come to."""
    match node:
        case Number(value):
            return value
        case Arithmetic(sign, left, right):
            sides = [_operand(left, curve_of), _operand(right, curve_of)]
            numbers = [side for side in sides if not isinstance(side, Curve)]
            if len(numbers) == 2:
                return float(_calculate(sign, np.full(1, numbers[0]), np.full(1, numbers[1]))[0])
    return _curve(node, curve_of)


def _of_two(sign: str, left: Curve, right: Curve) -> Curve:
    """Two curves at every moment at which either has a sample, where both are known."""
    first, second, unit = _units_joined(sign, left, right)
    grid = np.union1d(left.time, right.time)
    a, b = _places(left, grid), _places(right, grid)
    both = (a >= 0) & (b >= 0)
    grid, a, b = grid[both], a[both], b[both]
    until = np.minimum(np.maximum(left.until[a], grid), np.maximum(right.until[b], grid))
    # A sample of either ends what was computed from the one before.
    until[:-1] = np.minimum(until[:-1], grid[1:])
    return _without_infinite(Curve(grid, _calculate(sign, first[a], second[b]), until, unit))


def _places(curve: Curve, grid: Ints) -> Ints:
    """The index of the value that is known at each moment, -1 where none is."""
    if len(curve.time) == 0:
        return np.full(len(grid), -1, np.int64)
    index = np.searchsorted(curve.time, grid, "right") - 1
    held = np.maximum(index, 0)
    known = (index >= 0) & ((grid < curve.until[held]) | (grid == curve.time[held]))
    return np.where(known, index, -1)


def _units_joined(sign: str, left: Curve, right: Curve) -> tuple[Floats, Floats, Unit | None]:
    """The values of both in units that go together, and the unit of the result."""
    if left.unit is None or right.unit is None:
        return left.value, right.value, None
    if sign in "+-":
        compound.same_unit(sign, left.unit, right.unit)
        return left.value, compound.converted(right.value, right.unit, left.unit), left.unit
    (first, first_unit), (second, second_unit) = (_without_percent(one.value, one.unit) for one in (left, right))
    if compound.converts(second_unit, first_unit):
        second, second_unit = compound.converted(second, second_unit, first_unit), first_unit
    joined = compound.times if sign == "*" else compound.over
    return first, second, joined(first_unit, second_unit)


def _without_percent(value: Floats, unit: Unit | None) -> tuple[Floats, Unit]:
    """In products and quotients a percentage is a share: half of a distance is a distance."""
    if unit is not None and unit.is_share:
        return value / 100.0, NO_UNIT
    return value, unit or NO_UNIT


def _calculate(sign: str, first: Floats, second: Floats) -> Floats:
    with np.errstate(all="ignore"):
        if sign == "+":
            return tidy_difference(first, -second)
        if sign == "-":
            return tidy_difference(first, second)
        return first * second if sign == "*" else first / second


# Results

_NOTHING = Curve(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64), None)


def _without_infinite(curve: Curve) -> Curve:
    finite = np.isfinite(curve.value)
    if finite.all():
        return curve
    sample = None if curve.sample is None else curve.sample[finite]
    return replace(curve, time=curve.time[finite], value=curve.value[finite], until=curve.until[finite], sample=sample)


def _as_series(key: SeriesKey, curve: Curve) -> Series:
    count, none = len(curve.time), Labels.empty(len(curve.time))
    name = curve.unit.name if curve.unit else ""
    unit = Labels(np.zeros(count, np.int32), (name,)) if name else none
    batch, ordinal, from_batch = none, np.full(count, -1, np.int32), np.zeros(count, np.bool_)
    source, sample = curve.series, curve.sample
    if source is not None and sample is not None:
        batch = Labels(source.batch.codes[sample], source.batch.names)
        ordinal, from_batch = source.ordinal[sample], source.time_from_batch[sample]
    return Series(key, curve.time, curve.value, none, unit, none, batch, ordinal, from_batch, until=curve.until)
