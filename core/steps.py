"""Work in steps that a person follows: what each one did, how long it took, and what to do where it failed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class StepState(StrEnum):
    """How far a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self not in {StepState.WAITING, StepState.RUNNING}


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it stands.

    Attributes:
        id: names the step among its list, whatever becomes of it.
        title: what is done, a few words without a full stop.
        state: how far it is.
        result: what was found or done, one short line; may be empty.
        hint: what to do about it; may be empty.
        detail: everything else there is to know, for copying; may be empty. Never contains a secret.
        seconds: how long it took; None where it did not run.
    """

    id: str
    title: str
    state: StepState = StepState.WAITING
    result: str = ""
    hint: str = ""
    detail: str = ""
    seconds: float | None = None


def seconds_text(seconds: float) -> str:
    """How long a step took: ``<1 ms``, ``12 ms``, ``1.4 s``, ``3 min 20 s``."""
    if seconds < 0.001:
        return "<1 ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def step_report(step: Step) -> str:
    """Everything there is to know of one step, line by line, for copying."""
    line = f"{step.title}: {step.state}"
    if step.result:
        line += f": {step.result}"
    if step.seconds is not None:
        line += f" ({seconds_text(step.seconds)})"
    lines = [line]
    lines += [f"    What to do: {step.hint}"] if step.hint else []
    lines += [f"    Detail: {line}" for line in step.detail.splitlines() if line]
    return "\n".join(lines)


def report(steps: Sequence[Step]) -> str:
    """Everything there is to know of all steps, for copying."""
    return "\n".join(map(step_report, steps))


def to_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps as plain values, in order."""
    return [asdict(step) | {"state": step.state.value} for step in steps]
