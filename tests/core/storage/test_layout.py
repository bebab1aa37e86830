from __future__ import annotations

import pytest

from core.storage.layout import belongs, clip, depth_of, join, next_part

APP = "9FBBEDED80595912588FF4FF"


@pytest.mark.parametrize(
    ("folder", "scope", "expected"),
    [
        ("", "", ""),
        ("a/b", "", "a/b"),
        ("", "a/b", "a/b"),
        ("a", "a/b", "a/b"),
        ("a/b", "a/b", "a/b"),
        ("a/b/c", "a/b", "a/b/c"),
        ("a/bc", "a/b", None),
        ("a/", "b", None),
        ("ab", "a", None),
    ],
)
def test_clip(folder: str, scope: str, expected: str | None) -> None:
    assert clip(folder, scope) == expected


@pytest.mark.parametrize(
    ("folder", "scope", "expected"),
    [
        ("", "a/b", "a"),
        ("a", "a/b", "b"),
        ("a/b", "a/b", None),
        ("a/b/c", "a/b", None),
        ("x", "a/b", None),
        ("", "", None),
    ],
)
def test_next_part(folder: str, scope: str, expected: str | None) -> None:
    assert next_part(folder, scope) == expected


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("", 0),
        (APP, 1),
        (f"{APP}/level13/2022", 3),
        (f"{APP}/level13/2022/9/3", 5),
        (f"{APP}/level13/2022/11/18/x", None),
        (f"{APP}/level13/22", None),
        ("logs", None),
    ],
)
def test_depth_of(folder: str, expected: int | None) -> None:
    assert depth_of(folder) == expected


def test_nothing_belongs_below_a_day() -> None:
    assert not belongs(5, "18")
    assert belongs(4, "18")


def test_join() -> None:
    assert [join("", "a"), join("a", ""), join("a", "b"), join("", "")] == ["a", "a", "a/b", ""]
