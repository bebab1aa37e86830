"""Commands that are suggested to whoever typed another one: complete, so that they can be copied and run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.cli.parser import PROGRAM
from core.connections import Addressing

if TYPE_CHECKING:
    import argparse

# As texts of the core end with an action of ``bucket``, its address and options of its own.
_BUCKET = re.compile(rf"({re.escape(PROGRAM)} bucket [a-z-]+) (s3://.+?)(?= --|\Z)")


def typed_source(words: argparse.Namespace, source: str = "") -> str:
    """A source and the options by which it is reached, as they were typed.

    Args:
        words: the command's.
        source: in place of the one that was typed.
    """
    options = [
        ("--connection", words.connection if words.connection != words.source or source else ""),
        ("--profile", words.profile),
        ("--region", words.region),
        ("--endpoint-url", words.endpoint_url),
        ("--addressing", words.addressing if words.addressing != Addressing.AUTO else ""),
        ("--ca-file", words.ca_file),
    ]
    parts = [_quoted(source or words.source)]
    parts += [f"{name} {_quoted(value)}" for name, value in options if value]
    return " ".join(parts)


def completed(text: str, words: argparse.Namespace) -> str:
    """A text whose commands for a bucket get the options that were typed."""
    return _BUCKET.sub(lambda found: f"{found[1]} {typed_source(words, found[2])}", text)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word
