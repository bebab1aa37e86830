"""Kills a process that loads and compacts an archive, again and again at chosen stages: nothing is lost or doubled.

    uv run python -m tests.e2e.kill_test --kills 50

Before each kill new batches arrive and one is replaced. At the end the archive is compared, sample by sample, with one
that was loaded undisturbed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.archive.archive import Archive
from core.jobs import JobContext
from core.storage.connection import open_source
from core.storage.keys import parse_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from core.storage.source import SourceObject

STAGES = ("listing", "fetching", "flattening", "before commit", "after commit", "compacting")
_APP = "9FBBEDED80595912588FF4FF"
_NEW = 12  # batches that arrive before each kill
_LATEST = 0.02  # seconds between the beginning of a stage and the kill, at most
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the kills did.

    Attributes:
        kills: how many there were, by stage.
        finished: how many processes had ended before they could be killed.
        batches, samples: in the archive at the end.
        seconds: all together.
    """

    kills: Counter[str]
    finished: int
    batches: int
    samples: int
    seconds: float


def _work(source: Path, folder: Path, tell: Connection) -> None:
    """Load and compact, and say when each stage begins. Runs in the process that is killed."""
    import core.archive.append
    import core.archive.compact
    import core.sync.engine
    from core.archive.table import Table
    from core.storage.folder import FolderSource
    from core.sync import sync

    def telling(stage: str, function: Callable[..., Any], after: str = "") -> Callable[..., Any]:
        def call(*args: Any, **words: Any) -> Any:
            tell.send(stage)
            result = function(*args, **words)
            if after:
                tell.send(after)
            return result

        return call

    class Telling(FolderSource):
        def list_objects(self, folder: str, ctx: JobContext, start_after: str = "") -> Iterator[list[SourceObject]]:
            tell.send("listing")
            return super().list_objects(folder, ctx, start_after)

        def fetch(self, key: str) -> bytes:
            tell.send("fetching")
            return super().fetch(key)

    core.sync.engine.FIRST_CHUNK_BATCHES = 2
    core.sync.engine.CHUNK_BATCHES = 5
    parts = vars(core.archive.append)
    parts["flatten"] = telling("flattening", parts["flatten"])
    Table.commit = telling("before commit", Table.commit, after="after commit")  # type: ignore[method-assign]
    archive = Archive.open(folder)
    sync(Telling(source), archive, JobContext())
    core.archive.compact._merge = telling("compacting", core.archive.compact._merge)
    archive.upkeep.compact(JobContext(), everything=True)
    tell.send("done")


def _deliver(source: Path, number: int, dice: random.Random) -> None:
    """Let one batch arrive, whole, or replace it."""
    minute = number * 5
    day = f"2026/{10 + minute // 1440 // 28 % 2:02}/{1 + minute // 1440 % 28:02}"
    key = f"{_APP}/level13/{day}/{minute // 60 % 24:02}-{minute % 60:02}-00-{number:09}-{number:08x}.json"
    stamp = f"{day.replace('/', '-')}T{minute // 60 % 24:02}:{minute % 60:02}"
    messages = [
        {
            # Every third message was delivered by the batch before, too.
            "message_id": f"{number - (n % 3 == 0)}-{n}",
            "version": 1,
            "vin": f"VF{n % 4}",
            "capability": "diagnostics",
            "property": "odometer",
            "data": {
                "diagnostics": {
                    "odometer": {
                        "data": {"unit": "kilometers", "value": dice.randrange(10**6)},
                        "timestamp": f"{stamp}:{n:02}.000Z",
                    }
                }
            },
        }
        for n in range(20)
    ]
    path = source / key
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps([*messages, {"odd": number}]), encoding="utf-8")
    part.replace(path)


def kill_again_and_again(folder: Path, kills: int, seed: int, say: Callable[[str], None]) -> Outcome:
    """Kill so many processes and compare what is there with an undisturbed load.

    Raises:
        AssertionError: something was lost, doubled or left in disorder.
    """
    began = time.monotonic()
    dice = random.Random(seed)
    source, archive = folder / "source", folder / "archive"
    processes = multiprocessing.get_context("forkserver")
    # What takes long to import is there already in every process.
    processes.set_forkserver_preload(["core.archive.archive", "core.sync", "core.storage.folder"])
    done: Counter[str] = Counter()
    finished = batches = 0
    while sum(done.values()) < kills:
        for _ in range(_NEW):
            _deliver(source, batches, dice)
            batches += 1
        _deliver(source, dice.randrange(batches), dice)
        stage = STAGES[sum(done.values()) % len(STAGES)]
        ours, theirs = processes.Pipe(duplex=False)
        child = processes.Process(target=_work, args=(source, archive, theirs))
        child.start()
        theirs.close()
        if _reached(ours, stage, skip=dice.randrange(3)):
            time.sleep(dice.uniform(0, _LATEST))
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)
            child.join()
            killed = child.exitcode == -signal.SIGKILL
        else:
            child.join()
            killed = False
        ours.close()
        if killed:
            done[stage] += 1
        else:
            assert child.exitcode == 0, f"exit code {child.exitcode}"
            finished += 1
        assert finished <= 5 * kills + 10, "hardly any process could be killed"
    say(f"{sum(done.values())} killed, loading the rest")
    from core.sync import sync

    disturbed, whole = Archive.open(archive), Archive.open(folder / "whole")
    for one in (disturbed, whole):
        sync(open_source(str(source)), one, JobContext())
    samples = _compare(disturbed, whole)
    return Outcome(done, finished, batches, samples, time.monotonic() - began)


def _reached(messages: Connection, stage: str, skip: int) -> bool:
    """Wait until a stage begins for so many times; False when the process ends before."""
    end = time.monotonic() + _PATIENCE
    seen = False
    while time.monotonic() < end:
        try:
            if not messages.poll(0.05):
                if seen:  # it began less often than hoped for
                    return True
                continue
            told = messages.recv()
        except EOFError:
            return False
        if told == "done":
            return False
        if told == stage:
            if skip == 0:
                return True
            seen, skip = True, skip - 1
    raise AssertionError(f"the process hangs before {stage}")


def _compare(disturbed: Archive, whole: Archive) -> int:
    """Whether both hold the same. Returns the number of samples as they lie in the files."""
    ctx = JobContext()
    mine, theirs = disturbed.recorded(), whole.recorded()
    assert mine == theirs, f"records differ: {sorted(set(mine) ^ set(theirs))[:3]}"
    assert disturbed.rejects(ctx) == whole.rejects(ctx), "rejects differ"
    assert disturbed.vehicles(ctx) == whole.vehicles(ctx), "vehicles differ"
    keys = whole.find_series([], [], ctx)
    assert disturbed.find_series([], [], ctx) == keys, "series differ"
    for one, other in zip(disturbed.series(keys, ctx), whole.series(keys, ctx), strict=True):
        assert one.time.tolist() == other.time.tolist(), f"times of {one.key} differ"
        assert one.value.tolist() == other.value.tolist(), f"values of {one.key} differ"
        sent, expected = ([each.batch[i] for i in range(len(each))] for each in (one, other))
        assert sent == expected, f"batches of {one.key} differ"
    counts = []
    for archive in (disturbed, whole):
        found = archive.upkeep.verify(ctx)
        assert found.sound, f"{found.lost} {found.differences}"
        # Counted in the files themselves, where a doubled message is not hidden as one delivered twice.
        counts.append((found.batches, found.samples, found.rejects))
    assert counts[0] == counts[1], f"{counts[0]} rows in the files, {counts[1]} undisturbed"
    assert all(parse_key(key) is not None for key in mine)
    return counts[0][1]


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description="Kill a loading process again and again and look what is left.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()

    def say(text: str) -> None:
        sys.stdout.write(text + "\n")

    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_again_and_again(Path(folder), words.kills, words.seed, say)
    for stage in STAGES:
        say(f"  {outcome.kills[stage]:>4} killed in or right after: {stage}")
    say(
        f"{outcome.batches:,} batches and {outcome.samples:,} samples are as in an undisturbed archive; "
        f"{outcome.finished} processes ended before their kill; {outcome.seconds:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
