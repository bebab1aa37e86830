"""Whether a window can open, told before Qt ends the program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from gui.platform import _ALWAYS, _WAYLAND, _X11, check, missing_libraries, platforms

X11 = {"DISPLAY": ":0"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}
DEBIAN = 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n'
FEDORA = "NAME=Fedora\nID=fedora\n"
ROCKY = 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'


class System:
    """A system that lacks some libraries; it remembers what it was asked for."""

    def __init__(self, *lacks: str) -> None:
        self.lacks = set(lacks)
        self.asked: list[str] = []

    def __call__(self, file: str) -> bool:
        self.asked.append(file)
        return file not in self.lacks


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, []),
        ({"DISPLAY": ""}, []),
        (X11, ["xcb"]),
        (WAYLAND, ["wayland"]),
        (X11 | WAYLAND, ["wayland", "xcb"]),
        ({"QT_QPA_PLATFORM": "offscreen"}, ["offscreen"]),
        (X11 | {"QT_QPA_PLATFORM": "wayland;xcb:something"}, ["wayland", "xcb"]),
    ],
)
def test_platforms(environment: dict[str, str], expected: list[str]) -> None:
    assert platforms(environment) == expected


def test_nothing_is_missing_on_a_whole_system() -> None:
    assert check(System(), X11, "linux", DEBIAN) is None


def test_only_linux_is_asked() -> None:
    system = System("libEGL.so.1")
    assert check(system, {}, "darwin") is None
    assert check(system, {}, "win32") is None
    assert missing_libraries(system, {}, "win32") == []
    assert system.asked == []


def test_no_display_is_told_in_a_sentence() -> None:
    text = check(System(), {}, "linux", DEBIAN)
    assert text is not None
    assert "no display" in text
    assert "command line" in text


@pytest.mark.parametrize(
    ("release", "command"),
    [
        (DEBIAN, "sudo apt install libegl1 libxcb-cursor0"),
        ("ID=debian\n", "sudo apt install libegl1 libxcb-cursor0"),
        (FEDORA, "sudo dnf install libglvnd-egl xcb-util-cursor"),
        (ROCKY, "sudo dnf install libglvnd-egl xcb-util-cursor"),
    ],
)
def test_the_command_fits_the_distribution(release: str, command: str) -> None:
    text = check(System("libEGL.so.1", "libxcb-cursor.so.0"), X11, "linux", release)
    assert text is not None
    assert text.splitlines()[-1].strip() == command
    assert "libEGL.so.1, libxcb-cursor.so.0" in text


def test_an_unknown_distribution_gets_both_commands() -> None:
    text = check(System("libEGL.so.1"), X11, "linux", "ID=arch\n")
    assert text is not None
    assert "sudo apt install libegl1" in text
    assert "sudo dnf install libglvnd-egl" in text


def test_libraries_of_x11_matter_where_x11_is_used() -> None:
    lacks = System("libxcb-cursor.so.0")
    assert [library.file for library in missing_libraries(lacks, X11, "linux")] == ["libxcb-cursor.so.0"]
    assert missing_libraries(lacks, WAYLAND, "linux") == []
    assert missing_libraries(lacks, X11 | WAYLAND, "linux") == []
    assert missing_libraries(lacks, {"QT_QPA_PLATFORM": "offscreen"}, "linux") == []


def test_where_no_platform_is_whole_the_nearer_one_is_advised() -> None:
    lacks = System("libwayland-cursor.so.0", "libxcb-cursor.so.0", "libxcb-icccm.so.4")
    missing = missing_libraries(lacks, X11 | WAYLAND, "linux")
    assert [library.file for library in missing] == ["libwayland-cursor.so.0"]


def test_the_real_loader() -> None:
    """This machine runs the tests' windows, so nothing that every platform needs can be missing."""
    assert missing_libraries(environment={"QT_QPA_PLATFORM": "offscreen"}) == []
    assert check(environment={"QT_QPA_PLATFORM": "offscreen"}) is None


def test_it_imports_no_qt() -> None:
    code = "import sys, gui.platform; sys.exit(any(name.startswith(('PySide6', 'shiboken')) for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2]).returncode == 0


@pytest.mark.parametrize(
    ("file", "known"),
    [
        ("lib/libQt6Gui.so.6", _ALWAYS),
        ("lib/libQt6Core.so.6", _ALWAYS),
        ("lib/libQt6DBus.so.6", _ALWAYS),
        ("plugins/platforms/libqxcb.so", _ALWAYS + _X11),
        ("plugins/platforms/libqwayland.so", _ALWAYS + _WAYLAND),
        ("plugins/platforms/libqoffscreen.so", _ALWAYS),
    ],
)
def test_the_lists_hold_what_the_installed_qt_names(file: str, known: tuple[object, ...]) -> None:
    content = (Path(PySide6.__file__).parent / "Qt" / file).read_bytes()
    named = {
        name.decode()
        for name in re.findall(
            rb"lib(?:X11|xcb|xkb|wayland|EGL|GL|fontconfig|dbus|glib|gthread|freetype|zstd)[\w.+-]*?\.so\.\d+", content
        )
    }
    assert named
    assert named <= {getattr(library, "file", "") for library in known}
