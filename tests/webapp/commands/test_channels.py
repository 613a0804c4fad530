"""``corral channels``: accounts are added, tried, changed and switched; secrets are never shown."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from channels import networks
from channels.model import ChannelAccount
from channels.sealing import Seals
from tests.channels.pretending import SIGNING, TOKEN, PretendNetwork, away
from tests.webapp.commands.test_commands import one_line

Run = Callable[..., Result]

SERVER = "server=https://pretend.example"
SECRETS = json.dumps({"token": TOKEN, "signing": SIGNING})
#: The command, with the pretend network among those that are found.
PROGRAM = """
from channels import networks
from tests.channels.pretending import PretendNetwork
networks.found = lambda: {"pretend": PretendNetwork()}
from webapp.cli import main
main(prog_name="corral")
"""


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> PretendNetwork:
    """The one network that is found, beside the demo."""
    network = PretendNetwork()
    known = {"pretend": network, "demo": networks.found()["demo"]}
    monkeypatch.setattr(networks, "found", lambda: known)
    return network


@pytest.fixture
def added(run: Run, pretend: PretendNetwork) -> Result:
    return run(
        "channels", "add", "pretend", "@acme", "--set", SERVER, "--secrets-stdin", stdin=SECRETS
    )


def kept(data: Path) -> list[ChannelAccount]:
    """Return the rows of accounts as a reader of the database sees them."""
    with sqlite3.connect(data / "corral.sqlite") as connection:
        found = connection.execute(
            "SELECT id, channel, handle, enabled, settings, sealed FROM channel_account ORDER BY id"
        )
        return [
            ChannelAccount(id, channel, handle, bool(on), None, json.loads(settings), sealed)
            for id, channel, handle, on, settings, sealed in found
        ]


def opened(account: ChannelAccount, key: str = "c0" * 32) -> dict[str, str]:
    return dict(Seals.of(key).opened("default", account).secrets)


def test_networks_are_listed_with_what_they_ask(run: Run, pretend: PretendNetwork) -> None:
    # when
    text = run("channels", "networks").stdout
    found = json.loads(run("channels", "networks", "--format", "json").stdout)["networks"]

    # then
    assert "pretend  Pretend" in text
    assert "token: Access token (secret). Settings, Developers, New token." in text
    assert "page: Posts a page (optional, number, default 40)." in text
    assert "tone: Tone (optional, one of warm, brief)." in text
    assert [one["name"] for one in found] == ["demo", "pretend"]
    assert [one["name"] for one in found[1]["fields"] if one["secret"]] == ["token", "signing"]


def test_an_account_is_added_having_been_tried(run: Run, data: Path, added: Result) -> None:
    # then
    assert added.exit_code == 0, added.output
    assert "ok    Log in: as acme with ***" in added.stdout
    assert "Added pretend/acme." in added.stdout
    (account,) = kept(data)
    assert account.settings["server"] == "https://pretend.example"
    assert opened(account) == {"token": TOKEN, "signing": SIGNING}


def test_secrets_stand_nowhere_in_the_data_directory_nor_in_any_output(
    run: Run, data: Path, added: Result
) -> None:
    # when
    said = [
        added.output,
        run("channels", "list").output,
        run("channels", "list", "--format", "json").output,
        run("channels", "test", "acme").output,
    ]

    # then
    files = [path.read_bytes() for path in data.rglob("*") if path.is_file()]
    assert files
    for secret in (TOKEN, SIGNING):
        assert not [text for text in said if secret in text]
        assert not [content for content in files if secret.encode() in content]


def test_what_does_not_work_is_not_kept_unless_somebody_insists(
    run: Run, data: Path, pretend: PretendNetwork
) -> None:
    # given
    arguments = ("channels", "add", "pretend", "acme", "--set", SERVER, "--secrets-stdin")
    wrong = json.dumps({"token": "tok-wrong"})

    # when
    refused = run(*arguments, stdin=wrong)

    # then
    assert "is not valid. Make a new one. Nothing was kept; --no-test" in one_line(refused)
    assert "tok-wrong" not in refused.output
    assert kept(data) == []

    # when
    result = run(*arguments, "--no-test", stdin=wrong)

    # then
    assert result.exit_code == 0
    assert len(kept(data)) == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("--set", "token=abc"), SECRETS, "'token' is a secret"),
        (("--set", "server"), SECRETS, "no NAME=VALUE"),
        (("--set", "colour=red"), SECRETS, "colour: No such setting."),
        (("--set", "page=x"), SECRETS, "page: Is no number."),
        ((), "tok-s3cret", "Standard input holds no JSON object of texts"),
        ((), '{"token": 7}', "Standard input holds no JSON object of texts"),
        ((), '{"tokn": "tok-s3cret"}', "tokn: no such secret. It asks for signing, token."),
        ((), "{}", "token: Is missing."),
    ],
)
def test_what_is_told_wrongly_is_one_line_and_quotes_no_secret(
    run: Run, pretend: PretendNetwork, arguments: tuple[str, ...], stdin: str, said: str
) -> None:
    # when
    command = ("channels", "add", "pretend", "acme", "--set", SERVER, *arguments)
    result = run(*command, "--secrets-stdin", stdin=stdin)

    # then
    assert said in one_line(result)
    assert "s3cret" not in result.output
    assert pretend.checked == []


def test_without_a_terminal_secrets_come_from_standard_input(
    run: Run, pretend: PretendNetwork
) -> None:
    # then
    wanted = run("channels", "add", "pretend", "acme", "--set", SERVER, stdin=SECRETS)
    assert "use --secrets-stdin" in one_line(wanted)


def test_without_a_key_nothing_is_kept_and_the_cure_is_said(
    run: Run, pretend: PretendNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.delenv("CORRAL_CREDENTIALS_KEY")
    command = ("channels", "add", "pretend", "acme", "--set", SERVER, "--secrets-stdin")

    # when
    result = run(*command, stdin=SECRETS)

    # then
    assert "openssl rand -hex 32" in one_line(result)
    assert pretend.checked == []


def test_the_demo_network_needs_no_key(
    run: Run, data: Path, pretend: PretendNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.delenv("CORRAL_CREDENTIALS_KEY")

    # when
    result = run("channels", "add", "demo", "acme", "--set", "mentions_per_minute=12")

    # then
    assert "customers write about 12 times a minute" in result.stdout
    assert "600" in one_line(
        run("channels", "add", "demo", "b", "--set", "mentions_per_minute=900")
    )
    assert [account.sealed for account in kept(data)] == [None]


def test_accounts_are_listed_with_how_they_do(run: Run, added: Result) -> None:
    # when
    run("channels", "off", "acme")
    text = run("channels", "list").stdout
    (account,) = json.loads(run("channels", "list", "--format", "json").stdout)["accounts"]

    # then
    assert "pretend" in text and "acme" in text and "off" in text
    assert (account["state"], account["enabled"]) == ("off", False)
    assert (account["spent"], account["limits"]) == (None, [])
    assert account["settings"] == {
        "server": "https://pretend.example", "page": 40, "boosts": True,
    }  # fmt: skip


def test_trying_an_account_says_what_was_found_and_exits_1_when_it_fails(
    run: Run, data: Path, pretend: PretendNetwork, added: Result
) -> None:
    # when
    well = run("channels", "test", "pretend/acme")
    pretend.failure = away()
    ill = run("channels", "test", "acme")
    as_json = run("channels", "test", "acme", "--format", "json")

    # then
    assert (well.exit_code, ill.exit_code, as_json.exit_code) == (0, 1, 1)
    assert "ok    Read: 3 posts" in well.stdout
    assert "pretend/acme: GET https://pretend.example/?key=*** timed out." in ill.stdout
    assert json.loads(as_json.stdout)["ok"] is False
    assert "no channel account 'globex'" in one_line(run("channels", "test", "globex"))


def test_what_is_not_named_stays_when_an_account_is_changed(
    run: Run, data: Path, added: Result
) -> None:
    # when
    result = run("channels", "change", "acme", "--set", "page=5", "--set", "boosts=no")

    # then
    assert "Changed pretend/acme." in result.stdout
    (account,) = kept(data)
    assert account.settings == {"server": "https://pretend.example", "page": 5, "boosts": False}
    assert opened(account) == {"token": TOKEN, "signing": SIGNING}

    # when
    anew = json.dumps({"token": TOKEN})
    run("channels", "change", "acme", "--secrets-stdin", "--forget", "signing", stdin=anew)

    # then
    (account,) = kept(data)
    assert opened(account) == {"token": TOKEN}
    assert account.settings["page"] == 5


def test_a_change_that_fails_changes_nothing(run: Run, data: Path, added: Result) -> None:
    # given
    before = kept(data)

    # when
    wrong = json.dumps({"token": "tok-wrong"})
    result = run("channels", "change", "acme", "--secrets-stdin", stdin=wrong)

    # then
    assert "Nothing was changed; --no-test" in one_line(result)
    assert kept(data) == before
    assert "nothing of that name" in one_line(run("channels", "change", "acme", "--forget", "huh"))
    assert "no terminal" in one_line(run("channels", "change", "acme", "--secrets"))


def test_an_account_is_switched_off_and_on(run: Run, data: Path, added: Result) -> None:
    # when
    off = run("channels", "off", "acme")
    enabled = [kept(data)[0].enabled]
    run("channels", "on", "acme")

    # then
    assert "'corral channels on' goes on where it stopped" in off.stdout
    assert [*enabled, kept(data)[0].enabled] == [False, True]


def test_a_key_is_replaced_in_all_workspaces(
    run: Run, data: Path, added: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("CORRAL_CREDENTIALS_KEY", f"{'d1' * 32},{'c0' * 32}")

    # when
    result = run("channels", "reseal")

    # then
    assert "Sealed the credentials of 1 account(s)" in result.stdout
    assert opened(kept(data)[0], "d1" * 32) == {"token": TOKEN, "signing": SIGNING}

    # when
    monkeypatch.setenv("CORRAL_CREDENTIALS_KEY", "e2" * 32)
    lost = run("channels", "reseal")

    # then
    assert lost.exit_code == 1
    assert "No key opens the credentials of pretend/acme (workspace default)." in lost.stderr


def test_at_a_terminal_what_is_missing_is_asked_for_and_secrets_are_not_shown(data: Path) -> None:
    # given
    ours, theirs = pty.openpty()
    environment = {**os.environ, "CORRAL_DATA": str(data), "CORRAL_CREDENTIALS_KEY": "c0" * 32}

    # when
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "channels", "add", "pretend", "acme"],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
    ) as program:  # fmt: skip
        os.close(theirs)
        said = ""
        answers = {"Server: ": "https://pretend.example", "Access token: ": TOKEN, "none): ": ""}
        for question, answer in answers.items():
            said += _until(ours, question)
            os.write(ours, f"{answer}\n".encode())
        said += _until(ours, "Added pretend/acme.")
    os.close(ours)

    # then
    assert program.returncode == 0
    assert "Settings, Developers, New token." in said
    assert TOKEN not in said
    assert opened(kept(data)[0]) == {"token": TOKEN}


def _until(terminal: int, text: str) -> str:
    """Return what is shown at a terminal up to and with ``text``; the end is an error."""
    said = ""
    while text not in said:
        said += os.read(terminal, 1024).decode()
    return said
