"""Series keys in a drag."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData

from core.fleet.series import SeriesKey
from gui.models.series_mime import SERIES_MIME_TYPE, decode_series_keys, encode_series_keys, has_series_keys

KEYS = [SeriesKey("VIN 1", "diagnostics", "odometer"), SeriesKey("Ä", "doors", "positions", "front_left.position")]


def test_keys_survive_a_drag() -> None:
    mime = encode_series_keys(KEYS)
    assert has_series_keys(mime)
    assert decode_series_keys(mime) == KEYS
    assert mime.text() == "VIN 1 diagnostics.odometer\nÄ doors.positions.front_left.position"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"3",
        b'{"vin": "V"}',
        b'[1, null, {"vin": "V"}, {"vin": 1, "capability": "c", "property": "p"}]',
    ],
)
def test_what_is_no_series_key_is_left_out(content: bytes) -> None:
    mime = QMimeData()
    mime.setData(SERIES_MIME_TYPE, content)
    assert decode_series_keys(mime) == []


def test_a_component_may_be_missing_and_each_key_comes_once() -> None:
    mime = QMimeData()
    item = b'{"vin": "V", "capability": "c", "property": "p"}'
    mime.setData(SERIES_MIME_TYPE, b"[" + item + b", " + item + b"]")
    assert decode_series_keys(mime) == [SeriesKey("V", "c", "p")]


def test_other_drags_are_not_ours() -> None:
    mime = QMimeData()
    mime.setText("hello")
    assert not has_series_keys(mime)
    assert decode_series_keys(mime) == []
