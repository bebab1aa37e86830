from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.sandbox.delivery import Delivery
from core.sandbox.exact import Chance
from core.sandbox.plan import Gap, SimulationPlan
from core.storage.keys import parse_key

if TYPE_CHECKING:
    from core.sandbox.envelope import Message

_PLAN = SimulationPlan(vehicles=1, days=1, last_day=date(2026, 3, 1))
_HOUR = 3_600_000


class _Prompt(Chance):
    """Chance that makes every message come after the same short time, once and in order."""

    def __init__(self) -> None:
        super().__init__()
        self.random = lambda: 0.5


def _messages(*times: int) -> list[Message]:
    return [(_PLAN.start + time, 0, number, f'"{number}"', None) for number, time in enumerate(times)]


def _deliver(*times: int, gaps: tuple[Gap, ...] = ()) -> tuple[Delivery, list[tuple[str, list[str]]]]:
    delivery = Delivery(_PLAN, gaps)
    delivery.accept(_messages(*times), _Prompt())
    batches = [*delivery.batches(_PLAN.end), *delivery.finish()]
    return delivery, [(key, json.loads(content)) for key, content in batches]


@pytest.mark.parametrize(("apart", "sizes"), [(299_999, [2]), (300_000, [1, 1]), (10_000_000, [1, 1])])
def test_a_batch_is_closed_after_five_minutes(apart: int, sizes: list[int]) -> None:
    _, batches = _deliver(0, apart)
    assert [len(batch) for _, batch in batches] == sizes


def test_a_batch_is_closed_when_it_is_full() -> None:
    _, batches = _deliver(*range(2_500))
    assert [len(batch) for _, batch in batches] == [1000, 1000, 500]
    assert [name for _, batch in batches for name in batch] == [str(number) for number in range(2_500)]


def test_a_batch_closed_by_time_carries_the_end_of_the_five_minutes() -> None:
    _, batches = _deliver(60_000)
    key = parse_key(batches[0][0])
    assert key is not None
    arrival = 60_000 + 350 + 1_200
    assert key.time == (_PLAN.start + arrival + 300_000) * 1000


def test_full_batches_of_one_moment_have_keys_of_their_own_in_order() -> None:
    _, batches = _deliver(*[0] * 3_000)
    keys = [key for key, _ in batches]
    assert len(set(keys)) == 3
    assert keys == sorted(keys)


def test_the_last_batch_stays_in_the_last_day_and_later_messages_are_lost() -> None:
    delivery, batches = _deliver(24 * _HOUR - 10_000, 24 * _HOUR - 10)
    assert [(key.split("/")[4], batch) for key, batch in batches] == [("01", ["0"])]
    assert delivery.count.lost == 1


def test_nothing_comes_in_a_lost_gap() -> None:
    gap = Gap(_PLAN.start + 2 * _HOUR, _PLAN.start + 4 * _HOUR, "lost")
    delivery, batches = _deliver(_HOUR, 3 * _HOUR, 5 * _HOUR, gaps=(gap,))
    assert [batch for _, batch in batches] == [["0"], ["2"]]
    assert delivery.count.lost == 1


def test_a_delayed_gap_ends_with_everything_in_order() -> None:
    gap = Gap(_PLAN.start + 2 * _HOUR, _PLAN.start + 4 * _HOUR, "delayed")
    _, batches = _deliver(*[2 * _HOUR + 2_000 * number for number in range(3_000)], gaps=(gap,))
    assert [len(batch) for _, batch in batches] == [1000, 1000, 1000]
    times = [parsed.time // 1000 for key, _ in batches if (parsed := parse_key(key))]
    assert min(times) >= gap.end
    assert max(times) <= gap.end + 60_000
    assert [name for _, batch in batches for name in batch] == [str(number) for number in range(3_000)]


def test_hour_by_hour_gives_what_one_go_gives() -> None:
    times = [number * 7_919 % (24 * _HOUR) for number in range(4_000)]
    messages = sorted(_messages(*times))
    at_once = Delivery(_PLAN, ())
    at_once.accept(messages, Chance("way"))
    expected = [*at_once.batches(_PLAN.end), *at_once.finish()]
    piecewise = Delivery(_PLAN, ())
    chance = Chance("way")
    found: list[tuple[str, bytes]] = []
    for hour in range(24):
        start, end = _PLAN.start + hour * _HOUR, _PLAN.start + (hour + 1) * _HOUR
        piecewise.accept([message for message in messages if start <= message[0] < end], chance)
        found += piecewise.batches(end)
    found += piecewise.finish()
    assert found == expected
    assert piecewise.count.duplicates > 0
