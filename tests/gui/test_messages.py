"""Notices: kept until somebody shows them, replaced, dismissed, logged."""

from __future__ import annotations

import logging

import pytest

from core.errors import AccessDenied
from gui.messages import MAX_NOTICES, MessageCenter, Severity


def error() -> AccessDenied:
    return AccessDenied("No permission to list", subject="s3://fleet", hint="Ask for s3:ListBucket", detail="403")


def test_newest_first_and_dismissed(qapp: object) -> None:
    center = MessageCenter()
    changes: list[int] = []
    center.changed.connect(lambda: changes.append(len(center.notices)))
    first = center.show_error(error())
    second = center.show_info("Exported 3 rows")
    assert list(center.notices) == [second, first]
    assert first.severity is Severity.ERROR
    assert first.report == error().report()
    center.dismiss(first)
    center.dismiss(first)
    assert list(center.notices) == [second]
    center.dismiss_all()
    center.dismiss_all()
    assert list(center.notices) == []
    assert changes == [1, 2, 1, 0]


def test_a_later_notice_replaces(qapp: object) -> None:
    center = MessageCenter()
    center.show_info("Loading", replace_id="load")
    other = center.show_warning("Other")
    last = center.show_error(error(), replace_id="load")
    assert list(center.notices) == [last, other]
    center.dismiss_id("load")
    center.dismiss_id("no such")
    assert list(center.notices) == [other]


def test_the_same_again_does_not_pile_up(qapp: object) -> None:
    center = MessageCenter()
    for _ in range(5):
        center.show_error(error())
    assert len(center.notices) == 1
    for number in range(MAX_NOTICES + 5):
        center.show_warning(f"Warning {number}")
    assert len(center.notices) == MAX_NOTICES
    assert center.notices[0].title == f"Warning {MAX_NOTICES + 4}"


def test_everything_is_logged_and_no_known_error_as_a_warning(qapp: object, caplog: pytest.LogCaptureFixture) -> None:
    center = MessageCenter()
    with caplog.at_level(logging.INFO, logger="odograph.notices"):
        center.show_error(error())
        center.show_warning("Half", subject="key", hint="Look", detail="more")
        center.show_info("Done", subject="file.csv")
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.INFO, "error: No permission to list: s3://fleet. Ask for s3:ListBucket"),
        (logging.INFO, "warning: Half: key. Look"),
        (logging.INFO, "info: Done: file.csv"),
    ]
    assert center.notices[1].report == "Half\nkey\nLook\nmore"


@pytest.mark.expects_log("odograph.notices")
def test_another_exception_is_a_fault_with_its_traceback(qapp: object, caplog: pytest.LogCaptureFixture) -> None:
    center = MessageCenter()
    try:
        raise ZeroDivisionError("a fault of ours")
    except ZeroDivisionError as fault:
        notice = center.show_error(fault, action="Retry", callback=lambda: None)
    assert notice.title == "A fault in Odograph"
    assert "ZeroDivisionError: a fault of ours" in notice.report
    assert notice.action == "Retry"
    assert "ZeroDivisionError" in caplog.text
