"""Scripts: assignments alone, all or nothing, and never a change in place."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_script


def after(text: str, **variables: Any) -> dict[str, Any]:
    compile_script(text, element="script", line=10).run(variables)
    return variables


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        ("n = n + 1", {"n": 1}, {"n": 2}),
        ("a = 1\nb = a + 1", {}, {"a": 1, "b": 2}),
        ("a = 1; b = 2", {}, {"a": 1, "b": 2}),
        ("\n   a = 1\n   b = 2\n", {}, {"a": 1, "b": 2}),
        ("a = 1\n      b = 2", {}, {"a": 1, "b": 2}),
        ("# a note\na = 1  # another", {}, {"a": 1}),
        ("", {"n": 1}, {"n": 1}),
        ("d = {}\nd['k'] = 1", {}, {"d": {"k": 1}}),
        ("d.k = 1", {"d": {}}, {"d": {"k": 1}}),
        ("d.a.b = 2", {"d": {"a": {"b": 1, "c": 1}}}, {"d": {"a": {"b": 2, "c": 1}}}),
        ("d['l'][1] = 'x'", {"d": {"l": [1, 2]}}, {"d": {"l": [1, "x"]}}),
        ("d[key] = 1", {"d": {}, "key": "k"}, {"d": {"k": 1}, "key": "k"}),
        ("done = done + ['x']", {"done": []}, {"done": ["x"]}),
        ("del n", {"n": 1, "m": 2}, {"m": 2}),
        ("del d['k']", {"d": {"k": 1, "l": 2}}, {"d": {"l": 2}}),
        ("del d.l[0]", {"d": {"l": [1, 2]}}, {"d": {"l": [2]}}),
        ("n = 1\ndel n", {}, {}),
    ],
)
def test_a_script_sets_variables(
    text: str, before: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert after(text, **copy.deepcopy(before)) == expected


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("import os", "import"),
        ("from os import path", "import"),
        ("n += 1", "n = n + 1"),
        ("done.append('x')", "items + ['x']"),
        ("1/0", "name = expression"),
        ("if a: b = 1", "gateway"),
        ("for i in a: b = i", "gateway"),
        ("while True: pass", "gateway"),
        ("def f(): pass", "name = expression"),
        ("class A: pass", "name = expression"),
        ("a = b = 1", "name = expression"),
        ("a, b = 1, 2", "name = expression"),
        ("a[1:2] = []", "name = expression"),
        ("a: int = 1", "name = expression"),
        ("raise ValueError", "name = expression"),
        ("global a", "name = expression"),
        ("assert a", "name = expression"),
        ("del a, b", "name = expression"),
    ],
)
def test_anything_but_an_assignment_is_refused_at_upload(text: str, cure: str) -> None:
    # given / when
    with pytest.raises(ExpressionError) as caught:
        compile_script(text, element="script", line=10)

    # then
    assert cure in caught.value.cure


@pytest.mark.parametrize("name", ["_a", "__builtins__", "a.__class__", "a['b']._c"])
def test_names_that_begin_with_an_underscore_are_refused(name: str) -> None:
    with pytest.raises(ExpressionError, match="begins with '_'"):
        compile_script(f"{name} = 1")


def test_a_failing_script_changes_nothing() -> None:
    # given
    variables = {"n": 1, "d": {"k": 1}}

    # when
    with pytest.raises(ExpressionError):
        compile_script("n = 2\nd.k = 2\nm = 1 / 0").run(variables)

    # then
    assert variables == {"n": 1, "d": {"k": 1}}


def test_an_error_names_the_line_in_the_file() -> None:
    # given
    script = compile_script("\na = 1\nb = missing", element="script", line=10)

    # when
    with pytest.raises(ExpressionError) as caught:
        script.run({})

    # then
    assert (caught.value.line, caught.value.column) == (12, 5)


def test_setting_a_part_leaves_other_variables_that_held_it_alone() -> None:
    # given
    shared = {"in": {"x": 0}}
    variables = {"a": shared, "b": shared}

    # when
    compile_script("a['in']['x'] = 1").run(variables)

    # then
    assert variables["a"] == {"in": {"x": 1}}
    assert variables["b"] == {"in": {"x": 0}}
    assert shared == {"in": {"x": 0}}


@pytest.mark.parametrize(
    ("text", "variables", "reason"),
    [
        ("d.k = 1", {}, "no variable 'd'"),
        ("d.k = 1", {"d": 5}, "a number has no parts"),
        ("d.a.b = 1", {"d": {}}, "no part 'a'"),
        ("l['k'] = 1", {"l": []}, "whole numbers"),
        ("l[5] = 1", {"l": []}, "no part 5"),
        ("d[1] = 1", {"d": {}}, "texts"),
        ("del d", {}, "no variable 'd'"),
        ("del d.k", {"d": {}}, "no part 'k'"),
    ],
)
def test_a_part_that_cannot_be_set_is_an_error(
    text: str, variables: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        after(text, **variables)
    assert reason in caught.value.reason


def test_a_script_knows_what_it_reads_and_writes() -> None:
    # given / when
    script = compile_script("a = x\nb = a + y\nd.k = z\ndel e")

    # then
    assert script.reads == {"x", "y", "z", "d", "e"}
    assert script.writes == {"a", "b", "d", "e"}


def test_a_script_in_another_language_is_refused() -> None:
    with pytest.raises(ExpressionError, match="groovy"):
        compile_script("a = 1", language="groovy")


def test_a_script_of_more_lines_than_the_limit_is_refused() -> None:
    with pytest.raises(ExpressionError, match="more than 200 lines"):
        compile_script("a = 1\n" * 201)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("'\\ud83d'", "javascript"),
        ("({'\\ud83d': 1})", "javascript"),
        ('"\\uD83D"', "feel"),
    ],
)
def test_half_a_character_cannot_be_kept(text: str, language: str) -> None:
    # given
    script = compile_script(text, language=language, result="r")

    # when / then
    with pytest.raises(ExpressionError, match="middle of a character"):
        script.run({})


def test_both_halves_of_a_character_are_one() -> None:
    # given
    variables: dict[str, object] = {}

    # when
    compile_script("'\\ud83d\\ude00'", language="javascript", result="r").run(variables)

    # then
    assert variables == {"r": "\N{GRINNING FACE}"}
