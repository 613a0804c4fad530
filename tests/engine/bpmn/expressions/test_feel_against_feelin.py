"""Random typed expressions: what our layer over feelin answers, and what feelin itself does.

Our layer keeps parsed texts, knows names with spaces, carries dates over a border and corrects
feelin in some places. Where nothing is corrected nothing may differ. So the texts here keep to
what fits together: filters and quantifiers that are true or false for every item, durations of
one kind.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn.expressions.sandbox.process import SANDBOX, Sandbox

FRONTEND = Path(__file__).parents[4] / "webapp" / "frontend"
NODE = shutil.which("node", path=str(FRONTEND.parents[1] / ".venv" / "bin")) or shutil.which("node")
#: What plain feelin is asked with: the same request, answered by its public function.
ENTRY = """
import { evaluate } from "feelin";
const isNone = (value) =>
  value === undefined || (typeof value === "number" && !Number.isFinite(value));
const answer = (text, variables) => {
  try {
    const { value } = evaluate(text, variables);
    return { value: isNone(value) ? null : value };
  } catch (error) {
    return { error: String(error) };
  }
};
globalThis.corral = (request) => {
  const { run, variables } = JSON.parse(request);
  return JSON.stringify(run.map(([, text]) => answer(text, variables)));
};
"""
VARIABLES = {
    "n": 7,
    "few": [3, 1, 2],
    "words": ["b", "a"],
    "people": [{"name": "Ana", "age": 31}, {"name": "Bo", "age": 7}],
    "order": {"total": 12.5, "first line": "x"},
    "yes": True,
}

Texts = st.SearchStrategy[str]
_numbers = st.sampled_from(["0", "1", "7", "2.5", "n", "-3", "order.total", "people[1].age"])
_words = st.sampled_from(['"a"', '"gold"', '"Zürich"', "words[1]", "people[2].name"])
_dates = st.sampled_from(
    ['date("2026-02-28")', '@"2024-02-29"', "date(2026, 11, 5)", 'date("2026-12-31")']
)
_moments = st.sampled_from(
    [
        'date and time("2026-02-28T23:30:00Z")',
        '@"2024-02-29T10:00:00Z"',
        'date and time(@"2026-02-28", @"10:15:00Z")',
    ]
)
_days = st.sampled_from(['duration("P1D")', '@"PT90M"', 'duration("P2DT3H")', '@"-PT15S"'])
_months = st.sampled_from(['duration("P1Y")', '@"P2M"', '@"-P3M"'])


def _lists(depth: int) -> Texts:
    leaves = st.sampled_from(["few", "[4, 5]", "people.age", "[]"])
    if depth == 0:
        return leaves
    inner, value, truth = _lists(depth - 1), number(depth - 1), truths(depth - 1)
    return st.one_of(
        leaves,
        st.builds("(for i in {} return i * {})".format, inner, value),
        st.builds("{}[item > {}]".format, leaves.filter(lambda text: text != "[]"), _numbers),
        st.builds("people[age > {}].age".format, _numbers),
        st.builds("reverse({})".format, inner),
        st.builds("concatenate({}, {})".format, inner, inner),
        st.builds("append({}, {})".format, inner, value),
        st.builds("distinct values({})".format, inner),
        st.builds("sublist({}, 1, 2)".format, inner),
        st.builds("flatten([{}, {}])".format, inner, inner),
        st.builds("sort({}, function(a, b) a < b)".format, inner),
        st.builds("(if {} then {} else {})".format, truth, inner, inner),
    )


def number(depth: int) -> Texts:
    """Return texts that give numbers."""
    if depth == 0:
        return _numbers
    inner, some, truth = number(depth - 1), _lists(depth - 1), truths(depth - 1)
    return st.one_of(
        _numbers,
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("count({})".format, some),
        st.builds("sum({})".format, some),
        st.builds("max({})".format, some),
        st.builds("{}.year".format, _dates),
        st.builds("({}).days".format, _days),
        st.builds("string length({})".format, _words),
        st.builds("(if {} then {} else {})".format, truth, inner, inner),
    )


def truths(depth: int) -> Texts:
    """Return texts that are true or false."""
    leaves = st.sampled_from(["true", "false", "yes"])
    if depth == 0:
        return leaves
    inner, value = truths(depth - 1), number(depth - 1)
    sign = st.sampled_from(["<", "<=", "=", "!=", ">", ">="])
    return st.one_of(
        leaves,
        st.builds("({} {} {})".format, value, sign, value),
        st.builds("({} {} {})".format, _words, st.sampled_from(["=", "!="]), _words),
        st.builds("({} {} {})".format, _dates, sign, _dates),
        st.builds("({} {} {})".format, _moments, sign, _moments),
        st.builds("({} in [{}..{}])".format, _dates, _dates, _dates),
        st.builds("({} between {} and {})".format, value, value, value),
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not({})".format, inner),
        st.builds("(some i in {} satisfies i > {})".format, _lists(0), _numbers),
        st.builds("(every i in {} satisfies i > {})".format, _lists(0), _numbers),
    )


def moments(depth: int) -> Texts:
    """Return texts that give dates, date-times and durations."""
    return st.one_of(
        _dates,
        _moments,
        st.builds("{} + {}".format, _moments, _days),
        st.builds("{} - {}".format, _dates, _months),
        st.builds("{} + {}".format, _days, _days),
        st.builds("{} + {}".format, _months, _months),
        st.builds("date({})".format, _moments),
        st.builds("time({})".format, _moments),
        st.builds("(if {} then {} else {})".format, truths(depth), _dates, _dates),
    )


TEXTS = st.one_of(
    number(2),
    truths(2),
    _lists(2),
    moments(1),
    st.builds("{{a: {}, b: a, c: {{d: b}}}}".format, number(1)),
    st.builds("order.first line + {}".format, _words),
    st.builds("upper case({})".format, _words),
)


@pytest.fixture(scope="module")
def feelin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that holds feelin as it comes."""
    folder = tmp_path_factory.mktemp("feelin")
    entry, bundle = folder / "entry.js", folder / "feelin.js"
    entry.write_text(ENTRY)
    script = (
        'require("esbuild").buildSync({ entryPoints: [process.argv[1]], outfile: process.argv[2], '
        'bundle: true, format: "iife", nodePaths: ["node_modules"], logLevel: "error" })'
    )
    assert NODE is not None
    subprocess.run([NODE, "-e", script, str(entry), str(bundle)], cwd=FRONTEND, check=True)
    one = Sandbox(bundle)
    yield one
    one.close()


def _plain(value: Any) -> Any:
    """Return a value of our layer as feelin writes it: without the type of its dates."""
    if isinstance(value, dict):
        if "\0" in value:
            return value["\0"][1]
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    # Numbers are decimal in our layer, and binary in feelin.
    return float(f"{value:.12g}") if type(value) is float else value


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TEXTS, min_size=10, max_size=20))
def test_what_is_not_corrected_is_answered_as_feelin_does(
    feelin: Sandbox, texts: list[str]
) -> None:
    # given
    run = [("expression", text) for text in texts]
    request = json.dumps({"run": run, "variables": VARIABLES, "now": None})

    # when
    ours = [_plain(answer) for answer in json.loads(SANDBOX.ask("F", request, seconds=2))]
    theirs = [_plain(answer) for answer in json.loads(feelin.ask("F", request, seconds=2))]

    # then
    assert list(zip(texts, ours, strict=True)) == list(zip(texts, theirs, strict=True))
