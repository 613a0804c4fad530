"""Files of a reply, given to X before the post or message that names them.

Pictures go in one call; GIFs and films in pieces, and X says when they are ready. Nobody sees them
until they are named, and what is there is remembered: the next attempt goes on from it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from channels.errors import ChannelUnavailableError, ReplyRefusedError
from channels.media import GIF, MP4, Enclosure
from channels.model import Reply
from channels.networks.x.wire import Wire
from channels.uploads import Uploads

_ROUTE = "/2/media/upload"
#: Bytes of a piece; seconds that X is given to get a film ready while somebody waits.
PIECE, WAIT = 4 * 1024**2, 3.0
_KINDS = {GIF: "gif", MP4: "video"}
#: How far a file got: pieces that are there; what X said about it; ready to be named.
_Stand = dict[str, Any]
_READY: _Stand = {"ready": True}


class Uploading:
    """Gives X the files of one reply."""

    def __init__(
        self, wire: Wire, uploads: Uploads, reply: Reply, pause: Callable[[float], None]
    ) -> None:
        """Take what remembers the files, and what waits for so many seconds."""
        self._wire = wire
        self._uploads = uploads
        self._reply = reply
        self._pause = pause

    def ids(self) -> list[str] | None:
        """Return the ids of the files, which are there by then; None when there are none.

        Raises:
            ChannelUnavailableError: not all are there; again goes on.
            ReplyRefusedError: X cannot read one of them.
            CallRefusedError: X does not take one of them.
            ChannelRefusedError: X takes none from the account.
        """
        files = enumerate(self._reply.files)
        return [self._id_of(number, file) for number, file in files] or None

    def _id_of(self, number: int, file: Enclosure) -> str:
        known: tuple[str, _Stand] | None = self._uploads.known(self._reply, number)
        id, stand = known or self._begun(file)
        if stand == _READY:
            return id
        if "pieces" in stand:
            stand = self._in_pieces(number, file, id, stand["pieces"])
        while stand.get("state") not in (None, "succeeded"):
            self._wait(number, file, id, stand)
            told = self._wire.look(_ROUTE, media_id=id, command="STATUS")
            stand = _processing(told)
        if file.alt:
            about = {"id": id, "metadata": {"alt_text": {"text": file.alt}}}
            self._wire.upload("/2/media/metadata", about)
        self._uploads.note(self._reply, number, (id, _READY))
        return id

    def _begun(self, file: Enclosure) -> tuple[str, _Stand]:
        kind = _KINDS.get(file.type, "image")
        category = f"{'dm' if self._reply.private else 'tweet'}_{kind}"
        wanted: dict[str, Any] = {"media_category": category, "media_type": file.type}
        if kind == "image":
            return _id(self._wire.upload(_ROUTE, {**wanted, "media": _text(file.content)})), {}
        wanted["total_bytes"] = file.size
        return _id(self._wire.upload(f"{_ROUTE}/initialize", wanted)), {"pieces": 0}

    def _in_pieces(self, number: int, file: Enclosure, id: str, there: int) -> _Stand:
        """Give X the pieces that are not there yet, and return what it says about the whole."""
        for piece in range(there, -(-len(file.content) // PIECE)):
            part = _text(file.content[piece * PIECE : (piece + 1) * PIECE])
            self._wire.upload(f"{_ROUTE}/{id}/append", {"media": part, "segment_index": piece})
            self._uploads.note(self._reply, number, (id, {"pieces": piece + 1}))
        return _processing(self._wire.upload(f"{_ROUTE}/{id}/finalize"))

    def _wait(self, number: int, file: Enclosure, id: str, stand: _Stand) -> None:
        """Wait before X is asked again whether a file is ready: here, or until the next attempt."""
        if stand["state"] == "failed":
            raise ReplyRefusedError(f"X cannot read {file.name}. Save it anew, or take it out.")
        seconds = float(stand.get("check_after_secs") or 1)
        self._uploads.note(self._reply, number, (id, {"state": "pending"}))
        if seconds > WAIT:
            raise ChannelUnavailableError(
                f"X has not got {file.name} ready yet.", retry_after=seconds
            )
        self._pause(seconds)


def _id(told: Any) -> str:
    id = _data(told).get("id")
    if not id:
        raise ChannelUnavailableError("X took a file, and did not say under which id.")
    return str(id)


def _processing(told: Any) -> _Stand:
    state = _data(told).get("processing_info")
    return dict(state) if isinstance(state, Mapping) else {}


def _data(told: Any) -> Mapping[str, Any]:
    data = told.get("data") if isinstance(told, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
