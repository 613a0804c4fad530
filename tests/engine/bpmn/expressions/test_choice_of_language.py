"""Which language a text is read in: its own, what its marks say, that of the document, ours."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression, compile_script, compile_value
from engine.bpmn.languages import default_language
from engine.bpmn.xml import B, N

XPATH = "http://www.w3.org/1999/XPath"


@pytest.mark.parametrize(
    ("text", "language", "default", "expected"),
    [
        ("'a' if ok else 'b'", None, None, "a"),
        ("ok ? 'a' : 'b'", None, "juel", "a"),
        ("${ok ? 'a' : 'b'}", None, None, "a"),
        ("#{ok ? 'a' : 'b'}", XPATH, "python", "a"),
        ("ok ? 'a' : 'b'", "juel", "python", "a"),
        ("'a' if ok else 'b'", "python", "juel", "a"),
        ("${'a' if ok else 'b'}", "python", None, "a"),
        ("= 'a' if ok else 'b'", None, None, "a"),
        ("= ok ? 'a' : 'b'", None, "juel", "a"),
    ],
)
def test_a_text_is_read_in_its_language(
    text: str, language: str | None, default: str | None, expected: str
) -> None:
    # given
    expression = compile_expression(text, language=language, default=default)

    # when / then
    assert expression.evaluate({"ok": True}) == expected


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("ok", "juel", "ok"),
        ("ok", None, "ok"),
        ("= ok", None, True),
        ("${ok}", None, True),
        ("is ${ok}", None, "is true"),
    ],
)
def test_a_value_without_marks_is_its_text(
    text: str, default: str | None, expected: object
) -> None:
    assert compile_value(text, default=default).evaluate({"ok": True}) == expected


@pytest.mark.parametrize(
    ("said", "found", "expected"),
    [
        (None, None, None),
        (XPATH, "juel", "juel"),
        (XPATH, None, None),
        ("http://www.mvel.org/2.0", "juel", "http://www.mvel.org/2.0"),
        ("python", None, "python"),
    ],
)
def test_the_language_of_a_document_is_what_it_says_or_what_its_dialect_found(
    said: str | None, found: str | None, expected: str | None
) -> None:
    # given
    root = etree.Element(B + "definitions")
    task = etree.SubElement(root, B + "task")
    for name, language in (("expressionLanguage", said), (N + "language", found)):
        if language:
            root.set(name, language)

    # when / then
    assert default_language(task) == expected


@pytest.mark.parametrize("language", ["python", "juel"])
def test_a_script_with_a_result_is_an_expression_whose_value_a_variable_gets(
    language: str,
) -> None:
    # given
    script = compile_script(" amount + 1 ", language=language, result="more")
    variables = {"amount": 4}

    # when
    script.run(variables)

    # then
    assert variables == {"amount": 4, "more": 5}
    assert (script.reads, script.writes) == ({"amount"}, {"more"})


def test_a_language_that_is_not_run_is_named_with_those_that_are() -> None:
    # given / when
    with pytest.raises(ExpressionError) as caught:
        compile_script("x = 1", language="groovy", element="script")

    # then
    assert "groovy" in caught.value.reason
    assert "juel, python" in caught.value.cure
