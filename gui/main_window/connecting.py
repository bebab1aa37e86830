"""The connections of a window: asked for, saved, listed, and their access keys kept."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction

from core.connections import Connection, free_name
from core.errors import CredentialsRejected, KeysNeeded, OdographError, SignInNeeded
from core.sandbox.simulate import display_name
from core.storage import access_keys
from core.storage.access_keys import Kept
from core.storage.parallel import call
from gui.dialogs.access_keys import AccessKeysDialog
from gui.dialogs.connect import ConnectDialog
from gui.dialogs.connections import ConnectionsDialog
from gui.dialogs.foreign_server import ask_for_server
from gui.main_window.telling import EDIT
from gui.messages import Belongs
from gui.models.texts import tip_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtWidgets import QMenu, QWidget

    from core.jobs import JobContext
    from core.settings import Settings
    from core.storage.access_keys import AccessKeys
    from gui.action_set import ActionSet
    from gui.dialogs.connect import Entered
    from gui.job_runner import JobRunner
    from gui.main_window.layout import Panels
    from gui.messages import MessageCenter

_MEMORY_HINT = "They stay in memory until Odograph is closed, and are asked for again the next time."


class ConnectionSwitch(QObject):
    """Edits, saves and lists connections, and asks for access keys that are not kept.

    Args:
        settings: keeps the connections and the recent sources.
        save: keeps the settings.
        open_source: opens a source.
        go_on: goes on with what waited for access keys.
        sign_in: signs in to the single sign-on of a profile, and does something afterwards.
    """

    def __init__(
        self,
        actions: ActionSet,
        panels: Panels,
        jobs: JobRunner,
        messages: MessageCenter,
        settings: Settings,
        save: Callable[[], None],
        open_source: Callable[[Connection], None],
        go_on: Callable[[], None],
        sign_in: Callable[[str, Callable[[], object]], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._welcome = panels.welcome
        self._jobs = jobs
        self._messages = messages
        self._settings = settings
        self._save = save
        self._open_source = open_source
        self._go_on = go_on
        self._sign_in = sign_in
        self._editor: ConnectDialog | None = None
        # Whose access keys wait until it is known that they belong to a source: else they would lie in the keyring
        # for ever where a mistyped one never opens.
        self._unopened: dict[str, Entered] = {}
        self._window = window
        self._list: ConnectionsDialog | None = None
        # The names of access keys that are being asked for, and of those that a person did not want to enter.
        self._asking: set[str] = set()
        self._declined: set[str] = set()
        # What they are needed for.
        self._needing: dict[str, tuple[Connection | None, Belongs]] = {}
        actions.connect("open_bucket", lambda: self.ask())
        actions.connect("connections", self.manage)
        welcome = panels.welcome
        welcome.connect_requested.connect(lambda: self.ask())
        welcome.recent_requested.connect(open_source)
        welcome.recent_removed.connect(self._forget_recent)
        welcome.edit_requested.connect(self.ask)
        welcome.duplicate_requested.connect(self.duplicate)
        welcome.remove_requested.connect(lambda connection: self.remove([connection]))
        self.show()

    # Showing

    def show(self) -> None:
        """Show the connections and the recent sources wherever they are listed."""
        saved, recent = self._settings.connections, self._settings.unsaved_sources
        self._welcome.set_connections(saved)
        self._welcome.set_recent(recent)
        self._fill_menu("file/connections", saved)
        self._fill_menu("file/recent", recent)
        self._actions.menu("file/recent").setEnabled(bool(recent))
        if self._list is not None:
            self._list.set_connections(saved)

    def _fill_menu(self, path: str, sources: Sequence[Connection]) -> None:
        menu: QMenu = self._actions.menu(path)
        for action in menu.actions():
            if action.objectName() == "source":
                menu.removeAction(action)
                action.deleteLater()
        if sources and menu.actions():
            line = menu.addSeparator()
            line.setObjectName("source")
        for source in sources:
            text = visible_text(source.name or display_name(source.address))
            action = QAction(text.replace("&", "&&"), menu)
            action.setObjectName("source")
            action.setToolTip(tip_text(visible_text(source.address)))
            action.triggered.connect(lambda _on=False, source=source: self._open_source(source))
            menu.addAction(action)

    def remember(self, source: Connection) -> None:
        """Put a source that was opened first among the recent ones."""
        entered = self._unopened.pop(source.options.keys, None)
        if entered is not None and entered.keys is not None:
            self._keep(source.options.keys, entered.keys, entered.keep_keys)
        self._change(lambda: self._settings.remember(source))

    def _change(self, change: Callable[[], None]) -> None:
        """Change the settings, keep them, and forget access keys that nothing uses any more."""
        before = self._settings.keys_in_use()
        change()
        self._save()
        self._forget_keys(before - self._settings.keys_in_use())
        self.show()

    # Editing

    def ask(self, source: Connection | None = None) -> None:
        """Open the editor, for a new connection or for one that is there.

        Args:
            source: what it begins with; one with a name is edited.
        """
        settings = self._settings
        edited = source if source is not None and source.name else None
        others = [each for each in settings.connections if edited is None or each.name != edited.name]
        taken = {each.options.keys for each in (*others, *settings.recent_sources) if each.options.keys}
        if edited is not None and edited.options.keys not in {each.options.keys for each in others}:
            taken.discard(edited.options.keys)
        dialog = ConnectDialog(self._jobs, self._window, source, others=others, keys_taken=taken)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._on_chosen)
        dialog.saved.connect(self._take)
        dialog.sign_in_wanted.connect(lambda profile: self._sign_in(profile, lambda: self._test_again(dialog)))
        dialog.finished.connect(self._on_editor_closed)
        self._editor = dialog
        dialog.open()

    def ask_for(self, title: str, verb: str, then: Callable[[Connection], None]) -> None:
        """Ask for a connection for something else than opening it.

        Args:
            title: of the dialog.
            verb: what its main button says, with a mnemonic.
            then: called with what was entered; it is saved first where it has a name.
        """
        self.ask()
        if self._editor is None:
            return
        self._editor.setWindowTitle(title)
        self._editor.set_verb(verb)
        self._editor.chosen.disconnect(self._on_chosen)

        def go_on(entered: Entered) -> None:
            self._take(entered)
            then(entered.connection)

        self._editor.chosen.connect(go_on)

    @Slot()
    def _on_editor_closed(self) -> None:
        self._editor = None
        if self._list is not None:
            self._list.take_focus()

    def _test_again(self, dialog: ConnectDialog) -> None:
        """What a test found to be missing was done, while the editor may have been closed."""
        if dialog is self._editor:
            dialog.test()

    @Slot(object)
    def _on_chosen(self, entered: Entered) -> None:
        self._take(entered)
        if self._list is not None:
            self._list.accept()
        self._open_source(entered.connection)

    @Slot(object)
    def _take(self, entered: Entered) -> None:
        name = entered.connection.options.keys
        if entered.keys is not None and entered.connection.name:
            self._keep(name, entered.keys, entered.keep_keys)
        elif entered.keys is not None:
            access_keys.keep_in_memory(name, entered.keys)
            self._unopened[name] = entered
        if entered.connection.name:
            self._change(lambda: self._settings.save_connection(entered.connection, entered.before))

    @Slot(object)
    def duplicate(self, connection: Connection) -> None:
        """Save a copy under a name of its own."""
        name = free_name(connection.name, [each.name for each in self._settings.connections])
        self._change(lambda: self._settings.save_connection(replace(connection, name=name)))
        if self._list is not None:
            self._list.set_connections(self._settings.connections, name)

    def remove(self, connections: Sequence[Connection]) -> None:
        """Remove saved connections, and their access keys where nothing else uses them."""

        def change() -> None:
            for connection in connections:
                self._settings.remove_connection(connection)

        def bring_back() -> None:
            self._add(connections)

        keys = {each.options.keys for each in connections if each.options.keys}
        self._change(change)
        forgotten = " and its access keys forgotten" if keys - self._settings.keys_in_use() else ""
        many = len(connections) > 1
        self._messages.show_info(
            f"{len(connections):,} connections removed" if many else f"Connection removed{forgotten}",
            subject="" if many else connections[0].name,
            action="Bring back",
            callback=bring_back,
            replace_id="connection removed",
        )

    def _add(self, connections: Iterable[Connection]) -> None:
        def change() -> None:
            for connection in connections:
                self._settings.save_connection(connection)

        self._change(change)

    @Slot(object)
    def _import(self, connections: Sequence[Connection]) -> None:
        self._change(lambda: self._settings.import_connections(connections))

    @Slot(object)
    def _forget_recent(self, source: Connection) -> None:
        self._change(lambda: self._settings.forget(source))

    @Slot()
    def manage(self) -> None:
        """Show all saved connections."""
        if self._list is not None:
            self._list.take_focus()
            return
        dialog = ConnectionsDialog(self._settings.connections, self._window)
        dialog.opened.connect(self._open_source)
        dialog.edited.connect(self.ask)
        dialog.created.connect(lambda: self.ask())
        dialog.duplicated.connect(self.duplicate)
        dialog.removed.connect(self.remove)
        dialog.imported.connect(self._import)
        dialog.finished.connect(self._on_list_closed)
        self._list = dialog
        dialog.show()

    @Slot()
    def _on_list_closed(self) -> None:
        self._list = None

    # Servers that a file has named

    def ask_before(self, source: Connection, then: Callable[[Connection], None]) -> None:
        """Do something with a source; where its server came out of a file, a person has to agree first."""
        if not self._settings.is_foreign(source):
            then(source)
            return

        def agree() -> None:
            self._change(lambda: self._settings.trust_server(source))
            then(source)

        ask_for_server(source, agree, self._window)

    # Access keys

    def begin(self, source: Connection) -> None:
        """A person wants to open a source, and may be asked for its access keys again."""
        self._declined.discard(source.options.keys)

    def takes(self, error: BaseException, source: Connection | None, belongs: Belongs) -> bool:
        """Whether an error is one of access keys that have to be entered, which is then done.

        Args:
            source: what was being opened or is open.
            belongs: which of both.
        """
        if isinstance(error, KeysNeeded):
            self._needing[error.keys] = (source, belongs)
            if error.keys in self._declined:
                self._tell_declined(error.keys)
            else:
                self._ask_for_keys(error.keys, again=False)
            return True
        keys = source.options.keys if source is not None else ""
        if not keys or not isinstance(error, CredentialsRejected) or isinstance(error, SignInNeeded):
            return False
        self._needing[keys] = (source, belongs)
        self._tell_of_keys(error, keys, again=True)
        return True

    def _tell_of_keys(self, error: BaseException, name: str, *, again: bool) -> None:
        source, belongs = self._needing.get(name, (None, Belongs.WINDOW))
        self._messages.show_error(
            error,
            action="Enter access keys",
            callback=lambda: self._ask_for_keys(name, again=again),
            replace_id=f"keys of {name}",
            belongs=belongs,
            connection=source.name if source is not None else "",
            other=EDIT if source is not None else "",
            other_callback=lambda: self.ask(source),
        )

    def _ask_for_keys(self, name: str, *, again: bool) -> None:
        if name in self._asking:
            return
        self._asking.add(name)
        dialog = AccessKeysDialog(name, self._jobs, self._window, again=again)
        dialog.entered.connect(lambda keys, keep: self._on_keys(name, keys, keep))
        dialog.rejected.connect(lambda: self._on_no_keys(name))
        dialog.finished.connect(lambda: self._asking.discard(name))
        dialog.show()

    def _on_keys(self, name: str, keys: AccessKeys, keep: bool) -> None:
        self._declined.discard(name)
        self._messages.dismiss_id(f"keys of {name}")
        self._keep(name, keys, keep)
        self._go_on()

    def _on_no_keys(self, name: str) -> None:
        self._declined.add(name)
        self._tell_declined(name)

    def _tell_declined(self, name: str) -> None:
        error = KeysNeeded("The access keys were not entered", subject=name, keys=name)
        self._tell_of_keys(error, name, again=False)

    def _keep(self, name: str, keys: AccessKeys, in_keyring: bool) -> None:
        access_keys.keep_in_memory(name, keys)

        def work(ctx: JobContext) -> Kept:
            # A keyring that has to be unlocked keeps its caller waiting, which the end of the program must not.
            return call(partial(access_keys.keep, name, keys, memory_alone=not in_keyring), ctx)

        def told(kept: Kept) -> None:
            if in_keyring and kept is Kept.MEMORY:
                self._messages.show_warning(
                    "The system’s keyring did not take the access keys", subject=name, hint=_MEMORY_HINT
                )

        job = self._jobs.submit("Keeping access keys", work, quiet=True)
        job.succeeded.connect(told)
        job.failed.connect(self._on_failed)

    def _forget_keys(self, names: Iterable[str]) -> None:
        for name in names:

            def work(ctx: JobContext, name: str = name) -> None:
                call(partial(access_keys.forget, name), ctx)

            self._jobs.submit("Forgetting access keys", work, quiet=True).failed.connect(self._on_failed)

    @Slot(object)
    def _on_failed(self, error: OdographError) -> None:
        self._messages.show_error(error)
