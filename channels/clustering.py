"""Conversations that begin with nearly the same complaint are put into one cluster.

Compared are the first mentions of conversations, with those of the last two days that are kept in
memory: what other workers stored meanwhile is read before each comparison. Two that come in at the
same moment through two workers may miss each other; a third one brings neither back. A cluster is a
help for people who want to answer many at once, never a ground to leave anybody unanswered.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from channels.similar import Recent, gist_of
from channels.storage import clusters
from engine.ports import UnitOfWork

#: Complaints are compared for so long.
LASTING = timedelta(hours=48)
#: A mention of a better mood is no complaint.
MOOD = 0.3
#: Conversations that are read back at first.
BACK = 2_000


class Clustering:
    """Finds clusters in what comes into one workspace. Several threads may share it."""

    def __init__(self) -> None:
        """Begin with nothing in memory: what is needed is read with the first page."""
        self._recent = Recent()
        self._came_at: dict[int, datetime] = {}
        self._stands_for: dict[int, int] = {}  # cluster: the conversation that is compared
        self._read_up_to = 0
        self._lock = threading.Lock()

    def take(self, uow: UnitOfWork, opened: Sequence[tuple[int, str]], now: datetime) -> int:
        """Put conversations that were just opened into clusters; return how many were.

        Args:
            uow: the transaction in which they were opened.
            opened: ids, and texts that sound like complaints, in the order they came in.
            now: UTC.
        """
        if not opened:
            return 0
        with self._lock:
            self._read_back(uow, min(id for id, _ in opened), now)
            pairs = self._pairs(opened)
        if pairs:
            clusters.join(uow.connection, uow.workspace_id, pairs, now)
        return len(pairs)

    def _read_back(self, uow: UnitOfWork, below: int, now: datetime) -> None:
        """Read what was committed since; our own page is not, and may be rolled back."""
        after = max(self._read_up_to, below - BACK)
        for one in clusters.openings(uow.connection, uow.workspace_id, after=after, below=below):
            if one.sentiment < MOOD:
                self._keep(one)
        self._read_up_to = max(self._read_up_to, below - 1)
        for id in self._recent.trim():
            self._came_at.pop(id, None)
        for id in [id for id, at in self._came_at.items() if now - at > LASTING]:
            del self._came_at[id]
            self._recent.forget(id)

    def _keep(self, one: clusters.Opening) -> None:
        known = self._stands_for.get(one.cluster_id or 0)
        if known in self._came_at:
            # One conversation stands for its cluster, however many come.
            self._came_at[known] = one.received_at
            return
        gist = gist_of(one.text)
        if gist is None:
            return
        self._recent.add(one.conversation_id, gist)
        self._came_at[one.conversation_id] = one.received_at
        if one.cluster_id is not None:
            self._stands_for[one.cluster_id] = one.conversation_id

    def _pairs(self, opened: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
        """Return which conversations are like older ones, or like others of the same page."""
        pairs: list[tuple[int, int]] = []
        of_page: list[int] = []
        for id, text in opened:
            gist = gist_of(text)
            if gist is None:
                continue
            older = self._recent.like(gist)
            if older is not None:
                pairs.append((id, older))
            else:
                self._recent.add(id, gist)
                of_page.append(id)
        for id in of_page:
            self._recent.forget(id)
        return pairs
