"""Reads the files of an Auto API specification, for the scripts that take facts from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

Node = dict[str, Any]


def capability_files(folder: Path) -> list[Path]:
    """The files of all capabilities, sorted by their names.

    Args:
        folder: holds ``capabilities/*.yml`` and ``misc/*.yml``.

    Raises:
        UsageError: there are none.
    """
    files = sorted((folder / "capabilities").glob("*.yml"))
    if not files:
        raise UsageError(
            "This folder is no Auto API specification",
            subject=str(folder),
            hint="Name the folder that holds capabilities and misc",
        )
    return files


def load(file: Path) -> Node:
    """A file's mapping, in which every scalar is a string.

    Raises:
        UsageError: it is missing, no YAML or no mapping.
    """
    import yaml  # only who builds the catalogue needs it

    # BaseLoader leaves every scalar a string: otherwise enum values such as on, off, yes and no become booleans.
    try:
        content = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)
    except OSError as error:
        raise UsageError("A file of the specification is missing", subject=str(file), detail=str(error)) from error
    except yaml.YAMLError as error:
        raise UsageError("A file of the specification is no YAML", subject=str(file), detail=str(error)) from error
    if not isinstance(content, dict):
        raise UsageError("A file of the specification is empty or no mapping", subject=str(file))
    return content
