"""Where log records go: a rotating file, and for the command line warnings on standard error.

Loggers are named ``odograph.<topic>``. Whatever looks like an AWS secret is blacked out in every record, those of
libraries included, before it is written anywhere.
"""

from __future__ import annotations

import copy
import logging
import re
import sys
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from core import paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FILE_BYTES = 2_000_000
_FILES_KEPT = 3
_BLACKED_OUT = "[removed]"

_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # Presigned addresses: X-Amz-Signature=…, X-Amz-Credential=…, X-Amz-Security-Token=…
        (
            r"(X-Amz-(?:Signature|Credential|Security-Token)[\"']?\s*[=:]\s*(?:[bB]?[\"'])?)[^\s&\"',;}]+",
            r"\1" + _BLACKED_OUT,
        ),
        # Signed headers, whole to the end of the line or the quote.
        (r"(AWS4-(?:HMAC|ECDSA)[-\w]*\s+)[^\r\n\"']+", r"\1" + _BLACKED_OUT),
        (r"(Authorization[\"']?\s*[=:]\s*(?:[bB]?[\"'])?)(?!AWS4)[^\r\n\"']+", r"\1" + _BLACKED_OUT),
        # Named values in settings, environments and JSON: aws_secret_access_key = …, "SessionToken": "…"
        (
            r"((?:secret_?access_?key|session_?token|security_?token|client_?secret|access_?token|refresh_?token|"
            r"bearer_?token|id_?token|device_?code|code_?verifier|password)"
            r"[\"']?\s*[=:]\s*(?:[bB]?[\"'])?)[^\s&\"',;}<]+",
            r"\1" + _BLACKED_OUT,
        ),
        # The same in XML answers of STS.
        (r"(<(SecretAccessKey|SessionToken)>)[^<]*", r"\1" + _BLACKED_OUT),
        # user:password@ in addresses.
        (r"(\w://)[^\s/@\"']+:[^\s/@\"']+@", r"\1" + _BLACKED_OUT + "@"),
        # Access key ids: four letters that name the kind, then sixteen more.
        (r"\b(A(?:KIA|SIA))[A-Z0-9]{16}\b", r"\1" + _BLACKED_OUT),
    )
)


# Secrets that this process knows, which may look like anything.
_hidden: set[str] = set()
_SHORTEST_HIDDEN = 8


def hide(*values: str) -> None:
    """Black out these values from now on, wherever they stand in a record. Very short ones are no secrets."""
    _hidden.update(value for value in values if len(value) >= _SHORTEST_HIDDEN)


def redact(text: str) -> str:
    """The text without known secrets, and without what looks like an AWS secret, session token or signature."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    # Last, as one of them may be a word by which a pattern knows what follows it.
    for value in sorted(_hidden, key=len, reverse=True):
        text = text.replace(value, _BLACKED_OUT)
    return text


class RedactingFormatter(logging.Formatter):
    """Formats a record, its traceback included, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _ScreenFormatter(RedactingFormatter):
    """Leaves tracebacks to the file, unless details were asked for."""

    def __init__(self, verbose: bool) -> None:
        super().__init__("odograph: %(message)s")
        self._verbose = verbose

    def format(self, record: logging.LogRecord) -> str:
        if not self._verbose:
            record = copy.copy(record)
            record.exc_info = record.exc_text = record.stack_info = None
        return super().format(record)


def log_file() -> Path:
    """The newest log file."""
    return paths.log_folder() / "odograph.log"


def set_up(verbose: bool = False, to_stderr: bool = True) -> Callable[[], None]:
    """Start logging into the log file.

    A log folder that cannot be written costs the log, not the program.

    Args:
        verbose: details of our own topics go to the file, and to standard error too.
        to_stderr: warnings go to standard error.

    Returns:
        Ends the logging that this call started.
    """
    handlers: list[logging.Handler] = []
    problem = ""
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(log_file(), maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8")
        file.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(threadName)s: %(message)s"))
        handlers.append(file)
    except OSError as error:
        problem = str(error)
    if to_stderr and sys.stderr is not None:
        screen = logging.StreamHandler(sys.stderr)
        screen.setLevel(logging.DEBUG if verbose else logging.WARNING)
        screen.setFormatter(_ScreenFormatter(verbose))
        if not verbose:
            # Credentials that cannot be renewed end in an error of ours, which says what to do.
            screen.addFilter(lambda record: not record.name.startswith("botocore."))
        handlers.append(screen)
    root, ours = logging.getLogger(), logging.getLogger("odograph")
    level_before = ours.level
    ours.setLevel(logging.DEBUG if verbose else logging.INFO)
    for handler in handlers:
        root.addHandler(handler)
    if problem:
        ours.warning("no log file is written: %s", problem)

    def tear_down() -> None:
        ours.setLevel(level_before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()

    return tear_down
