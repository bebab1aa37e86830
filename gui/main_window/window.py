"""The main window: its commands, and what they tell the session and the panels."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, QStandardPaths, Qt, QUrl, Slot
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QToolBar, QWidget

from core import paths, settings
from core.connections import Connection
from core.errors import OdographError, UsageError
from core.fleet.series import SeriesKey
from core.fleet.timezones import to_datetime, zone
from core.sandbox.simulate import display_name, ensure_demo
from gui import theme
from gui.action_set import ActionSet
from gui.dialogs.about import AboutDialog
from gui.dialogs.export import ExportDialog
from gui.dialogs.go_to_time import GoToTimeDialog
from gui.main_window.aligning import AlignmentSwitch, why_only_all
from gui.main_window.arrangement import ArrangementKeeper
from gui.main_window.bookmarks import BookmarkSwitch
from gui.main_window.bucket import BucketSwitch
from gui.main_window.connecting import ConnectionSwitch
from gui.main_window.deriving import DeriveSwitch
from gui.main_window.gaps import GapSwitch
from gui.main_window.going import GoingSwitch
from gui.main_window.keys import KeySwitch
from gui.main_window.layout import SIZE, build_panels
from gui.main_window.palette import PaletteSwitch
from gui.main_window.permitted import PermissionNotice
from gui.main_window.pictures import PictureSwitch
from gui.main_window.reading import ReadingSwitch, region_to_export, why_no_region
from gui.main_window.signing_in import SigningIn
from gui.main_window.states import timeline_state
from gui.main_window.telling import SourceTelling
from gui.main_window.units import UnitSwitch, chosen_units
from gui.main_window.viewing import Viewing
from gui.main_window.watching import WatchSwitch
from gui.main_window.wiring import connect_panels
from gui.main_window.workspaces import WorkspaceSwitch
from gui.main_window.zone_menu import ZoneMenu
from gui.messages import Belongs
from gui.models.zones import zone_text
from gui.session.permitted import permitted_state
from gui.views.timeline.commands import connect_commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.export.csv_export import ExportRequest
    from core.fleet.series import Vehicle
    from core.settings import Settings
    from core.storage.source import Source
    from gui.job_runner import JobRunner
    from gui.messages import MessageCenter
    from gui.session.session import Session

# What a window manager adds around a window, roughly.
_FRAME = QSize(16, 48)

# How many odometers the demo shows at first, so that the first look is not an empty chart.
_DEMO_VEHICLES = 3


class MainWindow(QMainWindow):
    """One window for one open source.

    Args:
        session: the source that is or will be open.
        jobs: runs everything that takes time.
        messages: takes what a person must know.
        remembered: the settings; changed and saved here.
        keep_state: whether geometry is restored and kept, and the source remembered.
    """

    def __init__(
        self,
        session: Session,
        jobs: JobRunner,
        messages: MessageCenter,
        remembered: Settings,
        *,
        keep_state: bool = True,
    ) -> None:
        super().__init__()
        self._session = session
        self._jobs = jobs
        self._messages = messages
        self._settings = remembered
        self._keep_state = keep_state
        self._opening: Connection | None = None
        self._opened_as: Connection | None = None
        self._shows_demo = False
        self._vins_to_select: tuple[str, ...] = ()
        self._wanted_series: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        # How the panels are arranged while the welcome page hides them; None while they are shown.
        self._arrangement: QByteArray | None = None
        self.setWindowTitle("Odograph")
        self.setDockNestingEnabled(True)
        self._fit_screen()
        self.panels = build_panels(self, jobs, messages)
        self.actions_ = ActionSet(self)
        self._build_menus()
        connect_panels(session, self.panels)
        self._connect()
        self._watch_switch = WatchSwitch(self.actions_, session, messages, self._settings, self._save_settings, self)
        self._set_zone(self._settings.time_zone)
        units = UnitSwitch(self.actions_, self.panels, session, self._settings, self._save_settings, self)
        AlignmentSwitch(self.actions_, self.panels.timeline, jobs, messages, self)
        ReadingSwitch(self.panels, jobs, messages, self)
        BookmarkSwitch(self.actions_, self.panels.timeline, self)
        PermissionNotice(session, messages, self)
        self.signing_in = SigningIn(session, jobs, messages, self)
        GapSwitch(self.actions_, self.panels, session, self._settings, self._save_settings, self)
        PictureSwitch(self.actions_, self.panels.timeline, jobs, messages, self)
        self.workspaces = WorkspaceSwitch(
            self.actions_,
            self.panels,
            session,
            jobs,
            messages,
            self.open_source,
            remembered.trusted,
            lambda: self._opened_as,
            Viewing(self._settings, self._zone_menu, units, messages, self),
            self,
            keeps=keep_state,
        )
        DeriveSwitch(self.actions_, self.panels, session, self._settings, self)
        KeySwitch(self.actions_, remembered, self._save_settings, self)
        switch = PaletteSwitch(
            self.actions_,
            self.panels,
            session,
            remembered,
            self._save_settings,
            self.open_source,
            self._zone_menu.choose,
            self,
        )
        self.command_palette = switch.palette
        session.set_joined(self._settings.join_renamed)
        self.actions_.action("join_renamed").setChecked(session.joined)
        self.connections = ConnectionSwitch(
            self.actions_,
            self.panels,
            jobs,
            messages,
            remembered,
            self._save_settings,
            self.open_source,
            session.interruptions.go_on,
            self.signing_in.sign_in,
            self,
        )
        self.signing_in.handler = self._takes
        self.signing_in.connection = lambda: self._opening or self._opened_as
        self.signing_in.edit = self.connections.ask
        SourceTelling(
            session,
            messages,
            lambda: self._opening,
            lambda: self._opened_as,
            self.connections.ask,
            self._show_rejects,
            self,
        )
        session.opening_failed.connect(self._on_opening_failed)
        self.buckets = BucketSwitch(
            self.actions_,
            self.panels,
            session,
            jobs,
            messages,
            self.connections,
            self.signing_in,
            lambda: self._opened_as,
            self.open_source,
            self,
        )
        self.going = GoingSwitch(
            self.actions_, self.panels, session, messages, remembered, lambda: self._opened_as, self.open_source, self
        )
        overview = self.actions_.action("show_overview")
        self._keeper = ArrangementKeeper(self.panels, self._state, self._arranged, overview, self, keeps=keep_state)
        self._restore_state()
        self._on_closed()

    # Opening

    def open_source(self, source: Connection) -> None:
        """Open a bucket or a folder; the one that is open is closed when the new one is there."""
        self.connections.ask_before(self._settings.saved(source), self._open)

    def _open(self, source: Connection) -> None:
        source = self.going.expect(source)
        self.connections.begin(source)
        self._messages.dismiss_belonging(Belongs.OPENING)
        self._opening, self._shows_demo = source, False
        self._session.open(source.address, source.options)

    @Slot()
    def open_demo(self) -> None:
        """Open the demo fleet, which is made at the first time."""
        self._opening, self._shows_demo = None, self._wanted_series is None
        folder = paths.demo_folder()
        self._session.open_made("Making the demo fleet", lambda ctx: ensure_demo(folder, ctx))

    def show_series_when_loaded(self, vins: Sequence[str], series_paths: Sequence[str]) -> None:
        """Put series on the timeline as soon as the recent days of the source are loaded.

        Args:
            vins: whose series; none means all vehicles.
            series_paths: ``capability.property[.component]``; none means the odometer.
        """
        self._wanted_series = (tuple(vins), tuple(series_paths) or ("diagnostics.odometer",))

    # Building

    def _build_menus(self) -> None:
        self.actions_.fill_menu_bar(self.menuBar())
        bar = QToolBar("Tools", self)
        bar.setObjectName("tools")
        bar.setMovable(False)
        self.actions_.fill_tool_bar(bar)
        self.addToolBar(bar)
        connect_commands(self.actions_, self.panels.timeline)
        self._zone_menu = ZoneMenu(self.actions_.menu("view/zone"), self._settings.time_zone, self)
        self._zone_menu.chosen.connect(self._on_zone_chosen)
        for name in settings.THEMES:
            action = self.actions_.action(f"theme_{name}")
            action.setChecked(name == self._settings.theme)
            action.triggered.connect(lambda _on=False, name=name: self._set_theme(name))
        for name, dock in self.panels.docks.items():
            action = self.actions_.action(name)
            action.triggered.connect(lambda shown, name=name: self._switch_dock(name, shown))
            dock.visibilityChanged.connect(lambda _shown, name=name: self._show_dock_state(name))

    def _connect(self) -> None:
        panels, timeline, session = self.panels, self.panels.timeline, self._session
        for id, slot in {
            "open_folder": self._ask_for_folder,
            "open_demo": self.open_demo,
            "export_csv": self._ask_for_export,
            "close_source": self._close_source,
            "quit": self.close,
            "reload": session.reload,
            "load_days": panels.batches.load_selected,
            "load_range": self._go_to_range,
            "load_all": lambda: session.load_range(None, None),
            "cancel_jobs": session.cancel_all,
            "show_series": panels.properties.activate_selected,
            "focus_filter": self._focus_filter,
            "go_to_time": self._ask_for_time,
            "about": lambda: AboutDialog(self).open(),
        }.items():
            self.actions_.connect(id, slot)
        self.actions_.connect("join_renamed", self._join_renamed)
        panels.welcome.folder_requested.connect(self._ask_for_folder)
        panels.welcome.folder_dropped.connect(lambda folder: self.open_source(Connection(folder)))
        panels.welcome.demo_requested.connect(self.open_demo)
        panels.batches.loadable_changed.connect(self._update_actions)
        panels.properties.tree.selectionModel().selectionChanged.connect(self._update_actions)
        panels.vehicles.selection_changed.connect(self._update_actions)
        timeline.range_changed.connect(self._update_actions)
        timeline.aligning.changed.connect(self._update_actions)
        timeline.keys_selected.connect(self._update_actions)
        timeline.editing.history_changed.connect(self._update_actions)
        timeline.reading.region_came.connect(self._update_actions)
        timeline.bookmarks.changed.connect(self._update_actions)
        timeline.samples_left_out.connect(lambda text: self._messages.show_info(text, replace_id="samples not in view"))
        session.opened.connect(self._on_opened)
        session.closed.connect(self._on_closed)
        session.permitted.changed.connect(self._update_actions)
        session.settled.connect(self._on_settled)
        session.vehicles_changed.connect(self._on_vehicles)
        session.exported.connect(self._on_exported)
        session.series_missing.connect(self._on_missing)
        for changed in (session.series_requested, session.series_removed):
            changed.connect(self._update_actions)
        self._jobs.job_added.connect(self._update_actions)
        self._jobs.job_removed.connect(self._update_actions)

    # What the session says

    @Slot(object)
    def _on_opened(self, source: Source) -> None:
        self._show_panels(True)
        self.setWindowTitle(f"{display_name(source.address)} – Odograph")
        self.panels.source_text.set_full_text(display_name(source.address))
        self._opened_as, self._opening = self._opening or Connection(source.address), None
        if self._keep_state:
            self.connections.remember(self._opened_as)
        if self._wanted_series is None or self.workspaces.is_awaited:
            vins = self.workspaces.restore(source)
            if vins is not None:
                self._shows_demo, self._vins_to_select = False, vins
        self._update_actions()

    @Slot()
    def _on_opening_failed(self) -> None:
        self._opening = None

    def _takes(self, error: BaseException) -> bool:
        if self._opening is not None:
            return self.connections.takes(error, self._opening, Belongs.OPENING)
        return self.connections.takes(error, self._opened_as, Belongs.SOURCE)

    @Slot()
    def _on_closed(self) -> None:
        self._show_panels(False)
        self.setWindowTitle("Odograph")
        self.panels.source_text.set_full_text("")
        self._update_actions()

    def _show_panels(self, shown: bool) -> None:
        """Show the panels as they were arranged, or the welcome page alone."""
        panels = self.panels
        panels.pages.setCurrentWidget(panels.timeline if shown else panels.welcome)
        if shown == (self._arrangement is None):
            return
        if shown and self._arrangement is not None:
            self.restoreState(self._arrangement)
            self._arrangement = None
            self._keeper.make_room()
            panels.timeline.setFocus()
        else:
            self._arrangement = self.saveState()
            for dock in panels.docks.values():
                dock.hide()

    @Slot(object)
    def _on_vehicles(self, vehicles: Sequence[Vehicle]) -> None:
        if vehicles and self._vins_to_select:
            self.panels.vehicles.select_vins(self._vins_to_select)
            self._vins_to_select = ()
        if not self._shows_demo or not vehicles:
            return
        self._shows_demo = False
        vins = [vehicle.vin for vehicle in vehicles[:_DEMO_VEHICLES]]
        self.panels.vehicles.select_vins(vins)
        self._session.add_series([SeriesKey(vin, "diagnostics", "odometer") for vin in vins])

    def _show_rejects(self) -> None:
        self.panels.docks["show_rejects"].show()
        self.panels.docks["show_rejects"].raise_()

    @Slot()
    def _on_settled(self) -> None:
        if self._wanted_series is None:
            return
        vins, series_paths = self._wanted_series
        self._wanted_series = None
        self.panels.vehicles.select_vins(vins)
        self._session.add_paths(vins, series_paths)

    @Slot(object)
    def _on_missing(self, keys: Sequence[SeriesKey]) -> None:
        if self.workspaces.awaits(keys):
            return
        names = ", ".join(dict.fromkeys(f"{key.vin} {key.path}" for key in keys[:3]))
        more = f" and {len(keys) - 3:,} more" if len(keys) > 3 else ""
        self._messages.show_info(
            "Left out, as there is no sample", subject=names + more, replace_id="series without samples"
        )

    @Slot(object, object)
    def _on_exported(self, target: Path, rows: int) -> None:
        self._messages.show_info(
            f"{rows:,} rows exported to {target.name}",
            subject=str(target),
            action="Show in folder",
            callback=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target.parent))),
        )

    # Commands

    @Slot()
    def _ask_for_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Open a folder of batches")
        if folder:
            self.open_source(Connection(folder))

    @Slot()
    def _ask_for_time(self) -> None:
        timeline = self.panels.timeline
        now, tz = time.time_ns() // 1000, zone(self._settings.time_zone)
        in_sight = timeline.visible_range()
        moment = timeline.cursor_time() or (in_sight[0] if in_sight else now)
        dialog = GoToTimeDialog(tz, to_datetime(moment, tz).date(), now, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(timeline.navigation.go_to)
        dialog.open()

    @Slot()
    def _ask_for_export(self) -> None:
        keys = self._session.series_keys
        if not keys:
            return
        dialog = ExportDialog(
            keys,
            self.panels.timeline.visible_range(),
            self._settings.time_zone,
            self._export_folder(),
            self,
            joined=self._session.joined,
            units=chosen_units(self._settings),
            only_all=why_only_all(self.panels.timeline),
            region=region_to_export(self.panels.timeline),
            no_region=why_no_region(self.panels.timeline),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session.rows_counted.connect(dialog.set_rows)
        dialog.count_requested.connect(self._session.count_rows)
        dialog.export_requested.connect(self._export)
        dialog.ask_for_rows()
        dialog.open()

    def _export(self, request: ExportRequest, target: Path) -> None:
        self._state().setValue("export folder", str(target.parent))
        self._session.export(request, target)

    def _export_folder(self) -> Path:
        kept = self._state().value("export folder", "")
        if isinstance(kept, str) and kept and Path(kept).is_dir():
            return Path(kept)
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(documents) if documents and Path(documents).is_dir() else Path.home()

    @Slot()
    def _go_to_range(self) -> None:
        self.panels.docks["show_batches"].show()
        self.panels.batches.range.first.setFocus()

    @Slot()
    def _focus_filter(self) -> None:
        focus = QApplication.focusWidget()
        panels = self.panels
        for panel in (panels.batches, panels.vehicles, panels.properties, panels.messages, panels.rejects):
            if focus is not None and panel.isAncestorOf(focus):
                panel.filter.setFocus()
                return
        panels.properties.filter.setFocus()

    # Time zone, theme, state

    @Slot(str)
    def _on_zone_chosen(self, name: str) -> None:
        self._settings.time_zone = name
        self._save_settings()
        self._set_zone(name)

    def _set_zone(self, name: str) -> None:
        try:
            chosen = zone(name)
        except UsageError as error:
            # A settings file may come from a computer that knows other zones.
            self._messages.show_error(error)
            name, chosen = "UTC", zone("UTC")
        panels = self.panels
        panels.batches.set_zone(chosen)
        panels.vehicles.set_zone(chosen)
        panels.properties.set_zone(chosen)
        panels.messages.set_zone(chosen)
        panels.rejects.set_zone(chosen)
        panels.statistics.set_zone(chosen)
        panels.timeline.set_time_zone(chosen, str(chosen))
        self._watch_switch.set_zone(chosen)
        panels.zone_text.setText(zone_text(name))
        panels.zone_text.setToolTip("Time zone of the timeline and the tables")

    def _set_theme(self, name: str) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply_theme(application, name)
        self._settings.theme = name
        self._save_settings()

    @Slot(bool)
    def _join_renamed(self, joined: bool) -> None:
        self._settings.join_renamed = joined
        self._save_settings()
        self.workspaces.join_renamed(joined)

    def _save_settings(self) -> None:
        if not self._keep_state:
            return
        try:
            settings.save(self._settings)
        except OdographError as error:
            self._messages.show_error(error)

    def _switch_dock(self, name: str, shown: bool) -> None:
        """Show a panel, also one that is hidden behind another one's tab; hide one that is seen."""
        dock = self.panels.docks[name]
        dock.setVisible(shown or (not dock.isHidden() and dock.visibleRegion().isEmpty()))
        if not dock.isHidden():
            dock.raise_()
        self._show_dock_state(name)

    def _show_dock_state(self, name: str) -> None:
        # A dock behind another one's tab is not seen, but it is not switched off either.
        if self._arrangement is None:
            self.actions_.action(name).setChecked(not self.panels.docks[name].isHidden())

    @Slot()
    def _update_actions(self) -> None:
        session, panels = self._session, self.panels
        state = {
            "source": session.source is not None,
            "days": bool(panels.batches.days_to_load()),
            "vehicles": bool(panels.vehicles.selected_vins()),
            "properties": bool(panels.properties.tree.selectionModel().hasSelection()),
            "series": bool(session.series_keys),
            "jobs": any(not job.quiet for job in self._jobs.jobs),
            **timeline_state(panels.timeline),
        }
        allowed, reasons = permitted_state(session.permitted.permissions)
        self.actions_.set_state([*allowed, *(name for name, holds in state.items() if holds)], reasons)

    def _arranged(self) -> QByteArray:
        """How the panels are arranged, also while the welcome page hides them."""
        return self._arrangement or self.saveState()

    def _state(self) -> QSettings:
        return QSettings(str(paths.settings_folder() / "window.ini"), QSettings.Format.IniFormat)

    @Slot()
    def _close_source(self) -> None:
        self._session.close()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab goes on to what is seen: panels behind a tab and lists behind a text count as shown for Qt."""
        passed: set[QWidget] = set()
        while super().focusNextPrevChild(next):
            now = QApplication.focusWidget()
            if now is None or now in passed or not now.visibleRegion().isEmpty():
                return True
            passed.add(now)
        return False

    def take_size(self, width: int, height: int) -> None:
        """Take this size in pixels, also where the window filled the screen last time."""
        self.setWindowState(self.windowState() & ~(Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen))
        self.resize(width, height)

    def _fit_screen(self, wanted: QSize | None = None) -> None:
        """Take the wanted size, but no more than the screen has room for beside the window's frame."""
        size = wanted or QSize(*SIZE)
        room = self.screen().availableSize() - _FRAME
        self.resize(size.boundedTo(room))

    def _restore_state(self) -> None:
        self._keeper.restore()
        if not self._keep_state:
            return
        if not self.isMaximized() and not self.isFullScreen():
            self._fit_screen(self.size())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._keep_state:
            self._keeper.keep_now()
            if self._session.source is None:
                self._settings.last_source = None
                self._save_settings()
        self.signing_in.close()
        self._session.close()
        super().closeEvent(event)
