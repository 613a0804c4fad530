"""What an account is told: sorted into settings and secrets, or refused field by field."""

from __future__ import annotations

import pytest

from channels import networks
from channels.accounts import addable
from channels.errors import AccountRejectedError
from channels.fields import Field, told

FIELDS = (
    Field("server", "Server", kind="address", default="https://mastodon.social"),
    Field("token", "Access token", secret=True),
    Field("limit", "Limit", kind="number", required=False),
    Field("visibility", "Visibility", choices=("public", "unlisted"), default="public"),
    Field("direct", "Direct", kind="flag", required=False),
)


def test_what_is_given_is_checked_and_sorted_and_defaults_fill_the_rest() -> None:
    # when
    found = told(FIELDS, {"token": " abc ", "limit": "500", "direct": "yes", "server": ""})

    # then
    assert found.settings == {
        "server": "https://mastodon.social", "limit": 500, "visibility": "public", "direct": True,
    }  # fmt: skip
    assert found.secrets == {"token": "abc"}


@pytest.mark.parametrize(
    ("given", "name", "why"),
    [
        ({"token": ""}, "token", "missing"),
        ({"token": "a", "limit": "many"}, "limit", "no number"),
        ({"token": "a", "limit": "nan"}, "limit", "between"),
        ({"token": "a", "server": "mastodon.social"}, "server", "no address"),
        ({"token": "a", "server": "file:///etc/passwd"}, "server", "no address"),
        ({"token": "a", "server": "https://[::"}, "server", "no address"),
        ({"token": "a", "visibility": "secret"}, "visibility", "none of public, unlisted"),
        ({"token": "a" * 5_000}, "token", "longer"),
        ({"token": "a", "other": "b"}, "other", "No such setting"),
    ],
)
def test_what_does_not_do_is_named(given: dict[str, str], name: str, why: str) -> None:
    # when
    with pytest.raises(AccountRejectedError) as refused:
        told(FIELDS, given)

    # then
    assert list(refused.value.errors) == [name]
    assert why in refused.value.errors[name]


def test_all_that_is_wrong_is_said_at_once_and_no_answer_is_repeated() -> None:
    # when
    with pytest.raises(AccountRejectedError) as refused:
        told(FIELDS, {"token": "x" * 5_000, "limit": "my-secret"})

    # then
    assert set(refused.value.errors) == {"token", "limit"}
    assert "my-secret" not in str(refused.value)


def test_of_very_many_choices_only_the_first_are_named() -> None:
    # given
    choices = tuple(f"c{number}" for number in range(245))

    # when
    with pytest.raises(AccountRejectedError) as refused:
        told((Field("region", "Region", choices=choices),), {"region": "moon"})

    # then
    said = refused.value.errors["region"]
    assert said.endswith("c18, c19 or 225 others.")
    assert "c20" not in said


#: Their secret signs what is sent, or what comes, and is sent nowhere itself.
SIGNING = {"phone", "webhook"}


def test_every_network_says_where_the_secrets_of_an_account_are_sent() -> None:
    for name, network in addable(networks.found()).items():
        secret = any(field.secret for field in network.fields) and name not in SIGNING
        places = [one for one in network.fields if one.kind == "address" or "host" in one.name]
        assert [one.leads for one in places] == [secret] * len(places), name
        assert bool(places) or not secret, name
