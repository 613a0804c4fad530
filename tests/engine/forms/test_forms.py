"""Forms: read, shown with their first values, and checked when they are submitted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.definitions import Severity, Source
from engine.forms import (
    FieldKind,
    initial,
    options_of,
    parse,
    problems,
    read_form,
    validate,
    visible,
)


def form(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": "default", "id": "answer", "components": list(components)}


def field(kind: str, key: str = "f", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "id": f"id_{key}", "label": key.title(), **more}


def choices(*values: Any) -> list[dict[str, Any]]:
    return [{"value": value, "label": f"Label {value}"} for value in values]


def submit(component: dict[str, Any], value: Any) -> tuple[dict[str, Any], dict[str, str]]:
    return validate(form(component), {component["key"]: value})


# -- reading ---------------------------------------------------------------------------------------


def test_a_form_is_read_with_its_key() -> None:
    # given
    content = json.dumps(form(field("textfield"))).encode()

    # when
    found, trouble = read_form(Source("other.form", content))

    # then
    assert found is not None
    assert (found.key, trouble) == ("answer", ())


def test_a_form_without_an_id_is_known_by_its_file() -> None:
    # given
    content = json.dumps({"components": []}).encode("utf-8-sig")

    # when
    found, _ = read_form(Source("folder/refund.form", content))

    # then
    assert found is not None
    assert found.key == "refund"


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"<xml/>", b"[1]", b"5", b"\xff\xfe", b"[" * 5000, b" " * 600_000),
        b'{"id": "\\ud83d", "components": []}',
        b'{"components": [], "half": NaN}',
    ],
)
def test_what_is_no_form_is_refused_with_a_cure(content: bytes) -> None:
    # given / when
    found, trouble = read_form(Source("answer.form", content))

    # then
    assert found is None
    assert [(problem.rule, problem.severity) for problem in trouble] == [
        ("form-json", Severity.ERROR)
    ]
    assert trouble[0].cure


def test_every_known_component_is_read() -> None:
    # given
    components = [
        field(kind, f"f{number}", values=choices("a")) for number, kind in enumerate(FieldKind)
    ]

    # when
    fields = parse(form(*components))

    # then
    assert [each.kind for each in fields] == list(FieldKind)
    assert problems(form(*components)) == ()


def test_groups_are_flat_and_hand_down_their_conditions() -> None:
    # given
    inner = field("textfield", "inner", conditional={"hide": "= a"})
    group = {"type": "group", "id": "g", "components": [inner], "conditional": {"hide": "= b"}}

    # when
    heading, member = parse(form(group))

    # then
    assert heading.kind is FieldKind.GROUP
    assert member.group == "g"
    assert [condition.text for condition in member.hide] == ["b", "a"]


@pytest.mark.parametrize(
    ("component", "rule", "severity"),
    [
        (field("html", content="<b>x</b>"), "form-component", Severity.ERROR),
        (field("iframe"), "form-component", Severity.ERROR),
        ({"type": 5}, "form-component", Severity.ERROR),
        ({"type": "button", "action": "submit"}, "form-component", Severity.WARNING),
        (field("textfield", "a b"), "form-key", Severity.ERROR),
        (field("textfield", "a.b"), "form-key", Severity.ERROR),
        (field("textfield", "_private"), "form-key", Severity.ERROR),
        ({"type": "textfield"}, "form-key", Severity.ERROR),
        ({"type": "group", "path": "p", "components": []}, "form-key", Severity.ERROR),
        (field("select"), "form-values", Severity.ERROR),
        (field("select", values=[{"label": "x"}]), "form-values", Severity.ERROR),
        (field("select", valuesExpression="= x"), "form-values", Severity.ERROR),
        (field("textfield", validate={"pattern": "(a+)+"}), "form-pattern", Severity.ERROR),
        (field("textfield", validate={"pattern": "("}), "form-pattern", Severity.ERROR),
        (field("textfield", validate={"minLength": "x"}), "form-limit", Severity.ERROR),
        (field("number", validate={"min": 10**400}), "form-limit", Severity.ERROR),
        (field("number", validate={"max": "1e400"}), "form-limit", Severity.ERROR),
        (field("number", validate={"max": "nan"}), "form-limit", Severity.ERROR),
        (field("textfield", conditional={"hide": "= a ="}), "form-condition", Severity.ERROR),
        (
            field("textfield", conditional={"hide": "= a == 1"}),
            "form-condition",
            Severity.ERROR,
        ),
    ],
)
def test_what_a_form_may_not_have_is_a_problem(
    component: dict[str, Any], rule: str, severity: Severity
) -> None:
    # given / when
    trouble = problems(form(component))

    # then
    assert (rule, severity) in {(problem.rule, problem.severity) for problem in trouble}
    assert all(problem.cure for problem in trouble)


def test_two_fields_of_one_key_are_a_problem() -> None:
    # given
    schema = form(field("textfield"), field("number"))

    # when / then
    assert [problem.rule for problem in problems(schema)] == ["form-key"]
    assert len(parse(schema)) == 1


def test_a_form_of_too_many_components_is_a_problem() -> None:
    # given
    schema = form(*(field("textfield", f"f{number}") for number in range(400)))

    # when / then
    assert [problem.rule for problem in problems(schema)] == ["form-component"]


# -- showing ---------------------------------------------------------------------------------------


def test_a_field_shows_its_variable_first_and_its_default_otherwise() -> None:
    # given
    schema = form(
        field("textfield", "a", defaultValue="x"),
        field("textfield", "b", defaultValue="x"),
        field("textfield", "c"),
        {"type": "text", "text": "Hello"},
    )

    # when
    values = initial(schema, {"a": "mine", "b": None, "other": 1})

    # then
    assert values == {"a": "mine", "b": "x"}


def test_options_may_come_from_a_variable() -> None:
    # given
    (shown,) = parse(form(field("select", valuesKey="queues")))

    # when
    options = options_of(shown, {"queues": ["care", {"value": "x", "label": "X"}, {"no": 1}]})

    # then
    assert [(option.value, option.label) for option in options] == [("care", "care"), ("x", "X")]


@pytest.mark.parametrize(
    ("condition", "values", "is_shown"),
    [
        ('= kind = "close"', {"kind": "close"}, False),
        ('= kind = "close"', {"kind": "reply"}, True),
        ('= kind = "close"', {}, True),
        ("= kind.name = 1", {"kind": 5}, True),
    ],
)
def test_a_condition_hides_a_field(condition: str, values: dict[str, Any], is_shown: bool) -> None:
    # given
    (shown,) = parse(form(field("textfield", conditional={"hide": condition})))

    # when / then
    assert visible([shown], values) == [is_shown]


# -- checking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("component", "sent", "clean"),
    [
        (field("textfield"), "  Ana ", "Ana"),
        (field("textarea"), " a\r\nb ", " a\nb "),
        (field("textfield"), "", ""),
        (field("textfield"), None, ""),
        (field("number"), "12.50", 12.5),
        (field("number"), " 7 ", 7),
        (field("number"), 7, 7),
        (field("number"), "", None),
        (field("checkbox"), "on", True),
        (field("checkbox"), False, False),
        (field("checkbox"), None, False),
        (field("select", values=choices("a", "b")), "b", "b"),
        (field("radio", values=choices(1, 2)), "2", 2),
        (field("radio", values=choices(True, False)), "true", True),
        (field("radio", values=choices("a")), "", None),
        (field("checklist", values=choices("a", "b")), ["b", "a", "b"], ["b", "a"]),
        (field("checklist", values=choices(1, "1", True)), ["1", True, 1], [1, True]),
        (field("checklist", values=choices("1", 1)), ["1", 1], ["1", 1]),
        (field("taglist", values=choices("a", "b")), "a", ["a"]),
        (field("checklist", values=choices("a")), None, []),
        (field("datetime", subtype="date"), "2026-03-02", "2026-03-02"),
        (field("datetime", subtype="time"), "09:30", "09:30:00"),
        (field("datetime", subtype="datetime"), "2026-03-02T09:30", "2026-03-02T09:30:00"),
        (field("datetime"), "", None),
        (field("filepicker"), ["12", 7, "12"], [12, 7]),
        (field("filepicker"), [], []),
        (field("filepicker"), "3", [3]),
    ],
)
def test_what_browsers_send_becomes_values(
    component: dict[str, Any], sent: Any, clean: Any
) -> None:
    assert submit(component, sent) == ({"f": clean}, {})


@pytest.mark.parametrize(
    ("component", "sent", "message"),
    [
        (field("textfield", validate={"required": True}), "  ", "Please fill this in."),
        (field("select", values=choices("a"), validate={"required": True}), "", "fill this in"),
        (field("checklist", values=choices("a"), validate={"required": True}), [], "fill this"),
        (field("checkbox", validate={"required": True}), False, "Please tick this."),
        (field("number", validate={"required": True}), "", "Please fill this in."),
        (field("textfield", validate={"minLength": 3}), "ab", "at least 3 characters; there are 2"),
        (field("textarea", validate={"maxLength": 3}), "abcd", "at most 3 characters"),
        (field("textarea"), "x" * 20_001, "at most 20000 characters"),
        (field("number", validate={"min": 1}), "0", "Give 1 or more."),
        (field("number", validate={"max": 10.5}), 11, "Give 10.5 or less."),
        (field("number", decimalDigits=2), "1.234", "at most 2 decimal digits"),
        (field("number"), "a lot", "Write a number"),
        (field("number"), True, "Write a number"),
        (field("number"), "nan", "smaller number"),
        (field("number"), "9" * 400, "smaller number"),
        (field("textfield", validate={"pattern": "^[A-Z]{2}$"}), "ab", "form is not right"),
        (field("textfield", validate={"validationType": "email"}), "ana", "name@example.org"),
        (field("select", values=choices("a")), "b", "one of the options"),
        (field("radio", values=choices(1)), True, "one of the options"),
        (field("radio", values=choices("a")), ["a"], "one of the options"),
        (field("checklist", values=choices("a")), ["a", "x"], "one of the options"),
        (field("checkbox"), "maybe", "Tick it"),
        (field("datetime", subtype="date"), "tomorrow", "2026-03-02"),
        (field("filepicker", validate={"required": True}), [], "fill this in"),
        (field("filepicker"), ["12", "x"], "files that were added here"),
        (field("filepicker"), [{"id": 1}], "files that were added here"),
        (field("filepicker"), ["9" * 30], "files that were added here"),
        (field("filepicker"), list(range(21)), "at most 20 files"),
        (field("textfield"), {"a": 1}, "Write a text."),
        (field("textfield"), "a\0b", "cannot be stored"),
        (field("textfield"), "\ud800", "cannot be stored"),
    ],
)
def test_what_does_not_fit_gets_one_sentence(
    component: dict[str, Any], sent: Any, message: str
) -> None:
    # given / when
    clean, errors = submit(component, sent)

    # then
    assert clean == {}
    assert message in errors["f"]


def test_what_the_form_does_not_have_never_reaches_a_variable() -> None:
    # given
    schema = form(field("textfield", "a"), field("textfield", "b", readonly=True))

    # when
    clean, errors = validate(schema, {"a": "x", "b": "y", "admin": True})

    # then
    assert (clean, errors) == ({"a": "x"}, {})


def test_a_hidden_field_is_neither_needed_nor_taken() -> None:
    # given
    schema = form(
        field("radio", "next", values=choices("reply", "close"), defaultValue="reply"),
        field(
            "textarea",
            "answer",
            validate={"required": True},
            conditional={"hide": '= next = "close"'},
        ),
    )

    # when / then
    assert validate(schema, {"next": "close", "answer": "x"}) == ({"next": "close"}, {})
    assert validate(schema, {"answer": "x"}) == ({"next": "reply", "answer": "x"}, {})
    assert validate(schema, {})[1] == {"answer": "Please fill this in."}


def test_conditions_see_the_variables_of_the_instance() -> None:
    # given
    schema = form(field("textfield", conditional={"hide": "= not(conversation.private)"}))
    sent = {"f": "x"}

    # when / then
    assert validate(schema, sent, variables={"conversation": {"private": False}}) == ({}, {})
    assert validate(schema, sent, variables={"conversation": {"private": True}}) == (sent, {})


def test_a_field_that_is_not_sent_keeps_its_variable() -> None:
    # given
    schema = form(field("textfield", validate={"required": True}))

    # when / then
    assert validate(schema, {}, variables={"f": "before"}) == ({}, {})
    assert validate(schema, {"f": ""}, variables={"f": "before"})[1] != {}
