"""What the rules for decisions ask for: broken it is found, kept nothing is said."""

from __future__ import annotations

import pytest

from engine.bpmn.decisions.reporting import decision_reports
from engine.bpmn.decisions.rules import rules
from engine.definitions import FileReport, Severity
from tests.engine.bpmn.decisions.drawing import dmn
from tests.engine.bpmn.decisions.rules.sentences import SENTENCES, Drawn, Sentence

TIER = (
    '<itemDefinition name="tTier"><typeRef>string</typeRef><allowedValues>'
    '<text>"gold", "silver"</text></allowedValues></itemDefinition>'
)

every = pytest.mark.parametrize("sentence", SENTENCES, ids=[one.sentence for one in SENTENCES])


def report(content: Drawn | str) -> FileReport:
    """Return what is found in a file."""
    body = content if isinstance(content, str) else content.xml()
    return decision_reports([dmn(TIER + body)])["table.dmn"]


@every
def test_a_file_that_breaks_it_has_the_problem_at_the_element(sentence: Sentence) -> None:
    # when
    found = report(sentence.wrong)

    # then
    told = [one for one in found.problems if one.rule == sentence.rule]
    assert [(one.element, one.severity) for one in told] == [(sentence.at, sentence.severity)]
    assert sentence.says in told[0].message
    assert told[0].message.endswith(".")
    assert told[0].cure.endswith(".")
    assert told[0].line == 1
    asked = not any(one.severity == Severity.ERROR for one in told)
    assert [definition.startable for definition in found.definitions] == [asked]


@every
def test_a_file_that_breaks_it_has_no_other_problem(sentence: Sentence) -> None:
    # when
    problems = report(sentence.wrong).problems

    # then
    assert {problem.rule for problem in problems} == {sentence.rule}


@every
def test_a_file_that_keeps_it_has_no_problem(sentence: Sentence) -> None:
    # when
    problems = report(sentence.right).problems

    # then
    assert [problem for problem in problems if problem.rule != "table-gap"] == []
    if sentence.rule == "table-gap":
        assert not problems


def test_every_rule_is_broken_by_some_sentence() -> None:
    # given
    shown = {sentence.rule for sentence in SENTENCES}

    # when / then: a table that is too large is no page of its own
    assert {name for name, _ in rules()} - shown == {"table-too-large"}
