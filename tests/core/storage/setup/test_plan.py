"""Setting buckets up on two servers, as an administrator and as people whom one permission lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from core.connections import S3Options
from core.errors import OdographError, SourceNotFound, UsageError, WrongRegion
from core.jobs import JobCancelled, JobContext
from core.storage.sessions import open_session
from core.storage.setup.carrying_out import Outcome, PlanOutdated, StepOutcome, carry_out
from core.storage.setup.faults import NameTaken, PermissionMissing
from core.storage.setup.plan import PUBLIC_ACCESS_BLOCK, SetupRequest, StepKind, StepState, make_plan
from core.storage.setup.policies import Delivery, delivery_policy
from tests.core.storage.setup.conftest import make_bucket, root_s3
from tests.servers import REGION, Keys, allow, answering, deny, root_client, send_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from core.storage.sessions import AwsSession
    from core.storage.setup.plan import SetupPlan
    from tests.servers import MiniStack

KEY = "9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"
OTHER = {"Sid": "Other", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}}


def states(plan: SetupPlan) -> list[str]:
    return [step.state.value for step in plan.steps]


def test_a_bucket_is_set_up_and_doing_it_again_changes_nothing(session: AwsSession, name: str, ctx: JobContext) -> None:
    plan = make_plan(SetupRequest(name), session, ctx)
    assert states(plan) == ["needed"] * 4
    assert [step.request["Bucket"] for step in plan.steps] == [name] * 4
    assert json.loads(plan.steps[3].request_text)["Policy"] == delivery_policy(name, Delivery.SANDBOX.principal)
    told: list[StepOutcome] = []
    result = carry_out(plan, session, ctx, told.append)
    assert result.error is None
    assert [item.outcome.value for item in told] == ["running", "ok"] * 4
    client = root_s3(session)
    assert client.head_bucket(Bucket=name)["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == REGION
    assert client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"] == PUBLIC_ACCESS_BLOCK
    assert json.loads(client.get_bucket_policy(Bucket=name)["Policy"]) == delivery_policy(
        name, Delivery.SANDBOX.principal
    )
    again = make_plan(SetupRequest(name), session, ctx)
    assert states(again) == ["done"] * 4
    assert {item.outcome for item in carry_out(again, session, ctx).outcomes} == {Outcome.SKIPPED}
    # A plan that is carried out twice, such as after a lost connection, does no harm either.
    repeated = carry_out(replace(plan, steps=plan.steps[:3]), session, ctx)
    assert repeated.error is None
    assert "yours" in repeated.outcomes[0].text


def test_a_policy_that_is_there_is_added_to(session: AwsSession, name: str, ctx: JobContext) -> None:
    client = make_bucket(session, name)
    other = {**OTHER, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    client.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [other]}))
    plan = make_plan(SetupRequest(name, Delivery.LIVE), session, ctx)
    assert plan.steps[0].state is StepState.DONE
    assert f'+        "AWS": "{Delivery.LIVE.principal}"' in plan.steps[3].diff
    assert carry_out(plan, session, ctx).error is None
    after = json.loads(client.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    assert after == [other, *delivery_policy(name, Delivery.LIVE.principal)["Statement"]]


def test_a_policy_that_changes_between_plan_and_deed_is_not_overwritten(
    session: AwsSession, name: str, ctx: JobContext
) -> None:
    client = make_bucket(session, name)
    plan = make_plan(SetupRequest(name), session, ctx)
    other = {**OTHER, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [other]})
    client.put_bucket_policy(Bucket=name, Policy=text)
    result = carry_out(plan, session, ctx)
    assert isinstance(result.error, PlanOutdated)
    assert json.loads(client.get_bucket_policy(Bucket=name)["Policy"]) == json.loads(text)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject"}, "denies delivery"),
        ({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}, "would let everyone in"),
        (
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Novelty": 1},
            "cannot be understood",
        ),
    ],
)
def test_a_policy_that_is_in_the_way_blocks_the_whole_plan(
    statement: dict[str, Any],
    reason: str,
    login: Callable[[Keys], AwsSession],
    name: str,
    ctx: JobContext,
) -> None:
    session = login(Keys("test", "test"))
    client = make_bucket(session, name)
    client.delete_public_access_block(Bucket=name)
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": f"arn:aws:s3:::{name}/*"}]})
    client.put_bucket_policy(Bucket=name, Policy=text)
    plan = make_plan(SetupRequest(name), session, ctx)
    assert [step.kind for step in plan.blocked] == [StepKind.POLICY]
    assert reason in plan.blocked[0].reason
    with pytest.raises(OdographError, match="cannot be carried out"):
        carry_out(plan, session, ctx)
    assert json.loads(client.get_bucket_policy(Bucket=name)["Policy"]) == json.loads(text)
    assert make_plan(SetupRequest(name), session, ctx).steps[1:3] == plan.steps[1:3]


@pytest.mark.parametrize(("key", "says"), [("", "AWS's own"), ("arn:aws:kms:eu-west-1:1:key/2", "GenerateDataKey")])
def test_kms_stays_and_what_it_needs_is_said(
    key: str, says: str, session: AwsSession, name: str, ctx: JobContext
) -> None:
    client = make_bucket(session, name)
    default: Any = {"SSEAlgorithm": "aws:kms", **({"KMSMasterKeyID": key} if key else {})}
    client.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )
    step = make_plan(SetupRequest(name), session, ctx).steps[2]
    assert step.state is StepState.DONE
    assert says in step.notes[0]
    assert Delivery.SANDBOX.principal in step.notes[0]


def test_regions(session: AwsSession, name: str, ctx: JobContext) -> None:
    with pytest.raises(WrongRegion, match="does not deliver into this region"):
        make_plan(SetupRequest(name, region="eu-central-1"), session, ctx)
    elsewhere = SetupRequest(name, region="eu-central-1", any_region=True)
    assert make_plan(elsewhere, session, ctx).steps[0].request["CreateBucketConfiguration"] == {
        "LocationConstraint": "eu-central-1"
    }
    first = SetupRequest(name, region="us-east-1", any_region=True)
    plan = make_plan(first, session, ctx)
    assert plan.steps[0].request == {"Bucket": name}
    assert carry_out(plan, session, ctx).error is None
    assert states(make_plan(first, session, ctx)) == ["done"] * 4
    with pytest.raises(WrongRegion) as caught:
        make_plan(SetupRequest(name), session, ctx)
    assert "us-east-1" in caught.value.hint
    # The bucket that is there counts, not the region that was asked for.
    assert make_plan(elsewhere, session, ctx).region == "us-east-1"


def test_a_name_that_cannot_be_and_a_bucket_that_is_not(session: AwsSession, name: str, ctx: JobContext) -> None:
    with pytest.raises(UsageError, match="no name for a new bucket"):
        make_plan(SetupRequest("Fleet"), session, ctx)
    with pytest.raises(SourceNotFound, match="no such bucket"):
        make_plan(SetupRequest(name, kinds=(StepKind.POLICY,)), session, ctx)


def test_cancelling_stops_between_two_steps(session: AwsSession, name: str) -> None:
    ctx = JobContext()
    plan = make_plan(SetupRequest(name), session, ctx)
    told: list[StepOutcome] = []

    def tell(outcome: StepOutcome) -> None:
        told.append(outcome)
        if outcome.outcome is Outcome.OK:
            ctx.cancel()

    with pytest.raises(JobCancelled):
        carry_out(plan, session, ctx, tell)
    assert [item.outcome for item in told] == [Outcome.RUNNING, Outcome.OK]
    assert states(make_plan(SetupRequest(name), session, JobContext()))[0] == "done"


@pytest.mark.parametrize(
    ("action", "done"),
    [
        ("s3:CreateBucket", 0),
        ("s3:PutBucketPublicAccessBlock", 1),
        ("s3:PutEncryptionConfiguration", 2),
        ("s3:PutBucketPolicy", 3),
    ],
)
def test_a_permission_to_change_that_lacks_is_named_and_what_was_done(
    action: str, done: int, server: MiniStack, login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    session = login(server.add_user(f"{name}-user", allow("s3:*"), deny(action)))
    plan = make_plan(SetupRequest(name), session, ctx)
    result = carry_out(plan, session, ctx)
    assert isinstance(result.error, PermissionMissing)
    assert result.error.permission == plan.steps[done].permission
    assert result.error.permission.action == action
    assert f"{action} on arn:aws:s3:::{name}" in result.error.hint
    assert (len(result.of(Outcome.OK)), len(result.of(Outcome.WAITING))) == (done, 3 - done)


@pytest.mark.parametrize(
    ("action", "place", "state"),
    [
        ("s3:ListBucket", 0, StepState.UNKNOWN),
        ("s3:GetBucketPublicAccessBlock", 1, StepState.UNKNOWN),
        ("s3:GetEncryptionConfiguration", 2, StepState.LEFT_OUT),
        ("s3:GetBucketPolicy", 3, StepState.BLOCKED),
    ],
)
def test_a_permission_to_read_that_lacks_leaves_the_step_open(
    action: str,
    place: int,
    state: StepState,
    server: MiniStack,
    login: Callable[[Keys], AwsSession],
    name: str,
    ctx: JobContext,
) -> None:
    session = login(server.add_user(f"{name}-user", allow("s3:*"), deny(action)))
    client = make_bucket(session, name)
    default: Any = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:eu-west-1:1:key/2"}
    rules: Any = [{"ApplyServerSideEncryptionByDefault": default}]
    client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    plan = make_plan(SetupRequest(name), session, ctx)
    step = plan.steps[place]
    assert step.state is state
    assert step.lacking is not None
    assert str(step.lacking) == f"{action} on arn:aws:s3:::{name}"
    if state is not StepState.BLOCKED:
        assert carry_out(plan, session, ctx).error is None
    (rule,) = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == default


def test_a_policy_that_may_not_be_seen_is_never_replaced(
    server: MiniStack, login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    """Not even where only creating the bucket shows that it was there."""
    session = login(server.add_user(f"{name}-user", allow("s3:*"), deny("s3:ListBucket", "s3:GetBucketPolicy")))
    client = make_bucket(session, name)
    other = {**OTHER, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [other]})
    client.put_bucket_policy(Bucket=name, Policy=text)
    result = carry_out(make_plan(SetupRequest(name), session, ctx), session, ctx)
    assert isinstance(result.error, PermissionMissing)
    assert result.error.permission.action == "s3:GetBucketPolicy"
    assert json.loads(client.get_bucket_policy(Bucket=name)["Policy"]) == json.loads(text)


def test_one_s_own_bucket_is_not_created_again_where_that_is_no_error(
    server: MiniStack, login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    """In us-east-1 the answer is the same as to a new one, which has no policy, and access lists are reset."""
    client = root_client("s3", server.url, "us-east-1")
    client.create_bucket(Bucket=name)
    other = {**OTHER, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [other]})
    client.put_bucket_policy(Bucket=name, Policy=text)
    session = login(server.add_user(f"{name}-user", allow("s3:*"), deny("s3:ListBucket", "s3:GetBucketPolicy")))
    request = SetupRequest(name, region="us-east-1", any_region=True)
    plan = make_plan(request, session, ctx)
    assert (states(plan)[0], states(plan)[3]) == ("left-out", "blocked")
    # Nor in another region, as some servers answer alike everywhere.
    created = replace(make_plan(SetupRequest(f"{name}-new"), session, ctx).steps[0], state=StepState.UNKNOWN)
    policy = replace(plan.steps[3], state=StepState.NEEDED)
    result = carry_out(replace(plan, steps=(replace(created, request={"Bucket": name}), policy)), session, ctx)
    assert [item.outcome.value for item in result.outcomes] == ["ok", "failed"]
    assert isinstance(result.error, PermissionMissing)
    assert json.loads(client.get_bucket_policy(Bucket=name)["Policy"]) == json.loads(text)


@pytest.mark.parametrize("principal", ["*", "nonsense"])
def test_a_request_for_everyone_cannot_be_made(principal: str) -> None:
    with pytest.raises(UsageError, match="no principal"):
        SetupRequest("fleet", principal=principal)


def test_the_policy_lets_its_principal_deliver_and_do_nothing_else(
    server: MiniStack, login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    keys = server.add_user(f"{name}-platform")
    arn = server.iam().get_user(UserName=f"{name}-platform")["User"]["Arn"]
    admin = login(Keys("test", "test"))
    make_bucket(admin, name)
    platform = login(keys).client("s3")
    with pytest.raises(ClientError, match="AccessDenied"):
        platform.put_object(Bucket=name, Key=KEY, Body=b"[]")
    assert carry_out(make_plan(SetupRequest(name, principal=arn), admin, ctx), admin, ctx).error is None
    platform.put_object(Bucket=name, Key=KEY, Body=b"[]", ACL="bucket-owner-full-control")
    assert platform.get_object(Bucket=name, Key=KEY)["Body"].read() == b"[]"
    assert platform.list_objects_v2(Bucket=name)["KeyCount"] == 1
    platform.get_object_acl(Bucket=name, Key=KEY)
    platform.delete_object(Bucket=name, Key=KEY)
    for refused in (platform.get_bucket_policy, platform.get_bucket_location, platform.delete_bucket):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused(Bucket=name)


@pytest.mark.parametrize(
    ("status", "code", "title"),
    [
        (409, "BucketAlreadyExists", "The name is taken"),
        (400, "TooManyBuckets", "as many buckets as it may have"),
        (400, "InvalidBucketName", "does not take this bucket's name"),
        (501, "NotImplemented", "does not offer it"),
    ],
)
def test_what_a_server_says_to_creating(
    status: int, code: str, title: str, monkeypatch: pytest.MonkeyPatch, ctx: JobContext
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        send_answer(handler, 404 if handler.command == "HEAD" else status, body)

    Keys("AKIAIOSFODNN7EXAMPLE", "secret").use(monkeypatch)
    with answering(answer) as heard:
        session = open_session(S3Options(endpoint_url=heard.url, region=REGION), ctx)
        result = carry_out(make_plan(SetupRequest("fleet"), session, ctx), session, ctx)
    assert result.error is not None
    assert title in result.error.title
    assert isinstance(result.error, NameTaken) == (code == "BucketAlreadyExists")
    assert (result.outcomes[0].outcome, len(result.of(Outcome.WAITING))) == (Outcome.FAILED, 3)


def test_a_malformed_policy_is_explained_and_conflicts_and_throttling_are_waited_out(
    monkeypatch: pytest.MonkeyPatch, ctx: JobContext
) -> None:
    conflicts = ["SlowDown", "OperationAborted"]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        if handler.command != "PUT":
            code = "NoSuchBucketPolicy" if "policy" in handler.path else "NoSuchBucket"
            send_answer(handler, 404, f"<Error><Code>{code}</Code></Error>".encode())
        elif "?" not in handler.path and conflicts:
            send_answer(
                handler, 503 if len(conflicts) == 1 else 409, f"<Error><Code>{conflicts.pop()}</Code></Error>".encode()
            )
        elif "policy" in handler.path:
            text = "<Error><Code>MalformedPolicy</Code><Message>Invalid principal in policy</Message></Error>"
            send_answer(handler, 400, text.encode())
        else:
            send_answer(handler, 200)

    Keys("AKIAIOSFODNN7EXAMPLE", "secret").use(monkeypatch)
    with answering(answer) as heard:
        session = open_session(S3Options(endpoint_url=heard.url, region=REGION), ctx)
        result = carry_out(make_plan(SetupRequest("fleet"), session, ctx), session, ctx)
    assert conflicts == []
    assert [item.outcome.value for item in result.outcomes] == ["ok", "ok", "ok", "failed"]
    assert result.error is not None
    assert "role has changed" in result.error.hint


def test_a_server_without_such_settings_leaves_their_steps_out(
    monkeypatch: pytest.MonkeyPatch, ctx: JobContext
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if "publicAccessBlock" in handler.path or "encryption" in handler.path:
            send_answer(handler, 501, b"<Error><Code>NotImplemented</Code></Error>")
        elif "policy" in handler.path:
            send_answer(handler, 405, b"<Error><Code>MethodNotAllowed</Code></Error>")
        else:
            send_answer(handler, 200)

    Keys("AKIAIOSFODNN7EXAMPLE", "secret").use(monkeypatch)
    with answering(answer) as heard:
        session = open_session(S3Options(endpoint_url=heard.url, region=REGION), ctx)
        plan = make_plan(SetupRequest("fleet"), session, ctx)
    assert states(plan) == ["done", "not-offered", "not-offered", "blocked"]
    assert "does not offer it" in plan.blocked[0].reason
