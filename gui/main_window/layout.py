"""What lies where in the main window: panels in docks around the timeline, messages above it, jobs below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gui.views.batches_panel import BatchesPanel
from gui.views.bucket_check import BucketCheckPage
from gui.views.elided_label import ElidedLabel
from gui.views.jobs_panel import JobsPanel
from gui.views.message_bar import MessageBar
from gui.views.messages_panel import MessagesPanel
from gui.views.properties_panel import PropertiesPanel
from gui.views.rejects_panel import RejectsPanel
from gui.views.statistics_panel import StatisticsPanel
from gui.views.timeline.view import TimelineView
from gui.views.vehicles_panel import VehiclesPanel
from gui.views.welcome import WelcomePage

if TYPE_CHECKING:
    from gui.job_runner import JobRunner
    from gui.messages import MessageCenter

SIZE = (1440, 900)
_LEFT_WIDTH = 470
_LEFT_HEIGHTS = (290, 210, 340)
_BOTTOM_HEIGHT = 210


@dataclass(frozen=True, slots=True)
class Panels:
    """Every part of the window.

    Attributes:
        docks: by the id of the command that shows and hides them.
        pages: the welcome page, the timeline and the check of a bucket, of which one is seen.
        source_text: in the status bar, what is open.
        zone_text: in the status bar, the time zone.
    """

    batches: BatchesPanel
    vehicles: VehiclesPanel
    properties: PropertiesPanel
    messages: MessagesPanel
    rejects: RejectsPanel
    statistics: StatisticsPanel
    timeline: TimelineView
    welcome: WelcomePage
    check: BucketCheckPage
    docks: dict[str, QDockWidget]
    pages: QStackedWidget
    source_text: ElidedLabel
    zone_text: QLabel


def build_panels(window: QMainWindow, jobs: JobRunner, messages: MessageCenter) -> Panels:
    """Make every part of the window and put it in its place."""
    batches, vehicles, properties = BatchesPanel(), VehiclesPanel(), PropertiesPanel()
    batch_messages, rejects, timeline, welcome = MessagesPanel(), RejectsPanel(), TimelineView(), WelcomePage()

    statistics = StatisticsPanel(timeline, jobs)
    pages = QStackedWidget()
    pages.addWidget(welcome)
    pages.addWidget(timeline)
    check = BucketCheckPage(jobs)
    pages.addWidget(check)
    centre = QWidget()
    column = QVBoxLayout(centre)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(MessageBar(messages))
    column.addWidget(pages, 1)
    window.setCentralWidget(centre)

    left, bottom = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
    docks = {
        "show_batches": _dock(window, "Batches", batches, left),
        "show_vehicles": _dock(window, "Vehicles", vehicles, left),
        "show_properties": _dock(window, "Properties", properties, left),
        "show_messages": _dock(window, "Messages", batch_messages, bottom),
        "show_rejects": _dock(window, "Rejects", rejects, bottom),
        "show_statistics": _dock(window, "Statistics", statistics, bottom),
    }
    window.tabifyDockWidget(docks["show_messages"], docks["show_rejects"])
    window.tabifyDockWidget(docks["show_rejects"], docks["show_statistics"])
    docks["show_messages"].raise_()
    for dock in docks.values():
        dock.visibilityChanged.connect(lambda _shown: _name_tabs(window))
    window.setCorner(Qt.Corner.BottomLeftCorner, left)
    column_of_docks = [docks[name] for name in ("show_batches", "show_vehicles", "show_properties")]
    window.resizeDocks(column_of_docks, list(_LEFT_HEIGHTS), Qt.Orientation.Vertical)
    window.resizeDocks(column_of_docks[:1], [_LEFT_WIDTH], Qt.Orientation.Horizontal)
    window.resizeDocks([docks["show_messages"]], [_BOTTOM_HEIGHT], Qt.Orientation.Vertical)

    source_text, zone_text = ElidedLabel(), QLabel()
    bar = window.statusBar()
    bar.addWidget(source_text, 1)
    bar.addPermanentWidget(JobsPanel(jobs))
    bar.addPermanentWidget(zone_text)
    return Panels(
        batches,
        vehicles,
        properties,
        batch_messages,
        rejects,
        statistics,
        timeline,
        welcome,
        check,
        docks,
        pages,
        source_text,
        zone_text,
    )


def _name_tabs(window: QMainWindow) -> None:
    # Qt makes them when panels come to share a place.
    for tabs in window.findChildren(QTabBar):
        tabs.setAccessibleName("Panels that share a place")


def _dock(window: QMainWindow, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(f"{title.lower()} dock")
    dock.setWidget(content)
    window.addDockWidget(area, dock)
    return dock
