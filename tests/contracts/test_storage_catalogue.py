"""Which version of a process or decision is meant, on every database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import Engine
from engine.catalogue import LATEST, Which
from engine.definitions import DefinitionKind, Source


def decision(value: str, *, key: str = "fee", tag: str = "", name: str = "The fee") -> Source:
    tagged = f'camunda:versionTag="{tag}"' if tag else ""
    return Source(
        f"{key}.dmn",
        (
            '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
            f'namespace="urn:{key}" xmlns:camunda="http://camunda.org/schema/1.0/dmn">'
            f'<decision id="{key}" name="{name}" {tagged}><literalExpression><text>{value}</text>'
            "</literalExpression></decision></definitions>"
        ).encode(),
    )


def process(*, tag: str = "", element: str = "t") -> Source:
    tagged = f'<extensionElements><c:versionTag value="{tag}"/></extensionElements>' if tag else ""
    return Source(
        "p.bpmn",
        (
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs" '
            f'xmlns:c="urn:corral:bpmn:1"><process id="p" isExecutable="true">{tagged}'
            f'<startEvent id="s"/><userTask id="{element}"/><sequenceFlow id="f" sourceRef="s" '
            f'targetRef="{element}"/></process></definitions>'
        ).encode(),
    )


@pytest.fixture
def engine(ready_url: str) -> Iterator[Engine]:
    opened = Engine.open(ready_url)
    yield opened
    opened.close()


def asked(engine: Engine, key: str, which: Which = LATEST) -> tuple[int, bytes] | None:
    with engine._reading() as tx:
        found = tx.catalogue.asked_decision(key, which)
    return None if found is None else (found.version, found.content)


def test_a_decision_is_found_by_number_by_tag_and_beside_what_it_came_with(engine: Engine) -> None:
    # given
    first = engine.deploy([decision("1", tag="stable"), process()])
    second = engine.deploy([decision("2", tag="stable")])
    engine.deploy([decision("3")])
    (of_process,) = [each for each in first.definitions if each.kind is DefinitionKind.PROCESS]

    # when
    found = {
        "newest": asked(engine, "fee"),
        "number": asked(engine, "fee", Which(version=2)),
        "tag": asked(engine, "fee", Which(tag="stable")),
        "beside": asked(engine, "fee", Which(beside=of_process.id)),
        "no number": asked(engine, "fee", Which(version=9)),
        "no tag": asked(engine, "fee", Which(tag="other")),
        "not beside": asked(engine, "p", Which(beside=second.definitions[0].id)),
    }

    # then
    assert {name: each and each[0] for name, each in found.items()} == {
        "newest": 3,
        "number": 2,
        "tag": 2,
        "beside": 1,
        "no number": None,
        "no tag": None,
        "not beside": None,
    }
    tags = [
        each.version_tag for each in engine.definitions(kind=DefinitionKind.DECISION, key="fee")
    ]
    assert tags == [None, "stable", "stable"]


def test_a_decision_is_found_by_its_name_where_none_has_it_as_its_key(engine: Engine) -> None:
    # given one that is called as the other is known
    engine.deploy([decision("1", key="fee", name="rate")])
    engine.deploy([decision("2", key="rate", name="The rate")])

    # when / then
    by_key, by_name = asked(engine, "rate"), asked(engine, "The rate")
    assert by_key == by_name
    assert by_key is not None
    assert b">2<" in by_key[1]
    assert engine.decide((), "The rate").outputs == 2


def test_a_process_is_found_by_its_tag(engine: Engine) -> None:
    # given
    engine.deploy([process(tag="v1")])
    engine.deploy([process(element="other")])

    # when
    with engine._reading() as tx:
        found = tx.catalogue.called_process("p", Which(tag="v1"))
        newest = tx.catalogue.called_process("p")

    # then
    assert found is not None
    assert newest is not None
    assert (found.version, newest.version) == (1, 2)


def test_what_belongs_to_another_workspace_is_not_found(engine: Engine) -> None:
    # given
    engine.deploy([decision("1", tag="stable")])
    other = engine.create_workspace("other", "Other")

    # when / then
    for which in (LATEST, Which(version=1), Which(tag="stable")):
        assert asked(other, "fee", which) is None


def test_a_decision_is_versioned_by_deploying_its_file_alone(engine: Engine) -> None:
    # given
    engine.deploy([decision("1")])

    # when
    again, newer = engine.deploy([decision("1")]), engine.deploy([decision("2")])

    # then the same file again is no new version
    assert [each.version for each in again.definitions] == [1]
    assert [each.version for each in newer.definitions] == [2]
    assert engine.decide((), "fee").outputs == 2
    assert engine.decide((), "fee", version=1).outputs == 1
