"""A source that is open is looked at again and again; what is on the screen grows and stays where it is."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.settings import Settings
from core.storage.keys import parse_key
from tests.e2e.test_main_job import chart_odometer, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.messages import Notice
    from tests.e2e.conftest import Desk, Fleet


@pytest.fixture
def growing(fleet: Fleet, tmp_path: Path) -> tuple[Path, list[Path]]:
    """A copy of the fleet without its last ten batches, and these."""
    source = tmp_path / "growing"
    shutil.copytree(fleet.folder, source)
    keys = sorted(path for path in source.rglob("*.json") if parse_key(path.relative_to(source).as_posix()))
    (tmp_path / "kept").mkdir()
    for path in keys[-10:]:
        path.rename(tmp_path / "kept" / path.name)
    return source, keys[-10:]


def deliver(path: Path) -> None:
    """Let a batch arrive as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path.parents[6] / "kept" / path.name, path)  # noqa: PTH105 - says what it does


def look(desk: Desk) -> None:
    """What the clock does after a minute."""
    desk.session.watching._timer.timeout.emit()
    desk.wait_until_settled()


def test_new_batches_appear_and_nothing_moves(desk: Desk, growing: tuple[Path, list[Path]]) -> None:
    source, coming = growing
    desk.open(str(source))
    archive = desk.session.archive
    assert archive is not None
    before = len(archive.recorded())
    key = chart_odometer(desk)
    desk.wait_until_settled()
    timeline, panel = desk.panels.timeline, desk.panels.batches
    series = timeline.series(key)
    assert series is not None
    day = find(panel.shown, str(panel.shown.index(0, 0).data()), "level13", "2026")
    panel.tree.expand(panel.shown.index(0, 0))
    panel.tree.expand(day)
    month = panel.shown.index(0, 0, day)
    panel.tree.expand(month)
    newest = panel.shown.index(0, 0, month)
    panel.tree.expand(newest)
    desk.wait_until_settled()
    batch = panel.shown.index(2, 0, newest)
    panel.tree.setCurrentIndex(batch)
    desk.wait_until_settled()
    chosen, shown = str(panel.tree.currentIndex().data()), panel.shown.rowCount(newest)
    timeline.zoom_time(0.25)
    visible = timeline.visible_range()
    vins, notices = desk.panels.vehicles.selected_vins(), desk.messages.notices
    for path in coming[:5]:
        deliver(path)
    look(desk)
    assert len(archive.recorded()) == before + 5
    assert timeline.visible_range() == visible
    longer = timeline.series(key)
    assert longer is not None
    assert len(longer) >= len(series)
    assert panel.tree.isExpanded(panel.shown.index(0, 0, panel.shown.index(0, 0, day)))
    assert str(panel.tree.currentIndex().data()) == chosen
    assert panel.shown.rowCount(panel.tree.currentIndex().parent()) == shown + 5
    assert desk.panels.vehicles.selected_vins() == vins
    assert desk.messages.notices == notices
    # Nothing new: nothing is read or shown anew.
    version, scrolled = archive.version(), panel.tree.verticalScrollBar().value()
    look(desk)
    assert (archive.version(), panel.tree.verticalScrollBar().value()) == (version, scrolled)
    for path in coming[5:]:
        deliver(path)
    look(desk)
    assert len(archive.recorded()) == before + 10
    assert desk.panels.source_text.full_text.count(f"{before + 10:,}") == 1


def test_trouble_is_said_once_and_passes_by_itself(desk: Desk, growing: tuple[Path, list[Path]]) -> None:
    source, coming = growing
    desk.open(str(source))
    label = desk.window._watch_switch.label
    assert label.text().startswith("Listed at ")
    repeated = desk.session.watching.state.repeated
    assert repeated > 0
    assert f"{repeated} messages had been delivered before" in label.toolTip()
    away = source.with_name("away")
    source.rename(away)
    look(desk)
    (notice,) = [one for one in desk.messages.notices if "Looking for new batches does not work" in one.title]
    assert label.text().startswith("Not reached since ")
    desk.messages.dismiss(notice)
    others = desk.messages.notices
    look(desk)
    assert desk.messages.notices == others
    away.rename(source)
    deliver(coming[0])
    look(desk)
    assert label.text().startswith("Listed at ")
    assert desk.messages.notices == others


def test_a_new_batch_that_cannot_be_fetched_is_named_once(
    desk: Desk, growing: tuple[Path, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, coming = growing
    desk.open(str(source))
    others, refused = desk.messages.notices, set(coming[:1])
    read = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path in refused:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return read(path)

    def told() -> list[Notice]:
        return [notice for notice in desk.messages.notices if notice not in others]

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    for path in coming[:2]:
        deliver(path)
    look(desk)
    (notice,) = told()
    assert notice.title == "1 new batch could not be fetched"
    assert notice.subject == str(coming[0])
    assert notice.hint.startswith("Access denied. ")
    # Dismissed, it stays away as long as it is about the same batch.
    desk.messages.dismiss(notice)
    look(desk)
    assert told() == []
    refused.update(coming[2:4])
    for path in coming[2:4]:
        deliver(path)
    look(desk)
    (notice,) = told()
    assert notice.title == "2 new batches could not be fetched"
    assert [str(path) in notice.report for path in coming[:4]] == [False, False, True, True]
    look(desk)
    assert told() == [notice]
    # It goes once everything is there, and what a load has told is not told again.
    refused.clear()
    look(desk)
    assert told() == []
    refused.add(coming[4])
    deliver(coming[4])
    day = parse_key(coming[4].relative_to(source).as_posix())
    assert day is not None
    desk.session.load_days([(day.app, day.level, day.day)])
    desk.wait_until_settled()
    (notice,) = told()
    assert notice.subject == str(coming[4])
    look(desk)
    assert told() == [notice]


@pytest.mark.usefixtures("recorded")
def test_how_often_is_chosen_and_kept(open_desk: Callable[[Settings], Desk], fleet: Fleet) -> None:
    desk = open_desk(Settings(watch_minutes=5))
    timer = desk.session.watching._timer
    assert desk.window.actions_.action("watch_5").isChecked()
    assert not timer.isActive()
    desk.open(str(fleet.folder))
    assert (timer.isActive(), timer.interval()) == (True, 300_000)
    desk.trigger("watch_15")
    assert timer.interval() == 900_000
    desk.trigger("watch_0")
    assert not timer.isActive()
    assert desk.settings.watch_minutes == 0
    assert "not looked for" in desk.window._watch_switch.label.toolTip()
    desk.trigger("watch_1")
    assert timer.interval() == 60_000
    desk.trigger("close_source")
    assert not timer.isActive()
    assert desk.window._watch_switch.label.text() == ""
