"""Signing in on the command line, and what the other commands say where it is needed."""

from __future__ import annotations

import json
import threading
import webbrowser
from typing import TYPE_CHECKING

import pytest

from core import paths
from core.archive.archive import Archive
from core.cli.program import CANCELLED, DONE, FAILED, WRONG_USE, run
from core.connections import S3Options
from core.jobs import JobContext
from core.sandbox.simulate import SimulationPlan, SimulationResult, simulate_fleet
from core.storage.connection import open_source
from core.storage.sso import sign_in
from tests import faults, sso_server
from tests.servers import MiniStack, allow, write_profiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sso_server import SignOn

BUCKET = "login-fleet"
ADDRESS = f"s3://{BUCKET}"


@pytest.fixture(scope="module")
def stored(server: MiniStack) -> SimulationResult:
    """What was stored in the bucket."""
    objects: dict[str, bytes] = {}
    result = simulate_fleet(SimulationPlan(vehicles=2, days=1, seed=7), objects.__setitem__, JobContext())
    server.create_bucket(BUCKET)
    server.put(BUCKET, objects, server.add_user("login-writer", allow("s3:*")))
    return result


@pytest.fixture(scope="module")
def portal(server: MiniStack, stored: SimulationResult) -> Iterator[SignOn]:
    reader = server.add_user("login-reader", allow("s3:ListBucket", on=BUCKET), allow("s3:GetObject", on=f"{BUCKET}/*"))
    with sso_server.signing_on(server, reader) as running:
        yield running


@pytest.fixture
def opened(portal: SignOn, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that were opened in the browser, where a person confirms them at once."""
    portal.end_all()
    sso_server.use(portal, monkeypatch)
    monkeypatch.setenv("DISPLAY", ":0")
    pages: list[str] = []

    def browse(address: str) -> bool:
        pages.append(address)
        if "user_code" in address:
            portal.confirm(address)
        else:
            threading.Thread(target=portal.visit, args=(address,)).start()
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    return pages


@pytest.mark.expects_log("botocore")
@pytest.mark.usefixtures("stored")
def test_every_command_says_how_to_sign_in_and_works_after_it(
    portal: SignOn, server: MiniStack, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--endpoint-url", server.url, "--profile", "analyst"]
    for command in (["sync", ADDRESS], ["batches", ADDRESS], ["export", ADDRESS, "--sync"]):
        assert run([*command, *more]) == FAILED
        err = capsys.readouterr().err
        assert "main.py login --profile analyst" in err
        assert "Traceback" not in err
    assert run(["login", "--profile", "analyst"]) == DONE
    said = capsys.readouterr()
    assert said.out == ""
    assert opened[0] in said.err
    assert said.err.rstrip().endswith("Signed in with the profile analyst")
    assert run(["sync", ADDRESS, *more]) == DONE
    assert run(["login", "--profile", "analyst", "--redirect", "--quiet"]) == DONE
    assert "/authorize?" in opened[1]
    assert "on this computer" in capsys.readouterr().err
    assert run(["batches", ADDRESS, "--json", *more]) == DONE
    assert json.loads(capsys.readouterr().out)[0]["state"] == "recorded"
    portal.end_all()
    # What is recorded needs nobody.
    assert run(["series", ADDRESS, *more]) == DONE


@pytest.mark.parametrize("display", [True, False])
def test_the_page_and_the_code_are_printed_where_no_browser_is_opened(
    portal: SignOn,
    opened: list[str],
    display: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    if not display:
        monkeypatch.delenv("DISPLAY")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(portal, "elsewhere", True)
    assert run(["login", "--profile", "analyst", *(["--no-browser"] if display else [])]) == DONE
    page, code = (line.strip() for line in capsys.readouterr().err.splitlines() if line.startswith("  "))
    assert page.endswith(f"user_code={code}")
    assert opened == []


def test_what_goes_wrong_has_its_exit_code(
    portal: SignOn, opened: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    def refuse(address: str) -> bool:
        portal.refuse(address)
        return True

    monkeypatch.setattr(webbrowser, "open", refuse)
    assert run(["login", "--profile", "analyst"]) == FAILED
    assert "refused in the browser" in capsys.readouterr().err
    ctx = JobContext()

    def give_up(_address: str) -> bool:
        ctx.cancel()
        return True

    monkeypatch.setattr(webbrowser, "open", give_up)
    assert run(["login", "--profile", "analyst"], ctx) == CANCELLED
    write_profiles({"keys": {"region": "eu-west-1"}})
    assert run(["login", "--profile", "keys"]) == WRONG_USE
    assert run(["login", "--profile", "nobody"]) == FAILED
    assert run(["login", "somewhere"]) == WRONG_USE
    assert "no such profile: nobody" in capsys.readouterr().err


@pytest.mark.expects_log("botocore")
def test_a_sync_whose_session_ends_keeps_what_it_has(
    portal: SignOn,
    server: MiniStack,
    stored: SimulationResult,
    opened: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["login", "--profile", "analyst"]) == DONE
    read: list[str] = []

    def later(path: str) -> bool:
        if faults.reads(path):
            read.append(path)
            if len(read) == 20:
                portal.end_all()
        return len(read) >= 20

    with faults.faulty(server.url) as proxy:
        proxy.add(faults.expired_token, on=later)
        more = ["--endpoint-url", proxy.url, "--profile", "analyst"]
        assert run(["sync", ADDRESS, *more]) == FAILED
        err = capsys.readouterr().err
        assert "The session of the profile “analyst” has expired" in err
        assert "main.py login --profile analyst" in err
        assert "The rest is still to be recorded" in err
        identity = open_source(ADDRESS, S3Options(endpoint_url=proxy.url)).identity
        archive = Archive.open(paths.archive_folder(identity))
        kept = len(archive.recorded())
        assert 0 < kept < 20
        proxy.clear()
        assert run(["login", "--profile", "analyst"]) == DONE
        assert run(["sync", ADDRESS, *more]) == DONE
        assert f"{stored.batches - kept} batches recorded" in capsys.readouterr().err
        assert len(archive.recorded()) == stored.batches


class Watchful(JobContext):
    """Does not wait between two looks; a person signs in before the third, and ends it after that."""

    def __init__(self, portal: SignOn) -> None:
        super().__init__()
        self.looks = 0
        self._portal = portal

    def wait(self, seconds: float) -> None:
        if seconds < 60:
            super().wait(seconds)
            return
        self.looks += 1
        if self.looks == 3:
            sign_in("analyst", JobContext(), lambda prompt: self._portal.confirm(prompt.address))
        if self.looks == 4:
            self.cancel()
        self.check()


@pytest.mark.expects_log("botocore")
@pytest.mark.usefixtures("stored", "opened")
def test_watching_goes_on_while_nobody_is_signed_in(
    portal: SignOn, server: MiniStack, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--endpoint-url", server.url, "--profile", "analyst"]
    assert run(["login", "--profile", "analyst"]) == DONE
    assert run(["sync", ADDRESS, *more]) == DONE
    portal.end_all()
    capsys.readouterr()
    ctx = Watchful(portal)
    assert run(["sync", ADDRESS, "--watch", *more], ctx) == DONE
    lines = capsys.readouterr().err.splitlines()
    assert ctx.looks == 4
    ended = [line for line in lines if "has expired" in line]
    assert len(ended) == 2  # at first, and once while it is watched
    assert lines[-2:] == ["The source can be read again", "Ended"]
