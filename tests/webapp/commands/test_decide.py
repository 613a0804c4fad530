"""``corral decide``: a decision on the command line, as text and as JSON."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.engine.bpmn.decisions.drawing import NAMESPACES, decision, literal, rows
from webapp.cli import main


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A file with one table, and a decision that fails."""
    rules = ('>= 100 | "gold"', '< 100 | "silver"')
    logic = decision(rows(*rules, inputs="amount:number", outputs="tier:string"), id="tier")
    failing = decision(literal('"a"'), id="wrong", type="number")
    file = tmp_path / "tier.dmn"
    opening = f'<definitions xmlns="{NAMESPACES["1.3"]}" namespace="urn:test">'
    file.write_text(f"{opening}{logic}{failing}</definitions>")
    return file


def test_a_decision_prints_its_value_and_says_why(table: Path) -> None:
    # when
    result = CliRunner().invoke(
        main, ["decide", str(table), "--decision", "tier", "--input", '{"amount": 120}']
    )

    # then
    assert result.exit_code == 0, result.output
    assert result.stdout == '"gold"\n'
    assert "tier, row 1: amount = 120 passes >= 100" in result.stderr


def test_json_is_one_object_with_all_that_is_known(table: Path) -> None:
    # given
    inputs = table.with_name("inputs.json")
    inputs.write_text('{"amount": 5}')

    # when
    result = CliRunner().invoke(
        main,
        ["decide", str(table.parent), "--decision=tier", f"--input=@{inputs}", "--format=json"],
    )

    # then
    found = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert found["outputs"] == "silver"
    assert found["fired_rules"] == [
        {
            "decision": "tier",
            "id": "r2",
            "row": 2,
            "because": [{"input": "amount", "value": 5, "test": "< 100"}],
            "outputs": {"tier": "silver"},
            "annotations": [],
        }
    ]
    assert found["evaluated"] == [{"key": "tier", "name": "tier", "outputs": "silver"}]
    assert (found["failures"], found["warnings"]) == ([], [])


def test_a_decision_that_fails_says_where_and_exits_1(table: Path) -> None:
    # when
    result = CliRunner().invoke(main, ["decide", str(table), "--decision", "wrong"])

    # then
    assert result.exit_code == 1
    assert result.stdout == "null\n"
    assert "failed: " in result.stderr


def test_what_a_deployment_would_refuse_is_told_as_a_failure(tmp_path: Path) -> None:
    # given
    opening = f'<definitions xmlns="{NAMESPACES["1.3"]}" namespace="urn:test">'
    circle = decision(literal("b"), id="a", needs="b") + decision(literal("a"), id="b", needs="a")
    lost = decision(literal("1"), id="lost", needs="urn:nowhere#x")
    file = tmp_path / "circle.dmn"
    file.write_text(f"{opening}{circle}{lost}</definitions>")

    # when
    circled = CliRunner().invoke(main, ["decide", str(file), "--decision", "a"])
    alone = CliRunner().invoke(main, ["decide", str(file), "--decision", "lost"])

    # then
    assert (circled.exit_code, alone.exit_code) == (1, 1)
    assert "requires itself" in circled.stderr
    assert "urn:nowhere#x" in alone.stderr


def test_values_that_nothing_reads_are_told(table: Path) -> None:
    # when
    result = CliRunner().invoke(
        main, ["decide", str(table), "--decision=tier", '--input={"amount": 5, "amuont": 7}']
    )

    # then
    assert result.exit_code == 0
    assert "note: Nothing reads 'amuont'." in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--decision", "nobody"], "They hold: 'tier', 'wrong'"),
        (["--decision", "tier", "--input", "{"], "it is no JSON"),
        (["--decision", "tier", "--input", "[1]"], "it is no object"),
        (["--decision", "tier", "--input", "@/nowhere.json"], "cannot be read"),
        (["--decision", "tier", "--input", '{"amount": NaN}'], "NaN is no number that JSON has"),
        (["--decision", "tier", "--input", '{"a":' + "[" * 5_000 + "]" * 5_000 + "}"], "too deep"),
        (["--decision", "tier", "--input", '{"a\\u0000": 1}'], "NUL"),
        ([], "Missing option"),
    ],
)
def test_wrong_input_is_told_with_its_cure(table: Path, options: list[str], said: str) -> None:
    # when
    result = CliRunner().invoke(main, ["decide", str(table), *options])

    # then
    assert result.exit_code == 2
    assert said in result.output


def test_the_example_of_the_documentation_runs_as_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    page = (Path(__file__).parents[3] / "docs" / "dmn.md").read_text("utf-8")
    blocks = re.findall(r"```(?:\w+ )?(\S*)\n(.*?)```", page, re.DOTALL)
    file, command, printed = blocks[0], blocks[1][1].splitlines()[1], blocks[2][1]
    monkeypatch.chdir(tmp_path)
    Path(file[0]).write_text(file[1])

    # when
    result = CliRunner().invoke(main, shlex.split(command)[1:])

    # then
    assert result.exit_code == 0, result.output
    assert result.stdout + result.stderr == printed
