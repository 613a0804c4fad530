"""The shipped files are whole: found, drawn, named, and described in their README."""

import json
from pathlib import Path

import pytest
from lxml import etree

import processes
from engine import forms

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
CORRAL = "{urn:corral:bpmn:1}"
FOLDER = processes.files("complaint")[0].parent


@pytest.fixture(scope="module")
def diagram() -> etree._ElementTree:
    return etree.parse(str(FOLDER / "complaint.bpmn"))


def elements(diagram: etree._ElementTree) -> list[etree._Element]:
    process = diagram.getroot().find(BPMN + "process")
    assert process is not None
    scopes = [process, *process.iter(BPMN + "subProcess")]
    return [element for scope in scopes for element in scope if element.get("id")]


def test_the_complaint_process_is_shipped_with_its_diagram_first() -> None:
    # when
    found = processes.files("complaint")

    # then
    assert "complaint" in processes.shipped()
    assert found[0].name == "complaint.bpmn"
    assert {file.suffix for file in found} == {".bpmn", ".dmn", ".form"}


@pytest.mark.parametrize("name", ["refunds", "", "..", "../engine", "complaint/.."])
def test_a_process_that_is_not_shipped_is_refused_with_those_that_are(name: str) -> None:
    # when
    with pytest.raises(LookupError) as refusal:
        processes.files(name)

    # then
    assert "Choose one of: complaint" in str(refusal.value)


def test_every_element_is_drawn(diagram: etree._ElementTree) -> None:
    # given
    drawn = {
        shape.get("bpmnElement")
        for kind in ("BPMNShape", "BPMNEdge")
        for shape in diagram.iter(BPMNDI + kind)
    }

    # then
    assert {element.get("id") for element in elements(diagram)} == drawn


def test_every_element_and_every_way_out_of_a_decision_has_a_name(
    diagram: etree._ElementTree,
) -> None:
    # given
    found = elements(diagram)
    deciding = {e.get("id") for e in found if e.tag == BPMN + "exclusiveGateway"}
    ways_out = [e for e in found if e.get("sourceRef") in deciding]
    joined = {e.get("sourceRef") for e in ways_out if not _decides(e.get("sourceRef"), ways_out)}

    # then
    for element in found:
        is_flow = element.tag == BPMN + "sequenceFlow"
        if not is_flow or (element in ways_out and element.get("sourceRef") not in joined):
            assert element.get("name"), element.get("id")


def test_every_decision_has_a_condition_on_each_way_but_the_default(
    diagram: etree._ElementTree,
) -> None:
    # given
    found = elements(diagram)

    # then
    for gateway in (e for e in found if e.tag == BPMN + "exclusiveGateway"):
        ways = [e for e in found if e.get("sourceRef") == gateway.get("id")]
        bare = [e.get("id") for e in ways if e.find(BPMN + "conditionExpression") is None]
        if len(ways) > 1:
            assert bare == [gateway.get("default")]


def test_every_form_and_decision_the_diagram_names_is_shipped(
    diagram: etree._ElementTree,
) -> None:
    # given
    named = {str(e.get("form")) for e in diagram.iter(CORRAL + "userTask")}
    shipped = {file.stem for file in processes.files("complaint") if file.suffix == ".form"}
    decided = {e.get("ref") for e in diagram.iter(CORRAL + "decision")}

    # then
    assert named == shipped
    assert decided == {"urgency", "triage", "risk"}


@pytest.mark.parametrize(
    "file", [f for f in processes.files("complaint") if f.suffix == ".form"], ids=lambda f: f.stem
)
def test_every_form_is_sound_and_named_like_its_file(file: Path) -> None:
    # given
    schema = json.loads(file.read_text(encoding="utf-8"))

    # then
    assert schema["id"] == file.stem
    assert not forms.problems(schema)


def test_an_answer_is_required_unless_the_case_is_closed() -> None:
    # given
    schema = json.loads((FOLDER / "answer.form").read_text(encoding="utf-8"))
    variables = {"comment": "", "answer": "", "conversation": {"can_reply_privately": False}}

    # when
    _, missing = forms.validate(schema, {"next_step": "reply"}, variables=variables)
    closing, complaints = forms.validate(schema, {"next_step": "close"}, variables=variables)

    # then
    assert set(missing) == {"answer"}
    assert not complaints
    assert closing["next_step"] == "close"


def test_every_length_and_text_one_may_set_is_described(diagram: etree._ElementTree) -> None:
    # given
    described = (FOLDER / "README.md").read_text(encoding="utf-8")
    variables = [str(e.get("name")) for e in diagram.iter(CORRAL + "variable")]

    # then
    assert [name for name in variables if f"`{name}`" not in described] == []


def test_the_readme_shows_pictures_that_are_there() -> None:
    # given
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")

    # then
    for picture in FOLDER.glob("*.png"):
        assert f"({picture.name})" in readme
    assert readme.count(".png)") == len(list(FOLDER.glob("*.png")))


def _decides(gateway: str | None, flows: list[etree._Element]) -> bool:
    return sum(flow.get("sourceRef") == gateway for flow in flows) > 1
