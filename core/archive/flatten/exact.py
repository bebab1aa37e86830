"""Reads the samples of one message exactly, whatever it looks like."""

from __future__ import annotations

import math
import re
import sys
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

from core.archive.flatten.components import write_part
from core.archive.flatten.moments import read_moment
from core.archive.flatten.outline import Clock, outline
from core.archive.flatten.splitting import Number

if TYPE_CHECKING:
    from core.archive.flatten.components import Selection
    from core.archive.flatten.outline import Entry, Node

_EXACT_INTEGER = 2**53
_FLOAT_DIGITS = 17


class Sample(NamedTuple):
    """One leaf. Time is in microseconds since the epoch, UTC; None means the batch's time."""

    capability: str
    property: str
    item: int
    component: str
    time: int | None
    value: float | None
    text: str | None
    unit: str | None
    failure: str | None


class Leaf(NamedTuple):
    """What a leaf says: its number and its text."""

    value: float | None = None
    text: str | None = None


class ExactMessage(NamedTuple):
    """One message, read.

    Attributes:
        vin: empty where it names none.
        identity: what stays equal when it is delivered again; empty where only its whole text does.
        samples: at least one.
    """

    vin: str
    identity: str
    samples: list[Sample]


def read_message(message: Node, app: str, selection: Selection) -> ExactMessage:
    """All samples of one message, in their order.

    Args:
        app: the app-id of its batch.

    Raises:
        Unreadable: it gives no sample.
    """
    found = outline(message, app, selection)
    return ExactMessage(
        storable(str(found.vin)), storable(str(found.identity)), [_sample(entry) for entry in found.entries]
    )


def _sample(entry: Entry) -> Sample:
    leaf = read_leaf(entry.value)
    text = leaf.text if entry.said is None else entry.said
    component = ".".join(write_part(str(part)) for part in entry.parts)
    return Sample(
        storable(entry.capability),
        storable(entry.property),
        entry.item,
        storable(component if entry.repeat == 1 else f"{component}~{entry.repeat}"),
        entry.time if isinstance(entry.time, int) else None,
        leaf.value,
        *(None if said is None else storable(str(said)) for said in (text, entry.unit, entry.failure)),
    )


def read_leaf(node: Node | Clock) -> Leaf:
    """What a scalar or a time of day says."""
    if isinstance(node, Clock):
        hour, minute = int(str(node.hour)), int(str(node.minute))
        return Leaf(hour + minute / 60.0, f"{hour:02}:{minute:02}")
    if isinstance(node, bool):
        return Leaf(float(node), "true" if node else "false")
    if isinstance(node, Number):
        return _number(node)
    if isinstance(node, str):
        moment = read_moment(node)
        return Leaf(None if moment is None else moment / 1e6, node)
    return Leaf()


def _number(written: Number) -> Leaf:
    value = float(written)
    if not math.isfinite(value):
        return Leaf(None, str(written))
    if not any(sign in written for sign in ".eE"):
        return Leaf(value, str(written) if abs(value) >= _EXACT_INTEGER and not _is_limit(written) else None)
    return Leaf(value, str(written) if _loses(written, value) else None)


def _loses(written: str, value: float) -> bool:
    """Whether a number says more than a float holds: more than 17 digits, or too small."""
    digits = sum(map(str.isdecimal, re.split("[eE]", written)[0].lstrip("-0.")))
    if digits <= _FLOAT_DIGITS and abs(value) >= sys.float_info.min:
        return False
    try:
        return Decimal(written) != Decimal(repr(value))
    except InvalidOperation:
        return True


def _is_limit(written: str) -> bool:
    return written.lstrip("-") == str(_EXACT_INTEGER)


def storable(text: str) -> str:
    """A text as UTF-8 can hold it: halves of surrogate pairs are written as escapes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
