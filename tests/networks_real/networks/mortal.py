"""Bluesky in a process that dies between a reply's being posted and its being recorded.

It is no part of the product: ``tests/start_corral.py`` puts this folder on the path of
:mod:`channels.networks`, behind the network it stands in for. The next reply after the file that
``DEATH`` names was made is the last deed of its process.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from channels.model import ChannelAccount, Reply
from channels.networks.bluesky import Bluesky


class Mortal(Bluesky):
    """Bluesky, until it is told to die."""

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post, and then be gone as in a power cut, with the process that would begin anew."""
        external_id = super().send(account, reply)
        order = Path(os.environ["DEATH"])
        if order.exists():
            order.unlink()
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        return external_id


channel = Mortal
