"""A mailbox that says when mail comes in."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from channels.errors import ChannelUnavailableError
from channels.model import ChannelAccount
from channels.networks.email import EmailNetwork
from tests.networks.mail_servers import MailServers, servers


@pytest.fixture(scope="module")
def there(dovecot_program: object) -> MailServers:
    return servers()


@pytest.fixture
def account(there: MailServers) -> ChannelAccount:
    return there.account(there.new_address(), history_days=1)


@pytest.fixture
def network() -> EmailNetwork:
    return EmailNetwork()


def test_mail_is_told_of_at_once_and_a_restart_of_the_server_ends_the_line(
    there: MailServers, account: ChannelAccount, network: EmailNetwork
) -> None:
    # given
    woken, ended = threading.Semaphore(0), threading.Event()
    broken: list[Exception] = []
    line = threading.Thread(
        target=_noting(broken, lambda: network.listen(account, woken.release, ended))
    )
    line.start()
    assert woken.acquire(timeout=30)

    # when
    there.deliver(account.handle, b"From: ana@example.test\nMessage-ID: <m1@x>\n\nText\n")
    told = woken.acquire(timeout=30)
    there.stop()
    line.join(30)
    there.start()

    # then
    assert told
    assert [type(error) for error in broken] == [ChannelUnavailableError]
    (page,) = network.fetch(account, None)
    assert [mention.external_id for mention in page.mentions] == ["<m1@x>"]


def test_listening_ends_soon_when_it_is_told_to(
    account: ChannelAccount, network: EmailNetwork
) -> None:
    # given
    woken, ended = threading.Event(), threading.Event()
    line = threading.Thread(target=network.listen, args=(account, woken.set, ended))
    line.start()
    assert woken.wait(30)

    # when
    ended.set()
    line.join(10)

    # then
    assert not line.is_alive()


def _noting(broken: list[Exception], call: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001
            broken.append(error)

    return run
