"""What lies in a bucket and how long it will, told as findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.storage.keys import is_app
from core.storage.setup.contents import moment_of
from core.storage.setup.faults import PermissionMissing
from core.storage.setup.findings import Finding, FindingLevel, Topic
from core.texts import duration_text, size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from core.storage.setup.contents import BatchEnd, LevelContents, Stored, TopLevel

_OK, _WARNING = FindingLevel.OK, FindingLevel.WARNING
_FRESH = timedelta(minutes=15)  # a batch is closed five minutes after its first message
_SOON = timedelta(days=30)
_LARGEST = 1 << 30  # bytes that no batch has: it holds a thousand messages at most
_SMALLEST = 2  # bytes of a batch without messages
_MOST_DAYS = 1_000_000
_UNREADABLE_TIERS = frozenset({"GLACIER", "DEEP_ARCHIVE"})


def age_text(seconds: float) -> str:
    """``3 min``, ``5 h``, ``12 days``."""
    days = seconds / 86_400
    return f"{days:,.0f} days" if days >= 2 else duration_text(max(0.0, seconds))


def of_contents(levels: Sequence[LevelContents], top: TopLevel | None) -> Finding:
    """Apps and levels with their times."""
    details = [
        f"{item.app} {item.level}: {_day(item.first)} to {_day(item.last)}"
        if item.first is not None and item.last is not None
        else f"{item.app} {item.level}: no batch"
        for item in levels
    ]
    if top is not None and top.others:
        more = ", …" if len(top.others) > 5 else ""
        details.append(f"Other objects and folders: {', '.join(top.others[:5])}{more}")
    if not levels:
        meaning = "The platform makes the folders of an app with its first batch."
        return Finding(Topic.CONTENTS, _WARNING, "No app yet", meaning, details=tuple(details))
    apps = len({item.app for item in levels})
    title = f"{apps} app{'s' if apps > 1 else ''}, {len(levels)} Auto API level{'s' if len(levels) > 1 else ''}"
    return Finding(Topic.CONTENTS, _OK, title, details=tuple(details))


def of_last_batch(levels: Sequence[LevelContents], now: datetime, *, simulated: bool = False) -> Finding:
    """How old the last batch is.

    Args:
        levels: with their last batches.
        now: the present time.
        simulated: a simulated fleet was delivered here, whose batches show nothing of the platform.
    """
    last = max((item.last for item in levels if item.last is not None), key=lambda end: end.time, default=None)
    if last is None:
        return Finding(
            Topic.LAST_BATCH,
            _WARNING,
            "None yet",
            "After the delivery is saved in the platform's console, a batch comes about every five minutes while "
            "vehicles send.",
        )
    age = now - moment_of(last.time)
    moment = f"{moment_of(last.time):%Y-%m-%d %H:%M:%S} UTC"
    if age < -_FRESH:
        meaning = (
            "Its key names a time that has not come yet: this computer's clock is wrong, or another tool stored it."
        )
        return Finding(Topic.LAST_BATCH, _WARNING, f"In the future, {moment}", meaning, details=(last.stored.key,))
    title = f"{age_text(age.total_seconds())} ago, {moment}"
    if age <= _FRESH and simulated:
        meaning = "A simulated fleet lies here: the batch does not show that the platform delivers."
        return Finding(Topic.LAST_BATCH, _WARNING, title, meaning, details=(last.stored.key,))
    if age <= _FRESH:
        return Finding(Topic.LAST_BATCH, _OK, title, details=(last.stored.key,))
    return Finding(
        Topic.LAST_BATCH,
        _WARNING,
        title,
        "A batch comes about every five minutes while vehicles send.",
        "If vehicles should be sending, look at the delivery in the platform's console.",
        details=(last.stored.key,),
    )


def of_test_file(tests: Sequence[Stored], levels: Sequence[LevelContents], address: str) -> Finding:
    """Whether the platform's test file is there, below an address."""
    if tests:
        details = tuple(f"{item.key}, {item.size} B, stored {item.modified:%Y-%m-%d %H:%M} UTC" for item in tests)
        return Finding(
            Topic.TEST_FILE,
            _OK,
            "It is there: the platform could store it",
            advice=f"It can be deleted: main.py bucket delete-test-file {address}",
            details=details,
        )
    if any(item.last is not None for item in levels):
        return Finding(Topic.TEST_FILE, _OK, "It is not there, and not needed: batches are")
    return Finding(
        Topic.TEST_FILE,
        _WARNING,
        "It is not there",
        "The platform stores one as soon as the delivery is saved in its console.",
        f"Save the delivery there, then wait for it: main.py bucket wait {address}",
    )


def of_lifecycle(
    answer: Mapping[str, Any] | None,
    levels: Sequence[LevelContents],
    now: datetime,
    root: str = "",
    look: Callable[[str], Stored | None] | None = None,
) -> list[Finding]:
    """What happens to batches by themselves, of GetBucketLifecycleConfiguration's answer.

    Args:
        answer: the server's; None where there is none.
        levels: the apps' levels with their first batches.
        now: for what is due.
        root: the layout's, without slashes at the ends.
        look: gives the first object below a prefix, or None where there is none; used for rules of a part of a level.

    Raises:
        Whatever ``look`` raises but PermissionMissing.
    """
    findings: list[Finding] = []
    for rule in (answer or {}).get("Rules", []):
        if rule.get("Status") != "Enabled":
            continue
        touched = _touched(rule, levels, root, look)
        if touched is not None:
            findings += _of_rule(rule, touched, now)
    return findings or [Finding(Topic.LIFECYCLE, _OK, "Nothing is deleted or moved by itself")]


@dataclass(frozen=True, slots=True)
class _Touched:
    """What of the batches a rule meets.

    Attributes:
        oldest: the oldest batch of those, or None where there is none or it is not known.
        some: whether there are any, as far as is known.
        only: how the title says that not all of them are meant; may be empty.
        chosen: whether they are chosen by tags, which no list shows, or by sizes that no known batch has.
    """

    oldest: Stored | None
    some: bool
    only: str
    chosen: bool


def _touched(
    rule: Mapping[str, Any], levels: Sequence[LevelContents], root: str, look: Callable[[str], Stored | None] | None
) -> _Touched | None:
    """What a rule meets, or None where it is for other objects."""
    filters = rule.get("Filter") or {}
    both = filters.get("And") or {}
    prefix = filters.get("Prefix", both.get("Prefix", rule.get("Prefix", ""))) or ""
    more = filters.get("ObjectSizeGreaterThan", both.get("ObjectSizeGreaterThan"))
    less = filters.get("ObjectSizeLessThan", both.get("ObjectSizeLessThan"))
    tagged = bool(filters.get("Tag") or both.get("Tags"))
    below = f"{root}/" if root else ""
    if not (prefix.startswith(below) or below.startswith(prefix)):
        return None
    part = prefix[len(below) :]
    found: list[Stored] = []
    samples: list[Stored] = []
    known = True
    meets = not levels and _may_begin_app(part)
    for item in levels:
        folder = f"{item.app}/{item.level}/"
        if folder.startswith(part):
            meets = True
            found += [item.first.stored] if item.first is not None else []
            samples += [item.last.stored] if item.last is not None else []
        elif part.startswith(folder):
            meets = True
            if item.first is not None and item.first.stored.key.startswith(prefix):
                found.append(item.first.stored)
            elif item.first is not None:
                first, sure = _first_below(prefix, look)
                found += [first] if first is not None else []
                known = known and sure
    if not meets or (more or 0) >= _LARGEST or (less is not None and less <= _SMALLEST):
        return None
    oldest = min(found, key=lambda stored: stored.modified, default=None)
    some = oldest is not None or not known
    fitting = [
        stored for stored in (*found, *samples) if stored.size > (more or -1) and stored.size < (less or _LARGEST)
    ]
    sized = bool(more) or less is not None
    if sized and oldest not in fitting:
        oldest = None
    sizes = [f"larger than {size_text(more)}"] if more else []
    sizes += [f"smaller than {size_text(less)}"] if less is not None else []
    only = [f"of objects {' and '.join(sizes)} only"] if sizes else []
    only += ["of objects with certain tags only"] if tagged else []
    only += [f"below {prefix} only"] if any(part.startswith(f"{item.app}/") for item in levels) else []
    return _Touched(
        oldest if known else None, some, f" ({', '.join(only)})" if only else "", tagged or (sized and not fitting)
    )


def _first_below(prefix: str, look: Callable[[str], Stored | None] | None) -> tuple[Stored | None, bool]:
    """The first object below a prefix, and whether it could be looked for."""
    if look is None:
        return None, False
    try:
        return look(prefix), True
    except PermissionMissing:
        return None, False


def _may_begin_app(part: str) -> bool:
    app, slash, _ = part.partition("/")
    return is_app(app if slash else app.ljust(24, "0"))


def _of_rule(rule: Mapping[str, Any], touched: _Touched, now: datetime) -> list[Finding]:
    name = rule.get("ID") or "a rule without a name"
    only = touched.only
    findings: list[Finding] = []
    expiration = rule.get("Expiration", {})
    if "Days" in expiration or "Date" in expiration:
        due = _due(expiration, touched.oldest, now)
        after = (
            f"{expiration['Days']} days after they came" if "Days" in expiration else f"on {_date(expiration):%Y-%m-%d}"
        )
        if due is None:
            title = f"Batches are deleted {after}{only}"
        elif due.total_seconds() <= 0:
            title = f"Batches are deleted {after}{only}: the oldest is due now"
        else:
            days = max(1, round(due.total_seconds() / 86_400))
            title = f"Batches are deleted {after}{only}: the oldest expires in {days:,} day{'s' if days > 1 else ''}"
        # Where it is not known when, it may be soon.
        soon = touched.some and not touched.chosen and (due is None or due <= _SOON)
        findings.append(
            Finding(
                Topic.LIFECYCLE,
                _WARNING if soon else _OK,
                title,
                f"The rule is “{name}”.",
                "What is loaded into Odograph stays there; load what you want to keep before it goes." if soon else "",
            )
        )
    tiers = [item for item in rule.get("Transitions", []) if item.get("StorageClass") in _UNREADABLE_TIERS]
    findings += [
        Finding(
            Topic.LIFECYCLE,
            _WARNING,
            f"Batches move to {item['StorageClass']}{only}",
            f"The rule is “{name}”. From there nothing can be read before it is restored.",
            "Leave them where they are, or move them to a tier that can be read at once.",
        )
        for item in tiers
    ]
    return findings


def _due(expiration: Mapping[str, Any], oldest: Stored | None, now: datetime) -> timedelta | None:
    if "Date" in expiration:
        return _date(expiration) - now
    if oldest is None:
        return None
    due = oldest.modified.astimezone(UTC) + timedelta(days=min(expiration["Days"], _MOST_DAYS))
    midnight = due.replace(hour=0, minute=0, second=0, microsecond=0)
    # S3 rounds up to the next midnight in UTC.
    return (midnight if due == midnight else midnight + timedelta(days=1)) - now


def _date(expiration: Mapping[str, Any]) -> datetime:
    date: datetime = expiration["Date"]
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def _day(end: BatchEnd) -> str:
    return f"{moment_of(end.time):%Y-%m-%d}"
