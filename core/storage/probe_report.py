"""What a test of a connection tells while it goes on, and at its end."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.steps import Step, StepState, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.connections import S3Options
    from core.errors import OdographError
    from core.storage.permissions import Permissions

_TITLES = {
    "resolve": "Resolve the server's name",
    "connect": "Connect",
    "tls": "Secure connection (TLS)",
    "authenticate": "Authenticate",
    "list": "List objects",
    "read": "Read one object",
}
_OF_FOLDERS = ("list", "read")


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a test of a connection found.

    Attributes:
        address: what was tested.
        steps: each as it ended.
        error: the failure that keeps the source from being browsed; None where it can be.
        region: where the bucket lies; empty where that is not known.
        permissions: what may be done there, as far as it was tried.
        better: options that would work, where they were found; else None.
    """

    address: str
    steps: tuple[Step, ...]
    error: OdographError | None
    region: str
    permissions: Permissions
    better: S3Options | None

    @property
    def browsable(self) -> bool:
        """Whether the source can be listed and read, as far as there is something to read."""
        return self.error is None

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "address": self.address,
            "browsable": self.browsable,
            "region": self.region,
            "permissions": {"list": self.permissions.list.right.value, "read": self.permissions.read.right.value},
            "steps": to_json(self.steps),
        }


def first_steps(address: str) -> tuple[Step, ...]:
    """The steps of a test before it begins; of a folder there are fewer."""
    ids = _TITLES if address.strip().lower().startswith("s3:") else _OF_FOLDERS
    return tuple(Step(id, _TITLES[id]) for id in ids)


class Progress:
    """The steps of one test as they go on.

    Args:
        address: what is tested.
        told: called with each step as it begins and as it ends.

    Attributes:
        error: the failure that ended the test; None until then.
    """

    def __init__(self, address: str, told: Callable[[Step], None]) -> None:
        self._address = address
        self._told = told
        self._steps = {step.id: step for step in first_steps(address)}
        self._seconds: dict[str, float] = {}
        self.error: OdographError | None = None

    @contextmanager
    def running(self, id: str) -> Iterator[None]:
        """Tell that a step runs, and measure how long."""
        begun = time.monotonic()
        self._change(replace(self._steps[id], state=StepState.RUNNING))
        try:
            yield
        finally:
            self._seconds[id] = time.monotonic() - begun

    def end(self, id: str, result: str, hint: str = "", *, state: StepState = StepState.OK, detail: str = "") -> None:
        """Tell how a step ended."""
        seconds = self._seconds.get(id)
        step = self._steps[id]
        self._change(replace(step, state=state, result=result, hint=hint, detail=detail, seconds=seconds))

    def fail(self, id: str, error: OdographError, result: str = "") -> None:
        """Tell that a step failed, and that those after it are left out.

        Args:
            result: put before what the error says.
        """
        self.error = error
        # A key is long, and the hint names it too.
        in_hint = error.subject.startswith("s3://") and error.subject[5:] in error.hint
        named = error.subject and error.subject not in self._address and not in_hint
        said = f"{error.title}: {error.subject}" if named else error.title
        result = f"{result}: {said}" if result else said
        self.end(id, result, error.hint, state=StepState.FAILED, detail=error.detail)
        for step in list(self._steps.values()):
            if not step.state.over:
                self.skip(step.id)

    def skip(self, id: str, why: str = "") -> None:
        """Tell that a step is left out."""
        self._change(replace(self._steps[id], state=StepState.SKIPPED, result=why))

    def report(self, permissions: Permissions, region: str = "", better: S3Options | None = None) -> ConnectionReport:
        """Everything that was found."""
        return ConnectionReport(self._address, tuple(self._steps.values()), self.error, region, permissions, better)

    def _change(self, step: Step) -> None:
        self._steps[step.id] = step
        self._told(step)
