"""What the product never does, whatever a diagram, a network or a person sends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.tree import Module

#: Calls that run text as a program, by the name as it is written in the source.
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
#: Modules whose readers run what they read, or start other programs.
REFUSED_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "code", "codeop"}


def calls(module: Module) -> Iterator[tuple[int, str, ast.Call]]:
    """Yield line, name and syntax of each call."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func), node


def test_no_text_is_ever_run_as_a_program(product: list[Module]) -> None:
    # when
    found = [
        f"{module.path}:{line} {name}"
        for module in product
        for line, name, _ in calls(module)
        if name in RUNS_TEXT
    ]

    # then
    assert not found


def test_nothing_is_read_that_could_run_while_it_is_read(product: list[Module]) -> None:
    # when
    found = []
    for module in product:
        for node in ast.walk(module.tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{module.path}: {n}" for n in names if n.split(".")[0] in REFUSED_MODULES]

    # then
    assert not found


def test_no_command_line_goes_through_a_shell(product: list[Module]) -> None:
    # when
    found = [
        f"{module.path}:{line}"
        for module in product
        for line, _, call in calls(module)
        for keyword in call.keywords
        if keyword.arg == "shell" and getattr(keyword.value, "value", True)
    ]

    # then
    assert not found


def test_no_sql_is_put_together_from_values(product: list[Module]) -> None:
    # when
    found = [
        f"{module.path}:{line}"
        for module in product
        for line, name, call in calls(module)
        if name.split(".")[-1] in {"text", "exec_driver_sql"}
        and "storage" in module.path.parts
        and call.args
        and (_builds(call.args[0]) or ast.unparse(call.args[0]) in _built(module))
    ]

    # then
    assert not found


def _builds(text: ast.expr) -> bool:
    return isinstance(text, ast.JoinedStr | ast.BinOp)


def _built(module: Module) -> set[str]:
    """Return the names of texts that the module puts together."""
    return {
        ast.unparse(target)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign) and _builds(node.value)
        for target in node.targets
    }


@pytest.mark.parametrize("mark", ["|safe", "| safe", "autoescape false"])
def test_no_template_switches_escaping_off(mark: str, texts: dict[Path, str]) -> None:
    # when
    found = [
        str(path)
        for path, text in texts.items()
        if path.parts[:2] == ("webapp", "templates") and mark in text
    ]

    # then
    assert not found


def test_no_template_holds_a_script_or_a_style_of_its_own(texts: dict[Path, str]) -> None:
    # given
    inline = re.compile(
        r"<script(?![^>]*\b(?:src=|type=\"application/json\"))|\son[a-z]+=\"|\sstyle=\"",
        re.IGNORECASE,
    )

    # when
    found = [
        f"{path}: {match.group(0)}"
        for path, text in texts.items()
        if path.parts[:2] == ("webapp", "templates")
        for match in inline.finditer(text)
    ]

    # then
    assert not found


def test_no_password_is_written_down_outside_the_demo(product: list[Module]) -> None:
    # given
    named = re.compile(r"(password|secret|token)$", re.IGNORECASE)

    # when
    found = []
    for module in product:
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
                continue
            names = [ast.unparse(target) for target in node.targets]
            text = isinstance(node.value.value, str) and bool(node.value.value)
            found += [f"{module.path}: {n}" for n in names if text and named.search(n)]

    # then
    assert not [place for place in found if "seeding" not in place]
