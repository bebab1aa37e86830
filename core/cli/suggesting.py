"""Commands that are suggested to whoever typed another one: complete, so that they can be copied and run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.cli.parser import PROGRAM
from core.connections import Addressing

if TYPE_CHECKING:
    import argparse

# As texts of the core name an action of ``bucket``, with its address and options of its own or without.
_BUCKET = re.compile(rf"{re.escape(PROGRAM)} bucket ([a-z-]+)(?: (s3://\S+?))?((?: --\S+| live| sandbox)*)\.?(?=\s|$)")


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


def completed(text: str, words: argparse.Namespace, address: str) -> str:
    """A text whose commands for a bucket get the address, where they name none, and the options that were typed."""

    def whole(found: re.Match[str]) -> str:
        action, named, own = found.groups()
        return f"{PROGRAM} bucket {action} {typed_source(words, named or address)}{own}"

    return _BUCKET.sub(whole, text)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word
