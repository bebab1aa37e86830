"""Parts of components can be told apart again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.archive.flatten.components import Selection, catalogue_selection, read_part, write_part

_parts = st.text(alphabet=st.one_of(st.sampled_from(".%~2E5"), st.characters()), max_size=6)


@given(st.lists(_parts, min_size=1, max_size=4))
def test_parts_come_back(parts: list[str]) -> None:
    component = ".".join(map(write_part, parts))
    assert [read_part(part) for part in component.split(".")] == parts
    assert "~" not in component


def test_usual_names_stand_as_they_are() -> None:
    assert write_part("front_left") == "front_left"
    assert write_part("P0420-00 ä") == "P0420-00 ä"
    assert (write_part(""), write_part("1.5"), write_part("50%")) == ("%", "1%2E5", "50%25")


def test_selectors_of_known_and_of_unknown_objects() -> None:
    selection = Selection({("a", "b", ""): ("id", "ecu"), ("a", "c", ""): ()}, frozenset({"type", "axle"}))
    assert selection.names("a", "b", "", ["value", "ecu", "id", "type"]) == ["id", "ecu"]
    assert selection.names("a", "c", "", ["axle"]) == []
    assert selection.names("a", "b", "inner", ["type", "x", "axle"]) == ["axle", "type"]


def test_the_catalogue_selects_tires_by_location() -> None:
    names = catalogue_selection().names("diagnostics", "tire_pressures", "", ["pressure", "location"])
    assert names == ["location"]
