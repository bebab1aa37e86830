"""Renamed properties read as one series, and stay as they were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from core.archive.archive import Archive
from core.archive.joining import joined_key, joined_path, keys_as_sent, paths_as_sent
from core.autoapi.catalogue import catalogue
from core.autoapi.renames import apart_because
from core.fleet.series import SeriesKey
from core.jobs import JobContext
from tests.core.archive.batches import at, content, delivery, item, key, message, us

if TYPE_CHECKING:
    from pathlib import Path

    from core.autoapi.catalogue import TypeInfo
    from core.fleet.series import Series

ODOMETER = SeriesKey("VF1", "diagnostics", "odometer")
MILEAGE = SeriesKey("VF1", "diagnostics", "mileage")
DEPRECATED = [
    (capability, name, present)
    for capability in catalogue().capabilities()
    for name in catalogue().properties(capability)
    if (present := catalogue().renamed(capability, name))
]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


@pytest.fixture
def ctx() -> JobContext:
    return JobContext()


def sent(name: str, value: float, second: int | None, unit: str = "kilometers", **envelope: Any) -> dict[str, Any]:
    moment = None if second is None else at(second)
    return message(
        "diagnostics", name, item({"unit": unit, "value": value}, moment), message_id=f"{name}{second}", **envelope
    )


def add(archive: Archive, number: int, *messages: Any, level: str = "level13") -> None:
    archive.append([delivery(key(number, level=level), content(*messages))], JobContext())


def texts(series: Series) -> list[tuple[int, float, str | None, str | None]]:
    """(seconds, value, unit, name) of each sample."""
    names = series.sent_as
    return [
        (int(series.time[n] - us(0)) // 1_000_000, float(series.value[n]), series.unit[n], names[n] if names else None)
        for n in range(len(series))
    ]


def joined(archive: Archive, wanted: SeriesKey = ODOMETER, *span: int | None) -> Series:
    [found] = archive.series([wanted], JobContext(), *span, joined=True)
    return found


def example(type_: TypeInfo, second: bool) -> Any:
    """Data of a type, one of two."""
    if type_.members:
        return {member.identifier: example(member, second and not member.selects) for member in type_.members}
    if type_.values:
        return type_.values[int(second)].identifier
    unit = next(iter(catalogue().unit_factors()[type_.dimension])).unit
    return {"value": 2.0 if second else 1.0, "unit": unit}


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Of each deprecated name a vehicle that sent one sample under it, then one under the present name."""
    archive = Archive.open(tmp_path_factory.mktemp("renamed") / "archive")
    before, after = [], []
    for capability, former, present in DEPRECATED:
        info = catalogue().info(capability, former)
        assert info is not None
        before.append(message(capability, former, item(example(info, False), at(1)), vin=former))
        after.append(message(capability, present, item(example(info, True), at(2)), vin=former))
    add(archive, 1, *before, level="level11")
    add(archive, 2, *after)
    return archive


@pytest.mark.parametrize(("capability", "former", "present"), DEPRECATED)
def test_each_deprecated_name(renamed: Archive, ctx: JobContext, capability: str, former: str, present: str) -> None:
    as_sent = renamed.find_series([former], [], ctx)
    assert [found.property for found in as_sent] == sorted([former, present])
    [component] = {found.component for found in as_sent}
    if apart_because(capability, former):
        assert renamed.find_series([former], [], ctx, joined=True) == as_sent
        assert renamed.properties([former], ctx, joined=True) == renamed.properties([former], ctx)
        assert len(joined(renamed, as_sent[0])) == 1
        return
    one = SeriesKey(former, capability, present, component)
    for name in (former, present):
        path = f"{capability}.{name}"
        assert renamed.find_series([former], [path], ctx) == [SeriesKey(former, capability, name, component)]
        paths = [path, f"{path}.{component}".rstrip(".")]
        assert [renamed.find_series([former], [path], ctx, joined=True) for path in paths] == [[one]] * 2
        series = joined(renamed, SeriesKey(former, capability, name, component))
        assert (series.key, series.time.tolist()) == (one, [us(1), us(2)])
        assert series.sent_as is not None
        assert [series.sent_as[0], series.sent_as[1]] == [former, present]
        said = series.value.tolist() if series.is_numeric else [series.text[0], series.text[1]]
        assert len(set(said)) == 2
        assert [series.batch[0], series.batch[1]] == [key(1, level="level11").text, key(2).text]
    [summary] = renamed.properties([former], ctx, joined=True)
    assert (summary.property, summary.component, summary.former_names) == (present, component, (former,))
    assert (summary.samples, summary.vehicles, summary.last_seen) == (2, 1, us(2))
    assert len(renamed.properties([former], ctx)) == 2


def test_samples_stand_in_the_order_of_time_each_with_its_unit_and_its_message(
    archive: Archive, ctx: JobContext
) -> None:
    add(archive, 1, sent("mileage", 62.0, 30, "miles"), sent("mileage", 10.0, 10), level="level12")
    add(archive, 2, sent("odometer", 40.0, 20), sent("odometer", 120.0, 40))
    series = joined(archive)
    assert texts(series) == [
        (10, 10.0, "kilometers", "mileage"),
        (20, 40.0, "kilometers", "odometer"),
        (30, 62.0, "miles", "mileage"),
        (40, 120.0, "kilometers", "odometer"),
    ]
    places = [(series.batch[n], int(series.ordinal[n])) for n in range(4)]
    old, new = key(1, level="level12").text, key(2).text
    assert places == [(old, 1), (new, 0), (old, 0), (new, 1)]
    [as_sent] = archive.series([ODOMETER], ctx)
    assert texts(as_sent) == [(20, 40.0, "kilometers", None), (40, 120.0, "kilometers", None)]


def test_a_range_and_its_parts(archive: Archive, ctx: JobContext) -> None:
    add(archive, 1, *(sent("mileage", float(second), second) for second in range(10)), level="level12")
    add(archive, 2, *(sent("odometer", float(second), second) for second in range(10, 20)))
    whole = joined(archive)
    for start, end in ((5, 15), (None, 3), (12, None), (30, 40)):
        span = tuple(None if second is None else us(second) for second in (start, end))
        part = joined(archive, ODOMETER, *span)
        assert [value for _, value, _, _ in texts(part)] == list(range(20))[start or 0 : 20 if end is None else end]
        names = [name or "odometer" for *_, name in texts(part)]
        assert names == [name for *_, name in texts(whole.slice(*span))]
    other = SeriesKey("VF2", "diagnostics", "odometer")
    found = archive.series([MILEAGE, other, ODOMETER, MILEAGE], ctx, joined=True)
    assert [series.key for series in found] == [ODOMETER, other, ODOMETER, ODOMETER]
    assert [len(series) for series in found] == [20, 0, 20, 20]


def test_what_is_said_under_two_names_counts_once(archive: Archive, ctx: JobContext) -> None:
    add(
        archive,
        1,
        # The same reading under three names, one of them in another unit, in messages of their own.
        sent("mileage_meters", 150_001_250.0, 10, "meters"),
        sent("mileage", 150_001.25, 10),
        sent("odometer", 150_001.25, 10),
        # Another value at the same time, and the same value at another time, are readings of their own.
        sent("mileage", 150_002.0, 20),
        sent("odometer", 150_003.0, 20),
        sent("mileage", 150_003.0, 30),
        # In one message, as version 2 has them.
        {
            "data": {"diagnostics": {name: [item({"unit": "kilometers", "value": 9e5}, at(40))] for name in
                                     ("odometer", "mileage")}},
            "message_id": "both", "version": 2, "vin": "VF1",
        },
        # Two items of one name that do not differ are two samples, as without joining.
        message("diagnostics", "odometer", [item({"unit": "kilometers", "value": 9e6}, at(50))] * 2, message_id="two"),
    )  # fmt: skip
    series = joined(archive)
    assert texts(series) == [
        (10, 150_001.25, "kilometers", "odometer"),
        (20, 150_002.0, "kilometers", "mileage"),
        (20, 150_003.0, "kilometers", "odometer"),
        (30, 150_003.0, "kilometers", "mileage"),
        (40, 9e5, "kilometers", "odometer"),
        (50, 9e6, "kilometers", "odometer"),
        (50, 9e6, "kilometers", "odometer"),
    ]
    [summary] = archive.properties(["VF1"], ctx, joined=True)
    assert summary.samples == len(series)
    assert summary.former_names == ("mileage", "mileage_meters")
    assert sum(one.samples for one in archive.properties(["VF1"], ctx)) == 10


def test_failures_and_texts_count_once_too(archive: Archive, ctx: JobContext) -> None:
    failure = {"failure": {"reason": "timeout"}, "timestamp": at(1)}
    add(
        archive,
        1,
        *(message("diagnostics", name, failure, message_id=name) for name in ("mileage", "odometer")),
        *(message("ignition", name, item("on", at(2)), message_id=name) for name in ("status", "state")),
        message("ignition", "status", item("off", at(3)), message_id="off"),
        message("ignition", "accessories_status", item("on", at(3)), message_id="power"),
    )
    assert len(joined(archive)) == 1
    state = joined(archive, SeriesKey("VF1", "ignition", "state"))
    assert [state.text[n] for n in range(len(state))] == ["on", "off"]
    found = {one.property: (one.samples, one.last_text) for one in archive.properties([], ctx, joined=True)}
    assert found == {"odometer": (1, None), "state": (2, "off"), "accessories_status": (1, "on")}


def test_a_message_that_came_again_counts_once(archive: Archive, ctx: JobContext) -> None:
    again = sent("mileage", 5.0, None)
    add(archive, 10, again, level="level12")
    add(archive, 70, again, sent("odometer", 6.0, 40), level="level12")
    series = joined(archive)
    assert series.value.tolist() == [5.0, 6.0]
    assert series.time_from_batch.tolist() == [True, False]
    assert series.time[0] == key(10).time
    assert len(joined(archive, ODOMETER, key(60).time)) == 1
    [summary] = archive.properties([], ctx, joined=True)
    assert (summary.samples, summary.last_value, summary.last_seen) == (2, 6.0, us(40))


def test_what_is_known_of_all_names_is_added_up(archive: Archive, ctx: JobContext) -> None:
    for vin, second in (("VF1", 1), ("VF2", 2)):
        add(archive, second, sent("mileage", 10.0, second, vin=vin), level="level12")
        add(archive, second, sent("odometer", 20.0, second + 10, "miles", vin=vin))
    add(archive, 9, sent("mileage", 30.0, 30, vin="VF3"), sent("speed", 1.0, 3, vin="VF3"))
    found = archive.properties([], ctx, joined=True)
    assert [(one.property, one.samples, one.vehicles, one.former_names) for one in found] == [
        ("odometer", 5, 3, ("mileage",)),
        ("speed", 1, 1, ()),
    ]
    assert (found[0].last_value, found[0].unit, found[0].last_seen, found[0].numeric) == (
        *(30.0, "kilometers", us(30)),
        True,
    )
    [of_two] = archive.properties(["VF1", "VF2"], ctx, joined=True)
    assert (of_two.samples, of_two.vehicles, of_two.last_value, of_two.unit) == (4, 2, 20.0, "miles")
    assert archive.properties(["VF3"], ctx, joined=True)[0].property == "odometer"
    # Asked in either way before or after, each answer stays its own.
    assert [one.property for one in archive.properties([], ctx)] == ["mileage", "odometer", "speed"]
    assert archive.properties([], ctx, joined=True) == found


def test_what_was_never_renamed_reads_the_same(archive: Archive, ctx: JobContext) -> None:
    add(archive, 1, sent("odometer", 1.0, 1), sent("speed", 2.0, 2))
    assert archive.properties([], ctx, joined=True) == archive.properties([], ctx)
    assert archive.find_series([], [], ctx, joined=True) == archive.find_series([], [], ctx)
    keys = archive.find_series([], [], ctx)
    for plain, stitched in zip(archive.series(keys, ctx), archive.series(keys, ctx, joined=True), strict=True):
        assert (plain.key, plain.sent_as, stitched.sent_as) == (stitched.key, None, None)
        np.testing.assert_array_equal(plain.value, stitched.value)
    assert Archive.open(archive.folder.with_name("empty")).properties([], ctx, joined=True) == []


def test_names_of_keys_and_paths() -> None:
    assert joined_key(MILEAGE) == ODOMETER
    assert joined_key(SeriesKey("VF1", "a", "b", "c")) == SeriesKey("VF1", "a", "b", "c")
    assert [one.property for one in keys_as_sent(MILEAGE)] == ["odometer", "mileage", "mileage_meters"]
    assert joined_path("charging.battery_tempretature_extremes.highest.temperature") == (
        "charging.battery_temperature_extremes.highest.temperature"
    )
    assert paths_as_sent("ignition.status") == ["ignition.state", "ignition.status"]
    assert paths_as_sent("diagnostics.speed") == ["diagnostics.speed"]
