from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from core import logs
from core.cli.program import DONE, FAILED, run
from core.jobs import JobContext
from core.sandbox.simulate import SimulationPlan, SimulationResult, simulate_fleet
from tests.servers import REGION, Keys, MiniStack, allow

PLAN = SimulationPlan(vehicles=3, days=1, seed=7)
BUCKET = "commands-fleet"
ADDRESS = f"s3://{BUCKET}/backup"


@pytest.fixture(scope="session")
def stored(server: MiniStack) -> SimulationResult:
    """What was stored in the bucket."""
    objects: dict[str, bytes] = {}
    result = simulate_fleet(PLAN, lambda key, content: objects.update({f"backup/{key}": content}), JobContext())
    server.create_bucket(BUCKET)
    server.put(BUCKET, objects, server.add_user("commands-writer", allow("s3:*")))
    return result


@pytest.fixture(scope="session")
def reader(server: MiniStack) -> Keys:
    """A user who may read one prefix of the bucket and nothing else."""
    return server.add_user(
        "commands-reader",
        allow("s3:ListBucket", on=BUCKET, prefix="backup"),
        allow("s3:GetObject", on=f"{BUCKET}/backup/*"),
    )


def options(server: MiniStack, keys: Keys) -> list[str]:
    """The words that reach the server, with the keys in a profile of the AWS configuration."""
    profile = f"[analyst]\naws_access_key_id = {keys.access}\naws_secret_access_key = {keys.secret}\n"
    Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"]).write_text(profile)
    return ["--endpoint-url", server.url, "--region", REGION, "--profile", "analyst"]


def test_from_a_bucket_to_a_file(
    server: MiniStack, stored: SimulationResult, reader: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = options(server, reader)
    assert run(["sync", ADDRESS, *more]) == DONE
    assert run(["sync", ADDRESS, *more]) == DONE
    assert f"{stored.batches:,} were recorded before" in capsys.readouterr().err
    assert run(["batches", ADDRESS, "--json", *more]) == DONE
    (day,) = json.loads(capsys.readouterr().out)
    assert (day["batches"], day["state"]) == (stored.batches, "recorded")
    target = tmp_path / "out.csv"
    assert run(["export", ADDRESS, "--property", "diagnostics.odometer", "-o", str(target), *more]) == DONE
    assert len(target.read_text().splitlines()) == 1 + sum(len(stored.odometer[vin]) for vin in stored.odometer)


def test_what_is_recorded_can_be_exported_without_the_server(
    server: MiniStack, stored: SimulationResult, reader: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = options(server, reader)
    assert run(["sync", ADDRESS, *more]) == DONE
    more = options(server, Keys(reader.access, "wrong"))
    capsys.readouterr()
    assert run(["export", ADDRESS, "-o", str(tmp_path / "out.csv"), *more]) == DONE
    assert "could not be checked" in capsys.readouterr().err
    assert (tmp_path / "out.csv").stat().st_size > 1000


@pytest.mark.parametrize("address", [ADDRESS, f"s3://{BUCKET}/other", "s3://no-such-bucket"])
def test_what_the_server_refuses_is_named_without_secrets(
    address: str, server: MiniStack, reader: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = Keys(reader.access, "A" * 40) if address == ADDRESS else reader
    assert run(["sync", address, "--verbose", *options(server, keys)]) == FAILED
    shown = capsys.readouterr()
    assert address.split("/")[2] in shown.err or "analyst" in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""
    assert keys.secret not in shown.err + logs.log_file().read_text("utf-8")
