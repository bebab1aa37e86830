"""Labels of many series name only the texts that each of them has."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from core.archive.query import _Column

_texts = st.lists(st.none() | st.sampled_from(["on", "off", "locked", "unlocked"]), max_size=12)


@settings(max_examples=60)
@given(st.lists(_texts, min_size=1, max_size=5))
def test_labels_name_what_a_series_has_and_nothing_else(series: list[list[str | None]]) -> None:
    column = _Column(pa.chunked_array([pa.array(texts, pa.string()) for texts in series], pa.string()))
    begin = 0
    # Each twice: what one series leaves behind must not show in another.
    for texts in [*series, *series]:
        begin = 0 if begin == sum(map(len, series)) else begin
        labels = column.labels(slice(begin, begin + len(texts)))
        begin += len(texts)
        assert [labels[place] for place in range(len(labels))] == texts
        assert set(labels.names) == {text for text in texts if text is not None}
        assert len(set(labels.names)) == len(labels.names)
        assert labels.codes.dtype == np.int32
