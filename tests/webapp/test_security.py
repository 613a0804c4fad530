"""Login, roles, CSRF, headers, limits: what keeps the doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from webapp.app import create_app
from webapp.bootstrap import Installation, wire
from webapp.security import local_target
from webapp.settings import Settings

OPEN = {
    "entrance.show",
    "entrance.submit",
    "entrance.leave",
    "monitoring.live",
    "monitoring.metrics",
    "monitoring.ready",
    "openapi.spec",
    "static",
}
#: Open to whoever knows an address that nobody can guess, and verified there.
SECRET = {
    "hooks.receive",
    "forms.show",
    "forms.style",
    "forms.answers",
    "forms.look_back",
    "forms.submit",
    "forms.go_on",
}


def addresses(app: APIFlask, *methods: str) -> list[tuple[str, str, str]]:
    """Return (endpoint, method, path) of every route, with 1 for each part that varies."""
    build = app.url_map.bind("localhost").build
    return [
        (rule.endpoint, method, build(rule.endpoint, dict.fromkeys(rule.arguments, 1), method))
        for rule in app.url_map.iter_rules()
        for method in methods
        if method in (rule.methods or ())
    ]


def test_every_route_but_the_entrance_and_the_health_check_asks_for_a_login(app: APIFlask) -> None:
    # given
    client = app.test_client()
    doors = [door for door in addresses(app, "GET") if door[0] not in OPEN | SECRET]

    # when
    answers = {path: client.get(path).status_code for _, _, path in doors}

    # then
    assert len(answers) > 20
    assert {path: status for path, status in answers.items() if status not in {302, 401}} == {}


def test_what_the_api_is_like_can_be_read_without_a_login(app: APIFlask) -> None:
    answer = app.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    assert "/api/user-tasks" in " ".join(answer.json["paths"])


def test_every_route_that_changes_something_refuses_a_stranger(app: APIFlask) -> None:
    # given
    client = app.test_client()
    doors = addresses(app, "POST", "PUT", "PATCH", "DELETE")
    doors = [door for door in doors if door[0] not in SECRET]

    # when
    answers = {path: client.open(path, method=method).status_code for _, method, path in doors}

    # then
    assert len(answers) > 10
    assert {path: status for path, status in answers.items() if status not in {400, 401}} == {}


def test_an_address_that_is_guessed_leads_nowhere(app: APIFlask) -> None:
    # given
    client = app.test_client()
    doors = [door for door in addresses(app, "GET", "POST") if door[0] in SECRET]

    # when
    answers = {(path, way): client.open(path, method=way).status_code for _, way, path in doors}

    # then
    assert len(answers) > 6
    assert set(answers.values()) == {404}


def test_given_a_right_pair_when_logging_in_then_the_day_begins(browser: Any) -> None:
    # when
    answer = browser.log_in("ana")

    # then
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/").location == "/inbox"


@pytest.mark.parametrize(
    ("login", "first"), [("dan", "/processes"), ("mia", "/monitor"), ("oli", "/monitor")]
)
def test_each_role_has_its_first_page(browser: Any, login: str, first: str) -> None:
    # when
    browser.log_in(login)

    # then
    assert browser.get("/").location == first


def test_a_wrong_pair_shows_the_form_again_and_does_not_tell_what_was_wrong(browser: Any) -> None:
    # when
    wrong_password = browser.log_in("ana", "wrong horse")
    wrong_login = browser.log_in("nobody", "wrong horse")

    # then
    assert wrong_password.status_code == wrong_login.status_code == 422
    text = "This login and password do not go together."
    assert text in wrong_password.text and text in wrong_login.text
    assert "wrong horse" not in wrong_password.text


def test_a_login_without_a_csrf_token_is_refused(app: APIFlask) -> None:
    # when
    answer = app.test_client().post("/login", data={"login": "ana", "password": "correct horse"})

    # then
    assert answer.status_code == 400
    assert "nothing was changed" in answer.text


def test_a_form_of_a_logged_in_person_without_a_token_is_refused(browser: Any) -> None:
    # given
    browser.log_in("ana")

    # when
    answer = browser.client.post("/logout")

    # then
    assert answer.status_code == 400
    assert browser.get("/").location == "/inbox"


def test_the_api_with_a_session_needs_the_csrf_header(browser: Any, engine: Any) -> None:
    # given
    browser.log_in("mia")
    body = {"key": "errand"}

    # when
    without = browser.client.post("/api/instances", json=body)
    with_token = browser.client.post(
        "/api/instances", json=body, headers={"X-CSRFToken": browser.token()}
    )

    # then
    assert (without.status_code, with_token.status_code) == (400, 201)


def test_an_authorization_header_beside_a_session_does_not_go_without_csrf(
    browser: Any, engine: Any
) -> None:
    # given
    browser.log_in("mia")

    # when
    answer = browser.client.post(
        "/api/instances", json={"key": "errand"}, headers={"Authorization": "Bearer corral_x"}
    )

    # then
    assert answer.status_code == 400


def test_logging_in_drops_what_an_earlier_visitor_left_in_the_cookie(
    browser: Any, app: APIFlask
) -> None:
    # given
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"

    # when
    browser.log_in("ana")

    # then
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert session.permanent


def test_logging_out_ends_the_session_of_the_browser(browser: Any) -> None:
    # given
    browser.log_in("ana")

    # when
    browser.post("/logout")

    # then
    assert browser.get("/").location.startswith("/login")


def test_disabling_a_person_ends_their_session_at_the_next_request(
    browser: Any, installation: Installation
) -> None:
    # given
    browser.log_in("ana")

    # when
    installation.rooms.people.change("default", "ana", active=False)

    # then
    assert browser.get("/inbox").location == "/login?next=/inbox"


def test_after_the_login_the_person_goes_where_they_wanted_to(browser: Any) -> None:
    # when
    answer = browser.log_in("ana", next="/tasks/7?from=mail")

    # then
    assert answer.location == "/tasks/7?from=mail"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/a\nLocation: x", "evil.example", "///evil", "",
    ],
)  # fmt: skip
def test_next_never_leads_to_another_site(browser: Any, elsewhere: str) -> None:
    # when
    answer = browser.log_in("ana", next=elsewhere)

    # then
    assert local_target(elsewhere) is None
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        ("ana", "/api/user-tasks", 200),
        ("ana", "/api/incidents", 403),
        ("dan", "/api/user-tasks", 403),
        ("mia", "/api/incidents", 200),
        ("oli", "/api/user-tasks", 200),
    ],
)
def test_a_role_sees_what_is_meant_for_it(
    as_person: Callable[[str], FlaskClient], login: str, path: str, status: int
) -> None:
    assert as_person(login).get(path).status_code == status


def test_a_missing_role_is_named_with_who_can_give_it(
    as_person: Callable[[str], FlaskClient],
) -> None:
    # when
    answer = as_person("ana").get("/api/incidents")

    # then
    assert answer.json["detail"] == (
        "This needs the role manager or designer. Ask an operator to give it to you."
    )


def test_guessing_passwords_is_stopped_for_the_login_and_the_address(
    installation: Installation,
) -> None:
    # given
    strict = Settings(login_limit="2 per minute")
    engine = installation.engine
    app = create_app(wire(engine, strict).rooms, secret_key="s" * 64)
    client = app.test_client()
    page = client.get("/login").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"csrf_token": token, "login": "ana", "password": "wrong horse"}

    # when
    from_one_address = [client.post("/login", data=form).status_code for _ in range(3)]
    from_another = client.post("/login", data=form, environ_base={"REMOTE_ADDR": "10.0.0.9"})

    # then
    assert from_one_address == [422, 422, 429]
    assert from_another.status_code == 429
    assert "Wait a minute" in from_another.text


def test_every_answer_bears_the_security_headers(browser: Any) -> None:
    # when
    answers = [browser.get("/login"), browser.get("/nowhere"), browser.get("/api/queues")]

    # then
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer.headers


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Any) -> None:
    # when
    cookie = browser.log_in("ana").headers["Set-Cookie"]

    # then
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_given_https_then_cookies_and_browsers_stay_with_it(installation: Installation) -> None:
    # given
    settings = Settings(public_url="https://corral.example")
    app = create_app(wire(installation.engine, settings).rooms, secret_key="s" * 64)

    # when
    answer = app.test_client().get("/login", base_url="https://corral.example")

    # then
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_cookie_signed_with_another_key_is_nobody(
    browser: Any, installation: Installation
) -> None:
    # given
    browser.log_in("ana")
    cookie = browser.client.get_cookie("corral_session").value
    other = create_app(installation.rooms, secret_key="t" * 64).test_client()

    # when
    other.set_cookie("corral_session", cookie)

    # then
    assert other.get("/inbox").status_code == 302


def test_an_expired_fragment_sends_the_whole_page_to_the_login(app: APIFlask) -> None:
    # when
    answer = app.test_client().get("/inbox", headers={"HX-Request": "true"})

    # then
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/login")


def test_people_of_one_workspace_never_see_another(
    as_person: Callable[[str], FlaskClient], engine: Any
) -> None:
    # given
    instance = engine.start("errand")

    # when
    answer = as_person("gil").get(f"/api/instances/{instance.id}")

    # then
    assert answer.status_code == 404
    assert as_person("gil").get("/api/instances").json["items"] == []
    assert as_person("mia").get(f"/api/instances/{instance.id}").status_code == 200
