"""Bookmarks: in order, each once, found from a moment, and kept in files."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.workspaces.bookmarks import (
    LONGEST_TEXT,
    MOST,
    Bookmark,
    beside,
    bookmark,
    in_order,
    one_line,
    renamed,
    with_bookmark,
    without,
)
from core.workspaces.file import Workspace, parse_workspace, workspace_text
from core.workspaces.layout import Alignment, TimelineLayout, aligned

TIMES = st.integers(-(2**62) + 1, 2**62 - 1)
BOOKMARKS = st.builds(bookmark, TIMES, st.none() | TIMES, st.text(max_size=20))
FIRST, RANGE, LAST = Bookmark(5, None, "first"), Bookmark(5, 9, "a range"), Bookmark(7)


def read(content: dict[str, object]) -> tuple[tuple[Bookmark, ...], list[str]]:
    written = json.loads(workspace_text(Workspace())) | content
    workspace, problems = parse_workspace(json.dumps(written))
    return workspace.layout.bookmarks, problems


def test_what_a_person_writes_is_one_line_and_edges_come_in_any_order() -> None:
    assert bookmark(9, 5, "  a \n range ") == RANGE
    assert bookmark(7, 7, "\t") == LAST
    assert one_line("x" * 2 * LONGEST_TEXT) == "x" * LONGEST_TEXT
    assert one_line("a\ud800") == "a?"


def test_they_stand_in_the_order_of_time_and_each_once() -> None:
    found = with_bookmark(with_bookmark(with_bookmark((), LAST), RANGE), FIRST)
    assert found == (FIRST, RANGE, LAST)
    assert with_bookmark(found, FIRST) == found
    assert without(found, [RANGE]) == (FIRST, LAST)
    assert renamed(found, FIRST, " z ") == ((Bookmark(5, None, "z"), RANGE, LAST), Bookmark(5, None, "z"))
    assert renamed((FIRST, Bookmark(5)), FIRST, "") == ((Bookmark(5),), Bookmark(5))
    assert len(in_order(map(Bookmark, range(MOST + 5)))) == MOST


def test_the_next_and_the_previous_one_begin_elsewhere() -> None:
    found = (FIRST, RANGE, LAST)
    assert [beside(found, moment, True) for moment in (4, 5, 7)] == [FIRST, LAST, None]
    assert [beside(found, moment, False) for moment in (8, 7, 5)] == [LAST, FIRST, None]


@given(st.lists(BOOKMARKS, max_size=5))
@settings(max_examples=40, deadline=None)
def test_every_bookmark_comes_back_from_a_file(found: list[Bookmark]) -> None:
    layout = TimelineLayout(bookmarks=in_order(found))
    assert parse_workspace(workspace_text(Workspace(layout=layout))) == (Workspace(layout=layout), [])
    assert in_order(reversed(layout.bookmarks)) == layout.bookmarks


def test_files_have_dates_that_a_person_can_read() -> None:
    text = workspace_text(Workspace(layout=TimelineLayout(bookmarks=(Bookmark(1_780_272_000_000_000, None, "März"),))))
    assert '"start": "2026-06-01T00:00:00Z"' in text
    assert '"text": "März"' in text
    assert "bookmarks" not in workspace_text(Workspace())


@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        {},
        {"start": "noon"},
        {"start": True},
        {"start": 5, "text": 5},
        {"start": 5, "end": 5},
        {"start": 2**70},
    ],
    ids=str,
)
def test_one_that_cannot_be_read_is_left_out_and_told(bad: object) -> None:
    good = {"start": 5, "end": 9, "text": "a\nrange", "shiny": 1}
    assert read({"bookmarks": [bad, good]}) == ((RANGE,), ["bookmark 1 is not usable"])


def test_what_is_no_list_and_too_many_are_told() -> None:
    assert read({"bookmarks": "x"}) == ((), ["bookmarks is not a list"])
    found, problems = read({"bookmarks": [{"start": time} for time in range(MOST + 1)]})
    assert (len(found), problems) == (MOST, ["only the first 2,000 bookmarks are kept"])


def test_they_stay_moments_whatever_times_are_counted_from() -> None:
    layout = aligned(TimelineLayout(cursor=5, bookmarks=(FIRST, RANGE)), Alignment.FIRST_SAMPLE)
    assert (layout.cursor, layout.bookmarks) == (None, (FIRST, RANGE))
    text = workspace_text(Workspace(layout=layout))
    assert parse_workspace(text)[0].layout.bookmarks == (FIRST, RANGE)
    assert parse_workspace(text.replace('"first sample"', '"full moon"'))[0].layout.bookmarks == (FIRST, RANGE)


def test_another_bookmark_is_another_composition() -> None:
    layout = TimelineLayout(bookmarks=(FIRST,))
    assert not replace(layout, bookmarks=()).has_composition_of(layout)
    assert replace(layout, cursor=4).has_composition_of(layout)
