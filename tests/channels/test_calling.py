"""What a call of a network may have led to, for each way in which it can break."""

from __future__ import annotations

import socket
import zlib
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from channels.calling import Caller, Line, channel_error_in, mount, wait_of
from channels.errors import (
    CallRefusedError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
)
from tests.channels.raw_server import (
    Deed,
    certified,
    deaf_address,
    free_address,
    http,
    keeping,
    reset,
    serving,
)

GOOD = http(200, b'{"id": "7"}', content_type="application/json")


def caller(base: str, **limits: float) -> Caller:
    return Caller(base, line=Line(**{"connect": 5, "read": 5, "whole": 15, **limits}))  # type: ignore[arg-type]


def outcome(one: Caller, method: str) -> type[Exception]:
    with pytest.raises(Exception) as caught:
        one.call(method, "/posts").json()
    return caught.type


def test_a_good_answer_is_read_whole() -> None:
    with serving(GOOD) as server:
        answer = caller(server.base).call("POST", "/posts", json={"text": "Hi"}, params={"a": None})
    assert (answer.status, answer.json()) == (200, {"id": "7"})
    assert server.requests[0].startswith("POST /posts HTTP/1.1")
    assert '{"text": "Hi"}' in server.requests[0]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_never_left_us_had_no_effect(method: str) -> None:
    with deaf_address() as deaf, serving(GOOD) as plain:
        secure = plain.base.replace("http", "https")
        for base in (free_address(), deaf, secure):
            assert outcome(caller(base, connect=0.3), method) is ChannelUnavailableError
        assert not plain.requests


@pytest.mark.parametrize("base", ["http://" + "x" * 64 + ".example", "http://[::1", "ftp://host"])
def test_an_address_that_can_be_none_is_for_somebody_to_mend(base: str) -> None:
    assert outcome(caller(base), "POST") is ChannelRefusedError


def _drip(line: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 1_000:
        line.sendall(bytes([byte]))
        line.settimeout(0.1)
        try:
            if not line.recv(1):
                return
        except TimeoutError:
            continue


def _drip_body(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    _drip(line)


BROKEN: dict[str, Deed | bytes] = {
    "closed without a word": b"",
    "reset": reset,
    "cut in the headers": b"HTTP/1.1 200 OK\r\ncontent-",
    "cut in the body": http(200, b'{"id":', content_length="50"),
    "cut in a chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n50\r\n{",
    "cut JSON of the right length": http(200, b'{"id": "'),
    "no HTTP": b"220 mail.example ESMTP\r\n\r\n",
    "not packed as it says": http(200, b"plain", content_encoding="gzip"),
    "headers drop by drop": _drip,
    "body drop by drop": _drip_body,
    "far too large": http(200, b"x" * 3_000),
    "far too large once unpacked": http(
        200, zlib.compress(b"x" * 300_000), content_encoding="deflate"
    ),
    "failed": http(500),
    "failed, and told when to come back": http(503, retry_after="3"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_left_us_may_have_had_its_effect_if_it_writes(broken: str) -> None:
    with serving(BROKEN[broken]) as server:
        one = caller(server.base, largest=2_000, whole=0.4 if "drop" in broken else 15)
        assert outcome(one, "GET") is ChannelUnavailableError
        assert outcome(one, "POST") is DeliveryUnknownError


def test_a_server_that_does_not_answer_may_have_done_it() -> None:
    with serving(GOOD) as server:
        server._deeds = [server.hold]
        one = caller(server.base, read=0.3)
        assert outcome(one, "GET") is ChannelUnavailableError
        assert outcome(one, "POST") is DeliveryUnknownError


def test_a_question_that_is_asked_by_post_can_be_asked_again() -> None:
    with serving(reset) as server, pytest.raises(ChannelUnavailableError):
        caller(server.base).call("POST", "/session", writes=False)


def test_a_write_takes_a_new_connection_and_a_question_the_old_one() -> None:
    with serving(keeping(GOOD)) as server:
        one = caller(server.base)
        for method in ("GET", "GET", "POST"):
            one.call(method, "/posts")
    assert server.connections == 2


def test_a_question_is_asked_again_when_the_kept_connection_has_just_ended() -> None:
    for ending in (b"", reset):
        with serving(keeping(GOOD), ending, GOOD) as server:
            one = caller(server.base)
            assert [one.call("GET", "/posts").json() for _ in range(2)] == [{"id": "7"}] * 2
        assert (server.connections, len(server.requests)) == (2, 3)


def test_a_question_that_ends_a_new_connection_is_not_asked_again() -> None:
    for deeds in ((reset,), (keeping(GOOD), reset)):
        with serving(*deeds) as server:
            one = caller(server.base)
            for _ in deeds[1:]:
                one.call("GET", "/posts")
            assert outcome(one, "GET") is ChannelUnavailableError
        assert server.connections == len(deeds)


def test_a_refusal_keeps_status_and_words() -> None:
    with serving(http(422, b"too long")) as server, pytest.raises(CallRefusedError) as caught:
        caller(server.base).call("POST", "/posts")
    assert (caught.value.status, caught.value.text) == (422, "too long")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "90"}, 90),
        ({"retry_after": "-5"}, 0),
        ({"retry_after": "soon"}, None),
        ({"x_rate_limit_reset": "nan"}, None),
        ({"x_rate_limit_reset": "1772442300"}, 300),
        ({"X_RateLimit_Reset": "2026-03-02T09:10:00.000Z"}, 600),
        ({"ratelimit_reset": "12"}, 12),
        ({"retry_after": "Mon, 02 Mar 2026 09:01:00 GMT"}, 60),
        ({"x_rate_limit_reset": "99999999999"}, 86_400),
    ],
)
def test_how_long_to_wait_is_told_by_the_clock_of_the_network(
    headers: dict[str, str], seconds: float | None
) -> None:
    date = format_datetime(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), usegmt=True)
    with (
        serving(http(429, date=date, **headers)) as server,
        pytest.raises(ChannelUnavailableError) as caught,
    ):
        caller(server.base).call("POST", "/posts")
    assert caught.value.retry_after == seconds


def test_without_the_clock_of_the_network_ours_is_taken() -> None:
    assert wait_of(CaseInsensitiveDict({"X-Rate-Limit-Reset": "1000000001"})) == 0


def test_another_host_is_not_followed_to() -> None:
    with (
        serving(GOOD) as other,
        serving(http(302, location=other.base.replace("127.0.0.1", "localhost"))) as server,
    ):
        assert outcome(caller(server.base), "GET") is ChannelRefusedError
    assert not other.requests


def test_another_page_of_the_same_host_is_followed_to_by_a_question_alone() -> None:
    with serving(http(307, location="/there"), GOOD, http(307, location="/there")) as server:
        assert caller(server.base).call("GET", "/here").json() == {"id": "7"}
        assert outcome(caller(server.base), "POST") is ChannelRefusedError
        assert outcome(caller(server.base), "GET") is ChannelRefusedError  # for ever in a circle


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", free_address())
    with serving(GOOD) as server:
        assert caller(server.base).call("GET", "/").status == 200


def test_a_library_is_led_to_another_address_and_keeps_what_it_signed() -> None:
    # given
    with serving(GOOD) as server:
        session = mount(requests.Session(), Line(f"{server.base}/stand-in/"))

        # when
        answer = session.get("https://api.example/2/posts?since=7", headers={"Authorization": "s"})

    # then
    assert answer.json() == {"id": "7"}
    assert server.requests[0].startswith("GET /stand-in/2/posts?since=7 HTTP/1.1")
    assert f"Host: {server.base.removeprefix('http://')}" in server.requests[0]
    assert "Authorization: s" in server.requests[0]


def test_our_error_is_found_behind_that_of_a_library() -> None:
    with serving(reset) as server:
        session = mount(requests.Session(), Line(server.base))
        try:
            try:
                session.post("https://api.example/")
            except DeliveryUnknownError as error:
                raise ValueError(f"Could not complete request: {error}") from None
        except ValueError as wrapped:
            assert isinstance(channel_error_in(wrapped), DeliveryUnknownError)
    assert channel_error_in(ValueError()) is None


def test_a_stream_is_handed_on_unread() -> None:
    with serving(http(200, b"event: one\n\n")) as server:
        session = mount(requests.Session(), Line(server.base, largest=3))
        assert list(session.get("https://api.example/", stream=True).iter_lines()) == [
            b"event: one", b"",
        ]  # fmt: skip


def test_a_server_that_failed_is_waited_for_only_if_it_asks() -> None:
    headers = CaseInsensitiveDict({"X-RateLimit-Reset": "300"})
    assert wait_of(headers) == 300
    assert wait_of(headers, limited=False) is None
    assert wait_of(CaseInsensitiveDict({"Retry-After": "7"}), limited=False) == 7


def test_over_tls_a_call_is_told_apart_in_the_same_way(tmp_path: Path) -> None:
    # given
    context, vouching = certified(tmp_path)

    # then
    with serving(GOOD, reset, secure=context) as server:
        one = caller(server.base)
        assert outcome(one, "POST") is ChannelUnavailableError  # nobody vouches for the server
        assert server.requests == []
        one._session.verify = str(vouching)
        assert one.call("POST", "/posts").json() == {"id": "7"}
        assert outcome(one, "POST") is DeliveryUnknownError
        assert outcome(one, "GET") is ChannelUnavailableError


def test_over_tls_too_a_call_is_cut_off_when_it_takes_too_long(tmp_path: Path) -> None:
    context, vouching = certified(tmp_path)
    with serving(_drip, secure=context) as server:
        one = caller(server.base, whole=0.5)
        one._session.verify = str(vouching)
        assert outcome(one, "POST") is DeliveryUnknownError
