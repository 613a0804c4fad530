"""The tree, read once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import tree
from tools.tree import Module


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the tree."""
    return tree.ROOT


@pytest.fixture(scope="session")
def texts() -> dict[Path, str]:
    """Every text file of the tree, by its path from the root."""
    return tree.texts()


@pytest.fixture(scope="session")
def modules(texts: dict[Path, str]) -> list[Module]:
    """Every Python file of the tree: product, tests and tools."""
    return tree.modules(texts)


@pytest.fixture(scope="session")
def product(modules: list[Module]) -> list[Module]:
    """The Python files that the wheel installs."""
    return [module for module in modules if module.in_product]
