"""Whatever a vendor's word stands on, reading it neither fails nor makes a wrong drawing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn.dialects import camunda7, camunda8, flowable, jbpm, spiff
from engine.bpmn.dialects.settings import Vocabulary
from engine.bpmn.rules import diagnose
from engine.bpmn.xml import FLOW_NODES
from tests.engine.bpmn.dialects.conftest import Vendor

VENDORS = {
    "camunda": camunda7.VOCABULARY,
    "zeebe": camunda8.VOCABULARY,
    "flowable": flowable.VOCABULARY,
    "spiff": spiff.VOCABULARY,
    "drools": jbpm.VOCABULARY,
}
OTHERS = ["process", "sequenceFlow", "dataObject", "laneSet", "multiInstanceLoopCharacteristics"]
TRIGGERS = ["messageEventDefinition", "signalEventDefinition", "errorEventDefinition"]
PARTS = [
    "inputParameter",
    "input",
    "output",
    "formField",
    "parameters",
    "property",
    "constraint",
    "value",
    "in",
    "out",
    "script",
    "list",
]
ATTRIBUTES = [
    "name",
    "id",
    "key",
    "type",
    "source",
    "target",
    "expression",
    "resultVariable",
    "config",
    "class",
]
VALUES = ["", "a", "= a", "${a}", "a, b", "R3/PT1H", "true", "all", "external", "{", "-1"]


def names_of(vocabulary: Vocabulary) -> list[str]:
    found = (vocabulary.translated, vocabulary.without_meaning, vocabulary.unsupported)
    return sorted(name for names in found for name in names)


@pytest.mark.parametrize("prefix", VENDORS)
@pytest.mark.parametrize("tag", [*sorted(FLOW_NODES), *OTHERS])
def test_every_word_may_stand_on_every_element(vendor, prefix: str, tag: str) -> None:
    # given
    names = names_of(VENDORS[prefix])
    attributes = " ".join(f'{prefix}:{name}="x"' for name in names)
    inner = "".join(f"<{prefix}:{name}>x</{prefix}:{name}>" for name in names)
    triggers = "".join(f"<{name} {attributes}/>" for name in TRIGGERS)

    # when
    found = vendor(
        f'<{tag} id="x" {attributes}><extensionElements>{inner}</extensionElements>{triggers}'
        f"</{tag}>",
        prefix,
    )
    before, after, again = found.again()

    # then
    assert before == after
    assert again == []
    wrong = [p.message for p in diagnose(found.document) if p.rule == "unknown-extension"]
    assert wrong == []


@st.composite
def soups(draw_: st.DrawFn) -> tuple[str, str]:
    """Return the prefix of a vendor, and elements with its words in any shape."""
    prefix = draw_(st.sampled_from(sorted(VENDORS)))
    names = names_of(VENDORS[prefix])

    def tag(name: str, inner: str) -> str:
        given_ = draw_(st.lists(st.sampled_from(ATTRIBUTES), unique=True, max_size=3))
        texts = "".join(f' {one}="{draw_(st.sampled_from(VALUES))}"' for one in given_)
        return f"<{prefix}:{name}{texts}>{inner}</{prefix}:{name}>"

    body = ""
    for number in range(draw_(st.integers(1, 3))):
        kind = draw_(st.sampled_from([*sorted(FLOW_NODES), *OTHERS]))
        inner = ""
        for name in draw_(st.lists(st.sampled_from(names), max_size=4)):
            parts = draw_(st.lists(st.sampled_from(PARTS), max_size=3))
            inner += tag(name, "".join(tag(part, tag("value", "a")) for part in parts))
        own = draw_(st.lists(st.sampled_from(names), unique=True, max_size=4))
        texts = "".join(f' {prefix}:{one}="{draw_(st.sampled_from(VALUES))}"' for one in own)
        body += (
            f'<{kind} id="e{number}"{texts}><extensionElements>{inner}</extensionElements></{kind}>'
        )
    return prefix, body


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(soups())
def test_words_in_any_shape_are_read_once(soup: tuple[str, str]) -> None:
    # given
    prefix, body = soup

    # when
    found = Vendor()(body, prefix)
    before, after, again = found.again()

    # then
    assert before == after
    assert again == []
    assert all(problem.message and problem.cure for problem in found.problems)
