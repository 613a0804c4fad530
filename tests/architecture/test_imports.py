"""Who may import whom. The contracts themselves are in ``pyproject.toml``."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools.tree import Module

#: A library, and the only folders or files of the product that may import it by name.
HOMES = {
    "SpiffWorkflow": ("engine/bpmn/",),
    "lxml": ("engine/bpmn/",),
    "simpleeval": ("engine/bpmn/expressions/",),
    "apscheduler": ("engine/waking/",),
    "prometheus_client": ("webapp/monitoring/",),
    "imap_tools": ("channels/mail/",),
    "mailparser_reply": ("channels/mail/",),
    "flask": ("webapp/",),
    "apiflask": ("webapp/",),
    "sqlalchemy": ("engine/storage/", "channels/storage/", "webapp/storage/"),
    "alembic": ("engine/storage/", "channels/storage/", "webapp/storage/"),
}


def imported(module: Module) -> set[str]:
    """Return the first part of every name that the module imports, for types or at run time."""
    names = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_the_import_contracts_of_the_house_are_kept(root: Path) -> None:
    # given
    linter = Path(sys.executable).parent / "lint-imports"

    # when
    result = subprocess.run(
        [linter, "--no-cache", "--no-logo"], cwd=root, capture_output=True, text=True, check=False
    )

    # then
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_in_its_own_room(library: str, product: list[Module]) -> None:
    # given
    homes = HOMES[library]

    # when
    strangers = [
        str(module.path)
        for module in product
        if library in imported(module) and not module.path.as_posix().startswith(homes)
    ]

    # then
    assert not strangers, f"only {', '.join(homes)} may import {library}"


def test_only_the_settings_read_the_environment(product: list[Module]) -> None:
    # when
    readers = [
        str(module.path)
        for module in product
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]

    # then
    assert not [path for path in readers if path != "webapp/settings.py"]


def test_the_product_never_imports_its_tests_or_tools(product: list[Module]) -> None:
    # when
    strangers = [
        str(module.path) for module in product if imported(module) & {"tests", "tools", "pytest"}
    ]

    # then
    assert not strangers
