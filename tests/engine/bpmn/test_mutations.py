"""Damaged diagrams: whatever an upload holds, it is read, named, and run within bounds.

Diagrams of the corpus are cut, shuffled, renamed and given hostile texts. Only documented errors
come out, no text of a traceback is shown, and what may be started runs to waits, incidents or ends.
"""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine import Engine
from engine.definitions import Severity, Source
from engine.errors import DeploymentRefusedError, EngineError
from engine.instances import InstanceStatus
from engine.limits import Limits
from tests.engine.bpmn.corpus.scenario import CONSTRUCTS

LIMITS = Limits(steps=400, seconds=2.0, tokens=200, hops=20)
FAULTS = re.compile(r"Traceback|File \"|line \d+, in |0x[0-9a-f]{6}|object at|not-understood")
TEXTS = [
    *("", " ", "= ", "= 1/0", "${x.y()}", "#{", "= __import__('os').system('x')", "=" * 300),
    *("9" * 400, "-1", "NaN", "P-1D", "R/PT0S", "R99999999/PT1S", "* * * * *", "PT1H", "true"),
    *("\u202e\u0000"[:1], "\ud7ff", "ä" * 50, "a b", "start", "m", "{}", "[" * 200, "<x>", "%s%n"),
    *("while True: pass", "x = 'a' * 10 ** 9", "= [i for i in range(10 ** 9)]", "10 ** 10 ** 10"),
]
SLOTS = ["id", "sourceRef", "targetRef", "attachedToRef", "messageRef", "default", "calledElement"]
FLAGS = ["isInterrupting", "cancelActivity", "triggeredByEvent", "isForCompensation", "instantiate"]


@cache
def diagrams() -> tuple[etree._Element, ...]:
    """Return the diagrams of the corpus without their pictures."""
    found = []
    for path in sorted(CONSTRUCTS.glob("*.bpmn")):
        root = etree.fromstring(path.read_bytes())
        for child in list(root):
            if str(child.tag).endswith("BPMNDiagram"):
                root.remove(child)
        found.append(root)
    return tuple(found)


def damaged(root: etree._Element, draw: st.DrawFn) -> None:
    """Change one thing in the tree."""
    nodes = [each for each in root.iter() if each is not root and isinstance(each.tag, str)]
    if not nodes:
        return
    one, other = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
    parent = one.getparent()
    how = draw(st.sampled_from(["drop", "twice", "move", "rename", "swap", "attribute", "text"]))
    if how == "drop":
        parent.remove(one)
    elif how == "twice":
        parent.append(deepcopy(one))
    elif how == "move" and one not in other.iterancestors() and one is not other:
        other.append(one)
    elif how == "rename":
        one.tag = other.tag
    elif how == "swap":
        mine, theirs = dict(one.attrib), dict(other.attrib)
        one.attrib.clear(), other.attrib.clear()
        one.attrib.update(theirs), other.attrib.update(mine)
    elif how == "attribute":
        name = draw(st.sampled_from([*one.attrib, *SLOTS, *FLAGS]))
        told = [value for each in nodes for value in each.attrib.values()]
        one.set(name, printable(draw(st.sampled_from([*told, *TEXTS]))))
    else:
        one.text = printable(draw(st.sampled_from(TEXTS)))


def printable(text: str) -> str:
    """Return what XML can hold of a text."""
    return "".join(each for each in text if each == "\t" or each >= " ")


@st.composite
def uploads(draw: st.DrawFn) -> bytes:
    """Damaged diagrams; now and then the bytes are damaged as well."""
    root = deepcopy(draw(st.sampled_from(diagrams())))
    for _ in range(draw(st.integers(1, 5))):
        damaged(root, draw)
    encoding = draw(st.sampled_from(["utf-8"] * 6 + ["utf-16", "iso-8859-1", "ascii"]))
    content = etree.tostring(root, xml_declaration=True, encoding=encoding)
    if draw(st.integers(0, 9)) == 0:
        cut = draw(st.integers(0, len(content)))
        content = content[:cut] + draw(st.binary(max_size=8)) + content[cut + 1 :]
    return content


@settings(max_examples=60)
@given(uploads())
def test_whatever_is_uploaded_is_named_and_runs_within_bounds(content: bytes) -> None:
    # given
    engine = Engine.in_memory(limits=LIMITS)
    sources = [Source("damaged.bpmn", content)]
    try:
        # when
        (report,) = engine.lint(sources)

        # then
        for problem in report.problems:
            assert not FAULTS.search(f"{problem.rule} {problem.message} {problem.cure}"), problem
        refused = any(problem.severity is Severity.ERROR for problem in report.problems)
        try:
            deployed = engine.deploy(sources)
        except DeploymentRefusedError:
            assert refused or not report.definitions
            return
        assert not refused
        plain = {each.key for each in report.definitions if each.none_start}
        for definition in deployed.definitions:
            if definition.startable and definition.key in plain:
                runs(engine, definition.key)
    finally:
        engine.close()


def runs(engine: Engine, key: str) -> None:
    """Start a process, do what is open a few times, and see that it waits, stopped or ended."""
    instance = engine.start(key, {"log": []}).id
    for _ in range(4):
        for task in engine.user_tasks(instance)[:3]:
            try:
                engine.complete(task.id, {"x": 1}, by="ana")
            except EngineError as error:
                assert not FAULTS.search(str(error))
        for job in engine.jobs(instance)[:3]:
            engine.complete_jobs({job.id: {"x": 1}})
    for incident in engine.incidents(instance_id=instance):
        assert not FAULTS.search(f"{incident.what} {incident.cure}"), incident
    found = engine.instance(instance)
    stands = found.status is InstanceStatus.ACTIVE
    assert not stands or found.waiting or found.open_incidents or found.next_due
