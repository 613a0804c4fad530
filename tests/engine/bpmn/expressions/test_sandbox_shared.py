"""What texts do to others who use the same sandbox: nothing but a short wait."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression, feel
from engine.bpmn.expressions.sandbox import process as talking
from engine.bpmn.expressions.sandbox.process import Sandbox, SandboxError, StartError
from engine.bpmn.expressions.sandbox.worker import first_line
from engine.bpmn.work import worked
from tests.engine.bpmn.decisions.drawing import decision, dmn, policy, rows


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    one = Sandbox()
    yield one
    one.close()


def asked(sandbox: Sandbox, *texts: str, seconds: float | None = None) -> list[object]:
    request = {"run": [["expression", text] for text in texts], "variables": {}, "now": None}
    found = json.loads(sandbox.ask("F", json.dumps(request), seconds=seconds))
    return [answer["value"] for answer in found]


def pid_of(sandbox: Sandbox) -> int:
    process = sandbox._process
    assert process is not None
    return process.pid


def test_an_answer_nobody_waits_for_any_more_is_not_that_of_the_next(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    sandbox.ask("S", "'started'")
    read = talking._read

    def interrupted(*_given: object) -> tuple[int, str]:
        raise KeyboardInterrupt  # as a signal does, between the question and its answer

    # when
    monkeypatch.setattr(talking, "_read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sandbox.ask("S", "'secret of another workspace'")
    monkeypatch.setattr(talking, "_read", read)

    # then
    assert sandbox.ask("S", "'mine'") == "mine"


def test_an_answer_with_the_number_of_another_question_is_not_given(sandbox: Sandbox) -> None:
    # given
    assert asked(sandbox, "1") == [1]
    process = sandbox._process
    assert process is not None
    talking._write(process, 7_777, "S'secret'")

    # when / then
    assert asked(sandbox, "2") == [2]
    assert sandbox._process is not process


def test_half_a_character_is_told_and_the_sandbox_stays(sandbox: Sandbox) -> None:
    # given
    sandbox.ask("S", "'started'")
    before = pid_of(sandbox)

    # when
    with pytest.raises(SandboxError, match="in the middle of a character"):
        sandbox.ask("C", "'\ud800'")

    # then
    assert sandbox.ask("S", "'alive'") == "alive"
    assert pid_of(sandbox) == before


def test_a_failure_is_one_line_without_values_place_or_stack(sandbox: Sandbox) -> None:
    # when
    with pytest.raises(SandboxError) as caught:
        sandbox.ask("S", "\n\n" + "x" * 900 + "; 'secret'")

    # then
    assert str(caught.value).startswith("ReferenceError: xxx")
    assert len(str(caught.value)) <= 200
    assert "secret" not in str(caught.value)
    assert first_line("<anonymous>:1: Error: a\nb\n  at c") == "Error: a"


def test_what_others_left_is_no_reason_to_fail(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    asked(sandbox, "1")
    before = pid_of(sandbox)
    read, answers = talking._read, iter(["!it needs too much memory"])

    def full(*given: object) -> tuple[int, str]:
        number, answer = read(*given)  # type: ignore[arg-type]
        return number, next(answers, answer)

    monkeypatch.setattr(talking, "_read", full)

    # when
    found = asked(sandbox, "1 + 1")

    # then
    assert found == [2]
    assert pid_of(sandbox) != before


def test_a_text_that_needs_too_much_memory_alone_fails(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    asked(sandbox, "1")
    tried: list[str] = []
    write = talking._write

    def counted(process: object, number: int, text: str) -> None:
        tried.extend([text] if "100000" in text else [])
        write(process, number, text)  # type: ignore[arg-type]

    monkeypatch.setattr(talking, "_write", counted)
    grows = 'string join(for i in 1..100000, j in 1..1000 return "xxxxxxxx")'

    # when
    with pytest.raises(SandboxError, match="memory"):
        asked(sandbox, grows, seconds=20)

    # then
    assert len(tried) == 2


def test_thousands_of_different_texts_leave_the_sandbox_as_it_is(sandbox: Sandbox) -> None:
    # given
    asked(sandbox, "1")
    before = pid_of(sandbox)
    ends = " + ".join(f"b{part}" for part in range(12))

    # when
    for first in range(0, 10_000, 10):  # where all were kept, 8,000 would be too many
        texts = [f"for i in [1, 2] return a{first + each} + {ends}" for each in range(10)]
        asked(sandbox, *texts, seconds=5)  # what is looked at here is memory, on any machine

    # then
    assert pid_of(sandbox) == before


def test_one_that_does_not_start_says_what_to_look_at(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    expression = compile_expression("for each in [1] return each", language="feel")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setattr(feel, "SANDBOX", sandbox)

    # when
    with pytest.raises(ExpressionError) as caught:
        expression.evaluate({})
    with pytest.raises(StartError):
        sandbox.ask("S", "'again'")

    # then
    assert "does not start" in caught.value.reason
    assert "memory limits of the service" in caught.value.cure
    assert "corral doctor" in caught.value.cure


def hostile_table(cell: str, count: int) -> str:
    return rows(*(f"{cell} {n} | {n}" for n in range(count)), inputs="x:", policy=policy("FIRST"))


HOSTILE_CELLS = {
    "texts that take long to read": "{a:" * 1_300,
    "comparisons that swallow": "x in y and " * 44,
    "comparisons in each other": "x in " * 90 + "y and",
}


@pytest.mark.parametrize("name", HOSTILE_CELLS)
def test_a_hostile_table_lets_others_have_their_turn(name: str) -> None:
    # given
    from engine.bpmn.decisions import Decisions

    decisions = Decisions.of([dmn(decision(hostile_table(HOSTILE_CELLS[name], 1_200)))])
    expression = compile_expression("for each in [1] return each", language="feel")
    expression.evaluate({})
    done = threading.Event()

    def attack() -> None:
        decisions.decide("0#d", {"x": 5})
        done.set()

    # when
    attacking = threading.Thread(target=attack)
    began = time.monotonic()
    attacking.start()
    waited = [0.0]
    while not done.wait(0.01):
        asking = time.monotonic()
        assert expression.evaluate({}) == [1]
        waited.append(time.monotonic() - asking)
    attacking.join()

    # then
    # a slice, or the start of a new process, on a machine that may stand still for a while;
    # all cells at once would be two minutes
    assert max(waited) < 20.0
    assert time.monotonic() - began < 60.0


def test_a_script_cannot_fall_asleep() -> None:
    # given
    sleeping = "Atomics.wait(new Int32Array(new ArrayBuffer(8)), 0, 0, 30000)"

    # when
    with pytest.raises(ExpressionError) as caught:
        compile_expression(sleeping, language="javascript").evaluate({})

    # then
    assert "not a shared typed array" in caught.value.reason


def test_a_text_that_is_stopped_has_worked_for_whoever_asked(sandbox: Sandbox) -> None:
    # given
    sandbox.ask("S", "'started'")
    before = worked()

    # when
    with pytest.raises(SandboxError):
        sandbox.ask("S", "for (;;);", seconds=0.5)

    # then
    assert worked() - before >= 0.5


def test_a_sandbox_that_starts_slowly_is_no_work_of_whoever_asks(tmp_path: Path) -> None:
    # given
    bundle = tmp_path / "feel.js"
    slow = "{ const began = Date.now(); while (Date.now() - began < 1500); }\n"
    bundle.write_text(slow + talking.BUNDLE.read_text())
    before = worked()

    # when
    with closing(Sandbox(bundle)) as sandbox:
        sandbox.ask("S", "'alive'")

    # then
    assert worked() - before < 1.5


def test_where_feel_was_not_built_the_reason_is_told(tmp_path: Path) -> None:
    # given
    bundle = tmp_path / "feel.js"
    bundle.write_text("throw new Error('broken')")
    broken = Sandbox(bundle)

    # when / then
    with pytest.raises(StartError, match="does not start: Error: broken"):
        broken.ask("F", "{}")
    broken.close()
