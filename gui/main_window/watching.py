"""The commands for watching a source, and what the status bar says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLabel

from core.settings import WATCH_MINUTES
from gui.messages import Belongs
from gui.models.texts import plural
from gui.session.interruptions import is_about_credentials

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from PySide6.QtWidgets import QMainWindow

    from core.errors import OdographError
    from core.settings import Settings
    from gui.action_set import ActionSet
    from gui.messages import MessageCenter
    from gui.session.session import Session
    from gui.session.watching import WatchState

_NOTICE = "watching"
_MISSED = "missed"


class WatchSwitch(QObject):
    """Sets how often the session looks for new batches, and says when it did.

    Args:
        save: keeps the settings.
        window: gets a text in its status bar.
    """

    def __init__(
        self,
        actions: ActionSet,
        session: Session,
        messages: MessageCenter,
        settings: Settings,
        save: Callable[[], None],
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._messages = messages
        self._settings = settings
        self._save = save
        self._zone: tzinfo = UTC
        self._state = session.watching.state
        self.label = QLabel()
        self.label.setProperty("role", "muted")
        self.label.setAccessibleName("Last look for new batches")
        window.statusBar().insertPermanentWidget(1, self.label)
        for minutes in WATCH_MINUTES:
            action = actions.action(f"watch_{minutes}")
            action.setChecked(minutes == settings.watch_minutes)
            action.triggered.connect(lambda _on=False, minutes=minutes: self._set_minutes(minutes))
        session.watching.changed.connect(self._on_changed)
        session.watching.missed.connect(self._on_missed)
        session.watching.set_minutes(settings.watch_minutes)
        self._show()

    def set_zone(self, zone: tzinfo) -> None:
        """Say times in this zone."""
        self._zone = zone
        self._show()

    def _set_minutes(self, minutes: int) -> None:
        self._settings.watch_minutes = minutes
        self._save()
        self._session.watching.set_minutes(minutes)

    @Slot(object)
    def _on_changed(self, state: WatchState) -> None:
        before, self._state = self._state.trouble, state
        if is_about_credentials(state.trouble):
            # That has a notice of its own, for it is not the looking alone that does not work.
            pass
        elif state.trouble is not None and before is None:
            self._messages.show_warning(
                "Looking for new batches does not work at present",
                subject=state.trouble.subject,
                hint=f"{state.trouble.title}. It is tried again by itself.",
                detail=state.trouble.report(),
                replace_id=_NOTICE,
                belongs=Belongs.SOURCE,
            )
        elif state.trouble is None and before is not None:
            self._messages.dismiss_id(_NOTICE)
        self._show()

    @Slot(object)
    def _on_missed(self, errors: list[OdographError]) -> None:
        """Name the new batches that could not be fetched, or take that back."""
        if not errors:
            self._messages.dismiss_id(_MISSED)
            return
        first = errors[0]
        more = f" and {len(errors) - 1:,} more" if errors[1:] else ""
        self._messages.show_warning(
            f"{plural(len(errors), 'new batch', 'new batches')} could not be fetched",
            subject=f"{first.subject}{more}",
            hint=f"{first.title}. It is tried again at every look, and everything else is loaded.",
            detail="\n".join(error.report() for error in errors),
            replace_id=_MISSED,
            belongs=Belongs.SOURCE,
        )

    def _show(self) -> None:
        state = self._state
        text = ""
        if state.active and state.looked_at is not None:
            moment = f"{datetime.fromtimestamp(state.looked_at, self._zone):%H:%M}"
            text = f"Listed at {moment}" if state.trouble is None else f"Not reached since {moment}"
        elif state.trouble is not None:
            text = "Not reached"
        self.label.setText(text)
        self.label.setVisible(bool(text))
        if state.minutes:
            every = "minute" if state.minutes == 1 else f"{state.minutes} minutes"
            tip = f"New batches are looked for every {every}"
        else:
            tip = "New batches are not looked for: see Look for new batches in the menu Batches"
        if state.repeated:
            tip += f"\nOf what came, {plural(state.repeated, 'message', 'messages')} had been delivered before"
        self.label.setToolTip(tip)
