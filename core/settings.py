"""What Odograph remembers between two starts: a small JSON file without secrets.

Only what differs from the defaults is written, so a better default reaches everyone who never chose. Geometry and
the panels of the window are not in here; Qt keeps them.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from core import paths
from core.connections import Connection, by_name, connection_from, content_of, new_keys_name
from core.errors import FORBIDDEN_HINT, DiskFull, OdographError, is_disk_full, is_forbidden

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

THEMES = ("system", "light", "dark")
UNIT_SYSTEMS = ("metric", "imperial", "as sent")
WATCH_MINUTES = (0, 1, 5, 15)
MAX_RECENT_SOURCES = 12
MAX_RECENT_COMMANDS = 8

_log = logging.getLogger("odograph.settings")


@dataclass(slots=True)
class Settings:
    """Everything that is remembered.

    Attributes:
        theme: ``system``, ``light`` or ``dark``.
        time_zone: ``local``, ``UTC`` or an IANA name.
        units: ``metric``, ``imperial`` or ``as sent``.
        join_renamed: whether a renamed property is one series under its present name.
        watch_minutes: time between two looks for new batches: 1, 5 or 15; 0 is never.
        unit_overrides: ``capability.property[.member]`` to the unit in which it is shown instead.
        gap_factor: a gap is longer than so many times the usual interval; 0 where nothing is one.
        connections: the saved ones, by name.
        foreign_servers: those that imported connections name and that were not known here. A person is asked before
            anything is sent to one of them.
        recent_sources: newest first, at most 12, each place once.
        last_source: what was open when the window was closed, or None.
        restore_last_source: whether a start opens it again.
        recent_commands: ids of the commands chosen in the palette, newest first, at most 8.
        shortcuts: ids of commands to the keys that a person gave them, where these are not the usual ones.
    """

    theme: str = "system"
    time_zone: str = "local"
    units: str = "metric"
    join_renamed: bool = True
    watch_minutes: int = 1
    unit_overrides: dict[str, str] = field(default_factory=dict)
    gap_factor: float = 2.5
    connections: list[Connection] = field(default_factory=list)
    foreign_servers: list[str] = field(default_factory=list)
    recent_sources: list[Connection] = field(default_factory=list)
    last_source: Connection | None = None
    restore_last_source: bool = True
    recent_commands: list[str] = field(default_factory=list)
    shortcuts: dict[str, list[str]] = field(default_factory=dict)

    def remember(self, source: Connection) -> None:
        """Put a source first among the recent ones and make it the last one opened."""
        others = [known for known in self.recent_sources if not known.same_place(source)]
        self.recent_sources = [source, *others][:MAX_RECENT_SOURCES]
        self.last_source = source

    def forget(self, source: Connection) -> None:
        """Take a source out of everything that is remembered, but for the saved connections."""
        self.recent_sources = [known for known in self.recent_sources if not known.same_place(source)]
        if self.last_source is not None and self.last_source.same_place(source):
            self.last_source = None

    def save_connection(self, connection: Connection, before: str = "") -> None:
        """Keep a connection under its name, which it must have.

        Args:
            connection: replaces the one that has its name.
            before: the name that it had until now, if it had one; also where it was opened lately.
        """
        replaced = {name.casefold() for name in (connection.name, before) if name}
        others = [known for known in self.connections if known.name.casefold() not in replaced]
        self.connections = sorted([*others, connection], key=lambda each: (each.name.casefold(), each.name))
        recent = [connection if each.name.casefold() in replaced else each for each in self.recent_sources]
        self.recent_sources = list(dict.fromkeys(recent))
        if self.last_source is not None and self.last_source.name.casefold() in replaced:
            self.last_source = connection

    def remove_connection(self, connection: Connection) -> None:
        """Remove a saved connection; what was opened lately with it goes as well."""
        self.connections = [known for known in self.connections if known.name != connection.name]
        self.forget(connection)

    def import_connections(self, connections: Sequence[Connection]) -> None:
        """Keep connections that come from elsewhere, and remember the servers that they are the first to name."""
        known = {_server(each) for each in (*self.connections, *self.recent_sources)} | {"", *self.foreign_servers}
        named = dict.fromkeys(map(_server, connections))
        self.foreign_servers = [*self.foreign_servers, *(server for server in named if server not in known)]
        for connection in connections:
            self.save_connection(connection)

    def is_foreign(self, source: Connection) -> bool:
        """Whether a source lies on a server that a person was not asked about so far."""
        return _server(source) in self.foreign_servers

    def trust_server(self, source: Connection) -> None:
        """Ask no more about the server of a source."""
        self.foreign_servers = [each for each in self.foreign_servers if each != _server(source)]

    @property
    def unsaved_sources(self) -> list[Connection]:
        """The recent sources that are no saved connections, newest first."""
        names = {each.name for each in self.connections}
        return [each for each in self.recent_sources if not each.name or each.name not in names]

    def saved(self, source: Connection) -> Connection:
        """The saved connection with this one's name as it is now; where it leads elsewhere, the source without it."""
        found = by_name(self.connections, source.name)
        if found is None:
            return source
        return found if found.address == source.address else replace(source, name="")

    def trusted(self, source: Connection) -> Connection:
        """A source that comes from elsewhere, such as out of a file, as it may be opened here.

        Access keys that it names are used where they are known to belong to its server. Otherwise they get a name of
        their own, and have to be entered: no file makes this computer use its keys with somebody else's server.
        """
        source = self.saved(source)
        last = [self.last_source] if self.last_source is not None else []
        known = [*self.connections, *self.recent_sources, *last]
        keys, server = source.options.keys, source.options.endpoint_url
        if not keys or any((each.options.keys, each.options.endpoint_url) == (keys, server) for each in known):
            return source
        bare = replace(source.options, keys="")
        for each in known:
            if each.options.keys and each.address == source.address and replace(each.options, keys="") == bare:
                return each
        return replace(source, options=replace(bare, keys=new_keys_name(keys)))

    def keys_in_use(self) -> set[str]:
        """The names of access keys that any connection of these makes use of."""
        last = [self.last_source] if self.last_source is not None else []
        return {each.options.keys for each in (*self.connections, *self.recent_sources, *last) if each.options.keys}


def _server(source: Connection) -> str:
    return source.options.endpoint_url.strip().rstrip("/").casefold()


def settings_file() -> Path:
    """Where the settings lie."""
    return paths.settings_folder() / "settings.json"


def load(file: Path | None = None) -> Settings:
    """Read the settings. A broken file is kept aside as ``.broken`` and defaults are used; this never raises.

    Args:
        file: another file than the usual one.
    """
    file = file or settings_file()
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("not a JSON object")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        _log.warning("the settings in %s cannot be read, defaults are used: %s", file, error)
        return Settings()
    except (ValueError, RecursionError) as error:
        aside = file.with_name(file.name + ".broken")
        with contextlib.suppress(OSError):
            file.replace(aside)
        _log.warning("the settings in %s are broken (%s); kept as %s, defaults are used", file, error, aside.name)
        return Settings()
    return _read(content)


def save(settings: Settings, file: Path | None = None) -> None:
    """Write the settings; the file is whole at any instant, old or new.

    Args:
        settings: what to write.
        file: another file than the usual one.

    Raises:
        DiskFull: no room is left.
        OdographError: the folder cannot be written.
    """
    content = json.dumps(_changed(settings), indent=2, ensure_ascii=False) + "\n"
    write_whole(file or settings_file(), content, "The settings")


def write_whole(file: Path, content: str, what: str) -> None:
    """Write a text file; it is whole at any instant, old or new.

    Args:
        file: its folder is made where it is missing.
        what: what an error calls it, such as ``The settings``.

    Raises:
        DiskFull: no room is left.
        OdographError: the folder cannot be written.
    """
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    except OSError as error:
        kind = DiskFull if is_disk_full(error) else OdographError
        hint = FORBIDDEN_HINT if is_forbidden(error) else "Check the folder's permissions and free space."
        title = f"{what} could not be saved"
        raise kind(title, subject=str(file), hint=hint, detail=str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _changed(settings: Settings) -> dict[str, Any]:
    defaults = Settings()
    values = {item.name: getattr(settings, item.name) for item in fields(Settings)}
    return {name: _plain(value) for name, value in values.items() if value != getattr(defaults, name)}


def _plain(value: Any) -> Any:
    if isinstance(value, Connection):
        return content_of(value)
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _read(content: dict[str, Any]) -> Settings:
    settings = Settings()
    known = {item.name for item in fields(Settings)}
    for name, value in content.items():
        if name not in known:
            _log.info("unknown setting %s was dropped", name)
            continue
        try:
            settings = replace(settings, **{name: _checked(name, value)})
        except ValueError as error:
            _log.warning("setting %s is not usable, its default is used: %s", name, error)
    return settings


def _checked(name: str, value: Any) -> Any:
    if name == "theme" and value not in THEMES:
        raise ValueError(f"not one of {', '.join(THEMES)}")
    if name == "units" and value not in UNIT_SYSTEMS:
        raise ValueError(f"not one of {', '.join(UNIT_SYSTEMS)}")
    if name == "watch_minutes" and (isinstance(value, bool) or value not in WATCH_MINUTES):
        raise ValueError("not 0, 1, 5 or 15")
    if name == "gap_factor" and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9):
        raise ValueError("not a number from 0 up")
    if name == "unit_overrides" and not (
        isinstance(value, dict) and all(isinstance(unit, str) and unit for unit in value.values())
    ):
        raise ValueError("not a table of units")
    if name == "time_zone" and not (isinstance(value, str) and value):
        raise ValueError("not a name")
    if name in ("restore_last_source", "join_renamed") and not isinstance(value, bool):
        raise ValueError("neither true nor false")
    if name == "recent_sources":
        return _sources(name, value)[:MAX_RECENT_SOURCES]
    if name == "connections":
        found = {each.name.casefold(): each for each in reversed(_sources(name, value)) if each.name}
        return sorted(found.values(), key=lambda each: (each.name.casefold(), each.name))
    if name == "foreign_servers" and not _is_texts(value):
        raise ValueError("not a list of addresses")
    if name == "recent_commands":
        if not _is_texts(value):
            raise ValueError("not a list of names")
        return list(dict.fromkeys(value))[:MAX_RECENT_COMMANDS]
    if name == "shortcuts":
        if not isinstance(value, dict):
            raise ValueError("not a table of keys")
        return {id: keys for id, keys in value.items() if _are_keys(id, keys)}
    if name == "last_source":
        return None if value is None else connection_from(value)
    return value


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_keys(id: str, value: Any) -> bool:
    # One that is broken costs no other.
    if not _is_texts(value):
        _log.info("the shortcuts of %s were left out: not a list of keys", id)
        return False
    return True


def _sources(name: str, value: Any) -> list[Connection]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    found: dict[Connection, None] = {}
    for item in value:
        try:
            found[connection_from(item)] = None
        except ValueError as error:
            # One that is broken costs no other.
            _log.warning("one of %s was left out: %s", name, error)
    return list(found)
