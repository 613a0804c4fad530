"""What a process knows of one account between two looks. Nothing of it is vital."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from channels.errors import CallRefusedError, ChannelUnavailableError
from channels.networks.bluesky.posts import Told
from channels.networks.bluesky.session import Session
from channels.networks.bluesky.threads import Threads
from channels.uploads import Uploads

#: People remembered, and asked about at once.
KEPT, TOGETHER = 5_000, 25


class Desk:
    """One account of ours: its session, and what was learnt with it. Safe to use from threads."""

    def __init__(self, session: Session) -> None:
        """Take the session of the account."""
        self.session = session
        self.threads = Threads(session)
        self.uploads = Uploads()
        #: Keys of replies by the id of the direct message they became, in this process.
        self.sent: OrderedDict[str, str] = OrderedDict()
        self._people: OrderedDict[str, Told] = OrderedDict()
        self._left_until: datetime | None = None
        self._lock = threading.Lock()

    def people(self, dids: Sequence[str]) -> Mapping[str, Told]:
        """Return what the network tells of people by their ids; those it does not tell of not.

        What is known is not asked again. Nobody is kept waiting because a profile cannot be had.
        """
        with self._lock:
            known = {did: self._people[did] for did in dids if did in self._people}
        missing = [did for did in dict.fromkeys(dids) if did not in known]
        for begin in range(0, len(missing), TOGETHER):
            with suppress(CallRefusedError, ChannelUnavailableError):
                told = self.session.ask(
                    "app.bsky.actor.getProfiles", actors=missing[begin : begin + TOGETHER]
                )
                known |= self._learnt(told.get("profiles"))
        return known

    def reach_of(self, dids: Sequence[str]) -> Mapping[str, int]:
        """Return the followers of people by their ids."""
        told = {did: one.get("followersCount") for did, one in self.people(dids).items()}
        return {did: count for did, count in told.items() if type(count) is int and count > 0}

    def may_read_messages(self, now: datetime) -> bool:
        """Tell whether it is worth asking for direct messages at ``now``, UTC."""
        return self._left_until is None or now >= self._left_until

    def leave_messages(self, now: datetime, pause: timedelta) -> None:
        """Note that direct messages cannot be read now, and need not be asked for in a while."""
        self._left_until = now + pause

    def note_sent(self, external_id: str, key: str) -> None:
        """Remember which reply became a direct message: others may have the same words."""
        with self._lock:
            self.sent[external_id] = key
            while len(self.sent) > KEPT:
                self.sent.popitem(last=False)

    def _learnt(self, profiles: Any) -> dict[str, Told]:
        found = {
            str(one["did"]): one
            for one in (profiles if isinstance(profiles, list) else ())
            if isinstance(one, Mapping) and one.get("did")
        }
        with self._lock:
            self._people.update(found)
            while len(self._people) > KEPT:
                self._people.popitem(last=False)
        return found
