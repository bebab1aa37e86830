"""Finding a batch by a key that somebody copied from elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.storage.keys import parse_key

if TYPE_CHECKING:
    from core.storage.keys import BatchKey

_KEY = re.compile(r"[0-9A-Fa-f]{24}/level[0-9]{1,3}/[0-9/]+/[0-9A-Za-z-]+\.json")


def find_key(text: str) -> BatchKey | None:
    """The batch key in a text, which may be a whole address such as ``s3://bucket/prefix/…``; None if there is none."""
    match = _KEY.search(text.replace("\\", "/"))
    return parse_key(match[0]) if match is not None else None
