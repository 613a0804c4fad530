"""Hostile files of decisions: read, linked and looked at in time that grows as they do."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.bpmn.decisions import Decisions
from engine.bpmn.decisions.analysis.cells import Cells, read_cell
from engine.bpmn.decisions.linking import link
from engine.bpmn.decisions.model import InputData
from engine.bpmn.decisions.reporting import decision_reports
from engine.bpmn.reader import Document
from tests.engine.bpmn.decisions.drawing import decision, dmn, given, literal, policy, rows

pytestmark = pytest.mark.usefixtures("uncollected")


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail where it takes far more work than these seconds of a usual machine.

    Work that grows faster than its file would take minutes; a slow machine takes some times more.
    """
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds * 5


def problems(*documents: Document) -> set[str]:
    """Return the rules that found something."""
    reports = decision_reports(documents).values()
    return {problem.rule for report in reports for problem in report.problems}


def file(name: str, content: str, *imports: str) -> Document:
    """Return ``name.dmn`` in ``urn:name``, which imports others under their names."""
    written = "".join(f'<import namespace="urn:{each}" name="{each}"/>' for each in imports)
    return dmn(written + content, name=f"{name}.dmn", space=f"urn:{name}")


# -- linking -----------------------------------------------------------------------------------


def test_imports_in_a_circle_are_followed_and_a_circle_of_requirements_is_told() -> None:
    # given
    circle = [
        file(own, decision(literal(f"{other}.d + 1"), needs=f"urn:{other}#d"), other)
        for own, other in ("ab", "bc", "ca")
    ]
    bow = [
        file("a", decision(literal("b.d + 1"), needs="urn:b#d"), "b"),
        file("b", decision(literal("c.d + 1"), needs="urn:c#d"), "c"),
        file("c", decision(literal("1")), "a"),
    ]

    # when / then
    assert problems(*circle) == {"decision-table"}
    assert Decisions.of(circle).decide("0#d", {}).outputs is None
    assert problems(*bow) == set()
    assert Decisions.of(bow).decide("0#d", {}).outputs == 3


def test_a_file_that_imports_itself_has_its_own_elements_alone() -> None:
    # given
    document = file("a", given("x") + decision(literal("x + 1"), needs="urn:a#x i:x"), "a")

    # when
    found = Decisions.of([document]).decide("0#d", {"x": 1})

    # then
    assert problems(document) == set()
    assert found.outputs == 2


@pytest.mark.parametrize(
    ("place", "index"), [("", 1), ("lib.dmn", 1), ("./new/lib.dmn", 2), ("/new/lib.dmn", 1)]
)
def test_of_files_with_one_namespace_the_place_says_which_is_meant(place: str, index: int) -> None:
    # given
    written = f'<import namespace="urn:lib" name="lib" locationURI="{place}"/>'
    names = ("main.dmn", "old/lib.dmn", "new/lib.dmn")
    spaces = ("urn:main", "urn:lib", "urn:lib")
    documents = [
        dmn(written, name=each, space=space) for each, space in zip(names, spaces, strict=True)
    ]

    # when
    (main, *_) = link(documents).files

    # then
    assert main.imports["urn:lib"].index == index


def test_a_file_in_no_known_namespace_is_found_by_its_place_but_never_itself() -> None:
    # given
    written = '<import namespace="urn:x" name="x" locationURI="lib.dmn"/>'
    documents = [dmn(written, name="lib.dmn"), dmn("", name="sub/lib.dmn", space="urn:other")]

    # when
    first, second = link(documents).files

    # then
    assert first.imports["urn:x"].index == 1
    assert not second.imports


def test_two_hundred_files_that_import_each_other_are_linked_at_once() -> None:
    # given
    names = [f"f{number}" for number in range(200)]
    content = given("x") + decision(literal("x"), needs="i:x")
    documents = [file(own, content, *(each for each in names if each != own)) for own in names]

    # when
    with at_most(2):
        linked = link(documents)

    # then
    assert len(linked.plan.elements) == 400
    assert all(len(each.imports) == 199 for each in linked.files)


def test_thousands_of_imports_of_nothing_are_passed_over() -> None:
    # given
    nobody = tuple(f"nobody{number}" for number in range(5_000))
    documents = [file(f"f{number}", decision(literal("1")), *nobody) for number in range(20)]

    # when / then
    with at_most(2):
        assert not any(each.imports for each in link(documents).files)


def test_an_input_tells_only_as_many_names_of_its_file_as_are_short() -> None:
    # given
    imports = (
        f'<import namespace="urn:{number}" name="name{number}" locationURI="lib.dmn"/>'
        for number in range(20_000)
    )
    library = dmn(given("x"), name="lib.dmn", space="urn:lib")

    # when
    linked = link([dmn("".join(imports)), library])

    # then
    told = linked.plan.elements["1#x"]
    assert isinstance(told, InputData)
    assert 0 < sum(map(len, told.prefixes)) <= 1_000


ODD = ["", "#", "##", "#d#", "urn:b", "urn:test", "urn:test#", "0#d", "%23d", "#(d)", "#__proto__"]
ODD += ["file:///etc/passwd#root", "#../d", "&quot;#&lt;&apos;&amp;", "#" + "x" * 3_000, "#\u2028"]


@pytest.mark.parametrize("href", ODD)
def test_a_reference_with_odd_signs_is_to_nothing(href: str) -> None:
    # given
    wanted = f'<requiredDecision href="{href}"/>'
    asks = f"<informationRequirement>{wanted}</informationRequirement>{literal('1')}"
    service = f'<decisionService id="s"><outputDecision href="{href}"/></decisionService>'
    document = dmn(f'<decision id="o" name="o">{asks}</decision>{decision(literal("2"))}{service}')

    # when
    (report,) = decision_reports([document]).values()

    # then
    assert {each.key: each.startable for each in report.definitions} == {
        "o": False,
        "d": True,
        "s": False,
    }
    assert Decisions.of([document]).decide("0#d", {}).outputs == 2


# -- looking -----------------------------------------------------------------------------------


def test_a_long_chain_is_stopped_from_where_something_is_missing() -> None:
    # given
    chain = (
        decision(literal(f"d{n - 1} + 1") if n != 3_000 else "", id=f"d{n}", needs=f"d{n - 1}")
        for n in range(1, 6_000)
    )
    document = dmn(decision(literal("1"), id="d0") + "".join(chain))

    # when
    with at_most(4):
        (report,) = decision_reports([document]).values()

    # then
    assert [each.startable for each in report.definitions] == [n < 3_000 for n in range(6_000)]


def test_thousands_of_faults_are_told_at_their_decisions() -> None:
    # given
    document = dmn("".join(decision("", id=f"d{number}") for number in range(6_000)))

    # when
    with at_most(3):
        (report,) = decision_reports([document]).values()

    # then
    assert not any(each.startable for each in report.definitions)


NUMBERS = ",".join(map(str, range(300_000)))


@pytest.mark.parametrize(
    "table",
    [
        rows(f"{NUMBERS} | 1"),
        rows("1 | 1", allowed=NUMBERS),
        rows("1 | 1", "2 | 2", values=NUMBERS, policy=policy("PRIORITY")),
        rows(f'"{"x" * 1_000_000}" | 1', inputs="x:string"),
        rows(f'1 | "{"x" * 1_000_000}"', outputs="y:string"),
    ],
    ids=["cell", "input values", "output values", "text", "output"],
)
def test_a_cell_too_long_to_be_evaluated_is_an_error_and_not_looked_at(table: str) -> None:
    # given
    document = dmn(decision(table))

    # when / then
    with at_most(1):
        assert "expression-not-compilable" in problems(document)


def test_many_cells_of_many_numbers_are_too_large_and_not_too_long() -> None:
    # given
    numbers = itertools.count()
    cells = (",".join(str(next(numbers)) for _ in range(500)) for _ in range(120))
    document = dmn(decision(rows(*(f"{cell} | 1" for cell in cells))))

    # when / then
    with at_most(5):
        assert problems(document) == {"table-too-large"}


def test_a_long_list_of_values_is_searched_at_once() -> None:
    # given
    listed = ",".join(map(str, range(1_000)))
    last = ",".join(map(str, range(100, 999)))
    document = dmn(decision(rows(*(f"{last},{n % 99} | 1" for n in range(200)), allowed=listed)))

    # when / then
    with at_most(3):
        assert "cell-not-listed" not in problems(document)


def test_cells_are_read_once_and_only_so_many() -> None:
    # given
    read = Cells(most=3)

    # when
    found = [read(text) for text in ("1, 2", "3, 4", "5", "1, 2")]

    # then
    assert found == [read_cell("1, 2"), read_cell("3, 4"), None, read_cell("1, 2")]
    assert found[0] is found[3]
    assert not read.is_complete


def test_thousands_of_names_that_begin_alike_are_told_apart() -> None:
    # given
    inputs = (
        f'<inputData id="i{n}" name="in put {n}"><variable name="in put {n}"/></inputData>'
        for n in range(500)
    )
    asked = (decision(literal(f"in put {n} + 1"), id=f"d{n}", needs=f"i:i{n}") for n in range(500))
    document = dmn("".join(inputs) + "".join(asked))

    # when
    with at_most(2):
        (report,) = decision_reports([document]).values()

    # then
    assert not report.problems
