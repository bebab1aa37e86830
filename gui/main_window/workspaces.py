"""Workspaces in the window: kept while one works, opened again, saved under names, shown for other vehicles."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from core.archive.joining import joined_key
from core.errors import OdographError, UsageError
from core.workspaces.file import Workspace, read_workspace, workspace_text
from core.workspaces.layout import with_keys, with_names, with_vehicles
from core.workspaces.store import WorkspaceStore
from gui.dialogs.workspaces import NameDialog, WorkspacesDialog
from gui.messages import Belongs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from core.connections import Connection
    from core.fleet.series import SeriesKey
    from core.storage.source import Source
    from core.workspaces.layout import TimelineLayout
    from gui.action_set import ActionSet
    from gui.job_runner import JobRunner
    from gui.main_window.layout import Panels
    from gui.main_window.viewing import Viewing
    from gui.messages import MessageCenter
    from gui.session.session import Session

# What is open is kept so long after a change, also while more of them come.
_KEEP_MS = 1000


class WorkspaceSwitch(QObject):
    """Opens and keeps workspaces.

    Args:
        open_source: opens the source of a workspace.
        trusted: how the source of a workspace, which may come from elsewhere, may be opened.
        opened_as: how the source that is open was opened, None where that is not known.
        viewing: the time zone and the units of the window.
        keeps: whether what is open is kept and comes back.
    """

    def __init__(
        self,
        actions: ActionSet,
        panels: Panels,
        session: Session,
        jobs: JobRunner,
        messages: MessageCenter,
        open_source: Callable[[Connection], None],
        trusted: Callable[[Connection], Connection],
        opened_as: Callable[[], Connection | None],
        viewing: Viewing,
        window: QWidget,
        *,
        keeps: bool,
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._panels = panels
        self._session = session
        self._jobs = jobs
        self._messages = messages
        self._open_source = open_source
        self._trusted = trusted
        self._opened_as = opened_as
        self._viewing = viewing
        self._window = window
        self._keeps = keeps
        self._store = WorkspaceStore()
        self._name = ""
        # What is to be shown once a source is open, and whether that may be another one than its own.
        self._pending: tuple[Workspace, bool] | None = None
        # Series of a workspace that have no samples as long as its days are not loaded.
        self._early: dict[SeriesKey, None] = {}
        self._opened: TimelineLayout | None = None
        self._writing = threading.Lock()
        self._newest = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_KEEP_MS)
        self._timer.timeout.connect(self._keep)
        for id, slot in {
            "workspace_save": self.save,
            "workspace_save_as": self.save_as,
            "workspaces": self.manage,
            "workspace_vehicles": self._show_other_vehicles,
        }.items():
            actions.connect(id, slot)
        actions.menu("file/workspace").aboutToShow.connect(self._fill_menu)
        timeline = panels.timeline
        for changed in (timeline.editing.changed, timeline.editing.history_changed, timeline.range_changed):
            changed.connect(self._touch)
        for changed in (timeline.reading.region_changed, timeline.reading.gap_factor_changed):
            changed.connect(self._touch)
        for changed in (session.series_requested, session.series_removed, session.series_loaded):
            changed.connect(self._touch)
        timeline.cursor_moved.connect(self._touch)
        panels.vehicles.selection_changed.connect(self._touch)
        session.settled.connect(self._bring_early)
        session.closing.connect(self.keep_now)
        session.closed.connect(self._on_closed)
        self._fill_menu()

    # Opening

    def open_named(self, words: str, *, here: bool = False) -> OdographError | None:
        """Open a workspace.

        Args:
            words: its name, or a file.
            here: in the source that is open or will be, whatever its own is.

        Returns:
            Why it cannot be opened, which is told as well; None where it can.
        """
        try:
            self._open(self._found(words), here=here)
        except OdographError as error:
            self._messages.show_error(error)
            return error
        return None

    def _found(self, words: str) -> Workspace:
        names = self._store.names()
        file = Path(words).expanduser()
        if words in names:
            workspace, problems = self._store.read(words)
        elif file.is_file():
            workspace, problems = read_workspace(file)
        else:
            hint = f"There are: {', '.join(names)}." if names else "None was saved yet."
            raise UsageError("There is no such workspace", subject=words, hint=hint)
        self._tell(problems, words)
        return workspace

    def _open(self, workspace: Workspace, *, here: bool) -> None:
        if workspace.source is not None:
            workspace = replace(workspace, source=self._trusted(workspace.source))
        opened = self._opened_as() if self._session.source is not None else None
        if opened is not None and (here or workspace.source in (None, opened)):
            self._show(workspace)
            self._viewing.take(workspace)
            self._panels.vehicles.select_vins(workspace.vehicles)
            return
        if workspace.source is None and not here:
            raise UsageError("The workspace names no source", hint="Open a source first.")
        self._pending = workspace, here
        if workspace.source is not None and not here:
            self._open_source(workspace.source)

    @property
    def is_awaited(self) -> bool:
        """Whether a workspace is to be shown as soon as its source is open."""
        return self._pending is not None

    def restore(self, source: Source) -> tuple[str, ...] | None:
        """Show what was wanted of a source that was just opened, or what was there when it was open last.

        Returns:
            The vehicles to be selected, None where there was nothing to show.
        """
        pending, self._pending = self._pending, None
        workspace = None
        # Its own source may not have been found, and this be another one.
        if pending is not None and (pending[1] or pending[0].source == self._opened_as()):
            workspace = pending[0]
            self._viewing.take(workspace)
        if workspace is None and self._keeps:
            try:
                found = self._store.latest(source.identity)
            except OdographError as error:
                self._messages.show_error(error)
                return None
            if found is not None:
                workspace, problems = found
                self._tell(problems, workspace.name)
        if workspace is None:
            return None
        if not (workspace.layout.looks or workspace.layout.bookmarks or workspace.vehicles):
            return None
        self._show(workspace)
        self._panels.timeline.editing.forget()
        return workspace.vehicles

    def _show(self, workspace: Workspace) -> None:
        self._name = workspace.name
        layout = workspace.layout
        if self._session.joined:
            layout = with_names(layout, {key: joined_key(key) for key in layout.looks})
        self._early.clear()
        self._opened = layout
        fresh = self._panels.timeline.open_layout(layout)
        if fresh:
            self._session.add_kept_series(fresh, workspace.joined)
        self._touch()

    def _tell(self, problems: Sequence[str], name: str) -> None:
        if problems:
            self._messages.show_warning(
                "Parts of the workspace could not be read",
                subject=name,
                hint="; ".join(problems[:3]) + ("; …" if len(problems) > 3 else "") + ". The rest is shown.",
                detail="\n".join(problems),
                belongs=Belongs.SOURCE,
            )

    # Series that come when their days are loaded

    def awaits(self, keys: Sequence[SeriesKey]) -> bool:
        """Whether series without samples belong to a workspace whose days may still be loaded; they are tried again."""
        opened = self._opened
        if opened is None or not all(key in opened.looks for key in keys):
            return False
        self._early.update(dict.fromkeys(keys))
        return True

    @Slot()
    def _bring_early(self) -> None:
        opened, self._opened = self._opened, None
        early, timeline = tuple(self._early), self._panels.timeline
        self._early.clear()
        if opened is None or not early:
            return
        present = timeline.timeline_layout()
        untouched = timeline.editing.undo_label == "" and set(present.looks) | set(early) == set(opened.looks)
        wanted = opened if untouched else with_keys(present, early)
        fresh = timeline.open_layout(wanted)
        if untouched:
            timeline.editing.forget()
        self._session.add_series(fresh)

    def join_renamed(self, joined: bool) -> None:
        """Show renamed properties as one series in the places and looks of what they were, or each for itself."""
        layout = self._panels.timeline.timeline_layout()
        if joined:
            self._panels.timeline.editing.rename({key: joined_key(key) for key in layout.looks})
        self._session.set_joined(joined)
        # What is taken back would be series that are not shown in this way.
        self._panels.timeline.editing.forget()

    # Keeping

    def workspace(self) -> Workspace:
        """What is open now."""
        layout = self._panels.timeline.timeline_layout()
        if self._early and self._opened is not None:
            layout = with_keys(layout, self._early)
        vins = tuple(self._panels.vehicles.selected_vins())
        workspace = Workspace(self._name, self._opened_as(), vins, self._session.joined, layout)
        return self._viewing.added_to(workspace)

    @Slot()
    def _touch(self) -> None:
        if self._keeps and self._session.source is not None and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _keep(self) -> None:
        source = self._session.source
        if source is None:
            return
        text, identity = workspace_text(self.workspace()), source.identity
        if text != self._newest:
            self._newest = text
            job = self._jobs.submit("Keeping what is open", lambda _ctx: self._write(identity, text), quiet=True)
            job.failed.connect(self._messages.show_error)

    @Slot()
    def keep_now(self) -> None:
        """Keep what is open before it is closed."""
        self._timer.stop()
        source = self._session.source
        if source is None or not self._keeps:
            return
        self._newest = workspace_text(self.workspace())
        try:
            self._write(source.identity, self._newest)
        except OdographError as error:
            self._messages.show_error(error)

    def _write(self, identity: str, text: str) -> None:
        # Runs in a job's thread: what is older by now is not written over what is newer.
        with self._writing:
            if text == self._newest:
                self._store.save_latest(identity, text)

    @Slot()
    def _on_closed(self) -> None:
        self._timer.stop()
        self._name = self._newest = ""
        self._opened = None
        self._early.clear()

    # Commands

    @Slot()
    def save(self) -> None:
        """Save under the name that was opened, or ask for one."""
        if self._name:
            self._save_as(self._name)
        else:
            self.save_as()

    @Slot()
    def save_as(self) -> None:
        """Ask for a name and save."""
        dialog = NameDialog(self._name, self._store.names(), self._window)
        dialog.chosen.connect(self._save_as)
        dialog.open()

    @Slot(str)
    def _save_as(self, name: str) -> None:
        try:
            self._store.save(replace(self.workspace(), name=name))
        except OdographError as error:
            self._messages.show_error(error)
            return
        self._name = name
        self._touch()
        self._messages.show_info("Workspace saved", subject=name, replace_id="workspace saved")

    @Slot()
    def manage(self) -> None:
        """Show all workspaces."""
        dialog = WorkspacesDialog(self._store, self._session.source is not None, self._window)
        dialog.opened.connect(self.open_named)
        dialog.applied.connect(lambda name: self.open_named(name, here=True))
        dialog.renamed.connect(self._on_renamed)
        dialog.damaged.connect(self._tell)
        dialog.open()

    @Slot(str, str)
    def _on_renamed(self, name: str, to: str) -> None:
        if self._name == name:
            self._name = to

    @Slot()
    def _show_other_vehicles(self) -> None:
        vins = self._panels.vehicles.selected_vins()
        timeline = self._panels.timeline
        if vins:
            layout = with_vehicles(timeline.timeline_layout(), vins)
            self._session.add_series(timeline.open_layout(layout, "show other vehicles"))

    @Slot()
    def _fill_menu(self) -> None:
        menu = self._actions.menu("file/workspace")
        for action in menu.actions():
            if action.data() is not None or action.objectName() == "names":
                menu.removeAction(action)
                action.deleteLater()
        names = self._store.names()
        if names:
            menu.addSeparator().setObjectName("names")
        for name in names:
            action = menu.addAction(name.replace("&", "&&"))
            action.setData(name)
            action.triggered.connect(lambda _on=False, name=name: self.open_named(name))
