"""What ``docs/operating/watching.md`` says is what there is: figures, alarms, log lines, checks."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from channels.intake import Intake
from channels.model import Cost, Page
from channels.storage import accounts
from tools import tree
from webapp.bootstrap import Installation

FOLDER = tree.ROOT / "docs" / "operating"
LEVELS = {"debug", "info", "warning", "error", "exception", "log"}


@pytest.fixture(scope="module")
def page() -> str:
    return (FOLDER / "watching.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    loaded = yaml.safe_load((FOLDER / "prometheus" / "rules.yml").read_text(encoding="utf-8"))
    return [rule for group in loaded["groups"] for rule in group["rules"]]


@pytest.fixture
def figures(
    installation: Installation, browser: Any, scraped: Callable[[], str]
) -> dict[str, tuple[str, set[str]]]:
    """Return type and labels of every figure of ours, by the name it is asked for."""
    conversations = installation.services().conversations
    account = conversations.ensure_account("demo", "northwind", settings={"budget_day": 1})
    paid = Page(costs=(Cost("mention", 1, 1_000),))
    Intake(installation.services().engine).take(account, paid)
    now = installation.engine.clock.now()
    heard = {"last_success_at": now, "last_mention_at": now}
    with installation.engine.transaction() as uow:
        accounts.change(uow.connection, uow.workspace_id, account.id, heard)
    browser.get("/login")
    found = {}
    for family in text_string_to_metric_families(scraped()):
        if family.name.startswith("process_"):
            continue
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        found[name] = (family.type, labels)
    return found


def table(page: str, title: str) -> dict[str, list[str]]:
    """Return the rows of the tables whose first column has that title, by the first cell."""
    rows, inside = {}, False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == title:
            inside = True
        elif inside and not cells[0].startswith("--"):
            rows[cells[0].strip("`")] = cells[1:]
    return rows


def logged() -> Iterator[tuple[str, str]]:
    """Yield text and level of each line the product logs."""
    for module in tree.modules(tree.texts()):
        if not module.in_product:
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if ast.unparse(node.func.value) not in {"_log", "log"} or node.func.attr not in LEVELS:
                continue
            text = node.args[1 if node.func.attr == "log" else 0]
            assert isinstance(text, ast.Constant), f"{module.path}:{node.lineno}"
            yield str(text.value), node.func.attr


def test_every_figure_stands_in_the_table_with_its_type_and_labels(
    page: str, figures: dict[str, tuple[str, set[str]]]
) -> None:
    # when
    told = {
        name: (cells[0], set(re.findall(r"`(\w+)`", cells[1])))
        for name, cells in table(page, "Figure").items()
    }

    # then
    assert len(told) > 20
    assert told == figures


def test_every_alarm_is_explained_and_none_that_is_not_there(
    page: str, rules: list[dict[str, Any]]
) -> None:
    assert set(table(page, "Alarm")) == {rule["alert"] for rule in rules}


def test_alarms_ask_for_figures_and_labels_that_there_are(
    rules: list[dict[str, Any]], figures: dict[str, tuple[str, set[str]]]
) -> None:
    for rule in rules:
        asked = re.findall(r"\b(corral_\w+)(?:\{([^}]*)\})?", rule["expr"])
        assert asked or "up{" in rule["expr"]
        for name, matchers in asked:
            plain = re.sub(r"_(bucket|count|sum)$", "", name)
            kind, labels = figures.get(name) or figures[plain]
            assert name in figures or kind == "histogram"
            assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)) <= labels
        grouped = re.findall(r"by \(([^)]*)\)", rule["expr"])
        known = set().union(*(labels for _, labels in figures.values())) | {"le"}
        assert {label.strip() for group in grouped for label in group.split(",")} <= known


def test_alarms_are_formed_as_prometheus_wants_them(rules: list[dict[str, Any]]) -> None:
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"page", "warn"}
        assert re.fullmatch(r"\d+[smhd]", rule.get("for", "1m"))
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert rule["annotations"]["summary"]


def test_alarms_never_add_up_what_every_process_tells_of_the_installation(
    rules: list[dict[str, Any]], page: str
) -> None:
    # given
    shared = page.split("**Of a process**")[0]
    installation = set(table(shared, "Figure")) - {"corral_database_up"}

    # then
    assert len(installation) > 5
    for rule in rules:
        for name in installation:
            if re.search(rf"\b{name}\b", rule["expr"]):
                assert rule["expr"].startswith("max")


def test_every_line_of_the_log_is_explained_with_its_level(page: str) -> None:
    # given
    told = {text: cells[0] for text, cells in table(page, "Line").items()}

    # when
    lines = set(logged())

    # then
    assert {text for text, _ in lines} == set(told)
    for text, level in lines:
        if level != "log":
            assert {"exception": "error"}.get(level, level) in told[text], text


def test_every_check_of_health_is_explained(page: str, installation: Installation) -> None:
    # given
    installation.rooms.monitor.health.add("waker", lambda: None)

    # then
    checks = installation.rooms.monitor.health.report().checks
    assert set(table(page, "Check")) == set(checks)
