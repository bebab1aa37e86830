"""The picture that the command line makes of the window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from tests.e2e.conftest import Fleet

ROOT = Path(__file__).parents[2]


def take(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    return subprocess.run(
        [sys.executable, "main.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.usefixtures("recorded")
def test_the_window_is_rendered_with_the_series_that_were_asked_for(fleet: Fleet, tmp_path: Path) -> None:
    picture, plain = tmp_path / "window.png", tmp_path / "plain.png"
    words = [str(fleet.folder), "--size", "1000x700", "--theme", "dark"]
    asked = ["--vin", fleet.truth.vins[0], "--property", "diagnostics.odometer"]
    for run in (take(*words, *asked, "--screenshot", str(picture)), take(*words, "--screenshot", str(plain))):
        assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    image, other = QImage(str(picture)), QImage(str(plain))
    assert (image.width(), image.height()) == (1000, 700)
    assert image.pixelColor(500, 5).lightness() < 100
    assert image != other


def test_what_cannot_be_opened_or_written_is_said(fleet: Fleet, tmp_path: Path) -> None:
    missing = take(str(tmp_path / "nowhere"), "--screenshot", str(tmp_path / "a.png"))
    assert missing.returncode != 0
    assert "nowhere" in missing.stderr
    unwritable = take(str(fleet.folder), "--screenshot", str(tmp_path / "no" / "a.png"))
    assert unwritable.returncode == 1
    assert "a.png" in unwritable.stderr
    assert "Traceback" not in missing.stderr + unwritable.stderr
