"""A model that breaks a sentence of the standard never starts, unless a warning is right."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from engine.bpmn.reports import read
from engine.definitions import Severity, Source
from tests.engine.bpmn import rules
from tests.engine.bpmn.conftest import HEAD, Drawing


def sentences():
    """Return every sentence of the tables and test modules of this folder, once."""
    found = {}
    for info in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        for value in vars(importlib.import_module(info.name)).values():
            for entry in value if isinstance(value, list) else ():
                if hasattr(entry, "sentence"):
                    found.setdefault(entry.sentence, entry)
    return list(found.values())


STOPPING = (Severity.DRAFT, Severity.ERROR)
SENTENCES = sentences()


def content(entry) -> bytes:
    """Return the wrong drawing of a sentence."""
    if isinstance(entry.wrong, str):
        return f"{HEAD}{entry.wrong}</definitions>".encode()
    return Drawing().text(*entry.wrong, beside=entry.beside).encode()


def test_there_are_as_many_sentences_as_the_standard_lets_a_drawing_break() -> None:
    assert len(SENTENCES) >= 150


@pytest.mark.parametrize(
    "entry",
    [one for one in SENTENCES if one.severity in STOPPING],
    ids=[one.sentence for one in SENTENCES if one.severity in STOPPING],
)
def test_a_model_that_is_wrong_never_starts(entry) -> None:
    # when
    (report,) = read([Source("drawing.bpmn", content(entry))])

    # then
    found = {(one.rule, one.element): one for one in report.problems if one.severity in STOPPING}
    assert (entry.rule, entry.at) in found
    told = {one.process for one in found.values()}
    hit = [each for each in report.definitions if each.key in told or None in told]
    assert not any(each.startable for each in hit)


@pytest.mark.parametrize(
    "entry",
    [one for one in SENTENCES if one.severity not in STOPPING],
    ids=[one.sentence for one in SENTENCES if one.severity not in STOPPING],
)
def test_where_a_warning_is_enough_the_page_of_the_rule_says_why(entry) -> None:
    # given
    text = " ".join((importlib.import_module(module(entry.rule)).__doc__ or "").lower().split())

    # when / then
    assert "warning" in text or "info" in text, entry.rule


def module(rule: str) -> str:
    """Return the name of a rule's module."""
    return f"engine.bpmn.rules.{rule.replace('-', '_')}"
