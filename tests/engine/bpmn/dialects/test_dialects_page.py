"""The page about dialects names every setting that has a fate."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.bpmn.dialects import camunda7, camunda8, flowable, jbpm, spiff
from engine.bpmn.dialects.settings import Vocabulary

PAGE = (Path(__file__).parents[4] / "docs/dialects.md").read_text()
SECTIONS = {
    "Camunda 7, Flowable, Activiti, Operaton": [camunda7.VOCABULARY, flowable.VOCABULARY],
    "Camunda 8": [camunda8.VOCABULARY],
    "SpiffWorkflow": [spiff.VOCABULARY],
    "jBPM": [jbpm.VOCABULARY],
}


@pytest.mark.parametrize("title", SECTIONS)
def test_every_setting_of_a_vendor_is_explained(title: str) -> None:
    # given
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    vocabularies: list[Vocabulary] = SECTIONS[title]

    # when
    names = {
        name
        for found in vocabularies
        for name in (*found.translated, *found.without_meaning, *found.unsupported)
    }

    # then
    assert sorted(name for name in names if f"`{name}`" not in section) == []


@pytest.mark.parametrize("title", SECTIONS)
def test_every_cure_is_the_one_that_is_shown(title: str) -> None:
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    cures = {cure for found in SECTIONS[title] for cure in found.unsupported.values()}
    assert sorted(cure for cure in cures if cure not in section) == []
