"""Asking an archive several things in one job, of which each answer is shown as soon as it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from core.errors import ArchiveDamaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.jobs import JobContext

Question: TypeAlias = "tuple[Callable[[Any], object], Callable[[JobContext], object]]"
"""A slot for the answer, and what is asked."""


def ask_all(questions: Iterable[Question], failed: Callable[[object], object], ctx: JobContext) -> None:
    """Ask one after the other; partial results are for :func:`hand_over`.

    Args:
        failed: a slot for errors of a damaged file; what lies in other files can be shown all the same.
    """
    for slot, ask in questions:
        try:
            ctx.partial((slot, ask(ctx)))
        except ArchiveDamaged as error:
            ctx.partial((failed, error))


def hand_over(part: tuple[Callable[[object], object], object]) -> None:
    """Call a slot with its answer. The window's thread only."""
    slot, answer = part
    slot(answer)
