"""Commands for drawings: what is read of a folder, the answer to a question, the normal form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.webapp.commands.test_commands import Run

DRAWING = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="plan">'
    '<task id="a" name="Think"/><task id="b"/>'
    '<sequenceFlow id="f" sourceRef="a" targetRef="b"/></process></definitions>'
)


@pytest.mark.parametrize(
    ("flags", "startable"), [((), False), (("--executable",), True), (("--drawing",), False)]
)
def test_deploying_says_whether_drawings_are_to_run(
    run: Run, tmp_path: Path, flags: tuple[str, ...], startable: bool
) -> None:
    # given
    file = tmp_path / "plan.bpmn"
    file.write_text(DRAWING)

    # when
    result = run("deploy", str(file), "--format", "json", *flags)

    # then
    (deployment,) = json.loads(result.stdout)["deployments"]
    assert [each["startable"] for each in deployment["definitions"]] == [startable]


def test_a_draft_says_what_is_missing_when_it_is_deployed(run: Run, tmp_path: Path) -> None:
    # given
    file = tmp_path / "plan.bpmn"
    file.write_text(DRAWING)

    # when
    result = run("deploy", str(file))

    # then
    assert "plan version 1 (a draft: cannot be started yet)" in result.stdout
    assert "does not say that it is executable" in result.stderr


@pytest.mark.parametrize(
    "name", ["p.bpmn", "p.bpmn2", "p.bpmn20.xml", "p.xml", "deep/er/p.BPMN", "utf-16.xml"]
)
def test_a_folder_gives_its_diagrams_by_any_ending(run: Run, tmp_path: Path, name: str) -> None:
    # given
    file = tmp_path / "models" / name
    file.parent.mkdir(parents=True)
    file.write_text(DRAWING, encoding="utf-16" if "utf-16" in name else "utf-8")
    (tmp_path / "models" / "pom.xml").write_text("<project/>")

    # when
    result = run("lint", str(tmp_path / "models"), "--format", "json")

    # then
    (report,) = json.loads(result.stdout)["files"]
    assert [each["id"] for each in report["definitions"]] == ["plan"]


def test_the_worst_problems_come_first(run: Run, tmp_path: Path) -> None:
    # given
    file = tmp_path / "plan.bpmn"
    broken = '<boundaryEvent id="x"/><sequenceFlow id="g" sourceRef="a"/><endEvent id="a"/>'
    file.write_text(DRAWING.replace("</process>", f"{broken}</process>"))

    # when
    told = run("lint", str(file)).stdout

    # then
    order = ["error", "draft", "warning", "info"]
    severities = [line.split(": ")[1] for line in told.splitlines() if line.startswith(str(file))]
    assert severities == sorted(severities, key=order.index)
    assert len(set(severities)) > 1


def test_the_normal_form_is_printed_with_what_was_changed(run: Run, tmp_path: Path) -> None:
    # given
    file = tmp_path / "plan.bpmn"
    file.write_text(DRAWING)

    # when
    as_text, as_json = run("normalise", str(file)), run("normalise", str(file), "--format", "json")

    # then
    assert "startEvent" in as_text.stdout
    assert "[implicit-start]" in as_text.stderr
    assert "implicit-start" in {note["rule"] for note in json.loads(as_json.stdout)["notes"]}


def test_what_cannot_be_read_has_no_normal_form(run: Run, tmp_path: Path) -> None:
    # given
    file = tmp_path / "plan.bpmn"
    file.write_bytes(b"PK\x03\x04")

    # when
    result = run("normalise", str(file))

    # then
    assert result.exit_code == 2
    assert "ZIP archive" in result.stderr


def test_problems_of_files_that_define_nothing_are_told_as_well(run: Run, tmp_path: Path) -> None:
    # given
    (tmp_path / "fee.dmn").write_text(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        'namespace="urn:f"><businessKnowledgeModel id="fee" name="Fee"><encapsulatedLogic '
        'kind="Java"><literalExpression><text>x</text></literalExpression></encapsulatedLogic>'
        "</businessKnowledgeModel></definitions>"
    )

    # when
    result = run("deploy", str(tmp_path / "fee.dmn"), "--format", "json")

    # then
    (deployment,) = json.loads(result.stdout)["deployments"]
    assert deployment["definitions"] == []
    assert [each["severity"] for each in deployment["problems"]] == ["draft"]
