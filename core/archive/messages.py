"""The raw messages of one batch, for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.archive.flatten.components import catalogue_selection
from core.archive.flatten.exact import Sample, read_message, storable
from core.archive.flatten.outline import Unreadable
from core.archive.flatten.splitting import Element, Members, split_batch
from core.autoapi.display import ENVELOPE
from core.autoapi.units import symbol

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.storage.keys import BatchKey

_SUMMARY_LEAVES = 4
_CHECK_EVERY = 200
_CHECK_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a batch as it stood.

    Attributes:
        ordinal: its place in the batch from 0; -1 stands for a batch that is none.
        vin: the vehicle, empty where none is named.
        capability, property: the names it is about, joined by commas where there are several.
        time: of its first item, or of the batch where it has none; microseconds since the epoch, UTC; None where both
            are unknown.
        summary: its values in short.
        message_id: empty where it has none.
        raw: its JSON text.
        reason: why it cannot be read; empty where it can.
        time_from_batch: whether no item has a time and the batch's stands in.
    """

    ordinal: int
    vin: str
    capability: str
    property: str
    time: int | None
    summary: str
    message_id: str
    raw: str
    reason: str
    time_from_batch: bool = False


def read_messages(content: bytes, key: BatchKey | None, ctx: JobContext) -> list[Message]:
    """Read a batch as far as it can be read; what cannot be read comes with its reason.

    The same messages are readable as when the batch is loaded into an archive.

    Args:
        key: gives the time of messages without one.
        ctx: told how many of the bytes have been read, about.
    """
    messages: list[Message] = []
    begun = reported = 0
    for element in split_batch(content):
        # Messages may be of any size, so both numbers and bytes tell when it is time.
        if element.ordinal % _CHECK_EVERY == 0 or begun - reported > _CHECK_BYTES:
            ctx.check()
            if begun:
                found = "1 message" if len(messages) == 1 else f"{len(messages):,} messages"
                ctx.progress(min(begun, len(content)), len(content), found)
            reported = begun
        messages.append(_message(element, key))
        begun += len(element.raw)
    return messages


def _message(element: Element, key: BatchKey | None) -> Message:
    raw = storable(element.raw)
    value = element.value
    if element.reason or not isinstance(value, Members):
        reason = element.reason or "The message is no JSON object"
        return Message(element.ordinal, "", "", "", None, "", "", raw, reason)
    try:
        found = read_message(
            value, _envelope(value, "application_id") if key is None else key.app, catalogue_selection()
        )
    except Unreadable as error:
        vin, capability, property, identity = (
            _envelope(value, name) for name in ("vin", "capability", "property", "message_id")
        )
        return Message(element.ordinal, vin, capability, property, None, "", identity, raw, str(error))
    samples = [sample for sample in found.samples if sample.capability != ENVELOPE]
    batch_time = None if key is None else key.time
    time = next((sample.time for sample in samples if sample.time is not None), batch_time)
    return Message(
        element.ordinal,
        found.vin,
        ", ".join(dict.fromkeys(sample.capability for sample in samples)),
        ", ".join(dict.fromkeys(sample.property for sample in samples)),
        time,
        _summary(samples),
        found.identity,
        raw,
        "",
        time is not None and all(sample.time is None for sample in samples),
    )


def _envelope(message: Members, name: str) -> str:
    text = message.get(name)
    return storable(text) if isinstance(text, str) else ""


def _summary(samples: list[Sample]) -> str:
    texts = [f"{sample.component} {_short(sample)}".strip() for sample in samples[:_SUMMARY_LEAVES]]
    more = len(samples) - len(texts)
    return ", ".join(texts) + (f" and {more} more" if more else "")


def _short(sample: Sample) -> str:
    if sample.failure is not None:
        return f"failure: {sample.failure}"
    shown = sample.text
    if shown is None:
        shown = "no value" if sample.value is None else f"{sample.value:.10g}"
    return f"{shown} {symbol(sample.unit)}" if sample.unit else shown
