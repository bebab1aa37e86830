"""The command that tests a connection, against a real S3 server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from core.cli.program import DONE, FAILED, WRONG_USE, run
from tests.servers import REGION, Keys, MiniStack, allow

if TYPE_CHECKING:
    from pathlib import Path

BUCKET = "probed-fleet"
BATCH = "9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"


@pytest.fixture(scope="module")
def reader(server: MiniStack) -> Keys:
    server.create_bucket(BUCKET)
    server.put(BUCKET, {BATCH: b"[]"}, server.add_user("probed-writer", allow("s3:*")))
    return server.add_user("probed-reader", allow("s3:ListBucket", on=BUCKET), allow("s3:GetObject", on=f"{BUCKET}/*"))


def test_a_step_a_line_and_what_to_do(
    server: MiniStack, reader: Keys, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.use(monkeypatch)
    words = ["test-connection", f"s3://{BUCKET}", "--endpoint-url", server.url]
    assert run([*words, "--region", REGION]) == DONE
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines] == ["ok", "ok", "skipped", "ok", "ok", "ok"]
    assert lines[0].startswith("ok       Resolve the server's name  127.0.0.1  (")
    assert said.err == f"s3://{BUCKET} can be browsed\n"
    assert run([*words, "--region", "us-west-2"]) == FAILED
    said = capsys.readouterr()
    assert f"         It lies in {REGION}, not in us-west-2: choose {REGION}, or leave the region empty." in said.out
    assert said.out.splitlines()[-1] == "skipped  Read one object"
    assert said.err == f"s3://{BUCKET} cannot be browsed\n"


def test_json(
    server: MiniStack, reader: Keys, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.use(monkeypatch)
    words = ["test-connection", f"s3://{BUCKET}", "--endpoint-url", server.url, "--region", REGION, "--json", "--quiet"]
    assert run(words) == DONE
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert not said.err
    assert {name: found[name] for name in ("browsable", "region", "permissions")} == {
        "browsable": True,
        "region": REGION,
        "permissions": {"list": "allowed", "read": "allowed"},
    }
    assert [step["id"] for step in found["steps"]] == ["resolve", "connect", "tls", "authenticate", "list", "read"]


def test_folders_and_wrong_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test-connection", str(tmp_path)]) == DONE
    assert "warning  List objects     Nothing lies below this address" in capsys.readouterr().out
    assert run(["test-connection", str(tmp_path / "missing")]) == FAILED
    assert "There is no such folder" in capsys.readouterr().out
    assert run(["test-connection", "s3://?"]) == WRONG_USE
