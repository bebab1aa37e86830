"""Finds out whether Qt can open a window here, before Qt is imported and ends the program with a riddle.

Only Linux needs it: there the window's libraries come from the distribution. Imports no Qt.
"""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library that Qt loads.

    Attributes:
        file: the name under which it is loaded.
        debian: the package of Debian and Ubuntu that has it.
        fedora: the package of Fedora that has it.
    """

    file: str
    debian: str
    fedora: str


# What the libraries of PySide6 and its platform plugins need (readelf -d), without what every system has. Where Ubuntu
# since 24.04 has another name, the old one still leads there.
_ALWAYS = (
    Library("libEGL.so.1", "libegl1", "libglvnd-egl"),
    Library("libGL.so.1", "libgl1", "libglvnd-glx"),
    Library("libX11.so.6", "libx11-6", "libX11"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    Library("libzstd.so.1", "libzstd1", "libzstd"),
)
_X11 = (
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
    Library("libxcb.so.1", "libxcb1", "libxcb"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-render.so.0", "libxcb-render0", "libxcb"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)
_WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor"),
)


def _loads(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def platforms(environment: Mapping[str, str]) -> list[str]:
    """Qt's platform plugins that can be tried; empty where there is no display.

    Args:
        environment: the environment variables.
    """
    asked = [name.partition(":")[0] for name in environment.get("QT_QPA_PLATFORM", "").split(";") if name]
    if asked:
        return asked
    displays = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    return [name for name, variable in displays.items() if environment.get(variable)]


def missing_libraries(
    loads: Callable[[str], bool] = _loads,
    environment: Mapping[str, str] | None = None,
    system: str = sys.platform,
) -> list[Library]:
    """The libraries without which no window opens.

    Args:
        loads: whether a library can be loaded.
        environment: the environment variables; the process's own where it is None.
        system: as ``sys.platform``.

    Returns:
        Those that every platform needs, and where no platform that can be tried has all of its own, those of the
        platform that lacks the fewest.
    """
    if not system.startswith("linux"):
        return []
    missing = [library for library in _ALWAYS if not loads(library.file)]
    of_platform = {"xcb": _X11, "wayland": _WAYLAND}
    lacks = [
        [library for library in of_platform.get(name, ()) if not loads(library.file)]
        for name in platforms(os.environ if environment is None else environment)
    ]
    if lacks and all(lacks):
        fewest = min(lacks, key=len)
        missing += fewest
    return missing


def _commands(missing: list[Library], release: str) -> str:
    lines = dict(line.partition("=")[::2] for line in release.splitlines())
    family = f"{lines.get('ID', '')} {lines.get('ID_LIKE', '')}".replace('"', "").split()
    apt = "sudo apt install " + " ".join(sorted({library.debian for library in missing}))
    dnf = "sudo dnf install " + " ".join(sorted({library.fedora for library in missing}))
    if not {"debian", "ubuntu"}.isdisjoint(family):
        return f"Install them with:\n  {apt}"
    if not {"fedora", "rhel", "centos"}.isdisjoint(family):
        return f"Install them with:\n  {dnf}"
    return f"On Debian and Ubuntu they are installed with:\n  {apt}\nOn Fedora with:\n  {dnf}"


def _read_release() -> str:
    for file in (Path("/etc/os-release"), Path("/usr/lib/os-release")):
        if file.is_file():
            return file.read_text("utf-8", errors="replace")
    return ""


def check(
    loads: Callable[[str], bool] = _loads,
    environment: Mapping[str, str] | None = None,
    system: str = sys.platform,
    release: str | None = None,
) -> str | None:
    """What to tell where no window can open, or None where one can.

    Args:
        loads: whether a library can be loaded.
        environment: the environment variables; the process's own where it is None.
        system: as ``sys.platform``.
        release: what ``/etc/os-release`` says, which decides between package managers; read where it is None.

    Returns:
        Some lines of text, ready to be printed.
    """
    environment = os.environ if environment is None else environment
    if not system.startswith("linux"):
        return None
    if not platforms(environment):
        return (
            "There is no display for a window: neither WAYLAND_DISPLAY nor DISPLAY is set.\n"
            "Start Odograph in a desktop session, or connect with: ssh -X\n"
            "Without a display everything can be done on the command line: main.py --help"
        )
    missing = missing_libraries(loads, environment, system)
    if not missing:
        return None
    return (
        "The window needs libraries that this system does not have:\n"
        f"  {', '.join(library.file for library in missing)}\n"
        f"{_commands(missing, _read_release() if release is None else release)}"
    )
