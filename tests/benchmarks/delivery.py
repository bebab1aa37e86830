"""Writes batches into a folder with the layout of a bucket."""

from __future__ import annotations

import multiprocessing
import os
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.benchmarks.flatten_data import batches, frequent_properties

A_BATCH = 1_000
_A_DAY = 50
_AT_ONCE = 5
# The first digits, which copies of a message have of their own.
_ID = re.compile(rb'"message_id": "[0-9A-F]{8}')


@dataclass(frozen=True, slots=True)
class Delivery:
    """Batches of frequent properties on disk.

    Attributes:
        folder: the layout's root.
        size: bytes of all batches.
    """

    folder: Path
    batches: int
    size: int

    @property
    def messages(self) -> int:
        """How many there are."""
        return self.batches * A_BATCH

    def files(self) -> list[Path]:
        """The batches' files in order of their keys."""
        return sorted(self.folder.rglob("*.json"))


def deliver(folder: Path, count: int) -> Delivery:
    """Write so many batches of 1,000 messages, 50 a day, three minutes apart.

    Each day brings what the first one did, at its own times and as messages of its own, as making them takes longer
    than reading them.
    """
    firsts = range(0, min(count, _A_DAY), _AT_ONCE)
    counts = [min(_AT_ONCE, count - first) for first in firsts]
    if count <= _AT_ONCE:
        _write(folder, 0, count)
    else:
        with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
            list(pool.map(_write, [folder] * len(firsts), firsts, counts))
    made = sorted(folder.rglob("*.json"))
    for number in range(len(made), count):
        day, place = divmod(number, _A_DAY)
        _repeat(made[place], folder, day)
    return Delivery(folder, count, sum(path.stat().st_size for path in folder.rglob("*.json")))


def _write(folder: Path, first: int, count: int) -> None:
    for key, content in batches(frequent_properties(), count * A_BATCH, A_BATCH, first):
        path = folder / key.text
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _repeat(made: Path, folder: Path, days: int) -> None:
    """Write a batch again, so many days later."""
    old = datetime.strptime("/".join(made.parts[-4:-1]), "%Y/%m/%d")
    new = old + timedelta(days=days)
    path = folder / Path(*made.relative_to(folder).parts[:2], f"{new:%Y/%m/%d}", made.name)
    content = made.read_bytes().replace(f'"{old:%Y-%m-%d}T'.encode(), f'"{new:%Y-%m-%d}T'.encode())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_ID.sub(f'"message_id": "{days:08X}'.encode(), content))
