from __future__ import annotations

import logging

import pytest

from core import logs, paths
from core.logs import redact

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    "text",
    [
        f"GET /fleet?X-Amz-Signature={SECRET}&list-type=2",
        f"GET /fleet?list-type=2&X-Amz-Security-Token={SECRET}",
        f"X-Amz-Credential={SECRET} end",
        f"x-amz-security-token: {SECRET}",
        f"'X-Amz-Security-Token': b'{SECRET}'",
        f"Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature={SECRET}",
        f"{{'Authorization': b'AWS4-HMAC-SHA256 Credential=a, Signature={SECRET}'}}",
        f"Authorization: Bearer {SECRET}",
        f"aws_secret_access_key = {SECRET}",
        f'"SecretAccessKey": "{SECRET}", "Expiration": "never"',
        f'{{"SessionToken": "{SECRET}"}}',
        f"AWS_SESSION_TOKEN={SECRET}",
        f"<SessionToken>{SECRET}</SessionToken>",
        f"'x-amz-sso_bearer_token': '{SECRET}'",
        f'{{"clientSecret": "{SECRET}", "deviceCode": "{SECRET}"}}',
        f'{{"codeVerifier": "{SECRET}", "refreshToken": "{SECRET}"}}',
        f"https://analyst:{SECRET.replace('/', '')}@s3.example.com/fleet",
    ],
)
def test_secrets_are_blacked_out(text: str) -> None:
    assert SECRET not in redact(text)
    assert SECRET.replace("/", "") not in redact(text)
    assert "[removed]" in redact(text)


def test_access_key_ids_are_blacked_out() -> None:
    assert redact("key AKIAIOSFODNN7EXAMPLE used") == "key AKIA[removed] used"


@pytest.mark.parametrize(
    "text",
    [
        "s3://fleet/9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json was read",
        "http://127.0.0.1:4566/fleet?list-type=2&prefix=a%2Fb",
        "the SSO token of profile analyst has expired",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.expects_log("odograph.test")
def test_records_go_to_the_file_and_warnings_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    end = logs.set_up()
    try:
        log = logging.getLogger("odograph.test")
        log.debug("a detail")
        log.info("listed %d batches", 3)
        log.warning("signature X-Amz-Signature=%s", SECRET)
        try:
            raise ValueError(f"aws_session_token={SECRET}")
        except ValueError:
            log.exception("it broke")
    finally:
        end()
    written = logs.log_file().read_text("utf-8")
    assert "INFO odograph.test" in written
    assert "listed 3 batches" in written
    assert "a detail" not in written
    assert "ValueError" in written
    shown = capsys.readouterr().err
    assert "listed" not in shown
    assert "odograph: signature" in shown
    assert SECRET not in written + shown


@pytest.mark.expects_log("botocore")
@pytest.mark.parametrize("verbose", [False, True])
def test_what_the_aws_packages_warn_of_is_for_those_who_want_details(
    verbose: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    end = logs.set_up(verbose)
    logging.getLogger("botocore.credentials").warning("refreshing failed")
    end()
    assert "refreshing failed" in logs.log_file().read_text("utf-8")
    assert ("refreshing failed" in capsys.readouterr().err) is verbose


def test_verbose_writes_details_and_ends_cleanly(capsys: pytest.CaptureFixture[str]) -> None:
    handlers = list(logging.getLogger().handlers)
    end = logs.set_up(verbose=True)
    logging.getLogger("odograph.test").debug("a detail")
    end()
    logging.getLogger("odograph.test").info("after the end")
    assert "a detail" in logs.log_file().read_text("utf-8")
    assert "after the end" not in logs.log_file().read_text("utf-8")
    assert "a detail" in capsys.readouterr().err
    assert logging.getLogger().handlers == handlers


@pytest.mark.expects_log("odograph")
def test_a_log_folder_that_cannot_be_made_costs_the_log_alone(capsys: pytest.CaptureFixture[str]) -> None:
    paths.log_folder().parent.mkdir(parents=True)
    paths.log_folder().write_text("in the way")
    end = logs.set_up()
    end()
    assert "no log file is written" in capsys.readouterr().err


def test_secrets_that_are_known_are_blacked_out_whatever_they_look_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_hidden", set[str]())
    logs.hide("correct horse battery", "password", "short", "")
    assert logs.redact("with correct horse battery.") == "with [removed]."
    # A secret may be the very word by which another one is found.
    assert logs.redact("password=hunter2-hunter2").count("hunter2") == 0
    assert logs.redact("a short word") == "a short word"
