"""What the command line says to the window."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.connections import S3Options

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window starts.

    Attributes:
        source: what to open, as it was typed; empty for nothing or what was open last.
        demo: open the built-in demo fleet, made when it is missing.
        vins: vehicles whose series come onto the timeline; none for all, if properties are given.
        properties: ``capability.property[.component]`` that come onto the timeline.
        workspace: the name or the file of a workspace that is shown; empty for none.
        screenshot: render the window into this file after loading, then end; None for a usual run.
        theme: ``light``, ``dark`` or ``system``; empty for what the settings say.
        size: width and height of the window in pixels, or None for the remembered ones.
        connection: the name of a saved connection; empty for none.
        s3: how a bucket is reached, besides what the connection says.
        verbose: whether details are logged.
    """

    source: str = ""
    demo: bool = False
    vins: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    workspace: str = ""
    screenshot: Path | None = None
    theme: str = ""
    size: tuple[int, int] | None = None
    connection: str = ""
    s3: S3Options = field(default_factory=S3Options)
    verbose: bool = False
