"""Which form a user task has, on every database."""

from __future__ import annotations

import json

from engine import Source
from tests.engine.conftest import Bench, flow

WAIT = {"is": "user_task", "at": "answer", "form": "answer"}


def _form(label: str) -> Source:
    field = {"type": "textfield", "key": "text", "label": label}
    return Source("answer.form", json.dumps({"id": "answer", "components": [field]}).encode())


def _label(bench: Bench, user_task: int) -> str | None:
    form = bench.engine.form(user_task)
    return None if form is None else str(form.schema["components"][0]["label"])


def test_a_user_task_keeps_the_form_of_its_deployment_and_else_has_the_newest(bench: Bench) -> None:
    # given a process that was deployed before there was a form, and one with a form
    bench.deploy("early", {"any": [WAIT]})
    (early,) = bench.engine.user_tasks(bench.engine.start("early").id)
    assert _label(bench, early.id) is None
    bench.engine.deploy([flow("late", {"any": [WAIT]}), _form("Old")])
    (late,) = bench.engine.user_tasks(bench.engine.start("late").id)
    assert [_label(bench, early.id), _label(bench, late.id)] == ["Old", "Old"]

    # when
    bench.engine.deploy([_form("New")])

    # then
    assert [_label(bench, early.id), _label(bench, late.id)] == ["New", "Old"]
