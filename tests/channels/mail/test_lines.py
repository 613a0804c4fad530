"""Connections end in time, whatever the server does; needs no server."""

from __future__ import annotations

import socket
import threading
from itertools import count

import pytest

from channels.errors import ChannelUnavailableError
from channels.mail.lines import Deadline, cut


def test_a_deadline_tells_what_is_left_and_then_that_nothing_is() -> None:
    # given a clock that goes on by ten seconds each time it is asked
    ticks = count(0, 10)
    deadline = Deadline(25, lambda: float(next(ticks)))

    # then
    assert deadline.left(of="imap.acme.example") == 15
    assert not deadline.is_over
    with pytest.raises(ChannelUnavailableError, match=r"imap\.acme\.example takes too long"):
        deadline.left(of="imap.acme.example")
    assert deadline.is_over


def test_a_line_that_trickles_is_cut() -> None:
    # given
    ours, theirs = socket.socketpair()
    with ours, theirs, cut(lambda: ours, 0.01):
        # when: a server that says nothing would keep us here for ever
        heard = ours.recv(1)

    # then
    assert heard == b""


def test_a_line_that_is_gone_already_is_no_trouble() -> None:
    # given: what is raised in the thread that cuts fails the test
    asked = threading.Event()

    # when / then
    with cut(lambda: asked.set(), 0.0):
        assert asked.wait(10)
