"""Adds what delivery needs to a bucket's policy, and leaves everything else in it as it is."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import OdographError
from core.storage.setup.policies import VERSION, delivery_statements, pretty
from core.storage.setup.reading import Verdict, read_policy
from core.storage.setup.statements import read_document

if TYPE_CHECKING:
    from core.storage.setup.policies import Policy, Statement
    from core.storage.setup.reading import PolicyReading

MOST_BYTES = 20 * 1024
"""The longest policy that S3 takes."""


class PolicyDenies(OdographError):
    """A bucket's policy denies what delivery needs, which no added statement can undo; it is left as it is."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A bucket's policy with what delivery needs.

    Attributes:
        policy: the whole policy.
        before: the one that was there, laid out as people read it; empty where there was none.
        after: the new one, laid out alike.
        changed: whether anything had to be added.
        reading: what the policy that was there meant for delivery.
    """

    policy: Policy
    before: str
    after: str
    changed: bool
    reading: PolicyReading

    @property
    def diff(self) -> str:
        """What changes, as a unified diff of the two; empty where nothing does."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), "policy that is there", "policy after", lineterm="", n=3
        )
        return "\n".join(lines)

    @property
    def compact(self) -> str:
        """The new policy as it is sent."""
        return json.dumps(self.policy, ensure_ascii=False, separators=(",", ":"))


def merge(existing: str, bucket: str, principal: str) -> Merged:
    """Add to a policy what a principal needs for delivery.

    Where it allows that already, whatever its statements are called, nothing is added; merging twice is merging once.
    Of what is there, only a statement of the very same name, principal and kind that allows less is replaced.

    Args:
        existing: the policy's text; empty where there is none.
        bucket: the bucket's name.
        principal: an ARN.

    Raises:
        PolicyUnreadable: the existing policy is malformed or not known.
        PolicyDenies: the existing policy denies delivery, or the new one would be too long.
    """
    document: Policy = read_document(existing) if existing.strip() else {"Version": VERSION, "Statement": []}
    reading = read_policy(existing, bucket, principal)
    before = pretty(document) if existing.strip() else ""
    denied = reading.of(Verdict.DENIED)
    if denied:
        names = ", ".join(dict.fromkeys(name for grant in denied for name in grant.statements))
        actions = ", ".join(grant.action for grant in denied)
        raise PolicyDenies(
            "The bucket's policy denies delivery",
            subject=bucket,
            hint=f"{names} denies the platform {actions}. It is left as it is: except the platform's role "
            "from it, or choose another bucket.",
        )
    statements = list(document["Statement"])
    for ours, needed in zip(delivery_statements(bucket, principal), _needed(reading), strict=True):
        if needed:
            _add(statements, ours)
    policy = {**document, "Statement": statements}
    changed = statements != document["Statement"]
    merged = Merged(policy, before, pretty(policy), changed, reading)
    if changed and len(merged.compact.encode()) > MOST_BYTES:
        raise PolicyDenies(
            "The bucket's policy would be too long",
            subject=bucket,
            hint=f"S3 takes {MOST_BYTES // 1024} kB. Remove statements that nobody needs, or choose another bucket.",
        )
    return merged


def _needed(reading: PolicyReading) -> tuple[bool, bool]:
    """Whether the statement of the objects and that of the bucket have to be added."""
    lacking = [grant.resource.endswith("/*") for grant in reading.grants if not grant.by_name]
    return True in lacking, False in lacking


def _add(statements: list[Statement], ours: Statement) -> None:
    taken = {item.get("Sid") for item in statements}
    for place, item in enumerate(statements):
        if item.get("Sid") == ours["Sid"] and _allows_less(item, ours):
            statements[place] = ours
            return
    name, number = ours["Sid"], 2
    while ours["Sid"] in taken:
        ours = {**ours, "Sid": f"{name}{number}"}
        number += 1
    statements.append(ours)


def _allows_less(item: dict[str, Any], ours: Statement) -> bool:
    """Whether a statement says the same as ours, of some of its actions: replacing it takes nothing from anybody."""
    if set(item) != set(ours) or any(item[part] != ours[part] for part in ("Effect", "Principal", "Resource")):
        return False
    actions = item["Action"]
    return {actions} <= set(ours["Action"]) if isinstance(actions, str) else set(actions) <= set(ours["Action"])
