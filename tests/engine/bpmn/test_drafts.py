"""Drafts in the whole engine: what calls one waits for it, and goes on once it is published."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import Engine, InstanceStatus, Source
from engine.errors import DeploymentRefusedError, NotStartableError

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CALLER = (
    '<process id="caller" isExecutable="true"><startEvent id="s"/>'
    '<callActivity id="call" calledElement="called"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="call"/></process>'
)
CALLED = (
    '<process id="called"{mark}><startEvent id="cs"/><task id="ct"/>'
    '<sequenceFlow id="cf" sourceRef="cs" targetRef="ct"/></process>'
)
PICTURE = '<collaboration id="c"><participant id="shop" name="Shop"/></collaboration>'


def source(*inside: str, name: str = "drawing.bpmn") -> Source:
    text = f'<definitions xmlns="{BPMN}">{"".join(inside)}</definitions>'
    return Source(name, text.encode())


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = Engine.in_memory()
    yield opened
    opened.close()


def test_a_call_of_a_draft_waits_until_it_is_published(engine: Engine) -> None:
    # given
    engine.deploy([source(CALLER, CALLED.format(mark=""))])
    caller = engine.start("caller")
    (incident,) = engine.incidents()
    draft = next(each for each in engine.definitions() if each.key == "called")

    # when
    engine.publish(draft.id)
    engine.resolve(incident.id, by="oli")

    # then
    assert "still a draft" in incident.what
    assert engine.instance(caller.id).status is InstanceStatus.COMPLETED


def test_an_error_in_one_pool_refuses_the_whole_deployment(engine: Engine) -> None:
    # given
    twice = '<process id="q" isExecutable="true"><task id="x"/><task id="x"/></process>'

    # when / then
    with pytest.raises(DeploymentRefusedError):
        engine.deploy([source(CALLED.format(mark=' isExecutable="true"')), source(twice, name="q")])
    assert engine.definitions() == []


def test_a_picture_is_stored_shown_and_never_started(engine: Engine) -> None:
    # given
    (stored,) = engine.deploy([source(PICTURE)], executable=True).definitions

    # when
    with pytest.raises(NotStartableError, match="nothing that could run"):
        engine.start("shop")
    with pytest.raises(NotStartableError, match="nothing that could run"):
        engine.publish(stored.id)

    # then
    assert (stored.key, stored.name, stored.startable) == ("shop", "Shop", False)
    assert b"participant" in engine.resource(stored.id)
    assert "participant" in engine.normalised(stored.id).xml


def test_what_was_kept_as_a_drawing_can_still_be_published(engine: Engine) -> None:
    # given
    files = [source(CALLED.format(mark=""))]
    (kept,) = engine.deploy(files, executable=False).definitions
    with pytest.raises(NotStartableError, match="kept as a drawing"):
        engine.start("called")

    # when
    engine.publish(kept.id)

    # then
    assert engine.start("called").status is InstanceStatus.COMPLETED


def test_a_file_that_is_not_deployed_has_a_normal_form_too(engine: Engine) -> None:
    # given / when
    found = engine.normalised(source('<process id="p"><task id="t"/></process>'))

    # then
    assert "implicit-start" in {note.rule for note in found.notes}
    assert engine.definitions() == []
