"""Files of recorded conversations: their formats, and one index over all of them.

A format module reads its file from front to back and gives a :class:`Row` for each post and a
:class:`~channels.model.Skipped` for what it cannot understand. :class:`Recording` sorts out what
the formats leave open: which posts belong to one thread, whose account they address, and the
order in which things happened. The formats are described in ``docs/recordings.md``.
"""

from channels.recordings.recording import Post, Recording
from channels.recordings.rows import Row

__all__ = ["Post", "Recording", "Row"]
