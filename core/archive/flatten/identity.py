"""63 bits that tell a message from all others, the same on every machine and however they are computed.

The bytes of the text are taken eight at a time (little-endian, the last ones filled up with zeros) and mixed by
multiplication and shifts, so that many are mixed at once.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_BITS = 2**64 - 1
_START = 0x9E3779B97F4A7C15
_FACTOR = 0xD6E8FEB86659FD93
_LAST_FACTOR = 0xFF51AFD7ED558CCD
# Longer texts are told by what a cryptographic hash makes of them: mixing them takes seconds for 10 MB.
_LONG = 4096


def digest(text: str) -> int:
    """The digest of one text that UTF-8 can hold."""
    content = text.encode()
    if len(content) > _LONG:
        return digest_of_raw(text)
    mixed = (_START + len(content)) & _BITS
    for at in range(0, len(content), 8):
        mixed = ((mixed ^ int.from_bytes(content[at : at + 8], "little")) * _FACTOR) & _BITS
        mixed ^= mixed >> 32
    mixed = (mixed * _LAST_FACTOR) & _BITS
    return (mixed ^ (mixed >> 29)) >> 1


def digest_of_raw(raw: str) -> int:
    """The digest of a message without an id, told by its whole text."""
    return digest(hashlib.blake2b(raw.encode("utf-8", "backslashreplace"), digest_size=32).hexdigest())


def digests(texts: pa.LargeStringArray) -> NDArray[np.int64]:
    """The digests of many texts, none of them null."""
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    buffer = texts.buffers()[2]
    content = np.frombuffer(buffer, np.uint8) if buffer is not None else np.empty(0, np.uint8)
    lengths = np.diff(offsets)
    result = np.empty(len(texts), np.int64)
    # Nearly always there is one length, and looking for more would take as long as all the rest.
    distinct = [int(lengths[0])] if len(lengths) and (lengths == lengths[0]).all() else np.unique(lengths).tolist()
    for length in distinct:
        chosen = np.flatnonzero(lengths == length)
        if length > _LONG:
            result[chosen] = [digest(texts[place].as_py()) for place in chosen.tolist()]
        else:
            result[chosen] = _digests_of_length(content, offsets[chosen], length)
    return result


def _digests_of_length(content: NDArray[np.uint8], starts: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    words = -(-length // 8)
    filled = np.zeros((len(starts), words * 8), np.uint8)
    if length:
        filled[:, :length] = np.lib.stride_tricks.sliding_window_view(content, length)[starts]
    mixed = np.full(len(starts), (_START + length) & _BITS, np.uint64)
    for word in filled.view("<u8").T:
        mixed ^= word
        mixed *= np.uint64(_FACTOR)
        mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(_LAST_FACTOR)
    mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(1)).astype(np.int64)
