"""What was posted is remembered by its key, and not for ever."""

from __future__ import annotations

from channels.posted import REMEMBERED, Posted


def test_replies_are_known_by_their_keys_and_told_from_others() -> None:
    posted = Posted()
    assert posted.id_of("a") is None
    assert posted.note("a", "1") == "1"
    posted.note("b", "2")
    assert (posted.id_of("a"), posted.by_others("a")) == ("1", {"2"})


def test_the_oldest_is_forgotten_first() -> None:
    posted = Posted()
    for number in range(REMEMBERED + 1):
        posted.note(f"key {number}", str(number))
    assert (posted.id_of("key 0"), posted.id_of("key 1")) == (None, "1")
