from __future__ import annotations

import errno
import inspect
import re

import pytest

from core import errors
from core.errors import OdographError, WrongRegion, is_disk_full

CLASSES = [item for item in vars(errors).values() if inspect.isclass(item) and issubclass(item, OdographError)]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = set(re.findall(r"\b[A-Z][A-Za-z]+(?=\s{2,}|\n)", errors.__doc__.split("::", 1)[1]))
    assert {item.__name__ for item in CLASSES} == drawn & {item.__name__ for item in CLASSES}
    assert {name for name in drawn if hasattr(errors, name)} == {item.__name__ for item in CLASSES}


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_says_what_happened_to_what_and_what_to_do(kind: type[OdographError]) -> None:
    error = kind("It broke", subject="s3://fleet", hint="Mend it.", detail="E42")
    assert str(error) == "It broke: s3://fleet. Mend it."
    assert error.report().splitlines() == [
        f"{kind.__name__}: It broke",
        "Object: s3://fleet",
        "What to do: Mend it.",
        "Detail: E42",
    ]


def test_empty_parts_leave_no_trace() -> None:
    error = OdographError("It broke")
    assert str(error) == "It broke"
    assert error.report() == "OdographError: It broke"


def test_a_wrong_region_names_the_right_one() -> None:
    assert WrongRegion("Elsewhere", region="eu-west-1").region == "eu-west-1"


@pytest.mark.parametrize(
    ("number", "full"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EACCES, False), (errno.EPIPE, False)]
)
def test_what_counts_as_a_full_disk(number: int, full: bool) -> None:
    assert is_disk_full(OSError(number, "text")) is full
