from __future__ import annotations

from dataclasses import replace

from core.storage.index import DayCount, SourceIndex
from core.sync import SyncProgress, first_day_to_watch, with_days
from core.sync.result import Pace

ONE = DayCount("A", "level13", "2026-03-01", 10, 1000, 5, 50)
INDEX = SourceIndex({("A", "level13", "2026-03-01"): ONE}, 2, 10, 1000)


def test_watching_begins_a_day_before_the_newest() -> None:
    assert first_day_to_watch(INDEX) == "2026-02-28"
    assert first_day_to_watch(replace(INDEX, days={})) is None
    to_come = replace(ONE, day="9999-12-31")
    today = first_day_to_watch(replace(INDEX, days={("A", "level13", "9999-12-31"): to_come}))
    assert today is not None
    assert today < "9999"
    first = replace(ONE, day="0001-01-01")
    assert first_day_to_watch(replace(INDEX, days={("A", "level13", "0001-01-01"): first})) == "0001-01-01"


def test_days_that_were_counted_anew_replace_the_old_ones() -> None:
    more, next_day = replace(ONE, batches=11, bytes=1100, last=60), replace(ONE, day="2026-03-02", first=70, last=80)
    index = with_days(INDEX, [more, next_day])
    assert index.days == {("A", "level13", "2026-03-01"): more, ("A", "level13", "2026-03-02"): next_day}
    assert (index.batches, index.bytes, index.others) == (21, 2100, 2)
    # A day may lie in two folders, one with zeros before its numbers and one without.
    both = with_days(INDEX, [ONE, replace(ONE, first=1)]).days["A", "level13", "2026-03-01"]
    assert both == replace(ONE, batches=20, bytes=2000, first=1)
    assert with_days(INDEX, []) == INDEX


def test_progress_reads() -> None:
    assert SyncProgress().text(0) == "Listing batches"
    assert SyncProgress(50).text(20_000) == "50 batches, 20,000 found so far"
    under_way = SyncProgress(500, 20_000, 1_500_000, 60_000_000, 200.0)
    assert under_way.text(20_000) == "500 of 20,000 batches · 1.5 MB of 60.0 MB · 3 min left"
    assert replace(under_way, seconds_left=None).text(20_000) == "500 of 20,000 batches · 1.5 MB of 60.0 MB"
    assert SyncProgress(7, 7, 70, 70, 0.0).text(7) == "7 of 7 batches"


def test_the_time_left_follows_the_last_half_minute() -> None:
    pace = Pace()
    assert pace.seconds_left(100) is None
    pace.add(1.0, 1000)
    assert pace.seconds_left(100) is None
    for second in range(2, 100):
        pace.add(second, second * 1000)
    assert pace.seconds_left(10_000) == 10.0
    for second in range(100, 200):
        pace.add(second, 100_000 + (second - 100) * 100)
    assert pace.seconds_left(1000) == 10.0
