"""``corral lint`` on drawings with much to say about them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.webapp.commands.conftest import Run

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:corral="urn:corral:bpmn:1"><process id="p" isExecutable="true">'
)


def file(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{HEAD}{body}</process></definitions>")
    return path


def test_replies_are_held_against_the_networks_that_are_installed(run: Run, tmp_path: Path) -> None:
    # given
    job = f'<corral:job type="reply.send"><corral:input name="text" value="{"x" * 300}"/>'
    body = (
        '<startEvent id="s"/><sendTask id="t"><extensionElements>'
        f'{job}</corral:job></extensionElements></sendTask><endEvent id="e"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
        '<sequenceFlow id="g" sourceRef="t" targetRef="e"/>'
    )
    path = file(tmp_path, "long.bpmn", body)

    # when
    result = run("lint", str(path))

    # then
    assert result.exit_code == 0
    assert "warning: The reply has at least 300 characters; demo carries 280" in result.stdout


def test_fifty_problems_come_with_the_worst_first_and_a_count(run: Run, tmp_path: Path) -> None:
    # given
    tasks = "\n".join(f'<serviceTask id="t{number}"/>' for number in range(30))
    teleport = '<teleport id="odd"/>'
    path = file(tmp_path, "many.bpmn", f'<startEvent id="s"/>\n{tasks}\n{teleport}')

    # when
    result = run("lint", str(path))

    # then
    told = [line for line in result.stdout.splitlines() if line.startswith(str(path))]
    severities = [line.split(": ")[1] for line in told]
    assert len(told) >= 50
    assert severities == sorted(severities, key=["error", "draft", "warning", "info"].index)
    assert result.exit_code == 1
    assert "files: 1, error: 1, draft: " in result.stderr


def test_a_folder_is_one_deployment(run: Run, tmp_path: Path) -> None:
    # given
    call = '<startEvent id="s"/><callActivity id="c" calledElement="q"/><endEvent id="e"/>'
    flows = (
        '<sequenceFlow id="f" sourceRef="s" targetRef="c"/>'
        '<sequenceFlow id="g" sourceRef="c" targetRef="e"/>'
    )
    caller = file(tmp_path / "models", "caller.bpmn", call + flows)
    called = file(tmp_path / "models", "called.bpmn", '<startEvent id="s"/>')
    called.write_text(called.read_text().replace('id="p"', 'id="q"'))

    # when
    together = json.loads(run("lint", str(tmp_path / "models"), "--format", "json").stdout)
    alone = json.loads(run("lint", str(caller), "--format", "json").stdout)

    # then
    rules = {p["rule"] for found in together["files"] for p in found["problems"]}
    assert "unresolved-reference" not in rules
    assert "unresolved-reference" in {p["rule"] for p in alone["files"][0]["problems"]}


def test_what_needs_no_cure_gets_none_and_what_has_no_line_no_zero(
    run: Run, tmp_path: Path
) -> None:
    # given
    body = '<startEvent id="s"/><task id="t"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
    file(tmp_path, "one.bpmn", body)
    file(tmp_path, "two.bpmn", body)

    # when
    told = run("lint", str(tmp_path)).stdout

    # then
    assert "Nothing to do." not in told
    assert f"{tmp_path / 'two.bpmn'}: error: The process 'p' is defined in " in told


def test_the_end_says_what_deploying_would_come_to(run: Run, tmp_path: Path) -> None:
    # given
    draft = file(tmp_path, "draft.bpmn", '<startEvent id="s"/>')
    wrong = file(tmp_path, "wrong.bpmn", '<startEvent id="s"/><teleport id="t"/>')

    # when
    drafted, refused = run("lint", str(draft)), run("lint", str(wrong))

    # then
    assert drafted.stderr.endswith("stored and does not start yet.\n")
    assert refused.stderr.endswith("would be refused until the errors are mended.\n")


def test_what_is_in_a_file_does_not_drive_the_terminal(run: Run, tmp_path: Path) -> None:
    # given: an id that turns the writing around, and a name with a command for terminals
    odd = "g&#x202e;x"
    body = (
        f'<startEvent id="s"/><exclusiveGateway id="{odd}" name="a&#x9b;2J&#13;b"/>'
        f'<sequenceFlow id="f" sourceRef="s" targetRef="{odd}"/>'
    )
    path = file(tmp_path, "odd.bpmn", body)

    # when
    results = [run(command, str(path)) for command in ("lint", "normalise", "deploy")]

    # then
    assert "(g x" in results[0].stdout
    told = [line for result in (results[0], results[2]) for line in result.output.splitlines()]
    told += results[1].stderr.splitlines()
    assert [line for line in told if not line.isprintable()] == []


def test_what_rules_find_in_a_decision_table_is_shown(run: Run, tmp_path: Path) -> None:
    # given
    space = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    table = (
        '<input id="i"><inputExpression typeRef="number"><text>amount</text></inputExpression>'
        '</input><output id="o" typeRef="number"/><rule id="small"><inputEntry><text>&lt; 10'
        "</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        '<rule id="large"><inputEntry><text>&gt; 10</text></inputEntry><outputEntry>'
        '<text>"x"</text></outputEntry></rule>'
    )
    path = tmp_path / "fee.dmn"
    path.write_text(
        f'<definitions xmlns="{space}" namespace="n"><decision id="fee" name="Fee">'
        f'<decisionTable id="t">{table}</decisionTable></decision></definitions>'
    )

    # when
    result = run("lint", str(path))

    # then
    assert result.exit_code == 1
    assert 'error: In row 2: "x" is no number. (large) [output-of-another-type]' in result.stdout
    assert "warning: No row fits when amount = 10. (t) [table-gap]" in result.stdout
