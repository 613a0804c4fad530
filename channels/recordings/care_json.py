"""The JSON of a public data set of customer-care dialogs: one array, an object for each dialog.

``dialogContent`` holds the turns; the key beside ``message`` tells who speaks: ``client``,
``client1`` (another customer who joined), or ``agent``. The agent's last answer is not among the
turns but in ``agentURL.url_utterance``, and belongs at turn ``agentURL.turn``.

Each dialog is one conversation, also where the data set tells the first posts of one thread in
two dialogs because it later forked: the id of a post told before gets the session id behind a
``~``. A ``line`` is the number of the dialog, from 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from channels.errors import UnreadableRecordingError
from channels.model import Skipped
from channels.recordings.rows import Row, moment, storable


def read(path: Path) -> Iterator[Row | Skipped]:
    """Yield the posts of every dialog, dialog by dialog, turn by turn.

    Raises:
        UnreadableRecordingError: the file is not JSON, or not an array.
    """
    try:
        dialogs = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableRecordingError(f"{path.name} is not readable JSON: {error}.") from error
    if not isinstance(dialogs, list):
        raise UnreadableRecordingError(f"{path.name} holds no array of dialogs.")
    told: set[str] = set()
    for number, dialog in enumerate(dialogs, 1):
        try:
            reader = _Dialog(number, dialog)
        except (KeyError, TypeError, ValueError) as error:
            yield Skipped(number, f"dialog {number} cannot be understood: {_why(error)}")
            continue
        for row in reader.rows(told):
            yield row
            if isinstance(row, Row):
                told.add(row.external_id)


class _Dialog:
    """One dialog on its way to rows. Raises what its contents raise, for ``read`` to report."""

    def __init__(self, number: int, dialog: Mapping[str, Any]) -> None:
        header, link = dialog["dialogHeader"], dialog.get("agentURL")
        self._link: Mapping[str, Any] = link if isinstance(link, Mapping) else {}
        self._number = number
        self._company = _text(header["company"])
        self._session = _text(header["sessionID"])
        self._length = _length(str(header.get("duration", "")))
        self._turns = list(dialog["dialogContent"])
        if not self._turns:
            raise ValueError("it has no turns")
        self._start: datetime | None = None
        self._last: datetime | None = None
        self._parent: str | None = None
        self._thread = f"{_text(self._turns[0]['tweet_ID'])}-{self._session}"

    def rows(self, told: set[str]) -> Iterator[Row | Skipped]:
        answer_at = _turn_number(self._link.get("turn"))
        for position, turn in enumerate(self._turns, 1):
            if position == answer_at:
                yield from self._answer(told)
            try:
                yield self._turn(turn, told)
            except (KeyError, TypeError, ValueError) as error:
                why = f"dialog {self._number}, turn {position}: {_why(error)}"
                yield Skipped(self._number, why)
        if answer_at is None or answer_at > len(self._turns):
            yield from self._answer(told)

    def _turn(self, turn: Mapping[str, Any], told: set[str]) -> Row:
        if not isinstance(turn, Mapping):
            raise ValueError("it is no object")
        role = next((key for key in turn if key.startswith(("client", "agent"))), None)
        if role is None:
            raise ValueError("it does not say who speaks")
        at = moment(_text(turn["datetime"]))
        self._start = self._start or at
        return self._row(
            _text(turn["tweet_ID"]), _text(turn[role]), _text(turn["message"]), at, told,
            own=role.startswith("agent"),
        )  # fmt: skip

    def _answer(self, told: set[str]) -> Iterator[Row | Skipped]:
        """Give the agent's answer that the data set keeps outside of the turns, if it has one."""
        text, tweet = self._link.get("url_utterance"), self._link.get("tweet_ID")
        if not text or not tweet or self._start is None:
            return
        try:
            at = self._start + self._length
            yield self._row(_text(tweet), self._company, _text(text), at, told, own=True)
        except (ValueError, OverflowError) as error:
            yield Skipped(self._number, f"dialog {self._number}, its answer: {error}")

    def _row(
        self, tweet: str, author: str, text: str, at: datetime, told: set[str], *, own: bool
    ) -> Row:
        # Some lengths are negative in the data set; a turn never comes before the one it follows.
        at = max(at, self._last) if self._last else at
        external_id = f"{tweet}~{self._session}" if tweet in told else tweet
        row = Row(
            line=self._number, external_id=external_id, author_id=author, author=author, own=own,
            at=at, text=text, parent=self._parent, thread=self._thread, account=self._company,
        )  # fmt: skip
        self._last, self._parent = at, external_id
        return row


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is missing where one is needed")
    return storable(value)


def _turn_number(value: object) -> int | None:
    short = isinstance(value, str | int) and len(str(value)) < 10
    return int(str(value)) if short and str(value).isdecimal() else None


def _length(text: str) -> timedelta:
    """Return how long a dialog took; nothing for what is negative or unreadable."""
    try:
        hours, minutes, seconds = (float(part) for part in text.split(":"))
        return max(timedelta(hours=hours, minutes=minutes, seconds=seconds), timedelta(0))
    except (ValueError, OverflowError):
        return timedelta(0)


def _why(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
