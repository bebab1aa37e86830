"""Whether a statement's conditions hold when the platform delivers, as far as that can be known beforehand."""

from __future__ import annotations

import ipaddress
import re
from enum import Enum
from typing import TYPE_CHECKING

from core.storage.setup.globs import covers
from core.storage.setup.statements import account_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEAST_TLS = 1.2  # what AWS itself demands
_BROADEST_V4, _BROADEST_V6 = 8, 32
_NEGATED = re.compile(r"^(?:for\w+:)?(?:string|arn|numeric|date)not|^(?:for\w+:)?notip")
_COMPARING = re.compile(r"string|arn|equals|ipaddress")
# What a role's own request never has, as no service makes it for it, or has of networks of its own alone.
_ABSENT = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourcevpc", "aws:sourcevpce"})
# With one of these fixed, AWS does not call a statement for everyone public.
_NARROWING = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourceorgid",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)


class Holds(Enum):
    """Whether conditions hold."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def conditions_hold(condition: Mapping[str, Mapping[str, tuple[str, ...]]], principal: str) -> Holds:
    """Whether all conditions of a statement hold for a delivery over TLS by a principal; YES where there are none."""
    known = _known(principal)
    answers = [
        _holds(operator, key, values, known) for operator, keys in condition.items() for key, values in keys.items()
    ]
    if Holds.NO in answers:
        return Holds.NO
    return Holds.UNKNOWN if Holds.UNKNOWN in answers else Holds.YES


def narrows(condition: Mapping[str, Mapping[str, tuple[str, ...]]]) -> bool:
    """Whether conditions keep a statement for everyone from being public: they fix who or where it is from."""
    return any(
        key in _NARROWING and all(_is_fixed(key, value) for value in values)
        for operator, keys in condition.items()
        if not _is_loose(operator.lower())
        for key, values in keys.items()
    )


def conditions_text(condition: Mapping[str, Mapping[str, tuple[str, ...]]], principal: str, *, unless: bool) -> str:
    """The conditions that only a request shows, in words.

    Args:
        condition: of a statement, see :func:`conditions_hold`.
        principal: who delivers.
        unless: whether it is said of what happens otherwise, as of a denial with a condition that is negated:
            ``unless aws:principalorgid is o-1`` instead of ``where aws:principalorgid is not o-1``.
    """
    texts: list[str] = []
    for operator, keys in condition.items():
        for key, values in keys.items():
            if _holds(operator, key, values, _known(principal)) is not Holds.UNKNOWN:
                continue
            listed = " or ".join(values)
            negated = _NEGATED.search(operator.lower()) is not None
            if not _COMPARING.search(operator.lower()):
                texts.append(f"where {key} meets {operator} {listed}")
            elif negated and unless:
                texts.append(f"unless {key} is {listed}")
            else:
                texts.append(f"where {key} is {'not ' if negated else ''}{listed}")
    return " and ".join(texts)


def _is_loose(operator: str) -> bool:
    """Whether an operator lets requests pass that have no such key, or have other values."""
    return (
        operator == "null"
        or operator.startswith("forallvalues:")
        or operator.endswith("ifexists")
        or _NEGATED.search(operator) is not None
    )


def _is_fixed(key: str, value: str) -> bool:
    if any(sign in value for sign in ("*", "?", "${")):
        return False
    if key != "aws:sourceip":
        return True
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    # S3 calls anything broader public.
    return network.prefixlen >= (_BROADEST_V4 if network.version == 4 else _BROADEST_V6)


def _known(principal: str) -> dict[str, str]:
    return {
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
        "aws:principalisawsservice": "false",
        "aws:principalarn": principal,
        "aws:principalaccount": account_of(principal),
    }


def _holds(operator: str, key: str, values: tuple[str, ...], known: Mapping[str, str]) -> Holds:
    qualifier, _, operator = operator.lower().rpartition(":")
    if_exists = operator.endswith("ifexists")
    operator = operator.removesuffix("ifexists")
    if key == "s3:tlsversion" and operator == "numericlessthan":
        return Holds.NO if all(_number(value) <= _LEAST_TLS for value in values) else Holds.UNKNOWN
    there = key in known
    if operator == "null" and (there or key in _ABSENT):
        asked = {text.lower() for text in values}
        return _answer(("false" if there else "true") in asked)
    if key in _ABSENT:
        if qualifier:
            return _answer(qualifier == "forallvalues" or if_exists)
        return _answer(if_exists or _NEGATED.search(operator) is not None)
    if not there:
        return Holds.UNKNOWN
    value = known[key]
    if operator == "bool":
        return _answer(value in (text.lower() for text in values))
    negated = "not" in operator
    kind = operator.replace("not", "")
    if kind in ("stringequals", "arnequals", "arnlike", "stringlike", "stringequalsignorecase"):
        fold = kind == "stringequalsignorecase"
        patterns = kind in ("stringlike", "arnlike", "arnequals")
        if any("${" in text for text in values):
            return Holds.UNKNOWN
        met = any(
            covers(text, value) if patterns else (text.lower() == value.lower() if fold else text == value)
            for text in values
        )
        return _answer(met != negated)
    return Holds.UNKNOWN


def _answer(met: bool) -> Holds:
    return Holds.YES if met else Holds.NO


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("inf")
