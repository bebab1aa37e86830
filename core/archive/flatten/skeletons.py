"""Cuts many batches into messages, and messages into skeletons and what fills their holes, with array operations.

A skeleton is a message's text without its values: texts are empty, numbers are ``0``. What machines write has few
skeletons, so that what a message of a skeleton means is decided once for all of them. Nothing here proves that a batch
is valid JSON; it is if the skeletons are and the numbers are, because a list of valid objects between commas is valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Characters = NDArray[np.uint8]
    Places = NDArray[np.int64]

_QUOTE, _BACKSLASH, _COLON, _OPEN, _CLOSE, _ZERO, _NINE, _MINUS = b'"\\:{}09-'
# Blanks and digits beyond these are not followed with array operations, which go one character at a time.
_BLANKS = 8
_DIGITS = 32

_NUMBER = re.compile(rb"[-+0-9.eE]*")
_BLANK = b" \t\r\n"
# What may stand between two messages of a batch, before the first, behind the last, and between two batches.
_BETWEEN = tuple(
    re.compile(pattern.replace(b" ", b"[ \\t\\r\\n]*")) for pattern in (rb" , ", rb" \[ ", rb" \] ", rb" \] \[ ")
)
_INNER, _FIRST, _LAST, _NEXT = range(4)


def _among(characters: bytes) -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(characters)] = True
    return table


_IS_BLANK = _among(_BLANK)
_IS_NUMBER = _among(b"-+0123456789.eE")


@dataclass(frozen=True, slots=True, eq=False)
class Holes:
    """What fills the holes of many messages, in the order in which it stands.

    Attributes:
        texts: as it is written, without quotes.
        is_number: bool, for each hole.
        place: int64, how far behind the beginning of all skeletons it is; a number's ``0`` stands before it.
    """

    texts: pa.LargeStringArray
    is_number: NDArray[np.bool_]
    place: Places


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Messages of the batches that could be cut; arrays have one element for each message.

    Attributes:
        content: the texts of all batches.
        holes: of all messages.
        skeletons: distinct ones, and some texts that are none.
        skeleton: int32, the place of its skeleton among these.
        skeleton_start: int64, where its skeleton begins, counted like the holes' places.
        batch: int32, the place of its batch.
        ordinal: int32, its place in its batch.
        start, end: int64, where it stands in the content.
        first_hole, hole_count: int64, its holes, which follow each other.
    """

    content: bytes
    holes: Holes
    skeletons: pa.LargeBinaryArray
    skeleton: NDArray[np.int32]
    skeleton_start: Places
    batch: NDArray[np.int32]
    ordinal: NDArray[np.int32]
    start: Places
    end: Places
    first_hole: Places
    hole_count: Places

    def raw(self, message: int) -> str:
        """A message's text as it stands."""
        return self.content[self.start[message] : self.end[message]].decode()


def may_be_cut(content: bytes) -> bool:
    """Whether a text looks like a list of objects in UTF-8."""
    if not content.lstrip(_BLANK).startswith(b"[") or not content.rstrip(_BLANK).endswith(b"]"):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"{" in content


def cut(contents: Sequence[bytes]) -> Cut | None:
    """Cut batches into messages; each of them may_be_cut. None where no batch can be cut.

    A batch of which no message comes back, or of which not every message can be read, is to be read in another way.
    """
    if not contents:
        return None
    content = b"\n".join(contents)
    text = np.frombuffer(content, np.uint8)
    bounds = np.cumsum([0, *(len(one) + 1 for one in contents)])
    quotes = _quotes(content, text)
    uneven = np.diff(np.searchsorted(quotes, bounds)) % 2 != 0
    if uneven.any():
        return _cut_others(contents, uneven)
    starts, ends, is_number = _find_holes(content, text, quotes)
    skeleton, gaps = _skeleton(text, starts, ends, is_number)
    removed = np.concatenate([[0], np.cumsum(ends - starts - is_number)])
    begins = bounds[:-1] - removed[np.searchsorted(starts, bounds[:-1])]
    braces = np.flatnonzero((skeleton == _OPEN) | (skeleton == _CLOSE))
    opens = skeleton[braces] == _OPEN
    depth = np.cumsum(np.where(opens, 1, -1))
    unbalanced = _unbalanced(depth, np.searchsorted(braces, begins))
    if unbalanced.any():
        return _cut_others(contents, unbalanced)
    first, last = braces[opens & (depth == 1)], braces[~opens & (depth == 0)] + 1
    batch = np.searchsorted(begins, first, "right") - 1
    pieces = _pieces(skeleton, first, last)
    codes = pieces.indices.to_numpy()
    good = np.ones(len(contents), np.bool_)
    good[_badly_parted(pieces.dictionary, codes[0::2], batch)] = False
    first_hole, last_hole = np.searchsorted(gaps, first), np.searchsorted(gaps, last)
    ordinal = np.arange(len(batch)) - np.searchsorted(batch, np.arange(len(contents)))[batch]
    kept = np.flatnonzero(good[batch])
    return Cut(
        content,
        Holes(_filling(content, starts, ends), is_number, gaps),
        pieces.dictionary,
        codes[1::2][kept],
        first[kept],
        batch[kept].astype(np.int32),
        ordinal[kept].astype(np.int32),
        (first + removed[first_hole])[kept],
        (last + removed[last_hole])[kept],
        first_hole[kept],
        (last_hole - first_hole)[kept],
    )


def _cut_others(contents: Sequence[bytes], bad: NDArray[np.bool_]) -> Cut | None:
    """Cut all but some batches."""
    others = np.flatnonzero(~bad)
    found = cut([contents[place] for place in others.tolist()])
    return None if found is None else replace(found, batch=others.astype(np.int32)[found.batch])


def _quotes(content: bytes, text: Characters) -> Places:
    """Where the quotes are that begin or end texts."""
    is_quote = text == _QUOTE
    if b"\\" in content:
        backslashes = np.flatnonzero(text == _BACKSLASH)
        begins = np.flatnonzero(np.diff(backslashes, prepend=-2) != 1)
        lengths = np.diff(begins, append=len(backslashes))
        # An odd number of backslashes changes what the character behind them means.
        behind = backslashes[begins] + lengths
        is_quote[behind[(lengths % 2 == 1) & (behind < len(text))]] = False
    return np.flatnonzero(is_quote)


def _find_holes(content: bytes, text: Characters, quotes: Places) -> tuple[Places, Places, NDArray[np.bool_]]:
    """Where holes begin and end, in their order, and which of them are numbers."""
    opening, closing = quotes[0::2], quotes[1::2]
    behind = _skip_blanks(text, closing + 1)
    is_name = text[behind] == _COLON
    value = _skip_blanks(text, behind[is_name] + 1)
    first = text[value]
    number = value[((first >= _ZERO) & (first <= _NINE)) | (first == _MINUS)]
    starts = np.concatenate([opening[~is_name] + 1, number])
    ends = np.concatenate([closing[~is_name], _number_ends(content, text, number)])
    order = np.argsort(starts, kind="stable")
    return starts[order], ends[order], order >= len(starts) - len(number)


def _skip_blanks(text: Characters, at: Places) -> Places:
    """The places of the next characters that are not blank, unless there are very many blanks."""
    limit = len(text) - 1
    at = np.minimum(at, limit)
    going = np.flatnonzero(_IS_BLANK[text[at]])
    for _ in range(_BLANKS):
        if not len(going):
            break
        behind = np.minimum(at[going] + 1, limit)
        at[going] = behind
        going = going[_IS_BLANK[text[behind]]]
    return at


def _number_ends(content: bytes, text: Characters, starts: Places) -> Places:
    """Where numbers end; they end before the content does."""
    ends = starts.copy()
    going = np.arange(len(starts))
    for _ in range(_DIGITS):
        going = going[_IS_NUMBER[text[ends[going]]]]
        if not len(going):
            return ends
        ends[going] += 1
    for place in going.tolist():
        match = _NUMBER.match(content, int(ends[place]))
        ends[place] = match.end() if match else ends[place]
    return ends


def _skeleton(
    text: Characters, starts: Places, ends: Places, is_number: NDArray[np.bool_]
) -> tuple[Characters, Places]:
    """All that is in no hole, with a 0 for each number, and where the holes are in it."""
    marked = text.copy()
    marked[starts[is_number]] = _ZERO
    offsets = np.empty(2 * len(starts) + 2, np.int64)
    offsets[0], offsets[-1] = 0, len(text)
    offsets[1:-1:2] = starts + is_number
    offsets[2:-1:2] = ends
    kept = _every_second(marked, offsets, 0)
    bounds = np.frombuffer(kept.buffers()[1], np.int64)[: len(kept) + 1]
    return np.frombuffer(kept.buffers()[2], np.uint8)[: bounds[-1]], bounds[1:-1]


def _filling(content: bytes, starts: Places, ends: Places) -> pa.LargeStringArray:
    """What fills the holes."""
    offsets = np.empty(2 * len(starts) + 1, np.int64)
    offsets[0] = 0
    offsets[1::2] = starts
    offsets[2::2] = ends
    return _every_second(np.frombuffer(content, np.uint8), offsets, 1).cast(pa.large_string())


def _every_second(text: Characters, offsets: Places, first: int) -> pa.LargeBinaryArray:
    pieces = _binary(text, offsets)
    return pieces.take(pa.array(np.arange(first, len(pieces), 2)))


def _binary(text: Characters, offsets: Places) -> pa.LargeBinaryArray:
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(text)]
    )


def _unbalanced(depth: Places, firsts: Places) -> NDArray[np.bool_]:
    """Which batches close more braces than they open, or fewer.

    Args:
        depth: behind each brace.
        firsts: the place of each batch's first brace, or where it would be.
    """
    bounds = np.append(firsts, len(depth))
    before = np.concatenate([[0], depth])[bounds]
    lowest = np.minimum.reduceat(np.append(depth, 0), firsts)
    found: NDArray[np.bool_] = (np.diff(before) != 0) | ((lowest < before[:-1]) & (np.diff(bounds) > 0))
    return found


def _pieces(skeleton: Characters, first: Places, last: Places) -> pa.DictionaryArray:
    """Messages, and before, between and behind them what is no message, each text once."""
    offsets = np.empty(2 * len(first) + 2, np.int64)
    offsets[0], offsets[-1] = 0, len(skeleton)
    offsets[1:-1:2] = first
    offsets[2:-1:2] = last
    return _binary(skeleton, offsets).dictionary_encode()


def _badly_parted(texts: pa.LargeBinaryArray, between: NDArray[np.int32], batch: Places) -> Places:
    """The batches in which something else than a comma stands between two messages, or than brackets around them.

    Args:
        texts: distinct ones.
        between: for each place before, between and behind messages, the number of its text.
        batch: of each message.
    """
    if not len(batch):
        return batch
    matches = np.zeros((len(texts), len(_BETWEEN)), np.bool_)
    for number in np.flatnonzero(np.bincount(between)).tolist():
        found = texts[number].as_py()
        matches[number] = [pattern.fullmatch(found) is not None for pattern in _BETWEEN]
    changes = np.diff(batch)
    wanted = np.concatenate([[_FIRST], np.where(changes == 0, _INNER, _NEXT), [_LAST]])
    bad = ~matches[between, wanted]
    bad[1:-1] |= changes > 1
    return np.concatenate([batch[bad[:-1]], batch[bad[1:]]])
