"""Small data for models and panels, made by the types that the core hands over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt

from core.archive.archive import BatchRecord, DayState
from core.archive.messages import Message
from core.fleet.series import PropertySummary, Vehicle
from core.storage.index import DayCount, SourceIndex
from core.storage.keys import BatchKey, format_key, parse_key
from core.storage.source import SourceObject

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel
    from pytestqt.modeltest import ModelTester

APP = "9FBBEDED80595912588FF4FF"
OTHER_APP = "AAAAEDED80595912588FF4FF"
SECOND = 1_000_000
DAY = 86_400 * SECOND
NOON = int(datetime(2026, 6, 30, 12, tzinfo=UTC).timestamp()) * SECOND

Days = dict[tuple[str, str, str], DayCount]


def day_count(day: str, batches: int = 288, app: str = APP, level: str = "level13") -> DayCount:
    start = int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp()) * SECOND
    return DayCount(app, level, day, batches, batches * 1000, start, start + DAY - SECOND)


def index_of(*counts: DayCount, others: int = 0) -> SourceIndex:
    days: Days = {(count.app, count.level, count.day): count for count in counts}
    return SourceIndex(days, others, sum(c.batches for c in counts), sum(c.bytes for c in counts))


def last_days(count: int, newest: str = "2026-06-30") -> list[str]:
    return [(date.fromisoformat(newest) - timedelta(days=back)).isoformat() for back in range(count)]


def batch(day: str, number: int, app: str = APP) -> tuple[BatchKey, SourceObject]:
    """The number-th batch of a day, ten a second."""
    moment = datetime.fromisoformat(f"{day}T00:00:00+00:00") + timedelta(seconds=number // 10)
    text = format_key(app, "level13", moment, number % 10 * 100_000_000, f"{number:08x}")
    key = parse_key(text)
    assert key is not None
    return key, SourceObject(text, 1000 + number, f"etag{number}", 0)


def record(listed: tuple[BatchKey, SourceObject], messages: int = 1000, rejects: int = 0) -> BatchRecord:
    obj = listed[1]
    return BatchRecord(obj.key, obj.etag, obj.size, messages, messages - rejects, messages, rejects, None, None)


def state(batches: int, rejects: int = 0, failed: int = 0) -> DayState:
    # A failed batch is no list of messages here, and one reject.
    messages = 1000 * (batches - failed)
    return DayState(batches, rejects, failed, messages, messages - max(rejects - failed, 0))


def vehicle(vin: str, last_seen: int = NOON, samples: int = 10) -> Vehicle:
    return Vehicle(vin, NOON - 30 * DAY, last_seen, samples)


def summary(path: str, value: float | None = None, unit: str | None = None, **rest: object) -> PropertySummary:
    capability, property_name, *component = path.split(".", 2)
    known: dict[str, object] = {"samples": 5, "vehicles": 1, "last_seen": NOON} | rest
    return PropertySummary(
        capability,
        property_name,
        component[0] if component else "",
        last_value=value,
        unit=unit,
        **known,  # type: ignore[arg-type] # each test names the fields it means
    )


def message(ordinal: int, vin: str = "VIN1", path: str = "diagnostics.odometer", reason: str = "") -> Message:
    capability, property_name = path.split(".") if not reason else ("", "")
    raw = f'{{"vin": "{vin}", "ordinal": {ordinal}, "data": {{"odometer": 900.10}}}}' if not reason else "{broken"
    return Message(
        ordinal=ordinal,
        vin="" if reason else vin,
        capability=capability,
        property=property_name,
        time=None if reason else NOON + ordinal * SECOND,
        summary="" if reason else f"{900 + ordinal} km",
        message_id=f"{ordinal:032X}",
        raw=raw,
        reason=reason,
    )


def texts(model: QAbstractItemModel, parent: QModelIndex | None = None, column: int = 0) -> list[str]:
    """What a column shows below a row."""
    above = parent if parent is not None else QModelIndex()
    return [str(model.index(row, column, above).data()) for row in range(model.rowCount(above))]


def find(model: QAbstractItemModel, *names: str) -> QModelIndex:
    """The row that is reached by the texts of the first column."""
    index = QModelIndex()
    for name in names:
        index = next(
            below
            for below in (model.index(row, 0, index) for row in range(model.rowCount(index)))
            if below.data(Qt.ItemDataRole.DisplayRole) == name
        )
    return index


def check_model(tester: ModelTester, model: QAbstractItemModel, *, python: bool = False) -> None:
    """Let the tester look at a model now, and at every change of it until the test ends."""
    tester.check(model, force_py=python)
