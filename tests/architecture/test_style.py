"""The bar of CONTRIBUTING: sizes, names and docstrings. It serves the reader."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator

from tools.tree import Module

LONGEST_MODULE = 400
MEDIAN_MODULE = 100
LONGEST_FUNCTION = 50
NINETIETH_FUNCTION = 20
#: Names that say nothing about what is inside.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}
#: Marks of unfinished work, spelt apart so that this file passes its own test.
UNFINISHED = re.compile(
    r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b"
)

Described = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function without its docstring, which is written to be read."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def swallowed(module: Module) -> Iterator[int]:
    """Yield the line of each handler that catches everything and does nothing."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = ast.unparse(node.type) if node.type else "BaseException"
        idle = all(isinstance(statement, ast.Pass) for statement in node.body)
        if idle and caught in {"Exception", "BaseException"}:
            yield node.lineno


def public(scope: ast.Module | ast.ClassDef) -> Iterator[Described]:
    """Yield the public classes and functions of a module, and those of its public classes."""
    for node in scope.body:
        if isinstance(node, Described) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def test_no_module_is_longer_than_the_bar(modules: list[Module]) -> None:
    # when
    long = {str(m.path): m.lines for m in modules if m.lines > LONGEST_MODULE}

    # then
    assert not long


def test_half_of_the_modules_are_short(product: list[Module]) -> None:
    # given
    lines = [module.lines for module in product if module.lines > 1]

    # then
    assert statistics.median(lines) <= MEDIAN_MODULE


def test_no_function_is_longer_than_the_bar(modules: list[Module]) -> None:
    # when
    long = {
        f"{module.path}:{function.lineno} {function.name}": length(function)
        for module in modules
        for function in module.functions()
        if length(function) > LONGEST_FUNCTION
    }

    # then
    assert not long


def test_nine_functions_in_ten_are_short(product: list[Module]) -> None:
    # given
    lengths = [length(function) for module in product for function in module.functions()]

    # then
    assert statistics.quantiles(lengths, n=10)[-1] <= NINETIETH_FUNCTION


def test_file_names_say_what_is_inside(modules: list[Module]) -> None:
    # when
    empty = [
        str(module.path)
        for module in modules
        if EMPTY_NAMES & {part.removesuffix(".py") for part in module.path.parts}
    ]

    # then
    assert not empty


def test_every_module_class_and_public_function_is_described(product: list[Module]) -> None:
    # when
    silent = [f"{m.path}" for m in product if m.text.strip() and not ast.get_docstring(m.tree)]
    silent += [
        f"{module.path}:{node.lineno} {node.name}"
        for module in product
        if "versions" not in module.path.parts  # a migration is described by its module
        for node in public(module.tree)
        if not ast.get_docstring(node)
    ]

    # then
    assert not silent


def test_a_docstring_says_more_than_the_name(product: list[Module]) -> None:
    # given
    filler = {"a", "an", "the", "of", "for", "and", "return", "returns", "self", "is", "to"}

    # when
    echoes = []
    for module in product:
        for node in public(module.tree):
            words = re.findall(r"[a-z]+", (ast.get_docstring(node) or "").lower())
            named = set(re.findall(r"[a-z]+", node.name.lower())) | filler
            if words and not set(words) - named:
                echoes.append(f"{module.path}:{node.lineno} {node.name}")

    # then
    assert not echoes


def test_nothing_is_left_unfinished(texts: dict) -> None:
    # when
    left = [
        f"{path}:{number}"
        for path, text in texts.items()
        if path.suffix in {".py", ".mjs", ".js", ".css", ".html", ".sh", ".toml"}
        for number, line in enumerate(text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]

    # then
    assert not left


def test_no_handler_swallows_everything_in_silence(modules: list[Module]) -> None:
    # when
    silent = [f"{module.path}:{line}" for module in modules for line in swallowed(module)]

    # then
    assert not silent
