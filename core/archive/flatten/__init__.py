"""From batches to samples: the meaning of a message, and how many are read at once.

    batches → messages → skeletons and what fills their holes → samples, by column → files

What a message gives is decided by its outline alone, once for each skeleton (plans), and then read for all messages of
that skeleton together (usual). Whatever is unusual or damaged is split and read one by one (splitting, exact), with the
same outline and so with the same meaning.
"""

from core.archive.flatten.share import FlattenResult, flatten

__all__ = ["FlattenResult", "flatten"]
