"""The sandbox: hostile texts end in time, the host stays out of reach, a broken one is replaced."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import Engine, Limits
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression, compile_script, feel
from engine.bpmn.expressions.sandbox.process import SANDBOX, Sandbox, SandboxError

DOUBLED = (
    '{a: "'
    + "x" * 60
    + '", '
    + ", ".join(f"{chr(98 + i)}: " + "+".join([chr(97 + i)] * 12) for i in range(8))
)
HOSTILE_FEEL = [
    'matches("' + "a" * 40 + '!", "^(a+)+$")',
    'replace("' + "a" * 40 + '!", "(a|aa)+$", "")',
    "for i in 1..1000000000 return i",
    "for i in 1..99999, j in 1..99999 return i * j",
    "count(1..999999999)",
    "some x in 1..1000000000 satisfies x < 0",
    "(function(f) f(f))(function(f) f(f))",
    DOUBLED + ', z: split(i + i + i + i, "x")}.z',
    DOUBLED + "}.i",
    "9 ** 999999999 ** 9",
    'string join(for i in 1..100000 return "xxxxxxxx")',
    "[" * 900 + "]" * 900,
]
HOSTILE_SCRIPTS = [
    "while (true) {}",
    "new Array(1e9).fill(0)",
    "let a = []; for (;;) a.push('x'.repeat(1e6) + a.length)",
    "let a = 'x'; for (;;) a += a",
    "(function f() { f() })()",
    "/^(a+)+$/.test('a'.repeat(40) + '!')",
    "new Uint8Array(2 ** 31).fill(1)",
    "2n ** 100000000n",
    "Array.from({ length: 1e9 })",
    "new Promise(() => { for (;;); })",
    "for (const k of Object.getOwnPropertyNames(globalThis)) delete globalThis[k]; null.x",
    "JSON.parse('['.repeat(1e6))",
]
REACHING_OUT = [
    "typeof require + typeof process + typeof fetch + typeof XMLHttpRequest",
    "typeof Deno + typeof Bun + typeof importScripts + typeof WebSocket",
    "(function () { return typeof this.process })() + typeof module + typeof load + typeof read",
]
#: Seconds that a hostile text may take, its replacement of the sandbox included.
LONGEST = 5.0


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    one = Sandbox()
    yield one
    one.close()


def awake() -> None:
    """Wait until the shared sandbox answers, as it does between two texts of a busy engine."""
    SANDBOX.ask("S", "'awake'")


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("text", HOSTILE_FEEL, ids=range(len(HOSTILE_FEEL)))
def test_hostile_feel_ends_in_time(text: str) -> None:
    # given
    awake()
    began = time.process_time(), time.monotonic()

    # when
    try:
        ended = str(compile_expression(text, language="feel").evaluate({}))
    except ExpressionError as error:
        ended = error.cure

    # then
    assert len(ended) <= 64 * 1024
    assert time.process_time() - began[0] < LONGEST
    assert time.monotonic() - began[1] < LONGEST * 10  # waiting for a busy machine included


@pytest.mark.parametrize("text", HOSTILE_SCRIPTS, ids=range(len(HOSTILE_SCRIPTS)))
def test_a_hostile_script_ends_in_time(text: str) -> None:
    # given
    awake()
    script = compile_script(text, language="javascript")
    variables = {"kept": 1}

    # when
    try:
        script.run(variables)
    except ExpressionError as error:
        ended = error.cure
    else:
        ended = "It had nothing to say."

    # then
    assert ended.endswith(".")
    assert variables["kept"] == 1
    assert SANDBOX.ask("S", "'alive'") == "alive"


@pytest.mark.parametrize("text", REACHING_OUT)
def test_there_is_no_host(text: str) -> None:
    # given
    variables: dict[str, object] = {}

    # when
    compile_script(text, language="javascript", result="found").run(variables)

    # then
    assert set(str(variables["found"]).replace("undefined", "|")) == {"|"}


def test_the_sandbox_knows_nothing_of_the_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("CORRAL_WHISPER", "hush")

    # when
    sandbox.ask("S", "'started'")
    process = sandbox._process
    assert process is not None

    # then
    environment = f"/proc/{process.pid}/environ"
    if os.path.exists(environment):  # noqa: PTH110 - a file of the system
        with open(environment, "rb") as file:  # noqa: PTH123
            assert b"hush" not in file.read()


def test_plain_expressions_start_no_process(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(feel, "SANDBOX", sandbox)

    # when
    plain = compile_expression("amount > 4242 and not(ok)", language="feel")
    plain.evaluate({"amount": 1, "ok": True})

    # then
    assert sandbox._process is None


def test_one_that_works_too_long_is_replaced(sandbox: Sandbox) -> None:
    # given
    sandbox.ask("S", "'started'")

    # when
    with pytest.raises(SandboxError, match="works for more than 100 ms"):
        sandbox.ask("S", "for (;;);")

    # then
    assert sandbox.ask("S", "'next'") == "next"


def test_how_long_a_text_may_work_is_a_limit_of_the_engine(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(SANDBOX, "seconds", SANDBOX.seconds)
    Engine.in_memory(limits=Limits(expression_seconds=0.02)).close()
    sandbox.seconds = SANDBOX.seconds
    sandbox.ask("S", "'started'")

    # when / then
    with pytest.raises(SandboxError, match="more than 20 ms"):
        sandbox.ask("S", "for (;;);")


def test_one_that_is_killed_is_replaced(sandbox: Sandbox) -> None:
    # given
    sandbox.ask("S", "'started'")
    process = sandbox._process
    assert process is not None
    process.kill()
    process.wait()

    # when / then
    assert sandbox.ask("S", "'next'") == "next"


def test_one_that_does_not_start_says_so(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(sys, "executable", "/bin/false")

    # when / then
    with pytest.raises(SandboxError, match="does not start"):
        sandbox.ask("S", "'never'")


def test_scripts_run_where_feel_was_not_built(tmp_path: Path) -> None:
    # given
    sandbox = Sandbox(tmp_path / "feel.js")

    # when
    answer = sandbox.ask("S", "'here'")
    sandbox.close()

    # then
    assert answer == "here"


def test_threads_share_one_sandbox(sandbox: Sandbox) -> None:
    # given
    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        answers[number] = sandbox.ask("S", f"'{number}'")

    # when
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    assert answers == {number: str(number) for number in range(12)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_of_a_fork_has_a_sandbox_of_its_own() -> None:
    # given
    awake()
    process = SANDBOX._process
    assert process is not None

    # when
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        same = SANDBOX._process is process
        answered = SANDBOX.ask("S", "'child'") == "child"
        SANDBOX.close()
        os._exit(0 if answered and not same else 1)
    _, status = os.waitpid(child, 0)

    # then
    assert status == 0
    assert SANDBOX._process is process
    assert SANDBOX.ask("S", "'parent'") == "parent"
