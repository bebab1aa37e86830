"""The commands that administer a bucket, as they are typed."""

from __future__ import annotations

import io
import itertools
import json
import sys
from typing import TYPE_CHECKING

import pytest

from core import settings
from core.cli.program import CANCELLED, DONE, FAILED, WRONG_USE, run
from core.connections import Connection
from core.jobs import JobContext
from core.settings import Settings
from core.storage.setup.policies import Delivery, delivery_policy
from tests.servers import REGION, Keys, MiniStack, allow, answering, deny, send_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

APP = "9FBBEDED80595912588FF4FF"
BATCH = f"{APP}/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"
_numbers = itertools.count(1)


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def name() -> str:
    """A bucket that no other test uses."""
    return f"typed-{next(_numbers)}"


@pytest.fixture
def typed(
    server: MiniStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs words against the server as somebody who may do everything; gives exit code, output and the rest."""
    Keys("test", "test").use(monkeypatch)

    def ran(
        *words: str, answer: str | None = None, ctx: JobContext | None = None, ours: bool = True
    ) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO() if answer is None else Terminal(answer))
        code = run([*words, "--endpoint-url", server.url, *(["--region", REGION] if ours else [])], ctx)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return ran


def test_create_asks_first_and_check_is_content(
    typed: Callable[..., tuple[int, str, str]], server: MiniStack, name: str
) -> None:
    address = f"s3://{name}"
    code, out, err = typed("bucket", "create", address)
    assert (code, out) == (WRONG_USE, "")
    assert "CreateBucket, which needs s3:CreateBucket on" in err
    assert "--yes goes on without asking" in err
    code, _, err = typed("bucket", "create", address, answer="no\n")
    assert (code, "Nothing was changed" in err) == (FAILED, True)
    assert typed("bucket", "check", address)[0] == FAILED
    code, out, err = typed("bucket", "create", address, answer="yes\n")
    assert (code, out) == (DONE, "")
    assert "Create the cloud app" in err
    # Commands that are suggested can be copied as they are.
    how = f"s3://{name} --region {REGION} --endpoint-url {server.url}\n"
    assert f"Then: main.py bucket wait {how}" in err
    assert f"then wait for it: main.py bucket wait {how}" in typed("bucket", "check", name)[1]
    code, _, err = typed("bucket", "create", name)
    assert (code, "Everything is as it should be" in err) == (DONE, True)
    code, out, _ = typed("bucket", "check", address)
    assert (code, "Delivery can work." in out) == (DONE, True)
    code, out, _ = typed("bucket", "check", address, "--json")
    assert (code, json.loads(out)["can_deliver"]) == (DONE, True)
    assert typed("bucket", "check", address, "--delivery", "live")[0] == FAILED


def test_plans_and_results_are_json_as_well(
    typed: Callable[..., tuple[int, str, str]], server: MiniStack, name: str
) -> None:
    code, out, _ = typed("bucket", "create", name, "--delivery", "live", "--plan", "--json")
    steps = json.loads(out)["steps"]
    assert (code, [step["state"] for step in steps]) == (DONE, ["needed"] * 4)
    assert steps[3]["request"]["Policy"] == delivery_policy(name, Delivery.LIVE.principal)
    code, out, _ = typed("bucket", "create", name, "--yes", "--json")
    assert (code, [step["outcome"] for step in json.loads(out)["steps"]]) == (DONE, ["ok"] * 4)
    code, out, err = typed("bucket", "policy", name, "--delivery", "live", "--yes", "--json")
    (step,) = json.loads(out)["steps"]
    assert (code, step["step"], step["outcome"]) == (DONE, "policy", "ok")
    assert f'+        "AWS": "{Delivery.LIVE.principal}"' in err
    assert len(json.loads(server.root().get_bucket_policy(Bucket=name)["Policy"])["Statement"]) == 4


def test_policies_are_printed_without_asking_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bucket", "policy", "fleet", "--print"]) == DONE
    assert json.loads(capsys.readouterr().out) == delivery_policy("fleet", Delivery.SANDBOX.principal)
    assert run(["bucket", "analyst-policy", f"s3://fleet/{APP}"]) == DONE
    shown = capsys.readouterr()
    assert json.loads(shown.out)["Statement"][1]["Resource"] == f"arn:aws:s3:::fleet/{APP}/*"
    assert f"main.py s3://fleet/{APP}" in shown.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["create", "Fleet"], "Only lower-case letters"),
        (["create", "s3://fleet/prefix"], "set up as a whole"),
        (["analyst-policy", "s3://*"], "not allowed here: *"),
        (["policy", "s3://*", "--print"], "not allowed here: *"),
        (["analyst-policy", f"s3://fleet/{BATCH}"], "A batch is not browsed alone"),
        (["policy", "fleet", "--principal", "*"], "ARN of a role or user"),
        (["wait"], "give an ADDRESS, or a saved connection"),
        (["wait", "fleet", "--timeout", "0"], "'0' is no number of minutes above 0"),
        (["wait", "fleet", "--timeout", "nan"], "'nan' is no number of minutes"),
        (["destroy", "fleet"], "invalid choice"),
    ],
)
def test_wrong_words(words: list[str], complaint: str, typed: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = typed("bucket", *words)
    assert (code, out, complaint in err) == (WRONG_USE, "", True)


def test_the_server_of_an_address_is_administered_and_a_word_alone_is_a_bucket(
    server: MiniStack, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Keys("test", "test").use(monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    settings.save(Settings(connections=[Connection("s3://another-one", name=name)]))
    assert run(["bucket", "create", f"{server.url}/{name}", "--region", REGION, "--yes"]) == DONE
    assert server.root().get_bucket_policy(Bucket=name)
    capsys.readouterr()
    assert run(["bucket", "create", f"{server.url}/{name}", "--endpoint-url", "https://lab:9000"]) == WRONG_USE
    assert "not on https://lab:9000" in capsys.readouterr().err
    for words, bucket in (([name], name), (["--connection", name], "another-one")):
        assert run(["bucket", "policy", *words, "--print"]) == DONE
        assert json.loads(capsys.readouterr().out) == delivery_policy(bucket, Delivery.SANDBOX.principal)


def test_another_region_is_refused_unless_meant(typed: Callable[..., tuple[int, str, str]], name: str) -> None:
    words = ("bucket", "create", name, "--plan", "--region", "eu-central-1")
    code, out, err = typed(*words, ours=False)
    assert (code, out, "--any-region" in err) == (FAILED, "", True)
    code, out, _ = typed(*words, "--any-region", ours=False)
    assert (code, "It will lie in eu-central-1" in out) == (DONE, True)


def test_what_was_done_is_said_where_a_step_fails(
    typed: Callable[..., tuple[int, str, str]], server: MiniStack, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add_user(f"{name}-user", allow("s3:*"), deny("s3:PutEncryptionConfiguration")).use(monkeypatch)
    code, _, err = typed("bucket", "create", name, "--yes")
    assert code == FAILED
    assert "Done: Create the bucket, Block public access on all four counts\n" in err
    assert "Not done: Allow delivery in the bucket's policy\n" in err
    assert f"s3:PutEncryptionConfiguration on arn:aws:s3:::{name}" in err


def test_what_is_left_out_is_said(
    typed: Callable[..., tuple[int, str, str]], server: MiniStack, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.create_bucket(name)
    server.add_user(f"{name}-user", allow("s3:*"), deny("s3:GetEncryptionConfiguration")).use(monkeypatch)
    code, _, err = typed("bucket", "create", name, "--yes")
    assert code == DONE
    assert "Left out, as it cannot be read whether it is so: Encrypt objects by default\n" in err
    assert "Everything else is as it should be." in err


def test_waiting_and_deleting_the_test_file(
    typed: Callable[..., tuple[int, str, str]], server: MiniStack, name: str
) -> None:
    server.create_bucket(name)
    client = server.root()
    code, _, err = typed("bucket", "delete-test-file", name, "--yes")
    assert (code, "There is no test file" in err) == (FAILED, True)
    client.put_object(Bucket=name, Key="test.json", Body=b"{}")
    ctx = JobContext(on_progress=lambda done, total, text: ctx.cancel() if text.startswith("Waiting") else None)
    code, out, _ = typed("bucket", "wait", name, "--json", ctx=ctx)
    assert code == CANCELLED
    (line,) = out.splitlines()
    assert {"kind": "test-file", "key": "test.json", "before": True}.items() <= json.loads(line).items()
    client.put_object(Bucket=name, Key=BATCH, Body=b"[]")
    code, _, err = typed("bucket", "delete-test-file", name, "--key", BATCH, "--yes")
    assert (code, "never deleted" in err) == (WRONG_USE, True)
    assert typed("bucket", "delete-test-file", name)[0] == WRONG_USE
    code, _, err = typed("bucket", "delete-test-file", name, "--yes")
    assert (code, "--key test.json" in err) == (WRONG_USE, True)
    code, _, err = typed("bucket", "delete-test-file", name, answer="yes\n")
    assert (code, "Deleted test.json" in err) == (DONE, True)
    assert f"Delete s3://{name}/test.json (2 B, stored 20" in err
    client.put_object(Bucket=name, Key="test.json", Body=b"{}")
    assert typed("bucket", "delete-test-file", name, "--yes", "--key", "test.json")[0] == DONE
    assert [item.get("Key") for item in client.list_objects_v2(Bucket=name)["Contents"]] == [BATCH]


def test_a_fleet_is_simulated_into_a_bucket_after_a_yes(
    typed: Callable[..., tuple[int, str, str]], server: MiniStack, name: str
) -> None:
    server.create_bucket(name)
    words = ("simulate", f"s3://{name}/try", "--vehicles", "2", "--days", "1")
    code, _, err = typed(*words, answer="\n")
    assert code == FAILED
    assert f"of 2 vehicles over 1 day in the bucket {name} below try/?" in err
    assert "Nothing was stored" in err
    assert typed(*words, "--yes")[0] == DONE
    assert server.root().list_objects_v2(Bucket=name, Prefix="try/")["KeyCount"] > 10
    code, _, err = typed("simulate", f"s3://{name}/try", "--live", "--yes")
    assert (code, "other data here already" in err) == (FAILED, True)
    assert typed(*words, "--live", "--yes")[0] == WRONG_USE
    ctx = JobContext(on_progress=lambda done, total, text: ctx.cancel() if "waiting" in text else None)
    code, _, err = typed("simulate", f"s3://{name}/live", "--live", "--vehicles", "1", "--yes", ctx=ctx)
    assert (code, "Delivered test.json" in err) == (DONE, True)


def test_a_fleet_is_simulated_at_the_server_that_an_address_names(
    server: MiniStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    Keys("test", "test").use(monkeypatch)
    server.create_bucket(name)
    with answering(lambda handler: send_answer(handler, 400)) as other:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", other.url)
        words = ["simulate", f"{server.url}/{name}/here", "--region", REGION, "--live", "--vehicles", "1", "--yes"]
        ctx = JobContext(on_progress=lambda done, total, text: ctx.cancel() if "waiting" in text else None)
        assert run(words, ctx) == DONE, capsys.readouterr().err
        assert other.requests == []
    assert server.root().list_objects_v2(Bucket=name, Prefix="here/")["KeyCount"] >= 2


@pytest.mark.parametrize(
    "word", ["s4://bucket", "gs://bucket/fleet", "s3:bucket", "S3A://", "arn:aws:iam::1:role/x", "fleet:1"]
)
def test_a_fleet_goes_into_no_folder_that_is_called_like_an_address(
    word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["simulate", word, "--vehicles", "1", "--days", "1", "--yes"]) == WRONG_USE
    assert "Traceback" not in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_fleet_goes_into_the_folder_of_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["simulate", (tmp_path / "fleet").as_uri(), "--vehicles", "1", "--days", "1"]) == DONE
    assert [path.name for path in tmp_path.iterdir()] == ["fleet"]
    assert str(tmp_path / "fleet") in capsys.readouterr().err
