"""Formulas of derived series as people read them: ``Odometer per day (Europe/Berlin)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.fleet.nodes import Arithmetic, Input, MovingAverage, Number, PerDay, Rate, Resample, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.fleet.nodes import Node, Span

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def formula_text(node: Node, name: Callable[[Input], str]) -> str:
    """A formula in words.

    Args:
        name: what a recorded series is called.
    """
    match node:
        case Number():
            return text_of(node).replace("-", "−")
        case Input():
            return name(node)
        case PerDay(of, zone):
            return f"{_inner(of, name)} per day ({zone.replace('_', ' ')})"
        case Rate(of, per):
            return f"{_inner(of, name)}, rate per {per}"
        case MovingAverage(of, window):
            return f"{_inner(of, name)}, average of {span_text(window)}"
        case Resample(of, interval, pick):
            return f"{_inner(of, name)}, {pick} per {interval.unit if interval.count == 1 else span_text(interval)}"
        case Arithmetic(sign, left, right):
            first = formula_text(left, name)
            second = formula_text(right, name)
            if isinstance(left, Arithmetic) and sign in "*/" and left.sign in "+-":
                first = f"({first})"
            if isinstance(right, Arithmetic) and (sign in "*/" or right.sign in "+-"):
                second = f"({second})"
            return f"{first} {_SIGNS[sign]} {second}"


def span_text(span: Span) -> str:
    """``24 h``, ``7 days``."""
    return f"{span.count} {span.unit}{'s' if span.unit == 'day' and span.count != 1 else ''}"


def _inner(node: Node, name: Callable[[Input], str]) -> str:
    text = formula_text(node, name)
    return f"({text})" if isinstance(node, Arithmetic) else text
