"""Splits a batch's bytes into its messages, as far as it can be read.

The exact way: it keeps numbers as they were written, members that come twice, and what stands between two damages.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

RAW_LIMIT = 4096
"""How many bytes of an unreadable message are kept."""


class Number(str):
    """A number as it was written, including NaN and Infinity."""

    __slots__ = ()


class Members(tuple[tuple[str, Any], ...]):
    """An object's members in their order, also those that come twice."""

    __slots__ = ()

    def get(self, name: str) -> Any:
        """The last member of that name, or None."""
        found = None
        for key, value in self:
            if key == name:
                found = value
        return found


Json: TypeAlias = "Members | list[Any] | Number | str | bool | None"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a batch.

    Attributes:
        ordinal: its place from 0; -1 stands for the batch as a whole.
        raw: its JSON text as it stood.
        value: what it says; None where it cannot be read.
        reason: why it cannot be read; empty where it can.
    """

    ordinal: int
    raw: str
    value: Json = field(default=None)
    reason: str = field(default="")


_DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_float=Number, parse_int=Number, parse_constant=Number, strict=False
)
_SPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_BOUNDARY = re.compile(r"(?:\][ \t\n\r]*\[|[\]},])[ \t\n\r]*(?=\{)")
# What is no UTF-8 stands for itself as half a surrogate pair, which no other text has.
_NO_TEXT = re.compile(r"[\ud800-\udfff]")
_BEGINNINGS = {
    b"\x1f\x8b": "compressed (gzip), not text in UTF-8",
    b"PK\x03\x04": "a ZIP archive, not text in UTF-8",
    b"\xff\xfe": "text in UTF-16, not in UTF-8",
    b"\xfe\xff": "text in UTF-16, not in UTF-8",
}
# What lenient writers produce: a comma before the end, and other spellings of what is no number.
_LENIENT = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=[ \t\n\r]*[\]}])|-?\b(?:nan|inf(?:inity)?)\b', re.DOTALL | re.IGNORECASE)


def split_batch(content: bytes) -> Iterator[Element]:
    """The elements of a batch in their order; what cannot be read comes with a reason.

    What is wrong with the batch as a whole comes with ordinal -1: that it is none at all, or that its end is missing.
    """
    text = content.decode("utf-8-sig", "surrogateescape")
    start = _skip_space(text, 0)
    if not text.startswith("[", start) and _NO_TEXT.search(text):
        yield Element(-1, cut_raw(content.decode("utf-8", "replace")), reason=f"The file is {_no_text(content)}")
        return
    if start == len(text):
        yield Element(-1, "", reason="The file is empty")
    elif text[start] == "[":
        for element in _List(text, start + 1).elements():
            yield _as_text(element) if _NO_TEXT.search(element.raw) else element
    else:
        yield _single(text[start:])


def _no_text(content: bytes) -> str:
    """What a file is that is no text in UTF-8, as far as its beginning tells."""
    return next((what for begin, what in _BEGINNINGS.items() if content.startswith(begin)), "not text in UTF-8")


def _as_text(element: Element) -> Element:
    raw = element.raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Element(element.ordinal, cut_raw(raw), reason=element.reason or "The message is not text in UTF-8")


def cut_raw(raw: str) -> str:
    """The beginning of an unreadable text, as much as is kept."""
    return raw if len(raw) * 4 <= RAW_LIMIT else raw.encode("utf-8", "replace")[:RAW_LIMIT].decode("utf-8", "ignore")


def parse(raw: str) -> Json:
    """Read one JSON text.

    Raises:
        ValueError: what is wrong with it.
    """
    value, end = _scan(raw, _skip_space(raw, 0))
    if _skip_space(raw, end) != len(raw):
        raise ValueError("Text follows after its end")
    return value


def _single(text: str) -> Element:
    """A file that is no list: one message, or nothing of ours."""
    try:
        value = parse(text)
    except ValueError as error:
        return Element(-1, cut_raw(text), reason=f"The file is no JSON list of messages: {error}")
    if looks_like_message(value):
        return Element(0, text, value)
    kind = "a JSON object" if isinstance(value, Members) else "a JSON value"
    return Element(-1, cut_raw(text), reason=f"The file is {kind}, not a list of messages")


def looks_like_message(value: Json) -> bool:
    """Whether an object has what makes a message, and so is more than a part of one."""
    return (
        isinstance(value, Members)
        and isinstance(value.get("data"), Members)
        and any(value.get(name) is not None for name in ("vin", "message_id", "capability"))
    )


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _scan(text: str, at: int) -> tuple[Json, int]:
    """The value at a place and where it ends; ValueError says what is wrong."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise ValueError(error.msg.removesuffix(":")) from None
    except RecursionError:
        raise ValueError("It is nested too deeply") from None


class _List:
    """Walks over a list's elements and finds its way again after a damage.

    Args:
        text: the whole file.
        at: behind the list's opening bracket.
    """

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = _skip_space(text, at)
        self._next_message: int | None = -1

    def elements(self) -> Iterator[Element]:
        text, ordinal, damaged = self._text, 0, False
        while self._at < len(text):
            if text[self._at] == "]":
                after = _skip_space(text, self._at + 1)
                if after == len(text):
                    return
                self._at = self._message_after(self._at) or len(text)
                rest = text[after : self._at].strip(", \t\n\r")
                if rest or self._at == len(text):
                    yield Element(ordinal, cut_raw(rest), reason="Text follows after the end of the list")
                    ordinal += 1
                if self._at == len(text):
                    return
            element = self._element(ordinal)
            yield element
            damaged = bool(element.reason)
            ordinal += 1
            self._at = _skip_space(text, self._at)
            if text[self._at : self._at + 1] == ",":
                self._at = _skip_space(text, self._at + 1)
        if not damaged:
            yield Element(-1, "", reason="The file ends before its list does")

    def _element(self, ordinal: int) -> Element:
        """The element at this place, and go to its end."""
        text, at = self._text, self._at
        try:
            value, end = _scan(text, at)
            follower = _skip_space(text, end)
            # A whole message is one whatever follows it, also where its comma is missing.
            if text[follower : follower + 1] in ("", ",", "]") or looks_like_message(value):
                self._at = end
                return Element(ordinal, text[at:end], value)
            problem = "Something other than a comma follows"
        except ValueError as error:
            problem = str(error)
        message = self._message_after(at)
        limit = len(text) if message is None else message
        balanced = _balanced_end(text, at, limit)
        if (
            balanced is not None
            and text[balanced : balanced + 1] == "]"
            and _skip_space(text, balanced + 1) < len(text)
        ):
            # A list that ends inside of a damaged element is not this one.
            balanced = None
        self._at = limit if balanced is None else balanced
        raw = text[at : self._at].rstrip()
        if balanced is not None:
            try:
                return Element(ordinal, raw, parse(_LENIENT.sub(_strict, raw)))
            except ValueError:
                return Element(ordinal, cut_raw(raw), reason=f"No valid JSON: {problem}")
        what = "No valid JSON" if message is not None else "The message is cut off or damaged"
        return Element(ordinal, cut_raw(raw.rstrip(", \t\n\r")), reason=f"{what}: {problem}")

    def _message_after(self, at: int) -> int | None:
        """Where the next whole message begins; None where there is none. Looks at no place twice."""
        if self._next_message is None or self._next_message > at:
            return self._next_message
        for match in _BOUNDARY.finditer(self._text, at):
            try:
                value, _ = _scan(self._text, match.end())
            except ValueError:
                continue
            if looks_like_message(value):
                self._next_message = match.end()
                return self._next_message
        self._next_message = None
        return None


def _strict(match: re.Match[str]) -> str:
    token = match[0]
    if token.startswith('"'):
        return token
    if token == ",":
        return ""
    sign = "-" if token.startswith("-") else ""
    return "NaN" if token.lower().endswith("nan") else f"{sign}Infinity"


def _balanced_end(text: str, at: int, limit: int) -> int | None:
    """Where the element at a place ends by its brackets, before the comma or bracket that follows; None if nowhere."""
    depth = 0
    for match in _TOKEN.finditer(text, at, limit):
        token = match[0]
        if token in ("{", "["):
            depth += 1
        elif depth == 0 and token in (",", "]"):
            # An element that is nothing at all is as long as its comma.
            return match.start() if match.start() > at else match.end()
        elif token in ("}", "]"):
            depth = max(depth - 1, 0)
    return None
