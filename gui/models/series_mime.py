"""Series keys on the clipboard of a drag: what the property tree gives and the timeline takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData

from core.fleet.series import SeriesKey

if TYPE_CHECKING:
    from collections.abc import Iterable

SERIES_MIME_TYPE = "application/x-odograph-series"

_FIELDS = ("vin", "capability", "property", "component")


def encode_series_keys(keys: Iterable[SeriesKey]) -> QMimeData:
    """Mime data that names these series: a JSON list of objects with vin, capability, property and component.

    The paths stand beside it as plain text, so that a drop into an editor says something.
    """
    keys = list(keys)
    items = [{name: getattr(key, name) for name in _FIELDS} for key in keys]
    mime = QMimeData()
    mime.setData(SERIES_MIME_TYPE, json.dumps(items).encode())
    mime.setText("\n".join(f"{key.vin} {key.path}" for key in keys))
    return mime


def has_series_keys(mime: QMimeData) -> bool:
    """Whether the mime data names series."""
    return mime.hasFormat(SERIES_MIME_TYPE)


def decode_series_keys(mime: QMimeData) -> list[SeriesKey]:
    """The series that the mime data names, in order and each once; what is no series key is left out.

    A drag can come from another program, so nothing is taken for granted.
    """
    try:
        items = json.loads(bytes(mime.data(SERIES_MIME_TYPE).data()))
    except ValueError:
        return []
    if not isinstance(items, list):
        return []
    keys: dict[SeriesKey, None] = {}
    for item in items:
        if not isinstance(item, dict):
            continue
        fields = [item.get(name, "" if name == "component" else None) for name in _FIELDS]
        texts = [field for field in fields if isinstance(field, str)]
        if len(texts) == len(_FIELDS):
            keys[SeriesKey(*texts)] = None
    return list(keys)
