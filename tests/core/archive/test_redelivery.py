from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from core.archive.archive import Archive
from core.errors import ArchiveDamaged
from core.jobs import JobCancelled, JobContext
from tests.core.archive.batches import content, delivery, key, odometer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", range(4))
def test_every_delivery_counts_but_the_first_of_each_message(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    archive = Archive.open(tmp_path)
    seen: set[int] = set()
    number = 0
    for _ in range(5):
        fresh, repeated = [], 0
        for _ in range(dice.randrange(1, 4)):
            messages = [dice.randrange(60) for _ in range(dice.randrange(30))]
            repeated += sum(message in seen or message in messages[:at] for at, message in enumerate(messages))
            seen.update(messages)
            body = content(*(odometer(message % 50, message_id=f"{message}") for message in messages), "odd")
            fresh.append(delivery(key(number := number + 1), body))
        archive.append(fresh, JobContext())
        assert archive.repeated([batch.text for batch, _, _ in fresh], JobContext()) == repeated
        if dice.random() < 0.4:
            archive.upkeep.compact(JobContext(), everything=True)


def test_a_message_without_an_id_and_a_time_is_told_by_its_text(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    one, two = ({**odometer(value, None), "message_id": ""} for value in (1, 2))
    archive.append([delivery(key(1), content(one))], JobContext())
    assert archive.repeated([key(1).text], JobContext()) == 0
    archive.append([delivery(key(2), content(two, one))], JobContext())
    assert archive.repeated([key(2).text], JobContext()) == 1
    assert archive.repeated([], JobContext()) == 0
    assert archive.repeated([key(3).text], JobContext()) == 0


@pytest.mark.parametrize("rest", [b"", b"PAR1 no file of this kind PAR1", None])
def test_a_damaged_file_is_named(tmp_path: Path, rest: bytes | None) -> None:
    archive = Archive.open(tmp_path)
    archive.append([delivery(key(1), content(odometer(1)))], JobContext())
    (path,) = tmp_path.glob("kind=sample/**/*.parquet")
    if rest is None:
        path.unlink()
    else:
        path.write_bytes(rest)
    with pytest.raises(ArchiveDamaged) as raised:
        archive.repeated([key(1).text], JobContext())
    assert raised.value.subject == str(path)


def test_counting_can_be_cancelled(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    archive.append([delivery(key(1), content(odometer(1)))], JobContext())
    ctx = JobContext()
    ctx.cancel()
    with pytest.raises(JobCancelled):
        archive.repeated([key(1).text], ctx)


@pytest.mark.parametrize("messages", [1, 50])
def test_files_that_were_compacted_are_looked_at_however_often_a_batch_is_named_in_them(
    tmp_path: Path, messages: int
) -> None:
    archive = Archive.open(tmp_path)
    body = content(*(odometer(number, message_id=f"{number}") for number in range(messages)))
    for number in range(3):
        archive.append([delivery(key(number), body)], JobContext())
    archive.upkeep.compact(JobContext(), everything=True)
    archive.append([delivery(key(3), body)], JobContext())
    assert archive.repeated([key(3).text], JobContext()) == messages
    archive.upkeep.compact(JobContext(), everything=True)
    assert archive.repeated([key(number).text for number in range(4)], JobContext()) == 3 * messages
