"""The command that tests a connection."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core import paths
from core.cli.connecting import ask_for_keys, connection_of
from core.cli.console import printable
from core.cli.parser import DEMO
from core.connections import Connection
from core.errors import KeysNeeded
from core.sandbox.simulate import ensure_demo
from core.steps import seconds_text
from core.storage.probe import probe_connection
from core.storage.probe_report import first_steps

if TYPE_CHECKING:
    import argparse

    from core.cli.console import Console
    from core.jobs import JobContext
    from core.steps import Step
    from core.storage.probe_report import ConnectionReport


def probe_source(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """A step a line as it ends, or the whole as JSON. 1 where the source cannot be browsed."""
    report = _probe(words, console, ctx)
    if isinstance(report.error, KeysNeeded) and ask_for_keys(report.error):
        report = _probe(words, console, ctx)
    if words.json:
        console.data(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    console.say(f"{report.address} can be browsed" if report.browsable else f"{report.address} cannot be browsed")
    return 0 if report.browsable else 1


def _probe(words: argparse.Namespace, console: Console, ctx: JobContext) -> ConnectionReport:
    if words.source == DEMO and not words.connection:
        connection = Connection(str(ensure_demo(paths.demo_folder(), ctx)))
    else:
        connection = connection_of(words)
    address = connection.address
    width = max(len(step.title) for step in first_steps(address))

    def told(step: Step) -> None:
        if step.state.over and not words.json:
            console.data(_line(step, width))
            if step.hint:
                console.data(f"         {printable(step.hint)}")

    return probe_connection(address, connection.options, ctx, told)


def _line(step: Step, width: int) -> str:
    took = f"  ({seconds_text(step.seconds)})" if step.seconds is not None else ""
    return f"{step.state:<9}{step.title:<{width}}  {printable(step.result)}{took}".rstrip()
