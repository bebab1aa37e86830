"""The views one has looked at, to go back and forth between them."""

from __future__ import annotations

from typing import Generic, TypeVar

State = TypeVar("State")

_LIMIT = 200


class ZoomHistory(Generic[State]):
    """A line of states with a place in it; what lies ahead is forgotten when something new is looked at."""

    def __init__(self) -> None:
        self._states: list[State] = []
        self._place = -1

    def commit(self, state: State) -> None:
        """Remembers a state as the one that is looked at, if it is another one."""
        if self._place >= 0 and self._states[self._place] == state:
            return
        del self._states[self._place + 1 :]
        self._states.append(state)
        del self._states[:-_LIMIT]
        self._place = len(self._states) - 1

    def replace(self, state: State) -> None:
        """Remembers a state in the place of the one that is looked at: nobody asked for the step between them."""
        if self._place < 0:
            self.commit(state)
        self._states[self._place] = state

    def back(self) -> State | None:
        """The state before, None at the beginning."""
        if self._place <= 0:
            return None
        self._place -= 1
        return self._states[self._place]

    def forward(self) -> State | None:
        """The state after, None at the end."""
        if self._place + 1 >= len(self._states):
            return None
        self._place += 1
        return self._states[self._place]

    @property
    def can_go_back(self) -> bool:
        """Whether there is a state before this one."""
        return self._place > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a state after this one."""
        return self._place + 1 < len(self._states)

    def clear(self) -> None:
        """Forgets all."""
        self._states.clear()
        self._place = -1
