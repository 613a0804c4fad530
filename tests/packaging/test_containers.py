"""The image and the compose file, as far as they can be checked without building them.

What they name has to be there: files, commands, settings, addresses, ports.
"""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import Any

import click
import pytest
import yaml
from apiflask import APIFlask

from engine import Engine
from tools.tree import ROOT
from webapp.app import create_app
from webapp.bootstrap import wire
from webapp.cli import main
from webapp.settings import Settings

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
EXAMPLE = ROOT / "docs" / "operating" / "containers.env.example"
OURS = ("upgrade", "web", "worker")
#: Of the Compose specification, what we use and what each has to be.
KEYS: dict[str, type | tuple[type, ...]] = {
    "build": str, "cap_drop": list, "command": list, "depends_on": dict, "deploy": dict,
    "environment": dict, "healthcheck": dict, "image": str, "init": bool, "ports": list,
    "read_only": bool, "restart": str, "security_opt": list, "shm_size": str,
    "stop_grace_period": str, "tmpfs": list, "volumes": list,
}  # fmt: skip
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::?[-?][^}]*)?\}")
DURATION = re.compile(r"(?:\d+(?:us|ms|s|m|h))+")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]


@pytest.fixture(scope="module")
def app() -> APIFlask:
    engine = Engine.in_memory()
    return create_app(wire(engine, Settings(database_url=None)).rooms, secret_key="s" * 64)


def instructions(name: str) -> list[str]:
    """Return what follows an instruction of the Dockerfile, wherever it stands."""
    text = re.sub(r"\\\n\s*", " ", DOCKERFILE.read_text(encoding="utf-8"))
    return re.findall(rf"^\s*{name} (.+)$", text, re.MULTILINE)


def refused(path: str) -> bool:
    """Tell whether ``.dockerignore`` keeps a file of the tree from the builder."""
    out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.lstrip("!").removeprefix("**/")
        if not line or line.startswith("#"):
            continue
        parents = ["/".join(path.split("/")[: n + 1]) for n in range(path.count("/") + 1)]
        names = path.split("/") if "**/" in line else parents
        if any(fnmatch(name, pattern) for name in names):
            out = not line.startswith("!")
    return out


def check_command(arguments: list[str]) -> None:
    """Fail unless these arguments are understood by the command."""
    command: Any = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        found = command.get_command(context, arguments[0])
        assert found is not None, f"there is no command {arguments[0]!r}"
        command, arguments = found, arguments[1:]
    command.make_context("corral", list(arguments))


def test_every_file_that_is_copied_is_in_the_tree_and_reaches_the_builder() -> None:
    # given
    copied = [
        source
        for line in instructions("COPY")
        if "--from=" not in line
        for source in line.split()[:-1]
    ]

    # then
    assert len(copied) > 8
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [source for source in copied if refused(source)] == []


@pytest.mark.parametrize(
    "path", [".git/config", "data/corral.sqlite", "tests/conftest.py", ".env", ".venv/bin/python",
             "webapp/frontend/node_modules/x.js", "engine/__pycache__/a.pyc",
             "webapp/static/dist/meta.json"],
)  # fmt: skip
def test_secrets_data_and_leftovers_never_reach_the_builder(path: str) -> None:
    assert refused(path)


def test_everything_the_wheel_is_built_from_reaches_the_builder() -> None:
    # given
    folders = ("engine", "channels", "processes", "webapp")
    made = ("webapp/static/dist/", "engine/bpmn/expressions/sandbox/feel.js")
    files = [
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not {"node_modules", "__pycache__"} & set(path.parts)
    ]

    # then
    assert [path for path in files if refused(path) and not path.startswith(made)] == []


def test_stages_take_from_stages_that_exist_and_what_the_front_end_writes() -> None:
    # given
    stages = {line.split(" AS ")[1] for line in instructions("FROM") if " AS " in line}
    taken = re.findall(r"--from=(\S+) (\S+)", DOCKERFILE.read_text(encoding="utf-8"))
    build = (ROOT / "webapp" / "frontend" / "build.mjs").read_text(encoding="utf-8")

    # then
    assert {stage for stage, _ in taken} == stages
    assert "../static/dist" in build and "/build/webapp/static/dist" in dict_of(taken)
    assert "bpmn/expressions/sandbox" in build
    assert "/build/engine/bpmn/expressions/sandbox/feel.js" in dict_of(taken)


def dict_of(taken: list[tuple[str, str]]) -> set[str]:
    """Return the paths that are taken from other stages."""
    return {path for _, path in taken}


def test_tools_of_the_image_are_those_the_tests_ran_with() -> None:
    # given
    pins = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    wanted = re.findall(r"\b([a-z]+==[\d.]+)", " ".join(instructions("RUN")))

    # then
    assert wanted
    assert [pin for pin in wanted if f"\n{pin}\n" not in f"\n{pins}"] == []


def test_the_image_runs_as_nobody_in_particular_and_starts_the_command() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert instructions("ENTRYPOINT") == ['["corral"]']
    check_command(["run"])


def test_the_compose_file_holds_what_the_specification_knows(
    compose: dict[str, Any], services: dict[str, Any]
) -> None:
    # then
    assert {key for key in compose if not key.startswith("x-")} == {"name", "services", "volumes"}
    for name, service in services.items():
        assert set(service) <= set(KEYS), name
        wrong = [key for key, value in service.items() if not isinstance(value, KEYS[key])]
        assert wrong == [], name
        assert DURATION.fullmatch(service["stop_grace_period"])
        health = service["healthcheck"]
        assert set(health) <= {
            "test", "interval", "timeout", "retries", "start_period", "disable",
        }  # fmt: skip
        assert all(
            DURATION.fullmatch(health[key])
            for key in ("interval", "timeout", "start_period")
            if key in health
        )
        assert all(isinstance(value, str) for value in service.get("environment", {}).values())


def test_services_wait_for_what_is_there(compose: dict[str, Any], services: dict[str, Any]) -> None:
    for service in services.values():
        for other, how in service.get("depends_on", {}).items():
            assert other in services
            if how["condition"] == "service_healthy":
                assert "test" in services[other]["healthcheck"]
            else:
                assert how["condition"] == "service_completed_successfully"
                assert services[other]["restart"] == "no"
    named = {v.split(":")[0] for s in services.values() for v in s.get("volumes", ())}
    assert named == set(compose["volumes"])


@pytest.mark.parametrize("name", OURS)
def test_each_service_starts_a_command_that_there_is(services: dict[str, Any], name: str) -> None:
    check_command(services[name]["command"])


@pytest.mark.parametrize("name", OURS)
def test_each_service_is_hardened(services: dict[str, Any], name: str) -> None:
    # given
    service = services[name]

    # then
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


@pytest.mark.parametrize("name", OURS)
def test_each_service_has_settings_that_are_understood(
    services: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    for variable in Settings.model_fields:
        monkeypatch.delenv(f"CORRAL_{variable.upper()}", raising=False)
    secrets = {"POSTGRES_PASSWORD": "a1" * 16, "CORRAL_SECRET_KEY": "b2" * 32}
    secrets["CORRAL_CREDENTIALS_KEY"] = "c3" * 32
    for variable, text in services[name]["environment"].items():
        assert variable.removeprefix("CORRAL_").lower() in Settings.model_fields
        monkeypatch.setenv(variable, filled_in(text, secrets))

    # when
    settings = Settings()

    # then
    assert settings.url == f"postgresql+psycopg://corral:{'a1' * 16}@db/corral"
    assert settings.worker_port == (8001 if name == "worker" else None)
    assert settings.metrics_token is None or not settings.metrics_token.get_secret_value()


def filled_in(text: str, given: dict[str, str]) -> str:
    """Return a text with its variables replaced as Compose does it."""

    def value(found: re.Match[str]) -> str:
        name, default = found[1], re.search(r":-([^}]*)", found[0])
        return given[name] if name in given else (default[1] if default else "")

    return VARIABLE.sub(value, text)


def test_the_settings_of_the_image_are_settings() -> None:
    # given
    named = re.findall(r"CORRAL_[A-Z_]+", " ".join(instructions("ENV")))

    # then
    assert named
    assert {n.removeprefix("CORRAL_").lower() for n in named} <= set(Settings.model_fields)


@pytest.mark.parametrize(("name", "port"), [("web", 8000), ("worker", 8001)])
def test_health_is_asked_where_it_is_answered(
    services: dict[str, Any], app: APIFlask, name: str, port: int
) -> None:
    # given
    (address,) = re.findall(
        r"http://127\.0\.0\.1:(\d+)(/\S+?)'", str(services[name]["healthcheck"])
    )

    # when
    answer = app.test_client().get(address[1])

    # then
    assert int(address[0]) == port
    assert answer.json["status"] == "ready"


def test_the_image_asks_for_its_health_where_it_is_answered() -> None:
    (line,) = instructions("HEALTHCHECK")
    assert f":{Settings.model_fields['port'].default}/health/ready" in line


def test_the_example_holds_every_variable_of_the_compose_file_and_no_secret() -> None:
    # given
    asked = set(VARIABLE.findall(COMPOSE.read_text(encoding="utf-8")))
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    # then
    assert set(given) == asked
    assert not any(given[name] for name in given if re.search("PASSWORD|KEY|TOKEN", name))
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
