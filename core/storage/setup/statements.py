"""Reads a bucket policy's text into statements, strictly: what is not understood is said, never guessed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from core.errors import OdographError

_VERSIONS = frozenset({"2012-10-17", "2008-10-17"})
_POLICY_PARTS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_PARTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_ACCOUNT = re.compile(r"\d{12}")
_ROOT = re.compile(r"arn:[a-z-]+:iam::(\d{12}):root")

EVERYONE = "*"


class PolicyUnreadable(OdographError):
    """A bucket's policy is malformed, or says something that is not known here; it is left as it is."""


@dataclass(frozen=True, slots=True)
class PolicyStatement:
    """One statement of a bucket's policy.

    Attributes:
        name: its Sid, or its place among the statements.
        allows: whether its effect is Allow; otherwise it is Deny.
        principals: ARNs, 12 digits of accounts, ``*`` for everyone; services and others as ``Service:…``.
        but_principals: whether everyone except the principals is meant.
        actions: patterns in lower case.
        but_actions: whether every action except these is meant.
        resources: patterns.
        but_resources: whether every resource except these is meant.
        condition: by operator, by key in lower case, the values as texts; empty where there is none.
    """

    name: str
    allows: bool
    principals: tuple[str, ...]
    but_principals: bool
    actions: tuple[str, ...]
    but_actions: bool
    resources: tuple[str, ...]
    but_resources: bool
    condition: dict[str, dict[str, tuple[str, ...]]]


def read_document(text: str) -> dict[str, Any]:
    """A policy's text as JSON with its statements as a list.

    Raises:
        PolicyUnreadable: it is no policy.
    """
    try:
        document = json.loads(text, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise _unreadable("it is no JSON object")
    unknown = set(document) - _POLICY_PARTS
    if unknown:
        raise _unreadable(f"it has parts that no policy has: {', '.join(sorted(unknown))}")
    if document.get("Version", "2008-10-17") not in _VERSIONS:
        raise _unreadable(f"its version is not known: {document['Version']}")
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not all(isinstance(item, dict) for item in statements):
        raise _unreadable("it has no list of statements")
    return {**document, "Statement": statements}


def read_statements(document: dict[str, Any]) -> tuple[PolicyStatement, ...]:
    """The statements of what :func:`read_document` gives.

    Raises:
        PolicyUnreadable: a statement is malformed or has parts that are not known.
    """
    return tuple(_read(item, place) for place, item in enumerate(document["Statement"], start=1))


def account_of(principal: str) -> str:
    """The 12 digits of the account that a principal belongs to, or an empty text."""
    if _ACCOUNT.fullmatch(principal):
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) > 5 and _ACCOUNT.fullmatch(parts[4]) else ""


def _read(item: dict[str, Any], place: int) -> PolicyStatement:
    sid = item.get("Sid", "")
    if not isinstance(sid, str):
        raise _unreadable(f"statement {place} has a Sid that is no text")
    name = sid or f"statement {place}"
    unknown = set(item) - _STATEMENT_PARTS
    if unknown:
        raise _unreadable(f"{name} has parts that are not known: {', '.join(sorted(unknown))}")
    if item.get("Effect") not in ("Allow", "Deny"):
        raise _unreadable(f"{name} neither allows nor denies")
    principals, but_principals = _either(item, "Principal", name)
    actions, but_actions = _either(item, "Action", name)
    resources, but_resources = _either(item, "Resource", name)
    return PolicyStatement(
        name,
        item["Effect"] == "Allow",
        _principals(principals, name),
        but_principals,
        tuple(action.lower() for action in _texts(actions, name, "actions")),
        but_actions,
        _texts(resources, name, "resources"),
        but_resources,
        _condition(item.get("Condition", {}), name),
    )


def _either(item: dict[str, Any], part: str, name: str) -> tuple[Any, bool]:
    but = f"Not{part}"
    if (part in item) == (but in item):
        raise _unreadable(f"{name} needs one of {part} and {but}")
    return (item[but], True) if but in item else (item[part], False)


def _texts(value: Any, name: str, what: str) -> tuple[str, ...]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not found or not all(isinstance(text, str) for text in found):
        raise _unreadable(f"{name} has {what} that are no texts")
    return tuple(found)


def _principals(value: Any, name: str) -> tuple[str, ...]:
    if value == EVERYONE:
        return (EVERYONE,)
    if not isinstance(value, dict) or not value or not set(value) <= _KINDS:
        raise _unreadable(f"{name} has principals that are not known")
    found: list[str] = []
    for kind, names in value.items():
        for text in _texts(names, name, "principals"):
            root = _ROOT.fullmatch(text)
            found.append(root[1] if root else text if kind == "AWS" else f"{kind}:{text}")
    return tuple(found)


def _condition(value: Any, name: str) -> dict[str, dict[str, tuple[str, ...]]]:
    if not isinstance(value, dict) or not all(isinstance(keys, dict) for keys in value.values()):
        raise _unreadable(f"{name} has conditions that are not known")
    return {
        operator: {key.lower(): _values(values, name) for key, values in keys.items()}
        for operator, keys in value.items()
    }


def _values(value: Any, name: str) -> tuple[str, ...]:
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | bool | int | float) for item in found):
        raise _unreadable(f"{name} has conditions that are not known")
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in found)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return made


def _unreadable(reason: str) -> PolicyUnreadable:
    return PolicyUnreadable(
        "The bucket's policy cannot be understood",
        hint=f"Of the policy that is there, {reason}. It is left as it is: correct it in the S3 console.",
    )
