"""What lies in a bucket and how long it will, told as findings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.storage.setup.contents import moment_of
from core.storage.setup.findings import Finding, FindingLevel, Topic
from core.texts import duration_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.storage.setup.contents import BatchEnd, LevelContents, Stored, TopLevel

_OK, _WARNING = FindingLevel.OK, FindingLevel.WARNING
_FRESH = timedelta(minutes=15)  # a batch is closed five minutes after its first message
_SOON = timedelta(days=30)
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


def of_last_batch(levels: Sequence[LevelContents], now: datetime) -> Finding:
    """How old the last batch is."""
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


def of_test_file(tests: Sequence[Stored], levels: Sequence[LevelContents]) -> Finding:
    """Whether the platform's test file is there."""
    if tests:
        details = tuple(f"{item.key}, {item.size} B, stored {item.modified:%Y-%m-%d %H:%M} UTC" for item in tests)
        return Finding(
            Topic.TEST_FILE,
            _OK,
            "It is there: the platform could store it",
            advice="It can be deleted: main.py bucket delete-test-file.",
            details=details,
        )
    if any(item.last is not None for item in levels):
        return Finding(Topic.TEST_FILE, _OK, "It is not there, and not needed: batches are")
    return Finding(
        Topic.TEST_FILE,
        _WARNING,
        "It is not there",
        "The platform stores one as soon as the delivery is saved in its console.",
        "Save the delivery there, then wait for it: main.py bucket wait.",
    )


def of_lifecycle(answer: Mapping[str, Any] | None, levels: Sequence[LevelContents], now: datetime) -> list[Finding]:
    """What happens to batches by themselves, of GetBucketLifecycleConfiguration's answer."""
    oldest = min((item.first for item in levels if item.first is not None), key=lambda end: end.time, default=None)
    findings: list[Finding] = []
    for rule in (answer or {}).get("Rules", []):
        if rule.get("Status") == "Enabled" and _may_touch(rule, levels):
            findings += _of_rule(rule, oldest, now)
    return findings or [Finding(Topic.LIFECYCLE, _OK, "Nothing is deleted or moved by itself")]


def _of_rule(rule: Mapping[str, Any], oldest: BatchEnd | None, now: datetime) -> list[Finding]:
    name = rule.get("ID") or "a rule without a name"
    tagged = " (of objects with certain tags only)" if _has_tags(rule) else ""
    findings: list[Finding] = []
    expiration = rule.get("Expiration", {})
    if "Days" in expiration or "Date" in expiration:
        due = _due(expiration, oldest, now)
        after = (
            f"{expiration['Days']} days after they came" if "Days" in expiration else f"on {_date(expiration):%Y-%m-%d}"
        )
        if due is None:
            title = f"Batches are deleted {after}{tagged}"
        elif due.total_seconds() <= 0:
            title = f"Batches are deleted {after}{tagged}: the oldest is due now"
        else:
            days = max(1, round(due.total_seconds() / 86_400))
            title = f"Batches are deleted {after}{tagged}: the oldest expires in {days:,} day{'s' if days > 1 else ''}"
        soon = due is not None and due <= _SOON and not tagged
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
            f"Batches move to {item['StorageClass']}{tagged}",
            f"The rule is “{name}”. From there nothing can be read before it is restored.",
            "Leave them where they are, or move them to a tier that can be read at once.",
        )
        for item in tiers
    ]
    return findings


def _due(expiration: Mapping[str, Any], oldest: BatchEnd | None, now: datetime) -> timedelta | None:
    if "Date" in expiration:
        return _date(expiration) - now
    if oldest is None:
        return None
    return oldest.stored.modified + timedelta(days=expiration["Days"]) - now


def _date(expiration: Mapping[str, Any]) -> datetime:
    date: datetime = expiration["Date"]
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def _may_touch(rule: Mapping[str, Any], levels: Sequence[LevelContents]) -> bool:
    """Whether a rule's prefix meets any batch; without batches, whatever is below an app-id may be one."""
    filters = rule.get("Filter") or {}
    prefix = filters.get("Prefix", filters.get("And", {}).get("Prefix", rule.get("Prefix", "")))
    keys = [end.stored.key for item in levels for end in (item.first, item.last) if end is not None]
    return not prefix or not keys or any(key.startswith(prefix) for key in keys)


def _has_tags(rule: Mapping[str, Any]) -> bool:
    filters = rule.get("Filter") or {}
    return bool(filters.get("Tag") or filters.get("And", {}).get("Tags"))


def _day(end: BatchEnd) -> str:
    return f"{moment_of(end.time):%Y-%m-%d}"
