"""The program as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.cli.parser import COMMANDS
from core.cli.program import CANCELLED, DONE, FAILED, WRONG_USE

ROOT = Path(__file__).parents[3]
APP_FOLDER = "9FBBEDED80595912588FF4FF/level13"
LAST = "2026-11-08"


def start(*words: str, **more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "main.py", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )


def test_the_program_itself(recorded: str) -> None:
    with start("export", recorded, "--property", "diagnostics.odometer") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == DONE, err
    assert out.startswith(b"time,vin,capability,property,component,value,unit,failure,batch\n20")
    with start("export", recorded, "--layout", "tall") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == WRONG_USE
    assert out == b""
    assert b"usage:" in err


def test_a_full_standard_output_is_a_full_disk(recorded: str) -> None:
    for words in (["batches", recorded], ["export", recorded]):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "main.py", *words],
                cwd=ROOT,
                stdout=full,
                stderr=subprocess.PIPE,
                timeout=60,
                check=False,
            )
        assert done.returncode == FAILED
        assert b"No room is left on the disk: standard output" in done.stderr
        assert b"fault" not in done.stderr
        assert b"Exception" not in done.stderr


@pytest.mark.parametrize("words", [["frob"], ["frob", "demo", "-o", "x"], ["--theme", "dark", "no/such/folder"]])
def test_a_mistyped_command_is_told_before_anything_else(words: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in environment.items() if not name.endswith("DISPLAY")}
    with start(*words, env=environment) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == WRONG_USE
    assert out == b""
    word = words[2] if words[0].startswith("-") else words[0]
    assert err.decode().startswith(f"odograph: no command and no such folder: {word}\n")
    assert all(name in err.decode() for name in COMMANDS)
    assert b"display" not in err


def test_without_a_display_the_program_says_what_to_do() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in environment.items() if not name.endswith("DISPLAY")}
    with start(env=environment) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == FAILED
    assert out == b""
    assert err.startswith(b"odograph: There is no display")
    assert b"Traceback" not in err


def test_a_reader_that_has_gone_ends_it_quietly(recorded: str) -> None:
    with start("export", recorded) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == FAILED


def test_interrupting_cancels_cleanly(tmp_path: Path) -> None:
    with start("simulate", str(tmp_path / "fleet"), "--vehicles", "5000", "--days", "300") as process:
        deadline = time.monotonic() + 30
        while not any(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == CANCELLED
    assert err == b"Cancelled\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", [b"core.errors", b"duckdb"])
def test_interrupting_while_parts_are_imported_cancels_cleanly(part: bytes) -> None:
    # It tells of each import on standard error.
    words = [sys.executable, "-X", "importtime", "main.py", "bucket", "check", "s3://fleet"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert any(part in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == CANCELLED
    assert b"Traceback" not in err
    assert b"Cancelled\n" in err


def test_nobody_can_be_asked_without_a_standard_input() -> None:
    words = ["sh", "-c", 'exec "$0" main.py simulate s3://fleet <&-', sys.executable]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == WRONG_USE
    assert b"Nobody can be asked here" in done.stderr


def test_no_qt_in_core_at_run_time() -> None:
    modules = sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "core").rglob("*.py")
    )
    program = (
        f"import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "bad = loaded & {'PySide6', 'shiboken6', 'pyqtgraph', 'qtawesome', 'qtpy', 'gui'}\n"
        "sys.exit(', '.join(sorted(bad)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert done.stderr == b""
    assert done.returncode == 0
    assert len(modules) > 40
