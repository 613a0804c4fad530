"""``corral doctor`` about FEEL and JavaScript: why they do not run here, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

from engine.decisions import Decision, Failure
from webapp.commands import doctor

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "It failed: the sandbox does not start. Look at the memory limits.",
            "do not run: It failed: the sandbox does not start. Raise the memory limits",
        ),
        ("FEEL is not installed here. Run make install.", "not installed here. Run make install."),
    ],
)
def test_the_doctor_says_why_expressions_do_not_run(
    run: Run, monkeypatch: pytest.MonkeyPatch, message: str, said: str
) -> None:
    # given
    failed = Decision(None, failures=(Failure(None, message),))
    monkeypatch.setattr(doctor, "decide", lambda *_asked: failed)

    # when
    result = run("doctor", "--port", "0")

    # then
    assert result.exit_code == 1
    assert said in result.stdout
