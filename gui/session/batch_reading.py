"""Reading one batch's messages, and what the archive holds of it: the work of one job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.archive.messages import read_messages
from core.errors import ArchiveDamaged
from core.storage.keys import parse_key

if TYPE_CHECKING:
    from core.archive.archive import Archive
    from core.archive.messages import Message
    from core.jobs import JobContext
    from core.storage.source import Source


def read_batch(source: Source, archive: Archive | None, key: str, ctx: JobContext) -> list[Message]:
    """Fetch a batch and read it.

    Args:
        archive: asked for the batch's record, which comes as a partial result: a BatchRecord, None where there is none,
            or the error of an archive that is damaged there.
    """
    content = source.fetch(key)
    ctx.check()
    messages = read_messages(content, parse_key(key), ctx)
    if archive is not None:
        try:
            ctx.partial(archive.recorded(key).get(key))
        except ArchiveDamaged as error:
            ctx.partial(error)
    return messages
