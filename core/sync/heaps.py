"""Keeps small what the C library holds back of what was given back to it, where that is glibc; others hold less."""

from __future__ import annotations

import ctypes
import functools
import sys
from typing import Any

_ARENA_MAX = -8  # as malloc.h calls it
_HEAPS = 2


@functools.cache
def share_heaps() -> None:
    """Let all threads of this process share two heaps; by default each thread soon has one of its own."""
    mallopt = _function("mallopt")
    if mallopt is not None:
        mallopt(_ARENA_MAX, _HEAPS)


def give_back() -> None:
    """Return what is free in the heaps to the system, which takes some milliseconds.

    Flattening needs and frees far more than it keeps. What is left between what is kept grows from chunk to chunk.
    """
    trim = _function("malloc_trim")
    if trim is not None:
        trim(0)


@functools.cache
def _function(name: str) -> Any:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
