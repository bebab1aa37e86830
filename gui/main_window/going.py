"""Goes to an address or a batch that was pasted or typed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from core.errors import UsageError
from core.sandbox.simulate import display_name
from core.storage.addresses import Destination, find_destination
from core.storage.keys import parse_key, split_batch
from gui.dialogs.go_to_address import GoToAddressDialog
from gui.messages import Belongs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from core.connections import Connection
    from core.settings import Settings
    from core.storage.index import SourceIndex
    from gui.action_set import ActionSet
    from gui.main_window.layout import Panels
    from gui.messages import MessageCenter
    from gui.session.session import Session


class GoingSwitch(QObject):
    """Opens the place that an address or a key names, and selects the batch in the tree.

    Args:
        settings: knows the sources that can be opened.
        opened_as: the source that is open, or None.
        open_source: opens a source.
    """

    def __init__(
        self,
        actions: ActionSet,
        panels: Panels,
        session: Session,
        messages: MessageCenter,
        settings: Settings,
        opened_as: Callable[[], Connection | None],
        open_source: Callable[[Connection], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._panels = panels
        self._session = session
        self._messages = messages
        self._settings = settings
        self._opened_as = opened_as
        self._open_source = open_source
        self._window = window
        # The batch to select and the part of the layout to show once the source is listed.
        self._wanted = self._scope = ""
        self._listing = False
        actions.connect("go_to_address", self.ask)
        actions.connect("paste_address", self.paste)
        session.index_changed.connect(self._on_index)
        session.listing_changed.connect(self._on_listing)

    def expect(self, source: Connection) -> Connection:
        """Note the batch that an address names.

        Returns:
            What is to be opened: the source itself, or the day of the batch.
        """
        folder, key = split_batch(source.address.replace("\\", "/"))
        self._wanted, self._scope = key, ""
        return replace(source, address=folder) if key else source

    @Slot()
    def paste(self) -> None:
        """Go where the text on the clipboard leads."""
        text = QGuiApplication.clipboard().text().strip()
        if not text:
            self._messages.show_info("There is no address on the clipboard", replace_id="pasted")
            return
        self.go(text)

    @Slot()
    def ask(self) -> None:
        """Ask where to go; what is on the clipboard is offered where it leads somewhere."""
        text = QGuiApplication.clipboard().text().strip()
        try:
            self._find(text)
        except UsageError:
            text = ""
        dialog = GoToAddressDialog(self._explain, text, self._window)
        dialog.chosen.connect(self.go)
        dialog.open()

    @Slot(str)
    def go(self, text: str) -> None:
        """Go where a text leads, or say why it leads nowhere."""
        try:
            destination = self._find(text)
        except UsageError as error:
            self._messages.show_error(error, replace_id="pasted")
            return
        self._messages.dismiss_id("pasted")
        if not destination.is_open:
            self._open_source(destination.connection)
        self._wanted, self._scope = destination.key, destination.scope
        if destination.is_open:
            self._panels.docks["show_batches"].show()
            self._panels.docks["show_batches"].raise_()
            self._show(complete=not self._listing)

    def _find(self, text: str) -> Destination:
        known = (*self._settings.connections, *self._settings.recent_sources)
        opened = self._opened_as() if self._session.source is not None else None
        return find_destination(text, opened, known)

    def _explain(self, text: str) -> str:
        destination = self._find(text)
        connection = destination.connection
        source = connection.name or display_name(connection.address)
        if destination.key:
            where = "in this source" if destination.is_open else f"in {source}"
            return f"Selects the batch {destination.key.rpartition('/')[2]} {where}"
        if destination.is_open:
            return f"Shows {destination.scope} in this source" if destination.scope else "This source is open"
        return f"Opens {source}" + (f" and shows {destination.scope}" if destination.scope else "")

    @Slot(bool)
    def _on_listing(self, active: bool) -> None:
        self._listing = active

    @Slot(object, bool)
    def _on_index(self, _index: SourceIndex, complete: bool) -> None:
        self._show(complete=complete)

    def _show(self, *, complete: bool) -> None:
        if self._scope:
            self._panels.batches.filter.setText(self._scope)
            self._scope = ""
        if self._wanted:
            self._select(complete=complete)

    def _select(self, *, complete: bool) -> None:
        key = parse_key(self._wanted)
        if key is None or self._panels.batches.select_batch(key):
            self._wanted = ""
        elif complete:
            self._wanted = ""
            self._messages.show_warning(
                "The source has no batch of this day",
                subject=key.text,
                hint="It may lie in another bucket or prefix.",
                belongs=Belongs.SOURCE,
            )
