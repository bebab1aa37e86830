from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from core.storage.setup.globs import covers, meets

_patterns = st.text(alphabet="ab*?", max_size=6)


def _matches(pattern: str, text: str) -> bool:
    parts = {"*": ".*", "?": "."}
    return re.fullmatch("".join(parts.get(sign, re.escape(sign)) for sign in pattern), text) is not None


@settings(max_examples=50)
@given(_patterns, st.text(alphabet="ab", max_size=6))
def test_a_plain_text_is_covered_where_it_matches(pattern: str, text: str) -> None:
    assert covers(pattern, text) == meets(pattern, text) == _matches(pattern, text)


@given(_patterns, _patterns, st.text(alphabet="abc", max_size=6))
def test_what_covers_matches_all_and_what_meets_not_matches_none_of_it(pattern: str, wanted: str, text: str) -> None:
    if _matches(wanted, text):
        assert not covers(pattern, wanted) or _matches(pattern, text)
        assert not _matches(pattern, text) or meets(pattern, wanted)


def test_variables_cover_nothing_and_may_meet_everything() -> None:
    assert not covers("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:username}/*")
    assert meets("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/x/y")
    assert not meets("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::c/*")
