"""Named workspaces, and what was open last."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import OdographError, UsageError
from core.fleet.series import SeriesKey
from core.workspaces.file import Workspace, WorkspaceDamaged, workspace_text
from core.workspaces.layout import TimelineLayout, with_keys
from core.workspaces.store import LONGEST_NAME, WorkspaceStore, checked_name, file_stem

if TYPE_CHECKING:
    from pathlib import Path

LAYOUT = with_keys(TimelineLayout(), [SeriesKey("V", "diagnostics", "odometer")])


@pytest.fixture
def store(tmp_path: Path) -> WorkspaceStore:
    return WorkspaceStore(tmp_path / "workspaces")


def test_workspaces_are_saved_read_renamed_and_deleted(store: WorkspaceStore) -> None:
    assert store.names() == []
    first = Workspace("Brakes / März: 50 %", layout=LAYOUT)
    store.save(first)
    store.save(Workspace("alpha"))
    assert store.names() == ["alpha", "Brakes / März: 50 %"]
    assert store.read(first.name) == (first, [])
    store.rename(first.name, "  Beta   two ")
    assert store.names() == ["alpha", "Beta two"]
    assert store.read("Beta two")[0] == Workspace("Beta two", layout=LAYOUT)
    with pytest.raises(UsageError, match="already"):
        store.rename("alpha", "Beta two")
    store.save(Workspace("alpha", layout=LAYOUT))
    assert store.read("alpha")[0].layout == LAYOUT
    store.delete("alpha")
    with pytest.raises(OdographError, match="could not be deleted"):
        store.delete("alpha")
    assert store.names() == ["Beta two"]
    with pytest.raises(OdographError, match="could not be brought back"):
        store.bring_back("alpha")
    store.delete("Beta two")
    store.bring_back("Beta two")
    assert store.read("Beta two")[0].layout == LAYOUT
    store.delete("Beta two")
    store.save(Workspace("Beta two"))
    with pytest.raises(UsageError, match="already"):
        store.bring_back("Beta two")
    with pytest.raises(OdographError, match="no such workspace"):
        store.read("alpha")
    with pytest.raises(OdographError, match="renamed"):
        store.rename("alpha", "gamma")
    for name in ("", " \n", "x" * (LONGEST_NAME + 1), "車" * 40, "\ud800"):
        with pytest.raises(UsageError):
            store.save(Workspace(name))


def test_what_others_exported_is_taken_in_under_a_free_name(store: WorkspaceStore, tmp_path: Path) -> None:
    file = tmp_path / "from a colleague.json"
    file.write_text(workspace_text(Workspace("Brakes", layout=LAYOUT)), encoding="utf-8")
    assert [store.take_in(file)[0] for _ in range(3)] == ["Brakes", "Brakes 2", "Brakes 3"]
    assert store.read("Brakes 3")[0].layout == LAYOUT
    file.write_text(workspace_text(Workspace()), encoding="utf-8")
    assert store.take_in(file) == ("from a colleague", [])
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(WorkspaceDamaged):
        store.take_in(file)


def test_what_was_open_is_kept_for_each_source_and_the_oldest_forgotten(store: WorkspaceStore, tmp_path: Path) -> None:
    assert store.latest("s3://fleet") is None
    for number in range(60):
        store.save_latest(f"s3://fleet/{number}", workspace_text(Workspace(vehicles=(str(number),))))
        for file in (tmp_path / "workspaces" / "latest").glob("*.json"):
            status = file.stat()
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns - 10**9))
    found = store.latest("s3://fleet/59")
    assert found == (Workspace(vehicles=("59",)), [])
    assert store.latest("s3://fleet/9") is None
    assert store.names() == []


@given(st.text())
def test_every_name_comes_back_from_its_file(name: str) -> None:
    try:
        checked = checked_name(name)
    except UsageError:
        return
    stem = file_stem(checked)
    assert not set(stem) & set('/\\:*?"<>|.')
    assert stem.casefold() not in ("con", "nul", "com1")
    assert stem == stem.strip() or checked != checked.strip()


def test_reserved_names_come_back(store: WorkspaceStore) -> None:
    for name in ("con", "NUL", "com1", ".hidden", "a.b"):
        store.save(Workspace(name))
        assert store.read(name)[0].name == name
    assert store.names() == [".hidden", "a.b", "com1", "con", "NUL"]


def test_long_names_leave_room_for_a_number(store: WorkspaceStore, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    for name in ("漢" * 24 + "abcd", "x" * LONGEST_NAME, "車" * 40):
        file.write_text(workspace_text(Workspace(name, layout=LAYOUT)), encoding="utf-8")
        taken = [store.take_in(file)[0] for _ in range(11)]
        assert len(set(taken)) == 11
        assert name.startswith(taken[0])
        assert taken[10].endswith(" 11")
        assert store.read(taken[10])[0].layout == LAYOUT
    assert "漢" * 24 + "abcd" in store.names()


def test_a_name_that_no_file_can_have_becomes_another_one(store: WorkspaceStore, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(workspace_text(Workspace("NAME", vehicles=("VIN1",))).replace("NAME", "\\ud800"), encoding="utf-8")
    assert store.take_in(file) == ("a", ["name is not usable"])
    assert store.read("a")[0].vehicles == ("VIN1",)
