"""Mail in a process that dies between a reply's being handed in and its being recorded.

It stands in for the network ``email`` as ``mortal.py`` does for its own, under the same order.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from channels.model import ChannelAccount, Reply
from channels.networks.email import EmailNetwork


class MortalMail(EmailNetwork):
    """Mail, until it is told to die."""

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Hand in, and then be gone as in a power cut, with the process that would begin anew."""
        external_id = super().send(account, reply)
        order = Path(os.environ["DEATH"])
        if order.exists():
            order.unlink()
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        return external_id


channel = MortalMail
