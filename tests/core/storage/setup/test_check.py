"""Looking at buckets in all states, with all rights and with few."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.connections import Addressing, S3Options
from core.errors import AccessDenied, CredentialsRejected
from core.storage.connection import open_source
from core.storage.sessions import open_session
from core.storage.setup import check_batches, check_settings
from core.storage.setup.asking import Whereabouts
from core.storage.setup.carrying_out import carry_out
from core.storage.setup.check import check_bucket
from core.storage.setup.contents import BatchEnd, LevelContents, Stored
from core.storage.setup.findings import BucketReport, Finding, FindingLevel, Topic, report_json, report_text
from core.storage.setup.plan import SetupRequest, make_plan
from core.storage.setup.policies import Delivery, analyst_policy, delivery_policy
from tests.core.storage.conftest import layout
from tests.core.storage.setup.conftest import ROOT, make_bucket, root_s3
from tests.servers import REGION, Keys, allow, answering, deny, root_client, send_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from core.jobs import JobContext
    from core.storage.sessions import AwsSession
    from tests.servers import MiniStack

APP = "9FBBEDED80595912588FF4FF"
SANDBOX, LIVE = Delivery.SANDBOX.principal, Delivery.LIVE.principal
OK, WARNING, PROBLEM, UNKNOWN = FindingLevel.OK, FindingLevel.WARNING, FindingLevel.PROBLEM, FindingLevel.UNKNOWN
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def levels(report: BucketReport) -> dict[str, str]:
    return {finding.topic.value: finding.level.value for finding in report.findings}


def finding(report: BucketReport, topic: Topic) -> Finding:
    return next(item for item in report.findings if item.topic is topic)


def test_a_bucket_with_everything(session: AwsSession, name: str, ctx: JobContext) -> None:
    assert carry_out(make_plan(SetupRequest(name), session, ctx), session, ctx).error is None
    client = root_s3(session)
    for key, content in (layout() | {f"{APP}/level13/2026/11/23/11-58-00-000000000-ab.json": b"[]"}).items():
        client.put_object(Bucket=name, Key=key, Body=content)
    client.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    report = check_bucket(name, "", session, ctx, now=NOW)
    assert set(levels(report).values()) == {"ok"}
    assert [item.topic for item in report.findings] == list(Topic)
    assert report.can_deliver is True
    assert report.missing == ()
    assert [(item.app, item.level) for item in report.levels] == [
        ("0A1B2C3D4E5F60718293A4B5", "level12"),
        (APP, "level11"),
        (APP, "level13"),
    ]
    last = report.levels[2]
    assert last.first is not None
    assert last.last is not None
    # Parts that are not padded are read as numbers.
    assert last.first.stored.key == f"{APP}/level13/2022/9/3/7-5-9-5-ab.json"
    assert last.last.stored.key == f"{APP}/level13/2026/11/23/11-58-00-000000000-ab.json"
    assert finding(report, Topic.LAST_BATCH).title == "2 min ago, 2026-11-23 11:58:00 UTC"
    assert [item.key for item in report.tests] == ["test.txt"]
    assert "Delivery can work." in report_text(report)
    assert json.loads(json.dumps(report_json(report)))["can_deliver"] is True


def test_a_bucket_with_nothing(session: AwsSession, name: str, ctx: JobContext) -> None:
    client = make_bucket(session, name)
    client.delete_public_access_block(Bucket=name)
    report = check_bucket(name, "", session, ctx)
    found = levels(report)
    assert (found["public-access"], found["policy"], found["last-batch"]) == ("warning", "problem", "warning")
    assert report.can_deliver is False
    assert finding(report, Topic.POLICY).title == "There is none"
    assert "Delivery cannot work." in report_text(report)


def test_no_such_bucket(session: AwsSession, name: str, ctx: JobContext) -> None:
    report = check_bucket(name, "", session, ctx)
    assert levels(report) == {"bucket": "problem"}
    assert report.can_deliver is False


def test_an_analyst_learns_which_permissions_lack(
    server: MiniStack, login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    client = make_bucket(login(ROOT), name)
    for key in (f"backup/{APP}/level13/2026/11/23/11-58-00-000000000-ab.json", "other/secret.txt"):
        client.put_object(Bucket=name, Key=key, Body=b"[]")
    session = login(server.add_user(f"{name}-analyst", *analyst_policy(name, "backup")["Statement"]))
    report = check_bucket(name, "backup", session, ctx, now=NOW)
    assert {item.action for item in report.missing} == {
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketPolicy",
        "s3:GetEncryptionConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketVersioning",
        "s3:GetLifecycleConfiguration",
    }
    # A batch has just come, which shows that delivery works; later nothing does.
    assert report.can_deliver is True
    # Whose it is, it does not tell.
    assert check_bucket(name, "backup", session, ctx, delivery=Delivery.LIVE, now=NOW).can_deliver is None
    assert check_bucket(name, "backup", session, ctx, now=NOW + timedelta(hours=1)).can_deliver is None
    # A simulated fleet's batch shows nothing of the platform.
    client.put_object(Bucket=name, Key="backup/.odograph-simulation-live-v1.json", Body=b"{}")
    simulated = check_bucket(name, "backup", session, ctx, now=NOW)
    assert (simulated.can_deliver, finding(simulated, Topic.LAST_BATCH).level) == (None, WARNING)
    assert finding(report, Topic.BUCKET).level is OK
    assert levels(check_bucket(name, "", session, ctx))["bucket"] == "unknown"
    assert finding(report, Topic.LAST_BATCH).level is OK
    assert finding(report, Topic.CONTENTS).title == "1 app, 1 Auto API level"
    assert f"s3:GetBucketPolicy on arn:aws:s3:::{name}" in report_text(report)
    missing = [item["missing_permission"] for item in report_json(report)["findings"] if item["missing_permission"]]
    assert {"action": "s3:GetBucketPolicy", "resource": f"arn:aws:s3:::{name}"} in missing


def test_the_analysts_policy_is_enough_to_browse_and_for_nothing_else(
    server: MiniStack, login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    client = make_bucket(login(ROOT), name)
    batch = f"{APP}/level13/2026/11/23/11-58-00-000000000-ab.json"
    for key in (batch, f"backup/{batch}", "backup2/secret.txt"):
        client.put_object(Bucket=name, Key=key, Body=b"[]")
    for number, prefix in enumerate(("", "backup", APP, f"backup/{APP}/level13")):
        login(server.add_user(f"{name}-{number}", *analyst_policy(name, prefix)["Statement"]))
        options = S3Options(endpoint_url=server.url, region=REGION)
        source = open_source(f"s3://{name}/{prefix}", options)
        listed = [item.key for page in source.list_objects("", ctx) for item in page]
        assert batch in listed
        assert source.fetch(batch) == b"[]"
        assert list(source.list_level(source.scope, ctx))
        if prefix:
            with pytest.raises(AccessDenied):
                list(open_source(f"s3://{name}/backup2", options).list_objects("", ctx))


def test_each_permission_that_lacks_is_named_alone(
    server: MiniStack, login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    make_bucket(login(ROOT), name)
    for topic, action in {
        Topic.PUBLIC_ACCESS: "s3:GetBucketPublicAccessBlock",
        Topic.POLICY: "s3:GetBucketPolicy",
        Topic.ENCRYPTION: "s3:GetEncryptionConfiguration",
        Topic.OWNERSHIP: "s3:GetBucketOwnershipControls",
        Topic.VERSIONING: "s3:GetBucketVersioning",
        Topic.LIFECYCLE: "s3:GetLifecycleConfiguration",
    }.items():
        session = login(server.add_user(f"{name}-{topic}", allow("s3:*"), deny(action)))
        report = check_bucket(name, "", session, ctx)
        assert [item.topic for item in report.of(UNKNOWN)] == [topic]
        assert [str(item) for item in report.missing] == [f"{action} on arn:aws:s3:::{name}"]


def test_a_wrong_secret_is_an_error_not_a_finding(
    server: MiniStack, login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    keys = server.add_user(f"{name}-user", allow("s3:*"))
    with pytest.raises(CredentialsRejected):
        check_bucket(name, "", login(Keys(keys.access, "wrong")), ctx)


def test_the_region(session: AwsSession, name: str, ctx: JobContext) -> None:
    client = root_client("s3", session.options.endpoint_url, "us-east-1")
    client.create_bucket(Bucket=name)
    client.put_bucket_policy(Bucket=name, Policy=json.dumps(delivery_policy(name, LIVE)))
    report = check_bucket(name, "", session, ctx)
    assert (report.region, levels(report)["region"], report.can_deliver) == ("us-east-1", "problem", False)
    assert check_bucket(name, "", session, ctx, any_region=True).can_deliver is True


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [*delivery_policy("fleet", LIVE)["Statement"], *statements]}
    )


EVERYONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::fleet/*"}
DENIAL = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "arn:aws:s3:::fleet/*"}


@pytest.mark.parametrize(
    ("text", "principals", "restricted", "expected", "blocks"),
    [
        ("", [], False, [(PROBLEM, "There is none")], True),
        ("{", [], False, [(UNKNOWN, "The bucket's policy cannot be understood")], False),
        (policy(), [], True, [(OK, "It allows delivery of live data")], False),
        (policy(), [SANDBOX], False, [(PROBLEM, "It lacks what delivery of sandbox data needs")], True),
        (json.dumps({"Statement": [DENIAL]}), [], False, [(PROBLEM, "It does not name the platform")], True),
        (policy(DENIAL), [], False, [(PROBLEM, "It denies delivery of live data")], True),
        (
            policy({**DENIAL, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}),
            [],
            False,
            [(WARNING, "It may or may not allow delivery of live data")],
            False,
        ),
        (
            policy(EVERYONE),
            [],
            False,
            [(OK, "It allows delivery of live data"), (WARNING, "It allows more than delivery needs")],
            False,
        ),
        (
            policy(EVERYONE),
            [],
            True,
            [
                (OK, "It allows delivery of live data"),
                (WARNING, "It allows more than delivery needs"),
                (PROBLEM, "The policy is public, and public buckets are restricted"),
            ],
            True,
        ),
        (
            policy({**delivery_policy("fleet", SANDBOX)["Statement"][0]}),
            [],
            False,
            [(PROBLEM, "It lacks what delivery of sandbox data needs"), (OK, "It allows delivery of live data")],
            False,
        ),
    ],
)
def test_what_policies_mean(
    text: str, principals: list[str], restricted: bool, expected: list[tuple[FindingLevel, str]], blocks: bool
) -> None:
    _, _, findings = check_settings.of_policy(text, "fleet", principals, restricted)
    assert [(item.level, item.title) for item in findings] == expected
    assert any(item.blocks for item in findings) == blocks


@pytest.mark.parametrize(
    ("algorithm", "key", "level", "blocks"),
    [
        ("", "", WARNING, False),
        ("AES256", "", OK, False),
        ("aws:kms", "", PROBLEM, True),
        ("aws:kms", "arn:aws:kms:eu-west-1:1:alias/aws/s3", PROBLEM, True),
        ("aws:kms", "alias/aws/s3", PROBLEM, True),
        ("aws:kms", "alias/fleet", PROBLEM, True),
        ("aws:kms", "arn:aws:kms:eu-west-1:1:alias/fleet", PROBLEM, True),
        ("aws:kms", "1234abcd-12ab-34cd-56ef-1234567890ab", PROBLEM, True),
        ("aws:kms", "arn:aws:kms:eu-west-1:1:key/mrk-2", WARNING, False),
        ("aws:kms:dsse", "arn:aws:kms:eu-west-1:1:key/2", WARNING, False),
    ],
)
def test_what_encryption_means(algorithm: str, key: str, level: FindingLevel, blocks: bool) -> None:
    default = {"SSEAlgorithm": algorithm, "KMSMasterKeyID": key}
    rules = [{"ApplyServerSideEncryptionByDefault": default}] if algorithm else []
    found = check_settings.of_encryption({"ServerSideEncryptionConfiguration": {"Rules": rules}}, LIVE)
    assert (found.level, found.blocks) == (level, blocks)


@pytest.mark.parametrize(
    ("owner", "level"),
    [("BucketOwnerEnforced", OK), ("BucketOwnerPreferred", OK), ("ObjectWriter", WARNING), ("", WARNING)],
)
def test_what_ownership_means(owner: str, level: FindingLevel) -> None:
    rules = [{"ObjectOwnership": owner}] if owner else []
    found = check_settings.of_ownership({"OwnershipControls": {"Rules": rules}})
    assert (found.level, found.blocks) == (level, False)
    # Access lists that are off can break a delivery that runs.
    assert "bucket-owner-full-control" in f"{found.meaning} {found.advice}"
    assert ("only before delivery runs" in found.advice) == (owner != "BucketOwnerEnforced")


def test_what_versioning_and_regions_mean() -> None:
    titles = [
        check_settings.of_versioning(answer).title for answer in ({"Status": "Enabled"}, {"Status": "Suspended"}, {})
    ]
    assert titles == ["On", "Suspended", "Off"]
    assert check_settings.of_region(Whereabouts(None, ""), False).level is UNKNOWN
    assert check_settings.of_region(Whereabouts(True, "eu-west-1"), False).level is OK
    assert check_settings.of_region(Whereabouts(True, "eu-west-2"), False).blocks


def level_of(age: timedelta) -> LevelContents:
    """A level with one batch of an age."""
    moment = NOW - age
    key = f"{APP}/level13/{moment:%Y/%m/%d/%H-%M-%S}-000000000-ab.json"
    end = BatchEnd(Stored(key, 2, moment), int(moment.timestamp() * 1_000_000), padded=True)
    return LevelContents(APP, "level13", end, end)


@pytest.mark.parametrize(
    ("rule", "level", "text"),
    [
        ({"Expiration": {"Days": 30}}, WARNING, "30 days after they came: the oldest expires in 20 days"),
        ({"Expiration": {"Days": 365}}, OK, "the oldest expires in 356 days"),
        ({"Expiration": {"Days": 5}}, WARNING, "the oldest is due now"),
        ({"Expiration": {"Date": NOW + timedelta(days=1)}}, WARNING, "on 2026-11-24: the oldest expires in 1 day"),
        ({"Expiration": {"Days": 30}, "Filter": {"Prefix": APP[:4]}}, WARNING, "expires in 20 days"),
        ({"Expiration": {"Days": 30}, "Filter": {"Prefix": "logs/"}}, OK, "Nothing is deleted"),
        ({"Expiration": {"Days": 30}, "Prefix": "logs/"}, OK, "Nothing is deleted"),
        ({"Expiration": {"Days": 30}, "Filter": {"And": {"Prefix": "", "Tags": [{"Key": "a"}]}}}, OK, "certain tags"),
        ({"Expiration": {"Days": 30}, "Status": "Disabled"}, OK, "Nothing is deleted"),
        ({"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}, WARNING, "move to GLACIER"),
        ({"Transitions": [{"Days": 1, "StorageClass": "STANDARD_IA"}]}, OK, "Nothing is deleted"),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}, OK, "Nothing is deleted"),
    ],
)
def test_what_lifecycle_rules_mean(rule: dict[str, Any], level: FindingLevel, text: str) -> None:
    answer = {"Rules": [{"ID": "old", "Status": "Enabled", **rule}]}
    (found,) = check_batches.of_lifecycle(answer, [level_of(timedelta(days=10))], NOW)
    assert found.level is level
    assert text in found.title


def level_from(app: str, first: datetime, last: datetime, size: int = 3_000) -> LevelContents:
    """A level with two batches."""
    ends = [
        BatchEnd(Stored(f"{app}/level13/{moment:%Y/%m/%d/%H-%M-%S}-000000000-ab.json", size, moment), 0, padded=True)
        for moment in (first, last)
    ]
    return LevelContents(app, "level13", *ends)


OLD = level_from(APP, datetime(2022, 11, 18, 14, tzinfo=UTC), NOW)
YOUNG = level_from("0A1B2C3D4E5F60718293A4B5", datetime(2026, 11, 1, 14, tzinfo=UTC), NOW)


@pytest.mark.parametrize(
    ("filters", "level", "text"),
    [
        # What lies between the first and the last batch is met, too.
        ({"Prefix": f"{APP}/level13/2024/"}, WARNING, "30 days after they came (below"),
        ({"Prefix": f"{APP}/level13/20"}, WARNING, "the oldest is due now"),
        ({"Prefix": f"{APP}/level12/"}, OK, "Nothing is deleted"),
        ({"Prefix": f"{APP}2/"}, OK, "Nothing is deleted"),
        # Each app has an oldest batch of its own.
        ({"Prefix": f"{YOUNG.app}/"}, WARNING, "the oldest expires in 8 days"),
        ({"Prefix": ""}, WARNING, "the oldest is due now"),
        # A batch has some kilobytes.
        ({"ObjectSizeGreaterThan": 5_000_000_000}, OK, "Nothing is deleted"),
        ({"And": {"Prefix": "", "ObjectSizeGreaterThan": 5_000_000_000}}, OK, "Nothing is deleted"),
        ({"ObjectSizeGreaterThan": 100_000}, OK, "30 days after they came (of objects larger than 100.0 kB only)"),
        ({"ObjectSizeGreaterThan": 1_000}, WARNING, "larger than 1.0 kB only): the oldest is due now"),
        ({"ObjectSizeLessThan": 1}, OK, "Nothing is deleted"),
        ({"And": {"ObjectSizeGreaterThan": 0, "ObjectSizeLessThan": 5_000}}, WARNING, "the oldest is due now"),
    ],
)
def test_which_batches_lifecycle_rules_meet(filters: dict[str, Any], level: FindingLevel, text: str) -> None:
    answer = {"Rules": [{"Status": "Enabled", "Filter": filters, "Expiration": {"Days": 30}}]}
    (found,) = check_batches.of_lifecycle(answer, [OLD, YOUNG], NOW)
    assert found.level is level
    assert text in found.title


@pytest.mark.parametrize(
    ("prefix", "title"),
    [
        ("", "Batches are deleted"),
        ("fleet", "Batches are deleted"),
        ("fleet/", "Batches are deleted"),
        ("fleet/9F", "Batches are deleted"),
        (f"fleet/{APP}/", "Batches are deleted"),
        ("fleet/logs/", "Nothing is deleted"),
        ("logs/", "Nothing is deleted"),
        (f"{APP}/", "Nothing is deleted"),
    ],
)
def test_lifecycle_rules_of_a_place_without_batches(prefix: str, title: str) -> None:
    rule = {"Status": "Enabled", "Filter": {"Prefix": prefix}, "Expiration": {"Days": 30}}
    (found,) = check_batches.of_lifecycle({"Rules": [rule]}, [], NOW, "fleet")
    assert found.level is OK
    assert found.title.startswith(title)


@pytest.mark.parametrize(("stored", "left"), [(datetime(2026, 11, 1, 10, 30, tzinfo=UTC), "now"), (NOW, "in 4 days")])
def test_what_expires_is_due_at_the_next_midnight(stored: datetime, left: str) -> None:
    answer = {"Rules": [{"Status": "Enabled", "Expiration": {"Days": 3}}]}
    (found,) = check_batches.of_lifecycle(answer, [level_from(APP, stored, stored)], NOW)
    assert found.title.endswith(left)
    # Stored at 10:30 on the 15th, kept for three days: due on the 19th, as S3's manual says.
    stored = datetime(2014, 1, 15, 10, 30, tzinfo=UTC)
    before, after = datetime(2014, 1, 18, 23, 59, tzinfo=UTC), datetime(2014, 1, 19, tzinfo=UTC)
    titles = [
        check_batches.of_lifecycle(answer, [level_from(APP, stored, stored)], moment)[0].title
        for moment in (before, after)
    ]
    assert [title.endswith("due now") for title in titles] == [False, True]


def test_a_lifecycle_rule_of_a_part_of_a_level_is_told_with_its_oldest_batch(
    root_sessions: dict[str, AwsSession], name: str, ctx: JobContext
) -> None:
    session = root_sessions["ministack"]
    client = make_bucket(session, name)
    for year in (2022, 2024, 2026):
        client.put_object(Bucket=name, Key=f"{APP}/level13/{year}/11/18/14-11-23-699000000-c0d010d5.json", Body=b"[]")
    rules: list[Any] = [
        {
            "ID": f"of {year}",
            "Status": "Enabled",
            "Filter": {"Prefix": f"{APP}/level13/{year}/"},
            "Expiration": {"Days": 9},
        }
        for year in (2024, 2025)
    ]
    client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    report = check_bucket(name, "", session, ctx)
    found = [item for item in report.findings if item.topic is Topic.LIFECYCLE]
    assert [(item.level, "the oldest expires in" in item.title) for item in found] == [(WARNING, True), (OK, False)]


def test_a_list_without_times_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch, ctx: JobContext) -> None:
    key = f"{APP}/level13/2026/11/23/11-58-00-000000000-ab.json"

    def answer(handler: BaseHTTPRequestHandler) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        prefix, delimiter = (query.get(name, [""])[0] for name in ("prefix", "delimiter"))
        body = ""
        for each in (key, "test.json"):
            if each.startswith(prefix) and delimiter and delimiter in each[len(prefix) :]:
                rest = each[len(prefix) :].partition(delimiter)[0]
                body += f"<CommonPrefixes><Prefix>{prefix}{rest}{delimiter}</Prefix></CommonPrefixes>"
            elif each.startswith(prefix):
                body += f"<Contents><Key>{each}</Key><Size>2</Size></Contents>"
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{body}</ListBucketResult>"
        send_answer(handler, 200, text.encode(), {"Content-Type": "application/xml", "x-amz-request-id": "1"})

    ROOT.use(monkeypatch)
    with answering(answer) as other:
        session = open_session(S3Options(endpoint_url=other.url, region=REGION, addressing=Addressing.PATH), ctx)
        report = check_bucket("fleet", "", session, ctx, now=NOW)
    (level,) = report.levels
    assert level.last is not None
    assert (level.last.stored.key, level.last.stored.modified) == (key, NOW - timedelta(minutes=2))
    assert [item.key for item in report.tests] == ["test.json"]


@pytest.mark.parametrize(
    ("age", "level", "text"),
    [
        (timedelta(minutes=4), OK, "4 min ago"),
        (timedelta(hours=5), WARNING, "5 h ago"),
        (timedelta(days=12), WARNING, "12 days ago"),
        (timedelta(hours=-3), WARNING, "In the future"),
    ],
)
def test_how_old_the_last_batch_is(age: timedelta, level: FindingLevel, text: str) -> None:
    found = check_batches.of_last_batch([level_of(age)], NOW)
    assert (found.level, text in found.title) == (level, True)
