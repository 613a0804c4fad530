"""Forms as pages show them."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from engine.forms import FieldKind
from webapp import form_view

SCHEMA: dict[str, Any] = {
    "components": [
        {"type": "textarea", "key": "answer", "label": "Your answer", "id": "a",
         "conditional": {"hide": '= next_step = "close"'}},
        {"type": "number", "key": "refund", "label": "Refund", "id": "b"},
        {"type": "checkbox", "key": "urgent", "label": "Urgent", "id": "c"},
        {"type": "checklist", "key": "topics", "label": "Topics", "id": "d",
         "values": [{"label": "Refund", "value": "refund"}, {"label": "Legal", "value": "legal"}]},
        {"type": "radio", "key": "next_step", "label": "Next", "id": "e", "defaultValue": "reply",
         "values": [{"label": "Send", "value": "reply"}, {"label": "Close", "value": "close"}]},
        {"type": "textfield", "key": "why", "label": "Why", "readonly": True, "id": "f"},
    ]
}  # fmt: skip


def by_key(views: list[form_view.FieldView]) -> dict[str, form_view.FieldView]:
    return {view.field.key: view for view in views}


def test_a_field_shows_its_variable_and_else_its_default() -> None:
    # when
    shown = by_key(form_view.fields(SCHEMA, {"answer": "Hello", "other": 1}))

    # then
    assert shown["answer"].value == "Hello"
    assert shown["next_step"].value == "reply"
    assert shown["refund"].value is None


def test_what_a_person_sent_wins_over_the_variable_and_stands_beside_its_error() -> None:
    # when
    shown = by_key(
        form_view.fields(
            SCHEMA, {"refund": 3}, sent={"refund": "lots"}, errors={"refund": "Write a number."}
        )
    )

    # then
    assert shown["refund"].value == "lots"
    assert shown["refund"].error == "Write a number."


def test_a_condition_on_one_field_is_handed_to_the_browser() -> None:
    # when
    shown = by_key(form_view.fields(SCHEMA, {"next_step": "close"}))

    # then
    assert shown["answer"].hidden
    assert (shown["answer"].hide_field, shown["answer"].hide_value) == ("next_step", "close")


@pytest.mark.parametrize(
    ("condition", "followed"),
    [
        ('= next_step != "close"', ("next_step", "close", True)),
        ('next_step!="close"', ("next_step", "close", True)),
        ('= next_step = "close"', ("next_step", "close", False)),
        ('= next_step != "a" and b', (None, None, False)),
        ('= next_step ! = "close"', (None, None, False)),
        ("= next_step != close", (None, None, False)),
        ('= a or next_step = "close"', ("next_step", "close", False)),
        ('= a or b > 3 or next_step != "reply"', ("next_step", "reply", True)),
        ('= a or b and next_step = "close"', (None, None, False)),
        ('= b and (a or next_step = "close")', (None, None, False)),
        ('= if a then b else c or next_step = "close"', (None, None, False)),
    ],
)
def test_a_browser_follows_a_field_that_has_or_has_not_a_value(
    condition: str, followed: tuple[str | None, str | None, bool]
) -> None:
    # given
    field = {"type": "textarea", "key": "answer", "id": "a", "conditional": {"hide": condition}}

    # when
    (view,) = form_view.fields({"components": [field]}, {})

    # then
    assert (view.hide_field, view.hide_value, view.hide_unless) == followed


@pytest.mark.parametrize(
    ("condition", "variables", "hidden", "followed"),
    [
        ('= a or next_step = "close"', {"next_step": "close"}, True, "next_step"),
        ('= a or next_step = "close"', {"next_step": "close", "a": True}, True, None),
        ('= a or next_step = "close"', {"next_step": "reply", "a": True}, True, None),
        ('= a or next_step = "close"', {"next_step": "reply", "a": False}, False, "next_step"),
        ('= a or next_step != "reply"', {"next_step": "close"}, True, "next_step"),
        ('= a or next_step != "reply"', {"next_step": "close", "a": True}, True, None),
    ],
)
def test_a_browser_never_shows_what_another_reason_hides(
    condition: str, variables: dict[str, Any], hidden: bool, followed: str | None
) -> None:
    # given
    field = {"type": "textarea", "key": "answer", "id": "a", "conditional": {"hide": condition}}

    # when
    (view,) = form_view.fields({"components": [field]}, variables)

    # then
    assert (view.hidden, view.hide_field) == (hidden, followed)


def test_a_check_box_that_is_not_sent_means_no_and_readonly_fields_are_not_taken() -> None:
    # when
    data = form_view.submitted(
        SCHEMA,
        MultiDict([("answer", "Hi"), ("topics", "legal"), ("topics", "refund"), ("why", "hacked")]),
    )

    # then
    assert data == {"answer": "Hi", "urgent": False, "topics": ["legal", "refund"]}


def test_a_form_is_opened_with_the_variables_that_its_fields_show() -> None:
    # when
    opened = form_view.opened_with(SCHEMA, {"refund": 3, "secret": "x", "why": "late"})

    # then
    assert opened == {"refund": 3, "why": "late"}


def test_only_a_text_that_goes_out_is_measured_against_the_channel() -> None:
    # when
    shown = by_key(form_view.fields(SCHEMA, {}))

    # then
    assert shown["answer"].composes
    assert not shown["why"].composes


def test_an_option_is_chosen_whatever_type_the_value_came_back_in() -> None:
    # given
    shown = by_key(form_view.fields(SCHEMA, {"topics": ["legal"]}))

    # when
    chosen = [option.value for option in shown["topics"].options if shown["topics"].chosen(option)]

    # then
    assert shown["topics"].field.kind is FieldKind.CHECKLIST
    assert chosen == ["legal"]
