"""What colleagues answer to a note where the team talks: kept once, as notes."""

from __future__ import annotations

from collections.abc import Sequence

from channels.errors import ChannelUnavailableError
from channels.model import ChannelAccount, Remark
from channels.storage import notes
from engine.ports import UnitOfWork


def hear(uow: UnitOfWork, account: ChannelAccount, remarks: Sequence[Remark]) -> set[int]:
    """Keep what answers notes of ours; return the conversations these are about.

    Raises:
        ChannelUnavailableError: some may answer a note that is on its way, whose name on the
            network nobody knows yet; come again.
    """
    if not remarks:
        return set()
    told, unplaced = notes.heard(uow.connection, uow.workspace_id, account.id, remarks)
    if unplaced:
        raise ChannelUnavailableError(
            "Something may answer a note that is still on its way. It is read again in a while."
        )
    return told
