"""What a bucket's policy means for delivery: what is allowed, missing, denied, and more than is needed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.storage.setup.conditions import Holds, conditions_hold, conditions_text, narrows
from core.storage.setup.delivered_keys import reach_of
from core.storage.setup.globs import covers, meets
from core.storage.setup.policies import (
    BUCKET_ACTIONS,
    OBJECT_ACTIONS,
    Delivery,
    bucket_arn,
    objects_arn,
)
from core.storage.setup.statements import EVERYONE, PolicyStatement, account_of, read_document, read_statements

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEEDED = frozenset(action.lower() for action in (*OBJECT_ACTIONS, *BUCKET_ACTIONS))


class Verdict(StrEnum):
    """What a policy says of one action."""

    ALLOWED = "allowed"
    PERHAPS = "perhaps"
    """It depends on conditions whose values only a request has."""
    MISSING = "missing"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a policy says of one action that delivery needs.

    Attributes:
        action: for example ``s3:PutObject``.
        resource: the ARN that it is needed on.
        verdict: what the policy says.
        statements: names of the statements that say so; empty where nothing says anything.
        by_name: whether a statement allows it without conditions and to the principal or its account by name.
        why: of what depends on a request: what it depends on, as clauses.
    """

    action: str
    resource: str
    verdict: Verdict
    statements: tuple[str, ...] = ()
    by_name: bool = False
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Excess:
    """Something that a policy allows beyond what delivery needs.

    Attributes:
        statement: the statement's name.
        text: what it allows, a sentence.
        public: whether it allows it to everyone.
    """

    statement: str
    text: str
    public: bool = False


@dataclass(frozen=True, slots=True)
class PolicyReading:
    """What a bucket's policy means for one principal's delivery.

    Attributes:
        principal: the ARN.
        grants: of every action that delivery needs.
        excess: what is allowed beyond.
        only_public: whether an action is allowed only by a statement for everyone.
    """

    principal: str
    grants: tuple[Grant, ...]
    excess: tuple[Excess, ...]
    only_public: bool

    @property
    def complete(self) -> bool:
        """Whether everything that delivery needs is allowed for certain."""
        return all(grant.verdict is Verdict.ALLOWED for grant in self.grants)

    @property
    def possible(self) -> bool:
        """Whether nothing that delivery needs is missing or denied."""
        return not self.of(Verdict.MISSING) and not self.of(Verdict.DENIED)

    @property
    def public(self) -> bool:
        """Whether everyone is allowed something."""
        return any(item.public for item in self.excess)

    def of(self, verdict: Verdict) -> tuple[Grant, ...]:
        """The grants with one verdict."""
        return tuple(grant for grant in self.grants if grant.verdict is verdict)


def read_policy(text: str, bucket: str, principal: str) -> PolicyReading:
    """What a policy means for one principal's delivery.

    Args:
        text: the policy as the server gives it; empty where there is none.
        bucket: the bucket's name.
        principal: an ARN.

    Raises:
        PolicyUnreadable: it is malformed or has parts that are not known.
    """
    statements = read_statements(read_document(text)) if text.strip() else ()
    needs = [(action, objects_arn(bucket)) for action in OBJECT_ACTIONS]
    needs += [(action, bucket_arn(bucket)) for action in BUCKET_ACTIONS]
    grants = tuple(_grant(action, resource, bucket, principal, statements) for action, resource in needs)
    only_public = any(grant.verdict is Verdict.ALLOWED and not grant.by_name for grant in grants)
    return PolicyReading(principal, grants, _excess(statements, principal), only_public)


def deliveries_named(text: str) -> tuple[Delivery, ...]:
    """The deliveries whose principal an allowing statement of a policy names.

    Raises:
        PolicyUnreadable: as :func:`read_policy`.
    """
    statements = read_statements(read_document(text)) if text.strip() else ()
    named = {name for item in statements if item.allows and not item.but_principals for name in item.principals}
    return tuple(delivery for delivery in Delivery if delivery.principal in named)


def _grant(action: str, resource: str, bucket: str, principal: str, statements: Iterable[PolicyStatement]) -> Grant:
    allowing: list[str] = []
    perhaps_allowing: dict[str, str] = {}
    perhaps_denying: dict[str, str] = {}
    by_name = False
    for item in statements:
        if not _acts_on(item, action):
            continue
        holds, why = _applies(item, resource, bucket, principal)
        if holds is Holds.NO:
            continue
        if not item.allows and holds is Holds.YES:
            return Grant(action, resource, Verdict.DENIED, (item.name,), by_name)
        if not item.allows:
            perhaps_denying[item.name] = f"{item.name} denies it {why}"
        elif holds is Holds.YES:
            allowing.append(item.name)
            by_name = by_name or not _is_for_everyone(item)
        else:
            perhaps_allowing[item.name] = f"{item.name} allows it {why}"
    if not allowing and not perhaps_allowing:
        return Grant(action, resource, Verdict.MISSING)
    if allowing and not perhaps_denying:
        return Grant(action, resource, Verdict.ALLOWED, tuple(allowing), by_name)
    doubts = perhaps_denying if allowing else {**perhaps_allowing, **perhaps_denying}
    return Grant(action, resource, Verdict.PERHAPS, tuple(doubts), by_name, tuple(doubts.values()))


def _applies(item: PolicyStatement, resource: str, bucket: str, principal: str) -> tuple[Holds, str]:
    """Whether a statement is about an action's resource when a principal delivers, and what that depends on."""
    held = conditions_hold(item.condition, principal)
    parts = [
        (held, conditions_text(item.condition, principal, unless=not item.allows)),
        (_is_for(item, principal), "where AWS does not take the role alone for an exception, without its account"),
        _touches(item, resource, bucket),
    ]
    answers = [answer for answer, _ in parts]
    if Holds.NO in answers:
        return Holds.NO, ""
    doubts = [text for answer, text in parts if answer is Holds.UNKNOWN]
    return (Holds.UNKNOWN, " and ".join(doubts)) if doubts else (Holds.YES, "")


def _is_for(item: PolicyStatement, principal: str) -> Holds:
    account = account_of(principal)
    me = account if principal.endswith(":root") else principal
    if item.but_principals:
        if me not in item.principals:
            # An exception for a role needs the role itself; that for its account alone does not except it.
            return Holds.YES
        # AWS asks for the account beside the role: otherwise the role may be denied as one of its account.
        return Holds.UNKNOWN if not item.allows and account not in item.principals else Holds.NO
    return _answer(any(name in (EVERYONE, me, account) for name in item.principals))


def _is_for_everyone(item: PolicyStatement) -> bool:
    return item.but_principals or EVERYONE in item.principals


def _acts_on(item: PolicyStatement, action: str) -> bool:
    found = any(covers(pattern, action.lower()) for pattern in item.actions)
    return found != item.but_actions


def _touches(item: PolicyStatement, resource: str, bucket: str) -> tuple[Holds, str]:
    """Whether a statement is about a resource: of the objects, about all that is delivered."""
    listed = " and ".join(item.resources)
    if resource == bucket_arn(bucket):
        every = any(covers(pattern, resource) for pattern in item.resources)
        some = batches = any(meets(pattern, resource) for pattern in item.resources)
    else:
        reach = reach_of(item.resources, bucket)
        every, some, batches = reach.every, reach.some, reach.batches
    if every or not some:
        return _answer(every != item.but_resources), ""
    if any("${" in pattern for pattern in item.resources):
        return Holds.UNKNOWN, f"where a request fits {listed}"
    if batches and item.but_resources:
        return Holds.UNKNOWN, f"on what is not {listed}"
    if item.but_resources:
        return (Holds.YES, "") if not item.allows else (Holds.UNKNOWN, "not on the test file")
    return Holds.UNKNOWN, f"on {listed} alone" if batches else "on the test file"


def _answer(is_so: bool) -> Holds:
    return Holds.YES if is_so else Holds.NO


def _excess(statements: Iterable[PolicyStatement], principal: str) -> tuple[Excess, ...]:
    found: list[Excess] = []
    for item in statements:
        if not item.allows:
            continue
        everyone = _is_for_everyone(item)
        if everyone and not narrows(item.condition):
            found.append(Excess(item.name, f"Everyone in the world may do {_list(item.actions)}.", public=True))
        elif everyone:
            found.append(Excess(item.name, f"Whoever meets its conditions may do {_list(item.actions)}."))
        if _is_for(item, principal) is Holds.NO:
            continue
        if item.but_actions:
            found.append(Excess(item.name, f"The platform may do everything except {_list(item.actions)}."))
            continue
        more = [action for action in item.actions if action not in _NEEDED]
        if more and not everyone:
            found.append(Excess(item.name, f"The platform may do more than delivery needs: {_list(more)}."))
        if account_of(principal) in item.principals:
            found.append(Excess(item.name, "Every user and role of the platform's account is named, not one role."))
    return tuple(found)


def _list(actions: Iterable[str]) -> str:
    return ", ".join(actions)
