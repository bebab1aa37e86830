"""Formulas that say how a derived series comes from others.

A derived series is named by its formula, ``SeriesKey(vin, "derived", formula)``, so that its name says everything::

    per_day(diagnostics.odometer, 'Europe/Berlin')      the difference of each day in a zone ('UTC')
    rate(diagnostics.odometer, 'h')                     change per s, min, h or day (h)
    moving_average(charging.battery_level, '24h')       the mean over time of a window
    resample(diagnostics.speed, '15min', 'mean')        last, mean, min or max of each interval (last)
    a.b + c.d    a.b - c.d    a.b * 2    a.b / c.d      with numbers, brackets and each of the above

``capability.property.component`` is a series of the vehicle whose key it is. ``series('VIN', 'capability.property')``
is one of another vehicle; a name with other signs than letters, digits and ``_`` stands in quotes as well:
``series('doors.positions.left door')``. :mod:`core.fleet.derived` says what is computed.
"""

from __future__ import annotations

import ast
import difflib
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from core.autoapi.display import DERIVED
from core.errors import UsageError
from core.fleet.nodes import (
    PERIODS,
    PICKS,
    Arithmetic,
    Input,
    MovingAverage,
    Number,
    PerDay,
    Rate,
    Resample,
    Span,
    inputs,
    text_of,
)
from core.fleet.series import SeriesKey
from core.fleet.timezones import zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.fleet.nodes import Node

LONGEST = 2_000
"""So many characters a formula has at most."""
DEEPEST = 40
"""So many levels of brackets and functions it has at most."""
LONGEST_SPAN = 10_000 * PERIODS["day"]

# All that a formula is written with: anything else is refused before Python's parser sees it, which would warn of some.
_TOKEN = re.compile(
    r"\s+|[A-Za-z_][A-Za-z0-9_]*(?!['\"])|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])|[-+*/().,=]"
    r"""|'(?:[^'\\]|\\(?:['"\\nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*'"""
    r"""|"(?:[^"\\]|\\(?:['"\\nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*\"""",
)
_SPAN = re.compile(r"\s*([0-9]{1,9})\s*([a-z]+)\s*", re.ASCII)
_SPAN_UNITS = {"d": "day", "days": "day", "m": "min", "hours": "h", "hour": "h", "minutes": "min", "seconds": "s"}
_OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_EXAMPLE = "Write for example per_day(diagnostics.odometer, 'Europe/Berlin')."


def parse(text: str) -> Node:
    """Read a formula.

    Raises:
        UsageError: it is none; the hint says what is wrong and where.
    """
    if len(text) > LONGEST:
        raise _problem(text[:40] + "…", None, f"It has {len(text):,} characters; {LONGEST:,} are the most")
    stripped = text.strip()
    _check_signs(stripped)
    try:
        tree = ast.parse(stripped, mode="eval")
    except SyntaxError as error:
        place = (error.offset or 0) - 1
        if 0 <= place < len(stripped):
            raise _problem(stripped, place, "Something is missing or too much here") from None
        raise _problem(stripped, None, "Something is missing at its end") from None
    except (ValueError, MemoryError, RecursionError):
        raise _problem(stripped, None, "Its brackets are nested too deeply") from None
    node = _Reader(stripped).node(tree.body, 0)
    if not any(True for _ in inputs(node)):
        raise _problem(stripped, None, "It names no series")
    written = text_of(node)
    if len(written) > LONGEST:
        raise _problem(stripped[:40] + "…", None, f"It has more than {LONGEST:,} characters when it is written out")
    if written != stripped:
        # A sign is one level, but written out a product with a number that has a sign itself.
        try:
            _Reader(written).node(ast.parse(written, mode="eval").body, 0)
        except UsageError:
            raise _problem(stripped, None, "It is nested too deeply when it is written out") from None
    return node


@lru_cache(maxsize=4096)
def formula_of(key: SeriesKey) -> Node | None:
    """The formula of a derived series; None where the series is recorded."""
    if key.capability != DERIVED or key.component:
        return None
    try:
        node = parse(key.property)
    except UsageError:
        # A capability may be called so by whoever sends it.
        return None
    return None if isinstance(node, Input) else node


def inputs_of(key: SeriesKey) -> tuple[SeriesKey, ...]:
    """The recorded series that a derived one is computed from, each once; none for a recorded one."""
    node = formula_of(key)
    return () if node is None else tuple(dict.fromkeys(one.key(key.vin) for one in inputs(node)))


def derived_key(vin: str, node: Node) -> SeriesKey:
    """The name of the series that a formula gives for a vehicle.

    Raises:
        UsageError: the formula is no more than the name of a series.
    """
    if isinstance(node, Input):
        raise _problem(text_of(node), None, "A series alone is no formula")
    return SeriesKey(vin, DERIVED, text_of(node))


def as_node(key: SeriesKey, vin: str) -> Node:
    """How a series is written in a formula of a vehicle: a derived one by its own formula."""
    node = formula_of(key)
    if node is None:
        return Input(key.capability, key.property, key.component, None if key.vin == vin else key.vin)
    return node if key.vin == vin else _of_vehicle(node, key.vin)


def _of_vehicle(node: Node, vin: str) -> Node:
    """The formula of one vehicle as it is written in that of another."""
    match node:
        case Input(capability, property, component, None):
            return Input(capability, property, component, vin)
        case PerDay(of, name):
            return PerDay(_of_vehicle(of, vin), name)
        case Rate(of, per):
            return Rate(_of_vehicle(of, vin), per)
        case MovingAverage(of, window):
            return MovingAverage(_of_vehicle(of, vin), window)
        case Resample(of, interval, pick):
            return Resample(_of_vehicle(of, vin), interval, pick)
        case Arithmetic(sign, left, right):
            return Arithmetic(sign, _of_vehicle(left, vin), _of_vehicle(right, vin))
    return node


def looks_like_formula(text: str) -> bool:
    """Whether a text that a person typed is meant as a formula and not as the path of a series."""
    if "(" in text or "*" in text or "+" in text:
        return True
    if " " not in text.strip() and not text.startswith("-"):
        return False
    try:
        return not isinstance(parse(text), Input)
    except UsageError:
        return False


def span(text: str) -> Span:
    """Read a span of time such as ``24h``, ``15min``, ``30s`` or ``7day``.

    Raises:
        UsageError: it is none, or none that a computation could work with.
    """
    match = _SPAN.fullmatch(text)
    unit = _SPAN_UNITS.get(match[2], match[2]) if match else ""
    unit = unit if unit in PERIODS else ""
    if match is None or not unit:
        raise UsageError("This is no span of time", subject=text, hint="Write it as 30s, 15min, 24h or 7day.")
    found = Span(int(match[1]), unit)
    if not 0 < found.microseconds <= LONGEST_SPAN:
        days = LONGEST_SPAN // PERIODS["day"]
        raise UsageError("This span is too short or too long", subject=text, hint=f"Write one of 1s to {days}day.")
    return found


def _problem(text: str, place: int | None, what: str) -> UsageError:
    where = "" if place is None else f" (at character {place + 1})"
    return UsageError("This formula cannot be read", subject=text, hint=f"{what}{where}.")


def _check_signs(text: str) -> None:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _problem(text, place, f"{text[place]!r} does not belong here")
        place = match.end()
    if not text:
        raise UsageError("There is no formula", hint=_EXAMPLE)


class _Reader:
    """Turns Python's tree into nodes, and refuses whatever else Python knows."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._calls: dict[str, tuple[tuple[str, ...], int, Callable[[ast.Call, dict[str, ast.expr], int], Node]]] = {
            "per_day": (("x", "zone"), 1, self._per_day),
            "rate": (("x", "per"), 1, self._rate),
            "moving_average": (("x", "window"), 2, self._moving_average),
            "resample": (("x", "interval", "pick"), 2, self._resample),
            "series": (("vin", "path", "property", "component"), 1, self._series),
        }

    def node(self, part: ast.expr, depth: int) -> Node:
        """The node of a part of the formula."""
        if depth > DEEPEST:
            raise self._problem(part, "It is nested too deeply")
        match part:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return Number(self._number(part, value))
            case ast.Name() | ast.Attribute():
                return self._path(part)
            case ast.Call():
                return self._call(part, depth + 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.node(operand, depth + 1)
                return Number(-inner.value + 0.0) if isinstance(inner, Number) else Arithmetic("*", Number(-1.0), inner)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                sign = _OPERATORS[type(operator)]
                return Arithmetic(sign, self.node(left, depth + 1), self.node(right, depth + 1))
            case ast.Constant(value=str()):
                raise self._problem(part, "A text stands only inside a function, as a zone or a span of time")
            case _:
                raise self._problem(part, "Only series, numbers, functions and + - * / are understood")

    def _number(self, part: ast.expr, value: float) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._problem(part, "This number is too large")
        return number + 0.0

    def _path(self, part: ast.expr) -> Input:
        names: list[str] = []
        inner = part
        while isinstance(inner, ast.Attribute):
            names.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            raise self._problem(part, "Only names stand before and after a dot")
        names.append(inner.id)
        names.reverse()
        if len(names) < 2:
            raise self._problem(
                part, f"{names[0]} is no series; write capability.property, such as diagnostics.odometer"
            )
        return Input(names[0], names[1], ".".join(names[2:]))

    def _call(self, part: ast.Call, depth: int) -> Node:
        name = part.func.id if isinstance(part.func, ast.Name) else ""
        if name not in self._calls:
            close = difflib.get_close_matches(name, self._calls, 1)
            known = f"did you mean {close[0]}?" if close else f"there are {', '.join(self._calls)}"
            raise self._problem(part, f"There is no function {name or 'here'}: {known}")
        options, least, make = self._calls[name]
        given: dict[str, ast.expr] = dict(zip(options, part.args, strict=False))
        named = {word.arg or "": word.value for word in part.keywords}
        surplus = len(part.args) > len(options) or named.keys() & given.keys() or named.keys() - set(options)
        given |= named
        if surplus or len(given) < least or options[0] not in given or len(named) < len(part.keywords):
            raise self._problem(part, f"It is written {name}({', '.join(options)})")
        return make(part, given, depth)

    def _per_day(self, _part: ast.Call, given: dict[str, ast.expr], depth: int) -> Node:
        name = self._word(given.get("zone"), "UTC")
        try:
            zone(name)
        except UsageError as error:
            raise self._problem(given["zone"], f"{error.title} {name}. {error.hint.rstrip('.')}") from None
        return PerDay(self._series_node(given["x"], depth), name)

    def _rate(self, _part: ast.Call, given: dict[str, ast.expr], depth: int) -> Node:
        return Rate(self._series_node(given["x"], depth), self._choice(given.get("per"), "h", tuple(PERIODS)))

    def _moving_average(self, part: ast.Call, given: dict[str, ast.expr], depth: int) -> Node:
        return MovingAverage(self._series_node(given["x"], depth), self._span(given.get("window", part)))

    def _resample(self, part: ast.Call, given: dict[str, ast.expr], depth: int) -> Node:
        interval = self._span(given.get("interval", part))
        return Resample(self._series_node(given["x"], depth), interval, self._choice(given.get("pick"), "last", PICKS))

    def _series_node(self, part: ast.expr, depth: int) -> Node:
        node = self.node(part, depth)
        if not any(True for _ in inputs(node)):
            raise self._problem(part, "A series is needed here")
        return node

    def _series(self, part: ast.Call, given: dict[str, ast.expr], _depth: int) -> Node:
        texts = list(given.values())
        if part.keywords or len(texts) == 3:
            raise self._problem(part, "It is written series('VIN', 'capability.property.component')")
        vin = None
        if len(texts) > 1 and not (isinstance(texts[0], ast.Constant) and texts[0].value is None):
            vin = self._word(texts[0])
        words = [self._word(text) for text in (texts[1:] if len(texts) > 1 else texts)]
        if len(words) == 3:
            return Input(words[0], words[1], words[2], vin)
        capability, _, rest = words[0].partition(".")
        property, _, component = rest.partition(".")
        if not capability or not property:
            raise self._problem(part, "A series is written capability.property, such as diagnostics.odometer")
        return Input(capability, property, component, vin)

    def _word(self, part: ast.expr | None, default: str = "") -> str:
        if part is None:
            return default
        if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
            raise self._problem(part, "A text in quotes is needed here")
        try:
            part.value.encode()
        except UnicodeEncodeError:
            raise self._problem(part, "Half of a character is no text") from None
        return part.value

    def _choice(self, part: ast.expr | None, default: str, choices: tuple[str, ...]) -> str:
        word = self._word(part, default)
        if word not in choices:
            assert part is not None
            raise self._problem(part, f"{word!r} is none of {', '.join(choices)}")
        return word

    def _span(self, part: ast.expr) -> Span:
        word = self._word(part)
        try:
            return span(word)
        except UsageError as error:
            raise self._problem(part, f"{error.title}: {word}. {error.hint.rstrip('.')}") from None

    def _problem(self, part: ast.expr, what: str) -> UsageError:
        # Python counts in bytes, people in characters.
        place = len(self._text.encode()[: part.col_offset].decode("utf-8", "replace"))
        return _problem(self._text, place, what)
