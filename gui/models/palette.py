"""What the command palette finds: commands, bookmarks, properties, sources, zones, vehicles, the best match first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from gui import theme
from gui.models.texts import NO_VIN, visible_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from gui.models.tree import AnyIndex

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole) + 1

# How well a word of the query fits, the best first; each letter that stands alone inside a word makes it worse.
_BEGINS, _BEGINS_WORD, _INITIALS, _INSIDE, _BESIDE_WORD, _BESIDE, _SPREAD = range(7)
# Of so many letters one may stand alone.
_LETTERS_A_LOOSE_ONE = 3
# Fewer letters of a VIN would find nearly all of them.
_LEAST_OF_VIN = 2


class EntryKind(StrEnum):
    """What an entry is; its value is how a person calls it."""

    COMMAND = "Command"
    BOOKMARK = "Bookmark"
    PROPERTY = "Property"
    SOURCE = "Source"
    ZONE = "Time zone"
    VEHICLE = "Vehicle"


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """Something that can be chosen.

    Attributes:
        kind: what it is.
        value: what it stands for: the id of a command, a bookmark, a leaf, a source, the name of a zone, a VIN.
        name: what is read first.
        beside: where it stands and what it does.
        keys: its shortcut as this platform writes it.
        icon: a name of the theme's icons.
        missing: what is to be done before it can be used; empty where it can be.
    """

    kind: EntryKind
    value: Hashable
    name: str
    beside: str = ""
    keys: str = ""
    icon: str = ""
    missing: str = ""


def fit_of(word: str, name: str, beside: str) -> int | None:
    """How well a word fits a name and what stands beside it, all in lower case: 0 is best, None not at all.

    Letters that are spread over the name fit where nearly all of them begin a word or follow each other: ``zf`` and
    ``zofo`` find ``zoom forward`` as well as its words do, ``zmf`` finds it after all others.
    """
    if name.startswith(word):
        return _BEGINS
    if _begins_word(word, name):
        return _BEGINS_WORD
    loose = _loose_letters(word, name) if len(word) > 1 else None
    if loose == 0:
        return _INITIALS
    if word in name:
        return _INSIDE
    if word in beside:
        return _BESIDE_WORD if _begins_word(word, beside) else _BESIDE
    return None if loose is None or loose > len(word) // _LETTERS_A_LOOSE_ONE else _SPREAD + loose


def _begins_word(word: str, text: str) -> bool:
    place = text.find(word)
    while place > 0 and text[place - 1].isalnum():
        place = text.find(word, place + 1)
    return place >= 0


def _loose_letters(word: str, name: str) -> int | None:
    """How many letters of a word must stand alone inside words of a name; None where it does not have them in order.

    The first one begins a word.
    """
    starts = [place == 0 or not name[place - 1].isalnum() for place in range(len(name))]
    # For each place at which the letters so far may end, how few of them stand alone.
    ends = {place: 0 for place, letter in enumerate(name) if letter == word[0] and starts[place]}
    for letter in word[1:]:
        following: dict[int, int] = {}
        for place, other in enumerate(name):
            if other == letter:
                costs = [loose + (not starts[place] and place != end + 1) for end, loose in ends.items() if end < place]
                if costs:
                    following[place] = min(costs)
        ends = following
    return min(ends.values(), default=None)


class PaletteModel(QAbstractListModel):
    """The entries that match a query, each word of it; without a query all but the time zones and the vehicles.

    Of entries that match equally well those that were chosen lately come first. Vehicles are found by any part of
    their VIN; a hundred thousand of them take a few milliseconds.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[PaletteEntry] = []
        self._texts: list[tuple[str, str]] = []
        self._lately: dict[Hashable, int] = {}
        self._vins: Sequence[str] = ()
        self._vin_texts: list[str] | None = None
        # Places in the entries; what is beyond them are places of vehicles.
        self._shown: list[int] = []
        self._words: list[str] = []

    def set_entries(
        self, entries: Sequence[PaletteEntry], vins: Sequence[str] = (), lately: Sequence[Hashable] = ()
    ) -> None:
        """Offer these.

        Args:
            entries: in the order in which they are shown where they match equally well.
            vins: all vehicles.
            lately: values of entries that were chosen, the last one first.
        """
        self._entries = list(entries)
        # Names of places are written as one word.
        names = [each.name.lower().replace("_", " ") for each in entries]
        beside = [f"{each.kind} {each.beside} {each.keys}".lower() for each in entries]
        self._texts = list(zip(names, beside, strict=True))
        self._lately = {value: place for place, value in reversed(list(enumerate(lately)))}
        if vins is not self._vins:
            self._vins, self._vin_texts = vins, None
        self._show()

    def set_query(self, text: str) -> None:
        """Show what matches each of the words that spaces separate."""
        words = text.lower().split()
        if words != self._words:
            self._words = words
            self._show()

    def total(self) -> int:
        """How many entries there are, shown or not."""
        return len(self._entries) + len(self._vins)

    def entry(self, row: int) -> PaletteEntry:
        """What a row shows."""
        place = self._shown[row]
        if place < len(self._entries):
            return self._entries[place]
        vin = self._vins[place - len(self._entries)]
        return PaletteEntry(
            EntryKind.VEHICLE, vin, visible_text(vin) or NO_VIN, "Select this vehicle alone", icon="vehicle"
        )

    def _show(self) -> None:
        self.beginResetModel()
        fits: list[tuple[int, int, int]] = []
        last = len(self._lately)
        for place, (name, beside) in enumerate(self._texts):
            if not self._words and self._entries[place].kind is EntryKind.ZONE:
                continue
            total = 0
            for word in self._words:
                fit = fit_of(word, name, beside)
                if fit is None:
                    break
                total += fit
            else:
                fits.append((total, self._lately.get(self._entries[place].value, last), place))
        fits.sort()
        ends, inside = self._vehicles()
        count = len(self._words)
        better = [place for total, _, place in fits if total < _BEGINS_WORD * count]
        good = [place for total, _, place in fits if _BEGINS_WORD * count <= total <= _INSIDE * count]
        rest = [place for total, _, place in fits if total > _INSIDE * count]
        self._shown = [*better, *ends, *good, *inside, *rest] if count else [place for _, _, place in fits]
        self.endResetModel()

    def _vehicles(self) -> tuple[list[int], list[int]]:
        """The vehicles whose VIN ends with a word of the query, which is how people tell them apart, and the others."""
        if sum(map(len, self._words)) < _LEAST_OF_VIN or not self._vins:
            return [], []
        if self._vin_texts is None:
            self._vin_texts = [vin.lower() for vin in self._vins]
        texts, words = self._vin_texts, self._words
        found = [place for place, text in enumerate(texts) if words[0] in text]
        for word in words[1:]:
            found = [place for place in found if word in texts[place]]
        first, ending = len(self._entries), tuple(words)
        ends = [place for place in found if texts[place].endswith(ending)]
        if ends:
            known = set(ends)
            found = [place for place in found if place not in known]
        return [first + place for place in ends], [first + place for place in found]

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        entry = self.entry(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == Qt.ItemDataRole.DecorationRole:
            return theme.icon(entry.icon) if entry.icon else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (str(entry.kind), entry.name, entry.keys, entry.missing)))
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return entry.beside
        if role == ENTRY_ROLE:
            return entry
        return None
