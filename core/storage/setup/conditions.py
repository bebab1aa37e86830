"""Whether a statement's conditions hold when the platform delivers, as far as that can be known beforehand."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from core.storage.setup.globs import covers
from core.storage.setup.statements import account_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEAST_TLS = 1.2  # what AWS itself demands
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
    known = {
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
        "aws:principalisawsservice": "false",
        "aws:principalarn": principal,
        "aws:principalaccount": account_of(principal),
    }
    answers = [
        _holds(operator, key, values, known) for operator, keys in condition.items() for key, values in keys.items()
    ]
    if Holds.NO in answers:
        return Holds.NO
    return Holds.UNKNOWN if Holds.UNKNOWN in answers else Holds.YES


def narrows(condition: Mapping[str, Mapping[str, tuple[str, ...]]]) -> bool:
    """Whether conditions keep a statement for everyone from being public: they fix who or where it is from."""
    return any(
        key in _NARROWING and not any("*" in value or value.endswith("/0") for value in values)
        for operator, keys in condition.items()
        if "Not" not in operator and operator != "Null"
        for key, values in keys.items()
    )


def _holds(operator: str, key: str, values: tuple[str, ...], known: Mapping[str, str]) -> Holds:
    operator = operator.lower().removesuffix("ifexists")
    if key == "s3:tlsversion" and operator == "numericlessthan":
        return Holds.NO if all(_number(value) <= _LEAST_TLS for value in values) else Holds.UNKNOWN
    if key not in known:
        return Holds.UNKNOWN
    value = known[key]
    if operator == "null":
        # These are there with every request.
        return Holds.YES if "false" in (text.lower() for text in values) else Holds.NO
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
