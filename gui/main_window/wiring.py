"""What the session says goes to the panels, what a person does in a panel goes to the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.archive.joining import joined_key
from core.errors import CredentialsMissing, CredentialsRejected, SourceBusy, SourceUnreachable
from core.fleet.series import SeriesKey
from core.sandbox.simulate import display_name
from core.storage.keys import parse_key
from gui.models.texts import plural, size_text
from gui.session.session import NO_ORDINAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.archive.messages import Message
    from core.storage.index import SourceIndex
    from core.storage.keys import BatchKey
    from core.storage.source import Source, SourceObject
    from core.sync import Day
    from gui.main_window.layout import Panels
    from gui.session.session import Session

# Why nothing can be asked of a source at present.
_NOT_REACHED = (CredentialsMissing, CredentialsRejected, SourceUnreachable, SourceBusy)


def connect_panels(session: Session, panels: Panels) -> None:
    """Connect every panel with the session, in both directions."""
    _connect_batches(session, panels)
    _connect_vehicles(session, panels)
    _connect_timeline(session, panels)
    _connect_messages(session, panels)


def _connect_batches(session: Session, panels: Panels) -> None:
    batches = panels.batches

    def on_index(index: SourceIndex, complete: bool) -> None:
        batches.set_index(index, complete=complete)
        if complete:
            batches.set_others(index.other_objects)
            batches.set_trouble(None)
        if session.source is not None:
            amount = f"{plural(index.batches, 'batch', 'batches')} · {size_text(index.bytes)}"
            panels.source_text.set_full_text(f"{display_name(session.source.address)} · {amount}")

    def on_listed(day: Day, page: list[tuple[BatchKey, SourceObject]], finished: bool) -> None:
        app, level, date = day
        batches.add_batches(app, level, date, page, finished)

    def on_selected(key: BatchKey | None, item: SourceObject) -> None:
        session.open_batch(item.key)

    def on_trouble(error: BaseException) -> None:
        if session.source is not None and isinstance(error, _NOT_REACHED):
            batches.set_trouble(error)

    session.opened.connect(batches.set_source)
    session.failed.connect(on_trouble)
    session.interruptions.came.connect(on_trouble)
    session.closed.connect(lambda: batches.set_source(None))
    session.permitted.changed.connect(batches.set_permissions)
    session.listing_changed.connect(batches.set_listing)
    session.watching.changed.connect(lambda state: batches.set_trouble(state.trouble))
    session.index_changed.connect(on_index)
    session.states_changed.connect(batches.set_states)
    session.recorded_changed.connect(batches.set_recorded)
    session.batches_listed.connect(on_listed)
    batches.children_requested.connect(lambda *day: session.list_day(day))
    batches.load_requested.connect(session.load_days)
    batches.range_requested.connect(session.load_range)
    batches.batch_selected.connect(on_selected)


def _connect_vehicles(session: Session, panels: Panels) -> None:
    vehicles, properties = panels.vehicles, panels.properties

    def on_opened(_source: Source) -> None:
        vehicles.set_source_open(True)

    def on_closed() -> None:
        vehicles.set_source_open(False)
        properties.set_vehicles([])
        properties.set_properties([])

    def on_selection(vins: Sequence[str]) -> None:
        properties.set_vehicles(vins)
        session.select_vehicles(vins)

    def on_activated(leaves: Sequence[tuple[str, str, str]]) -> None:
        keys = [SeriesKey(vin, *leaf) for leaf in leaves for vin in vehicles.selected_vins()]
        session.add_series(keys)
        if keys:
            panels.timeline.reveal(joined_key(keys[0]) if session.joined else keys[0])

    session.opened.connect(on_opened)
    session.closed.connect(on_closed)
    session.permitted.changed.connect(vehicles.set_permissions)
    for panel in (vehicles, properties):
        session.loading_changed.connect(panel.set_loading)
    session.listing_changed.connect(vehicles.set_listing)
    session.vehicles_changed.connect(vehicles.set_vehicles)
    session.properties_changed.connect(properties.set_properties)
    session.properties_read.connect(properties.stop_reading)
    vehicles.selection_changed.connect(on_selection)
    properties.series_activated.connect(on_activated)


def _connect_timeline(session: Session, panels: Panels) -> None:
    timeline = panels.timeline

    def on_sample(key: SeriesKey, index: int) -> None:
        series = timeline.series(key)
        if series is not None and (batch := series.batch[index]):
            show_messages(panels)
            if (batch_key := parse_key(batch)) is not None:
                panels.batches.select_batch(batch_key, tell=False)
            session.open_batch(batch, int(series.ordinal[index]))

    session.series_requested.connect(timeline.set_loading)
    session.series_loaded.connect(timeline.add_series)
    session.series_removed.connect(timeline.remove_series)
    session.closed.connect(timeline.clear)
    timeline.series_dropped.connect(session.add_series)
    timeline.series_wanted.connect(session.add_series)
    timeline.remove_requested.connect(session.remove_series)
    timeline.sample_activated.connect(on_sample)


def show_messages(panels: Panels) -> None:
    """Bring the messages to the front, whether hidden or behind another tab."""
    panels.docks["show_messages"].show()
    panels.docks["show_messages"].raise_()


def _connect_messages(session: Session, panels: Panels) -> None:
    messages = panels.messages

    def on_loaded(key: str, found: list[Message], ordinal: int) -> None:
        messages.set_messages(key, found)
        if ordinal != NO_ORDINAL:
            messages.select_message(ordinal)

    def on_reject(key: str, ordinal: int) -> None:
        show_messages(panels)
        session.open_batch(key, ordinal)

    def on_activated(message: Message) -> None:
        if not message.capability or not message.property:
            return

        def show(keys: Sequence[SeriesKey]) -> None:
            if keys and message.time is not None:
                panels.timeline.show_sample(keys[0], message.time)

        session.add_paths([message.vin], [f"{message.capability}.{message.property}"], show)

    session.batch_loading.connect(messages.set_loading)
    session.batch_progress.connect(messages.set_progress)
    session.messages_stopped.connect(messages.set_stopped)
    session.batch_recorded.connect(messages.set_record)
    session.messages_loaded.connect(on_loaded)
    session.messages_failed.connect(messages.set_error)
    session.closed.connect(messages.clear)
    session.rejects_changed.connect(panels.rejects.set_rejects)
    session.closed.connect(lambda: panels.rejects.set_rejects([]))
    panels.rejects.reject_activated.connect(on_reject)
    messages.message_activated.connect(on_activated)
