"""What tips say of properties that were renamed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.catalogue import catalogue
from core.autoapi.renames import apart_because
from gui.models.texts import minute_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from core.fleet.series import Series


def deprecated_lines(capability: str, property: str) -> list[str]:
    """That a property is deprecated, what it is called today, and why the two are not the same, if so."""
    present = catalogue().renamed(capability, property)
    if not present:
        return []
    lines = [f"Deprecated: today it is {_name(capability, present)} ({capability}.{present})"]
    reason = apart_because(capability, property)
    return [*lines, f"A series of its own: {reason}"] if reason else lines


def joined_line(capability: str, names: Iterable[str]) -> str:
    """Under which former names samples were sent that are joined with a property's own; empty where there are none."""
    texts = [f"{_name(capability, name)} ({capability}.{name})" for name in names]
    return f"Joined with what was sent as {' and '.join(texts)}" if texts else ""


def sent_lines(series: Series, index: int | None, zone: tzinfo) -> list[str]:
    """When a joined series was sent under which name, and under which one of its samples was; none for other series.

    Args:
        index: of the sample, None for none.
    """
    labels = series.sent_as
    if labels is None or not len(series):
        return []
    capability = series.key.capability
    codes, first = np.unique(labels.codes, return_index=True)
    last = {code: len(series) - 1 - int(np.argmax(labels.codes[::-1] == code)) for code in codes.tolist()}
    spans = sorted(
        (int(start), last[code], labels.names[code]) for code, start in zip(codes.tolist(), first, strict=True)
    )
    in_turn = all(before[1] < after[0] for before, after in pairwise(spans))
    lines = []
    for number, (start, end, name) in enumerate(spans):
        since, until = (minute_text(int(series.time[place]), zone) for place in (start, end))
        when = f"from {since} to {until}"
        if in_turn and len(spans) > 1 and number in (0, len(spans) - 1):
            when = f"since {since}" if number else f"until {until}"
        lines.append(f"Sent as {_name(capability, name)} ({name}) {when}")
    if index is not None and len(spans) > 1:
        lines.append(f"This sample was sent as {_name(capability, labels[index] or '')}")
    return lines


def _name(capability: str, property: str) -> str:
    return catalogue().property_name(capability, property)
