"""What a file is, and which rule of a network it breaks."""

from __future__ import annotations

import pytest

from channels import media, networks
from channels.media import GIF, JPEG, MP4, PDF, PNG, WEBP, Enclosure
from channels.model import ChannelAccount

BEGINNINGS = {
    JPEG: b"\xff\xd8\xff\xe0\x00\x10JFIF",
    PNG: b"\x89PNG\r\n\x1a\n\x00\x00",
    GIF: b"GIF89a\x01\x00",
    WEBP: b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    MP4: b"\x00\x00\x00\x18ftypisom\x00\x00",
    PDF: b"%PDF-1.7\n",
}


def file(type: str = PNG, size: int = 1_000, alt: str = "", name: str = "a") -> Enclosure:
    return Enclosure(1, f"{name}.{media.ENDINGS[type][0]}", type, size, "d", alt)


def broken(network: str, *files: Enclosure, private: bool = False, **position: object) -> str:
    channel = networks.found()[network]
    account = ChannelAccount(1, network, "acme", position=position)
    return " ".join(map(str, networks.broken_by(channel, account, files, private=private)))


@pytest.mark.parametrize("type", BEGINNINGS)
def test_a_type_is_read_from_the_first_bytes(type: str) -> None:
    assert media.type_of(BEGINNINGS[type]) == type


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!DOCTYPE html>", b"MZ\x90\x00",
        b"PK\x03\x04", b"\x00\x00\x00\x18ftypheic", b"RIFF\x24\x00\x00\x00WAVE", b" %PDF-1.7",
    ],
)  # fmt: skip
def test_what_is_none_of_the_types_has_none(content: bytes) -> None:
    assert media.type_of(content) is None


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("photo.JPG", "photo.jpg"), ("photo.jpeg", "photo.jpeg"), ("photo", "photo.jpg"),
        ("invoice.pdf.exe", "invoice.pdf.exe.jpg"), ("../../etc/passwd", "passwd.jpg"),
        ("C:\\temp\\x.jpg", "x.jpg"), ("a\r\nBcc: b@c.jpg", "aBcc b@c.jpg"), ("", "file.jpg"),
        ("a\u202egpj.exe", "agpj.exe.jpg"), ("Größe ✓.jpg", "Größe ✓.jpg"),
    ],
)  # fmt: skip
def test_a_name_is_made_harmless_and_says_the_type(told: str, kept: str) -> None:
    assert media.name_of(told, JPEG) == kept


@pytest.mark.parametrize(
    ("network", "files", "told"),
    [
        ("x", [file()] * 4, ""),
        ("x", [file()] * 5, "There are 5 pictures; X carries 4 in one reply. Take 1 out"),
        ("x", [file(size=6_000_000)], "a.png has 6.0 MB; X carries pictures of 5.2 MB"),
        ("x", [file(GIF, 6_000_000)], ""),
        ("x", [file(GIF)] * 2, "carries 1 in one reply"),
        ("x", [file(), file(MP4)], "does not carry pictures and films together"),
        ("x", [file(PDF)], "a.pdf is PDF; X carries pictures and GIFs and films alone"),
        ("x", [file(alt="x" * 1_001)], "has 1001 characters; X carries 1000. Shorten it"),
        ("bluesky", [file(size=2_000_000)] * 4, ""),
        ("bluesky", [file(size=2_000_001)], "Save it smaller"),
        ("bluesky", [file(MP4)], "carries pictures alone"),
        ("mastodon", [file(), file(GIF)], ""),
        ("mastodon", [file(MP4)] * 2, "carries 1 in one reply"),
        ("email", [file(), file(PDF), file(MP4)], ""),
        ("email", [file(PDF, 6_000_000)] * 2, "All files have 12.0 MB; E-mail carries 10.0 MB"),
        ("demo", [file()] * 5, "Take 1 out"),
        ("phone", [file()], "carries no files"),
    ],
)  # fmt: skip
def test_a_network_names_the_rule_that_is_broken_and_the_cure(
    network: str, files: list[Enclosure], told: str
) -> None:
    found = broken(network, *files)
    assert told in found
    assert bool(told) == bool(found)


@pytest.mark.parametrize(
    ("network", "count", "told"),
    [("x", 1, ""), ("x", 2, "carries 1"), ("bluesky", 1, "no files in a private reply"),
     ("mastodon", 4, "")],
)  # fmt: skip
def test_private_replies_have_rules_of_their_own(network: str, count: int, told: str) -> None:
    assert told in broken(network, *[file()] * count, private=True)


def test_a_server_of_mastodon_says_what_it_carries() -> None:
    terms = {"media": {"most": 2, "types": [PNG], "image": 500, "alt": 10}}
    assert broken("mastodon", file(size=400), terms=terms) == ""
    told = broken("mastodon", *[file(size=501, alt="x" * 11)] * 3, file(JPEG), terms=terms)
    for part in ("carries 2 in one reply", "501", "11 characters", "is JPG"):
        assert part in told


def test_a_file_that_is_gone_is_told_of() -> None:
    assert "There is no file 7" in broken("x", Enclosure(7, "", "", 0, ""))


@pytest.mark.parametrize(
    ("network", "public", "private"), [("x", 280, 10_000), ("bluesky", 300, 1_000),
                                       ("email", 20_000, 20_000)]
)  # fmt: skip
def test_private_replies_have_a_length_of_their_own(
    network: str, public: int, private: int
) -> None:
    channel, account = networks.found()[network], ChannelAccount(1, network, "acme")
    assert networks.limit_of(channel, account) == public
    assert networks.limit_of(channel, account, private=True) == private


def test_messages_of_x_are_not_weighed() -> None:
    channel = networks.found()["x"]
    assert networks.measure_of(channel)("日本") == 4
    assert networks.measure_of(channel, private=True)("日本") == 2


def test_the_position_of_an_account_may_say_another_private_length() -> None:
    account = ChannelAccount(1, "x", "acme", position={"private_reply_limit": 500})
    assert networks.limit_of(networks.found()["x"], account, private=True) == 500
    assert networks.limit_of(networks.found()["x"], account) == 280
