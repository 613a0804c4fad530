"""Files of a reply, given to a server before the post that names them.

Nobody sees them until then. A server may take a while to make a film ready, and says so; what it
has been given is remembered, so that the next attempt goes on where this one ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from urllib.parse import quote

from channels.calling import Answer, Caller
from channels.errors import CallRefusedError, ChannelUnavailableError, ReplyRefusedError
from channels.media import ENDINGS, Enclosure
from channels.model import Reply
from channels.networks.mastodon.server import Server
from channels.transport import Line

#: Seconds for all files of a reply, and for one call. With the post that follows they are less
#: than ``channels.protocol.LONGEST_CALL``.
UPLOADING, ONE = 24.0, 12.0
#: Seconds between two questions whether a file is ready, and until the next attempt if it is not.
PAUSE, LATER = 1.0, 15.0


def uploaded(server: Server, reply: Reply, pause: Callable[[float], None]) -> list[str]:
    """Give the server the files of a reply, and return their ids.

    Raises:
        ChannelUnavailableError: not all are there; again goes on.
        ReplyRefusedError: it does not take one of them.
        ChannelRefusedError: it does not take any from the account.
    """
    caller = Caller(server.address, headers=server.auth, line=Line(read=ONE, whole=ONE))
    work = _Upload(server, caller, monotonic() + UPLOADING, pause)
    return [work.id_of(reply, number, file) for number, file in enumerate(reply.files)]


@dataclass(frozen=True, slots=True)
class _Upload:
    server: Server
    caller: Caller
    end: float
    pause: Callable[[float], None]

    def id_of(self, reply: Reply, number: int, file: Enclosure) -> str:
        """Return the id of a file that is ready to be named."""
        try:
            id, ready = self.server.uploads.known(reply, number) or self._given(file)
            self.server.uploads.note(reply, number, (id, ready))
            while not ready:
                self.pause(PAUSE)
                ready = self._is_ready(id, file)
            self.server.uploads.note(reply, number, (id, True))
        except CallRefusedError as error:
            raise self.server.refusal(error) from error
        return id

    def _given(self, file: Enclosure) -> tuple[str, bool]:
        try:
            answer = self._call("POST", "/api/v2/media", file)
        except CallRefusedError as error:
            if error.status not in (404, 405):
                raise
            answer = self._call("POST", "/api/v1/media", file)  # of older and smaller servers
        told = answer.json()
        id = told.get("id") if isinstance(told, Mapping) else None
        if not id:
            raise ChannelUnavailableError(
                f"{self.server.host} took a file, and does not say which."
            )
        return str(id), answer.status != 202

    def _is_ready(self, id: str, file: Enclosure) -> bool:
        try:
            return self._call("GET", f"/api/v1/media/{quote(id, safe='')}").status != 206
        except CallRefusedError as error:
            if error.status in (404, 422):
                raise ReplyRefusedError(
                    f"{self.server.host} cannot read {file.name}. Save it anew, or take it out."
                ) from error
            raise

    def _call(self, method: str, path: str, file: Enclosure | None = None) -> Answer:
        if monotonic() + ONE > self.end:
            raise ChannelUnavailableError(
                f"{self.server.host} has not got all files ready yet.", retry_after=LATER
            )
        if file is None:
            return self.caller.call(method, path)
        # The name it has here is nobody's business.
        part = (f"file.{ENDINGS[file.type][0]}", file.content, file.type)
        return self.caller.call(
            method, path, data={"description": file.alt}, files={"file": part}, writes=False
        )
