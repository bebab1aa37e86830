"""Steps as texts."""

from __future__ import annotations

import json

import pytest

from core.steps import Step, StepState, report, seconds_text, to_json

STEPS = (
    Step("resolve", "Find the server", StepState.OK, "127.0.0.1", seconds=0.0121),
    Step("list", "List", StepState.FAILED, "Access denied", "Ask for it.", "ClientError: 403\n\nRequest 1", 1.26),
    Step("read", "Read", StepState.SKIPPED),
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "<1 ms"),
        (0.0121, "12 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (59.94, "59.9 s"),
        (60.2, "1 min"),
        (200, "3 min 20 s"),
    ],
)
def test_how_long_it_took(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


def test_report_tells_everything() -> None:
    assert report(STEPS).splitlines() == [
        "Find the server: ok: 127.0.0.1 (12 ms)",
        "List: failed: Access denied (1.3 s)",
        "    What to do: Ask for it.",
        "    Detail: ClientError: 403",
        "    Detail: Request 1",
        "Read: skipped",
    ]


def test_json_has_every_field() -> None:
    read = json.loads(json.dumps(to_json(STEPS)))
    assert [item["state"] for item in read] == ["ok", "failed", "skipped"]
    assert read[1] | {"seconds": None} == {
        "id": "list",
        "title": "List",
        "state": "failed",
        "result": "Access denied",
        "hint": "Ask for it.",
        "detail": "ClientError: 403\n\nRequest 1",
        "seconds": None,
    }


def test_what_is_over() -> None:
    assert [state for state in StepState if not state.over] == [StepState.WAITING, StepState.RUNNING]
