from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from core.errors import DiskFull, ExportError
from core.export.target import check_target, explained, whole_file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with whole_file(target) as stream:
        stream.write(b"a")
        assert "out.csv" not in names(tmp_path)
    assert target.read_bytes() == b"a"
    assert names(tmp_path) == ["out.csv"]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    with pytest.raises(TypeError), whole_file(target) as stream:
        stream.writelines([b"new", "a text"])  # type: ignore[list-item]
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["out.csv"]


def test_permissions_of_the_old_file_stay(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    target.chmod(0o640)
    with whole_file(target) as stream:
        stream.write(b"new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    with whole_file(tmp_path / "link.csv") as stream:
        stream.write(b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"


def test_a_device_is_written_as_it_comes() -> None:
    with whole_file(Path(os.devnull)) as stream:
        stream.write(b"a")
    assert not Path(os.devnull).is_file()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError) as caught, whole_file(tmp_path / "no" / "out.csv"):
        pass
    assert caught.value.subject == str(tmp_path / "no")
    assert "Create it" in caught.value.hint


def test_a_folder_is_no_target(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="folder"), whole_file(tmp_path):
        pass


@pytest.mark.parametrize(
    ("number", "kind", "hint"),
    [
        (errno.ENOSPC, DiskFull, "Make room"),
        (errno.EDQUOT, DiskFull, "Make room"),
        (errno.EACCES, ExportError, "may write"),
        (errno.EROFS, ExportError, "another"),
    ],
)
def test_the_systems_errors_say_what_to_do(number: int, kind: type[Exception], hint: str, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with pytest.raises(kind) as caught, whole_file(target):
        raise OSError(number, os.strerror(number))
    assert isinstance(caught.value, DiskFull | ExportError)
    assert caught.value.subject == str(target)
    assert hint in caught.value.hint
    assert names(tmp_path) == []


def test_a_full_device_is_a_full_disk() -> None:
    with pytest.raises(DiskFull), whole_file(Path("/dev/full")) as stream:
        stream.write(b"a")


@pytest.mark.parametrize("try_writing", [False, True])
def test_a_target_is_checked_and_nothing_is_left(tmp_path: Path, try_writing: bool) -> None:
    (tmp_path / "old.csv").write_bytes(b"old")
    for name in ("new.csv", "old.csv"):
        check_target(tmp_path / name, try_writing=try_writing)
    check_target(Path(os.devnull), try_writing=try_writing)
    assert names(tmp_path) == ["old.csv"]
    assert (tmp_path / "old.csv").read_bytes() == b"old"
    for path, says in ((tmp_path, "is a folder"), (tmp_path / "no" / "out.csv", "folder does not exist")):
        with pytest.raises(ExportError, match=says):
            check_target(path, try_writing=try_writing)


def test_a_folder_that_only_seems_writable_is_found_by_trying() -> None:
    # Not even an administrator can make a file there.
    with pytest.raises(ExportError) as caught:
        check_target(Path("/proc/out.csv"), try_writing=True)
    assert caught.value.subject == "/proc/out.csv"
    with pytest.raises(ExportError, match="does not exist"):
        check_target(Path("~nobody-has-this-name/out.csv"))


def test_only_a_streams_reader_may_go(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), explained(None):
        raise BrokenPipeError
    with pytest.raises(ExportError), explained(tmp_path / "fifo"):
        raise BrokenPipeError
