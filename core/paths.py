"""Where Odograph keeps its files. ODOGRAPH_HOME moves all of them."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import platformdirs

_NAME = "odograph"

_ARCHIVE_FORMAT = 2
"""Goes up when archives can no longer be read as they were written; those of before are loaded anew beside them."""


def _folder(kind: str, default: str) -> Path:
    home = os.environ.get("ODOGRAPH_HOME")
    return Path(home).expanduser().resolve() / kind if home else Path(default)


def data_folder() -> Path:
    """Archives and the demo fleet. Not created here."""
    return _folder("data", platformdirs.user_data_dir(_NAME, appauthor=False))


def settings_folder() -> Path:
    """Settings and the window's geometry. Not created here."""
    return _folder("settings", platformdirs.user_config_dir(_NAME, appauthor=False))


def log_folder() -> Path:
    """Log files. Not created here."""
    return _folder("logs", platformdirs.user_log_dir(_NAME, appauthor=False))


def demo_folder() -> Path:
    """The built-in demo fleet's batches."""
    return data_folder() / "demo-fleet"


def archive_folder(identity: str) -> Path:
    """The archive of one source.

    Args:
        identity: the source's identity; equal identities share an archive.

    Returns:
        A folder whose name tells the source to a person and whose suffix keeps two sources apart.
    """
    readable = re.sub(r"[^A-Za-z0-9]+", "-", identity).strip("-")[-60:].strip("-").lower()
    digest = hashlib.sha256(identity.encode()).hexdigest()[:12]
    return data_folder() / "archives" / f"{readable}-{digest}-{_ARCHIVE_FORMAT}"
