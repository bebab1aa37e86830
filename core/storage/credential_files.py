"""Whether the files from which credentials come have changed, such as by signing in with another program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

Mark: TypeAlias = tuple[tuple[int, int], ...]

# What names each file, and where it lies otherwise, as botocore has it; the caches of sign-ins are folders.
_FILES = (
    ("AWS_CONFIG_FILE", "~/.aws/config"),
    ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ("", "~/.aws/sso/cache"),
    ("AWS_LOGIN_CACHE_DIRECTORY", "~/.aws/login/cache"),
)


def mark() -> Mark:
    """Another value whenever one of the files was written or replaced."""
    return tuple(_mark_of(Path(os.path.expanduser(os.environ.get(name) or usual))) for name, usual in _FILES)  # noqa: PTH111 - as botocore does


def _mark_of(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
