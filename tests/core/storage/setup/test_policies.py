from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import UsageError
from core.storage.setup.policies import (
    BUCKET_ACTIONS,
    OBJECT_ACTIONS,
    Delivery,
    analyst_policy,
    check_principal,
    delivery_policy,
    delivery_statements,
)
from core.storage.setup.reading import PolicyReading, Verdict, deliveries_named, read_policy
from core.storage.setup.statements import PolicyUnreadable

BUCKET = "fleet"
SANDBOX = Delivery.SANDBOX.principal
LIVE = Delivery.LIVE.principal
ALL = f"arn:aws:s3:::{BUCKET}/*"
ITSELF = f"arn:aws:s3:::{BUCKET}"
EVERYTHING = [ALL, ITSELF]


# Denials that reach nothing that is delivered, and such as may reach it, with what they depend on.
UNTOUCHED: list[dict[str, Any]] = [
    *({"Resource": f"{ITSELF}/{keys}"} for keys in ("reports/*", "*.exe", "test-results/*", "*/private/*", "te?t/*")),
    {"Resource": None, "NotResource": [f"{ITSELF}/*.json", ITSELF]},
]
DOUBTFUL: list[tuple[dict[str, Any], str]] = [
    ({"Resource": f"{ITSELF}/9FBB*"}, f"Guard denies it on {ITSELF}/9FBB* alone"),
    ({"Resource": f"{ITSELF}/*/level13/*"}, "level13/* alone"),
    ({"Resource": f"{ITSELF}/test.*"}, "Guard denies it on the test file"),
    ({"Resource": f"{ITSELF}/${{aws:username}}/*"}, "where a request fits"),
    ({"Resource": None, "NotResource": [f"{ITSELF}/9FBB*", ITSELF]}, "on what is not"),
    (
        {"Resource": ALL, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}},
        "Guard denies it unless aws:principalorgid is o-1",
    ),
    (
        {"Resource": ALL, "Condition": {"StringNotLike": {"aws:userId": ["AROA:*", "1"]}}},
        "unless aws:userid is AROA:* or 1",
    ),
    (
        {"Resource": ALL, "Condition": {"NumericLessThan": {"s3:signatureAge": 5}}},
        "where s3:signatureage meets NumericLessThan 5",
    ),
]


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    """A statement of the policy; what is not said is all that delivery needs."""
    usual: dict[str, Any] = {"Principal": {"AWS": LIVE}, "Action": [*OBJECT_ACTIONS, *BUCKET_ACTIONS]}
    whole = {"Effect": effect, "Resource": EVERYTHING, **usual, **parts}
    return {part: value for part, value in whole.items() if value is not None}


def reading(*statements: dict[str, Any]) -> PolicyReading:
    return read_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}), BUCKET, LIVE)


def test_the_principals_and_actions_are_those_of_the_publishers_guide() -> None:
    assert Delivery.SANDBOX.principal == (
        "arn:aws:iam::238742147684:role/service-role/production-sandbox-kafka-s3-sink-01-role-kzzbjkvy"
    )
    assert LIVE == "arn:aws:iam::238742147684:role/service-role/production-live-kafka-s3-sink-01-role-zytmbiq9"
    objects, itself = delivery_statements(BUCKET, LIVE)
    assert objects["Action"] == [
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:GetObject",
        "s3:GetObjectAcl",
        "s3:DeleteObject",
    ]
    assert (objects["Resource"], itself["Resource"]) == (ALL, ITSELF)
    assert itself["Action"] == ["s3:ListBucket"]
    assert objects["Principal"] == itself["Principal"] == {"AWS": LIVE}


def test_only_somebody_can_be_a_principal() -> None:
    account = "arn:aws:iam::111122223333"
    for principal in ("", SANDBOX, LIVE, f"{account}:root", f"{account}:user/a/b", "111122223333"):
        check_principal(principal)
    nobody = ["*", "nonsense", f"{account}:role/*", f"{account}:role/", f"{account}:*", "arn:aws:iam::*:root", "12345"]
    for principal in [*nobody, f" {LIVE}", f"{LIVE}\n", "arn:aws:sts::111122223333:assumed-role/a/b"]:
        with pytest.raises(UsageError, match="no principal"):
            check_principal(principal)


@pytest.mark.parametrize("delivery", Delivery)
def test_the_delivery_policy_allows_exactly_delivery(delivery: Delivery) -> None:
    text = json.dumps(delivery_policy(BUCKET, delivery.principal))
    found = read_policy(text, BUCKET, delivery.principal)
    assert found.complete
    assert found.excess == ()
    assert deliveries_named(text) == (delivery,)
    other = next(item for item in Delivery if item is not delivery)
    assert len(read_policy(text, BUCKET, other.principal).of(Verdict.MISSING)) == 6
    assert len(read_policy(text, "other-bucket", delivery.principal).of(Verdict.MISSING)) == 6


@pytest.mark.parametrize(
    ("statements", "verdicts"),
    [
        ([], {Verdict.MISSING: 6}),
        ([statement(Resource=ALL)], {Verdict.ALLOWED: 5, Verdict.MISSING: 1}),
        ([statement(Resource=ITSELF)], {Verdict.ALLOWED: 1, Verdict.MISSING: 5}),
        ([statement(Resource="*")], {Verdict.ALLOWED: 6}),
        # An app's own folder is enough for that app.
        ([statement(Resource=[f"{ITSELF}/9FBB*", ITSELF])], {Verdict.ALLOWED: 1, Verdict.PERHAPS: 5}),
        ([statement(Resource=[f"{ITSELF}/reports/*", ITSELF])], {Verdict.ALLOWED: 1, Verdict.MISSING: 5}),
        ([statement(Resource=[f"{ITSELF}/?*", ITSELF])], {Verdict.ALLOWED: 6}),
        # A role's own request has no source.
        ([statement(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::x"}})], {Verdict.MISSING: 6}),
        ([statement(Condition={"StringEqualsIfExists": {"aws:SourceAccount": "1"}})], {Verdict.ALLOWED: 6}),
        ([statement(Condition={"Null": {"aws:SourceArn": "true"}})], {Verdict.ALLOWED: 6}),
        ([statement(Condition={"ForAnyValue:StringEquals": {"aws:SourceVpc": "vpc-1"}})], {Verdict.MISSING: 6}),
        ([statement(Action="S3:PUT*")], {Verdict.ALLOWED: 2, Verdict.MISSING: 4}),
        ([statement(Principal={"AWS": ["arn:aws:iam::1:root", LIVE]})], {Verdict.ALLOWED: 6}),
        ([statement(Principal={"AWS": "238742147684"})], {Verdict.ALLOWED: 6}),
        ([statement(Principal={"AWS": "arn:aws:iam::238742147684:root"})], {Verdict.ALLOWED: 6}),
        ([statement(Principal={"AWS": f"{LIVE}x"})], {Verdict.MISSING: 6}),
        ([statement(Principal={"Service": "logging.s3.amazonaws.com"})], {Verdict.MISSING: 6}),
        ([statement(Condition={"Bool": {"aws:SecureTransport": "true"}})], {Verdict.ALLOWED: 6}),
        ([statement(Condition={"Bool": {"aws:SecureTransport": False}})], {Verdict.MISSING: 6}),
        ([statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})], {Verdict.PERHAPS: 6}),
        ([statement(Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::238742147684:*"}})], {Verdict.ALLOWED: 6}),
        # A denial wins, unless it does not hold, is for somebody else, or reaches nothing that is delivered.
        ([statement(), statement("Deny", Principal="*", Action="s3:*")], {Verdict.DENIED: 6}),
        ([statement(), statement("Deny", Action="s3:Put*")], {Verdict.DENIED: 2, Verdict.ALLOWED: 4}),
        (
            [statement(), statement("Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})],
            {Verdict.ALLOWED: 6},
        ),
        (
            [statement(), statement("Deny", Principal="*", Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})],
            {Verdict.ALLOWED: 6},
        ),
        (
            [statement(), statement("Deny", Principal="*", Condition={"StringNotEquals": {"aws:PrincipalArn": LIVE}})],
            {Verdict.ALLOWED: 6},
        ),
        (
            [
                statement(),
                statement(
                    "Deny", Principal="*", Condition={"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}
                ),
            ],
            {Verdict.DENIED: 6},
        ),
        (
            [
                statement(),
                statement("Deny", Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
            ],
            {Verdict.DENIED: 6},
        ),
        *(([statement(), statement("Deny", Principal="*", **parts)], {Verdict.ALLOWED: 6}) for parts in UNTOUCHED),
        *(
            ([statement(), statement("Deny", Principal="*", **parts)], {Verdict.PERHAPS: 5, Verdict.ALLOWED: 1})
            for parts, _ in DOUBTFUL
        ),
        (
            [statement(), statement("Deny", Principal="*", NotResource=f"{ITSELF}/reports/*", Resource=None)],
            {Verdict.DENIED: 6},
        ),
        ([statement(), statement("Deny", Principal={"AWS": "111122223333"})], {Verdict.ALLOWED: 6}),
    ],
)
def test_what_a_policy_means(statements: list[dict[str, Any]], verdicts: dict[Verdict, int]) -> None:
    found = reading(*statements)
    assert {verdict: len(found.of(verdict)) for verdict in Verdict if found.of(verdict)} == verdicts
    assert found.complete == (verdicts == {Verdict.ALLOWED: 6})
    assert found.possible == (not {Verdict.MISSING, Verdict.DENIED} & set(verdicts))


@pytest.mark.parametrize(("parts", "why"), DOUBTFUL)
def test_what_a_denial_depends_on_is_said(parts: dict[str, Any], why: str) -> None:
    found = reading(statement(), statement("Deny", Sid="Guard", Principal="*", **parts))
    assert {why in text for grant in found.of(Verdict.PERHAPS) for text in grant.why} == {True}


def test_denials_for_all_but_somebody() -> None:
    but_me = {"Effect": "Deny", "NotPrincipal": {"AWS": LIVE}, "Action": "s3:*", "Resource": EVERYTHING}
    # AWS demands the role's account beside it.
    doubtful = reading(statement(), but_me).of(Verdict.PERHAPS)
    assert len(doubtful) == 6
    assert "without its account" in doubtful[0].why[0]
    both = [LIVE, "arn:aws:iam::238742147684:root"]
    assert reading(statement(), {**but_me, "NotPrincipal": {"AWS": both}}).complete
    but_other = {**but_me, "NotPrincipal": {"AWS": "arn:aws:iam::238742147684:root"}}
    assert len(reading(statement(), but_other).of(Verdict.DENIED)) == 6
    all_but = {"Effect": "Deny", "Principal": "*", "NotAction": ["s3:*Object*", "s3:ListBucket"], "NotResource": "x"}
    assert reading(statement(), all_but).complete


@pytest.mark.parametrize(
    ("extra", "text", "public"),
    [
        (statement(Principal="*"), "Everyone in the world", True),
        (statement(Principal={"AWS": "*"}), "Everyone in the world", True),
        (statement(Action="s3:*"), "more than delivery needs: s3:*", False),
        (statement(Action=["s3:GetObject", "s3:PutObject*"]), "s3:putobject*", False),
        (statement(Action="s3:PutBucketPolicy"), "s3:putbucketpolicy", False),
        (statement(Principal={"AWS": "238742147684"}), "Every user and role", False),
        *(
            (statement(Principal="*", Condition=condition), "Everyone in the world", True)
            for condition in (
                {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
                {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2000::/3"]}},
                {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
                {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}},
                {"NotIpAddress": {"aws:SourceIp": "1.2.3.4/32"}},
            )
        ),
        (
            statement(Principal="*", Condition={"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}),
            "Whoever meets its conditions",
            False,
        ),
        (
            statement(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            "Whoever meets its conditions",
            False,
        ),
        (
            {"Effect": "Allow", "Principal": {"AWS": LIVE}, "NotAction": "s3:DeleteBucket", "Resource": EVERYTHING},
            "everything except",
            False,
        ),
    ],
)
def test_what_is_too_much(extra: dict[str, Any], text: str, public: bool) -> None:
    found = reading(statement(), extra)
    assert [item.public for item in found.excess if text in item.text] == [public]
    assert found.public == public
    assert reading(statement()).excess == ()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"*"',
        "{}",
        '{"Statement": 5}',
        '{"Version": "2030-01-01", "Statement": []}',
        '{"Statement": [], "Extra": 1}',
        '{"Statement": [{"Effect": "Permit"}]}',
        '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]}',
        '{"Statement": [{"Effect": "Allow", "Principal": "me", "Action": "s3:*", "Resource": "*"}]}',
        '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": [1], "Resource": "*"}]}',
        '{"Statement": [{"Effect": "Allow", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}',
        '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": 1}]}',
        '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Novelty": 1}]}',
        "[" * 100_000,
    ],
)
def test_what_is_malformed_or_unknown_is_never_guessed(text: str) -> None:
    with pytest.raises(PolicyUnreadable) as caught:
        read_policy(text, BUCKET, LIVE)
    assert "left as it is" in caught.value.hint


def test_the_analysts_policy_is_the_least() -> None:
    listing, reading_ = analyst_policy(BUCKET)["Statement"]
    assert (listing["Action"], listing["Resource"]) == ("s3:ListBucket", ITSELF)
    assert "Condition" not in listing
    assert (reading_["Action"], reading_["Resource"]) == ("s3:GetObject", ALL)
    listing, reading_ = analyst_policy(BUCKET, "/backup/eu/")["Statement"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "backup/eu/*"}}
    assert reading_["Resource"] == f"{ITSELF}/backup/eu/*"
    with pytest.raises(UsageError, match="cannot name this prefix"):
        analyst_policy(BUCKET, "what*ever")
    batch = "eu/9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"
    with pytest.raises(UsageError) as caught:
        analyst_policy(BUCKET, batch)
    assert f"s3://{BUCKET}/eu/9FBBEDED80595912588FF4FF," in caught.value.hint
