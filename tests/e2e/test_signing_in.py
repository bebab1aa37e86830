"""A session that is over, in the window: one message, one dialog, and everything that was interrupted goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPushButton

from core import paths
from core.jobs import JobContext
from core.storage import sso_cache
from core.storage.sso import sign_in
from core.storage.sso_config import single_sign_on
from gui.dialogs.sign_in import SignInDialog
from gui.messages import Notice, Severity
from tests import faults, sso_server
from tests.servers import Keys, MiniStack, allow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.conftest import Desk, Fleet
    from tests.faults import Faults
    from tests.sso_server import SignOn

BUCKET = "signing-in-fleet"
ADDRESS = f"s3://{BUCKET}"


@pytest.fixture(scope="module")
def reader(server: MiniStack, fleet: Fleet) -> Keys:
    """The small fleet's last day in a bucket, and who may list and read it."""
    day = f"{fleet.truth.days[-1]:%Y/%m/%d}"
    files = [path for path in fleet.folder.rglob("*.json") if f"/{day}/" in path.as_posix()]
    server.create_bucket(BUCKET)
    objects = {path.relative_to(fleet.folder).as_posix(): path.read_bytes() for path in files}
    server.put(BUCKET, objects, server.add_user("signing-in-owner", allow("s3:*")))
    return server.add_user(
        "signing-in-reader", allow("s3:ListBucket", on=BUCKET), allow("s3:GetObject", on=f"{BUCKET}/*")
    )


@pytest.fixture(scope="module")
def portal(server: MiniStack, reader: Keys) -> Iterator[SignOn]:
    with sso_server.signing_on(server, reader) as running:
        yield running


@pytest.fixture
def proxy(server: MiniStack) -> Iterator[Faults]:
    with faults.faulty(server.url) as running:
        yield running


class Browser(QObject):
    """Takes the addresses that the window opens."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        self.pages.append(address.toString())


@pytest.fixture
def browser(portal: SignOn, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser whose pages a test confirms; nobody is signed in."""
    portal.end_all()
    sso_server.use(portal, monkeypatch)
    browser = Browser()
    QDesktopServices.setUrlHandler("http", browser, "open")  # type: ignore[arg-type]
    yield browser
    QDesktopServices.unsetUrlHandler("http")


def notice(desk: Desk) -> Notice:
    """The only thing that the window has to say beside news."""
    (one,) = [one for one in desk.messages.notices if one.severity is not Severity.INFO]
    return one


def troubles(desk: Desk) -> list[str]:
    """Titles of what the window has to say beside news."""
    return [one.title for one in desk.messages.notices if one.severity is not Severity.INFO]


def press(desk: Desk, action: str) -> None:
    """Press the button of the notice."""
    (button,) = [one for one in desk.window.findChildren(QPushButton) if one.text() == action and one.isVisible()]
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def dialog(desk: Desk, browser: Browser, pages: int = 1) -> SignInDialog:
    """The dialog once it shows what to do."""
    desk.wait(lambda: len(browser.pages) == pages)
    found = desk.dialog(SignInDialog)
    assert isinstance(found, SignInDialog)
    return found


@pytest.mark.expects_log("botocore")
def test_opening_goes_on_once_somebody_is_signed_in(
    desk: Desk, server: MiniStack, portal: SignOn, browser: Browser
) -> None:
    desk.open(ADDRESS, profile="analyst", endpoint_url=server.url)
    assert troubles(desk) == ["Nobody is signed in to the single sign-on of the profile “analyst”"]
    assert desk.session.source is None
    assert not (paths.data_folder() / "archives").exists()
    before = notice(desk)
    press(desk, "Sign in…")
    shown = dialog(desk, browser)
    assert not shown.isModal()
    assert browser.pages[0].endswith(f"user_code={shown.code.text()}")
    assert shown.time_left.startswith(("Time left: 10:00", "Time left: 9:"))
    desk.qtbot.mouseClick(shown.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == shown.code.text()
    desk.qtbot.mouseClick(shown.open_button, Qt.MouseButton.LeftButton)
    assert browser.pages[1] == browser.pages[0]
    # The message stays as long as nobody is signed in; pressed again, it brings no second dialog.
    press(desk, "Sign in…")
    assert desk.window.findChildren(SignInDialog) == [shown]
    portal.refuse(browser.pages[0])
    desk.wait(lambda: "refused in the browser" in shown.text)
    assert notice(desk).says_the_same(before)
    desk.qtbot.mouseClick(shown.again_button, Qt.MouseButton.LeftButton)
    dialog(desk, browser, 3)
    assert browser.pages[2] != browser.pages[0]
    desk.qtbot.mouseClick(shown.other_button, Qt.MouseButton.LeftButton)
    dialog(desk, browser, 4)
    assert "/authorize?" in browser.pages[3]
    assert not shown.code.isVisible()
    desk.qtbot.mouseClick(shown.cancel_button, Qt.MouseButton.LeftButton)
    desk.wait(lambda: not desk.jobs.jobs)
    assert notice(desk).says_the_same(before)
    assert not sso_cache.token_file(single_sign_on("analyst")).exists()
    # Coming back from signing in on a terminal is enough.
    sign_in("analyst", JobContext(), lambda prompt: portal.confirm(prompt.address))
    application = QGuiApplication.instance()
    assert isinstance(application, QGuiApplication)
    application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    desk.wait(lambda: desk.session.source is not None)
    desk.wait_until_settled()
    assert troubles(desk) == []
    archive = desk.session.archive
    assert archive is not None
    assert archive.recorded()


@pytest.mark.expects_log("botocore")
def test_everything_that_was_interrupted_goes_on_by_itself(
    desk: Desk, fleet: Fleet, portal: SignOn, proxy: Faults, browser: Browser
) -> None:
    sign_in("analyst", JobContext(), lambda prompt: portal.confirm(prompt.address))
    # The session ends after some batches.
    read: list[str] = []

    def later(path: str) -> bool:
        if faults.reads(path):
            read.append(path)
            if len(read) == 10:
                portal.end_all()
        return len(read) >= 10

    proxy.add(faults.expired_token, on=later)
    desk.open(ADDRESS, profile="analyst", endpoint_url=proxy.url)
    session, archive = desk.session, desk.session.archive
    assert archive is not None
    desk.wait(lambda: session.interruptions.held == 1)
    # Settled does not mean that it has ended: it pauses and says why.
    (load,) = [job for job in desk.jobs.jobs if job.can_pause]
    assert load.paused
    kept = len(archive.recorded())
    assert kept < 10
    # The list of a day and a batch's messages are interrupted too, and there is still one message.
    app, level, day = next(iter(archive.day_states()), ("", "", ""))
    app, level, day = app or fleet.truth.plan.app, level or "level13", day or fleet.truth.days[-1].isoformat()
    batches = [path for path in fleet.folder.rglob("*.json") if f"/{day.replace('-', '/')}/" in path.as_posix()]
    session.list_day((app, level, day))
    session.open_batch(batches[0].relative_to(fleet.folder).as_posix())
    session._look()
    desk.wait_until_settled()
    assert notice(desk).title == "The session of the profile “analyst” has expired"
    assert notice(desk).hint == "Sign in, and what was interrupted goes on by itself."
    assert desk.panels.messages.model.rowCount() == 0
    press(desk, "Sign in…")
    dialog(desk, browser)
    proxy.clear()
    portal.confirm(browser.pages[0])
    desk.wait(lambda: not session.interruptions.held)
    desk.wait_until_settled()
    assert troubles(desk) == []
    assert len(archive.recorded()) == sum(
        f"/{day.replace('-', '/')}/" in p.as_posix() for p in fleet.folder.rglob("*.json")
    )
    assert archive.upkeep.verify(JobContext()).sound
    assert desk.panels.messages.model.rowCount() > 0
    # What is recorded can be seen also while nobody is signed in.
    portal.end_all()
    desk.open(ADDRESS, profile="analyst", endpoint_url=proxy.url)
    assert troubles(desk) == ["The session of the profile “analyst” has expired"]
    assert session.source is not None
    assert desk.panels.vehicles.model.rowCount() > 0


def temporary(server: MiniStack, keys: Keys) -> str:
    """A file of credentials with a session of its own."""
    made = sso_server.short_lived(server, keys, 3600)
    return (
        f"[analyst]\naws_access_key_id = {made['AccessKeyId']}\naws_secret_access_key = {made['SecretAccessKey']}\n"
        f"aws_session_token = {made['SessionToken']}\n"
    )


def test_keys_that_were_renewed_outside_are_taken_when_it_is_tried_again(
    desk: Desk, server: MiniStack, reader: Keys, proxy: Faults, home: Path
) -> None:
    (home / "aws-credentials").write_text(temporary(server, reader))
    proxy.add(faults.expired_token, on=lambda _path: True)
    desk.open(ADDRESS, profile="analyst", endpoint_url=proxy.url)
    expired = "The credentials of the profile “analyst” have expired"
    assert notice(desk).title == expired
    assert "aws configure --profile analyst" in notice(desk).hint
    press(desk, "Try again")
    desk.wait_until_settled()
    assert notice(desk).title == expired
    assert desk.session.source is None
    proxy.clear()
    (home / "aws-credentials").write_text(temporary(server, reader))
    press(desk, "Try again")
    desk.wait_until_settled()
    assert troubles(desk) == []
    assert desk.session.archive is not None
    assert desk.session.archive.recorded()
