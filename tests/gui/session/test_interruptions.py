from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject

from core.errors import CredentialsMissing, CredentialsRejected, OdographError, SignInNeeded, SourceUnreachable
from core.jobs import JobCancelled, JobContext
from core.sync import SyncResult
from gui.session.interruptions import Held, Interruptions, hold

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

ENDED = SignInNeeded("The session has expired", profile="analyst")


@pytest.fixture
def interruptions(qapp: QApplication) -> Interruptions:
    owner = QObject()
    made = Interruptions(owner)
    made.setParent(None)
    return made


def test_everything_goes_on_once_and_what_fails_again_comes_again(interruptions: Interruptions) -> None:
    said: list[str] = []
    interruptions.came.connect(lambda error: said.append(error.title))
    interruptions.over.connect(lambda: said.append("over"))
    interruptions.add("list", ENDED, lambda: said.append("list"))
    interruptions.add("list", ENDED, lambda: said.append("list again"))
    interruptions.add("batch", ENDED, lambda: interruptions.add("batch", ENDED, lambda: said.append("batch")))
    interruptions.add("look", ENDED, lambda: said.append("look"))
    interruptions.drop("look")
    said.clear()
    interruptions.go_on()
    assert said == ["over", "list again", ENDED.title]
    said.clear()
    interruptions.go_on()
    interruptions.go_on()
    assert said == ["over", "batch"]


@pytest.mark.parametrize(
    ("error", "always", "told", "kept"),
    [
        (ENDED, False, 0, 1),
        (CredentialsMissing("No credentials found"), True, 1, 1),
        (CredentialsRejected("Wrong"), False, 0, 1),
        (SourceUnreachable("No network"), False, 1, 0),
    ],
)
def test_only_what_is_about_credentials_is_kept(
    interruptions: Interruptions, error: OdographError, always: bool, told: int, kept: int
) -> None:
    others: list[object] = []
    went_on: list[str] = []
    slot = interruptions.failed("open", lambda: went_on.append("open"), others.append, always=always)
    slot(error)
    interruptions.go_on()
    assert (len(others), len(went_on)) == (told, kept)


def test_a_load_that_is_held_pauses_until_it_is_resumed_or_cancelled() -> None:
    said: list[object] = []

    def resumed(part: object) -> None:
        assert ctx.paused
        said.append(part)
        ctx.resume()

    ctx = JobContext(on_partial=resumed)
    hold(ctx)(ENDED, SyncResult())
    assert said == [Held(ENDED)]
    ctx = JobContext(on_partial=lambda _part: ctx.cancel())
    with pytest.raises(JobCancelled):
        hold(ctx)(ENDED, SyncResult())
